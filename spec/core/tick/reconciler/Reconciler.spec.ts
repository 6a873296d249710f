/** The tick from changes alone: the same answers as the whole tick, and nobody asked who has nothing new to say. */
import { isDeepStrictEqual } from "node:util"
import fc from "fast-check"
import { afterAll, describe, expect, inject, it } from "vitest"
import type { Policy } from "../../../../core/policy/Policy.ts"
import type { TaskId } from "../../../../core/task/Identifiers.ts"
import type { Action } from "../../../../core/tick/Action.ts"
import * as Reconciler from "../../../../core/tick/Reconciler.ts"
import { type Decision, decision, type Plan, plan } from "../../../../core/tick/Tick.ts"
import type { TaskView, World } from "../../../../core/tick/World.ts"
import { id, now, policy, taskOf, viewOf } from "../Worlds.ts"
import { fleetOf, histories, type History } from "./Histories.ts"

/** 300 histories by default, more than ten thousand in `npm run deep`. */
const numRuns = 3 * inject("runs")

/** Milliseconds for that many, on a machine that is busy with other things. */
const patience = 60_000 + 100 * numRuns

const met = { histories: 0, ticks: 0, actions: 0, decided: 0, whole: 0 }

/** Equal, or a failure that shows where. */
const same = (found: unknown, expected: unknown): void => {
  if (!isDeepStrictEqual(found, expected)) expect(found).toEqual(expected)
}

const waits = (reconciler: Reconciler.Reconciler, { tasks }: World, { waiting }: Plan): void => {
  same(
    tasks.map(({ task: { id } }) => [id, reconciler.waitOf(id)]),
    tasks.map(({ task: { id } }) => [id, waiting.get(id) ?? null])
  )
  same(
    new Map([...reconciler.waiting()].map(([{ id }, wait]) => [id, wait])),
    new Map(tasks.flatMap(({ task: { id } }) => (waiting.has(id) ? [[id, waiting.get(id)]] : [])))
  )
}

/** Those that have to be decided about, by the definition, from a look at everything. */
const makeDue = () => {
  const last = new Map<TaskId, { readonly view: TaskView; readonly decided: Decision }>()
  let rules: Policy | null = null

  const isDue = (view: TaskView, { now }: World): boolean => {
    const before = last.get(view.task.id)
    if (before === undefined) return true
    const { from, proposal, until } = before.decided
    const isKept = proposal._tag === "Wait" && proposal.wait._tag === "Dependencies"
    const isMet = view.dependencies.every(({ stage }) => stage?._tag === "Done" || isArchivedFromDone(stage))
    return now < from || now >= until || proposal._tag === "Act" || (isKept && isMet)
  }

  const dueOf = (world: World, changed: ReadonlySet<TaskId>): number => {
    const { maxConcurrent: _, maxVerifiers: __, ...own } = world.policy
    const { maxConcurrent: ___, maxVerifiers: ____, ...before } = rules ?? world.policy
    const isNewRule = !isDeepStrictEqual(own, before)
    rules = world.policy
    const due = world.tasks.filter((view) => isNewRule || changed.has(view.task.id) || isDue(view, world))
    for (const view of due) last.set(view.task.id, { view, decided: decision(view, world) })
    for (const id of last.keys()) if (!world.tasks.some(({ task }) => task.id === id)) last.delete(id)
    return due.length
  }

  /** When the first answer ends, of a task or of an account that somebody asks for. */
  const nextOf = ({ accounts, now }: World): number => {
    const limits = new Map(
      accounts.map((row) => [row.id, row.pause === null && row.window._tag === "Limited" ? row.window.until : now])
    )
    const ends = [...last.values()].flatMap(({ decided: { proposal, until }, view }) => {
      const { account, name } = view.task.spec.agent
      const isLimited = proposal._tag === "Ask" && proposal.demand.usesAccount
      return isLimited ? [until, limits.get(account ?? name) ?? now] : [until]
    })
    return Math.min(Number.POSITIVE_INFINITY, ...ends.filter((end) => end > now))
  }

  return { dueOf, nextOf } as const
}

const isArchivedFromDone = (stage: TaskView["dependencies"][number]["stage"]): boolean =>
  stage?._tag === "Archived" && stage.from === "Done"

const follow = (history: History): void => {
  const fleet = fleetOf(history)
  const reconciler = Reconciler.make(history.parameters)
  const { dueOf, nextOf } = makeDue()
  let actions: ReadonlyArray<Action> = []
  const tick = (changes: Reconciler.Changes): void => {
    const world = fleet.world()
    const advance = reconciler.advance(changes, world.now)
    const planned = plan(world)
    same(advance.actions, planned.actions)
    waits(reconciler, world, planned)
    same(advance.decided, dueOf(world, new Set(changes.tasks?.map(({ task }) => task.id))))
    same(reconciler.nextAt(), nextOf(world))
    actions = planned.actions
    met.ticks++
    met.actions += actions.length
    met.decided += advance.decided
    met.whole += world.tasks.length
  }
  tick(fleet.begin())
  for (const step of history.steps) tick(fleet.take(step, actions))
  met.histories++
}

afterAll(() =>
  console.log(
    `TCK-7: ${met.histories} histories, ${met.ticks} ticks with ${met.actions} actions; ` +
      `${met.decided} decisions where whole ticks take ${met.whole}; DROVER_SEED=${inject("seed")}`
  )
)

describe("the reconciler", () => {
  it("TCK-7 whom it was told nothing of, others wait for or not, waits for nothing", () => {
    const reconciler = Reconciler.make({ policy, isDraining: false, pressure: null, accounts: [] })
    reconciler.advance({ tasks: [viewOf(taskOf({ stage: { _tag: "Backlog" }, dependsOn: [2] }))] }, now)
    expect(reconciler.waitOf(id(1))).toEqual({ _tag: "Dependencies", unmet: [2] })
    expect([2, 3].map((other) => reconciler.waitOf(id(other)))).toEqual([null, null])
  })

  it(
    "TCK-7 answers every tick of every history as the whole tick does, and decides only about what changed or is due",
    () => {
      fc.assert(fc.property(histories, follow), { numRuns })
    },
    patience
  )
})
