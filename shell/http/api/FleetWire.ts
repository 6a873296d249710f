/** The fleet as a whole, as HTTP tells it: accounts, guards, attention, who supervises. */
import * as Schema from "effect/Schema"
import { Posture } from "../../../core/guard/Posture.ts"
import { count } from "./Query.ts"

export const Supervisor = Schema.Struct({ pid: Schema.Int, host: Schema.String }).annotations({
  identifier: "Supervisor"
})

export const Account = Schema.Struct({
  id: Schema.String,
  state: Schema.Literal("open", "limited", "canary", "ramp", "paused"),
  limited_until: Schema.NullOr(Schema.String),
  canary: Schema.NullOr(Schema.String),
  ramp: Schema.NullOr(Schema.Int),
  paused: Schema.NullOr(Schema.Struct({ since: Schema.String, why: Schema.String }))
}).annotations({ identifier: "Account" })

export const AccountPath = Schema.Struct({ account: Schema.NonEmptyString })

export const AccountAnswer = Schema.Struct({ account: Schema.NullOr(Account) })

export const Health = Schema.Struct({
  status: Schema.Literal("ok"),
  version: Schema.String,
  /** The supervisor that the store names: this one, or one that has taken over from it. */
  supervisor: Schema.NullOr(
    Schema.Struct({ epoch: Schema.Int, host: Schema.String, pid: Schema.Int, started_at: Schema.String })
  ),
  draining: Schema.Boolean
})

export const Draining = Schema.Struct({ draining: Schema.Boolean })

const GuardRow = Schema.Struct({
  guard: Schema.String,
  title: Schema.String,
  load_bearing: Schema.Boolean,
  posture: Posture,
  reason: Schema.String,
  /** Since when it stands so; null where nobody has noted it yet. */
  since: Schema.NullOr(Schema.String),
  is_on: Schema.Boolean,
  /** By which it is off for a while. */
  override: Schema.NullOr(Schema.Struct({ owner: Schema.String, reason: Schema.String, until: Schema.String }))
}).annotations({ identifier: "Guard" })

export const GuardReport = Schema.Struct({
  guards: Schema.Array(GuardRow),
  /** How many stand so, by posture. */
  summary: Schema.Record({ key: Schema.String, value: Schema.Int }),
  supervisor: Schema.NullOr(Supervisor)
})

export const Attention = Schema.Struct({
  attention: Schema.Array(
    Schema.Struct({
      id: Schema.Int,
      key: Schema.String,
      task_id: Schema.NullOr(Schema.Int),
      text: Schema.String,
      raised_at: Schema.String,
      acknowledged_at: Schema.NullOr(Schema.String),
      what_to_do: Schema.String,
      /** How the telling stands, by channel. */
      deliveries: Schema.Array(
        Schema.Struct({
          channel: Schema.String,
          state: Schema.String,
          tries: Schema.Int,
          failures: Schema.Int,
          at: Schema.String,
          detail: Schema.NullOr(Schema.String)
        })
      )
    })
  )
})

export const AttentionPath = Schema.Struct({ item: count(1, 999_999_999_999_999) })

/** Doing it again changes nothing. */
export const Acknowledged = Schema.Struct({ id: Schema.Int, acknowledged_at: Schema.String })
