/**
 * The tick from changes alone: its actions equal `plan`'s on the same world, always (TCK-7), and its cost follows what
 * changed, not what exists. An index with one owner: mutable inside, never copied, and nothing is allocated for a task
 * that did not change.
 *
 * `decide` is asked about a task that changed, that waits for nothing any more, or that is due: the moment has come, or
 * the clock went back before the one, that its last answer was good for. While a task is to be acted upon, it is due at
 * every tick until it changed: what it is asked to do names the present moment.
 *
 * Who may begin is found among those that ask without looking at the others (`reconciler/Lanes.ts`). What was admitted
 * holds its places until the next tick; by then it has taken them, or it asks again.
 */
import * as Struct from "effect/Struct"
import type { Policy } from "../policy/Policy.ts"
import type { TaskId } from "../task/Identifiers.ts"
import type { Action } from "./Action.ts"
import { unmetOf } from "./DecideStage.ts"
import { giveBack, type Holding, holdingOf, take, vacant } from "./Occupancy.ts"
import * as Entries from "./reconciler/Entries.ts"
import type { Entry } from "./reconciler/Entries.ts"
import * as Heap from "./reconciler/Heap.ts"
import * as Lanes from "./reconciler/Lanes.ts"
import { refusal, requestOf, type Terms } from "./Refusal.ts"
import { decision } from "./Tick.ts"
import type { Wait } from "./Wait.ts"
import type { Account, OwnView, World } from "./World.ts"

/** What a world is beside its moment and its tasks. */
export type Parameters = Omit<World, "now" | "tasks">

/** What is another since the last tick; what is left out is as it was. */
export interface Changes extends Partial<Parameters> {
  /** Tasks that are new, or of which anything is known that was not. */
  readonly tasks?: ReadonlyArray<OwnView>
  /** Tasks that are not there any more. */
  readonly gone?: ReadonlyArray<TaskId>
}

export interface Advance {
  /** In the order of `plan`. */
  readonly actions: ReadonlyArray<Action>
  /** How many tasks were decided about. */
  readonly decided: number
}

export interface Reconciler {
  /** Takes the changes over, the tasks that are gone first, and answers all actions of the tick at that moment. */
  readonly advance: (changes: Changes, now: number) => Advance
  /** Why a task does not move, as `plan` would say; null where it needs no reason. */
  readonly waitOf: (id: TaskId) => Wait | null
  /** The earliest moment at which a tick without changes would answer otherwise; infinite where none would. */
  readonly nextAt: () => number
}

/** An admission of this tick. */
interface Grant {
  readonly asker: Lanes.Asker
  readonly holding: Holding
}

const isSameHolding = (a: Holding | null, b: Holding | null): boolean =>
  a === b ||
  (a !== null &&
    b !== null &&
    a.isPlace === b.isPlace &&
    a.batch === b.batch &&
    a.directory === b.directory &&
    a.agent === b.agent &&
    a.session === b.session &&
    a.repository === b.repository)

/** Whether `decide` would say the same under both: they differ in nothing but what admission alone goes by. */
const isSameRules = (a: Policy, b: Policy): boolean =>
  Struct.keys(a).every((key) => key === "maxConcurrent" || key === "maxVerifiers" || a[key] === b[key])

const limitsOf = (accounts: ReadonlyArray<Account>): Terms["limits"] =>
  new Map(accounts.map(({ id, limitedUntil }) => [id, limitedUntil]))

