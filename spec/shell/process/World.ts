/** What the specs of processes share: folders, waiting for a condition, and processes that are always cleaned up. */
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { ownedBy } from "../../../shell/process/OwnedSet.ts"
import { Processes } from "../../../shell/process/Processes.ts"
import type { SpawnRequest } from "../../../shell/process/SpawnRequest.ts"

/** What was under way when its user was ended may still come to be in it. */
export const folder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "drover-process-"))),
  (path) => Effect.promise(() => rm(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 10 }))
)

let counter = 0
/** No other run of these specs has it. */
export const freshMarker = (): string => `spec${process.pid}x${Date.now()}x${++counter}`

/** Looks again until it is so; the limit is for a spec that is wrong, not a measure. */
export const until = <E, R>(holds: Effect.Effect<boolean, E, R>): Effect.Effect<void, E | Error, R> =>
  Effect.gen(function* () {
    for (let looks = 0; looks < 2000; looks++) {
      if (yield* holds) return
      yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 5)))
    }
    yield* Effect.fail(new Error("what was waited for did not come"))
  })

export interface Command {
  readonly command: string
  readonly args: ReadonlyArray<string>
}

export const requestIn = (directory: string, marker: string, { command, args }: Command): SpawnRequest => ({
  directory,
  marker,
  command,
  args,
  cwd: directory,
  env: { PATH: "/usr/local/bin:/usr/bin:/bin" },
  stdin: null,
  stdout: join(directory, "stdout.jsonl"),
  stderr: join(directory, "stderr.log")
})

/** Starts it, and ends whatever is left of it when the scope closes. */
export const spawn = (request: SpawnRequest) =>
  Effect.gen(function* () {
    const processes = yield* Processes
    yield* Effect.addFinalizer(() => Effect.orDie(processes.stop({ marker: request.marker, graceMs: 0 })))
    return yield* processes.spawn(request)
  })

export const owned = (marker: string) =>
  Effect.gen(function* () {
    return ownedBy(yield* (yield* Processes).snapshot, { marker })
  })
