import { randomUUID } from "node:crypto"
import { writeFileSync } from "node:fs"
import { mkdir, readdir, readFile, rename, stat, utimes, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"
import fc from "fast-check"
import { expect } from "vitest"
import { noHealing } from "../../../core/ownership/Classify.ts"
import * as LockFile from "../../../shell/ownership/LockFile.ts"
import { layerMemory, MemoryLock } from "../../../shell/ownership/MemoryOwnership.ts"
import { Ownership } from "../../../shell/ownership/Ownership.ts"
import { Probes } from "../../../shell/ownership/Probes.ts"
import { filesystems } from "../../core/ownership/Cases.ts"
import { contract } from "./Contract.ts"
import { Findings, folder, lockOf, ownershipWith, recordOf, share } from "./Folder.ts"
import { leaveChain, readLock } from "./Remains.ts"

contract(
  "in memory",
  Effect.sync(() => {
    const lock = new MemoryLock()
    return {
      supervisor: (probes) => Effect.provide(Effect.provide(Ownership, layerMemory(lock)), probes),
      put: (content) => Effect.sync(() => void (lock.content = content)),
      content: Effect.sync(() => lock.content)
    }
  })
)

contract(
  "in a file",
  Effect.map(folder, (home) => ({
    supervisor: (probes) => ownershipWith(home, probes),
    put: (content) =>
      Effect.promise(() => writeFile(lockOf(home), content === "Corrupt" ? "{" : JSON.stringify(content))),
    content: Effect.promise(async () => [await readdir(home), await readFile(lockOf(home), "utf8")])
  }))
)

const text = (path: string) => Effect.promise(() => readFile(path, "utf8"))
const put = (path: string, content: string) => Effect.promise(() => writeFile(path, content))
const names = (home: string) => Effect.promise(() => readdir(home))

const zeros = "0".repeat(36)

it.scoped(
  "OWN-5 the lock of an earlier version names no machine: it is read, and judged by the host's name alone",
  () =>
    Effect.gen(function* () {
      const { acquiredAt, owner, process } = recordOf(zeros)
      for (const [host, dead, why] of [
        ["here", false, "LiveOwner"],
        ["renamed", true, "SharedVolume"],
        ["here", true, null]
      ] as const) {
        const home = yield* folder
        const findings = new Findings()
        findings.process = dead ? "Dead" : "Alive"
        yield* put(lockOf(home), JSON.stringify({ owner, process: { ...process, host }, acquiredAt }))
        const ownership = yield* ownershipWith(home, findings.enter().probes)
        const { record, refused } = yield* ownership.judge(noHealing)
        expect(record).toEqual({ ...recordOf(zeros, { host }), hostId: null, epoch: null, heartbeatAt: null })
        expect(refused?.why ?? null).toBe(why)
      }
    })
)

it.scoped("OWN-5 an earlier version can read the lock of this one", () =>
  Effect.gen(function* () {
    const home = yield* folder
    const { acquire } = yield* ownershipWith(home, new Findings().enter().probes)
    const { heartbeat, record } = yield* acquire(noHealing)
    yield* heartbeat(4)
    expect(JSON.parse(yield* text(lockOf(home)))).toMatchObject({
      owner: record.owner,
      process: { host: "here", pid: 101, startTime: "1010", bootId: "boot" },
      acquiredAt: record.acquiredAt
    })
  })
)

const damaged = fc.oneof(
  fc.constantFrom(
    "",
    "{",
    "null",
    JSON.stringify(recordOf("../elsewhere")),
    JSON.stringify(recordOf("x".repeat(36))),
    JSON.stringify({ ...recordOf(zeros), hostId: 7 }),
    JSON.stringify(recordOf(zeros)).slice(0, -9)
  ),
  fc.json(),
  fc.string({ minLength: 5000, maxLength: 6000 })
)

it("OWN-1 of a damaged lock a copy is kept before it is taken; where that may not be it stays to the letter", async () => {
  await fc.assert(
    fc.asyncProperty(damaged, fc.constantFrom(...filesystems), (content, filesystem) =>
      Effect.gen(function* () {
        const home = yield* folder
        yield* put(lockOf(home), content)
        const findings = new Findings()
        findings.filesystem = filesystem
        const ownership = yield* ownershipWith(home, findings.enter().probes)
        const taken = yield* Effect.either(ownership.acquire(noHealing))
        if (filesystem === "Local") {
          const kept = (yield* names(home)).filter((name) => name !== "supervisor.lock")
          expect(kept).toEqual([expect.stringMatching(/^supervisor\.lock\.damaged-[0-9a-f]{36}$/)])
          expect(yield* text(join(home, kept[0] ?? ""))).toBe(content)
          expect(taken).toMatchObject({ right: { record: yield* Effect.promise(() => readLock(home)) } })
        } else {
          expect(taken).toMatchObject({ left: { why: filesystem === "Remote" ? "SharedVolume" : "Unprovable" } })
          expect(taken).toMatchObject({ left: { message: expect.stringContaining("damaged"), path: lockOf(home) } })
          expect(yield* names(home)).toEqual(["supervisor.lock"])
          expect(yield* text(lockOf(home))).toBe(content)
        }
      }).pipe(Effect.scoped, Effect.runPromise)
    ),
    { numRuns: share(0.2) }
  )
})

it.scoped(
  "OWN-6 a heartbeat writes into the record's own file and makes none: what was moved, removed or replaced stays so",
  () =>
    Effect.gen(function* () {
      const home = yield* folder
      const { acquire } = yield* ownershipWith(home, new Findings().enter().probes)
      const { heartbeat } = yield* acquire(noHealing)
      const inode = (yield* Effect.promise(() => stat(lockOf(home)))).ino
      yield* TestClock.setTime(9)
      yield* heartbeat(1)
      expect((yield* Effect.promise(() => stat(lockOf(home)))).ino).toBe(inode)
      const mine = yield* text(lockOf(home))
      expect(JSON.parse(mine)).toMatchObject({ heartbeatAt: 9, epoch: 1 })

      const lost = TestClock.adjust("1 second").pipe(Effect.forever, Effect.raceFirst(Effect.flip(heartbeat(2))))
      yield* Effect.promise(() => rename(lockOf(home), join(home, "aside")))
      expect(yield* lost).toMatchObject({ why: "Lost", record: null })
      expect(yield* names(home)).toEqual(["aside"])
      for (const other of ["", JSON.stringify(recordOf(zeros)), mine.slice(0, 40)]) {
        yield* put(lockOf(home), other)
        expect(yield* lost).toMatchObject({ why: "Lost" })
        expect(yield* text(lockOf(home))).toBe(other)
      }
      expect(yield* text(join(home, "aside"))).toBe(mine)
    })
)

it.scoped("OWN-6 a release leaves a lock that names another, and one that somebody is taking over", () =>
  Effect.gen(function* () {
    for (const isTakenOver of [true, false]) {
      const home = yield* folder
      const findings = new Findings()
      const { acquire } = yield* ownershipWith(home, findings.enter().probes)
      const left = yield* Effect.scoped(
        Effect.gen(function* () {
          const { record } = yield* acquire(noHealing)
          // Whoever has a record's own lock decides what becomes of it, and this one lives.
          const path = isTakenOver ? `${lockOf(home)}.${record.owner}` : lockOf(home)
          yield* put(path, JSON.stringify(recordOf(zeros)))
          return yield* Effect.all([names(home), text(lockOf(home)), text(path)])
        })
      )
      const path = join(home, left[0].at(-1) ?? "")
      expect(yield* Effect.all([names(home), text(lockOf(home)), text(path)])).toEqual(left)
    }
  })
)

it.scoped(
  "OWN-6 what dead supervisors left in the middle of a takeover goes with the next one; what may be in use stays",
  () =>
    Effect.gen(function* () {
      const home = yield* folder
      const findings = new Findings()
      findings.dead.add(1)
      const at = (suffix: string) => `${lockOf(home)}.${suffix}`
      const [dead, alive] = [recordOf(zeros, { pid: 1 }), recordOf("1".repeat(36), { pid: 2 })]
      const foreign = recordOf("2".repeat(36), { pid: 1, host: "elsewhere" }, { hostId: "other" })
      const stays = { "old-1": alive, "old-2": foreign, "new-2": "{", other: "{" }
      const goes = { "old-0": dead, [dead.owner]: dead, "new-1": dead, "new-3": "{" }
      for (const [suffix, content] of Object.entries({ ...stays, ...goes })) {
        yield* put(at(suffix), typeof content === "string" ? content : JSON.stringify(content))
      }
      yield* TestClock.setTime(Date.now())
      yield* Effect.promise(() => utimes(at("new-3"), 0, (Date.now() - 301_000) / 1000))
      const { acquire } = yield* ownershipWith(home, findings.enter().probes)
      yield* acquire(noHealing)
      const expected = ["supervisor.lock", ...Object.keys(stays).map((suffix) => `supervisor.lock.${suffix}`)]
      expect(yield* names(home)).toEqual(expected.toSorted())
    })
)

it.scoped("OWN-6 what nobody can read beside the lock keeps nothing else from going, and is told", () =>
  Effect.gen(function* () {
    const home = yield* folder
    const findings = new Findings()
    findings.process = "Dead"
    const at = (suffix: string) => `${lockOf(home)}.${suffix}`
    // A folder lists its names in any order: some of them come after one that can not be read.
    const unreadable = Array.from({ length: 8 }, (_, index) => `folder-${index}`)
    for (const name of unreadable) {
      yield* put(at(`old-${name}`), JSON.stringify(recordOf(zeros)))
      yield* Effect.promise(() => mkdir(at(name)))
    }
    const told: Array<string> = []
    const logger = Logger.make(({ message }) => void told.push(String(message)))
    const { acquire } = yield* ownershipWith(home, findings.enter().probes)
    yield* Effect.provide(acquire(noHealing), Logger.replace(Logger.defaultLogger, logger))
    expect(yield* names(home)).toEqual(["supervisor.lock", ...unreadable.map((name) => `supervisor.lock.${name}`)])
    expect(told.toSorted()).toEqual(unreadable.map((name) => expect.stringContaining(at(name))))
  })
)

it.effect("OWN-6 a torn record that goes by itself while it is swept is no error", () =>
  LockFile.removeTorn("/nowhere/supervisor.lock.new-1", 0)
)

it.scoped("STO-4 a lock that can not be written or read at all is an error that names it", () =>
  Effect.gen(function* () {
    const home = yield* folder
    const { probes } = new Findings().enter()
    const nowhere = yield* ownershipWith(join(home, "nowhere"), probes)
    const error = yield* Effect.flip(nowhere.acquire(noHealing))
    expect(error).toMatchObject({ _tag: "OwnershipUnavailable", operation: "create" })
    expect(error.message).toContain(lockOf(join(home, "nowhere")))
    yield* Effect.promise(() => mkdir(lockOf(home)))
    const ownership = yield* ownershipWith(home, probes)
    expect(yield* Effect.flip(ownership.acquire(noHealing))).toMatchObject({
      _tag: "OwnershipUnavailable",
      operation: "read"
    })
  })
)

it.scoped(
  "OWN-3 however many died over a takeover, one upon the other, the next one gets through and leaves nothing",
  () =>
    Effect.gen(function* () {
      for (const count of [1, 2, 5, 12]) {
        const home = yield* folder
        yield* Effect.promise(() => leaveChain(home, count, (owner) => recordOf(owner)))
        expect(yield* names(home)).toHaveLength(count)
        const findings = new Findings()
        findings.process = "Dead"
        const { acquire } = yield* ownershipWith(home, findings.enter().probes)
        const { record } = yield* acquire(noHealing)
        expect(yield* names(home)).toEqual(["supervisor.lock"])
        expect((yield* Effect.promise(() => readLock(home))).owner).toBe(record.owner)
      }
    })
)

it.scoped(
  "OWN-3 whoever lives in the middle of what died keeps it, and is waited for by one clock, not by one for each",
  () =>
    Effect.gen(function* () {
      const home = yield* folder
      yield* Effect.promise(() =>
        leaveChain(home, 4, (owner) => recordOf(owner, { pid: owner.startsWith("3") ? 7 : 1 }))
      )
      const findings = new Findings()
      findings.dead.add(1)
      const { acquire } = yield* ownershipWith(home, findings.enter().probes)
      const refused = yield* Effect.fork(Effect.flip(acquire(noHealing)))
      let waited = 0
      while (Option.isNone(yield* Fiber.poll(refused))) {
        const [next] = yield* TestClock.sleeps()
        if (next !== undefined) waited += 1
        yield* TestClock.adjust(10)
        yield* Effect.promise(() => new Promise(setImmediate))
      }
      expect(yield* Fiber.join(refused)).toMatchObject({ why: "LiveOwner", record: { process: { pid: 7 } } })
      expect(waited).toBeLessThanOrEqual(100)
      expect(yield* names(home)).toHaveLength(4)
    })
)

it.scoped("OWN-3 an owner that dies and is there again at every look is left to a person", () =>
  Effect.gen(function* () {
    const home = yield* folder
    const { probes } = new Findings().enter()
    const write = () => writeFileSync(lockOf(home), JSON.stringify(recordOf(randomUUID())))
    write()
    const restless = Layer.map(probes, (context) =>
      Context.add(context, Probes, {
        ...Context.get(context, Probes),
        process: () => Effect.sync(write).pipe(Effect.as("Dead" as const))
      })
    )
    const { acquire } = yield* ownershipWith(home, restless)
    expect(yield* Effect.flip(acquire(noHealing))).toMatchObject({ reason: { _tag: "Unprovable", what: "takeover" } })
  })
)
