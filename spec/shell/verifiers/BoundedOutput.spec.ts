import { mkdir, mkdtemp, open, readdir, readFile, rm, stat, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import fc from "fast-check"
import { expect } from "vitest"
import { readBounded, shrink } from "../../../shell/verifiers/BoundedOutput.ts"

const folder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "drover-bounded-"))),
  (path) => Effect.promise(() => rm(path, { recursive: true, force: true }))
)

const withFile = <A>(bytes: Buffer, use: (file: string) => Promise<A>): Promise<A> =>
  Effect.gen(function* () {
    const file = join(yield* folder, "output.log")
    yield* Effect.promise(() => writeFile(file, bytes))
    return yield* Effect.promise(() => use(file))
  }).pipe(Effect.scoped, Effect.runPromise)

const marker = /\n… (\d+) bytes left out …\n/
const limit = 100

const text = fc
  .array(fc.constantFrom("a", "é", "€", "😀", "\n", "word "), { maxLength: 200, size: "max" })
  .map((parts) => Buffer.from(parts.join("")))
const binary = fc.uint8Array({ maxLength: 400, size: "max" }).map((bytes) => Buffer.from(bytes))

it("PRC-4 text within the limit is given whole, longer text by its head and its tail, with all bytes accounted for", async () => {
  await fc.assert(
    fc.asyncProperty(text, (bytes) =>
      withFile(bytes, async (file) => {
        const got = await Effect.runPromise(readBounded(file, limit))
        expect(Buffer.byteLength(got)).toBeLessThanOrEqual(limit)
        const whole = bytes.toString("utf8")
        expect(got === whole).toBe(bytes.length <= limit)
        if (got === whole) return
        const [head = "", count, tail = ""] = got.split(marker)
        expect(whole.startsWith(head) && whole.endsWith(tail)).toBe(true)
        expect(Buffer.byteLength(head) + Number(count) + Buffer.byteLength(tail)).toBe(bytes.length)
        // Both sides use their half but for a character at the cut.
        for (const part of [head, tail]) expect(Buffer.byteLength(part)).toBeGreaterThan(limit / 2 - 25)
      })
    ),
    { numRuns: 60 }
  )
})

it("PRC-4 bytes that are no text are replaced, and the replacements stay within the limit too", async () => {
  await fc.assert(
    fc.asyncProperty(binary, (bytes) =>
      withFile(bytes, async (file) => {
        const got = await Effect.runPromise(readBounded(file, limit))
        expect(Buffer.byteLength(got)).toBeLessThanOrEqual(limit)
        const whole = bytes.toString("utf8")
        if (Buffer.byteLength(whole) <= limit) expect(got).toBe(whole)
        else expect(Number(marker.exec(got)?.[1])).toBeLessThanOrEqual(bytes.length)
      })
    ),
    { numRuns: 60 }
  )
})

it("STO-4 a file is shrunk once, to what is shown of it, when it is four times over the limit", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 1000 }), fc.boolean(), (size, isText) =>
      withFile(Buffer.alloc(size, isText ? "line\n" : 0xff), async (file) => {
        const before = await readFile(file)
        const shown = await Effect.runPromise(readBounded(file, limit))
        await Effect.runPromise(shrink(file, limit))
        const after = await readFile(file)
        expect(after.equals(size > 4 * limit ? Buffer.from(shown) : before)).toBe(true)
        await Effect.runPromise(shrink(file, limit))
        expect((await readFile(file)).equals(after)).toBe(true)
        expect(await Effect.runPromise(readBounded(file, limit))).toBe(shown)
        expect(await readdir(join(file, ".."))).toEqual(["output.log"])
      })
    ),
    { numRuns: 60 }
  )
})

it.scoped("PRC-4 a hundred megabytes are read and shrunk with little memory", () =>
  Effect.gen(function* () {
    const file = join(yield* folder, "output.log")
    // A hole reads as zeros and takes no disk.
    yield* Effect.promise(async () => {
      const handle = await open(file, "w")
      await handle.write("first\n", 0)
      await handle.write("\nlast", 100e6)
      await handle.close()
    })
    const before = process.memoryUsage().arrayBuffers
    const got = yield* readBounded(file)
    yield* shrink(file, 65536)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4e6)
    expect(got.startsWith("first\n") && got.endsWith("\nlast")).toBe(true)
    expect((yield* Effect.promise(() => stat(file))).size).toBe(Buffer.byteLength(got))
    expect(Buffer.byteLength(got)).toBeLessThanOrEqual(65536)
  })
)

it.scoped("STO-4 a file that is not there holds nothing; one that can not be read or written is an error", () =>
  Effect.gen(function* () {
    const root = yield* folder
    expect(yield* readBounded(join(root, "none"))).toBe("")
    yield* shrink(join(root, "none"), 10)
    expect((yield* Effect.flip(readBounded(root, 100_000))).message).toContain(root)
    const file = join(root, "output.log")
    yield* Effect.promise(() => writeFile(file, "x".repeat(1000)))
    // A folder has the name that the new content would have first.
    yield* Effect.promise(() => mkdir(`${file}.shrunk`))
    expect((yield* Effect.flip(shrink(file, 10))).message).toContain(file)
    expect((yield* Effect.promise(() => readFile(file))).length).toBe(1000)
  })
)
