/**
 * How a program ended, as its wrapper wrote it down: read totally, so that no record is ever guessed.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { join } from "node:path"
import * as SmallFile from "./SmallFile.ts"
import { exitFile } from "./Wrapper.ts"

/** One of `code` and `signal` is null. A status of 129 … 159 is told as the signal, see `Wrapper.ts`. */
export const ProcessExit = Schema.Struct({
  code: Schema.NullOr(Schema.Int),
  /** With its prefix: SIGTERM. */
  signal: Schema.NullOr(Schema.NonEmptyString),
  /** Epoch seconds. */
  at: Schema.Int
})
export type ProcessExit = typeof ProcessExit.Type

/** There is a record, but it can not be read or is not one: Unknown, which is not the same as none. */
export class ExitUnreadable extends Data.TaggedError("ExitUnreadable")<{
  readonly operation: "read exit"
  readonly path: string
  readonly cause: unknown
}> {
  override get message(): string {
    return `the exit record ${this.path} can not be read: ${String(this.cause)}`
  }
}

const decode = Schema.decodeEither(Schema.parseJson(ProcessExit))

/** The text of an `exit.json`; of what is none nothing is told, an agent can write there too. */
export const parse = (text: string): Either.Either<ProcessExit, string> =>
  Either.mapLeft(decode(text), () => "what is in it is no exit record")

/** None while no record is there: the program runs, or died with its wrapper. */
export const read = (directory: string): Effect.Effect<Option.Option<ProcessExit>, ExitUnreadable> => {
  const path = join(directory, exitFile)
  const failed = (cause: unknown) => new ExitUnreadable({ operation: "read exit", path, cause })
  return Effect.try({ try: () => Option.fromNullable(SmallFile.read(path)), catch: failed }).pipe(
    Effect.flatMap(
      Option.match({
        onNone: () => Effect.succeed(Option.none()),
        onSome: (text) => Either.map(Either.mapLeft(parse(text), failed), Option.some)
      })
    )
  )
}
