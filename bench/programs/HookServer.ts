/** A program, not a module: a way in over HTTP, in one of its manners, until it is told to end. */
import * as Effect from "effect/Effect"
import { isManner, open } from "../workload/Doors.ts"

const [manner = "", file = "", socket = ""] = process.argv.slice(2)
if (!isManner(manner)) throw new Error(`there is no manner ${manner}`)
const told = new Promise<void>((resolve) => process.once("SIGTERM", () => resolve()))
await Effect.runPromise(
  Effect.scoped(
    Effect.gen(function* () {
      yield* open(manner, file, socket)
      process.stdout.write("ready\n")
      yield* Effect.promise(() => told)
    })
  )
)
