/** What every layer of the processes service must do; run against real processes and against scripted ones. */
import { it } from "@effect/vitest"
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { describe, expect } from "vitest"
import * as Exit from "../../../shell/process/Exit.ts"
import { ownedBy } from "../../../shell/process/OwnedSet.ts"
import { findAlive, isAlive } from "../../../shell/process/ProcessTable.ts"
import { Processes } from "../../../shell/process/Processes.ts"
import * as StartToken from "../../../shell/process/StartToken.ts"
import { type Command, folder, freshMarker, owned, requestIn, spawn, until } from "./World.ts"

/** How each layer says what a program does. Those that sleep do so far longer than any spec. */
export interface Words {
  readonly exits: (status: number) => Command
  /** Prints `ran` and a line feed, then ends. */
  readonly prints: Command
  readonly sleeps: Command
  readonly ignoresTerm: Command
  /** These two have a child once they are ready: the second ends with status 7 when it gets an INT, and leaves it behind. */
  readonly ignoresInt: Command
  readonly interruptible: Command
  /** Stops itself, as by SIGSTOP. */
  readonly stopped: Command
  /** Ends at once, and leaves a child in a session of its own. */
  readonly leaves: Command
  /** Sleeps, with three sleeping: in its group; without marker in an own session; double-forked in an own session. */
  readonly tree: Command
  /** Sleeps, and starts a child in a session of its own every now and then. */
  readonly breeds: Command
  /** Sleeps, with a child without marker in an own session that ignores TERM. */
  readonly stubborn: Command
  readonly missing: Command
}

const stdoutOf = (directory: string) => Effect.promise(() => readFile(join(directory, "stdout.jsonl"), "utf8"))

