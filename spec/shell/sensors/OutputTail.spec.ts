import { execFileSync } from "node:child_process"
import { appendFile, mkdtemp, rm, truncate, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import fc from "fast-check"
import { expect } from "vitest"
import { lineBytes, makeTail, type Tail } from "../../../shell/sensors/OutputTail.ts"

const folder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "drover-tail-"))),
  (path) => Effect.promise(() => rm(path, { recursive: true, force: true }))
)

/** Bytes of which many are newlines and parts of characters, so that every cut falls somewhere awkward. */
const bytes = fc
  .array(
    fc.oneof(
      {
        arbitrary: fc.constantFrom("\n", "\n\n", "a", "é", "€", "😀", "\r\n", "{}\n").map((text) => Buffer.from(text)),
        weight: 4
      },
      { arbitrary: fc.uint8Array({ maxLength: 3 }).map((some) => Buffer.from(some)), weight: 1 }
    ),
    { maxLength: 60, size: "max" }
  )
  .map((parts) => Buffer.concat(parts))

/** What happens to a file and its reader. A restart goes on from the last returned offset with a new tail. */
const step = fc.oneof(
  fc.record({ _tag: fc.constant("Write" as const), count: fc.integer({ min: 1, max: 40 }) }),
  fc.record({ _tag: fc.constant("Read" as const), maxBytes: fc.integer({ min: 1, max: 20 }) }),
  fc.record({ _tag: fc.constant("Restart" as const) })
)

/** The lines of the whole: all that a newline ends, and what is left. */
const splitWhole = (whole: Buffer): { readonly lines: ReadonlyArray<Buffer>; readonly rest: Buffer } => {
  const ends = [...whole.entries()].flatMap(([index, byte]) => (byte === 0x0a ? [index] : []))
  const lines = ends.map((end, index) => whole.subarray((ends[index - 1] ?? -1) + 1, end))
  return { lines, rest: whole.subarray((ends.at(-1) ?? -1) + 1) }
}

const readAll = (tail: Tail, maxBytes: number) =>
  Effect.gen(function* () {
    const lines: Array<string> = []
    for (;;) {
      const read = yield* tail.read(maxBytes)
      lines.push(...read.lines)
      if (read.isAtEnd) return { lines, offset: read.offset }
    }
  })

const replay = (
  whole: Buffer,
  steps: ReadonlyArray<typeof step extends fc.Arbitrary<infer A> ? A : never>,
  limit?: number
) =>
  Effect.gen(function* () {
    const file = join(yield* folder, "stdout")
    const lines: Array<string> = []
    let tail = makeTail(file, 0, limit)
    let offset = 0
    let written = 0
    const write = (count: number) => Effect.promise(() => appendFile(file, whole.subarray(written, (written += count))))
    for (const one of steps) {
      if (one._tag === "Write") yield* write(one.count)
      if (one._tag === "Restart") tail = makeTail(file, offset, limit)
      if (one._tag !== "Read") continue
      const read = yield* tail.read(one.maxBytes)
      lines.push(...read.lines)
      offset = read.offset
      // A restart finds exactly what was not returned yet.
      expect(splitWhole(whole.subarray(0, offset)).lines.length).toBe(lines.length)
    }
    yield* write(whole.length)
    const rest = yield* readAll(tail, 7)
    const last = yield* tail.flush
    expect(yield* tail.flush).toBe("")
    return { lines: [...lines, ...rest.lines], offset: rest.offset, last }
  }).pipe(Effect.scoped, Effect.runPromise)

it("PRC-1 however it is written, read and restarted, the lines are those of the whole, each once", async () => {
  await fc.assert(
    fc.asyncProperty(bytes, fc.array(step, { maxLength: 25, size: "max" }), async (whole, steps) => {
      const expected = splitWhole(whole)
      const got = await replay(whole, steps)
      expect(got.lines).toEqual(expected.lines.map((line) => line.toString("utf8")))
      expect(got.last).toBe(expected.rest.toString("utf8"))
      expect(got.offset).toBe(whole.length - expected.rest.length)
    }),
    { numRuns: 60 }
  )
})

