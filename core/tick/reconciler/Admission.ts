/**
 * Admission from changes alone: what each task holds, what it asks for, and what was granted at this tick. A grant is for
 * one tick: by the next the task is seen to hold it, or it asks again.
 *
 * Mutable, with one owner.
 */
import { changesAt } from "../../account/Admission.ts"
import type { Action } from "../Action.ts"
import type { OpenTerms } from "../Grant.ts"
import { giveBack, type Holding, holdingOf, type Occupancy, take, vacant } from "../Occupancy.ts"
import type { Asking } from "../Proposal.ts"
import { refusal, type Terms } from "../Refusal.ts"
import type { Wait } from "../Wait.ts"
import type { OwnView } from "../World.ts"
import type { Entry } from "./Entries.ts"
import * as Lanes from "./Lanes.ts"

interface Held {
  readonly asker: Lanes.Asker
  readonly holding: Holding
}

export interface Admission {
  readonly occupancy: Occupancy
  readonly lanes: Lanes.Lanes
  grants: ReadonlyArray<Held>
}

export const empty = (): Admission => ({ occupancy: vacant(), lanes: Lanes.empty(), grants: [] })

const isSame = (a: Holding, b: Holding): boolean =>
  a.isPlace === b.isPlace &&
  a.batch === b.batch &&
  a.directory === b.directory &&
  a.agent === b.agent &&
  a.session === b.session &&
  a.repository === b.repository &&
  a.account === b.account

const free = ({ lanes, occupancy }: Admission, holding: Holding): void => {
  giveBack(occupancy, holding)
  Lanes.recount(lanes, occupancy, holding.batch)
  lanes.freed.push(holding)
}

/** A task holds this from now on, and nothing else. */
export const hold = (admission: Admission, entry: Entry, view: OwnView | null): void => {
  const before = entry.holding
  const holding = view === null ? null : holdingOf(view.task, view.mailbox)
  if (holding === before || (holding !== null && before !== null && isSame(holding, before))) return
  if (before !== null) free(admission, before)
  entry.holding = holding
  if (holding === null) return
  take(admission.occupancy, holding)
  Lanes.recount(admission.lanes, admission.occupancy, holding.batch)
}

export const askNoMore = ({ lanes }: Admission, entry: Entry): void => {
  if (entry.asker === null) return
  Lanes.leave(lanes, entry.asker)
  entry.asker = null
}

/** A task asks for this, and for nothing else. */
export const ask = (admission: Admission, entry: Entry, asking: Asking): void => {
  if (entry.asker !== null && Lanes.askAgain(entry.asker, asking)) return
  askNoMore(admission, entry)
  entry.asker = Lanes.askerOf(asking)
  Lanes.enter(admission.lanes, admission.occupancy, entry.asker)
}

/** Takes back what was granted at the last tick; answers who had it. */
export const takeBack = (admission: Admission): ReadonlyArray<Lanes.Asker> => {
  const { grants } = admission
  admission.grants = []
  for (const { holding } of grants) free(admission, holding)
  return grants.map(({ asker }) => asker)
}

/** Admits whoever may begin: the actions in that order, and how many of those that ask were looked at. */
export const serve = (
  admission: Admission,
  terms: OpenTerms
): { readonly actions: Array<Action>; readonly looked: number } => {
  const grants: Array<Held> = []
  const actions: Array<Action> = []
  const looked = Lanes.serve(admission.lanes, terms, (asker, { action, holding }) => {
    grants.push({ asker, holding })
    actions.push(action)
  })
  admission.grants = grants
  return { actions, looked }
}

/** Why a task that asks was not admitted; null where it does not ask, or was. */
export const refused = ({ asker }: Entry, terms: Terms): Wait | null =>
  asker === null || asker.lane === null ? null : refusal(terms, asker.request)

/** When the first account that is asked for takes more by itself; infinite where none does. */
export const next = ({ lanes }: Admission, { accounts, now }: Terms): number => {
  let at = Number.POSITIVE_INFINITY
  for (const id of lanes.gates.keys()) {
    const account = id === null ? undefined : accounts.get(id)
    if (account !== undefined) at = Math.min(at, changesAt(account, now) ?? at)
  }
  return at
}
