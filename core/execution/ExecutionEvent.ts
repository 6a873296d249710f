/**
 * What can happen to an execution. Every event names the attempt (and the run) it is about; one that names another is
 * ignored by `Step.step`. An event carries all that its destination needs: deadlines and facts are judged by whoever
 * makes it, so that a replay of the ledger gives the same state.
 */
import * as Schema from "effect/Schema"
import { MergeFailureKind } from "../stage/MergeFailureKind.ts"
import { Work } from "../stage/StageEvent.ts"
import { AttemptNumber, Instant, RunNumber } from "../task/Identifiers.ts"
import { Verdict as VerdictWord } from "../verify/Verdict.ts"
import { Attempt, Ending, StopReason, TreeHash, trial } from "./Execution.ts"
import { Limit, LimitCause } from "./Limit.ts"
import { ProcessIdentity } from "./Process.ts"

const event = Schema.TaggedStruct
const attempt = { attempt: AttemptNumber }
const at = { at: Instant }
/** US dollars; null when none were reported. */
const Cost = Schema.NullOr(Schema.Number.pipe(Schema.finite(), Schema.nonNegative()))

/** What a failure leads to: the next attempt not before `until`, or nothing when no attempt is left. */
export const Failure = Schema.Struct({
  attemptsLeft: Schema.Boolean,
  until: Instant,
  feedback: Schema.NullOr(Schema.String)
})
export type Failure = typeof Failure.Type

/** What was found once every process of an attempt was proved dead. */
export const DeathFacts = Schema.Struct({
  merge: Schema.Literal("squash", "none"),
  /** Something is uncommitted. */
  dirty: Schema.Boolean,
  /** This attempt moved HEAD. */
  moved: Schema.Boolean,
  /** The content or the set of files read changed during the attempt. */
  progressed: Schema.Boolean,
  /** There is a session to resume and a prompt to resume it with. */
  resumable: Schema.Boolean,
  /** Its last words promise something that it has not done, and it is to be reminded; absent is no. */
  promised: Schema.optionalWith(Schema.Literal(true), { exact: true }),
  /** The verdict line of a QA agent. */
  qa: Schema.NullOr(Schema.Literal("PASS", "FAIL")),
  tree: TreeHash,
  /** US dollars this attempt cost; null when it did not say. */
  costUsd: Cost,
  /** A limit of the provider that still holds, whenever it was told. */
  limit: Schema.optionalWith(Limit, { exact: true }),
  failure: Failure
})
export type DeathFacts = typeof DeathFacts.Type

const Assign = event("Assign", { attempt: Attempt, messageId: Schema.String, ...at, ...trial })
const Claimed = event("Claimed", { ...attempt, session: Schema.String, ...at })
const Withdrawn = event("Withdrawn", attempt)
const Launch = event("Launch", { attempt: Attempt, preparing: Schema.Boolean, ...at, ...trial })
/** `exhausted`: the policy's number of failed deliveries in a row is reached. */
const LaunchFailed = event("LaunchFailed", {
  ...attempt,
  reason: Schema.String,
  until: Instant,
  exhausted: Schema.Boolean
})
const Started = event("Started", { ...attempt, process: ProcessIdentity, ...at })
const Adopted = event("Adopted", { ...attempt, process: ProcessIdentity, ...at })
const SessionSeen = event("SessionSeen", { ...attempt, session: Schema.String })
const Progressed = event("Progressed", { ...attempt, ...at })
/** A trial was seen at work for so long that its account is served again. */
const Sustained = event("Sustained", { ...attempt, ...at })
/** `process`: whose output said so; without it a launch that was never seen can not be limited. */
const RateLimited = event("RateLimited", {
  ...attempt,
  resumeAt: Instant,
  process: Schema.NullOr(ProcessIdentity),
  cause: Schema.optionalWith(LimitCause, { exact: true }),
  ...at
})
const LimitLifted = event("LimitLifted", { ...attempt, ...at })
const Ended = event("Ended", { ...attempt, how: Ending, ...at })
const TurnEnded = event("TurnEnded", { ...attempt, messageId: Schema.String, ...at })
const SessionGone = event("SessionGone", { ...attempt, ...at })
/** `attempt` is null for a landing, which `run` names. */
const Stop = event("Stop", {
  attempt: Schema.NullOr(AttemptNumber),
  run: Schema.NullOr(RunNumber),
  why: StopReason,
  ...at
})
/** `run`: of the verifier or the landing that was stopped; null for an agent. */
const VerifiedDead = event("VerifiedDead", {
  attempt: Schema.NullOr(AttemptNumber),
  run: Schema.NullOr(RunNumber),
  facts: DeathFacts
})
const VerifyBegin = event("VerifyBegin", { attempt: Attempt })
/** The intent to run one verifier. */
const RunBegin = event("RunBegin", { ...attempt, index: Schema.Int, run: RunNumber })
/** The list of verifiers is empty. */
const NoVerifiers = event("NoVerifiers", { ...attempt, ...at, work: Schema.NullOr(Work), tree: TreeHash })
const Verdict = event("Verdict", {
  ...attempt,
  ...at,
  index: Schema.Int,
  run: RunNumber,
  verdict: VerdictWord,
  /** It is the last of the list. */
  last: Schema.Boolean,
  /** The tree that was judged, the tree on disk now, and HEAD's tree where it must be the same (squash), else null. */
  tree: TreeHash,
  treeNow: TreeHash,
  headTree: Schema.NullOr(TreeHash),
  work: Schema.NullOr(Work),
  /** For LIMITED: when to ask again, and why. */
  resumeAt: Schema.NullOr(Instant),
  limitCause: Schema.optionalWith(LimitCause, { exact: true }),
  costUsd: Cost,
  failure: Failure
})
const LandBegin = event("LandBegin", { run: RunNumber, visit: Schema.Int, base: Schema.String, ...at })
const Armed = event("Armed", { run: RunNumber, candidate: Schema.String })

/** What a landing came to; Again: the base moved, nothing happened. `kind` null: no commit to land. */
export const LandResult = Schema.Union(
  Schema.TaggedStruct("Landed", { commit: Schema.NonEmptyString }),
  Schema.TaggedStruct("Failed", { kind: Schema.NullOr(MergeFailureKind) }),
  Schema.TaggedStruct("Again", {})
)
export type LandResult = typeof LandResult.Type
/** `costUsd`: what models and agents have judged it for; left out where none did. */
const LandEnded = event("LandEnded", {
  run: RunNumber,
  result: LandResult,
  ...at,
  costUsd: Schema.optionalWith(Cost, { exact: true })
})
const Reset = event("Reset", {})

export const ExecutionEvent = Schema.Union(
  Assign,
  Claimed,
  Withdrawn,
  Launch,
  LaunchFailed,
  Started,
  Adopted,
  SessionSeen,
  Progressed,
  Sustained,
  RateLimited,
  LimitLifted,
  Ended,
  TurnEnded,
  SessionGone,
  Stop,
  VerifiedDead,
  VerifyBegin,
  RunBegin,
  NoVerifiers,
  Verdict,
  LandBegin,
  Armed,
  LandEnded,
  Reset
)
export type ExecutionEvent = typeof ExecutionEvent.Type
export type Tag = ExecutionEvent["_tag"]
export type Of<T extends Tag> = Extract<ExecutionEvent, { readonly _tag: T }>
