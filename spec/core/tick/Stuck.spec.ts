/** Which tasks can not move without a person, on whom they are stuck, and what `status` says of the rest. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Window } from "../../../core/account/Account.ts"
import { holdsSlot } from "../../../core/execution/Execution.ts"
import type { Execution } from "../../../core/execution/Execution.ts"
import { taskState } from "../../../core/stage/TaskState.ts"
import type { Task } from "../../../core/task/Task.ts"
import { type Fleet, isSettled, stuckOn } from "../../../core/tick/Stuck.ts"
import { plan } from "../../../core/tick/Tick.ts"
import { executionsOf, process, stages } from "./Pairs.ts"
import { attempt, id, now, spec, taskOf, type Varied, viewOf, worldOf } from "./Worlds.ts"

const fleetOf = (tasks: ReadonlyArray<Task>, varied: Partial<Fleet> = {}): Fleet => ({
  tasks: new Map(tasks.map((task) => [task.id, task])),
  maxConcurrent: 4,
  unprovable: new Set(),
  paused: new Set(),
  windows: new Map(),
  ...varied
})

const stopping: Execution = {
  _tag: "Stopping",
  subject: { _tag: "Agent", attempt: attempt() },
  carrier: { _tag: "Process", process },
  ending: { _tag: "Forced", detail: "" },
  since: 0
}
const running: Execution = { _tag: "Running", attempt: attempt(), carrier: { _tag: "Process", process }, since: now }

const backlog = { stage: { _tag: "Backlog" } } as const
const dependent = (number: number, dependsOn: ReadonlyArray<number>, varied: Varied = {}): Task =>
  taskOf({ id: number, dependsOn, ...backlog, ...varied })

/** One state of a dependency, and whether who waits for it is stuck. */
const cases: ReadonlyArray<readonly [string, Varied, boolean]> = [
  ["done", { stage: { _tag: "Done", at: 0, landing: { _tag: "NothingToMerge" }, verified: true } }, false],
  ["archived from done", { stage: { _tag: "Archived", at: 0, from: "Done" } }, false],
  ["abandoned", { stage: { _tag: "Abandoned", at: 0 } }, true],
  ["superseded", { stage: { _tag: "Superseded", at: 0, by: id(9) } }, true],
  ["rejected", { stage: { _tag: "Rejected", at: 0, reason: "" } }, true],
  ["archived from rejected", { stage: { _tag: "Archived", at: 0, from: "Rejected" } }, true],
  ["upcoming", { stage: { _tag: "Upcoming" } }, true],
  ["frozen", { stage: { _tag: "Frozen", resumeTo: { _tag: "Coding", feedback: null } } }, true],
  ["to be started by hand", { ...backlog, flow: { start: "manual" } }, true],
  ["ready", backlog, false],
  ["at work", { execution: running }, false],
  ["being stopped", { execution: stopping }, false],
  ["blocked", { stage: { _tag: "Blocked", resumeTo: { _tag: "Qa" }, reason: { _tag: "NoProgress" } } }, true],
  ["in review", { stage: { _tag: "ReviewHold", resumeTo: { _tag: "Qa" }, reason: "" } }, true],
  [
    "failed to land for a coder",
    {
      stage: {
        _tag: "MergeFailure",
        branch: "b",
        commitsAhead: 1,
        verified: true,
        kind: { _tag: "GatesFailed", step: "test", exitCode: 1 },
        strikes: 1
      }
    },
    false
  ],
  [
    "failed to land for a person",
    {
      stage: {
        _tag: "MergeFailure",
        branch: "b",
        commitsAhead: 1,
        verified: true,
        kind: { _tag: "EmptyDiff" },
        strikes: 1
      }
    },
    true
  ]
]

/** Those that can never start by themselves, by the definition: the least set that is closed under waiting. */
const stuckSet = (tasks: ReadonlyArray<Task>, roots: ReadonlySet<number>): ReadonlySet<number> => {
  const stuck = new Set<number>(roots)
  for (let grown = true; grown;) {
    grown = false
    for (const task of tasks) {
      if (stuck.has(task.id) || !task.dependsOn.some((each) => stuck.has(each))) continue
      stuck.add(task.id)
      grown = true
    }
  }
  return stuck
}

