/**
 * Guards as rows: what one look at them wrote, and what is read of it again.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { Posture } from "../../core/guard/Posture.ts"
import type { Noted, Survey } from "../../core/guard/Survey.ts"
import * as Codec from "./Codec.ts"
import type { Answer, Transaction } from "./Encoded.ts"
import * as EventRows from "./EventRows.ts"
import * as Plan from "./Plan.ts"
import { decoder } from "./JsonColumn.ts"
import type * as Rows from "./Rows.ts"

const Override = Schema.Struct({ owner: Schema.String, reason: Schema.String, until: Schema.Finite })

const rowOf = ({ at, isOn, key, override, posture, reason, since }: Noted): Rows.GuardRow => ({
  key,
  posture,
  reason,
  is_on: isOn ? 1 : 0,
  override: override === null ? null : JSON.stringify(override),
  since,
  at
})

const posture = decoder(Posture)
const override = decoder(Schema.parseJson(Override))

export const decode = (row: Rows.GuardRow): Codec.Decoded<Noted> =>
  Either.gen(function* () {
    return {
      key: row.key,
      posture: yield* Codec.named("guards", row.key, "posture", posture(row.posture)),
      reason: row.reason,
      isOn: row.is_on === 1,
      override:
        row.override === null ? null : yield* Codec.named("guards", row.key, "override", override(row.override)),
      since: row.since,
      at: row.at
    }
  })

/** Writes the rows, an event for every posture that is new, and the attention, all or nothing. */
export const note = (
  transaction: Transaction,
  at: number,
  { attention, changed, notes }: Pick<Survey, "notes" | "changed" | "attention">
): Answer<void> =>
  Effect.gen(function* () {
    const open = yield* transaction.openAttentionKeys(attention.map(({ key }) => key))
    const { seq } = yield* transaction.head([])
    const collected = new Plan.Collected(seq, open)
    for (const each of changed) collected.event(EventRows.guardChanged(each, at))
    for (const change of attention) collected.attend(change, null, at)
    yield* transaction.write({ ...collected.writes, guards: notes.map(rowOf) })
  })
