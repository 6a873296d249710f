/** What the output of an agent's program has said so far: its file is followed, and each line of it is counted once. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as AgentStream from "../../core/agent/AgentStream.ts"
import type { Progress } from "../../core/execution/AttemptRecord.ts"
import { makeTail } from "./OutputTail.ts"
import type { OutputUnreadable } from "./OutputUnreadable.ts"

/** Bytes of output that are read at once. */
const chunkBytes = 256 * 1024

export interface OutputReading {
  readonly progress: () => Progress
  /** Reads what is new, to the end of the file as it is now. */
  readonly drain: Effect.Effect<void, OutputUnreadable>
  /** Reads the last line too, though no newline ends it. */
  readonly drainWhole: Effect.Effect<void, OutputUnreadable>
}

/** Goes on where that progress has come to. */
export const make = (file: string, known: Progress, rules: AgentStream.Rules): OutputReading => {
  const tail = makeTail(file, known.offset)
  let progress = known
  const drain = Effect.gen(function* () {
    for (;;) {
      const { isAtEnd, lines, offset } = yield* tail.read(chunkBytes)
      const at = yield* Clock.currentTimeMillis
      for (const line of lines) progress = AgentStream.fold(progress, line, at, rules)
      if (offset !== progress.offset) progress = { ...progress, offset, lastProgressAt: at }
      if (isAtEnd) return
      yield* Effect.yieldNow()
    }
  })
  const drainWhole = Effect.gen(function* () {
    yield* drain
    const last = yield* tail.flush
    const at = yield* Clock.currentTimeMillis
    if (last !== "") progress = AgentStream.fold(progress, last, at, rules)
  })
  return { progress: () => progress, drain, drainWhole }
}
