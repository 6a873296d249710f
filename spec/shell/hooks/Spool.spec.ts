import { execFileSync } from "node:child_process"
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync
} from "node:fs"
import { join } from "node:path"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import fc from "fast-check"
import { expect, it as plainly } from "vitest"
import { type HookName, hookNames } from "../../../core/hook/HookName.ts"
import * as Spool from "../../../shell/hooks/Spool.ts"
import * as SpoolLook from "../../../shell/hooks/SpoolLook.ts"
import * as SpoolFile from "../../../shell/hooks/SpoolFile.ts"
import { site } from "./Site.ts"

/** Epoch seconds. */
const now = 1_700_000_000
const minute = 60

/** A file as a hook leaves it, written at that time. */
const put = (folder: string, pid: number, body: string | Uint8Array, at = now, hook: HookName = "Stop"): string => {
  const name = SpoolFile.format({ pid, n: 0, hook })
  return write(folder, name, Buffer.concat([Buffer.from(body), Buffer.from(SpoolFile.end(name))]), at)
}

const write = (folder: string, name: string, content: string | Uint8Array, at = now): string => {
  writeFileSync(join(folder, name), content)
  utimesSync(join(folder, name), at, at)
  return name
}

/** A store that keeps what it is given, in groups. */
const kept = () => {
  const groups: Array<ReadonlyArray<Spool.Spooled>> = []
  const store = (events: ReadonlyArray<Spool.Spooled>) => Effect.sync(() => void groups.push(events))
  return { groups, store, events: () => groups.flat() }
}

const bodies = (events: ReadonlyArray<Spool.Spooled>) => events.map(({ body }) => body)

/** What is in the spool beside `bad/`, and what is in that. */
const left = (spool: string) => readdirSync(spool).filter((name) => name !== "bad")
const aside = (spool: string) => (existsSync(join(spool, "bad")) ? readdirSync(join(spool, "bad")).toSorted() : [])

const nothing = { stored: 0, bad: 0, waiting: 0 }

plainly("ING-1 the name of a spool's file is read as it was written, and no other name is one", () => {
  const name = fc.record({
    pid: fc.integer({ min: 1, max: 2 ** 22 }),
    n: fc.nat(SpoolFile.mostTries),
    hook: fc.constantFrom(...hookNames)
  })
  fc.assert(
    fc.property(name, (each) => {
      expect(SpoolFile.parse(SpoolFile.format(each))).toEqual(each)
    })
  )
  fc.assert(
    fc.property(fc.string(), (text) => {
      const parsed = SpoolFile.parse(text)
      expect(parsed === null || SpoolFile.format(parsed) === text).toBe(true)
    })
  )
  for (const text of ["1.0.Nothing", "01.0.Stop", "1.00.Stop", "0.0.Stop", "1.0.Stop.", "1.0.Stop\n", "x1.0.Stop"]) {
    expect(SpoolFile.parse(text)).toBeNull()
  }
})

it.scoped("ING-1 a drain stores all events in order of time, in groups within the limits, and empties the spool", () =>
  Effect.gen(function* () {
    const { spool } = yield* site
    const { groups, store, events } = kept()
    for (let index = 0; index < 25; index++) put(spool, 100 + index, `event ${index}`, now - index, "PreToolUse")
    expect(yield* Spool.drain(spool, store, { files: 10, bytes: 1024 })).toEqual({ stored: 25, bad: 0, waiting: 0 })
    expect(groups.map(({ length }) => length)).toEqual([10, 10, 5])
    expect(bodies(events())).toEqual(Array.from({ length: 25 }, (_, index) => `event ${24 - index}`))
    expect(events()[24]).toEqual({
      id: `${now}000000000.100.0.PreToolUse`,
      file: join(spool, "100.0.PreToolUse"),
      hook: "PreToolUse",
      body: "event 0",
      at: now * 1000
    })
    const ids = events().map(({ id }) => id)
    expect(ids).toEqual(ids.toSorted())
    expect(left(spool)).toEqual([])
    expect(yield* Spool.drain(spool, store)).toEqual(nothing)
    expect(yield* Spool.drain(join(spool, "nowhere"), store)).toEqual(nothing)
    expect(groups).toHaveLength(3)
  })
)

it.scoped("ING-1 what comes into the spool while it is drained is stored by the same drain", () =>
  Effect.gen(function* () {
    const { spool } = yield* site
    const { events, store } = kept()
    const more = (group: ReadonlyArray<Spool.Spooled>) =>
      Effect.zipRight(
        store(group),
        Effect.sync(() => {
          if (events().length < 5) put(spool, 100 + events().length, `${events().length}`)
        })
      )
    put(spool, 1, "0")
    expect(yield* Spool.drain(spool, more)).toEqual({ stored: 5, bad: 0, waiting: 0 })
    expect(bodies(events())).toEqual(["0", "1", "2", "3", "4"])
    expect(left(spool)).toEqual([])
  })
)

