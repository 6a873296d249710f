/** What agents promised, as HTTP tells it, and what is said of it there. */
import * as Schema from "effect/Schema"
import { maybe } from "../../config/Values.ts"

const Moment = Schema.NullOr(Schema.String)

const Commitment = Schema.Struct({
  id: Schema.Int,
  key: Schema.String,
  status: Schema.Literal("open", "delivered", "withdrawn", "expired", "broken"),
  topic: Schema.String,
  session_id: Schema.NullOr(Schema.String),
  verb: Schema.String,
  object: Schema.NullOr(Schema.String),
  /** How it was said last, word for word. */
  text: Schema.String,
  /** How often it was said. */
  count: Schema.Int,
  opened_at: Schema.String,
  said_at: Schema.String,
  expires_at: Schema.String,
  deadline: Moment,
  nudged_at: Moment,
  escalated_at: Moment,
  ended_at: Moment,
  /** What showed that it was kept, or what a person noted. */
  detail: Schema.NullOr(Schema.String)
}).annotations({ identifier: "Commitment" })

export const Listing = Schema.Struct({
  commitments: Schema.Array(Commitment),
  /** What was said to be done, and nothing in its turn showed; only with `all`. */
  unverified: Schema.Array(
    Schema.Struct({
      key: Schema.String,
      topic: Schema.String,
      session_id: Schema.NullOr(Schema.String),
      verb: Schema.String,
      object: Schema.NullOr(Schema.String),
      text: Schema.String,
      at: Schema.String
    })
  )
})

const strict = { parseOptions: { onExcessProperty: "error" } } as const

export const ListQuery = Schema.Struct({
  all: maybe(Schema.Literal("true", "false"), "Those that have ended too, and unverified claims")
}).annotations(strict)

const Id = Schema.String.pipe(
  Schema.pattern(/^[1-9][0-9]{0,14}$/),
  Schema.annotations({ description: "the id of a commitment, such as 7" })
)

export const CommitmentPath = Schema.Struct({
  id: Id,
  word: Schema.Literal("deliver", "withdraw")
})

export const Note = Schema.Struct({
  note: maybe(Schema.String, "Why, in your own words")
}).annotations(strict)

export const Settled = Schema.Struct({ commitment: Commitment })

/** Characters: of a topic, and of the name of a session. */
const longest = 500

export const Message = Schema.Struct({
  message: Schema.String.annotations({ description: "a text" }),
  topic: Schema.NonEmptyString.pipe(
    Schema.maxLength(longest),
    Schema.annotations({ description: `what the message belongs to: 1 to ${longest} characters` })
  ),
  session: maybe(
    Schema.NonEmptyString.pipe(
      Schema.maxLength(longest),
      Schema.annotations({ description: `the id of a session: 1 to ${longest} characters` })
    ),
    "The session that said it: what its tools do later may show that a promise was kept"
  )
}).annotations(strict)

export const Observed = Schema.Struct({
  observed: Schema.Boolean,
  registered: Schema.Boolean,
  deduped: Schema.Boolean,
  reason: Schema.optionalWith(Schema.Literal("feature-disabled", "no-claim", "per-topic-cap"), { exact: true }),
  claims: Schema.Array(
    Schema.Struct({
      verb: Schema.String,
      object: Schema.NullOr(Schema.String),
      commitmentId: Schema.NullOr(Schema.Int),
      key: Schema.String
    })
  )
})
