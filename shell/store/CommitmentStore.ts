/** The part of the store that keeps what agents promised: read, decided and written in one transaction. */
import * as Effect from "effect/Effect"
import type { Commitment } from "../../core/commitment/Commitment.ts"
import * as Nudge from "../../core/commitment/Nudge.ts"
import * as Access from "./Access.ts"
import * as CommitmentRows from "./CommitmentRows.ts"
import { decodeAll, decodeSound } from "./DecodeAll.ts"
import type { Driver, Transaction } from "./Encoded.ts"
import * as EventRows from "./EventRows.ts"
import * as HookEventRows from "./HookEventRows.ts"
import * as Plan from "./Plan.ts"
import type { Amended } from "./Amendment.ts"
import type { AttentionChange, Store } from "./Store.ts"

type Service = Pick<
  typeof Store.Service,
  "amendCommitments" | "commitments" | "forgetClaims" | "lastHookEvent" | "unverifiedClaims"
>

/** The name of the setting: up to which hook event promises were looked for. */
const cursorName = "claims.cursor"

const cleared = (id: number): AttentionChange => ({ _tag: "Clear", key: Nudge.attentionKey(id) })

const isOpen = ({ state }: Commitment): boolean => state._tag === "Open"

/** Of each that is another than before: its row, the event of its beginning or end, and whom it concerns. */
const write = <A>(
  transaction: Transaction,
  at: number,
  found: ReadonlyArray<Commitment>,
  { answered = [], commitments, cursor, unverified }: Amended<A>
) =>
  Effect.gen(function* () {
    const known = new Map(found.map((each) => [each.id, each]))
    const changed = commitments.filter((each) => known.get(each.id) !== each)
    const told = changed.flatMap((each): ReadonlyArray<AttentionChange> => {
      const now = Nudge.attention(each)
      if (now !== null) return [{ _tag: "Raise", ...now }]
      const before = known.get(each.id)
      const was = before === undefined ? null : Nudge.attention(before)
      return was === null ? [] : [{ _tag: "Clear", key: was.key }]
    })
    const attention = [...told, ...answered.map(cleared)]
    const open = yield* transaction.openAttentionKeys(attention.map(({ key }) => key))
    const { seq } = yield* transaction.head([])
    const collected = new Plan.Collected(seq, open)
    for (const each of changed) {
      const before = known.get(each.id)
      if (before === undefined) collected.event(EventRows.commitmentOpened(each, at))
      const closed = before === undefined || isOpen(before) ? EventRows.commitmentClosed(each, at) : null
      if (closed !== null) collected.event(closed)
    }
    for (const change of attention) collected.attend(change, null, at)
    yield* transaction.write({
      ...collected.writes,
      commitments: changed.map(CommitmentRows.encode),
      unverified: unverified.map(CommitmentRows.encodeUnverified),
      settings: cursor === null ? [] : [{ name: cursorName, value: String(cursor) }]
    })
  })

/** An item whose commitment is gone is one that nobody could close. */
const forget = (transaction: Transaction, { at, before }: { readonly at: number; readonly before: number }) =>
  Effect.gen(function* () {
    yield* transaction.write({ claimsBefore: before })
    const asked = (yield* transaction.openAttention).flatMap(({ key }) => Nudge.commitmentOf(key) ?? [])
    if (asked.length === 0) return
    const rows = yield* transaction.commitments({ endedSince: null, ids: asked, sessions: [], topics: [] })
    const known = new Set(rows.map(({ id }) => id))
    const gone = asked.filter((id) => !known.has(id))
    if (gone.length === 0) return
    const { seq } = yield* transaction.head([])
    const collected = new Plan.Collected(seq, new Set(gone.map(Nudge.attentionKey)))
    for (const id of gone) collected.attend(cleared(id), null, at)
    yield* transaction.write(collected.writes)
  })

export const make = (driver: Driver): Service => {
  const { reading, writing } = Access.make(driver)
  /** What can not be understood, as it was said of it: promises are looked at every few seconds. */
  const told = new Set<string>()
  return {
    amendCommitments: ({ at, endedSince = null, ids = [], sessions = [], topics = [] }, amend) =>
      writing("write commitments", (transaction) =>
        Effect.gen(function* () {
          const rows = yield* transaction.commitments({ endedSince, ids, sessions, topics })
          const commitments = yield* decodeSound(rows, CommitmentRows.decode, told)
          const { commitment, hookEvent } = yield* transaction.nextIds
          const cursor = yield* transaction.setting(cursorName)
          const amended = amend({
            commitments,
            nextId: commitment,
            cursor: cursor === null ? null : Number(cursor),
            lastHookEvent: hookEvent - 1
          })
          yield* write(transaction, at, commitments, amended)
          return amended.answer
        })
      ),
    commitments: (ended) =>
      Effect.flatMap(
        reading("read commitments", (reads) => reads.allCommitments(ended)),
        (rows) => decodeSound(rows, CommitmentRows.decode, told)
      ),
    unverifiedClaims: (limit) =>
      Effect.flatMap(
        reading("read unverified claims", (reads) => reads.unverified(limit)),
        (rows) => decodeAll(rows, CommitmentRows.decodeUnverified)
      ),
    forgetClaims: (when) => writing("forget claims", (transaction) => forget(transaction, when)),
    lastHookEvent: (session) =>
      Effect.flatMap(
        reading("read hook events", (reads) => reads.lastHookEvent(session)),
        (row) => Effect.map(decodeAll(row === null ? [] : [row], HookEventRows.decode), ([event]) => event ?? null)
      )
  }
}
