/** Fibers that are interrupted while they take and give back what they need for a moment. */
import { execFileSync } from "node:child_process"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { layer, Processes } from "../../../shell/process/Processes.ts"
import * as Trees from "../../../shell/git/Trees.ts"
import { folder, freshMarker, requestIn } from "./World.ts"

/** Turns of Node's loop until the interruption comes: it meets the work at each of its steps. */
const turns = Array.from({ length: 60 }, (_, index) => index)

const turn = Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))

/** Something that is done and then waits for ever, interrupted at every moment: it ends, or the spec does not. */
const interrupted = (work: () => Effect.Effect<unknown, unknown>) =>
  Effect.forEach(turns, (count) =>
    Effect.gen(function* () {
      const fiber = yield* Effect.forkDaemon(Effect.zipRight(work(), Effect.never))
      yield* Effect.repeatN(turn, count)
      yield* Fiber.interrupt(fiber)
    })
  )

it.scopedLive("PRC-1 whoever is told to end in the moment in which it starts a program ends", () =>
  Effect.gen(function* () {
    const directory = yield* folder
    const { spawn } = yield* Processes
    yield* interrupted(() => spawn(requestIn(directory, freshMarker(), { command: "true", args: [] })))
  }).pipe(Effect.provide(layer))
)

it.scopedLive("PRC-1 whoever is told to end in the moment in which it looks at a tree ends", () =>
  Effect.gen(function* () {
    const directory = yield* folder
    execFileSync("git", ["init", "-q"], { cwd: directory })
    writeFileSync(join(directory, "file"), "text\n")
    const { look } = yield* Trees.Trees
    yield* interrupted(() => look(directory))
  }).pipe(Effect.provide(Trees.layer))
)
