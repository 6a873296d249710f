/** The board as HTTP tells it: every task as a card, what changed since, and how the fleet did over the last hours. */
import * as Schema from "effect/Schema"
import type { Pipeline, Status } from "../../../core/stage/Projection.ts"
import { maybe } from "../../config/Values.ts"
import { Account, Supervisor } from "./FleetWire.ts"
import { strict } from "./Query.ts"
import { Id, State } from "./TaskOrders.ts"

/** The columns of the board; archived tasks have no card. */
export const columns = ["backlog", "coding", "qa", "merge", "done", "closed"] as const satisfies ReadonlyArray<Pipeline>
export const Column = Schema.Literal(...columns).annotations({ identifier: "Column" })

const badges = [
  "active",
  "frozen",
  "review-hold",
  "blocked",
  "merge-failure",
  "merge-failure-final",
  "abandoned",
  "superseded",
  "rejected",
  "done"
] as const satisfies ReadonlyArray<Status>
export const Badge = Schema.Literal(...badges).annotations({ identifier: "Badge" })

export const Role = Schema.Literal("coder", "qa", "merger")

/** One task, in short. Its texts are data: agents wrote some of them. None has more than 400 characters, paths aside. */
export const Card = Schema.Struct({
  id: Id,
  /** Another one whenever anything of the stored task is another. */
  revision: Schema.Int,
  name: Schema.String,
  batch: Schema.NullOr(Id),
  cwd: Schema.String,
  column: Column,
  badge: Badge,
  state: State,
  /** The wire word: `upcoming`, `review_hold`, ... */
  stage: Schema.String,
  /** What is done about it now: `Idle`, `Running`, `Verifying`, `Limited`, ... */
  execution: Schema.String,
  /** A person holds it: frozen, blocked, in review, or failed for good. */
  is_held: Schema.Boolean,
  /** Who is at work, or would be next, and under which account. */
  agent: Schema.String,
  account: Schema.String,
  /** Of the attempt under way, else of the agent that may work in its stage; null where none may. */
  role: Schema.NullOr(Role),
  /** The number of its latest attempt; 0 before the first. */
  attempt: Schema.Int,
  /** Of this visit of its stage: attempts that count, and how many may. */
  attempts_used: Schema.Int,
  attempts_most: Schema.Int,
  /** Since when what is done about it now is done; null at rest, and where nobody knows. */
  since: Schema.NullOr(Schema.String),
  /** Until when it waits by itself: a limit, or the next attempt. */
  until: Schema.NullOr(Schema.String),
  /** Which of its verifiers runs (from 1), of how many. */
  verifying: Schema.NullOr(Schema.Struct({ index: Schema.Int, of: Schema.Int })),
  /** What the verifiers last said of the work that is there; `unverified`: it is done, and nobody judged it. */
  verdict: Schema.NullOr(Schema.Literal("passed", "failed", "unverified")),
  /** Null where nothing is known; a lower bound where it is not complete. */
  cost_usd: Schema.NullOr(Schema.Number),
  cost_is_complete: Schema.Boolean,
  budget_usd: Schema.NullOr(Schema.Number),
  /** Why it does not move, though it could, in words. */
  waiting: Schema.NullOr(Schema.String),
  /** The task that holds it up, and will not move by itself. */
  stuck_on: Schema.NullOr(Id),
  /** Why a person has to act, in words. */
  needs_person: Schema.NullOr(Schema.String),
  depends_on: Schema.Array(Id),
  priority: Schema.Int,
  created_at: Schema.String,
  /** When it was done, or closed. */
  ended_at: Schema.NullOr(Schema.String)
}).annotations({ identifier: "Card" })
export type Card = typeof Card.Type

export const Batch = Schema.Struct({
  id: Id,
  /** The task file. */
  path: Schema.String,
  submitted_at: Schema.String
}).annotations({ identifier: "Batch" })

export const BoardQuery = Schema.Struct({
  since: maybe(
    Schema.String.pipe(Schema.maxLength(100)),
    "The `cursor` of an answer: only what is another since then; everything where nobody knows it any more"
  )
}).annotations(strict)

export const Board = Schema.Struct({
  /** What the next question has as `since`. */
  cursor: Schema.String,
  /** These are all cards: those that a client has beside them are not there any more. */
  is_whole: Schema.Boolean,
  /** The last event that is in it. */
  seq: Schema.Int,
  now: Schema.String,
  /** By id. */
  cards: Schema.Array(Card),
  /** Tasks that have no card any more. */
  gone: Schema.Array(Id),
  /** Ended tasks that have no card, since there are too many. */
  left_out: Schema.Int,
  /** The newest 200, by id. */
  batches: Schema.Array(Batch),
  accounts: Schema.Array(Account),
  draining: Schema.Boolean,
  /** How many attempts hold a place, of how many. */
  running: Schema.Int,
  max_concurrent: Schema.Int,
  supervisor: Schema.NullOr(Supervisor)
})
export type Board = typeof Board.Type

/** A link for one browser, once. */
export const Link = Schema.Struct({
  /** Where a browser signs in: it can be used once, until then. */
  url: Schema.String,
  expires_at: Schema.String,
  /** Where the board is for whoever has signed in. */
  board: Schema.String
})
export type Link = typeof Link.Type

const Seconds = Schema.NullOr(Schema.Number)

export const Sample = Schema.Struct({
  at: Schema.String,
  /** Tasks with something at work. */
  running: Schema.Int,
  /** Tasks that could move and wait, by why: `Slots`, `Dependencies`, `Limited`, ... */
  waiting: Schema.Record({ key: Schema.String, value: Schema.Int }),
  /** Since the sample before: how many, and the seconds that half and 95 % of them took at most; null where there were none. */
  ticks: Schema.Int,
  tick_p50: Seconds,
  tick_p95: Seconds,
  ingests: Schema.Int,
  ingest_p50: Seconds,
  ingest_p95: Seconds
}).annotations({ identifier: "Sample" })
export type Sample = typeof Sample.Type

export const HistoryQuery = Schema.Struct({
  hours: maybe(Schema.Literal("1", "6", "24"), "Of the last hours; 24 if nothing is said")
}).annotations(strict)

export const History = Schema.Struct({
  now: Schema.String,
  /** Seconds between two samples. */
  every: Schema.Int,
  /** Of this supervisor, the oldest first; what another one saw is not known. */
  samples: Schema.Array(Sample),
  /** What ended in each hour (its beginning, UTC), by account; only what was reported. */
  spend: Schema.Array(
    Schema.Struct({
      hour: Schema.String,
      account: Schema.String,
      cost_usd: Schema.Number,
      attempts: Schema.Int,
      /** Something ended that did not say what it cost. */
      cost_is_complete: Schema.Boolean
    })
  )
})
export type History = typeof History.Type