export const make = (parameters: Parameters): Reconciler => {
  const entries: Entries.Entries = new Map()
  const deadlines = Heap.make<Entry>((a, b) => a.until < b.until)
  const lanes = Lanes.empty()
  const occupancy = vacant()
  /** Those that have an action of their own, admission aside. */
  const outstanding = new Set<Entry>()
  const due: Array<Entry> = []
  /** Those whose dependencies were all met at some moment since the last tick. */
  const met: Array<Entry> = []
  let grants: ReadonlyArray<Grant> = []
  let { policy } = parameters
  let terms: Terms = {
    now: Number.NEGATIVE_INFINITY,
    maxConcurrent: policy.maxConcurrent,
    isDraining: parameters.isDraining,
    pressure: parameters.pressure,
    limits: limitsOf(parameters.accounts),
    occupancy
  }

  const wake = (entry: Entry): void => {
    if (entry.isDue) return
    entry.isDue = true
    due.push(entry)
  }

  const onMet = (entry: Entry): void => void met.push(entry)

  /** That its dependencies are met matters to a task that they alone kept. */
  const wakeMet = (): void => {
    for (const entry of met) {
      const proposal = entry.decision?.proposal
      const isKept = proposal?._tag === "Wait" && proposal.wait._tag === "Dependencies"
      if (isKept && entry.unmet === 0) wake(entry)
    }
    met.length = 0
  }

  const free = (holding: Holding): void => {
    giveBack(occupancy, holding)
    Lanes.recount(lanes, occupancy, holding.batch)
    lanes.freed.push(holding)
  }

  const hold = (entry: Entry, holding: Holding | null): void => {
    if (isSameHolding(entry.holding, holding)) return
    if (entry.holding !== null) free(entry.holding)
    entry.holding = holding
    if (holding === null) return
    take(occupancy, holding)
    Lanes.recount(lanes, occupancy, holding.batch)
  }

  const askNoMore = (entry: Entry): void => {
    if (entry.asker !== null) Lanes.leave(lanes, entry.asker)
    entry.asker = null
  }

  const putDown = (id: TaskId): void => {
    const entry = entries.get(id)
    if (entry === undefined) return
    askNoMore(entry)
    hold(entry, null)
    outstanding.delete(entry)
    Heap.remove(deadlines, entry)
    Entries.drop(entries, entry, onMet)
  }

  const takeUp = (view: OwnView): void => {
    const { mailbox, task } = view
    const entry = Entries.entryOf(entries, task.id)
    const before = entry.view
    entry.view = view
    wake(entry)
    if (before?.task === task && before.mailbox === mailbox) return
    Entries.waitFor(entries, entry, task.dependsOn)
    Entries.enterStage(entry, task.stage, onMet)
    hold(entry, holdingOf(task, mailbox))
  }

  const decide = (entry: Entry, now: number): boolean => {
    entry.isDue = false
    const { dependencies, view } = entry
    if (view === null) return false
    const decided = decision({ ...view, dependencies }, { now, policy })
    const { own, proposal, until } = decided
    entry.decision = decided
    entry.until = until
    if (until < Number.POSITIVE_INFINITY) Heap.settle(deadlines, entry)
    else Heap.remove(deadlines, entry)
    if (proposal._tag === "Act" || own.length > 0) outstanding.add(entry)
    else outstanding.delete(entry)
    askNoMore(entry)
    if (proposal._tag !== "Ask") return true
    const { action, demand } = proposal
    entry.asker = { task: view.task, action, demand, lane: null, place: Heap.outside }
    enter(entry.asker)
    return true
  }

  const enter = (asker: Lanes.Asker): void => Lanes.enter(lanes, occupancy, asker, requestOf(asker.task, asker.demand))

  const change = (changes: Changes, now: number): void => {
    const { accounts, isDraining, policy: rules, pressure } = changes
    if (rules !== undefined && !isSameRules(rules, policy)) for (const entry of entries.values()) wake(entry)
    if (now < terms.now) {
      for (const entry of entries.values()) if (entry.decision !== null && entry.decision.from > now) wake(entry)
    }
    policy = rules ?? policy
    terms = {
      now,
      maxConcurrent: policy.maxConcurrent,
      isDraining: isDraining ?? terms.isDraining,
      pressure: pressure === undefined ? terms.pressure : pressure,
      limits: accounts === undefined ? terms.limits : limitsOf(accounts),
      occupancy
    }
    for (const id of changes.gone ?? []) putDown(id)
    for (const view of changes.tasks ?? []) takeUp(view)
    wakeMet()
    for (let first = Heap.peek(deadlines); first !== undefined && first.until <= now; first = Heap.peek(deadlines)) {
      Heap.remove(deadlines, first)
      wake(first)
    }
    for (const entry of outstanding) if (entry.decision?.proposal._tag === "Act") wake(entry)
  }

  const advance = (changes: Changes, now: number): Advance => {
    const before = grants
    for (const { holding } of before) free(holding)
    change(changes, now)
    let decided = 0
    for (const entry of due) if (decide(entry, now)) decided++
    due.length = 0
    for (const { asker } of before) if (entries.get(asker.task.id)?.asker === asker) enter(asker)

    const admitted: Array<Grant> = []
    Lanes.serve(lanes, terms, (asker, holding) => void admitted.push({ asker, holding }))
    grants = admitted
    const actions = admitted.map(({ asker }) => asker.action)
    for (const { decision } of [...outstanding].toSorted((a, b) => a.id - b.id)) {
      if (decision?.proposal._tag === "Act") actions.push(decision.proposal.action)
      if (decision !== null) actions.push(...decision.own)
    }
    return { actions, decided }
  }

  const waitOf = (id: TaskId): Wait | null => {
    const entry = entries.get(id)
    const proposal = entry?.decision?.proposal
    if (entry === undefined || proposal === undefined) return null
    if (proposal._tag === "Wait") {
      const { wait } = proposal
      return wait._tag === "Dependencies" ? { _tag: "Dependencies", unmet: unmetOf(entry.dependencies) } : wait
    }
    const lane = entry.asker?.lane
    return lane === undefined || lane === null ? null : refusal(terms, lane.request)
  }

  const nextAt = (): number => {
    let at = Heap.peek(deadlines)?.until ?? Number.POSITIVE_INFINITY
    for (const account of lanes.gates.keys()) {
      const until = account === null ? undefined : terms.limits.get(account)
      if (until !== undefined && until > terms.now) at = Math.min(at, until)
    }
    return at
  }

  return { advance, waitOf, nextAt }
}
