import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { build } from "esbuild"
import fc from "fast-check"
import { expect } from "vitest"
import type { ProcessIdentity } from "../../../core/execution/Process.ts"
import { layerMemory, MemoryLock } from "../../../shell/ownership/MemoryOwnership.ts"
import { type LockRecord, Ownership } from "../../../shell/ownership/Ownership.ts"
import { layer as processesLayer, Processes } from "../../../shell/process/Processes.ts"
import { contract } from "./Contract.ts"
import { folder, lockOf, ownershipOf, scripted } from "./Folder.ts"
import { type Answer, main } from "./Racer.ts"

contract(
  "in memory",
  Effect.sync(() => {
    const lock = new MemoryLock()
    return {
      supervisor: Effect.provide(Ownership, layerMemory(lock)),
      ownerDies: Effect.sync(() => lock.see("Dead")),
      ownerVanishes: Effect.sync(() => lock.see("Unknown"))
    }
  })
)

const readLock = (path: string): Promise<LockRecord> => readFile(path, "utf8").then((text) => JSON.parse(text))

contract(
  "in a file",
  Effect.gen(function* () {
    const home = yield* folder
    // All supervisors here are this process: one that starts later is another process under the same number.
    let starts = 1
    const self = (pid: number): ProcessIdentity => ({ host: "here", pid, startTime: String(starts), bootId: "boot" })
    return {
      supervisor: Effect.orDie(ownershipOf(home, scripted(self).processes)),
      ownerDies: Effect.sync(() => void (starts += 1)),
      ownerVanishes: Effect.promise(async () => {
        const record = await readLock(lockOf(home))
        const process = { ...record.process, host: "elsewhere" }
        await writeFile(lockOf(home), JSON.stringify({ ...record, process }))
      })
    }
  })
)

const otherPid = 4242
const recordOf = (process: Partial<ProcessIdentity>, owner: string): LockRecord => ({
  owner,
  process: { host: "here", pid: otherPid, startTime: "7", bootId: "boot", ...process },
  acquiredAt: 1
})

it("EXE-12 only an owner that is proved dead is replaced, and another host's process is never looked for", async () => {
  const cases = fc.record({
    host: fc.constantFrom("here", "elsewhere"),
    bootId: fc.constantFrom("boot", "earlier"),
    found: fc.constantFrom("same", "recycled", "gone", "unreadable"),
    owner: fc.uuid()
  })
  const verdict = ({ bootId, found, host }: typeof cases extends fc.Arbitrary<infer A> ? A : never): string => {
    if (host !== "here") return "OtherHost"
    if (bootId !== "boot") return "taken"
    return found === "same" ? "LiveOwner" : found === "unreadable" ? "Unprovable" : "taken"
  }
  await fc.assert(
    fc.asyncProperty(cases, (given) =>
      Effect.gen(function* () {
        const home = yield* folder
        const text = JSON.stringify(recordOf(given, given.owner))
        yield* Effect.promise(() => writeFile(lockOf(home), text))
        const { asked, processes } = scripted((pid) => {
          if (pid !== otherPid) return { host: "here", pid, startTime: "9", bootId: "boot" }
          if (given.found === "gone" || given.found === "unreadable") return given.found
          return recordOf({ startTime: given.found === "same" ? "7" : "8" }, given.owner).process
        })
        const ownership = yield* ownershipOf(home, processes)
        const taken = yield* Effect.either(ownership.acquire)
        const got = taken._tag === "Right" ? "taken" : "why" in taken.left ? taken.left.why : taken.left.message
        expect(got).toBe(verdict(given))
        expect(asked.includes(otherPid)).toBe(given.host === "here" && given.bootId === "boot")
        const now = yield* Effect.promise(() => readFile(lockOf(home), "utf8"))
        expect(now === text).toBe(taken._tag === "Left")
        expect(yield* Effect.promise(() => readdir(home))).toEqual(["supervisor.lock"])
      }).pipe(Effect.scoped, Effect.runPromise)
    ),
    { numRuns: 40 }
  )
})

