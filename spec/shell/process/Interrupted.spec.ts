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
const interrupted = (work: (count: number) => Effect.Effect<unknown, unknown>) =>
  Effect.forEach(turns, (count) =>
    Effect.gen(function* () {
      const fiber = yield* Effect.forkDaemon(Effect.zipRight(work(count), Effect.never))
      yield* Effect.repeatN(turn, count)
      yield* Fiber.interrupt(fiber)
    })
  )

it.scopedLive("PRC-1 whoever is told to end in the moment in which it starts a program ends", () =>
  Effect.gen(function* () {
    const directory = yield* folder
    const { spawn, stop } = yield* Processes
    const markers = turns.map(freshMarker)
    yield* interrupted((count) => spawn(requestIn(directory, markers[count] ?? "", { command: "true", args: [] })))
    // What has been started writes into the folder, which is about to go.
    yield* Effect.forEach(markers, (marker) => stop({ marker, graceMs: 10_000 }))
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