describe("stuck", () => {
  it("TCK-6 of several stops that can not be proved the oldest task is named, and one that is not there holds nothing", () => {
    const [one, two] = [3, 2].map((number) =>
      taskOf({ id: number, execution: stopping, spec: { isolate: "worktree" } })
    )
    const waiting = taskOf({ id: 1, spec: { isolate: "worktree" } })
    const tasks = [one, two, waiting].flatMap((task) => task ?? [])
    const unprovable = new Set([id(9), id(3), id(2)])
    expect(stuckOn(fleetOf(tasks, { unprovable, maxConcurrent: 2 }), waiting)).toBe(2)
    expect(stuckOn(fleetOf(tasks, { unprovable, maxConcurrent: 3 }), waiting)).toBeNull()
  })

  it.each(cases)("STG-10 a task that waits for one that is %s is stuck, or not", (_, varied, isStuck) => {
    const fleet = fleetOf([taskOf({ id: 1, ...varied }), dependent(2, [1]), dependent(3, [2])])
    expect(stuckOn(fleet, dependent(2, [1]))).toBe(isStuck ? 1 : null)
    expect(stuckOn(fleet, dependent(3, [2]))).toBe(isStuck ? 2 : null)
  })

  it("STG-10 a task that waits for one that does not exist is stuck on it", () => {
    const task = dependent(2, [7])
    expect(stuckOn(fleetOf([task]), task)).toBe(7)
  })

  it("STG-10 in any graph a task is stuck if and only if a chain of waits leads to one that can not move", () => {
    const drawn = fc
      .array(fc.record({ state: fc.nat(cases.length - 1), isWaiting: fc.boolean(), back: fc.array(fc.nat(20)) }), {
        minLength: 1,
        maxLength: 10
      })
      .map((all) =>
        all.map(({ back, isWaiting, state }, at) => {
          const dependsOn = at === 0 ? [] : [...new Set(back.map((each) => 1 + (each % at)))]
          const [, varied, isStuck] = cases[state] ?? cases[0] ?? ["", {}, false]
          return isWaiting
            ? { task: dependent(at + 1, dependsOn), isRoot: false }
            : { task: taskOf({ id: at + 1, ...varied }), isRoot: isStuck }
        })
      )
    fc.assert(
      fc.property(drawn, (all) => {
        const tasks = all.map(({ task }) => task)
        const fleet = fleetOf(tasks)
        const roots = new Set(all.filter(({ isRoot }) => isRoot).map(({ task }) => Number(task.id)))
        const stuck = stuckSet(tasks, roots)
        const remembering = { ...fleet, found: new Map() }
        for (const { task } of all) {
          if (task.dependsOn.length === 0) continue
          const on = stuckOn(fleet, task)
          // Who asks about all of them is told the same.
          expect(stuckOn(remembering, task)).toBe(on)
          expect(on !== null).toBe(stuck.has(task.id))
          if (on !== null) expect([task.dependsOn.includes(on), stuck.has(on)]).toEqual([true, true])
        }
      })
    )
  })

  it("STG-10 tasks that wait for each other end the search, and are not stuck by that alone", () => {
    const tasks = [dependent(1, [2]), dependent(2, [1])]
    expect(tasks.map((task) => stuckOn(fleetOf(tasks), task))).toEqual([null, null])
  })

  it("TCK-6 a task whose directory, agent or every place is held by a stop that nobody can prove is stuck on it", () => {
    const shared = { cwd: "/d", isolate: "in-place" as const }
    const holder = taskOf({ id: 1, spec: shared, execution: stopping })
    const neighbour = taskOf({ id: 2, spec: shared })
    const other = taskOf({ id: 3 })
    const unprovable = new Set([holder.id])
    const tasks = [holder, neighbour, other]
    expect(stuckOn(fleetOf(tasks, { unprovable }), neighbour)).toBe(1)
    expect(stuckOn(fleetOf(tasks, { unprovable }), other)).toBeNull()
    expect(stuckOn(fleetOf(tasks, { unprovable, maxConcurrent: 1 }), other)).toBe(1)
    expect(stuckOn(fleetOf(tasks), neighbour)).toBeNull()
    const agent = { ...spec.agent, exclusive: true }
    const only = taskOf({ id: 1, spec: { agent }, execution: stopping })
    const alike = taskOf({ id: 2, spec: { agent } })
    expect(stuckOn(fleetOf([only, alike], { unprovable }), alike)).toBe(1)
  })

  it("TCK-6 a task whose account a stop that nobody can prove keeps from taking another attempt is stuck on it", () => {
    const of = (account: string) => ({ agent: { ...spec.agent, account } })
    const holders = [1, 2].map((number) => taskOf({ id: number, execution: stopping, spec: of("a") }))
    const waiting = taskOf({ id: 3, spec: of("a") })
    const finished = taskOf({ id: 4, spec: of("a"), facts: { worked: 0, feedbackNumber: 0 } })
    const tasks = [...holders, waiting, finished]
    const stuck = (window: Window, task = waiting, unprovable = [1, 2]) =>
      stuckOn(fleetOf(tasks, { unprovable: new Set(unprovable.map(id)), windows: new Map([["a", window]]) }), task)
    const canary = (number: number): Window => ({
      _tag: "Canary",
      until: 0,
      canary: { task: id(number), attempt: attempt().number }
    })
    expect(stuck({ _tag: "Ramp", width: 2 })).toBe(1)
    expect(stuck({ _tag: "Ramp", width: 2 }, waiting, [2])).toBeNull()
    expect(stuck({ _tag: "Ramp", width: 3 })).toBeNull()
    expect(stuck(canary(2))).toBe(2)
    expect(stuck(canary(5))).toBeNull()
    expect(stuck({ _tag: "Open" })).toBeNull()
    expect(stuck({ _tag: "Ramp", width: 2 }, finished)).toBeNull()
    expect(stuck({ _tag: "Ramp", width: 2 }, taskOf({ id: 3, spec: of("b") }))).toBeNull()
  })

  it("TCK-6 what is stuck is refused by the tick too, by the same task", () => {
    const shared = { cwd: "/d", isolate: "in-place" as const }
    const holder = taskOf({ id: 1, spec: shared, execution: stopping })
    const neighbour = taskOf({ id: 2, spec: shared })
    const survivors = { observation: { _tag: "Survivors", pids: [7] } } as const
    const { waiting } = plan(worldOf([viewOf(holder, survivors), viewOf(neighbour)]))
    expect(waiting.get(neighbour.id)).toEqual({ _tag: "Directory", by: 1 })
  })

  it("TCK-8 nothing is settled while something of it is alive, unless nobody can prove its end", () => {
    for (const stage of stages) {
      for (const execution of executionsOf(attempt())) {
        const task = taskOf({ stage, execution })
        if (!holdsSlot(execution) && execution._tag !== "Landing") continue
        expect(isSettled(fleetOf([task]), task)).toBe(false)
      }
    }
    const held = taskOf({ stage: { _tag: "Abandoned", at: 0 }, execution: stopping })
    expect(isSettled(fleetOf([held], { unprovable: new Set([held.id]) }), held)).toBe(true)
  })

  it("TCK-8 settled is what ended, what a person holds or must start, and what waits for such a one", () => {
    const settled = (varied: Varied) => isSettled(fleetOf([taskOf(varied)]), taskOf(varied))
    for (const [name, varied] of cases) {
      const moves = ["ready", "at work", "being stopped", "failed to land for a coder"].includes(name)
      expect([name, settled(varied)]).toEqual([name, !moves])
    }
    const crowded = taskOf({
      id: 2,
      execution: { ...stopping, _tag: "Backoff", attempt: attempt(), until: 0, mode: "Retry", feedback: null }
    })
    const holder = taskOf({ id: 1, execution: stopping })
    const fleet = fleetOf([holder, crowded], { maxConcurrent: 1, unprovable: new Set([holder.id]) })
    expect(isSettled(fleet, crowded)).toBe(true)
    expect(isSettled(fleetOf([holder, crowded]), crowded)).toBe(false)
  })

  it("TCK-6 a task that admission refuses is PENDING, one that nothing holds back is READY", () => {
    const refused = { isHeldBack: true, isUnprovable: false }
    for (const stage of stages) {
      const word = taskState(stage, { _tag: "Idle" })
      const isReady = word === "READY"
      expect(taskState(stage, { _tag: "Idle" }, refused)).toBe(isReady ? "PENDING" : word)
      const asks = plan(worldOf([viewOf(taskOf({ stage }))])).actions.some(
        ({ _tag }) => _tag === "Spawn" || _tag === "Land"
      )
      if (asks) expect(word).toBe("READY")
    }
  })

  it("TCK-8 a stop that can not be proved waits for a person; until then the task counts as running", () => {
    for (const stage of stages) {
      expect(taskState(stage, stopping)).toBe("RUNNING")
      expect(taskState(stage, stopping, { isHeldBack: false, isUnprovable: true })).toBe("NEEDS_HUMAN")
    }
  })
})
