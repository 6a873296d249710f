/** Parts of what was printed, against the whole of it. */
import { execFileSync } from "node:child_process"
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import fc from "fast-check"
import { afterAll, beforeAll, expect, it } from "vitest"
import type { Source } from "../../../shell/view/TaskLog.ts"
import * as TaskOutput from "../../../shell/view/TaskOutput.ts"

let folder = ""
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "drover-output-"))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const sourceOf = (name: string, isOver = true): Source => ({
  attempt: "1.1",
  stream: "stdout",
  file: join(folder, name),
  hasBegun: true,
  isOver
})

const line = fc.string({ unit: fc.constantFrom("a", "ß", "€", "😀", " "), maxLength: 20 })
const texts = fc.array(line, { maxLength: 20 })

const whole = (lines: ReadonlyArray<string>, hasEnd: boolean): string =>
  lines.length === 0 ? "" : lines.join("\n") + (hasEnd ? "\n" : "")

const shown = (text: string): ReadonlyArray<string> =>
  text === "" ? [] : (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n")

it("API-7 a log read from byte to byte is the whole of it, whatever the limit and however long its lines are", () =>
  fc.assert(
    fc.asyncProperty(texts, fc.boolean(), fc.integer({ min: 16, max: 100 }), async (lines, hasEnd, limit) => {
      const text = whole(lines, hasEnd)
      const source = sourceOf("from")
      writeFileSync(source.file, text)
      let offset = 0
      let read = ""
      for (let turns = 0; ; turns++) {
        const { isCut, lines: found, next } = await Effect.runPromise(TaskOutput.from(source, offset, limit))
        // A line that was longer than the limit goes on in the next part.
        const bytes = Buffer.from(text).subarray(offset, next).toString()
        expect(found.map((each) => each.text)).toEqual(shown(bytes))
        expect(bytes).not.toContain("\ufffd")
        read += bytes
        if (!isCut) break
        expect(next).toBeGreaterThan(offset)
        offset = next
      }
      expect(read).toBe(text)
    })
  ))

it("API-7 the end of a log is the last lines that fit, and says whether there was more", () =>
  fc.assert(
    fc.asyncProperty(texts, texts, fc.integer({ min: 16, max: 100 }), async (one, two, limit) => {
      const sources = [sourceOf("one"), sourceOf("two")]
      const all = [whole(one, true), whole(two, true)]
      for (const [index, { file }] of sources.entries()) writeFileSync(file, all[index] ?? "")
      const { isCut, lines } = await Effect.runPromise(TaskOutput.tail(sources, limit))
      const expected = all.flatMap(shown)
      expect(Buffer.byteLength(lines.map(({ text }) => text).join(""))).toBeLessThanOrEqual(limit)
      expect(isCut).toBe(Buffer.byteLength(all.join("")) > limit)
      const texts = lines.map(({ text }) => text)
      if (!isCut) expect(texts).toEqual(expected)
      // Of a line that does not fit only its end is there.
      else expect(texts.slice(1)).toEqual(texts.length < 2 ? [] : expected.slice(1 - texts.length))
      expect(texts.join("")).not.toContain("\ufffd")
    })
  ))

it("API-7 a line that is being written is given when it is whole, and what is not there is empty", async () => {
  const source = sourceOf("growing", false)
  expect(await Effect.runPromise(TaskOutput.from(source, 0, 64))).toEqual({ lines: [], isCut: false, next: 0 })
  writeFileSync(source.file, "one\ntw")
  const first = await Effect.runPromise(TaskOutput.from(source, 0, 64))
  expect([first.lines.map(({ text }) => text), first.next]).toEqual([["one"], 4])
  appendFileSync(source.file, "o\n")
  const second = await Effect.runPromise(TaskOutput.from(source, first.next, 64))
  expect([second.lines.map(({ text }) => text), second.next, second.isCut]).toEqual([["two"], 8, false])
  expect((await Effect.runPromise(TaskOutput.from(source, 100, 64))).next).toBe(100)
  expect(await Effect.runPromise(Effect.flip(TaskOutput.tail([{ ...source, file: folder }], 64)))).toMatchObject({
    _tag: "OutputUnreadable"
  })
})

it.each([
  ["a pipe that nobody writes", (path: string) => void execFileSync("mkfifo", [path])],
  ["a device that has no end", (path: string) => symlinkSync("/dev/zero", path)],
  ["a folder", (path: string) => mkdirSync(path)]
])("API-7 %s in place of what was printed is an error at once, neither waited for nor read", async (name, put) => {
  const source = sourceOf(name)
  put(source.file)
  expect(await Effect.runPromise(Effect.flip(TaskOutput.from(source, 0, 64)))).toMatchObject({
    _tag: "OutputUnreadable",
    message: `${source.file} can not be read: it is no plain file`
  })
  expect(await Effect.runPromise(Effect.flip(TaskOutput.tail([source], 64)))).toMatchObject({
    _tag: "OutputUnreadable"
  })
})
