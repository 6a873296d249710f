/** What a verifier prints, while it runs and when it is over, and what the whole of it comes to. */
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { noProgress } from "../../core/execution/AttemptRecord.ts"
import * as Judgement from "../../core/verify/Judgement.ts"
import type { Ending } from "../../core/verify/Verdict.ts"
import type { Judge, Verifier } from "../../core/verify/Verifier.ts"
import { stderrFile } from "../agents/Launch.ts"
import type { Prices } from "../config/Configuration.ts"
import * as OutputReading from "../sensors/OutputReading.ts"
import type { OutputUnreadable } from "../sensors/OutputUnreadable.ts"
import { readBounded } from "./BoundedOutput.ts"
import { outputFile } from "./RunFolder.ts"

/** Bytes of output and of standard error that the next attempt is told. */
const toldBytes = 8 * 1024
const errorBytes = 2048

export interface Settings {
  readonly limitFallbackMs: number
  readonly prices: Prices
}

export interface Output {
  /** Whether it has told by now that it cost more than it may. */
  readonly isOverBudget: Effect.Effect<boolean, OutputUnreadable>
  /** What it came to; `endedAt` in epoch milliseconds. */
  readonly judge: (how: Ending, endedAt: number) => Effect.Effect<Judgement.Judgement, OutputUnreadable>
}

/** Of the run in that folder. It is read from its beginning, by whoever looks after a restart too. */
export const make = (verifier: Verifier, directory: string, startedAt: number, settings: Settings): Output =>
  verifier._tag === "Run" ? ofCommand(verifier, directory) : ofJudge(verifier, directory, startedAt, settings)

const ofCommand = (verifier: Verifier, directory: string): Output => ({
  isOverBudget: Effect.succeed(false),
  judge: (how) =>
    Effect.map(readBounded(join(directory, outputFile), toldBytes), (text) => Judgement.ofCommand(verifier, how, text))
})

const ofJudge = (
  verifier: Judge,
  directory: string,
  startedAt: number,
  { limitFallbackMs, prices }: Settings
): Output => {
  const { budgetUsd, definition } = verifier
  const kind = definition?.kind ?? "command"
  const model = verifier.model ?? definition?.model
  const reading = OutputReading.make(join(directory, outputFile), noProgress(startedAt), {
    kind,
    limitFallbackMs,
    price: typeof model === "string" ? (prices.get(model) ?? null) : null,
    // It has the time zone of its supervisor.
    offsetMinutes: -new Date(startedAt).getTimezoneOffset()
  })
  return {
    isOverBudget:
      budgetUsd === undefined
        ? Effect.succeed(false)
        : Effect.map(reading.drain, () => {
            const { costUsd } = reading.progress()
            return costUsd !== null && Judgement.isOverBudget(verifier, costUsd)
          }),
    judge: Effect.fnUntraced(function* (how: Ending, endedAt: number) {
      yield* reading.drainWhole
      const output = yield* readBounded(join(directory, outputFile), toldBytes)
      const errors = yield* readBounded(join(directory, stderrFile), errorBytes)
      const progress = reading.progress()
      return Judgement.ofJudge({ verifier, kind, how, endedAt, progress, output, errors, limitFallbackMs })
    })
  }
}
