import * as Option from "effect/Option"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { attemptId, AttemptNumber, parseTaskId, runId, RunNumber, TaskId } from "../../../core/task/Identifiers.ts"

const number = fc.integer({ min: 1, max: 999_999_999_999_999 })
const small = fc.integer({ min: 1, max: 2_000 })

describe("names", () => {
  it("API-1 a task is named by its number, with or without a hash, and in no other way", () => {
    fc.assert(
      fc.property(number, (n) => {
        for (const text of [`${n}`, `#${n}`, ` #${n} `]) expect(Option.getOrNull(parseTaskId(text))).toBe(n)
        for (const text of [`0${n}`, `-${n}`, `+${n}`, `${n}.1`, `${n}e0`, `##${n}`, `# ${n}`, `${n} ${n}`]) {
          expect(parseTaskId(text)).toEqual(Option.none())
        }
      })
    )
    for (const text of ["", "#", "0", "#0", "x", "1e3", "0x10", "NaN", "9999999999999999", "²", "١"]) {
      expect(parseTaskId(text)).toEqual(Option.none())
    }
  })

  it("API-1 whatever the text, a name that is read is written the same again", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const id = Option.getOrNull(parseTaskId(text))
        if (id !== null) expect([`${id}`, `#${id}`]).toContain(text.trim())
      })
    )
  })

  it("STO-5 no two attempts and no two runs share a name, and no run is named like an attempt", () => {
    const each = fc.tuple(small, small, small)
    fc.assert(
      fc.property(each, each, ([t, a, r], [u, b, s]) => {
        const attempt = attemptId(TaskId.make(t), AttemptNumber.make(a))
        const run = runId(TaskId.make(t), AttemptNumber.make(a), RunNumber.make(r))
        expect(attempt === attemptId(TaskId.make(u), AttemptNumber.make(b))).toBe(t === u && a === b)
        expect(run === runId(TaskId.make(u), AttemptNumber.make(b), RunNumber.make(s))).toBe(
          t === u && a === b && r === s
        )
        expect(run).not.toBe(attemptId(TaskId.make(u), AttemptNumber.make(b)))
      }),
      {
        examples: [
          [
            [1, 12, 3],
            [11, 2, 3]
          ]
        ]
      }
    )
  })
})