it("EXE-12 what is no lock record is refused as damaged and left as it is", async () => {
  const damaged = fc.oneof(
    fc.constantFrom(
      "",
      "{",
      "null",
      JSON.stringify(recordOf({}, "../elsewhere")),
      JSON.stringify(recordOf({}, "x".repeat(36)))
    ),
    fc.json(),
    fc.string({ minLength: 5000, maxLength: 6000 })
  )
  await fc.assert(
    fc.asyncProperty(damaged, (text) =>
      Effect.gen(function* () {
        const home = yield* folder
        yield* Effect.promise(() => writeFile(lockOf(home), text))
        const ownership = yield* ownershipOf(home)
        expect(yield* Effect.flip(ownership.acquire)).toMatchObject({ why: "Corrupt", path: lockOf(home) })
        expect((yield* Effect.flip(ownership.holder)).message).toContain(lockOf(home))
        expect(yield* Effect.promise(() => readFile(lockOf(home), "utf8"))).toBe(text)
      }).pipe(Effect.scoped, Effect.runPromise)
    ),
    { numRuns: 30 }
  )
})

it.scoped("STO-4 a lock that can not be written or read at all is an error that names it", () =>
  Effect.gen(function* () {
    const home = yield* folder
    const nowhere = yield* ownershipOf(join(home, "nowhere"))
    const error = yield* Effect.flip(nowhere.acquire)
    expect(error).toMatchObject({ _tag: "OwnershipUnavailable", operation: "create" })
    expect(error.message).toContain(lockOf(join(home, "nowhere")))
    yield* Effect.promise(() => mkdir(lockOf(home)))
    const ownership = yield* ownershipOf(home)
    expect(yield* Effect.flip(ownership.acquire)).toMatchObject({ _tag: "OwnershipUnavailable", operation: "read" })
  })
)

/** What a supervisor that died may have left: its record, and those of others that died when they replaced it. */
const remains = (home: string, shape: number, host: string, bootId: string) =>
  Effect.promise(async () => {
    const owners = Array.from({ length: 4 }, (_, index) => `${index}`.repeat(36))
    const dead = (index: number): string =>
      // Its number is this very process's, which began at another time; or it is of an earlier boot.
      JSON.stringify(
        recordOf(
          { host, pid: process.pid, startTime: "1", bootId: shape % 2 === 0 ? bootId : "earlier" },
          owners[index] ?? ""
        )
      )
    const write = (path: string, index: number): Promise<void> => writeFile(path, dead(index))
    let path = lockOf(home)
    // A lock, the lock of that lock's owner, and so on: as deep as a takeover goes, and nothing for the first shapes.
    for (let depth = 0; depth < Math.min(4, Math.floor(shape / 2)); depth++) {
      await write(path, depth)
      path = `${path}.${owners[depth]}`
    }
    if (shape >= 10) await write(`${lockOf(home)}.old-${owners[0]}`, 0)
    if (shape >= 12) await write(`${lockOf(home)}.new-${owners[3]}`, 3)
  })

it("EXE-12 of many supervisors in one process that try at once exactly one owns the lock, whatever was left", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 13 }), (shape) =>
      Effect.gen(function* () {
        const home = yield* folder
        const { bootId, host } = yield* Effect.provide(Processes, processesLayer)
        yield* remains(home, shape, host, bootId)
        const supervisors = yield* Effect.all(Array.from({ length: 8 }, () => ownershipOf(home)))
        const tried = yield* Effect.forEach(supervisors, ({ acquire }) => Effect.either(acquire), {
          concurrency: "unbounded"
        })
        const owners = tried.flatMap((one) => (one._tag === "Right" ? [one.right.owner] : []))
        const refused = tried.flatMap((one) => (one._tag === "Left" && "why" in one.left ? [one.left.why] : []))
        expect(owners).toEqual([(yield* Effect.promise(() => readLock(lockOf(home)))).owner])
        expect(refused).toEqual(Array.from({ length: 7 }, () => "LiveOwner"))
        expect(yield* Effect.promise(() => readdir(home))).toEqual(["supervisor.lock"])
      }).pipe(Effect.scoped, Effect.runPromise)
    ),
    { numRuns: 20 }
  )
})

