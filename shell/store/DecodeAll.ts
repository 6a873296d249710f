/** Many rows of one kind to their values. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { Decoded } from "./Codec.ts"
import type { MalformedRow } from "./Store.ts"

/** Rows decoded, or the first that does not. */
export const decodeAll = <Row, A>(
  rows: ReadonlyArray<Row>,
  decode: (row: Row) => Decoded<A>
): Effect.Effect<ReadonlyArray<A>, MalformedRow> =>
  Effect.suspend(() => {
    const values: Array<A> = []
    for (const row of rows) {
      const value = decode(row)
      if (Either.isLeft(value)) return Effect.fail(value.left)
      values.push(value.right)
    }
    return Effect.succeed(values)
  })
