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
import type { Task } from "../task/Task.ts"
import type { Action } from "./Action.ts"
import { restart, type Timed, timed } from "./Context.ts"
import { unmetOf } from "./DecideStage.ts"
import type { OpenTerms } from "./Grant.ts"
import type { Occupancy } from "./Occupancy.ts"
import * as Admission from "./reconciler/Admission.ts"
import * as Deadlines from "./reconciler/Deadlines.ts"
import * as Entries from "./reconciler/Entries.ts"
import type { Entry } from "./reconciler/Entries.ts"
import * as Lanes from "./reconciler/Lanes.ts"
import { ownActions, propose } from "./Tick.ts"
import type { Wait } from "./Wait.ts"
import type { OwnView, World } from "./World.ts"

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
  /** How many of those that ask to begin were looked at. */
  readonly looked: number
  /** Of those that were decided about, the ones that wait to be looked at by a sensor. */
  readonly unobserved: ReadonlyArray<TaskId>
}

export interface Reconciler {
  /** Takes the changes over, the tasks that are gone first, and answers all actions of the tick at that moment. */
  readonly advance: (changes: Changes, now: number) => Advance
  /** Why a task does not move, as `plan` would say; null where it needs no reason. */
  readonly waitOf: (id: TaskId) => Wait | null
  /** The tasks that do not move, and why; its cost follows what exists, so that it is for those who ask now and then. */
  readonly waiting: () => Iterable<readonly [task: Task, wait: Wait]>
  /** The earliest moment at which a tick without changes would answer otherwise; infinite where none would. */
  readonly nextAt: () => number
}

/** Whether `decide` would say the same under both: they differ in nothing but what admission alone goes by. */
const isSameRules = (a: Policy, b: Policy): boolean =>
  [...Struct.keys(a), ...Struct.keys(b)].every(
    (key) => key === "maxConcurrent" || key === "maxVerifiers" || a[key] === b[key]
  )

/** What admission goes by, before anybody is served. */
const termsOf = (world: Parameters, now: number, occupancy: Occupancy): OpenTerms => ({
  now,
  maxConcurrent: world.policy.maxConcurrent,
  isDraining: world.isDraining,
  pressure: world.pressure,
  accounts: new Map(world.accounts.map((account) => [account.id, account])),
  occupancy
})

