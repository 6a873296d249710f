/**
 * Where the work of a task stands: durable, shared, the same on every host. What is being done about it now is another
 * machine (`execution/`).
 *
 * A stage in memory is tagged (`{ _tag: "Coding", … }`); its wire form carries the word of the column instead
 * (`{ "stage": "coding", … }`). Holds do not nest by type: `Blocked` and `ReviewHold` resume to a `Resumable`, and
 * `Frozen` to anything but itself and the ends.
 */
import * as Schema from "effect/Schema"
import { Instant, TaskId } from "../task/Identifiers.ts"
import { BlockReason } from "./BlockReason.ts"
import { MergeFailureKind } from "./MergeFailureKind.ts"

const tag = <Wire extends string, Tag extends string>(wire: Wire, name: Tag) =>
  Schema.propertySignature(Schema.transformLiteral(wire, name)).pipe(Schema.fromKey("stage"))

const Commits = Schema.Int.pipe(Schema.positive())
const branch = { branch: Schema.NonEmptyString, commitsAhead: Commits, verified: Schema.Boolean }
const failure = { ...branch, kind: MergeFailureKind, strikes: Schema.Int.pipe(Schema.positive()) }

/** Stored, not yet asked for. */
export const Upcoming = Schema.Struct({ _tag: tag("upcoming", "Upcoming") })
/** Waits to start. */
export const Backlog = Schema.Struct({ _tag: tag("backlog", "Backlog") })
/** A coder works, or its work is verified. `feedback`: why the task came back here. */
export const Coding = Schema.Struct({ _tag: tag("coding", "Coding"), feedback: Schema.NullOr(Schema.String) })
/** A QA agent judges verified work, or the verifiers run once more. */
export const Qa = Schema.Struct({ _tag: tag("qa", "Qa") })
/** Verified, at least one commit ahead of the base, to be landed by the supervisor. */
export const Merge = Schema.Struct({ _tag: tag("merge", "Merge"), ...branch })
/** A landing failed; `strikes` counts the failures of the whole task. */
export const MergeFailure = Schema.Struct({ _tag: tag("merge_failure", "MergeFailure"), ...failure })
/** Landing failed too often: a person decides. */
export const MergeFailureFinal = Schema.Struct({ _tag: tag("merge_failure_final", "MergeFailureFinal"), ...failure })

/** What a block or a hold for review may come back to. */
export const Resumable = Schema.Union(Backlog, Coding, Qa, Merge, MergeFailure)
export type Resumable = typeof Resumable.Type

/** Nothing is left to do but to be done; only where the flow merges nothing. */
export const Finish = Schema.Struct({ _tag: tag("finish", "Finish"), verified: Schema.Boolean })

/** A person must look before it goes on. */
export const ReviewHold = Schema.Struct({
  _tag: tag("review_hold", "ReviewHold"),
  resumeTo: Schema.Union(Resumable, Finish),
  reason: Schema.String
})
/** It can not go on without a person. */
export const Blocked = Schema.Struct({ _tag: tag("blocked", "Blocked"), resumeTo: Resumable, reason: BlockReason })
/** Set aside by a person, to be taken up exactly where it was. */
export const Frozen = Schema.Struct({
  _tag: tag("frozen", "Frozen"),
  resumeTo: Schema.Union(Upcoming, Backlog, Coding, Qa, ReviewHold, Merge, MergeFailure, MergeFailureFinal, Blocked)
})

export const Merged = Schema.TaggedStruct("Merged", { commit: Schema.NonEmptyString })
export const NothingToMerge = Schema.TaggedStruct("NothingToMerge", {})

/** `verified` is false when the task has no verifier: done, unverified; never shown as passed. */
export const Done = Schema.Struct({
  _tag: tag("done", "Done"),
  at: Instant,
  landing: Schema.Union(Merged, NothingToMerge),
  verified: Schema.Boolean
})
export const Abandoned = Schema.Struct({ _tag: tag("abandoned", "Abandoned"), at: Instant })
export const Superseded = Schema.Struct({ _tag: tag("superseded", "Superseded"), at: Instant, by: TaskId })
export const Rejected = Schema.Struct({ _tag: tag("rejected", "Rejected"), at: Instant, reason: Schema.String })
export const Archived = Schema.Struct({
  _tag: tag("archived", "Archived"),
  at: Instant,
  from: Schema.Literal("Done", "Abandoned", "Superseded", "Rejected")
})

/** The codec of a stage: its encoded side is the wire form. An unknown word is a decode error. */
export const Stage = Schema.Union(
  Upcoming,
  Backlog,
  Coding,
  Qa,
  ReviewHold,
  Merge,
  MergeFailure,
  MergeFailureFinal,
  Blocked,
  Frozen,
  Done,
  Abandoned,
  Superseded,
  Rejected,
  Archived
)
export type Stage = typeof Stage.Type
export type Wire = typeof Stage.Encoded
export type Tag = Stage["_tag"]
/** The variant with that tag. */
export type Of<T extends Tag> = Extract<Stage, { readonly _tag: T }>

/** A stage from its wire form; the error says what is wrong with it. */
export const decode = (value: unknown) => Schema.decodeUnknownEither(Stage)(value)

/** The wire form of a stage. */
export const encode = (stage: Stage): Wire => Schema.encodeSync(Stage)(stage)
