/** The part of the store that keeps what needs a person: what is open, who knows of it, and how it is told. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import type { Delivery } from "../../core/attention/Outbox.ts"
import * as Access from "./Access.ts"
import * as Codec from "./Codec.ts"
import { decodeAll } from "./DecodeAll.ts"
import type { Driver } from "./Encoded.ts"
import * as EventRows from "./EventRows.ts"
import * as Plan from "./Plan.ts"
import { presentSupervisor } from "./PresentSupervisor.ts"
import type * as Rows from "./Rows.ts"
import type { Store } from "./Store.ts"

type Service = Pick<
  typeof Store.Service,
  "acknowledge" | "attention" | "deliveries" | "forgetTellings" | "noteAttention" | "noteDeliveries"
>

const State = Schema.Literal("telling", "failed", "told", "given-up")
const state = Schema.decodeUnknownEither(State)

const rowOf = ({ at, channel, detail, failures, item, state, tries }: Delivery): Rows.TellingRow => ({
  attention_id: item,
  channel,
  state,
  tries,
  failures,
  at,
  detail
})

const delivery = (row: Rows.TellingRow): Codec.Decoded<Delivery> =>
  Either.map(Codec.named("tellings", `${row.attention_id}/${row.channel}`, "state", state(row.state)), (found) => ({
    item: row.attention_id,
    channel: row.channel,
    state: found,
    tries: row.tries,
    failures: row.failures,
    at: row.at,
    detail: row.detail
  }))

export const make = (driver: Driver): Service => {
  const { reading, writing } = Access.make(driver)
  return {
    noteAttention: (at, task, changes) =>
      writing("note attention", (transaction) =>
        Effect.gen(function* () {
          const open = yield* transaction.openAttentionKeys(changes.map(({ key }) => key))
          const { seq } = yield* transaction.head([])
          const collected = new Plan.Collected(seq, open)
          for (const change of changes) collected.attend(change, task, at)
          yield* transaction.write(collected.writes)
        })
      ),
    attention: Effect.flatMap(
      reading("read attention", (reads) => reads.openAttention),
      (rows) => decodeAll(rows, Codec.attention)
    ),
    acknowledge: (ids, at) =>
      Effect.flatMap(
        writing("acknowledge attention", (transaction) =>
          Effect.gen(function* () {
            const open = (yield* transaction.openAttention).filter(({ id }) => ids.includes(id))
            const fresh = open.filter(({ acknowledged_at }) => acknowledged_at === null)
            const { seq } = yield* transaction.head([])
            const collected = new Plan.Collected(seq, new Set())
            for (const { key, task_id } of fresh) collected.event(EventRows.acknowledged(task_id, key, at))
            yield* transaction.write({ ...collected.writes, acknowledged: fresh.map(({ id }) => ({ id, at })) })
            return open.map((row) => ({ ...row, acknowledged_at: row.acknowledged_at ?? at }))
          })
        ),
        (rows) => decodeAll(rows, Codec.attention)
      ),
    deliveries: Effect.flatMap(
      reading("read deliveries", (reads) => reads.tellings),
      (rows) => decodeAll(rows, delivery)
    ),
    noteDeliveries: (epoch, deliveries) =>
      writing("note deliveries", (transaction) =>
        Effect.zipRight(
          presentSupervisor(transaction, epoch),
          Effect.suspend(() => transaction.write({ tellings: deliveries.map(rowOf) }))
        )
      ),
    forgetTellings: (before) =>
      writing("forget tellings", (transaction) =>
        Effect.zipLeft(transaction.tellingsBefore(before), transaction.write({ tellingsBefore: before }))
      )
  }
}
