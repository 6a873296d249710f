/** What is seen of an attempt at each moment of its life, on a scripted machine with real folders. */
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import fc from "fast-check"
import { expect } from "vitest"
import type { AttemptRecord } from "../../../core/execution/AttemptRecord.ts"
import { defaultFlow } from "../../../core/task/Flow.ts"
import { AttemptNumber, TaskId } from "../../../core/task/Identifiers.ts"
import { create, type Task } from "../../../core/task/Task.ts"
import { stdoutFile } from "../../../shell/agents/Launch.ts"
import { type TreeState, unaddressed } from "../../../core/tick/World.ts"
import * as Places from "../../../shell/config/Places.ts"
import * as Trees from "../../../shell/git/Trees.ts"
import * as Worktrees from "../../../shell/git/Worktrees.ts"
import { Machine, type Program } from "../../../shell/process/Machine.ts"
import { layerMemory, Processes } from "../../../shell/process/Processes.ts"
import { exitFile } from "../../../shell/process/Wrapper.ts"
import * as AttemptSensor from "../../../shell/sensors/AttemptSensor.ts"
import { folder, requestIn } from "../process/World.ts"
import { attemptOf, specOf } from "../store/World.ts"

const task: Task = create({
  id: TaskId.make(1),
  batch: null,
  spec: specOf("one"),
  flow: defaultFlow,
  dependsOn: [],
  upcoming: false,
  createdAt: 0
})

interface Seen {
  /** What a look sees now. */
  readonly look: Effect.Effect<AttemptSensor.Sighting["observation"]>
  readonly sensor: AttemptSensor.AttemptSensor
  readonly record: AttemptRecord
  readonly machine: Machine
  readonly directory: string
  /** Has the task's directory hold that content. */
  readonly holds: (tree: string) => void
  /** A hook tells of that session. */
  readonly hears: (session: string, at: number) => void
}

/** One attempt of that program, started on a machine of its own. */
const attempt = (program: Program, body: (seen: Seen) => Effect.Effect<void>) =>
  Effect.gen(function* () {
    const path = yield* folder
    const places = Either.getOrThrow(Places.make({ DROVER_HOME: path, HOME: path }))
    const machine = new Machine({ script: () => program })
    const contents = new Map<string, TreeState>()
    const heard = new Map<string, number>()
    const heardAt = (session: string | null): number => heard.get(session ?? "") ?? 0
    const hears = (session: string, at: number): void => void heard.set(session, at)
    const holds = (tree: string): void => void contents.set(task.spec.cwd, { ...unaddressed, tree })
    const git = Layer.merge(Trees.layerMemory(contents), Worktrees.layerMemory)
    const directory = places.attempt(task.id, AttemptNumber.make(1))
    mkdirSync(directory, { recursive: true })
    yield* Effect.gen(function* () {
      const sensor = yield* AttemptSensor.make({ limitFallbackMs: 1000, prices: new Map(), heardAt })
      const unknown = attemptOf(task, 1)
      const unstarted = { ...unknown, progress: { ...unknown.progress, session: "own" } }
      const request = requestIn(directory, unstarted.marker, { command: "tool", args: [] })
      const process = yield* Effect.flatMap(Processes, ({ spawn }) => spawn(request))
      const record = { ...unstarted, process }
      const look = Effect.map(sensor.look([{ task, record }]), ([sighting]) => {
        if (sighting === undefined) throw new Error("nothing was seen")
        return sighting.observation
      })
      yield* body({ look, sensor, record, machine, directory, holds, hears })
    }).pipe(
      Effect.provide(Layer.mergeAll(layerMemory(machine), git, Layer.succeed(Places.Places, places))),
      Effect.orDie
    )
  })

const times = fc.integer({ min: 0, max: 3000 })

it.scoped.prop(
  "TCK-4 an attempt is seen alive until it is seen dead with its exit, and absent at no moment in between",
  [times, times, fc.array(fc.integer({ min: 1, max: 700 }), { maxLength: 6 }), fc.integer({ min: 0, max: 128 })],
  ([runsMs, lingersMs, pauses, exit]) =>
    attempt({ runsMs, lingersMs, exit, writes: [{ afterMs: 0, stdout: "a line" }] }, ({ look }) =>
      Effect.gen(function* () {
        const seen: Array<string> = []
        for (const pause of [...pauses, runsMs + lingersMs]) {
          seen.push((yield* look)._tag)
          yield* TestClock.adjust(pause)
        }
        const last = yield* look
        expect(seen.join(" ")).toMatch(/^(?:Alive ?)*(?:Dead ?)*$/)
        expect(last).toMatchObject({
          _tag: "Dead",
          how: exit === 0 ? { _tag: "Clean" } : { detail: expect.stringContaining(`${exit}`) }
        })
      })
    )
)

it.scoped("TCK-4 an exit record that makes no sense is unknown, and never an attempt that was lost", () =>
  attempt({ runsMs: 1000 }, ({ directory, look }) =>
    Effect.gen(function* () {
      yield* TestClock.adjust(1000)
      const record = join(directory, exitFile)
      writeFileSync(record, "{")
      expect(yield* look).toMatchObject({ _tag: "Unknown", why: expect.stringContaining(record) })
      writeFileSync(record, '{"code":0,"signal":null,"at":1}')
      expect(yield* look).toMatchObject({ _tag: "Dead" })
    })
  )
)

