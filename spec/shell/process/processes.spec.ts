/** The real layer: the contract, and what only real processes can show. */
import { it } from "@effect/vitest"
import { isDeepStrictEqual } from "node:util"
import fc from "fast-check"
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import { describe, expect } from "vitest"
import * as Exit from "../../../shell/process/Exit.ts"
import { ownedBy } from "../../../shell/process/OwnedSet.ts"
import { layer, Processes } from "../../../shell/process/Processes.ts"
import { make } from "../../../shell/process/ProcessTable.ts"
import * as ProcFs from "../../../shell/process/ProcFs.ts"
import * as Ps from "../../../shell/process/Ps.ts"
import type { SpawnRequest } from "../../../shell/process/SpawnRequest.ts"
import * as StartToken from "../../../shell/process/StartToken.ts"
import type { TableReader } from "../../../shell/process/TableReader.ts"
import { contract, type Words } from "./Contract.ts"
import { folder, freshMarker, owned, requestIn, spawn, until } from "./World.ts"

const sh = (script: string) => ({ command: "sh", args: ["-c", script] })

const words: Words = {
  exits: (status) => sh(`exit ${status}`),
  prints: sh("echo ran"),
  sleeps: { command: "sleep", args: ["60"] },
  ignoresTerm: sh("trap '' TERM; exec sleep 60"),
  ignoresInt: sh("trap '' INT; sleep 60 & wait"),
  interruptible: sh("trap 'exit 7' INT; setsid sleep 60 & while :; do sleep 0.01; done"),
  stopped: sh("kill -STOP $$; sleep 60"),
  leaves: sh("setsid sleep 60 & exit 0"),
  tree: sh("sleep 60 & (setsid sleep 60 &); env -u DROVER_ATTEMPT setsid sleep 60 & exec sleep 60"),
  breeds: sh("while :; do setsid sleep 60 & sleep 0.02; done"),
  stubborn: sh(`env -u DROVER_ATTEMPT setsid sh -c "trap '' TERM; exec sleep 60" & exec sleep 60`),
  missing: { command: "drover-spec-no-such-program", args: [] }
}

contract("real", words, () => layer)

const live = (title: string, body: () => Effect.Effect<void, unknown, Processes | Scope.Scope>) =>
  it.scopedLive(title, () => Effect.provide(body(), layer))

/** Runs it to its recorded end. */
const ended = (request: SpawnRequest) =>
  Effect.gen(function* () {
    yield* spawn(request)
    yield* until(Effect.map(Exit.read(request.directory), Option.isSome))
    return Option.getOrThrow(yield* Exit.read(request.directory))
  })

const text = (path: string) => Effect.promise(() => readFile(path, "utf8"))

