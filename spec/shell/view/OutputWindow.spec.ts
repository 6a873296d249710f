/** Windows on a file of output, against the whole of it. */
import { appendFileSync, ftruncateSync, mkdtempSync, openSync, closeSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import fc from "fast-check"
import { afterAll, beforeAll, expect, it } from "vitest"
import * as OutputWindow from "../../../shell/view/OutputWindow.ts"

let folder = ""
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "drover-window-"))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const read = (file: string, where: OutputWindow.Where, limit: number, isOver = true) =>
  Effect.runPromise(OutputWindow.read(file, where, limit, isOver))

const line = fc.string({ unit: fc.constantFrom("a", "ß", "€", "😀", " "), maxLength: 30 })
const texts = fc
  .tuple(fc.array(line, { maxLength: 12 }), fc.boolean())
  .map(([lines, hasEnd]) => (lines.length === 0 ? "" : lines.join("\n") + (hasEnd ? "\n" : "")))
const limits = fc.integer({ min: 16, max: 90 })

/** What a window must be, given the whole: its bytes as lines, each where it is, pieces told as such. */
const isTrue = (whole: Buffer, { end, lines, start }: OutputWindow.Window): void => {
  expect(lines.map(({ text }) => text).join("")).not.toContain("\ufffd")
  let at = start
  for (const line of lines) {
    expect(line.at).toBe(at)
    const next = whole.indexOf("\n", at)
    const close = Math.min(next === -1 ? whole.length : next, end)
    expect(line.text).toBe(whole.toString("utf8", at, close))
    const begins = at === 0 || whole[at - 1] === 0x0a
    const ends = close === whole.length || whole[close] === 0x0a
    expect(line.isPiece).toBe(!(begins && ends && (close < end || close === whole.length)))
    at = Math.min(close + 1, end)
  }
  expect(at).toBe(end)
}

it("BRD-5 windows that follow each other are the whole file, forwards and backwards, however long its lines are", () =>
  fc.assert(
    fc.asyncProperty(texts, limits, async (text, limit) => {
      const file = join(folder, "whole")
      writeFileSync(file, text)
      const whole = Buffer.from(text)
      let forwards = ""
      for (let at = 0; at < whole.length;) {
        const window = await read(file, { _tag: "From", at }, limit)
        isTrue(whole, window)
        expect([window.start, window.size]).toEqual([at, whole.length])
        expect(window.end - window.start).toBeLessThanOrEqual(limit)
        expect(window.end).toBeGreaterThan(at)
        forwards += whole.toString("utf8", window.start, window.end)
        at = window.end
      }
      expect(forwards).toBe(text)
      let backwards = ""
      for (let at = whole.length; at > 0;) {
        const window = await read(file, { _tag: "Before", at }, limit)
        isTrue(whole, window)
        expect(window.end).toBe(at)
        expect(window.end - window.start).toBeLessThanOrEqual(limit)
        expect(window.start).toBeLessThan(at)
        backwards = whole.toString("utf8", window.start, window.end) + backwards
        at = window.start
      }
      expect(backwards).toBe(text)
      const end = await read(file, { _tag: "End" }, limit)
      expect(end).toEqual(await read(file, { _tag: "Before", at: whole.length }, limit))
    })
  ))

it("BRD-5 near any byte a window begins with the first line from there on, and within a line that is too long where it is", () =>
  fc.assert(
    fc.asyncProperty(texts, limits, fc.nat(400), async (text, limit, anywhere) => {
      const file = join(folder, "near")
      writeFileSync(file, text)
      const whole = Buffer.from(text)
      const at = anywhere % (whole.length + 2)
      const window = await read(file, { _tag: "Near", at }, limit)
      isTrue(whole, window)
      const isStart = at === 0 || whole[at - 1] === 0x0a
      const next = whole.indexOf("\n", at)
      if (at >= whole.length) expect(window.lines).toEqual([])
      else if (isStart) expect(window.start).toBe(at)
      else if (next !== -1 && next < at + limit) expect(window.start).toBe(next + 1)
      else expect(window.start - at).toBeLessThan(4)
    })
  ))

it("BRD-5 a line that is being written comes when it is whole, and what is not there is nothing", async () => {
  const file = join(folder, "growing")
  expect(await read(file, { _tag: "End" }, 64, false)).toEqual({ isThere: false, size: 0, start: 0, end: 0, lines: [] })
  writeFileSync(file, "one\ntw")
  const first = await read(file, { _tag: "End" }, 64, false)
  expect([first.lines.map(({ text }) => text), first.end, first.size]).toEqual([["one"], 4, 6])
  expect(await read(file, { _tag: "From", at: first.end }, 64, false)).toMatchObject({ lines: [], start: 4, end: 4 })
  appendFileSync(file, "o\n")
  const second = await read(file, { _tag: "From", at: first.end }, 64, false)
  expect([second.lines, second.end]).toEqual([[{ at: 4, text: "two", isPiece: false }], 8])
  // One that never ends is shown in pieces, or nobody would see any of it.
  appendFileSync(file, "x".repeat(100))
  const long = await read(file, { _tag: "From", at: 8 }, 64, false)
  expect([long.end, long.lines[0]?.isPiece]).toEqual([72, true])
})

it("BRD-5 of a file of a terabyte a window costs what is asked of it, and lines without end are counted", async () => {
  const file = join(folder, "large")
  const size = 1024 ** 4
  // Nothing of it is on the disk.
  const descriptor = openSync(file, "w")
  ftruncateSync(descriptor, size)
  closeSync(descriptor)
  appendFileSync(file, "\nlast\n")
  const end = await read(file, { _tag: "End" }, 4096)
  expect(end).toMatchObject({ size: size + 6, end: size + 6 })
  expect(end.lines.at(-1)).toEqual({ at: size + 1, text: "last", isPiece: false })
  expect(await read(file, { _tag: "Near", at: size - 1 }, 4096)).toMatchObject({ start: size + 1 })
  const blank = join(folder, "blank")
  writeFileSync(blank, "\n".repeat(20_000))
  const first = await read(blank, { _tag: "From", at: 0 }, 100_000)
  expect([first.lines.length, first.end]).toEqual([5000, 5000])
  const last = await read(blank, { _tag: "End" }, 100_000)
  expect([last.lines.length, last.start]).toEqual([5000, 15_000])
})
