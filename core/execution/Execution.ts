/**
 * What is being done about a task now: one attempt at a time.
 *
 * ```
 * Idle ─ Assign ─▶ Assigned ─ Claimed ─▶ Running ─ Ended ─▶ Stopping ─ VerifiedDead ─▶ Verifying ─▶ Idle
 *      ─ Launch ─▶ Launching ─ Started ─▶ Running ⇄ Limited                          ▶ Backoff ─ Launch ─▶ …
 *      ─ LandBegin ─▶ Landing ─ LandEnded ─▶ Idle
 * ```
 *
 * The only way out of a live state is Stopping: proof of death, then status (EXE-2).
 */
import * as Schema from "effect/Schema"
import { AttemptNumber, Instant, RunNumber } from "../task/Identifiers.ts"
import { LimitCause } from "./Limit.ts"
import { ProcessIdentity } from "./Process.ts"

export const Role = Schema.Literal("coder", "qa", "merger")

/**
 * How an attempt works. `Cold` and `Warm` are counted against the retries; `CommitOnly` finishes what another left
 * uncommitted, `Nudge` what it promised at its end, `VerifyOnly` runs no agent at all.
 */
export const Mode = Schema.Literal("Cold", "Warm", "CommitOnly", "Nudge", "VerifyOnly")
export type Mode = typeof Mode.Type

/** Modes that only finish what the attempt before has done: they use no attempt, and need none. */
export const Finishing = Schema.Literal("CommitOnly", "Nudge")
export const isFinishing = Schema.is(Finishing)

/** An attempt, with all that is needed to judge whether it still belongs and what its end means. */
export const Attempt = Schema.Struct({
  number: AttemptNumber,
  role: Role,
  /** The visit of the stage it was started for. */
  visit: Schema.Int,
  /** The feedback it was started with; its work counts for that feedback only. */
  feedbackNumber: Schema.Int,
  mode: Mode
})
export type Attempt = typeof Attempt.Type

/** Who carries an attempt: a process that drover started, or a long-lived session. */
export const Carrier = Schema.Union(
  Schema.TaggedStruct("Process", { process: ProcessIdentity }),
  Schema.TaggedStruct("Session", { session: Schema.String, messageId: Schema.String })
)
export type Carrier = typeof Carrier.Type

/** Why something live was told to stop. */
export const StopReason = Schema.Literal(
  "Operator",
  "StageChanged",
  "OverBudget",
  "OverTime",
  "OverTurns",
  "Inactive",
  "Retry"
)
export type StopReason = typeof StopReason.Type

/** How an attempt ended. Clean: status 0 and a last record that says so; Forced: otherwise, a session existed; Aborted: none did. */
export const Ending = Schema.Union(
  Schema.TaggedStruct("Clean", {}),
  Schema.TaggedStruct("Forced", { detail: Schema.String }),
  Schema.TaggedStruct("Aborted", { detail: Schema.String }),
  /** Without a cause nothing more is known than that there is a limit. */
  Schema.TaggedStruct("Limited", { resumeAt: Instant, cause: Schema.optionalWith(LimitCause, { exact: true }) }),
  Schema.TaggedStruct("Lost", {}),
  Schema.TaggedStruct("Stopped", { why: StopReason })
)
export type Ending = typeof Ending.Type

/** The content of a directory, by address. */
export const TreeHash = Schema.NonEmptyString
export type TreeHash = typeof TreeHash.Type

/** Where there is nothing to address content by: equal to itself, yet it says nothing about two contents. */
export const unaddressedTree: TreeHash = "-"

/** Its account waits for what becomes of it: the first after a limit, or one of those that follow; absent is no. */
export const trial = { trial: Schema.optionalWith(Schema.Literal(true), { exact: true }) }

export const BackoffMode = Schema.Literal("Retry", "Resume", ...Finishing.literals)

export const Idle = Schema.TaggedStruct("Idle", {})
/** A message waits in a session's mailbox. */
export const Assigned = Schema.TaggedStruct("Assigned", {
  attempt: Attempt,
  messageId: Schema.String,
  since: Instant,
  ...trial
})
/** The intent is durable, the process not yet seen. `preparing`: its worktree is being made. */
export const Launching = Schema.TaggedStruct("Launching", {
  attempt: Attempt,
  since: Instant,
  preparing: Schema.Boolean,
  ...trial
})
export const Running = Schema.TaggedStruct("Running", { attempt: Attempt, carrier: Carrier, since: Instant, ...trial })
/**
 * The provider said no until `resumeAt`; `carrier` is null once the process is gone. `since`: when it began to run;
 * `limitedAt`: when the limit was seen, for a limited attempt uses no time of its own.
 */
