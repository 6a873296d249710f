/** All of standard input, for commands that take a text from it. */
import { text } from "node:stream/consumers"
import * as Effect from "effect/Effect"
import { Failed } from "./ExitCode.ts"

export const standardInput = Effect.tryPromise({
  try: () => text(process.stdin),
  catch: (error) => new Failed({ message: `standard input can not be read: ${String(error)}` })
})
