/**
 * The values that configuration files are made of. Each description is what a person is told when another is found.
 */
import * as Schema from "effect/Schema"
import { isBindable } from "../../core/mailbox/Role.ts"

/** A year: what is longer was a mistake in the unit. */
const longestMinutes = 366 * 24 * 60

/** No argument, path or variable of a process can hold it. */
const hasNul = (text: string): boolean => text.includes("\0")

const Text = Schema.NonEmptyString.annotations({ description: "a text that is not empty" })

export const Word = Schema.String.pipe(
  Schema.filter((text) => !hasNul(text), { description: "a text without NUL", jsonSchema: {} })
)

export const Command = Schema.String.pipe(
  Schema.filter((text) => text.trim() !== "" && !hasNul(text), {
    description: "a command: a text that is not blank, without NUL",
    jsonSchema: { minLength: 1 }
  })
)

export const Prompt = Schema.String.pipe(
  Schema.pattern(/\S/),
  Schema.annotations({ description: "a text that is not blank" })
)

export const Name = Schema.String.pipe(
  Schema.pattern(/^[^\s\p{Cc}](?:[^\p{Cc}]{0,98}[^\s\p{Cc}])?$/u),
  Schema.annotations({ description: "a name: one line, 1 to 100 characters, no space around it" })
)

/** Whatever `core/mailbox/Role.ts` lets a session hold. */
export const RoleName = Schema.String.pipe(
  Schema.filter(isBindable, {
    description:
      'the name of a role: letters, digits, ".", "_" and "-", at most 64, and not "operator", "drover" or "supervisor"',
    jsonSchema: { pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$" }
  })
)

export const Model = Text.annotations({ description: "the name of a model" })

/** `DROVER_` belongs to drover: an agent that got another DROVER_ATTEMPT would not be found again. */
export const VariableName = Schema.String.pipe(
  Schema.pattern(/^(?!DROVER_)[A-Za-z_][A-Za-z0-9_]*$/),
  Schema.annotations({ description: "the name of an environment variable that does not begin with DROVER_" })
)

export const Whole = Schema.Int.annotations({ description: "a whole number" })

export const Count = Schema.Int.pipe(
  Schema.nonNegative(),
  Schema.annotations({ description: "a whole number, 0 or more" })
)

export const PositiveCount = Schema.Int.pipe(
  Schema.positive(),
  Schema.annotations({ description: "a whole number, 1 or more" })
)

export const Switch = Schema.Boolean.annotations({ description: "true or false" })

const quantity = (unit: string, most: number) =>
  Schema.Number.pipe(
    Schema.greaterThan(0),
    Schema.lessThanOrEqualTo(most),
    Schema.annotations({ description: `a number of ${unit} above 0, at most ${most}` })
  )

export const Minutes = quantity("minutes", longestMinutes)
export const Seconds = quantity("seconds", longestMinutes * 60)
export const Milliseconds = quantity("milliseconds", longestMinutes * 60_000)
/** At most a century. */
export const Days = quantity("days", 36_500)
export const Dollars = quantity("US dollars", 1_000_000_000)

/** US dollars for something that may be free. */
export const Rate = Schema.Number.pipe(
  Schema.nonNegative(),
  Schema.finite(),
  Schema.annotations({ description: "a number of US dollars, 0 or more" })
)

/** A key that may be left out. */
export const maybe = <A, I>(value: Schema.Schema<A, I>, meaning: string) =>
  Schema.optionalWith(value, { exact: true }).annotations({ description: meaning })
