/** What queries and paths are made of: numbers in plain digits, and nothing that is not known. */
import * as Schema from "effect/Schema"

/** What is not known is refused, all of it at once. */
export const strict = { parseOptions: { onExcessProperty: "error", errors: "all" } } as const

const decimal = Schema.String.pipe(
  Schema.pattern(/^(?:0|[1-9][0-9]{0,14})$/),
  Schema.annotations({ description: "a whole number, 0 or more" })
)

/** A number in a path or a query, in plain digits. */
export const count = (least: number, most: number) =>
  Schema.transform(
    decimal,
    Schema.Int.pipe(
      Schema.between(least, most),
      Schema.annotations({ description: `a whole number from ${least} to ${most}` })
    ),
    { strict: true, decode: Number, encode: String }
  )

/** How many of something one answer has. */
export const limit = (most: number, usual: number, what = "How many") =>
  Schema.optionalWith(count(1, most), { default: () => usual }).annotations({
    description: `${what} at most, up to ${most}; ${usual} if nothing is said`
  })
