/**
 * Why a task can not go on without a person. Code routes on the tag; `describe` is for people.
 */
import * as Schema from "effect/Schema"

export const BlockReason = Schema.Union(
  Schema.TaggedStruct("RetriesExhausted", { lastFailure: Schema.NullOr(Schema.String) }),
  Schema.TaggedStruct("NoProgress", {}),
  Schema.TaggedStruct("NeverCommitted", {}),
  Schema.TaggedStruct("AbortLoop", {}),
  Schema.TaggedStruct("LaunchFailed", { reason: Schema.String }),
  Schema.TaggedStruct("OverBudget", {}),
  Schema.TaggedStruct("OverTime", {}),
  Schema.TaggedStruct("OverTurns", {}),
  Schema.TaggedStruct("QaRounds", {}),
  Schema.TaggedStruct("NoCommits", {}),
  Schema.TaggedStruct("Drifted", {}),
  Schema.TaggedStruct("Operator", { text: Schema.String })
)
export type BlockReason = typeof BlockReason.Type

const excerpt = (text: string): string => (text.length > 120 ? `${text.slice(0, 119)}…` : text).replaceAll("\n", " ")

/** One line for people. */
export const describe = (reason: BlockReason): string => {
  switch (reason._tag) {
    case "RetriesExhausted":
      return reason.lastFailure === null ? "no attempt is left" : `no attempt is left: ${excerpt(reason.lastFailure)}`
    case "NoProgress":
      return "several attempts in a row changed and read nothing new"
    case "NeverCommitted":
      return "it was asked to commit again and again, and never did"
    case "AbortLoop":
      return "the agent ended before its session began, several times in a row"
    case "LaunchFailed":
      return `the agent could not be started: ${excerpt(reason.reason)}`
    case "OverBudget":
      return "the budget is spent"
    case "OverTime":
      return "the time is used up"
    case "OverTurns":
      return "the turns are used up"
    case "QaRounds":
      return "QA sent it back too often"
    case "NoCommits":
      return "it passed, but there is no commit to land"
    case "Drifted":
      return "the files changed while no attempt of this task was at work"
    case "Operator":
      return reason.text === "" ? "blocked by a person" : reason.text
  }
}
