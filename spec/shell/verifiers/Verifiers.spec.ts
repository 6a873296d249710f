/** Runs of verifiers on a scripted machine, in virtual time, with real folders. */
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as TestClock from "effect/TestClock"
import { expect } from "vitest"
import { Marker } from "../../../core/execution/AttemptRecord.ts"
import { defaultFlow } from "../../../core/task/Flow.ts"
import { AttemptNumber, RunNumber, TaskId } from "../../../core/task/Identifiers.ts"
import { create } from "../../../core/task/Task.ts"
import { unaddressed } from "../../../core/tick/World.ts"
import * as Places from "../../../shell/config/Places.ts"
import { Trees } from "../../../shell/git/Trees.ts"
import * as StartToken from "../../../shell/process/StartToken.ts"
import * as Worktrees from "../../../shell/git/Worktrees.ts"
import { Machine, type Program } from "../../../shell/process/Machine.ts"
import { exitFile, startFile } from "../../../shell/process/Wrapper.ts"
import { layerMemory, type Processes } from "../../../shell/process/Processes.ts"
import * as Verifiers from "../../../shell/verifiers/Verifiers.ts"
import { folder } from "../process/World.ts"
import { specOf } from "../store/World.ts"

type Services = Processes | Places.Places | Trees | Worktrees.Worktrees | Scope.Scope

interface Setting {
  readonly machine: Machine
  readonly run: Verifiers.Run
}

/** One run of that program, on a machine of its own. */
const within = (
  program: Program,
  body: (setting: Setting) => Effect.Effect<void, never, Services>,
  look: Context.Tag.Service<Trees>["look"] = () => Effect.succeed({ ...unaddressed, tree: "t1" })
) =>
  Effect.gen(function* () {
    const path = yield* folder
    const places = Either.getOrThrow(Places.make({ DROVER_HOME: path, HOME: path }))
    const machine = new Machine({ script: () => program })
    const task = create({
      id: TaskId.make(1),
      batch: null,
      spec: { ...specOf("one"), cwd: path },
      flow: defaultFlow,
      dependsOn: [],
      upcoming: false,
      createdAt: 0
    })
    const run: Verifiers.Run = {
      task,
      marker: Marker.make("a".repeat(32)),
      attempt: AttemptNumber.make(1),
      run: RunNumber.make(1),
      index: 0,
      verifier: { _tag: "Run", command: "npm test", timeoutMin: 60 },
      startedAt: 0
    }
    const trees = Layer.succeed(Trees, { look })
    const services = Layer.mergeAll(
      layerMemory(machine),
      Layer.succeed(Places.Places, places),
      trees,
      Worktrees.layerMemory
    )
    yield* Effect.provide(body({ machine, run }), services)
  })

const options = { limit: 1, limitFallbackMs: 60_000, prices: new Map() }

/** Lets what is under way with files happen, while the clock stands still. */
const turns = Effect.promise(async () => {
  for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve))
})

/** Time goes on until it is so; a limit for a spec that is wrong. */
const until = (holds: Effect.Effect<boolean>) =>
  Effect.gen(function* () {
    for (let looks = 0; looks < 1000; looks++) {
      if (yield* holds) return
      yield* TestClock.adjust(100)
      yield* turns
    }
    throw new Error("what was waited for did not come")
  })

for (const isAdopted of [false, true]) {
  const which = isAdopted ? "an adopted run" : "a run of its own"
  it.scoped(
    `TCK-4 ${which} that can not be looked at is unknown, asked for again at leisure, and judged in the end`,
    () =>
      within({ runsMs: 5000, exit: 1, writes: [{ afterMs: 0, stdout: "1 of 2 failed" }] }, ({ machine, run }) =>
        Effect.gen(function* () {
          if (isAdopted) {
            const before = yield* Verifiers.make(options)
            yield* before.start(run, Effect.void)
            yield* until(Effect.sync(() => machine.processes.length > 2))
            yield* before.forget(run)
          }
          const verifiers = yield* Verifiers.make(options)
          const told = { times: 0 }
          const tell = Effect.sync(() => void told.times++)
          if (!isAdopted) yield* verifiers.start(run, tell)
          yield* until(Effect.map(verifiers.look(run, tell), ({ _tag }) => _tag === "Alive"))

          machine.unreadable = "no more files"
          yield* until(Effect.map(verifiers.look(run, tell), ({ _tag }) => _tag === "Unknown"))
          expect(yield* verifiers.look(run, tell)).toMatchObject({ why: expect.stringContaining("no more files") })
          const { times } = told
          // As often as it likes, but for the clock, which stands still.
          yield* turns
          expect(told.times).toBe(times)
          yield* until(Effect.sync(() => told.times > times))

          machine.unreadable = undefined
          yield* until(Effect.map(verifiers.look(run, tell), ({ _tag }) => _tag === "Finished"))
          expect(yield* verifiers.look(run, tell)).toMatchObject({ verdict: "FAIL", tree: "t1" })
          expect(verifiers.finishedOf(run)).toMatchObject({ detail: "exit status 1", output: "1 of 2 failed" })
        })
      )
  )
}

