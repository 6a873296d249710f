/** What a driver of the store is asked about the mailbox, and what it writes there. */
import type { Answer } from "./DriverFailure.ts"
import type { DeliveryRow, EndedRow, MessageRow, SessionRow, SettledRow } from "./MailboxRows.ts"

export type MessageQuery =
  /** The oldest first; of all roles where none is given. */
  | { readonly _tag: "Waiting"; readonly role: string | null; readonly limit: number }
  | { readonly _tag: "Ids"; readonly ids: ReadonlyArray<string> }
  /** The latest of each of these tasks. */
  | { readonly _tag: "LatestOf"; readonly tasks: ReadonlyArray<number> }
  | { readonly _tag: "InDelivery"; readonly delivery: number }

export type DeliveryQuery =
  | { readonly _tag: "Ids"; readonly ids: ReadonlyArray<number> }
  /** What that session was given last; what has not ended comes first, however a clock was set. */
  | { readonly _tag: "LastOf"; readonly session: string }
  /** The oldest conversation of a role that a session which has ended is not known to have seen. */
  | { readonly _tag: "Orphan"; readonly role: string }

export type SessionQuery =
  | { readonly _tag: "Ids"; readonly sessions: ReadonlyArray<string> }
  /** The one with the highest number of that role, or of each. */
  | { readonly _tag: "Highest"; readonly role: string | null }
  /** All of that role, or of all, that are not known to be over. */
  | { readonly _tag: "Open"; readonly role: string | null }

export interface MailboxReads {
  readonly messages: (query: MessageQuery) => Answer<ReadonlyArray<MessageRow>>
  readonly deliveries: (query: DeliveryQuery) => Answer<ReadonlyArray<DeliveryRow>>
  readonly sessions: (query: SessionQuery) => Answer<ReadonlyArray<SessionRow>>
  /** Messages since then, without work of tasks. */
  readonly counts: (query: {
    readonly role: string
    readonly sender: string
    readonly since: number
  }) => Answer<{ readonly to_role: number; readonly from_sender: number }>
  /** How many messages `mailBefore` would forget. */
  readonly settledBefore: (before: number) => Answer<number>
  /** Numbers that were never given. */
  readonly next: Answer<{ readonly delivery: number; readonly bound: number }>
}

export interface MailboxWrites {
  readonly newMessages?: ReadonlyArray<MessageRow>
  /** Inserted or replaced. */
  readonly deliveries?: ReadonlyArray<DeliveryRow>
  /** After the deliveries that they name. */
  readonly settledMessages?: ReadonlyArray<SettledRow>
  /** By the message in it: where the delivery has not ended, it has now. */
  readonly endedDeliveries?: ReadonlyArray<EndedRow>
  /** Inserted or replaced. */
  readonly sessions?: ReadonlyArray<SessionRow>
  /**
   * Conversation that was settled before that moment is forgotten, unless its delivery may still be given again; then
   * deliveries that were over before it and have no message left, but for the latest of all and of each session that may
   * live; then sessions that were over before it and have no delivery left, but for the last of each role.
   */
  readonly mailBefore?: number
}