it("PRC-4 a line over the limit is cut to it and says how much is missing; its neighbours stay whole", async () => {
  const limit = 8
  const shown = (line: Buffer, text: string): void => {
    if (line.length <= limit) {
      expect(text).toBe(line.toString("utf8"))
      return
    }
    const [, kept = "", count] = /^([^]*)… (\d+) bytes left out$/.exec(text) ?? []
    // Whatever was kept is a beginning that ends between two characters, as far as there are any.
    const keptBytes = line.length - Number(count)
    expect(kept).toBe(line.subarray(0, keptBytes).toString("utf8"))
    expect(keptBytes).toBeLessThanOrEqual(limit)
    expect(keptBytes).toBeGreaterThanOrEqual(limit - 4)
    if (line.toString("utf8").includes("\ufffd")) return
    expect(kept).not.toContain("\ufffd")
  }
  await fc.assert(
    fc.asyncProperty(bytes, fc.array(step, { maxLength: 25, size: "max" }), async (whole, steps) => {
      const expected = splitWhole(whole)
      const got = await replay(whole, steps, limit)
      expect(got.lines.length).toBe(expected.lines.length)
      for (const [index, line] of expected.lines.entries()) shown(line, got.lines[index] ?? "")
      shown(expected.rest, got.last)
      expect(got.offset).toBe(whole.length - expected.rest.length)
    }),
    { numRuns: 60 }
  )
})

/** Bytes of buffers that somebody holds on to. What garbage had is given back some turns after it was collected. */
const heldBytes = Effect.promise(async () => {
  setFlagsFromString("--expose-gc")
  const collect = runInNewContext("gc")
  let least = Number.POSITIVE_INFINITY
  for (let turn = 0; turn < 20; turn++) {
    collect()
    await new Promise((resolve) => setImmediate(resolve))
    least = Math.min(least, process.memoryUsage().arrayBuffers)
  }
  return least
})

it.scoped("PRC-4 a line of 64 MiB costs the memory of one MiB, and the line after it is whole", () =>
  Effect.gen(function* () {
    const file = join(yield* folder, "stdout")
    yield* Effect.promise(() => writeFile(file, "x".repeat(64 * lineBytes)))
    const tail = makeTail(file, 0)
    const before = yield* heldBytes
    expect(yield* readAll(tail, 64 * 1024)).toEqual({ lines: [], offset: 0 })
    expect((yield* heldBytes) - before).toBeLessThan(4 * lineBytes)
    yield* Effect.promise(() => appendFile(file, "\nnext\n"))
    const { lines, offset } = yield* readAll(tail, 64 * 1024)
    expect(lines.map((line) => line.length)).toEqual([
      lineBytes - 1 + `… ${63 * lineBytes + 1} bytes left out`.length,
      4
    ])
    expect(offset).toBe(64 * lineBytes + "\nnext\n".length)
  })
)

it.scoped("PRC-1 a file that is not there yet, or was cut short, holds nothing yet", () =>
  Effect.gen(function* () {
    const file = join(yield* folder, "stdout")
    const tail = makeTail(file, 0)
    expect(yield* tail.read(100)).toEqual({ lines: [], offset: 0, isAtEnd: true })
    yield* Effect.promise(() => writeFile(file, "one\ntwo\n"))
    expect(yield* tail.read(5)).toEqual({ lines: ["one"], offset: 4, isAtEnd: false })
    yield* Effect.promise(() => truncate(file, 2))
    expect(yield* tail.read(100)).toEqual({ lines: [], offset: 4, isAtEnd: true })
    expect(yield* makeTail(file, 50).read(100)).toEqual({ lines: [], offset: 50, isAtEnd: true })
  })
)

it.scoped("PRC-1 what follows a line that was flushed is a line of its own, and all of it is counted", () =>
  Effect.gen(function* () {
    const file = join(yield* folder, "stdout")
    yield* Effect.promise(() => writeFile(file, "one\ntw"))
    const tail = makeTail(file, 0)
    expect((yield* readAll(tail, 100)).offset).toBe(4)
    expect(yield* tail.flush).toBe("tw")
    yield* Effect.promise(() => appendFile(file, "o\nthree\n"))
    expect(yield* readAll(tail, 100)).toEqual({ lines: ["o", "three"], offset: 14 })
  })
)

it.scoped("PRC-4 a pipe in the file's place is not waited for, and what can not be read is an error", () =>
  Effect.gen(function* () {
    const root = yield* folder
    execFileSync("/bin/sh", ["-c", 'mkfifo "$0"', join(root, "pipe")])
    expect(yield* makeTail(join(root, "pipe"), 0).read(100)).toEqual({ lines: [], offset: 0, isAtEnd: true })
    const error = yield* Effect.flip(makeTail(root, 0).read(100))
    expect(error.message).toContain(root)
  })
)

it.scoped("PRC-1 readers that ask at one time get each line once, in order", () =>
  Effect.gen(function* () {
    const file = join(yield* folder, "stdout")
    const lines = Array.from({ length: 200 }, (_, index) => `line ${index}`)
    yield* Effect.promise(() => writeFile(file, `${lines.join("\n")}\n`))
    const tail = makeTail(file, 0)
    const reads = yield* Effect.forEach(Array(400).keys(), () => tail.read(16), { concurrency: "unbounded" })
    expect(reads.flatMap((read) => read.lines)).toEqual(lines)
  })
)
