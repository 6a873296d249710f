/** The part of the store that keeps what agents promised: read, decided and written in one transaction. */
import * as Effect from "effect/Effect"
import type { Commitment } from "../../core/commitment/Commitment.ts"
import * as Nudge from "../../core/commitment/Nudge.ts"
import * as Access from "./Access.ts"
import * as CommitmentRows from "./CommitmentRows.ts"
import { decodeAll } from "./DecodeAll.ts"
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

const isOpen = ({ state }: Commitment): boolean => state._tag === "Open"

/** Of each that is another than before: its row, the event of its beginning or end, and whom it concerns. */
const write = <A>(
  transaction: Transaction,
  at: number,
  found: ReadonlyArray<Commitment>,
  { commitments, cursor, unverified }: Amended<A>
) =>
  Effect.gen(function* () {
    const known = new Map(found.map((each) => [each.id, each]))
    const changed = commitments.filter((each) => known.get(each.id) !== each)
    const attention = changed.flatMap((each): ReadonlyArray<AttentionChange> => {
      const now = Nudge.attention(each)
      if (now !== null) return [{ _tag: "Raise", ...now }]
      const before = known.get(each.id)
      const was = before === undefined ? null : Nudge.attention(before)
      return was === null ? [] : [{ _tag: "Clear", key: was.key }]
    })
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

export const make = (driver: Driver): Service => {
  const { reading, writing } = Access.make(driver)
  return {
    amendCommitments: ({ at, ids = [], sessions = [], topics = [] }, amend) =>
      writing("write commitments", (transaction) =>
        Effect.gen(function* () {
          const rows = yield* transaction.commitments({ ids, sessions, topics })
          const commitments = yield* decodeAll(rows, CommitmentRows.decode)
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
    commitments: (query) =>
      Effect.flatMap(
        reading("read commitments", (reads) => reads.allCommitments(query)),
        (rows) => decodeAll(rows, CommitmentRows.decode)
      ),
    unverifiedClaims: (limit) =>
      Effect.flatMap(
        reading("read unverified claims", (reads) => reads.unverified(limit)),
        (rows) => decodeAll(rows, CommitmentRows.decodeUnverified)
      ),
    forgetClaims: (before) => writing("forget claims", (transaction) => transaction.write({ claimsBefore: before })),
    lastHookEvent: (session) =>
      Effect.flatMap(
        reading("read hook events", (reads) => reads.lastHookEvent(session)),
        (row) => Effect.map(decodeAll(row === null ? [] : [row], HookEventRows.decode), ([event]) => event ?? null)
      )
  }
}
