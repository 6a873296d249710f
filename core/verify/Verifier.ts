/**
 * A check that the supervisor runs on an agent's work: a shell command, a question to a model, or an agent program.
 */
import * as Schema from "effect/Schema"

const Timeout = Schema.Number.pipe(Schema.positive(), Schema.finite())

/** What a check is for: who mends it, when it fails on what would land, depends on this alone (WRK-5). */
export const Step = Schema.Literal("build", "format", "lint", "test")
export type Step = typeof Step.Type

const step = { step: Schema.optionalWith(Step, { exact: true }) }

/** A check that does not say what it is for. */
export const stepOf = ({ step = "test" }: Verifier): Step => step

/** A shell command in the task's directory; exit status 0 passes. */
export const Run = Schema.TaggedStruct("Run", { command: Schema.NonEmptyString, timeoutMin: Timeout, ...step })
export type Run = typeof Run.Type

/** A prompt to the configured model command. */
export const Brain = Schema.TaggedStruct("Brain", { prompt: Schema.NonEmptyString, timeoutMin: Timeout, ...step })

/** A prompt to an agent program of its own. */
export const Agent = Schema.TaggedStruct("Agent", {
  agent: Schema.NonEmptyString,
  prompt: Schema.NonEmptyString,
  timeoutMin: Timeout,
  ...step
})

export const Verifier = Schema.Union(Run, Brain, Agent)
export type Verifier = typeof Verifier.Type
export type Kind = Verifier["_tag"]

/** Minutes a verifier may take when nothing else is said. */
export const defaultTimeoutMin = 15

/** One line for people: what this verifier does. */
export const title = (verifier: Verifier): string => {
  switch (verifier._tag) {
    case "Run":
      return verifier.command
    case "Brain":
      return `brain: ${verifier.prompt}`
    case "Agent":
      return `${verifier.agent}: ${verifier.prompt}`
  }
}
