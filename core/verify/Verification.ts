/**
 * One run of one verifier, as it is stored: bound to the tree it judged and to the verifier's own digest.
 */
import * as Schema from "effect/Schema"
import { TreeHash } from "../execution/Execution.ts"
import { AttemptNumber, Instant, RunNumber, TaskId } from "../task/Identifiers.ts"
import { Verdict } from "./Verdict.ts"

export const Verification = Schema.Struct({
  task: TaskId,
  attempt: AttemptNumber,
  run: RunNumber,
  index: Schema.Int.pipe(Schema.nonNegative()),
  kind: Schema.Literal("Run", "Brain", "Agent"),
  /** What was run, for people: the command, cut to a line. */
  title: Schema.String,
  /** SHA-256 of the verifier's definition. */
  digest: Schema.String,
  startedAt: Instant,
  endedAt: Schema.NullOr(Instant),
  verdict: Schema.NullOr(Verdict),
  /** One line: exit status, signal or time-out. */
  detail: Schema.NullOr(Schema.String),
  tree: Schema.NullOr(TreeHash),
  /** Head and tail of what it printed, at most 64 KiB. */
  output: Schema.NullOr(Schema.String),
  costUsd: Schema.NullOr(Schema.Finite)
})
export type Verification = typeof Verification.Type
