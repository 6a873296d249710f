/**
 * The words of `--state`, checked with the nearest valid one.
 */
import * as Effect from "effect/Effect"
import { type TaskState, words } from "../../core/stage/TaskState.ts"
import { nearest } from "../config/Nearest.ts"
import { UsageError } from "./ExitCode.ts"

const isWord = (word: string): word is TaskState => words.some((each) => each === word)

/** The states that were asked for, in any case and with `-` or `_`; empty for all. */
export const parse = (texts: ReadonlyArray<string>): Effect.Effect<ReadonlySet<TaskState>, UsageError> =>
  Effect.map(
    Effect.forEach(texts, (text) => {
      const word = text.trim().toUpperCase().replaceAll("-", "_")
      if (isWord(word)) return Effect.succeed(word)
      const meant = nearest(text, words)
      const hint = meant === null ? "" : ` (did you mean ${meant}?)`
      return Effect.fail(
        new UsageError({
          message: `there is no state ${JSON.stringify(text)}${hint}; the states are ${words.join(", ")}`
        })
      )
    }),
    (found) => new Set(found)
  )
