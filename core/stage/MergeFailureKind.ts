/**
 * Why a landing failed. Where the task goes next depends on this alone, never on words in some output.
 */
import * as Schema from "effect/Schema"

/** The steps of a gate; a failed `build` is a merger's work, the others are a coder's. */
export const GateStep = Schema.Literal("build", "format", "lint", "test")
export type GateStep = typeof GateStep.Type

export const MergeFailureKind = Schema.Union(
  Schema.TaggedStruct("Conflict", { files: Schema.Array(Schema.String) }),
  Schema.TaggedStruct("GatesFailed", { step: GateStep, exitCode: Schema.NullOr(Schema.Int) }),
  Schema.TaggedStruct("EmptyDiff", {}),
  Schema.TaggedStruct("Other", { detail: Schema.String })
)
export type MergeFailureKind = typeof MergeFailureKind.Type

/** Who can mend it: a `merger` agent, the `coder` with feedback, or only a person. */
export const mender = (kind: MergeFailureKind): "merger" | "coder" | "person" => {
  switch (kind._tag) {
    case "Conflict":
      return "merger"
    case "GatesFailed":
      return kind.step === "build" ? "merger" : "coder"
    case "EmptyDiff":
    case "Other":
      return "person"
  }
}

/** One line for people. */
export const describe = (kind: MergeFailureKind): string => {
  switch (kind._tag) {
    case "Conflict":
      return `conflict in ${kind.files.join(", ") || "unnamed files"}`
    case "GatesFailed":
      return kind.exitCode === null ? `${kind.step} did not finish` : `${kind.step} failed with status ${kind.exitCode}`
    case "EmptyDiff":
      return "nothing to land: the branch adds nothing to the base"
    case "Other":
      return kind.detail
  }
}
