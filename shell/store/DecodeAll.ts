/** Many rows of one kind to their values. */
import * as Arr from "effect/Array"
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

/** Those that can be understood. The others are told of, once where `told` is kept, and stay as they are, in nobody's way. */
export const decodeSound = <Row, A>(
  rows: ReadonlyArray<Row>,
  decode: (row: Row) => Decoded<A>,
  told: Set<string>
): Effect.Effect<ReadonlyArray<A>> =>
  Effect.suspend(() => {
    const [damaged, values] = Arr.separate(rows.map(decode))
    const news = damaged.map(({ message }) => message).filter((message) => !told.has(message))
    for (const message of news) told.add(message)
    return Effect.as(
      Effect.forEach(news, (message) => Effect.logError(message), { discard: true }),
      values
    )
  })
