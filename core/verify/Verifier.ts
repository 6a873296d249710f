/**
 * A check that the supervisor runs on an agent's work: a shell command, a question to a model, or an agent program.
 */
import * as Schema from "effect/Schema"
import { AgentDefinition } from "../task/AgentDefinition.ts"

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

/** What is asked of a program that answers with a verdict line. */
const asked = {
  prompt: Schema.NonEmptyString,
  timeoutMin: Timeout,
  /** Instead of the model of the definition; absent leaves that. */
  model: Schema.optionalWith(Schema.NonEmptyString, { exact: true }),
  /** US dollars that one run may cost; absent is no limit. */
  budgetUsd: Schema.optionalWith(Schema.Number.pipe(Schema.positive(), Schema.finite()), { exact: true }),
  /** The program, as it was resolved when the task was submitted; without it there is nothing to run. */
  definition: Schema.optionalWith(AgentDefinition, { exact: true }),
  ...step
}

/** A prompt to the configured model command. */
export const Brain = Schema.TaggedStruct("Brain", asked)

/** A prompt to an agent program of its own. */
export const Agent = Schema.TaggedStruct("Agent", { agent: Schema.NonEmptyString, ...asked })

export const Verifier = Schema.Union(Run, Brain, Agent)
export type Verifier = typeof Verifier.Type
export type Kind = Verifier["_tag"]

/** A verifier that judges by a verdict line. */
export type Judge = Exclude<Verifier, { readonly _tag: "Run" }>

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
