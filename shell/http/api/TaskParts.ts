/** What one task is made of, a part at a time: ledger, attempts, output, graph and changes. Every answer is bounded. */
import * as Schema from "effect/Schema"
import { maybe } from "../../config/Values.ts"
import { Badge, Role } from "./BoardWire.ts"
import { count, limit, strict } from "./Query.ts"
import { Id, State, TaskNumber } from "./TaskOrders.ts"

const Moment = Schema.NullOr(Schema.String)
const Text = Schema.NullOr(Schema.String)

const most = 1_000_000_000

/** Rows of the ledger, the newest first. */
export const LedgerQuery = Schema.Struct({
  before: maybe(count(1, 999_999_999_999_999), "Only rows before that one: the `next` of an answer"),
  limit: limit(500, 100)
}).annotations(strict)

export const Ledger = Schema.Struct({
  id: Id,
  rows: Schema.Array(
    Schema.Struct({
      /** Of its event in the stream. */
      seq: Schema.Int,
      revision: Schema.Int,
      at: Schema.String,
      by: Schema.Literal("tick", "operator", "consequence", "submission"),
      /** The name of what happened: `Started`, `GatesPassed`, `Freeze`, ... */
      event: Schema.String,
      /** The wire words of the stages; equal when only the execution moved. */
      from: Schema.String,
      to: Schema.String,
      /** What was done about it after that: `Idle`, `Running`, ... */
      execution: Schema.String,
      /** What the event says, as it is stored; texts in it have 2000 characters at most. */
      detail: Schema.Unknown
    }).annotations({ identifier: "LedgerRow" })
  ),
  /** What the next question has as `before`; null at the beginning of the ledger. */
  next: Schema.NullOr(Schema.Int)
})
export type Ledger = typeof Ledger.Type

export const AttemptsQuery = Schema.Struct({
  before: maybe(count(1, most), "Only attempts before that one: the `next` of an answer"),
  limit: limit(100, 50)
}).annotations(strict)

const RunPart = Schema.Struct({
  run: Schema.Int,
  attempt: Schema.Int,
  /** Which of the task's verifiers, from 0. */
  index: Schema.Int,
  kind: Schema.Literal("Run", "Brain", "Agent"),
  /** The command, or what was asked. */
  title: Schema.String,
  started_at: Schema.String,
  ended_at: Moment,
  verdict: Schema.NullOr(Schema.Literal("PASS", "FAIL", "ERROR", "TIMEOUT", "LIMITED")),
  detail: Text,
  cost_usd: Schema.NullOr(Schema.Number),
  has_output: Schema.Boolean
}).annotations({ identifier: "VerifierRun" })

const AttemptPart = Schema.Struct({
  number: Schema.Int,
  role: Role,
  mode: Schema.Literal("Cold", "Warm", "CommitOnly", "Nudge", "VerifyOnly"),
  agent: Schema.String,
  session: Text,
  created_at: Schema.String,
  started_at: Moment,
  ended_at: Moment,
  /** `Clean`, `Forced`, ...; null while it is not over. */
  outcome: Text,
  detail: Text,
  /** US dollars of this attempt alone; null where it is not known. */
  cost_usd: Schema.NullOr(Schema.Number),
  turns: Schema.Int,
  tool_turns: Schema.Int,
  /** What it said last, cut. */
  last_message: Text,
  /** Its verifiers, in the order in which they ran. */
  runs: Schema.Array(RunPart)
}).annotations({ identifier: "AttemptPart" })

export const Attempts = Schema.Struct({
  id: Id,
  /** The newest first. */
  attempts: Schema.Array(AttemptPart),
  next: Schema.NullOr(Schema.Int)
})
export type Attempts = typeof Attempts.Type

export const RunPath = Schema.Struct({ id: TaskNumber, run: count(1, most) })

export const VerifierRun = Schema.Struct({
  ...RunPart.fields,
  /** The beginning and the end of what it printed, at most 64 KiB. */
  output: Text
})

const Stream = Schema.Literal("stdout", "stderr", "verifier", "verifier-stderr")

const OutputFile = Schema.Struct({
  attempt: Schema.Int,
  stream: Stream,
  /** Of a verifier; null for what the agent printed. */
  run: Schema.NullOr(Schema.Int),
  /** Bytes; null where it is not there: nothing yet, or not any more. */
  size: Schema.NullOr(Schema.Int),
  /** Nothing more is written to it. */
  is_over: Schema.Boolean,
  /** It was there, and retention has removed it. */
  is_removed: Schema.Boolean
}).annotations({ identifier: "OutputFile" })

export const OutputsQuery = Schema.Struct({
  before: maybe(count(1, most), "Only of attempts before that one: the `next` of an answer"),
  limit: limit(100, 50, "How many attempts")
}).annotations(strict)

export const Outputs = Schema.Struct({
  id: Id,
  /** The newest attempt first. */
  files: Schema.Array(OutputFile),
  next: Schema.NullOr(Schema.Int)
})
export type Outputs = typeof Outputs.Type

const Offset = count(0, 999_999_999_999_999)
const bytes = 256 * 1024
const usualBytes = 64 * 1024

export const OutputQuery = Schema.Struct({
  attempt: count(1, most).annotations({ description: "The number of the attempt" }),
  stream: Stream.annotations({ description: "Which of its files" }),
  run: maybe(count(1, most), "Of a verifier: which run"),
  from: maybe(Offset, "Lines from exactly that byte on: the `end` of an answer"),
  near: maybe(Offset, "Lines from the first one that begins at that byte or after it: any byte of the file"),
  before: maybe(
    Offset,
    "Lines up to exactly that byte: the `start` of an answer; the end of the file where nothing is said"
  ),
  limit: limit(bytes, usualBytes, "How many bytes of the file")
}).annotations(strict)

export const OutputPart = Schema.Struct({
  ...OutputFile.fields,
  id: Id,
  /** The bytes that the lines are: from `start` up to, and without, `end`. Nothing is left out in between; 5000 lines at most. */
  start: Schema.Int,
  end: Schema.Int,
  lines: Schema.Array(
    Schema.Struct({
      /** The byte that it begins at. */
      at: Schema.Int,
      /** Without its end; bytes that are not UTF-8 are U+FFFD. */
      text: Schema.String,
      /** Of a line that is longer than was asked for this is a piece: more of it is before or after it. */
      is_piece: Schema.Boolean
    })
  )
})
export type OutputPart = typeof OutputPart.Type

export const Graph = Schema.Struct({
  id: Id,
  /** The tasks around it, the nearest first; of its batch those that nothing connects as well. */
  nodes: Schema.Array(
    Schema.Struct({
      id: Id,
      name: Schema.String,
      /** Also `archived`. */
      column: Schema.String,
      badge: Badge,
      state: State
    })
  ),
  /** `from` is to be done before `to`; both are nodes. */
  edges: Schema.Array(Schema.Struct({ from: Id, to: Id })),
  /** There are more than 500. */
  is_cut: Schema.Boolean
})
export type Graph = typeof Graph.Type

export const Diff = Schema.Struct({
  id: Id,
  /** `untold`: it is no git repository, or there is no directory to look into, and `why` says which. */
  state: Schema.Literal("changed", "unchanged", "untold"),
  why: Text,
  directory: Text,
  /** The commit that it is compared with; null where it is a moment. */
  base: Text,
  /** A list of files, then the differences as `git diff` writes them. */
  text: Schema.String,
  is_cut: Schema.Boolean
})
export type Diff = typeof Diff.Type
