/** Who may begin: places, directories, agents, sessions, repositories, a drain; and whose turn it is. */
import * as Either from "effect/Either"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { holdsSlot } from "../../../core/execution/Execution.ts"
import { BatchId, type TaskId } from "../../../core/task/Identifiers.ts"
import * as Record from "../../../core/task/Record.ts"
import { directoryOf, type Task } from "../../../core/task/Task.ts"
import type { Action } from "../../../core/tick/Action.ts"
import { type Plan, plan } from "../../../core/tick/Tick.ts"
import { describe as say } from "../../../core/tick/Wait.ts"
import type { TaskView, World } from "../../../core/tick/World.ts"
import { windowArbitrary, worldArbitrary } from "./Fleets.ts"
import { process } from "./Pairs.ts"
import { attempt, intentOf, limitedAccount, minute, now, policy, spec, taskOf, viewOf, worldOf } from "./Worlds.ts"

/** The tasks of a world once what was planned has begun. */
const begun = (world: World, { actions }: Plan): ReadonlyMap<TaskId, Task> =>
  new Map(
    world.tasks.map(({ task }) => {
      const events = actions
        .filter((action) => action.task === task.id)
        .flatMap((each) => intentOf(task, each, world.now))
      const result = Record.record(task, events, "tick", world.policy)
      return [task.id, Either.isRight(result) ? result.right.task : task]
    })
  )

/** A landing that is being stopped holds a place that nobody gave it. */
const isLandingStop = ({ execution }: Task): boolean =>
  execution._tag === "Stopping" && execution.subject._tag === "Landing"

const isBegun = ({ execution }: Task, after: Task | undefined): boolean =>
  after !== undefined && !holdsSlot(execution) && holdsSlot(after.execution) && !isLandingStop(after)

/** How many hold each place, and who of them has just begun. */
const occupied = (world: World, planned: Plan, placeOf: (task: Task) => string | null) => {
  const places = new Map<string, { held: number; begun: number }>()
  const after = begun(world, planned)
  for (const { task } of world.tasks) {
    const next = after.get(task.id) ?? task
    const place = placeOf(next)
    if (place === null) continue
    const known = places.get(place) ?? { held: 0, begun: 0 }
    const isNew = isBegun(task, next) || (next.execution._tag === "Landing" && task.execution._tag !== "Landing")
    places.set(place, { held: known.held + 1, begun: known.begun + (isNew ? 1 : 0) })
  }
  return [...places.values()]
}

/** Whoever begins finds the place free. */
const isAlone = ({ begun: fresh, held }: { readonly held: number; readonly begun: number }): boolean =>
  fresh === 0 || held === 1

const placed = (task: Task, place: string | null): string | null =>
  holdsSlot(task.execution) && !isLandingStop(task) ? place : null

/** One task that is ready for an agent. */
const ready = (number: number, varied: Parameters<typeof taskOf>[0] = {}): TaskView =>
  viewOf(taskOf({ id: number, createdAt: number, ...varied }))

const running = (number: number, varied: Parameters<typeof taskOf>[0] = {}): TaskView =>
  ready(number, {
    execution: { _tag: "Running", attempt: attempt(), carrier: { _tag: "Process", process }, since: now - minute },
    ...varied
  })

const started = (world: World): ReadonlyArray<number> =>
  plan(world)
    .actions.filter(({ _tag }) => _tag === "Spawn")
    .map(({ task }) => Number(task))

const waitOf = (world: World, task: number) => [...plan(world).waiting].find(([id]) => Number(id) === task)?.[1]

