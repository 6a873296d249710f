/**
 * What a group of changes comes to: which of them stand, and the rows of those that do. A plain function of what the
 * store held when its transaction began, so that every driver judges alike.
 */
import * as Either from "effect/Either"
import * as Account from "../../core/account/Account.ts"
import type { AccountChange } from "../../core/account/AccountChange.ts"
import * as Codec from "./Codec.ts"
import type { EncodedChange } from "./EncodedChange.ts"
import type { Head, Writes } from "./Encoded.ts"
import * as EventRows from "./EventRows.ts"
import * as MailboxRows from "./MailboxRows.ts"
import type * as Rows from "./Rows.ts"
import { type AttentionChange, Conflict, Fenced } from "./Store.ts"

/** What the changes of one group are judged by. */
export interface Known {
  readonly head: Head
  /** Those of the attempts to be created that exist, as `task.number`. */
  readonly attempts: ReadonlySet<string>
  /** Those of the attention keys of the group that are open. */
  readonly attention: ReadonlySet<string>
  /** Those of the group's accounts of which there is a row. */
  readonly accounts: ReadonlyMap<string, Account.Account>
  /** Those of the messages to be taken back that wait no more. */
  readonly settled: ReadonlySet<string>
}

/** The key of the item that a paused account raises. */
export const pausedKey = (account: string): string => `account:${account}:paused`

/** Changes that one caller asked for together: each may conflict by itself, but an old epoch refuses them all. */
export type Request = ReadonlyArray<EncodedChange>
export type Judged = ReadonlyArray<Either.Either<void, Conflict>>
export type Outcome = Either.Either<Judged, Fenced>

/** Collects rows and gives each event its number. */
export class Collected {
  private seq: number
  private readonly open: Set<string>
  private readonly known: Map<string, Account.Account>
  readonly updates = new Map<number, Rows.TaskUpdateRow>()
  readonly specs: Array<Rows.SpecRow> = []
  readonly transitions: Array<Rows.TransitionRow> = []
  readonly events: Array<Rows.NewEventRow> = []
  readonly attempts = new Map<string, Rows.AttemptRow>()
  readonly verifications = new Map<string, Rows.VerificationRow>()
  readonly accounts = new Map<string, Rows.AccountRow>()
  readonly attention: Array<NonNullable<Writes["attention"]>[number]> = []
  readonly newMessages: Array<MailboxRows.MessageRow> = []
  readonly settledMessages: Array<MailboxRows.SettledRow> = []
  readonly endedDeliveries: Array<MailboxRows.EndedRow> = []

  constructor(
    seq: number,
    openAttention: ReadonlySet<string>,
    accounts: ReadonlyMap<string, Account.Account> = new Map()
  ) {
    this.seq = seq
    this.open = new Set(openAttention)
    this.known = new Map(accounts)
  }

  /** Appends an event; answers its number. */
  event({ type, at, task_id, body }: EventRows.Unnumbered): number {
    this.seq += 1
    this.events.push({ seq: this.seq, type, at, task_id, body })
    return this.seq
  }

  /** Raising what is open, or clearing what is not, is nothing at all. */
  attend(change: AttentionChange, task: number | null, at: number): void {
    if ((change._tag === "Raise") === this.open.has(change.key)) return
    if (change._tag === "Raise") {
      this.open.add(change.key)
      const { key, text } = change
      this.attention.push({ _tag: "Raise", key, text, task_id: task, raised_at: at })
      this.event(EventRows.raised(task, key, text, at))
    } else {
      this.open.delete(change.key)
      this.attention.push({ _tag: "Clear", key: change.key, at })
      this.event(EventRows.cleared(task, change.key, at))
    }
  }

  /** What happens to an account; a pause that begins or ends tells a person. */
  account({ account: id, event }: AccountChange, by: "ledger" | "operator", at: number): void {
    const before = this.known.get(id) ?? Account.open(id)
    const after = Account.step(before, event)
    if (after === before) return
    this.known.set(id, after)
    this.accounts.set(id, Codec.accountRow(after))
    this.event(EventRows.account(after, { event: event._tag, by }, at))
    const key = pausedKey(id)
    if (after.pause === null) this.attend({ _tag: "Clear", key }, null, at)
    else this.attend({ _tag: "Raise", key, text: Account.pausedText(id, after.pause) }, null, at)
  }

  change(change: EncodedChange): void {
    if (change.update !== null) {
      const earlier = this.updates.get(change.task)?.spec_revision ?? null
      const spec_revision = change.update.spec_revision ?? earlier
      this.updates.set(change.task, { ...change.update, spec_revision })
    }
    this.specs.push(...change.specs)
    for (const { row, event, escalated } of change.entries) {
      this.transitions.push({ ...row, seq: this.event(event) })
      if (escalated !== null) this.event(escalated)
    }
    for (const each of change.accounts) this.account(each, "ledger", change.at)
    if (change.attempt !== null) this.attempts.set(change.attempt.name, change.attempt.row)
    if (change.verification !== null) {
      this.verifications.set(`${change.verification.task_id}/${change.verification.run}`, change.verification)
    }
    for (const event of change.events) this.event(event)
    for (const each of change.attention) this.attend(each, change.task, change.at)
    const { mail } = change
    if (mail?._tag === "Put") this.newMessages.push(MailboxRows.newMessage(mail.message))
    if (mail?._tag === "End") this.endedDeliveries.push({ id: mail.id, ended_at: change.at })
    if (mail?._tag === "TakeBack") {
      this.settledMessages.push({ id: mail.id, state: mail.as, delivery: null, settled_at: change.at })
    }
  }

  get writes(): Writes {
    return {
      specs: this.specs,
      tasks: [...this.updates.values()],
      transitions: this.transitions,
      events: this.events,
      attempts: [...this.attempts.values()],
      verifications: [...this.verifications.values()],
      accounts: [...this.accounts.values()],
      attention: this.attention,
      newMessages: this.newMessages,
      settledMessages: this.settledMessages,
      endedDeliveries: this.endedDeliveries
    }
  }
}

/** Judges the requests in order, each on what those before it left. */
export const plan = (
  requests: ReadonlyArray<Request>,
  known: Known
): { readonly outcomes: ReadonlyArray<Outcome>; readonly writes: Writes } => {
  const revisions = new Map(known.head.revisions)
  const attempts = new Set(known.attempts)
  const collected = new Collected(known.head.seq, known.attention, known.accounts)

  const judge = (change: EncodedChange): Either.Either<void, Conflict> => {
    const found = revisions.get(change.task) ?? null
    const isTaken = change.attempt !== null && change.attempt.isNew && attempts.has(change.attempt.name)
    const isClaimed = change.mail?._tag === "TakeBack" && known.settled.has(change.mail.id)
    if (found !== change.expectedRevision || isTaken || isClaimed) {
      return Either.left(new Conflict({ task: change.task, expected: change.expectedRevision, found }))
    }
    if (change.update !== null) revisions.set(change.task, change.update.revision)
    if (change.attempt !== null) attempts.add(change.attempt.name)
    collected.change(change)
    return Either.void
  }

  const outcomes = requests.map((request): Outcome => {
    const stale = request.find(({ epoch }) => epoch !== null && epoch !== known.head.epoch)
    return stale?.epoch === undefined || stale.epoch === null
      ? Either.right(request.map(judge))
      : Either.left(new Fenced({ epoch: stale.epoch, present: known.head.epoch }))
  })
  return { outcomes, writes: collected.writes }
}