it.scoped("TCK-4 a look at a table that can not be read is unknown, and the next goes on", () =>
  attempt({ runsMs: 1000 }, ({ look, machine }) =>
    Effect.gen(function* () {
      machine.unreadable = "no more files"
      expect(yield* look).toMatchObject({ _tag: "Unknown", why: expect.stringContaining("no more files") })
      machine.unreadable = undefined
      expect(yield* look).toMatchObject({ _tag: "Alive" })
    })
  )
)

it.scoped("PRC-4 an attempt that is forgotten takes what was read of it along", () =>
  attempt({ runsMs: 10_000, writes: [{ afterMs: 0, stdout: "a line\n" }] }, ({ directory, look, record, sensor }) =>
    Effect.gen(function* () {
      yield* look
      expect(sensor.progressOf(record)).toMatchObject({ offset: 7, lastMessage: "a line" })
      writeFileSync(join(directory, stdoutFile), "another\n", { flag: "a" })
      sensor.forget(record)
      expect(sensor.progressOf(record)).toBe(record.progress)
    })
  )
)

const retry = JSON.stringify({ type: "system", subtype: "api_retry", error_status: 429, error: "rate_limit" })

it.scoped(
  "EXE-5 who is silent for long while it waits for its provider is seen as limited, until it says something",
  () =>
    attempt(
      {
        runsMs: 1_000_000,
        writes: [
          { afterMs: 0, stdout: `${retry}\n` },
          { afterMs: 90_000, stdout: "at work\n" }
        ]
      },
      ({ look }) =>
        Effect.gen(function* () {
          expect(yield* look).toMatchObject({ _tag: "Alive", limitedUntil: null })
          yield* TestClock.adjust(59_000)
          expect(yield* look).toMatchObject({ _tag: "Alive", limitedUntil: null })
          yield* TestClock.adjust(2000)
          expect(yield* look).toMatchObject({ _tag: "Alive", limitedUntil: 62_000, limitCause: "rate" })
          yield* TestClock.adjust(29_000)
          expect(yield* look).toMatchObject({ _tag: "Alive", limitedUntil: null })
        })
    )
)

it.scoped(
  "EXE-12 what has the marker before the start token is taken makes a directory ready: nothing was started yet",
  () =>
    attempt({ runsMs: 1000, startMs: 500 }, ({ record, sensor }) =>
      Effect.gen(function* () {
        const apart: Task = { ...task, spec: { ...task.spec, isolate: "worktree" } }
        const look = Effect.map(
          sensor.look([{ task: apart, record: { ...record, process: null } }]),
          ([seen]) => seen?.observation
        )
        expect(yield* look).toEqual({ _tag: "Absent", token: "free" })
        yield* TestClock.adjust(600)
        expect(yield* look).toMatchObject({ _tag: "Alive" })
      })
    )
)

/** When it was last seen at work, after so many seconds with a look in each. */
const seenAfter = (seconds: number, look: Seen["look"], each: (second: number) => void = () => undefined) =>
  Effect.gen(function* () {
    let last = -1
    for (let second = 1; second <= seconds; second++) {
      yield* TestClock.adjust("1 second")
      each(second)
      const seen = yield* look
      if (seen._tag === "Alive") last = seen.lastProgressAt
    }
    return last
  })

it.scoped("EXE-6 who says nothing is seen at work while its processes compute, and is not while they only wait", () =>
  Effect.zipRight(
    attempt({ runsMs: 1_000_000, busy: 0.5 }, ({ look }) =>
      Effect.gen(function* () {
        expect(yield* seenAfter(200, look)).toBeGreaterThan(180_000)
      })
    ),
    attempt({ runsMs: 1_000_000, busy: 0.05 }, ({ look, record }) =>
      Effect.gen(function* () {
        expect(yield* seenAfter(200, look)).toBe(record.progress.lastProgressAt)
      })
    )
  )
)

it.scoped("EXE-6 who says nothing is seen at work when a hook tells of its session, and only then", () =>
  attempt({ runsMs: 1_000_000 }, ({ hears, look, record }) =>
    Effect.gen(function* () {
      hears("another", 50_000)
      expect(yield* seenAfter(60, look)).toBe(record.progress.lastProgressAt)
      hears("own", 55_000)
      expect(yield* seenAfter(60, look)).toBe(55_000)
    })
  )
)

it.scoped("EXE-6 who says nothing is seen at work when the content of its directory changes, and only then", () =>
  attempt({ runsMs: 1_000_000 }, ({ holds, look, record }) =>
    Effect.gen(function* () {
      const half = (task.spec.inactivitySecs * 1000) / 2
      holds("one")
      expect(yield* seenAfter(half / 1000 + 10, look)).toBe(record.progress.lastProgressAt)
      holds("two")
      const changed = yield* seenAfter(half / 2000, look)
      expect(changed).toBeGreaterThan(half)
      // The same content is no sign, however often it is looked at.
      expect(yield* seenAfter((2 * half) / 1000, look)).toBe(changed)
    })
  )
)
