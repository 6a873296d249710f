/** The scripted layer: the contract, and what needs a virtual clock or a process that nothing ends. */
import { it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"
import { describe, expect } from "vitest"
import * as Exit from "../../../shell/process/Exit.ts"
import { type Child, Machine, type Program } from "../../../shell/process/Machine.ts"
import { layerMemory, Processes } from "../../../shell/process/Processes.ts"
import { make } from "../../../shell/process/ProcessTable.ts"
import * as StartToken from "../../../shell/process/StartToken.ts"
import { type Kernel, stop } from "../../../shell/process/Stop.ts"
import { contract, type Words } from "./Contract.ts"
import { folder, owned, requestIn } from "./World.ts"

const long = 60_000
const sleeper: Child = { runsMs: long }

const programs: Readonly<Record<string, Program>> = {
  prints: { runsMs: 5, writes: [{ afterMs: 1, stdout: "ran\n" }] },
  sleeps: { runsMs: long },
  ignoresTerm: { runsMs: long, termMs: Number.POSITIVE_INFINITY },
  ignoresInt: { runsMs: long, children: [sleeper] },
  interruptible: { runsMs: long, int: { afterMs: 5, exit: 7 }, children: [{ ...sleeper, ownSession: true }] },
  stopped: { runsMs: long, stopped: true },
  leaves: { runsMs: 5, children: [{ ...sleeper, ownSession: true }] },
  tree: {
    runsMs: long,
    children: [
      sleeper,
      { ...sleeper, ownSession: true, unmarked: true },
      { ...sleeper, ownSession: true, orphaned: true }
    ]
  },
  stubborn: {
    runsMs: long,
    children: [{ ...sleeper, ownSession: true, unmarked: true, termMs: Number.POSITIVE_INFINITY }]
  },
  breeds: {
    runsMs: long,
    termMs: 50,
    children: Array.from({ length: 1000 }, (_, index) => ({ ...sleeper, ownSession: true, afterMs: index * 20 }))
  }
}

const machine = () =>
  new Machine({
    script: ({ command, args }) =>
      command === "exits" ? { runsMs: 5, exit: Number(args[0]) } : (programs[command] ?? "ProgramNotFound")
  })

const word = (command: string) => ({ command, args: [] })

const words: Words = {
  exits: (status) => ({ command: "exits", args: [String(status)] }),
  prints: word("prints"),
  sleeps: word("sleeps"),
  ignoresTerm: word("ignoresTerm"),
  ignoresInt: word("ignoresInt"),
  interruptible: word("interruptible"),
  stopped: word("stopped"),
  leaves: word("leaves"),
  tree: word("tree"),
  breeds: word("breeds"),
  stubborn: word("stubborn"),
  missing: word("missing")
}

contract("scripted", words, () => layerMemory(machine()))

/** A machine of one program, virtual time, and the service. */
const within = (
  program: Program,
  body: (machine: Machine, directory: string) => Effect.Effect<void, unknown, Processes>
) =>
  Effect.gen(function* () {
    const directory = yield* folder
    const only = new Machine({ script: () => program })
    yield* Effect.provide(body(only, directory), layerMemory(only))
  })

const never = Number.POSITIVE_INFINITY

describe("processes, scripted, in virtual time", () => {
  it.scoped("PRC-2 KILL comes after the whole grace and not before", () =>
    within({ runsMs: never, termMs: never }, (_, directory) =>
      Effect.gen(function* () {
        const processes = yield* Processes
        const root = yield* processes.spawn(requestIn(directory, "m", word("any")))
        const stopping = yield* Effect.fork(processes.stop({ marker: "m", root, graceMs: 10_000 }))
        yield* TestClock.adjust(9_999)
        expect(yield* owned("m")).toHaveLength(2)
        yield* TestClock.adjust(300)
        expect(yield* Fiber.join(stopping)).toMatchObject({ _tag: "Empty" })
        expect(yield* Exit.read(directory)).toMatchObject(Option.some({ signal: "SIGKILL" }))
      })
    )
  )

  it.scoped("PRC-2 each process gets one TERM, so that a second does not cut its clean end short", () =>
    within({ runsMs: never, termMs: 5_000 }, (machine, directory) =>
      Effect.gen(function* () {
        const processes = yield* Processes
        const root = yield* processes.spawn(requestIn(directory, "m", word("any")))
        const signals: Array<string> = []
        const deliver = machine.signal.bind(machine)
        machine.signal = (process, signal, target, now) => {
          signals.push(`${process.pid} ${signal} ${target}`)
          return deliver(process, signal, target, now)
        }
        const stopping = yield* Effect.fork(processes.stop({ marker: "m", root, graceMs: 10_000 }))
        yield* TestClock.adjust(10_000)
        expect(yield* Fiber.join(stopping)).toEqual({ _tag: "Empty", signalled: 2 })
        expect(signals).toEqual([...new Set(signals)])
        expect(signals.every((line) => line.endsWith("SIGTERM process"))).toBe(true)
      })
    )
  )

  it.scoped("EXE-2 what nothing ends is reported as a survivor, never as empty", () =>
    within({ runsMs: never, termMs: never, killMs: never }, (_, directory) =>
      Effect.gen(function* () {
        const processes = yield* Processes
        const root = yield* processes.spawn(requestIn(directory, "m", word("any")))
        const stopping = yield* Effect.fork(processes.stop({ marker: "m", root, graceMs: 1_000 }))
        yield* TestClock.adjust(10_000)
        const stopped = yield* Fiber.join(stopping)
        expect(stopped).toMatchObject({ _tag: "Survivors", processes: [{ marker: "m" }] })
      })
    )
  )

  it.scoped("EXE-2 a table that can not be read makes a stop fail, before it or in its midst", () =>
    within({ runsMs: never, termMs: never }, (machine, directory) =>
      Effect.gen(function* () {
        const processes = yield* Processes
        yield* processes.spawn(requestIn(directory, "m", word("any")))
        const stopping = yield* Effect.fork(Effect.flip(processes.stop({ marker: "m", graceMs: 1_000 })))
        yield* TestClock.adjust(500)
        machine.unreadable = "no memory"
        yield* TestClock.adjust(1_000)
        expect(yield* Fiber.join(stopping)).toMatchObject({ _tag: "ProcessTableUnreadable", cause: "no memory" })
        expect(yield* Effect.flip(processes.stop({ marker: "m", graceMs: 0 }))).toMatchObject({ cause: "no memory" })
        expect(yield* Effect.flip(processes.identify(1))).toMatchObject({ cause: "no memory" })
      })
    )
  )

  it.scoped("PRC-3 a group that a neighbour has joined is not signalled as a group", () =>
    within({ runsMs: never, termMs: never }, (machine, directory) =>
      Effect.gen(function* () {
        const processes = yield* Processes
        yield* processes.spawn(requestIn(directory, "other", word("any")))
        // Of a person's pipeline in a terminal, the first has the marker and leads the group of both.
        const leader = machine.enter({ marker: "m" })
        const neighbour = machine.enter({ pgid: leader, sid: leader })
        const stopping = yield* Effect.fork(processes.stop({ marker: "m", graceMs: 0 }))
        yield* TestClock.adjust(10_000)
        yield* Fiber.join(stopping)
        expect(machine.processes.map((entry) => entry.pid)).toContain(neighbour)
        expect(yield* owned("other")).toHaveLength(2)
      })
    )
  )

  it.scoped("PRC-2 KILL reaches the process that its group gets between the look and the signal", () =>
    within({ runsMs: never, termMs: never }, (machine) =>
      Effect.gen(function* () {
        const processes = yield* Processes
        const leader = machine.enter({ marker: "m" })
        const deliver = machine.signal.bind(machine)
        let late = 0
        machine.signal = (process, signal, target, now) => {
          if (late === 0) late = machine.enter({ pgid: leader, sid: leader })
          return deliver(process, signal, target, now)
        }
        const stopping = yield* Effect.fork(processes.stop({ marker: "m", graceMs: 0 }))
        yield* TestClock.adjust(10_000)
        expect(yield* Fiber.join(stopping)).toMatchObject({ _tag: "Empty" })
        expect(machine.processes.map((entry) => entry.pid)).not.toContain(late)
      })
    )
  )

  it.scoped("PRC-2 one look that shows nobody proves nothing, since a look is not one instant", () =>
    within({ runsMs: never }, (machine, directory) =>
      Effect.gen(function* () {
        const processes = yield* Processes
        yield* processes.spawn(requestIn(directory, "m", word("any")))
        let looks = 0
        const torn = Effect.map(processes.snapshot, (table) =>
          looks++ === 0 ? make({ ...table, processes: [] }) : table
        )
        const kernel: Kernel = {
          snapshot: torn,
          signal: (process, signal, target) => Effect.sync(() => machine.signal(process, signal, target, 0))
        }
        const stopping = yield* Effect.fork(stop(kernel, { marker: "m", graceMs: 1_000 }))
        yield* TestClock.adjust(10_000)
        expect(yield* Fiber.join(stopping)).toEqual({ _tag: "Empty", signalled: 2 })
      })
    )
  )

  it.scoped("EXE-12 a wrapper that was held up past a revocation starts nothing", () =>
    within({ runsMs: never, startMs: 1_000 }, (_, directory) =>
      Effect.gen(function* () {
        const processes = yield* Processes
        yield* processes.spawn(requestIn(directory, "m", word("any")))
        expect(yield* owned("m")).toHaveLength(1)
        expect(yield* StartToken.revoke(directory)).toBe("revoked")
        yield* TestClock.adjust(1_000)
        expect(yield* owned("m")).toEqual([])
      })
    )
  )

  it.scoped("PRC-1 programs outlive the supervisor, and the next one finds them and their exit", () =>
    Effect.gen(function* () {
      const directory = yield* folder
      const ended = yield* Deferred.make<void>()
      const survivor = new Machine({
        script: () => ({ runsMs: 5_000, exit: 7, ends: () => Deferred.unsafeDone(ended, Effect.void) })
      })
      const root = yield* Effect.provide(
        Effect.flatMap(Processes, (processes) => processes.spawn(requestIn(directory, "m", word("any")))),
        layerMemory(survivor)
      )
      yield* Effect.gen(function* () {
        expect((yield* owned("m")).map((entry) => entry.pid)).toContain(root.pid)
        yield* TestClock.adjust(5_000)
        expect(yield* owned("m")).toEqual([])
        yield* Deferred.await(ended)
        expect(yield* Exit.read(directory)).toEqual(Option.some({ code: 7, signal: null, at: 5 }))
      }).pipe(Effect.provide(layerMemory(survivor)))
    })
  )
})