describe("admission", () => {
  it("TCK-3 nothing begins while max_concurrent tasks hold a place", () => {
    fc.assert(
      fc.property(worldArbitrary, (world) => {
        const after = begun(world, plan(world))
        const fresh = world.tasks.filter(({ task }) => isBegun(task, after.get(task.id)))
        const held = world.tasks.filter(({ task }) => holdsSlot(task.execution)).length
        expect(fresh.length).toBeLessThanOrEqual(Math.max(0, world.policy.maxConcurrent - held))
      })
    )
  })

  it("TCK-3 who begins in a directory that is used in place is alone in it", () => {
    fc.assert(
      fc.property(worldArbitrary, (world) => {
        const places = occupied(world, plan(world), (task) => placed(task, directoryOf(task)))
        expect(places.every(isAlone)).toBe(true)
      })
    )
  })

  it("TCK-3 an agent that only one may have has one run", () => {
    fc.assert(
      fc.property(worldArbitrary, (world) => {
        const places = occupied(world, plan(world), (task) => {
          const isAtWork = task.execution._tag !== "Verifying" || task.execution.attempt.mode !== "VerifyOnly"
          return isAtWork && task.spec.agent.exclusive === true ? placed(task, task.spec.agent.name) : null
        })
        expect(places.every(isAlone)).toBe(true)
      })
    )
  })

  it("TCK-3 a repository sees one landing at a time, and its landing takes no place", () => {
    fc.assert(
      fc.property(worldArbitrary, (world) => {
        const places = occupied(world, plan(world), (task) =>
          task.execution._tag === "Landing" ? task.spec.cwd : null
        )
        expect(places.every(isAlone)).toBe(true)
      })
    )
    const merge = { _tag: "Merge", branch: "b", commitsAhead: 1, verified: true } as const
    const inRepository = { stage: merge, spec: { cwd: "/r" } }
    const busy = [running(1), running(2), running(3), running(4)]
    const world = worldOf([...busy, ready(5, inRepository), ready(6, inRepository), ready(7, { stage: merge })])
    expect(
      plan(world)
        .actions.filter(({ _tag }) => _tag === "Land")
        .map(({ task }) => Number(task))
    ).toEqual([5, 7])
    expect(waitOf(world, 6)).toEqual({ _tag: "Repository", by: 5 })
  })

  it("TCK-3 a session's mailbox takes one message at a time", () => {
    const mailbox = { session: "s1", isBusy: false }
    const world = worldOf([
      { ...ready(1), mailbox },
      { ...ready(2), mailbox }
    ])
    expect(plan(world).actions.map(({ _tag, task }) => [_tag, Number(task)])).toEqual([["AssignViaMailbox", 1]])
    expect(waitOf(world, 2)).toEqual({ _tag: "Mailbox", by: 1 })
  })

  it("TCK-3 every refusal names a reason that holds, and nobody is refused a free place", () => {
    fc.assert(
      fc.property(worldArbitrary, (world) => {
        const planned = plan(world)
        const after = begun(world, planned)
        const before = new Map(world.tasks.map(({ task }) => [task.id, task]))
        // A place that is given back in this very tick is free in the next.
        const holds = (id: TaskId): boolean =>
          [before.get(id), after.get(id)].some((task) => task !== undefined && holdsSlot(task.execution))
        const held = [...after.keys()].filter(holds).length
        for (const [id, wait] of planned.waiting) {
          if (wait._tag === "Slots") expect(held).toBeGreaterThanOrEqual(wait.limit)
          if (wait._tag === "Directory") expect([wait.by !== id, holds(wait.by)]).toEqual([true, true])
          if (wait._tag === "Agent") expect(holds(wait.by)).toBe(true)
          if (wait._tag === "Repository") {
            const seen = [before.get(wait.by), after.get(wait.by)].map((each) => each?.execution._tag)
            expect(seen).toContain("Landing")
          }
          if (wait._tag === "Draining") expect(world.isDraining).toBe(true)
          if (wait._tag === "Pressure") expect(world.pressure).toBe(wait.why)
          if (wait._tag === "Limited") expect(wait.until).toBeGreaterThan(world.now)
        }
      })
    )
  })

  it("TCK-3 a pause of an account stops its own tasks alone, and ends with it", () => {
    const named = (name: string) => ({ spec: { agent: { ...spec.agent, name } } })
    const tasks = [ready(1, named("ann")), ready(2, named("bob"))]
    const accounts = [limitedAccount("ann", now + minute)]
    expect(started(worldOf(tasks, { accounts }))).toEqual([2])
    expect(waitOf(worldOf(tasks, { accounts }), 1)).toEqual({ _tag: "Limited", until: now + minute })
    expect(started(worldOf(tasks, { accounts, now: now + minute }))).toEqual([1, 2])
  })

  it("TCK-10 who waits for an account waits for the own, for a reason that its row gives", () => {
    fc.assert(
      fc.property(worldArbitrary, (world) => {
        const rows = new Map(world.accounts.map((row) => [row.id, row]))
        for (const { task } of world.tasks) {
          const wait = plan(world).waiting.get(task.id)
          const name = task.spec.agent.name === "ann" ? "ann" : "bob"
          const window = rows.get(name)?.window
          const isOwn = task.execution._tag === "Limited" || task.execution._tag === "Verifying"
          if (wait?._tag === "Limited" && !isOwn) expect(window).toEqual({ _tag: "Limited", until: wait.until })
          if (wait?._tag === "AccountPaused")
            expect([wait.account, rows.get(name)?.pause?.why]).toEqual([name, wait.why])
          if (wait?._tag === "Ramp") expect([wait.account, window]).toEqual([name, { _tag: "Ramp", width: wait.width }])
          if (wait?._tag === "Canary") {
            expect(wait.account).toBe(name)
            expect(["Canary", "Limited"]).toContain(window?._tag)
          }
        }
      })
    )
  })

  it("TCK-10 whatever holds up an account, the tasks of all others begin as if it were open", () => {
    const names = fc.array(fc.constantFrom("ann", "bob", "cat"), { minLength: 1, maxLength: 9 })
    fc.assert(
      fc.property(names, windowArbitrary, fc.boolean(), (agents, window, isPaused) => {
        const tasks = agents.map((name, at) => ready(at + 1, { spec: { agent: { ...spec.agent, name } } }))
        const pause = isPaused ? { since: now, why: "no" } : null
        const world = (accounts: World["accounts"]) =>
          worldOf(tasks, { accounts, policy: { ...policy, maxConcurrent: 20 } })
        const held = started(world([{ id: "ann", window, pause }]))
        const others = agents.flatMap((name, at) => (name === "ann" ? [] : [at + 1]))
        expect(held.filter((id) => agents[id - 1] !== "ann")).toEqual(others)
        const ofAnn = held.length - others.length
        const all = agents.length - others.length
        const most = {
          Open: all,
          Limited: Math.min(all, 1),
          Canary: 0,
          Ramp: window._tag === "Ramp" ? window.width : 0
        }
        const isOver = window._tag !== "Limited" || window.until <= now
        expect(ofAnn).toBe(isPaused || !isOver ? 0 : Math.min(all, most[window._tag]))
      })
    )
  })

  it("TCK-10 the first after a limit is the one whose turn it is, and is told to be a trial", () => {
    const tasks = [ready(1), ready(2, { spec: { priority: 3 } }), ready(3)]
    const world = worldOf(tasks, { accounts: [limitedAccount("worker", now)] })
    expect(plan(world).actions).toMatchObject([{ _tag: "Spawn", task: 2, trial: true }])
    expect(waitOf(world, 1)).toEqual({ _tag: "Canary", account: "worker", by: 2 })
    expect(plan(worldOf(tasks)).actions.some((action) => "trial" in action)).toBe(false)
  })

  it("TCK-5 a drain admits no agent and no message, and holds up nothing else", () => {
    const isNew = ({ _tag }: Action): boolean => _tag === "Spawn" || _tag === "AssignViaMailbox"
    fc.assert(
      fc.property(worldArbitrary, (world) => {
        const open = plan({ ...world, isDraining: false, pressure: null })
        const draining = plan({ ...world, isDraining: true, pressure: null })
        expect(draining.actions.filter(isNew)).toEqual([])
        const kept = open.actions.filter((action) => !isNew(action))
        expect(
          kept.filter((action) => !draining.actions.some((other) => JSON.stringify(other) === JSON.stringify(action)))
        ).toEqual([])
      })
    )
  })

  it("TCK-5 a drain lets work that was done be verified, and what was verified land", () => {
    const worked = ready(1, { facts: { worked: 1 }, flow: { merge: "none" } })
    const merge = ready(2, { stage: { _tag: "Merge", branch: "b", commitsAhead: 1, verified: true } })
    const tree = { tree: "t", headTree: null, isDirty: false, work: null }
    const { actions } = plan(worldOf([{ ...worked, tree }, merge, ready(3)], { isDraining: true }))
    expect(actions.map(({ _tag, task }) => [_tag, Number(task)])).toEqual([
      ["Record", 1],
      ["Land", 2]
    ])
  })

  it("TCK-6 the higher priority goes first, then the batch that holds least, then the oldest", () => {
    const batch = (n: number) => ({ batch: BatchId.make(n) })
    const one = worldOf([ready(1), ready(2, { spec: { priority: 5 } }), ready(3, { createdAt: 0 })], {
      policy: { ...policy, maxConcurrent: 2 }
    })
    expect(started(one)).toEqual([2, 3])
    const fair = worldOf([running(1, batch(1)), ready(2, batch(1)), ready(3, batch(1)), ready(4, batch(2))], {
      policy: { ...policy, maxConcurrent: 3 }
    })
    expect(started(fair)).toEqual([4, 2])
  })

  it("TCK-6 no task is passed over for a lower priority, unless by a reason of its own", () => {
    fc.assert(
      fc.property(worldArbitrary, (world) => {
        const { actions, waiting } = plan(world)
        const granted = world.tasks.filter(({ task }) =>
          actions.some((each) => each.task === task.id && each._tag === "Spawn")
        )
        for (const { task } of world.tasks) {
          if (waiting.get(task.id)?._tag !== "Slots") continue
          for (const other of granted) expect(other.task.spec.priority).toBeGreaterThanOrEqual(task.spec.priority)
        }
      })
    )
  })

  it("TCK-6 every task that is ready has its turn while places keep coming free", () => {
    const drawn = fc.record({ priority: fc.nat(2), batch: fc.nat(2), directory: fc.nat(3), isExclusive: fc.boolean() })
    fc.assert(
      fc.property(
        fc.array(drawn, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 3 }),
        (all, maxConcurrent) => {
          let views: ReadonlyArray<TaskView> = all.map(({ batch, directory, isExclusive, priority }, at) => {
            const agent = { ...spec.agent, exclusive: isExclusive }
            const isolate = "in-place"
            return ready(at + 1, {
              batch: batch === 0 ? null : BatchId.make(batch),
              spec: { priority, cwd: `/d/${directory}`, agent, isolate }
            })
          })
          for (let turn = 0; turn < all.length && views.length > 0; turn++) {
            const chosen = started(worldOf(views, { policy: { ...policy, maxConcurrent } }))
            expect(chosen.length).toBeGreaterThan(0)
            views = views.filter(({ task }) => !chosen.includes(task.id))
          }
          expect(views).toEqual([])
        }
      )
    )
  })

  it("TCK-6 every task that could move and does not says why, in one line", () => {
    fc.assert(
      fc.property(worldArbitrary, (world) => {
        for (const wait of plan(world).waiting.values()) expect(say(wait)).toMatch(/^[^\n]{8,}$/)
      })
    )
    const busy = worldOf([running(1), running(2), running(3), running(4), ready(5)])
    const wait = waitOf(busy, 5)
    expect(wait === undefined ? "" : say(wait)).toBe("waiting: 4 of 4 running")
    const afternoon = Date.UTC(2026, 10, 20, 14, 5)
    expect(say({ _tag: "Limited", until: afternoon })).toBe("limited until 14:05 UTC")
    expect(say({ _tag: "Limited", until: afternoon }, () => "five past two")).toBe("limited until five past two")
  })
})