export const Limited = Schema.TaggedStruct("Limited", {
  attempt: Attempt,
  carrier: Schema.NullOr(Carrier),
  resumeAt: Instant,
  limitedAt: Instant,
  since: Instant
})
/** It ends; what is left of it is being proved dead. */
export const Stopping = Schema.TaggedStruct("Stopping", {
  subject: Schema.Union(
    Schema.TaggedStruct("Agent", { attempt: Attempt }),
    Schema.TaggedStruct("Verifiers", { attempt: Attempt, run: Schema.NullOr(RunNumber) }),
    Schema.TaggedStruct("Landing", { run: RunNumber, visit: Schema.Int })
  ),
  carrier: Schema.NullOr(Carrier),
  ending: Ending,
  since: Instant
})
/** The list of verifiers is being worked: `passed` holds the tree that each verifier so far passed. */
export const Verifying = Schema.TaggedStruct("Verifying", {
  attempt: Attempt,
  index: Schema.Int,
  run: Schema.NullOr(RunNumber),
  passed: Schema.Array(TreeHash),
  /** How often the list began again because the tree changed meanwhile. */
  restarts: Schema.Int,
  notBefore: Schema.NullOr(Instant)
})
export const Landing = Schema.TaggedStruct("Landing", {
  run: RunNumber,
  visit: Schema.Int,
  base: Schema.String,
  /** Null until armed: from then on the base may move at any moment. */
  candidate: Schema.NullOr(Schema.String),
  since: Instant
})
/** The next attempt waits until `until`. */
export const Backoff = Schema.TaggedStruct("Backoff", {
  attempt: Attempt,
  until: Instant,
  mode: BackoffMode,
  feedback: Schema.NullOr(Schema.String)
})

export const Execution = Schema.Union(
  Idle,
  Assigned,
  Launching,
  Running,
  Limited,
  Stopping,
  Verifying,
  Landing,
  Backoff
)
export type Execution = typeof Execution.Type
export type Tag = Execution["_tag"]
export type Of<T extends Tag> = Extract<Execution, { readonly _tag: T }>

export const idle: Of<"Idle"> = { _tag: "Idle" }

/** The attempt an execution is about, or null for Idle and a landing. */
export const attemptOf = (execution: Execution): Attempt | null => {
  switch (execution._tag) {
    case "Idle":
    case "Landing":
      return null
    case "Stopping":
      return execution.subject._tag === "Landing" ? null : execution.subject.attempt
    default:
      return execution.attempt
  }
}

/** Something may be alive: processes, or a session at work. */
export const isLive = (execution: Execution): boolean => {
  switch (execution._tag) {
    case "Launching":
    case "Running":
    case "Stopping":
    case "Verifying":
    case "Landing":
      return true
    case "Limited":
      return execution.carrier !== null
    default:
      return false
  }
}

/** It takes one of the places that `max_concurrent` limits. */
export const holdsSlot = (execution: Execution): boolean =>
  execution._tag === "Assigned" || (isLive(execution) && execution._tag !== "Landing")

/** Its account waits for what becomes of it. */
export const isTrial = (execution: Execution): boolean => "trial" in execution && execution.trial === true

/** An attempt is at work under the account of its agent: what a ramp counts. */
export const usesAccount = (execution: Execution): boolean => {
  switch (execution._tag) {
    case "Assigned":
    case "Launching":
    case "Running":
      return true
    case "Limited":
      return execution.carrier !== null
    case "Stopping":
      return execution.subject._tag === "Agent"
    default:
      return false
  }
}

/** Drover has started an agent for it, which is not proved dead; a session that carries an attempt is none that it started. */
export const hasAgent = (execution: Execution): boolean => {
  switch (execution._tag) {
    case "Running":
    case "Limited":
      return execution.carrier?._tag === "Process"
    case "Stopping":
      return execution.subject._tag === "Agent" && execution.carrier?._tag !== "Session"
    default:
      return false
  }
}

/** The visit an execution was begun for; null for Idle. */
export const visitOf = (execution: Execution): number | null => {
  if (execution._tag === "Landing") return execution.visit
  if (execution._tag === "Stopping" && execution.subject._tag === "Landing") return execution.subject.visit
  return attemptOf(execution)?.visit ?? null
}
