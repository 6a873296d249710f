/** Versions of vendors' programs that a command warns of. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { UsedProgram } from "../agents/VendorVersions.ts"
import { Output } from "./Output.ts"
import { plain } from "./Text.ts"

export const of = (programs: ReadonlyArray<UsedProgram>): Effect.Effect<ReadonlyArray<string>> =>
  programs.length === 0
    ? Effect.succeed([])
    : Effect.flatMap(
        Effect.promise(() => import("../agents/VendorVersions.ts")),
        // Some of it is what a program has printed.
        ({ warnings }) => Effect.map(warnings(programs), (found) => found.map(plain))
      )

/**
 * Begins to ask the programs; the effect that comes back waits for them, and tells. They are asked while the tasks are
 * stored, which takes about as long: to be told of a version is worth no wait before the work, and a memory of answers
 * would be wrong after an update behind a link or a manager of versions.
 */
export const begin = (programs: ReadonlyArray<UsedProgram>) =>
  Effect.gen(function* () {
    const output = yield* Output
    const asked = yield* Effect.fork(of(programs))
    return Effect.flatMap(Fiber.join(asked), (warnings) => Effect.forEach(warnings, output.error, { discard: true }))
  })
