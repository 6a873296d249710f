/**
 * Columns that hold the JSON text of a value: read through the value's schema, written as it is.
 */
import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"

/**
 * Decodes, and throws at nothing: to tell the members of a union apart effect (3.22.4) asks the field that names one for its
 * text, and an object that came as JSON need not have any.
 */
export const decoder = <A, I>(
  schema: Schema.Schema<A, I>
): ((value: unknown) => Either.Either<A, ParseResult.ParseError>) => {
  // Made when it is first needed: most programs decode few columns, and are gone in a moment.
  let decode: ((value: unknown) => Either.Either<A, ParseResult.ParseError>) | null = null
  return (value) => {
    try {
      decode ??= Schema.decodeUnknownEither(schema)
      return decode(value)
    } catch {
      return Either.left(ParseResult.parseError(new ParseResult.Type(schema.ast, value)))
    }
  }
}

/** Reads JSON texts, and remembers the last few hundred: most tasks share most of their columns. */
export const reader = <A, I>(schema: Schema.Schema<A, I>, remember = 0) => {
  let decode: ReturnType<typeof decoder<A, string>> | null = null
  const known = new Map<string, A>()
  return (text: string): Either.Either<A, ParseResult.ParseError> => {
    const met = known.get(text)
    if (met !== undefined) return Either.right(met)
    decode ??= decoder(Schema.parseJson(schema))
    const found = decode(text)
    if (remember > 0 && Either.isRight(found)) {
      if (known.size >= remember) known.clear()
      known.set(text, found.right)
    }
    return found
  }
}

/** Writes JSON of values as they are; the types refuse a schema that transforms anything. Remembers the last value. */
export const writer = <A extends I, I>(_: Schema.Schema<A, I>): ((value: A) => string) => {
  let last: readonly [value: A, text: string] | null = null
  return (value) => {
    if (last === null || last[0] !== value) last = [value, JSON.stringify(value)]
    return last[1]
  }
}
