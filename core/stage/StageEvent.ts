/**
 * What can happen to a stage. An event carries all that its destination needs; one that completes something names the
 * `visit` it completes, so that a late one is recognised (`task/Apply.ts` ignores it).
 */
import * as Schema from "effect/Schema"
import { Instant, TaskId } from "../task/Identifiers.ts"
import { BlockReason } from "./BlockReason.ts"
import { MergeFailureKind } from "./MergeFailureKind.ts"

const Visit = Schema.Int.pipe(Schema.positive())
const Strikes = Schema.Int.pipe(Schema.positive())

/** The branch that holds an attempt's work, and how many commits it is ahead of its base. */
export const Work = Schema.Struct({
  branch: Schema.NonEmptyString,
  commitsAhead: Schema.Int.pipe(Schema.nonNegative())
})
export type Work = typeof Work.Type

const event = Schema.TaggedStruct
const Triage = event("Triage", {})
const Start = event("Start", {})
/** Every verifier passed (or there is none: `verified` false). `work` is null where nothing is merged. */
const GatesPassed = event("GatesPassed", {
  visit: Visit,
  at: Instant,
  verified: Schema.Boolean,
  work: Schema.NullOr(Work)
})
const GatesFailed = event("GatesFailed", { visit: Visit, feedback: Schema.String })
const Approve = event("Approve", { at: Instant })
const SendBack = event("SendBack", { feedback: Schema.String })
/** `visit` is null when a person landed it by hand. */
const Landed = event("Landed", { visit: Schema.NullOr(Visit), at: Instant, commit: Schema.NonEmptyString })
/** `kind` null: there was no commit to land. */
const MergeFailed = event("MergeFailed", { visit: Visit, kind: Schema.NullOr(MergeFailureKind), strikes: Strikes })
const RecoveryExhausted = event("RecoveryExhausted", { visit: Visit, kind: MergeFailureKind, strikes: Strikes })
const MergeReady = event("MergeReady", { visit: Visit, verified: Schema.Boolean, work: Work })
const Retry = event("Retry", {})
const FixupRequested = event("FixupRequested", { feedback: Schema.String, by: Schema.Literal("tick", "operator") })
const RequeueForQa = event("RequeueForQa", {})
const Block = event("Block", { reason: BlockReason })
/** `budgetUsd`: a new limit for the task, where the block was for money. */
const Unblock = event("Unblock", { budgetUsd: Schema.NullOr(Schema.Number.pipe(Schema.finite(), Schema.positive())) })
const HoldForReview = event("HoldForReview", { reason: Schema.String })
const Demote = event("Demote", {})
const Freeze = event("Freeze", {})
const Unfreeze = event("Unfreeze", {})
const Abandon = event("Abandon", { at: Instant })
const Supersede = event("Supersede", { at: Instant, by: TaskId })
const Reject = event("Reject", { at: Instant, reason: Schema.String })
const Reopen = event("Reopen", { feedback: Schema.String })
const Archive = event("Archive", { at: Instant })

export const StageEvent = Schema.Union(
  Triage,
  Start,
  GatesPassed,
  GatesFailed,
  Approve,
  SendBack,
  Landed,
  MergeFailed,
  RecoveryExhausted,
  MergeReady,
  Retry,
  FixupRequested,
  RequeueForQa,
  Block,
  Unblock,
  HoldForReview,
  Demote,
  Freeze,
  Unfreeze,
  Abandon,
  Supersede,
  Reject,
  Reopen,
  Archive
)
export type StageEvent = typeof StageEvent.Type
export type Tag = StageEvent["_tag"]
/** The event with that tag. */
export type Of<T extends Tag> = Extract<StageEvent, { readonly _tag: T }>

/** The visit an event completes, or null when it completes none. */
export const visitOf = (event: StageEvent): number | null => ("visit" in event ? event.visit : null)
