/** The looks themselves: at real processes, at the real disk, at the real machine. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { chmod, mkdir, readFile, symlink, writeFile } from "node:fs/promises"
import { hostname, tmpdir } from "node:os"
import { join } from "node:path"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"
import { afterEach, expect, vi } from "vitest"
import { classifyDevice } from "../../../core/ownership/Device.ts"
import { unknown } from "../../../core/ownership/Volume.ts"
import * as HostId from "../../../shell/ownership/HostId.ts"
import { heldOf } from "../../../shell/ownership/LockRecord.ts"
import * as Probes from "../../../shell/ownership/Probes.ts"
import * as VolumeLook from "../../../shell/ownership/VolumeLook.ts"
import { layer as processesLayer, Processes } from "../../../shell/process/Processes.ts"
import { ProcessTableUnreadable } from "../../../shell/process/ProcessTable.ts"
import { folder, places, realProbes, recordOf } from "./Folder.ts"

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
})

const real = Effect.flatMap(folder, (home) => Effect.provide(Probes.Probes, realProbes(home)))

/** A process table that answers what it is told, and counts how often it was asked for whom. */
const scripted = (answer: "gone" | "unreadable") =>
  Effect.gen(function* () {
    const asked: Array<number> = []
    const identify = (pid: number) =>
      Effect.suspend(() => {
        asked.push(pid)
        return answer === "gone"
          ? Effect.succeed(Option.none())
          : new ProcessTableUnreadable({ operation: "look", cause: "told so" })
      })
    const processes = Layer.effect(
      Processes,
      Effect.map(Processes, (table) => ({ ...table, identify, bootId: "boot" }))
    ).pipe(Layer.provide(processesLayer))
    const home = yield* folder
    const probes = yield* Effect.provide(
      Probes.Probes,
      Probes.layer.pipe(Layer.provide(places(home)), Layer.provide(processes))
    )
    return { asked, probes }
  })

const failsWith = (code: string) => () => {
  throw Object.assign(new Error(code), { code })
}

it.scoped("OWN-5 a real process is alive, gone, or another under its number: by its start and its boot", () =>
  Effect.gen(function* () {
    const probes = yield* real
    const self = yield* probes.self
    expect(self).toMatchObject({ pid: process.pid, hostname: hostname() })
    const { bootId, pid, pidStart: startTime } = self
    const at = (changed: Partial<Parameters<typeof recordOf>[1]>) =>
      probes.process(heldOf(recordOf("x", { pid, startTime, bootId, ...changed })))
    expect(yield* at({})).toBe("Alive")
    expect(yield* at({ startTime: "1" })).toBe("Recycled")
    expect(yield* at({ bootId: "earlier" })).toBe("Recycled")
    const child = spawn("true")
    yield* Effect.promise(() => once(child, "exit"))
    expect(yield* at({ pid: child.pid ?? 0 })).toBe("Dead")
  })
)

it.scoped("OWN-3 who may not be asked for (EPERM) lives, and whom nobody can look for is unknown", () =>
  Effect.gen(function* () {
    const lock = heldOf(recordOf("x"))
    const gone = yield* scripted("gone")
    for (const [code, state] of [
      ["ESRCH", "Dead"],
      ["EPERM", "Alive"],
      ["EINVAL", "Unknown"]
    ] as const) {
      vi.spyOn(process, "kill").mockImplementation(failsWith(code))
      expect(yield* gone.probes.process(lock)).toBe(state)
    }
    const unreadable = yield* scripted("unreadable")
    expect(yield* unreadable.probes.process(lock)).toBe("Unknown")
    expect(yield* Effect.flip(unreadable.probes.self)).toBeInstanceOf(ProcessTableUnreadable)
    expect(yield* Effect.flip(gone.probes.self)).toBeInstanceOf(ProcessTableUnreadable)
  })
)

it.scoped("OWN-2 nobody is looked for who is of an earlier boot, and nobody before the probe is made", () =>
  Effect.gen(function* () {
    const { asked, probes } = yield* scripted("gone")
    const kill = vi.spyOn(process, "kill").mockImplementation(failsWith("ESRCH"))
    expect(yield* probes.process(heldOf(recordOf("x", { bootId: "earlier" })))).toBe("Recycled")
    yield* probes.heartbeat(heldOf(recordOf("x")))
    yield* probes.volume
    expect([asked, kill.mock.calls]).toEqual([[], []])
    yield* probes.process(heldOf(recordOf("x")))
    expect([asked, kill.mock.calls]).toEqual([[4242], [[4242, 0]]])
  })
)

it.scoped("OWN-1 a heartbeat is as old as the clock says", () =>
  Effect.gen(function* () {
    const probes = yield* real
    const beaten = heldOf(recordOf("x", {}, { heartbeatAt: 1000 }))
    const states: Array<string> = []
    for (const at of [999, 1000, 300_999, 301_000]) {
      yield* TestClock.setTime(at)
      states.push(yield* probes.heartbeat(beaten))
    }
    expect(states).toEqual(["Unknown", "Fresh", "Fresh", "Stale"])
    expect(yield* probes.heartbeat(heldOf(recordOf("x", {}, { heartbeatAt: null })))).toBe("Unknown")
  })
)

