/**
 * Histories of a fleet: what changes between two ticks, of every kind there is. A step is drawn without knowing what is
 * there, so that a long history that fails shrinks to a short one.
 */
import fc from "fast-check"
import type { Account } from "../../../../core/account/Account.ts"
import type { Policy } from "../../../../core/policy/Policy.ts"
import { BatchId, type TaskId } from "../../../../core/task/Identifiers.ts"
import type { Action } from "../../../../core/tick/Action.ts"
import type { Changes, Parameters } from "../../../../core/tick/Reconciler.ts"
import type { OwnView, World } from "../../../../core/tick/World.ts"
import { decision } from "../../../../core/tick/Tick.ts"
import { after } from "../Effects.ts"
import { pick, viewArbitrary, windowArbitrary } from "../Fleets.ts"
import { id, minute, now, policy, second } from "../Worlds.ts"
import { crowded } from "./Crowds.ts"

/** Tasks have these ids, and may wait for one more, which never exists. */
const ids = Array.from({ length: 20 }, (_, at) => at + 1)
const others = [1, 2, 3, 4, ids.length + 1]
const hour = 60 * minute

export interface Step {
  /** Milliseconds to the next tick; a clock may go back. */
  readonly elapsed: number
  /** Or a moment at which an answer changes, by its number among them, and how far from it. */
  readonly edge: { readonly nth: number; readonly off: number } | null
  readonly parameters: Partial<Parameters>
  readonly gone: ReadonlyArray<number>
  readonly put: ReadonlyArray<OwnView>
  /** Tasks of which only what is seen of them is another, and from which view that is taken. */
  readonly seen: ReadonlyArray<OwnView>
  /** Tasks that are the same but for their revision, and their place in the order of admission. */
  readonly reordered: ReadonlyArray<{ readonly number: number; readonly batch: number; readonly priority: number }>
  /** Which actions of the last tick took effect, one bit for each. */
  readonly took: number
}

/** A task in any state, with anything seen of it. */
const wild = (number: number): fc.Arbitrary<OwnView> =>
  fc
    .tuple(viewArbitrary(number), fc.array(pick(others), { maxLength: 3 }))
    .map(([{ dependencies: _, ...own }, waitsFor]) => ({
      ...own,
      task: { ...own.task, dependsOn: waitsFor.map(id) }
    }))

const viewOfAny: fc.Arbitrary<OwnView> = pick(ids).chain((number) =>
  fc.oneof({ weight: 2, arbitrary: crowded(number, others) }, { weight: 1, arbitrary: wild(number) })
)

const account = (name: string): fc.Arbitrary<Account> =>
  fc.record({
    id: fc.constant(name),
    window: windowArbitrary,
    pause: fc.constantFrom(null, null, null, null, { since: now, why: "no" })
  })

const accounts = fc.tuple(account("ann"), account("bob")).chain((rows) => fc.subarray(rows))

const policies: fc.Arbitrary<Policy> = fc
  .tuple(
    fc.integer({ min: 1, max: 9 }),
    fc.constantFrom<Partial<Policy>>(
      {},
      {},
      {},
      { claimMs: hour },
      { inactivityOffUntil: now + hour },
      { doneRetentionMs: second }
    )
  )
  .map(([maxConcurrent, others]) => ({ ...policy, ...others, maxConcurrent }))

const parameters: fc.Arbitrary<Parameters> = fc.record({
  policy: policies,
  isDraining: fc.constantFrom(false, false, false, true),
  pressure: fc.constantFrom(null, null, null, null, "out of memory"),
  accounts
})

const changed: fc.Arbitrary<Partial<Parameters>> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.record({ policy: policies }) },
  { weight: 1, arbitrary: fc.record({ isDraining: fc.constantFrom(false, false, true) }) },
  { weight: 1, arbitrary: fc.record({ pressure: fc.constantFrom(null, null, "too busy") }) },
  { weight: 1, arbitrary: fc.record({ accounts }) }
)

const edge = fc.option(fc.record({ nth: fc.nat(), off: fc.constantFrom(0, 0, -1) }), { freq: 2 })

const elapsed = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(0, 1, second, 10 * second, minute) },
  { weight: 1, arbitrary: fc.constantFrom(-1, -second, -minute, -3 * hour, 3 * minute, hour, 4 * hour, 24 * hour) },
  { weight: 1, arbitrary: fc.integer({ min: -10 * minute, max: 10 * minute }) }
)