it.scoped("ING-1 large events are stored in smaller groups, and each whole up to the limit of one", () =>
  Effect.gen(function* () {
    const { spool } = yield* site
    const { groups, store, events } = kept()
    const longest = "é".repeat(SpoolFile.longestBody / 2)
    for (let index = 0; index < 5; index++) put(spool, 1 + index, longest, now + index)
    put(spool, 9, `${longest}x`, now + 9)
    expect(yield* Spool.drain(spool, store, { files: 500, bytes: 2 * 1024 * 1024 })).toMatchObject({
      stored: 5,
      bad: 1
    })
    expect(groups.map(({ length }) => length)).toEqual([2, 2, 1])
    expect(events().every(({ body }) => body === longest)).toBe(true)
  })
)

it.scoped("ING-1 a spool that can not be read is an error that names it, and what a store refuses stays", () =>
  Effect.gen(function* () {
    const { hook, spool } = yield* site
    expect(yield* Effect.flip(Spool.drain(hook, kept().store))).toMatchObject({ _tag: "SpoolUnusable", path: hook })
    for (let index = 0; index < 5; index++) put(spool, 1 + index, `${index}`, now + index)
    const { events, store } = kept()
    const second = (group: ReadonlyArray<Spool.Spooled>) =>
      events().length === 2 ? Effect.fail("no room") : store(group)
    expect(yield* Effect.flip(Spool.drain(spool, second, { files: 2, bytes: 1024 }))).toBe("no room")
    expect(left(spool).toSorted()).toEqual(["3.0.Stop", "4.0.Stop", "5.0.Stop"])
    yield* Spool.drain(spool, store)
    expect(bodies(events())).toEqual(["0", "1", "2", "3", "4"])
  })
)

it.scoped("ING-3 an event that was stored by a drain which was cut short comes again under the same id", () =>
  Effect.gen(function* () {
    const { spool } = yield* site
    const names = Array.from({ length: 20 }, (_, index) => put(spool, 1 + index, `${index}`, now + (index % 7)))
    const first = kept()
    const cut = (group: ReadonlyArray<Spool.Spooled>) => Effect.zipRight(first.store(group), Effect.fail("killed"))
    yield* Effect.flip(Spool.drain(spool, cut))
    // Nothing goes before it is stored.
    expect(left(spool).toSorted()).toEqual(names.toSorted())
    const second = kept()
    yield* Spool.drain(spool, second.store)
    expect(second.events()).toEqual(first.events())
    expect(new Set(second.events().map(({ id }) => id)).size).toBe(20)
    // The same name at another time, and the same time under another name, are other events.
    put(spool, 1, "0", now + 100)
    put(spool, 30, "0", now)
    yield* Spool.drain(spool, second.store)
    expect(new Set(second.events().map(({ id }) => id)).size).toBe(22)
  })
)

it.scoped("ING-2 a file without its end is left alone for ten minutes after its last write, and then set aside", () =>
  Effect.gen(function* () {
    const { spool } = yield* site
    const { events, store } = kept()
    const end = SpoolFile.end("1.0.Stop")
    const partial: Readonly<Record<string, string>> = {
      "1.0.Stop": "x".repeat(100),
      "2.0.Stop": "",
      "3.0.Stop": `torn${SpoolFile.end("3.0.Stop").slice(0, -1)}`,
      // The end of another file, in an event that quotes it.
      "4.0.Stop": `quoted${end}`,
      "5.0.Stop": "plain\n.\n"
    }
    for (const [name, content] of Object.entries(partial)) write(spool, name, content, now)
    yield* TestClock.setTime((now + 10 * minute) * 1000 - 1)
    expect(yield* Spool.drain(spool, store)).toEqual({ stored: 0, bad: 0, waiting: 5 })
    expect(left(spool)).toHaveLength(5)
    // A writer that goes on is waited for.
    write(spool, "1.0.Stop", `${"x".repeat(100)}${end.slice(0, 3)}`, now + minute)
    yield* TestClock.setTime((now + 10 * minute) * 1000)
    expect(yield* Spool.drain(spool, store)).toEqual({ stored: 0, bad: 4, waiting: 1 })
    expect(aside(spool)).toHaveLength(4)
    write(spool, "1.0.Stop", `whole${end}`, now + 2 * minute)
    expect(yield* Spool.drain(spool, store)).toEqual({ stored: 1, bad: 0, waiting: 0 })
    expect(bodies(events())).toEqual(["whole"])
  })
)

it.scoped("ING-1 an event that says nothing is no event", () =>
  Effect.gen(function* () {
    const { spool } = yield* site
    const { groups, store } = kept()
    for (const [index, body] of ["", " ", "\n\t\r\n"].entries()) put(spool, 1 + index, body)
    expect(yield* Spool.drain(spool, store)).toEqual(nothing)
    expect(left(spool)).toEqual([])
    expect(groups).toEqual([])
  })
)