export const make = (parameters: Parameters): Reconciler => {
  const entries: Entries.Entries = new Map()
  const deadlines = Deadlines.empty()
  const admission = Admission.empty()
  /** Those that have an action of their own, admission aside. */
  const outstanding = new Set<Entry>()
  const due: Array<Entry> = []
  /** Those whose dependencies were all met at some moment since the last tick. */
  const met: Array<Entry> = []
  let world = parameters
  let terms = termsOf(world, Number.NEGATIVE_INFINITY, admission.occupancy)

  const wake = (entry: Entry): void => {
    if (entry.isDue) return
    entry.isDue = true
    due.push(entry)
  }

  const onMet = (entry: Entry): void => void met.push(entry)

  /** That its dependencies are met matters to a task that they alone kept. */
  const wakeMet = (): void => {
    for (const entry of met) {
      const { proposal } = entry
      const isKept = proposal?._tag === "Wait" && proposal.wait._tag === "Dependencies"
      if (isKept && entry.unmet === 0) wake(entry)
    }
    met.length = 0
  }

  const putDown = (id: TaskId): void => {
    const entry = entries.get(id)
    if (entry === undefined) return
    Admission.askNoMore(admission, entry)
    Admission.hold(admission, entry, null)
    Deadlines.drop(deadlines, entry)
    outstanding.delete(entry)
    Entries.drop(entries, entry, onMet)
  }

  const takeUp = (view: OwnView): void => {
    const { task } = view
    const entry = Entries.entryOf(entries, task.id)
    const isSameTask = entry.task === task
    entry.view = view
    entry.task = task
    wake(entry)
    if (!isSameTask) {
      Entries.waitFor(entries, entry, task.dependsOn)
      Entries.enterStage(entry, task.stage, onMet)
    }
    // Beside the task itself only a message in a mailbox makes a difference.
    if (!isSameTask || task.execution._tag === "Assigned") Admission.hold(admission, entry, view)
  }

  const decide = (entry: Entry, view: OwnView, context: Timed): void => {
    restart(context)
    const proposal = propose(view, entry.dependencies, context)
    const own = ownActions(view, proposal, context)
    entry.proposal = proposal
    entry.own = own
    Deadlines.note(deadlines, entry, context)
    if (proposal._tag === "Act" || own.length > 0) outstanding.add(entry)
    else outstanding.delete(entry)
    if (proposal._tag !== "Ask") Admission.askNoMore(admission, entry)
    else Admission.ask(admission, entry, { task: view.task, action: proposal.action, demand: proposal.demand })
  }

  const change = ({ gone = [], tasks = [], ...rest }: Changes, now: number): void => {
    const next: Parameters = { ...world, ...rest }
    if (!isSameRules(next.policy, world.policy)) for (const entry of entries.values()) wake(entry)
    if (now < terms.now) {
      for (const entry of entries.values()) if (entry.term !== null && entry.term.from > now) wake(entry)
    }
    world = next
    terms = termsOf(world, now, admission.occupancy)
    for (const id of gone) putDown(id)
    for (const view of tasks) takeUp(view)
    wakeMet()
    Deadlines.pass(deadlines, now, wake)
    for (const entry of outstanding) if (entry.proposal?._tag === "Act") wake(entry)
  }

  const decideDue = (now: number): Pick<Advance, "decided" | "unobserved"> => {
    const context = timed({ now, policy: world.policy })
    const unobserved: Array<TaskId> = []
    let decided = 0
    for (const entry of due) {
      entry.isDue = false
      if (entry.view === null) continue
      decided++
      decide(entry, entry.view, context)
      if (entry.proposal?._tag === "Wait" && entry.proposal.wait._tag === "Unobserved") unobserved.push(entry.id)
    }
    due.length = 0
    return { decided, unobserved }
  }

  const advance = (changes: Changes, now: number): Advance => {
    const before = Admission.takeBack(admission)
    change(changes, now)
    const { decided, unobserved } = decideDue(now)
    for (const asker of before) {
      // Unless it asks for something else by now, or for nothing.
      if (entries.get(asker.id)?.asker === asker) Lanes.enter(admission.lanes, admission.occupancy, asker)
    }
    const { actions, looked } = Admission.serve(admission, terms)
    for (const { own, proposal } of [...outstanding].toSorted((a, b) => a.id - b.id)) {
      if (proposal?._tag === "Act") actions.push(proposal.action)
      actions.push(...own)
    }
    return { actions, decided, looked, unobserved }
  }

  const waitOfEntry = (entry: Entry): Wait | null => {
    const { dependencies, proposal } = entry
    if (proposal === null) return null
    if (proposal._tag !== "Wait") return Admission.refused(entry, terms)
    // Of those that it waits for some may have been met since it was decided about.
    return proposal.wait._tag === "Dependencies"
      ? { _tag: "Dependencies", unmet: unmetOf(dependencies) }
      : proposal.wait
  }

  const waitOf = (id: TaskId): Wait | null => {
    const entry = entries.get(id)
    return entry === undefined ? null : waitOfEntry(entry)
  }

  const waiting = function* (): Iterable<readonly [task: Task, wait: Wait]> {
    for (const entry of entries.values()) {
      if (entry.task === null) continue
      const wait = waitOfEntry(entry)
      if (wait !== null) yield [entry.task, wait]
    }
  }

  return {
    advance,
    waitOf,
    waiting,
    nextAt: () => Math.min(Deadlines.next(deadlines), Admission.next(admission, terms))
  }
}