const few = <A>(of: fc.Arbitrary<A>, most: number) =>
  fc.oneof(fc.constant<ReadonlyArray<A>>([]), fc.array(of, { minLength: 1, maxLength: most }))

const step: fc.Arbitrary<Step> = fc.record({
  elapsed,
  edge,
  parameters: changed,
  gone: fc.oneof(
    { weight: 4, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(pick(ids), { maxLength: 2 }) }
  ),
  put: few(viewOfAny, 4),
  seen: few(viewOfAny, 2),
  reordered: few(
    fc.record({ number: pick(ids), batch: fc.constantFrom(0, 0, 1, 2), priority: fc.constantFrom(0, 0, 1) }),
    2
  ),
  took: fc.oneof(fc.constant(0), fc.constant(-1), fc.integer())
})

export interface History {
  readonly parameters: Parameters
  readonly first: ReadonlyArray<OwnView>
  readonly steps: ReadonlyArray<Step>
}

export const histories: fc.Arbitrary<History> = fc.record({
  parameters,
  first: fc.array(viewOfAny, { maxLength: 36, size: "max" }),
  steps: fc.array(step, { minLength: 1, maxLength: 16, size: "max" })
})

/** A fleet that changes step by step, whole at each: what `plan` is given. */
export const fleetOf = (history: History) => {
  const views = new Map<TaskId, OwnView>()
  let parameters = history.parameters
  let moment = now

  const world = (): World => ({
    ...parameters,
    now: moment,
    tasks: [...views.values()].map((own) => ({
      ...own,
      dependencies: own.task.dependsOn.map((other) => ({ id: other, stage: views.get(other)?.task.stage ?? null }))
    }))
  })

  const put = (all: ReadonlyArray<OwnView>): ReadonlyArray<OwnView> => {
    const last = new Map(all.map((view) => [view.task.id, view]))
    for (const [number, view] of last) views.set(number, view)
    return [...last.values()]
  }

  /** The view after whatever of the actions took effect, with what is seen of another. */
  const moved = (
    { put: fresh, reordered, seen, took }: Step,
    actions: ReadonlyArray<Action>
  ): ReadonlyArray<OwnView> => {
    const next = new Map<TaskId, OwnView>()
    const viewOf = (number: TaskId): OwnView | undefined => next.get(number) ?? views.get(number)
    for (const [at, action] of actions.entries()) {
      const view = viewOf(action.task)
      if (view === undefined || view.task.revision !== action.revision || ((took >> (at % 32)) & 1) === 0) continue
      next.set(action.task, after(view, action, { now: moment, policy: parameters.policy }))
    }
    for (const { task, ...rest } of seen) {
      const view = viewOf(task.id)
      if (view !== undefined) next.set(task.id, { ...rest, task: view.task })
    }
    for (const { batch, number, priority } of reordered) {
      const view = viewOf(id(number))
      if (view === undefined) continue
      const { revision, spec } = view.task
      const changed = {
        revision: revision + 1,
        batch: batch === 0 ? null : BatchId.make(batch),
        spec: { ...spec, priority }
      }
      next.set(id(number), { ...view, task: { ...view.task, ...changed } })
    }
    for (const view of fresh) next.set(view.task.id, view)
    return [...next.values()]
  }

  /** The moments at which some answer becomes another. */
  const edges = (): ReadonlyArray<number> => {
    const present = world()
    const own = present.tasks.flatMap((view) => {
      const { from, until } = decision(view, present)
      return [from, until]
    })
    return [...own, ...present.accounts.flatMap(({ window }) => ("until" in window ? [window.until] : []))].filter(
      Number.isFinite
    )
  }

  const next = ({ edge, elapsed }: Step): number => {
    const all = edge === null ? [] : edges()
    const at = edge === null ? undefined : all[edge.nth % all.length]
    return edge === null || at === undefined ? moment + elapsed : at + edge.off
  }

  /** Takes a step, and says what changed. */
  const take = (one: Step, actions: ReadonlyArray<Action>): Changes => {
    const tasks = moved(one, actions)
    const gone = one.gone.map(id)
    for (const number of gone) views.delete(number)
    moment = next(one)
    parameters = { ...parameters, ...one.parameters }
    return { ...one.parameters, gone, tasks: put(tasks) }
  }

  return { world, take, begin: (): Changes => ({ tasks: put(history.first) }), views } as const
}
