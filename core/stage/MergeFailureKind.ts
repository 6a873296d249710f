/**
 * Why a landing failed. Where the task goes next depends on this alone, never on words in some output.
 */
import * as Schema from "effect/Schema"
import { Step } from "../verify/Verifier.ts"

export const MergeFailureKind = Schema.Union(
  Schema.TaggedStruct("Conflict", { files: Schema.Array(Schema.String) }),
  Schema.TaggedStruct("GatesFailed", {
    step: Step,
    exitCode: Schema.NullOr(Schema.Int),
    /** What the check said, for whoever mends it; absent where nothing is known. */
    said: Schema.optionalWith(Schema.String, { exact: true })
  }),
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

/** What whoever mends it is told, a merger or a coder. */
export const instruct = (kind: MergeFailureKind): string => {
  const what = `It could not be landed: ${describe(kind)}.`
  switch (kind._tag) {
    case "Conflict":
      return `${what} Merge the branch that it lands on into the one you work on, and resolve what is in conflict so that both sides do what they are there for.`
    case "GatesFailed": {
      const how = `${what} The check ran on what your work and the branch that it lands on come to together, and that branch may have moved on: merge it into the one you work on first.`
      return kind.said === undefined ? how : `${how}\n\n${kind.said}`
    }
    case "EmptyDiff":
    case "Other":
      return what
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