describe("processes, real", () => {
  live("PRC-4 20 MB without a line end, and not UTF-8, do not block the child nor pass through this process", () =>
    Effect.gen(function* () {
      const directory = yield* folder
      const request = requestIn(
        directory,
        freshMarker(),
        sh("head -c 20000000 /dev/urandom; head -c 1000000 /dev/zero >&2")
      )
      const before = process.memoryUsage()
      expect(yield* ended(request)).toMatchObject({ code: 0 })
      const after = process.memoryUsage()
      expect((yield* Effect.promise(() => stat(request.stdout))).size).toBe(20_000_000)
      expect((yield* Effect.promise(() => stat(request.stderr))).size).toBe(1_000_000)
      expect(after.external + after.arrayBuffers - before.external - before.arrayBuffers).toBeLessThan(10_000_000)
    })
  )

  live("PRC-4 stdin is at its end, or is the prompt file to the byte", () =>
    Effect.gen(function* () {
      const none = yield* folder
      expect(yield* ended(requestIn(none, freshMarker(), sh("cat; echo end")))).toMatchObject({ code: 0 })
      expect(yield* text(join(none, "stdout.jsonl"))).toBe("end\n")
      const directory = yield* folder
      const prompt = "# a 'quoted' \"prompt\" $(touch x) `y` \\\n\n§\u0001"
      const stdin = join(directory, "prompt.md")
      yield* Effect.promise(() => writeFile(stdin, prompt))
      yield* ended({ ...requestIn(directory, freshMarker(), { command: "cat", args: [] }), stdin })
      expect(yield* text(join(directory, "stdout.jsonl"))).toBe(prompt)
    })
  )

  live("PRC-4 output is appended, so that a second run in the same files keeps the first's", () =>
    Effect.gen(function* () {
      const first = yield* folder
      const second = yield* folder
      const request = requestIn(first, freshMarker(), sh("echo one"))
      yield* ended(request)
      yield* ended({ ...request, directory: second, marker: freshMarker(), args: ["-c", "echo two"] })
      expect(yield* text(request.stdout)).toBe("one\ntwo\n")
    })
  )

  live("PRC-4 arguments and paths reach the program as they are", () =>
    Effect.gen(function* () {
      const word = fc.fullUnicodeString().filter((value) => !value.includes("\0"))
      for (const args of fc.sample(fc.array(word), { numRuns: 8, seed: fc.readConfigureGlobal().seed ?? 1 })) {
        const directory = join(yield* folder, "a 'b' \"c\" $d\n#")
        yield* Effect.promise(() => mkdir(directory))
        const command = { command: "sh", args: ["-c", String.raw`printf '%s\0' "$@"`, "sh", "-n", ...args] }
        yield* ended(requestIn(directory, freshMarker(), command))
        expect(yield* text(join(directory, "stdout.jsonl"))).toBe(["-n", ...args].map((arg) => `${arg}\0`).join(""))
      }
    })
  )

  live("PRC-4 the environment is the given one and the marker, nothing of the supervisor's", () =>
    Effect.gen(function* () {
      const directory = yield* folder
      const marker = freshMarker()
      const request = requestIn(directory, marker, { command: "/usr/bin/env", args: [] })
      yield* ended({ ...request, env: { A: "1", PATH: "/nowhere", DROVER_ATTEMPT: "another" } })
      const lines = (yield* text(request.stdout)).trim().split("\n")
      // The shell that is the wrapper adds where it is (POSIX) and, if it is bash, its level and last command.
      const own = lines.filter((line) => !/^(PWD|SHLVL|_)=/.test(line))
      expect(own.toSorted()).toEqual(["A=1", `DROVER_ATTEMPT=${marker}`, "PATH=/nowhere"])
    })
  )

  live("PRC-4 a program that is not there or may not be executed is refused, by its PATH and its directory", () =>
    Effect.gen(function* () {
      const directory = yield* folder
      const processes = yield* Processes
      yield* Effect.promise(() => writeFile(join(directory, "plain"), "echo no", { mode: 0o600 }))
      yield* Effect.promise(() => writeFile(join(directory, "tool"), "echo yes", { mode: 0o700 }))
      const request = (command: string, PATH: string) => ({
        ...requestIn(directory, freshMarker(), { command, args: [] }),
        env: { PATH }
      })
      for (const wrong of [
        request("./plain", "/bin"),
        request("tool", "/bin"),
        request("", "/bin"),
        request("/", "/bin")
      ]) {
        expect(yield* Effect.flip(processes.spawn(wrong))).toMatchObject({
          reason: "ProgramNotFound",
          path: wrong.command
        })
      }
      expect(yield* StartToken.read(directory)).toBe("free")
      // Relative to the directory of the program, as execvp has it; and without `#!` a shell script.
      expect(yield* ended(request("tool", "/nowhere:.:/bin"))).toMatchObject({ code: 0 })
      expect(yield* text(join(directory, "stdout.jsonl"))).toBe("yes\n")
    })
  )

  live("PRC-4 a file of output that can not be opened is named, and nothing starts", () =>
    Effect.gen(function* () {
      const directory = yield* folder
      const processes = yield* Processes
      const request = { ...requestIn(directory, freshMarker(), words.sleeps), stderr: join(directory, "no/where") }
      const failure = yield* Effect.flip(processes.spawn(request))
      expect(failure).toMatchObject({ reason: "Other", operation: "open file", path: request.stderr })
      expect(failure.message).toContain(request.stderr)
      expect(yield* StartToken.read(directory)).toBe("free")
    })
  )

  live("PRC-1 a signal to the whole group ends the program, and the wrapper stays to record it", () =>
    Effect.gen(function* () {
      for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
        const directory = yield* folder
        const root = yield* spawn(requestIn(directory, freshMarker(), sh("echo up; exec sleep 60")))
        yield* until(Effect.map(text(join(directory, "stdout.jsonl")), (output) => output === "up\n"))
        process.kill(-root.pid, signal)
        yield* until(Effect.map(Exit.read(directory), Option.isSome))
        expect(yield* Exit.read(directory)).toMatchObject(Option.some({ code: null, signal }))
        // Neither the shell's remark on the death nor anything else of the wrapper is in the agent's files.
        expect(yield* text(join(directory, "stderr.log"))).toBe("")
        expect((yield* Effect.promise(() => readdir(directory))).toSorted()).toEqual([
          "exit.json",
          "start",
          "stderr.log",
          "stdout.jsonl"
        ])
      }
    })
  )

  live("PRC-1 signals while the wrapper records do not cost the record", () =>
    Effect.gen(function* () {
      for (let run = 0; run < 5; run++) {
        const directory = yield* folder
        const root = yield* spawn(requestIn(directory, freshMarker(), sh("trap '' TERM; echo up; exit 3")))
        yield* until(Effect.map(text(join(directory, "stdout.jsonl")), (output) => output === "up\n"))
        // As fast as can be, while the wrapper lives: each tool of the record takes a millisecond.
        const shot = Effect.try(() => process.kill(root.pid, 0) && process.kill(-root.pid, "SIGTERM"))
        const pause = Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
        yield* Effect.ignore(Effect.forever(Effect.zipRight(shot, pause)))
        expect(yield* Exit.read(directory)).toMatchObject(Option.some({ code: 3, signal: null }))
      }
    })
  )

  live("PRC-1 a status is recorded as it is, but for those that a shell gives to a signal", () =>
    Effect.gen(function* () {
      const record = (status: number) =>
        Effect.gen(function* () {
          const { code, signal } = yield* ended(requestIn(yield* folder, freshMarker(), words.exits(status)))
          return code ?? signal
        })
      expect(yield* Effect.all([1, 127, 128, 137, 143, 170, 255].map(record), { concurrency: 4 })).toEqual([
        1,
        127,
        128,
        "SIGKILL",
        "SIGTERM",
        170,
        255
      ])
    })
  )

  live("PRC-2 a zombie is not alive", () =>
    Effect.gen(function* () {
      const directory = yield* folder
      const marker = freshMarker()
      const processes = yield* Processes
      // The sleep that takes the shell's place does not know of the child, so nobody asks how it ended.
      const root = yield* spawn(requestIn(directory, marker, sh("sleep 0 & exec sleep 60")))
      const zombies = Effect.map(processes.snapshot, (table) =>
        table.processes.filter((entry) => entry.sid === root.pid && entry.state === "Z")
      )
      yield* until(Effect.map(zombies, (found) => found.length === 1))
      const [zombie] = yield* zombies
      expect(yield* processes.identify(zombie?.pid ?? 0)).toEqual(Option.none())
      // The shell may not have begun yet to be the sleep that takes its place.
      const owned = Effect.map(processes.snapshot, (table) => ownedBy(table, { marker, root }))
      yield* until(Effect.map(owned, (set) => set.length === 2))
      expect((yield* owned).map((entry) => entry.pid)).not.toContain(zombie?.pid)
    })
  )

  live("PRC-3 ps tells the same of our processes as /proc does, and neither signals a pid that was used again", () =>
    Effect.gen(function* () {
      const directory = yield* folder
      const marker = freshMarker()
      const root = yield* spawn(requestIn(directory, marker, words.tree))
      yield* until(Effect.map(owned(marker), (set) => set.length === 5))
      const seen = (reader: TableReader) =>
        Effect.map(
          Effect.promise(() => reader.read()),
          (entries) =>
            ownedBy(make({ host: root.host, bootId: root.bootId, self: process.pid, processes: entries }), { marker })
              // Whether it has the processor just now is another matter at every look, and ps does not tell what it has used.
              .map(({ cpuMs: _used, startTime: _, state, ...entry }) => ({
                ...entry,
                state: state === "R" ? "S" : state
              }))
              .toSorted((a, b) => a.pid - b.pid)
        )
      // While the tree still grows, a process may come or go between two looks, or leave the group for its own.
      const isGrown = (entries: ReadonlyArray<{ readonly pgid: number }>): boolean =>
        entries.length === 5 && entries.filter(({ pgid }) => pgid === root.pid).length === 3
      const both = Effect.all([seen(Ps.reader), seen(ProcFs.reader)])
      yield* until(Effect.map(both, ([byPs, byProc]) => isGrown(byPs) && isDeepStrictEqual(byPs, byProc)))
      const looked = yield* Effect.promise(() => Ps.reader.look(root.pid))
      expect(looked).toMatchObject({ pgid: root.pid })
      for (const reader of [Ps.reader, ProcFs.reader]) {
        const signal = (later: number) =>
          Effect.promise(async () => {
            const [entry] = (await reader.read()).filter(({ pid }) => pid === root.pid)
            if (entry === undefined) throw new Error("not found")
            const startTime = String(Number(entry.startTime) + later)
            return reader.signal({ ...entry, startTime }, "SIGCONT", "group")
          })
        // The ps of Linux computes the second of the start from two clocks, and may be one off now and then.
        yield* until(signal(0))
        expect(yield* signal(5)).toBe(false)
        const members = Effect.promise(async () =>
          (await reader.read()).filter(({ pid, pgid }) => pgid === root.pid && pid !== root.pid)
        )
        for (const member of yield* members) {
          expect(yield* Effect.promise(() => reader.signal(member, "SIGCONT", "group"))).toBe(false)
        }
      }
    })
  )
})
