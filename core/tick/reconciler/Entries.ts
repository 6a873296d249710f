/**
 * What is kept of each task between two ticks, and who waits for whom. An entry is also what others see of it as their
 * dependency: its stage changes in place.
 *
 * Mutable, with one owner.
 */
import type { Stage } from "../../stage/Stage.ts"
import type { TaskId } from "../../task/Identifiers.ts"
import type { Task } from "../../task/Task.ts"
import type { Action } from "../Action.ts"
import { isMet } from "../DecideStage.ts"
import type { Holding } from "../Occupancy.ts"
import type { Proposal } from "../Proposal.ts"
import type { Dependency, OwnView } from "../World.ts"
import type { Placed } from "./Heap.ts"
import type { Asker } from "./Lanes.ts"

/** Between which moments the last decision about a task stands. */
export interface Term extends Placed {
  readonly entry: Entry
  from: number
  until: number
  /** Its key among the deadlines: `until`, or a moment before; infinite while it is not among them. */
  at: number
}

/** What every change looks at comes first: an entry that was not used for long is fetched line by line. */
export interface Entry extends Dependency {
  /** It is to be decided at this tick. */
  isDue: boolean
  /** Null: there is no such task, but others wait for it. */
  view: OwnView | null
  /** Of the view: what did not change is seen without a look into the view before. */
  task: Task | null
  dependencies: ReadonlyArray<Entry>
  stage: Stage | null
  /** What was decided last; null: nothing yet. */
  proposal: Proposal | null
  own: ReadonlyArray<Action>
  /** Between which moments that stands; null: always. */
  term: Term | null
  /** What it holds; what it is granted it holds once it is seen to. */
  holding: Holding | null
  asker: Asker | null
  dependents: Set<Entry> | null
  /** How many different tasks it waits for that are not satisfied. */
  unmet: number
}

export type Entries = Map<TaskId, Entry>

const none: ReadonlyArray<never> = []

export const entryOf = (entries: Entries, id: TaskId): Entry => {
  const known = entries.get(id)
  if (known !== undefined) return known
  const entry: Entry = {
    id,
    isDue: false,
    view: null,
    task: null,
    dependencies: none,
    stage: null,
    proposal: null,
    own: none,
    term: null,
    holding: null,
    asker: null,
    dependents: null,
    unmet: 0
  }
  entries.set(id, entry)
  return entry
}

/** Forgets one that is no task and that nobody waits for. */
const tidy = (entries: Entries, { dependents, id, view }: Entry): void => {
  if (view === null && dependents === null) entries.delete(id)
}

const isSame = (entries: ReadonlyArray<Entry>, ids: ReadonlyArray<TaskId>): boolean =>
  entries.length === ids.length && entries.every(({ id }, at) => id === ids[at])

/** A task waits for these from now on, and for no others. */
export const waitFor = (entries: Entries, entry: Entry, ids: ReadonlyArray<TaskId>): void => {
  if (isSame(entry.dependencies, ids)) return
  const before = entry.dependencies
  entry.dependencies = ids.map((id) => entryOf(entries, id))
  entry.unmet = 0
  for (const other of before) {
    other.dependents?.delete(entry)
    if (other.dependents?.size === 0) other.dependents = null
  }
  for (const other of entry.dependencies) {
    const dependents = (other.dependents ??= new Set())
    if (!dependents.has(entry) && !isMet(other)) entry.unmet++
    dependents.add(entry)
  }
  for (const other of before) tidy(entries, other)
}

/** Gives an entry another stage; `onMet` is told of those that wait for nothing any more. */
export const enterStage = (entry: Entry, stage: Stage | null, onMet: (dependent: Entry) => void): void => {
  if (entry.stage === stage) return
  const was = isMet(entry)
  entry.stage = stage
  const is = isMet(entry)
  if (was === is || entry.dependents === null) return
  for (const dependent of entry.dependents) {
    dependent.unmet += is ? -1 : 1
    if (dependent.unmet === 0) onMet(dependent)
  }
}

/** There is no such task any more. */
export const drop = (entries: Entries, entry: Entry, onMet: (dependent: Entry) => void): void => {
  entry.view = null
  entry.task = null
  entry.proposal = null
  entry.own = none
  entry.term = null
  enterStage(entry, null, onMet)
  waitFor(entries, entry, none)
  tidy(entries, entry)
}
