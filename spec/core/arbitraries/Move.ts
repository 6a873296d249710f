/** The moves that the life of a task is made of (`Walk.ts`). */
import fc from "fast-check"

const kinds = [
  "go",
  "begin",
  "start",
  "exit",
  "observe",
  "stop",
  "prove",
  "judge",
  "operator",
  "tick",
  "leave",
  "late",
  "wait"
] as const

export interface Move {
  readonly kind: (typeof kinds)[number]
  readonly n: number
}

const go = Array<"go">(7).fill("go")

export const moves = (maxLength = 80): fc.Arbitrary<ReadonlyArray<Move>> =>
  fc.array(fc.record({ kind: fc.constantFrom(...go, ...kinds), n: fc.nat(0x7fffffff) }), { maxLength, size: "max" })