/** What an agent may put into a spool beside its events, or in their place. */
const traps: Readonly<Record<string, (path: string, outside: string) => void>> = {
  "1.0.Stop": (path) => void execFileSync("mkfifo", [path]),
  "2.0.Stop": (path, outside) => symlinkSync(outside, path),
  "3.0.Stop": (path) => symlinkSync("/dev/zero", path),
  "4.0.Stop": (path) => symlinkSync(path, path),
  "5.0.Stop": (path) => mkdirSync(join(path, "bad"), { recursive: true }),
  "6.0.Stop": (path) => {
    writeFileSync(path, "")
    truncateSync(path, 2 ** 30)
  },
  "7.0.Nothing": (path) => writeFileSync(path, `x${SpoolFile.end("7.0.Nothing")}`),
  ".hidden": (path) => writeFileSync(path, "x"),
  "é\n'": (path) => writeFileSync(path, "x"),
  "a folder": (path) => mkdirSync(path)
}

it.scoped(
  "SEC-3 what is no event is set aside: pipes are not waited for, links not followed, and others are stored",
  () =>
    Effect.gen(function* () {
      const { root, spool } = yield* site
      const outside = join(root, "outside")
      writeFileSync(outside, `secret${SpoolFile.end("2.0.Stop")}`)
      for (const [name, trap] of Object.entries(traps)) trap(join(spool, name), outside)
      // A name that is not UTF-8.
      writeFileSync(Buffer.concat([Buffer.from(`${spool}/`), Buffer.from([0xff, 0xfe])]), "x")
      put(spool, 100, "good")
      const { events, store } = kept()
      const count = Object.keys(traps).length + 1
      expect(yield* Spool.drain(spool, store)).toEqual({ stored: 1, bad: count, waiting: 0 })
      expect(bodies(events())).toEqual(["good"])
      expect(left(spool)).toEqual([])
      expect(aside(spool).filter((name) => /^\d{10}\.[A-Za-z0-9._-]+$/.test(name))).toHaveLength(count - 1)
      expect(readFileSync(outside, "utf8")).toContain("secret")
      expect(yield* Spool.drain(spool, store)).toEqual(nothing)
    })
)

it.scoped("SEC-3 what takes the place of an event after it was listed is told apart when it is read", () =>
  Effect.gen(function* () {
    const { root, spool } = yield* site
    const name = SpoolFile.format({ pid: 1, n: 0, hook: "Stop" })
    const target = put(root, 1, "secret")
    const read = Effect.promise(() =>
      SpoolLook.content(spool, { pid: 1, n: 0, hook: "Stop", name, changed: BigInt(now) * 1_000_000_000n })
    )
    expect(yield* read).toEqual({ _tag: "Gone" })
    for (const trap of [
      () => void execFileSync("mkfifo", [join(spool, name)]),
      () => symlinkSync(join(root, target), join(spool, name)),
      () => mkdirSync(join(spool, name))
    ]) {
      trap()
      expect(yield* read).toEqual({ _tag: "Bad" })
      rmSync(join(spool, name), { recursive: true })
    }
    put(spool, 1, "own")
    expect(yield* read).toMatchObject({ _tag: "Whole", body: "own" })
    // Its time is part of its id, and must be that of its last change.
    put(spool, 1, "own", now + 1)
    expect(yield* read).toEqual({ _tag: "Later" })
  })
)

it.scoped("SEC-3 of what was set aside the newest hundred stay, and no more of them than 64 MiB", () =>
  Effect.gen(function* () {
    const { root, spool } = yield* site
    const { store } = kept()
    const outside = join(root, "outside")
    mkdirSync(outside)
    // Where the folder should be, there is a link elsewhere.
    symlinkSync(outside, join(spool, "bad"))
    for (let round = 0; round < 3; round++) {
      for (let index = 0; index < 50; index++) write(spool, `odd-${round}-${index}`, "x")
      expect(yield* Spool.drain(spool, store)).toEqual({ ...nothing, bad: 50 })
    }
    expect(readdirSync(outside)).toEqual([])
    expect(lstatSync(join(spool, "bad")).isDirectory()).toBe(true)
    expect(statSync(join(spool, "bad")).mode & 0o777).toBe(0o700)
    expect(aside(spool)).toHaveLength(100)
    expect(aside(spool).some((name) => name.includes("odd-0"))).toBe(false)
    writeFileSync(join(spool, "bad", "mine"), "what a person put there")
    for (const name of ["large", "larger"]) {
      write(spool, name, "")
      truncateSync(join(spool, name), 40 * 1024 * 1024)
      yield* Spool.drain(spool, store)
    }
    expect(aside(spool).filter((name) => name.includes("odd"))).toHaveLength(98)
    expect(aside(spool).filter((name) => name.includes("large"))).toEqual(["0000000152.larger"])
    expect(aside(spool)).toContain("mine")
  })
)

it.scoped("SEC-3 a file of the spool that may not be read is set aside", () =>
  Effect.gen(function* () {
    if (process.getuid?.() === 0) return
    const { spool } = yield* site
    chmodSync(join(spool, put(spool, 1, "x")), 0)
    expect(yield* Spool.drain(spool, kept().store)).toEqual({ ...nothing, bad: 1 })
  })
)
