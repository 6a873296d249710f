/**
 * Runs a program of a task to its end beside its agent: with a marker, so that whoever stops the task ends it too, in a
 * folder of its own, and with nothing left of it when it is over.
 */
import { mkdir } from "node:fs/promises"
import { join } from "node:path"
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Exit from "../process/Exit.ts"
import { Processes } from "../process/Processes.ts"
import type { SpawnRequest } from "../process/SpawnRequest.ts"
import { readBounded } from "../verifiers/BoundedOutput.ts"
import { outputFile } from "../verifiers/RunFolder.ts"

/** It could not be run to an end that means anything. */
class ScriptFailed extends Data.TaggedError("ScriptFailed")<{ readonly why: string }> {
  override get message(): string {
    return this.why
  }
}

export interface Script extends Pick<SpawnRequest, "args" | "command" | "cwd" | "directory" | "env" | "marker"> {
  readonly timeoutMin: number
}

export interface Ended {
  /** Null: it was not done in its time, and was ended. */
  readonly exit: Exit.ProcessExit | null
  /** The end of what it printed. */
  readonly output: string
}

/** Between two looks for its end: a tenth of the time that it has taken so far. */
const pauses = { shortestMs: 20, share: 0.1, longestMs: 2000 }
const stopGraceMs = 1000
/** Bytes of its output that are told. */
const toldBytes = 8 * 1024

export const run = Effect.fnUntraced(function* ({ timeoutMin, ...program }: Script) {
  const processes = yield* Processes
  const { directory, marker } = program
  const output = join(directory, outputFile)
  yield* Effect.tryPromise({
    try: () => mkdir(directory, { recursive: true, mode: 0o700 }),
    catch: (cause) => new ScriptFailed({ why: `the folder ${directory} can not be made: ${String(cause)}` })
  })
  const begun = yield* Clock.currentTimeMillis
  const ends = begun + timeoutMin * 60_000
  yield* processes.spawn({ ...program, stdin: null, stdout: output, stderr: output })
  let exit = yield* Exit.read(directory)
  for (let now = begun; Option.isNone(exit) && now < ends; now = yield* Clock.currentTimeMillis) {
    const pause = Math.max(pauses.shortestMs, Math.min((now - begun) * pauses.share, pauses.longestMs))
    yield* Effect.sleep(Math.min(pause, ends - now))
    exit = yield* Exit.read(directory)
  }
  // Whatever it has left behind would be taken for what comes next.
  const stopped = yield* processes.stop({ marker, graceMs: stopGraceMs })
  if (stopped._tag === "Survivors") {
    return yield* new ScriptFailed({ why: `${stopped.processes.length} of its processes survive its end` })
  }
  const text = yield* Effect.orElseSucceed(readBounded(output, toldBytes), () => "")
  return { exit: Option.getOrNull(exit), output: text.trimEnd() } satisfies Ended
})