it.scoped("EXE-14 a run whose start somebody else has taken back was none: it has no verdict, and is begun anew", () =>
  within({ runsMs: 5000, startMs: 500 }, ({ run }) =>
    Effect.gen(function* () {
      const places = yield* Places.Places
      const verifiers = yield* Verifiers.make(options)
      const look = verifiers.look(run, Effect.void)
      yield* verifiers.start(run, Effect.void)
      yield* until(Effect.map(look, ({ _tag }) => _tag === "Alive"))
      // As a supervisor does that was asleep while another took over, before it finds that it is none any more.
      const directory = places.run(run.task.id, run.attempt, run.run)
      mkdirSync(directory, { recursive: true })
      expect(yield* Effect.orDie(StartToken.revoke(directory))).toBe("revoked")
      yield* until(Effect.map(look, ({ _tag }) => _tag !== "Alive"))
      expect(yield* look).toEqual({ _tag: "Absent", token: "revoked" })
      expect(verifiers.finishedOf(run)).toBeNull()
    })
  )
)

it.scoped("EXE-13 a run does not begin where another has begun: what that one found is no verdict of its own", () =>
  within({ runsMs: 50 }, ({ machine, run }) =>
    Effect.gen(function* () {
      const places = yield* Places.Places
      const directory = places.run(run.task.id, run.attempt, run.run)
      mkdirSync(directory, { recursive: true })
      writeFileSync(join(directory, startFile), "4711\n")
      writeFileSync(join(directory, exitFile), JSON.stringify({ code: 0, signal: null, at: 1 }))
      const before = machine.processes.length
      const verifiers = yield* Verifiers.make(options)
      yield* verifiers.start(run, Effect.void)
      yield* until(Effect.sync(() => verifiers.finishedOf(run) !== null))
      expect(verifiers.finishedOf(run)).toMatchObject({ observation: { verdict: "ERROR" } })
      expect(verifiers.finishedOf(run)?.detail).toContain("has begun before")
      expect(machine.processes.length).toBe(before)
    })
  )
)

it.scoped("GRD-2 a verifier whose watch dies is unknown, of what it died, and judged once that lives", () => {
  const looks = { left: 1, die: true }
  return within(
    { runsMs: 1000, exit: 1 },
    ({ run }) =>
      Effect.gen(function* () {
        const verifiers = yield* Verifiers.make(options)
        const look = verifiers.look(run, Effect.void)
        yield* verifiers.start(run, Effect.void)
        yield* until(Effect.map(look, ({ _tag }) => _tag === "Unknown"))
        expect(yield* look).toEqual({ _tag: "Unknown", why: "TypeError: no tree" })
        looks.die = false
        yield* until(Effect.map(look, ({ _tag }) => _tag === "Finished"))
        expect(yield* look).toMatchObject({ verdict: "FAIL", tree: "t1" })
      }),
    () =>
      Effect.suspend(() =>
        looks.left-- <= 0 && looks.die
          ? Effect.die(new TypeError("no tree"))
          : Effect.succeed({ ...unaddressed, tree: "t1" })
      )
  )
})

it.scoped("GRD-2 a verifier whose start dies is unknown for a while, and then what its start token says", () => {
  const isDead = { now: true }
  return within(
    { runsMs: 1000, exit: 0 },
    ({ run }) =>
      Effect.gen(function* () {
        const verifiers = yield* Verifiers.make(options)
        const look = verifiers.look(run, Effect.void)
        yield* verifiers.start(run, Effect.void)
        yield* until(Effect.map(look, ({ _tag }) => _tag === "Unknown"))
        expect(yield* look).toEqual({ _tag: "Unknown", why: "TypeError: no tree" })
        // Whoever sees that it is absent begins another at once.
        yield* TestClock.adjust("4 seconds")
        yield* turns
        expect(yield* look).toMatchObject({ _tag: "Unknown" })
        yield* until(Effect.map(look, ({ _tag }) => _tag === "Absent"))
        expect(yield* look).toEqual({ _tag: "Absent", token: "free" })
        expect(verifiers.finishedOf(run)).toBeNull()
        isDead.now = false
        yield* verifiers.start(run, Effect.void)
        yield* until(Effect.map(look, ({ _tag }) => _tag === "Finished"))
      }),
    () =>
      Effect.suspend(() =>
        isDead.now ? Effect.die(new TypeError("no tree")) : Effect.succeed({ ...unaddressed, tree: "t1" })
      )
  )
})

it.scoped("GRD-2 a verifier whose watch dies before it has looked is unknown for a while, and judged after that", () =>
  within({ runsMs: 1000, exit: 0 }, ({ machine, run }) =>
    Effect.gen(function* () {
      const clock = yield* Effect.clock
      const before = machine.processes.length
      let hasDied = false
      // Once, at the first look at the time after the program was started.
      const dying: Clock.Clock = {
        [Clock.ClockTypeId]: Clock.ClockTypeId,
        unsafeCurrentTimeMillis: () => clock.unsafeCurrentTimeMillis(),
        unsafeCurrentTimeNanos: () => clock.unsafeCurrentTimeNanos(),
        currentTimeMillis: Effect.suspend(() => {
          if (hasDied || machine.processes.length <= before + 1) return clock.currentTimeMillis
          hasDied = true
          return Effect.die(new TypeError("no time"))
        }),
        currentTimeNanos: clock.currentTimeNanos,
        sleep: (duration) => clock.sleep(duration)
      }
      const verifiers = yield* Verifiers.make(options)
      const look = verifiers.look(run, Effect.void)
      yield* Effect.withClock(verifiers.start(run, Effect.void), dying)
      yield* until(Effect.map(look, ({ _tag }) => _tag === "Unknown"))
      expect(yield* look).toEqual({ _tag: "Unknown", why: "TypeError: no time" })
      yield* until(Effect.map(look, ({ _tag }) => _tag === "Finished"))
      expect(yield* look).toMatchObject({ verdict: "PASS", tree: "t1" })
    })
  )
)