it.scoped(
  "OWN-8 of the real disk df tells the source, and what holds a folder that is not there yet is what will",
  () =>
    Effect.gen(function* () {
      const home = yield* folder
      const there = yield* VolumeLook.look(home)
      expect(there.source).not.toBeNull()
      if (there.source !== null && there.fstype !== "overlay") {
        expect(there.filesystem).toBe(classifyDevice(there.source, there.fstype ?? undefined))
      }
      expect(yield* VolumeLook.look(join(home, "not", "there"))).toEqual(there)
      yield* Effect.promise(() => symlink(home, join(home, "link")))
      expect(yield* VolumeLook.look(join(home, "link", "not there"))).toEqual(there)
      yield* Effect.promise(() => writeFile(join(home, "file"), ""))
      expect(yield* VolumeLook.look(join(home, "file", "in it"))).toEqual(unknown)
    })
)

/** Puts a program in df's place, before all others. */
const insteadOfDf = (home: string, script: string) =>
  Effect.promise(async () => {
    const bin = join(home, "bin")
    await mkdir(bin)
    await writeFile(join(bin, "df"), `#!/bin/sh\n${script}\n`)
    await chmod(join(bin, "df"), 0o755)
    vi.stubEnv("PATH", `${bin}:${process.env.PATH ?? ""}`)
  })

it.scoped("OWN-8 a df that fails, or prints what nobody understands, proves nothing", () =>
  Effect.gen(function* () {
    for (const script of ['df=$(/bin/df -P /); echo "$df"; exit 1', "echo no idea", "kill -9 $$"]) {
      const home = yield* folder
      yield* insteadOfDf(home, script)
      expect(yield* VolumeLook.look(home)).toEqual(unknown)
      vi.unstubAllEnvs()
    }
  })
)

it.scoped(
  "OWN-8 a df that does not answer is given three seconds, is killed, and proves nothing; the loop goes on meanwhile",
  () =>
    Effect.gen(function* () {
      const home = yield* folder
      const pidFile = join(home, "pid")
      yield* insteadOfDf(home, `echo $$ > ${pidFile}.new; mv ${pidFile}.new ${pidFile}; exec sleep 600`)
      const look = yield* Effect.fork(VolumeLook.look(home))
      const pid = yield* Effect.promise(async () => {
        for (;;) {
          const text = await readFile(pidFile, "utf8").catch(() => "")
          if (text !== "") return Number(text)
          await new Promise((resolve) => setTimeout(resolve, 5))
        }
      })
      yield* TestClock.adjust("2999 millis")
      expect(yield* Fiber.poll(look)).toEqual(Option.none())
      yield* TestClock.adjust("1 millis")
      expect(yield* Fiber.join(look)).toEqual(unknown)
      const { identify } = yield* Effect.provide(Processes, processesLayer)
      yield* Effect.promise(async () => {
        while (Option.isSome(await Effect.runPromise(identify(pid))))
          await new Promise((resolve) => setTimeout(resolve, 5))
      })
    })
)

it.scoped("OWN-5 a machine is known by its own id, which is shown nowhere, or by none", () =>
  Effect.gen(function* () {
    const id = "3d1219c7c4c5404aaa1f6d2a48adfda4"
    expect(HostId.ofFile(`${id}\n`)).toBe(id)
    expect(HostId.ofFile(id.toUpperCase())).toBe(id)
    for (const text of ["", "uninitialized\n", id.slice(1), `${id}0`, `${id}\n${id}`, "0".repeat(32)]) {
      expect(HostId.ofFile(text)).toBeNull()
    }
    const registry = (uuid: string) =>
      `+-o J316cAP  <class IOPlatformExpertDevice>\n    {\n      "IOPlatformUUID" = "${uuid}"\n`
    expect(HostId.ofRegistry(registry("0A1B2C3D-0000-1111-2222-333344445555"))).toBe(
      "0a1b2c3d-0000-1111-2222-333344445555"
    )
    expect(HostId.ofRegistry(registry(""))).toBeNull()
    expect(HostId.ofRegistry("")).toBeNull()
    const own = yield* HostId.read
    expect(yield* HostId.read).toBe(own)
    if (own === null) return
    expect(own).toMatch(/^[0-9a-f]{32}$/)
    const file = yield* Effect.promise(() => readFile("/etc/machine-id", "utf8").catch(() => ""))
    expect(own).not.toBe(HostId.ofFile(file))
  })
)

it.scoped("OWN-8 a folder of memory alone is not proved to be a disk", () =>
  Effect.gen(function* () {
    if (process.platform !== "linux") return
    expect((yield* VolumeLook.look("/dev/shm")).filesystem).toBe("Unknown")
    expect((yield* VolumeLook.look("/proc/self")).filesystem).toBe("Unknown")
    expect((yield* VolumeLook.look(tmpdir())).source).not.toBe("proc")
  })
)
