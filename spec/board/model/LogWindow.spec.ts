import fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as LogWindow from "../../../shell/board/model/LogWindow.ts"
import type { OutputPart } from "../../../shell/http/api/TaskParts.ts"

/** A file of lines, of which some are read at a time; `width`: bytes of each, as if so much more were in it. */
const fileOf = (count: number, width?: number) => {
  const all: Array<LogWindow.Line> = []
  let at = 0
  for (let index = 0; index < count; index++) {
    const text = `line ${index}`
    all.push({ at, text, is_piece: false })
    at += width ?? text.length + 1
  }
  return { all, size: at }
}

type File = ReturnType<typeof fileOf>
const short = fileOf(40_000)
const wide = fileOf(40_000, 2000)

const part = (from: number, to: number, file: File = short): OutputPart => {
  const lines = file.all.slice(Math.max(0, from), to)
  const end = file.all[to]?.at ?? file.size
  const start = lines[0]?.at ?? end
  return {
    id: 1,
    attempt: 1,
    stream: "stdout",
    run: null,
    size: file.size,
    is_over: true,
    is_removed: false,
    start,
    end,
    lines
  }
}

const indexAt = (byte: number, file: File): number => {
  const found = file.all.findIndex(({ at }) => at >= byte)
  return found < 0 ? file.all.length : found
}

describe("the window on a file of output", () => {
  it("BRD-15 wherever a person reads, the lines are those of the file, without a gap or a repeat, and no more than so many", () => {
    const act = fc.oneof(
      {
        weight: 1,
        arbitrary: fc.record({ to: fc.constant("jump" as const), at: fc.integer({ min: 0, max: 39_999 }) })
      },
      { weight: 4, arbitrary: fc.record({ to: fc.constant("on" as const), at: fc.integer({ min: 1, max: 5000 }) }) },
      { weight: 4, arbitrary: fc.record({ to: fc.constant("back" as const), at: fc.integer({ min: 1, max: 5000 }) }) }
    )
    const files = fc.constantFrom({ file: short, share: 1 }, { file: wide, share: 0.2 })
    fc.assert(
      fc.property(files, fc.array(act, { minLength: 10, maxLength: 30, size: "max" }), ({ file, share }, acts) => {
        let window = LogWindow.jump(part(39_000, 40_000, file))
        for (const { at, to } of acts) {
          const count = Math.ceil(at * share)
          const before = window.lines
          if (to === "jump") window = LogWindow.jump(part(at, at + 1000, file))
          else if (to === "on") {
            const from = indexAt(window.end, file)
            const next = LogWindow.append(window, part(from, from + count, file))
            window = next.window
            expect(window.lines[0]).toBe(before[next.dropped] ?? window.lines[0])
          } else {
            const end = indexAt(window.start, file)
            const next = LogWindow.prepend(window, part(end - count, end, file))
            window = next.window
            expect(window.lines[next.added]).toBe(before[0])
          }
          const first = indexAt(window.start, file)
          expect(window.lines.length).toBeLessThanOrEqual(LogWindow.most)
          expect(window.end - window.start).toBeLessThanOrEqual(LogWindow.mostBytes)
          expect(window.lines).toEqual(file.all.slice(first, first + window.lines.length))
          expect(window.end).toBe(file.all[first + window.lines.length]?.at ?? file.size)
        }
      }),
      { numRuns: 30 }
    )
  })

  it("BRD-15 a part that does not follow changes nothing", () => {
    const window = LogWindow.jump(part(100, 200))
    expect(LogWindow.append(window, part(201, 300)).window).toBe(window)
    expect(LogWindow.prepend(window, part(50, 99)).window).toBe(window)
  })
})
