/**
 * The last lines of the terminal, drawn again and again in place; what was printed before stays above them.
 */
import * as Effect from "effect/Effect"
import type { OutputService } from "./Output.ts"

export interface Screen {
  /** Shows these lines instead of those shown before; they are cut to the terminal's height. */
  readonly draw: (lines: ReadonlyArray<string>) => Effect.Effect<void>
}

/** Cursor to the beginning of the line `count` lines up, and everything from there cleared (ECMA-48: CPL, ED). */
const back = (count: number): string => (count === 0 ? "" : `\u001b[${count}F\u001b[J`)

export const make = (output: OutputService): Screen => {
  let shown: ReadonlyArray<string> = []
  const text = (lines: ReadonlyArray<string>): string => lines.map((line) => `${line}\n`).join("")
  return {
    draw: (lines) =>
      Effect.suspend(() => {
        const rows = output.size()?.rows ?? lines.length + 1
        const next = lines.slice(0, Math.max(1, rows - 1))
        if (next.length === shown.length && next.every((line, index) => line === shown[index])) return Effect.void
        const drawn = back(shown.length) + text(next)
        shown = next
        return output.raw(drawn)
      })
  }
}
