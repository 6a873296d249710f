/** Real processes that race for a real lock: `DROVER_ROUNDS` says how often (20; `npm run races` 200). */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import fc from "fast-check"
import { expect } from "vitest"
import { layer as processesLayer, Processes } from "../../../shell/process/Processes.ts"
import { bundle } from "./Bundle.ts"
import { folder, ownershipOf, recordOf } from "./Folder.ts"
import { type Answer, main } from "./Racer.ts"
import { inUse, leave, readLock, shapes } from "./Remains.ts"
import { noHealing } from "../../../core/ownership/Classify.ts"

const rounds = Number(process.env.DROVER_ROUNDS ?? 20)

interface Racer {
  readonly child: ChildProcess
  /** Null when it died over it. */
  readonly tell: (line: string) => Promise<unknown>
  readonly ask: (line: string) => void
}

/** A racer's process, and its answers one after the other. */
const racer = (program: string) =>
  Effect.acquireRelease(
    Effect.promise(async (): Promise<Racer> => {
      const child = spawn(process.execPath, [program], { stdio: ["pipe", "pipe", "inherit"] })
      child.stdin.on("error", () => undefined)
      const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
      const next = async (): Promise<unknown> => {
        const { done, value } = await answers.next()
        return done === true ? null : JSON.parse(String(value))
      }
      await next()
      const ask = (line: string): void => void child.stdin.write(`${line}\n`)
      return {
        child,
        ask,
        tell: (line) => {
          ask(line)
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

const racing = Effect.fnUntraced(function* (count: number) {
  const program = join(yield* folder, "racer.cjs")
  yield* Effect.promise(() => bundle(`import { ${main.name} } from "./Racer.ts"\nvoid ${main.name}()`, program))
  const start = racer(program)
  const racers = yield* Effect.all(
    Array.from({ length: count }, () => start),
    { concurrency: "unbounded" }
  )
  const { bootId, host } = yield* Effect.provide(Processes, processesLayer)
  /** Its number is this very process's, which began at another time; or it is of an earlier boot. */
  const dead = (round: number) => (owner: string) =>
    recordOf(
      owner,
      { host, pid: process.pid, startTime: "1", bootId: round % 2 === 0 ? bootId : "earlier" },
      { hostId: null }
    )
  return { racers, start, dead }
})

/** All try at once; whoever won, and the refusals of the others. */
const race = async (home: string, among: ReadonlyArray<Racer>) => {
  const answers = await Promise.all(among.map(({ tell }) => tell(`try ${home}`)))
  const known = answers.filter(isAnswer)
  return {
    winners: among.filter((_, index) => isAnswer(answers[index]) && "owner" in (answers[index] ?? {})),
    owners: known.flatMap((one) => ("owner" in one ? [one.owner] : [])),
    refused: known.flatMap((one) => ("refused" in one ? [one.refused] : [])),
    died: among.filter((_, index) => answers[index] === null)
  }
}

const liveOwners = (count: number) => Array.from({ length: count }, () => "LiveOwner")

it.scoped(
  "OWN-4 of eight supervisors that race for one state directory exactly one owns it, in every round, whatever was left there",
  () =>
    Effect.gen(function* () {
      const { dead, racers } = yield* racing(8)
      for (let round = 0; round < rounds; round++) {
        const home = yield* folder
        yield* Effect.promise(() => leave(home, round % shapes, dead(round)))
        const { owners, refused, winners } = yield* Effect.promise(() => race(home, racers))
        expect(refused).toEqual(liveOwners(7))
        expect(owners).toEqual([(yield* Effect.promise(() => readLock(home))).owner])
        expect(yield* Effect.promise(() => inUse(home))).toEqual(["supervisor.lock"])
        yield* Effect.promise(async () => winners[0]?.tell("release"))
        expect(yield* Effect.promise(() => inUse(home))).toEqual([])
      }
    }),
  60_000 + rounds * 3000
)

it.scoped(
  "OWN-4 owners that die with the lock in their hand are followed by one of those that are left, until none is",
  () =>
    Effect.gen(function* () {
      const { racers } = yield* racing(4)
      const home = yield* folder
      let left: ReadonlyArray<Racer> = racers
      while (left.length > 1) {
        const { owners, refused, winners } = yield* Effect.promise(() => race(home, left))
        expect(refused).toEqual(liveOwners(left.length - 1))
        expect(owners).toEqual([(yield* Effect.promise(() => readLock(home))).owner])
        const [winner] = winners
        if (winner === undefined) return yield* Effect.dieMessage("nobody won")
        yield* Effect.promise(() => ended(winner.child))
        left = left.filter((one) => one !== winner)
      }
    })
)

it.scoped(
  "OWN-4 racers that are killed in the middle of taking over let no second one in, and leave nothing that stops the next",
  () =>
    Effect.gen(function* () {
      const { dead, racers, start } = yield* racing(4)
      const operations = fc.sample(fc.integer({ min: 1, max: 60 }), {
        numRuns: Math.ceil(rounds / 5),
        seed: fc.readConfigureGlobal().seed ?? 1
      })
      let field: ReadonlyArray<Racer> = racers
      for (const [round, operation] of operations.entries()) {
        const home = yield* folder
        yield* Effect.promise(() => leave(home, round % shapes, dead(round)))
        const [first, second] = field
        first?.ask(`die at ${operation}`)
        second?.ask(`die at ${operation + (round % 7)}`)
        const { died, owners, refused } = yield* Effect.promise(() => race(home, field))
        expect(owners.length).toBeLessThanOrEqual(1)
        expect(refused).toEqual(liveOwners(4 - died.length - owners.length))
        yield* Effect.promise(() => Promise.all([first, second].map(async (one) => one && ended(one.child))))
        const fresh = yield* Effect.all([start, start], { concurrency: "unbounded" })
        field = [...field.slice(2), ...fresh]
        const isFree = owners.length === 0 || !(yield* isOwned(home))
        const next = yield* Effect.promise(() => race(home, field))
        expect(next.owners).toHaveLength(isFree ? 1 : 0)
        expect(next.refused).toEqual(liveOwners(isFree ? 3 : 4))
        for (const one of field) yield* Effect.promise(() => one.tell("release"))
      }
    }),
  60_000 + rounds * 3000
)

/** Whether whoever won still lives: one of the doomed may have won, and died since. */
const isOwned = (home: string) =>
  Effect.gen(function* () {
    const { judge } = yield* ownershipOf(home)
    return (yield* judge(noHealing)).refused !== null
  })