it.scoped("EXE-12 takeovers that died one upon the other without end are left to a person", () =>
  Effect.gen(function* () {
    const home = yield* folder
    let path = lockOf(home)
    for (let depth = 0; depth < 5; depth++) {
      const owner = `${depth}`.repeat(36)
      const text = JSON.stringify(recordOf({}, owner))
      const target = path
      yield* Effect.promise(() => writeFile(target, text))
      path = `${path}.${owner}`
    }
    const { processes } = scripted((pid) =>
      pid === otherPid ? "gone" : { host: "here", pid, startTime: "9", bootId: "boot" }
    )
    const ownership = yield* ownershipOf(home, processes)
    expect(yield* Effect.flip(ownership.acquire)).toMatchObject({ why: "Unprovable" })
    expect((yield* Effect.promise(() => readdir(home))).length).toBe(5)
  })
)

/** A racer's process, and its answers one after the other. */
const racer = (program: string) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const child = spawn(process.execPath, [program], { stdio: ["pipe", "pipe", "inherit"] })
      const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
      const next = async (): Promise<unknown> => JSON.parse(String((await answers.next()).value))
      await next()
      return {
        child,
        tell: (line: string): Promise<unknown> => {
          child.stdin.write(`${line}\n`)
          return next()
        }
      }
    }),
    ({ child }) => Effect.promise(() => ended(child))
  )

const ended = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, "exit")
  child.kill("SIGKILL")
  await exit
}

const isAnswer = (value: unknown): value is Answer =>
  typeof value === "object" && value !== null && ("owner" in value || "refused" in value)

it.scoped("EXE-12 of eight supervisors that race for one state directory exactly one owns it, in every round", () =>
  Effect.gen(function* () {
    const program = join(yield* folder, "racer.cjs")
    yield* Effect.promise(() =>
      build({
        stdin: {
          contents: `import { ${main.name} } from "./Racer.ts"\nvoid ${main.name}()`,
          resolveDir: import.meta.dirname
        },
        outfile: program,
        bundle: true,
        platform: "node",
        format: "cjs",
        logLevel: "silent"
      })
    )
    const racers = yield* Effect.all(
      Array.from({ length: 8 }, () => racer(program)),
      { concurrency: "unbounded" }
    )
    const { bootId, host } = yield* Effect.provide(Processes, processesLayer)
    const race = (home: string, among: typeof racers) =>
      Effect.promise(async () => {
        const answers = (await Promise.all(among.map(({ tell }) => tell(`try ${home}`)))).filter(isAnswer)
        const owners = answers.flatMap((one) => ("owner" in one ? [one.owner] : []))
        expect(answers.flatMap((one) => ("refused" in one ? [one.refused] : []))).toEqual(
          Array.from({ length: among.length - 1 }, () => "LiveOwner")
        )
        expect(owners).toEqual([(await readLock(lockOf(home))).owner])
        expect(await readdir(home)).toEqual(["supervisor.lock"])
        return among.filter((_, index) => "owner" in (answers[index] ?? {}))
      })
    for (let round = 0; round < 20; round++) {
      const home = yield* folder
      yield* remains(home, round % 14, host, bootId)
      const [winner] = yield* race(home, racers)
      yield* Effect.promise(async () => winner?.tell("release"))
      expect(yield* Effect.promise(() => readdir(home))).toEqual([])
    }
    // The owner dies, with the lock in its hand, and those that are left race for it.
    const home = yield* folder
    let left = racers
    while (left.length > 1) {
      const [winner] = yield* race(home, left)
      if (winner === undefined) return yield* Effect.die("nobody won")
      yield* Effect.promise(() => ended(winner.child))
      left = left.filter((one) => one !== winner)
    }
  })
)
