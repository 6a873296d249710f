/** What the store does for the mailbox: each of these is one transaction, whoever asks and however many at once. */
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type { Given, Stop } from "../../core/mailbox/AtStop.ts"
import type { Delivery, DeliveryId, Message } from "../../core/mailbox/Message.ts"
import { type Draft, explain, type Refusal } from "../../core/mailbox/Sending.ts"
import type { Claim, Heard, Session } from "../../core/mailbox/Session.ts"
import type { TaskId } from "../../core/task/Identifiers.ts"
import type { StoreError } from "./StoreError.ts"

/** The message is not sent, and nothing of it is kept. */
export class MessageRefused extends Data.TaggedError("MessageRefused")<{ readonly refusal: Refusal }> {
  override get message(): string {
    return explain(this.refusal)
  }
}

/** A delivery with its messages, the oldest first. */
export interface Mail {
  readonly delivery: Delivery
  readonly messages: ReadonlyArray<Message>
}

/** What a stop was given; `why`: nothing, for that reason. */
export type Taken =
  | ({ readonly _tag: "Mail" } & Mail)
  | { readonly _tag: "None"; readonly why: Extract<Given, { readonly _tag: "Nothing" }>["why"] }

/** A message of a task, with the delivery that it is in, and the session that has that. */
export interface WorkMail {
  readonly message: Message
  readonly delivery: Delivery | null
  readonly session: Session | null
}

/** What a change of a task does in the mailbox, in the same transaction. */
export type MailChange =
  | { readonly _tag: "Put"; readonly message: Omit<Message, "state"> }
  /** Where the message waits no more, the whole change is a Conflict: it was claimed. */
  | { readonly _tag: "TakeBack"; readonly id: string; readonly as: "withdrawn" | "expired" }
  /** Its attempt is over: the delivery that it is in is not handed over again. */
  | { readonly _tag: "End"; readonly id: string }

export interface MailboxService {
  /** Judged by what the store holds at that moment; `id` must be new. */
  readonly sendMessage: (draft: Draft & { readonly id: string }) => Effect.Effect<Message, StoreError | MessageRefused>
  /**
   * Binds a session to a role; answers whether it holds it now. `gone`: sessions of it that are proved to be over, which is
   * written with it.
   */
  readonly claimRole: (claim: Claim, gone: ReadonlyArray<string>) => Effect.Effect<boolean, StoreError>
  /**
   * What a stop of a session delivers. `isReader`: not a session but whoever asks by hand; it may read any role, and is
   * given no work.
   */
  readonly takeMail: (
    stop: Stop & { readonly role: string; readonly isReader?: boolean }
  ) => Effect.Effect<Taken, StoreError>
  /** The delivery was seen. */
  readonly confirmDelivery: (id: DeliveryId, at: number) => Effect.Effect<void, StoreError>
  /** What hooks tell of sessions that have a role; others are passed over. */
  readonly hearSessions: (heard: ReadonlyArray<Heard & { readonly session: string }>) => Effect.Effect<void, StoreError>
  /** That session is over. */
  readonly endSession: (session: string, at: number) => Effect.Effect<void, StoreError>
  /** How many messages `forgetMail` would forget. */
  readonly staleMail: (before: number) => Effect.Effect<number, StoreError>
  /**
   * Forgets conversation that was delivered, and whose turn was over, before that moment, with the deliveries and the ended
   * sessions that nothing is left of; answers how many messages. Work of tasks stays, as their attempts do.
   */
  readonly forgetMail: (before: number) => Effect.Effect<number, StoreError>
  /** The oldest that nobody has taken; of all roles where none is given. */
  readonly waitingMail: (role: string | null, limit: number) => Effect.Effect<ReadonlyArray<Message>, StoreError>
  /** Of each role the session that was bound to it last, also where that is over. */
  readonly sessions: Effect.Effect<ReadonlyArray<Session>, StoreError>
  /** All that are not known to be over: those that were followed by another, too. */
  readonly openSessions: Effect.Effect<ReadonlyArray<Session>, StoreError>
  /** The latest message of each of these tasks. */
  readonly workMail: (tasks: ReadonlyArray<TaskId>) => Effect.Effect<ReadonlyArray<WorkMail>, StoreError>
}