export const contract = (name: string, words: Words, layer: () => Layer.Layer<Processes, unknown>): void => {
  const live = (title: string, body: () => Effect.Effect<void, unknown, Processes | Scope.Scope>) =>
    it.scopedLive(title, () => Effect.provide(body(), layer()))

  /** Starts it in a folder of its own and waits until `count` of its processes live, the wrapper among them. */
  const started = (command: Command, count: number, marker = freshMarker()) =>
    Effect.gen(function* () {
      const directory = yield* folder
      const root = yield* spawn(requestIn(directory, marker, command))
      const processes = yield* Processes
      const set = Effect.map(processes.snapshot, (table) => ownedBy(table, { marker, root }))
      // Before it has the token the wrapper may be two processes as well.
      yield* until(Effect.map(StartToken.holder(directory), Option.isSome))
      yield* until(Effect.map(set, (entries) => entries.length >= count))
      return { directory, marker, root, set }
    })

  const emptied = (command: Command, count: number, graceMs: number, interruptMs?: number) =>
    Effect.gen(function* () {
      const { marker, root, directory, set } = yield* started(command, count)
      const before = yield* set
      const processes = yield* Processes
      const stopped = yield* processes.stop({ marker, root, graceMs, interruptMs })
      expect(stopped._tag).toBe("Empty")
      // The wrapper may go by itself, once its program was killed.
      expect(stopped.signalled).toBeGreaterThanOrEqual(count - 1)
      const table = yield* processes.snapshot
      const survivors = table.processes.filter(
        (entry) => isAlive(entry) && before.some((one) => one.pid === entry.pid && one.startTime === entry.startTime)
      )
      expect(survivors).toEqual([])
      return { directory, marker, root }
    })

  describe(`processes, ${name}`, () => {
    live("EXE-12 a start takes the token, and the process is found again by its marker", () =>
      Effect.gen(function* () {
        const { directory, marker, root } = yield* started(words.sleeps, 2)
        const processes = yield* Processes
        expect(yield* StartToken.read(directory)).toBe("taken")
        expect(yield* StartToken.holder(directory)).toEqual(Option.some(root.pid))
        expect(yield* processes.identify(root.pid)).toEqual(Option.some(root))
        expect(findAlive(yield* processes.snapshot, root)).toBeDefined()
        expect((yield* owned(marker)).map((entry) => entry.pid)).toContain(root.pid)
        expect(root).toMatchObject({ host: processes.host, bootId: processes.bootId })
      })
    )

    live("EXE-12 of many starts in one folder one runs", () =>
      Effect.gen(function* () {
        const directory = yield* folder
        const marker = freshMarker()
        const request = requestIn(directory, marker, words.prints)
        yield* Effect.all(
          [1, 2, 3, 4].map(() => spawn(request)),
          { concurrency: "unbounded" }
        )
        yield* until(Effect.map(Exit.read(directory), Option.isSome))
        yield* until(Effect.map(owned(marker), (set) => set.length === 0))
        yield* spawn(request)
        yield* until(Effect.map(owned(marker), (set) => set.length === 0))
        expect(yield* stdoutOf(directory)).toBe("ran\n")
      })
    )

    live("EXE-12 a revoked folder starts nothing and records no exit", () =>
      Effect.gen(function* () {
        const directory = yield* folder
        const marker = freshMarker()
        expect(yield* StartToken.read(directory)).toBe("free")
        expect(yield* StartToken.revoke(directory)).toBe("revoked")
        yield* spawn(requestIn(directory, marker, words.prints))
        yield* until(Effect.map(owned(marker), (set) => set.length === 0))
        expect(yield* stdoutOf(directory)).toBe("")
        expect(yield* Exit.read(directory)).toEqual(Option.none())
        expect(yield* StartToken.read(directory)).toBe("revoked")
        expect(yield* StartToken.revoke(directory)).toBe("revoked")
      })
    )

    live("EXE-12 revoking after a start says that it was taken, and leaves it so", () =>
      Effect.gen(function* () {
        const { directory } = yield* started(words.sleeps, 2)
        expect(yield* StartToken.revoke(directory)).toBe("taken")
        expect(yield* StartToken.read(directory)).toBe("taken")
      })
    )

    live("EXE-12 what can not be started fails with the place, and takes no token", () =>
      Effect.gen(function* () {
        const directory = yield* folder
        const marker = freshMarker()
        const processes = yield* Processes
        const request = requestIn(directory, marker, words.sleeps)
        const gone = join(directory, "gone")
        const failures = yield* Effect.all(
          [requestIn(directory, marker, words.missing), { ...request, cwd: gone }, { ...request, directory: gone }].map(
            (wrong) => Effect.either(processes.spawn(wrong))
          )
        )
        expect(failures.map((result) => Either.isLeft(result) && [result.left.reason, result.left.path])).toEqual([
          ["ProgramNotFound", words.missing.command],
          ["DirectoryMissing", gone],
          ["DirectoryMissing", gone]
        ])
        expect(yield* StartToken.read(directory)).toBe("free")
        expect(yield* owned(marker)).toEqual([])
      })
    )

    live("PRC-1 the exit is recorded, with its status", () =>
      Effect.gen(function* () {
        for (const status of [0, 3]) {
          const directory = yield* folder
          const began = Math.floor(Date.now() / 1000)
          yield* spawn(requestIn(directory, freshMarker(), words.exits(status)))
          yield* until(Effect.map(Exit.read(directory), Option.isSome))
          const exit = Option.getOrThrow(yield* Exit.read(directory))
          expect(exit).toMatchObject({ code: status, signal: null })
          expect(exit.at).toBeGreaterThanOrEqual(began)
        }
      })
    )

    live("PRC-1 the end of a program is told to who listens", () =>
      Effect.gen(function* () {
        const directory = yield* folder
        const marker = freshMarker()
        const processes = yield* Processes
        const first = yield* Effect.fork(Stream.runHead(processes.exits))
        // The subscription is there once the fiber waits for its first message.
        yield* until(Effect.map(Fiber.status(first), (status) => status._tag === "Suspended"))
        yield* spawn(requestIn(directory, marker, words.exits(0)))
        expect(yield* Fiber.join(first)).toEqual(Option.some(marker))
      })
    )

    live("PRC-2 a stop empties group, descendants, own sessions and double-forked holders of the marker", () =>
      Effect.asVoid(emptied(words.tree, 5, 10_000))
    )

    live("PRC-2 a stop outlasts those who ignore TERM", () => Effect.asVoid(emptied(words.ignoresTerm, 2, 20)))

    live(
      "PRC-2 a program that is interrupted first ends in its own way, and what it leaves behind is ended after it",
      () =>
        Effect.gen(function* () {
          const { directory } = yield* emptied(words.interruptible, 3, 30_000, 30_000)
          expect(yield* Exit.read(directory)).toMatchObject(Option.some({ code: 7, signal: null }))
        })
    )

    live("PRC-2 who does not care for an INT gets TERM after its time, and so does who is sent none", () =>
      Effect.gen(function* () {
        for (const [command, interruptMs] of [
          [words.ignoresInt, 50],
          [words.interruptible, 0]
        ] as const) {
          const { directory } = yield* emptied(command, 3, 30_000, interruptMs)
          expect(yield* Exit.read(directory)).toMatchObject(Option.some({ code: null, signal: "SIGTERM" }))
        }
      })
    )

    live("PRC-2 a stop still knows the unmarked child whose parent has gone before it", () =>
      Effect.asVoid(emptied(words.stubborn, 3, 50))
    )

    live("PRC-2 a stop ends what was stopped, without KILL, since its end is told as TERM", () =>
      Effect.gen(function* () {
        const { directory } = yield* emptied(words.stopped, 2, 30_000)
        expect(yield* Exit.read(directory)).toMatchObject(Option.some({ code: null, signal: "SIGTERM" }))
      })
    )

    live("PRC-2 a stop tells the death by KILL of the program, since the wrapper goes last", () =>
      Effect.gen(function* () {
        const { directory } = yield* emptied(words.sleeps, 2, 0)
        expect(yield* Exit.read(directory)).toMatchObject(Option.some({ code: null, signal: "SIGKILL" }))
      })
    )

    live("PRC-2 a stop includes what appears while it goes on", () => Effect.asVoid(emptied(words.breeds, 3, 60)))

    live("PRC-2 what a clean exit leaves behind is still in the set, and a stop ends it", () =>
      Effect.gen(function* () {
        const { directory, marker, root } = yield* started(words.leaves, 1)
        const processes = yield* Processes
        yield* until(Effect.map(Exit.read(directory), Option.isSome))
        yield* until(Effect.map(processes.identify(root.pid), Option.isNone))
        expect(yield* owned(marker)).toHaveLength(1)
        expect(yield* processes.stop({ marker, graceMs: 10_000 })).toEqual({ _tag: "Empty", signalled: 1 })
        expect(yield* owned(marker)).toEqual([])
      })
    )

    live("PRC-2 stopping an empty set is at once proved empty", () =>
      Effect.gen(function* () {
        const processes = yield* Processes
        expect(yield* processes.stop({ marker: freshMarker(), graceMs: 60_000 })).toEqual({
          _tag: "Empty",
          signalled: 0
        })
      })
    )

    live("PRC-3 neighbours whose marker begins or goes on differently live, a run of the same attempt too", () =>
      Effect.gen(function* () {
        const marker = freshMarker()
        const longer = yield* started(words.sleeps, 2, `${marker}0`)
        const shorter = yield* started(words.sleeps, 2, marker.slice(0, -1))
        const run = yield* started(words.sleeps, 2, `${marker}.v1`)
        yield* started(words.sleeps, 2, marker)
        const processes = yield* Processes
        expect((yield* processes.stop({ marker, graceMs: 10_000 }))._tag).toBe("Empty")
        expect(yield* longer.set).toHaveLength(2)
        expect(yield* shorter.set).toHaveLength(2)
        expect(yield* run.set).toHaveLength(2)
      })
    )

    live("PRC-3 a pid that was used again is nobody's root", () =>
      Effect.gen(function* () {
        const neighbour = yield* started(words.tree, 5)
        const processes = yield* Processes
        const { root } = neighbour
        const mistaken = [
          { ...root, startTime: `${root.startTime}1` },
          { ...root, bootId: "an earlier boot" },
          { ...root, host: "another machine" }
        ]
        for (const wrong of mistaken) {
          const stopped = yield* processes.stop({ marker: freshMarker(), root: wrong, known: [wrong], graceMs: 0 })
          expect(stopped).toEqual({ _tag: "Empty", signalled: 0 })
        }
        expect(yield* neighbour.set).toHaveLength(5)
      })
    )
  })
}
