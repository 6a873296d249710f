/**
 * What `decide` answers for one task: what to do at once, what to do if it is admitted, or why nothing is to be done.
 */
import type { TaskEvent } from "../task/Apply.ts"
import type { Task } from "../task/Task.ts"
import type { Action } from "./Action.ts"
import type { Wait } from "./Wait.ts"

/** What an action needs from admission. */
export interface Demand {
  /** `slot`: a place, its directory and its agent; `repository`: the landing of its repository. */
  readonly kind: "slot" | "repository"
  /** Goes on while draining: it finishes what was begun. */
  readonly isFinishing: boolean
  /** A provider is asked: its account must not be limited. */
  readonly usesAccount: boolean
  /** The session whose mailbox it takes. */
  readonly session: string | null
}

export type Proposal =
  | { readonly _tag: "Act"; readonly action: Action }
  | { readonly _tag: "Ask"; readonly action: Action; readonly demand: Demand }
  | { readonly _tag: "Wait"; readonly wait: Wait }
  /** It is where it should be, or somebody is at it. */
  | { readonly _tag: "Rest" }

/** Somebody who asks to be admitted. */
export interface Asking {
  readonly task: Task
  readonly action: Action
  readonly demand: Demand
}

export const rest: Proposal = { _tag: "Rest" }
export const act = (action: Action): Proposal => ({ _tag: "Act", action })
export const ask = (action: Action, demand: Demand): Proposal => ({ _tag: "Ask", action, demand })
export const wait = (why: Wait): Proposal => ({ _tag: "Wait", wait: why })

/** The demand of a new agent. */
export const newWork: Demand = { kind: "slot", isFinishing: false, usesAccount: true, session: null }

const of = (task: Task) => ({ task: task.id, revision: task.revision })

/** A change of a task that needs no effect. */
export const record = (task: Task, events: ReadonlyArray<TaskEvent>): Proposal =>
  act({ _tag: "Record", ...of(task), events, revokes: null })

export { of }
