/**
 * Guards of a supervisor that runs: all are there, and whatever becomes of one is written down and told. Each spec waits
 * for looks that come once a second, so they wait together.
 */
import { mkdirSync, renameSync, rmdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import { expect, it } from "vitest"
import { attemptOf } from "../../../core/execution/Execution.ts"
import type { Posture } from "../../../core/guard/Posture.ts"
import type { Status } from "../../../core/guard/Runtime.ts"
import { attemptId, AttemptNumber } from "../../../core/task/Identifiers.ts"
import { stdoutFile } from "../../../shell/agents/Launch.ts"
import { declarations, type Key } from "../../../shell/guards/Declarations.ts"
import { Guards } from "../../../shell/guards/Guards.ts"
import { Store } from "../../../shell/store/Store.ts"
import {
  configuration,
  type Folder,
  scenario,
  submit,
  supervise,
  task,
  until,
  untilStage
} from "../supervisor/World.ts"

const noteOf = (key: Key) =>
  Effect.gen(function* () {
    const store = yield* Store
    return (yield* store.guards).find((note) => note.key === key)
  })

const again = "20 millis"

/** Waits until a guard is noted to stand so. */
const untilPosture = (key: Key, posture: Posture): Effect.Effect<void, unknown, Store> =>
  Effect.flatMap(noteOf(key), (note) =>
    note?.posture === posture ? Effect.void : Effect.zipRight(Effect.sleep(again), untilPosture(key, posture))
  )

const openKeys = Effect.gen(function* () {
  const store = yield* Store
  return (yield* store.attention).map(({ key }) => key)
})

/** Waits until these attention items are open, and no others. */
const untilOpen = (...keys: ReadonlyArray<string>): Effect.Effect<void, unknown, Store> =>
  Effect.flatMap(openKeys, (open) =>
    open.join() === keys.join() ? Effect.void : Effect.zipRight(Effect.sleep(again), untilOpen(...keys))
  )

/** Puts a guard's own status out of the way until the answer is run. */
const instead = (key: Key, status: () => Status) =>
  Effect.gen(function* () {
    const guards = yield* Guards
    const scope = yield* Scope.make()
    yield* Scope.extend(guards.register(key, status), scope)
    return Scope.close(scope, Exit.void)
  })

const broken = (): Status => {
  throw new Error("its memory is gone")
}

/** The configuration in the folder, written before it is read. */
const writes = (text: string) => (folder: Folder) => {
  write(folder, text)
  return configuration(folder.places)
}

const write = ({ places }: Folder, text: string): void => {
  mkdirSync(dirname(places.configFile), { recursive: true })
  writeFileSync(places.configFile, text)
}

const off = (until: number): string =>
  `[policy]\nstop_grace_ms = 300\n[guards.inactivity]\nenabled = false\nowner = "Ada"\nreason = "slow models"\n` +
  `until = ${new Date(until).toISOString()}\n`

const hour = 3_600_000

/** Nobody has asked for promises to be followed. */
const postureOf = (key: Key) => (key === "promises" ? "off" : "on-confirmed")

it.concurrent("GRD-3 every guard that is declared registers in a supervisor that runs, ticks where it has a cadence, and is confirmed", () =>
  scenario(() =>
    Effect.gen(function* () {
      const guards = yield* Guards
      const running = yield* supervise
      for (const { key } of declarations) {
        expect([key, guards.read(key)._tag]).toEqual([key, "Registered"])
        yield* untilPosture(key, postureOf(key))
      }
      expect(yield* openKeys).toEqual([])
      yield* running.end
      for (const { key } of declarations) expect([key, guards.read(key)._tag]).toEqual([key, "Unregistered"])
    })
  ))

it.concurrent("GRD-2 a guard that fails is told once, another that fails meanwhile by itself; each goes when its guard is back, and can return", () =>
  scenario(() =>
    Effect.gen(function* () {
      const store = yield* Store
      yield* supervise
      yield* untilPosture("verifiers", "on-confirmed")
      const mend = yield* instead("verifiers", broken)
      yield* untilOpen("guard:verifiers")
      expect((yield* store.attention)[0]).toMatchObject({
        task: null,
        text: "the guard verifiers is errored: its status can not be read: its memory is gone"
      })
      const start = yield* instead("reconciler", () => ({ enabled: false, reason: "it gave up" }))
      yield* untilOpen("guard:verifiers", "guard:reconciler")
      yield* mend
      yield* untilOpen("guard:reconciler")
      yield* start
      yield* untilOpen()
      yield* untilPosture("verifiers", "on-confirmed")
      const stale = yield* instead("reconciler", () => ({ enabled: true, lastTickAt: Date.now() - 6000 }))
      yield* untilOpen("guard:reconciler")
      yield* untilPosture("reconciler", "on-stale")
      yield* stale
      yield* untilOpen()

      const events = yield* store.events(0, 1000)
      const told = events.flatMap((event) =>
        event.type === "attention.raised" || event.type === "attention.cleared" ? [`${event.type} ${event.key}`] : []
      )
      // On a machine that is too busy others may fail too.
      const ours = told.filter((line) => /verifiers|reconciler/.test(line))
      expect(ours).toEqual([
        "attention.raised guard:verifiers",
        "attention.raised guard:reconciler",
        "attention.cleared guard:verifiers",
        "attention.cleared guard:reconciler",
        "attention.raised guard:reconciler",
        "attention.cleared guard:reconciler"
      ])
      const postures = events.flatMap((event) =>
        event.type === "guard.changed" && event.guard === "reconciler" ? [[event.from, event.to]] : []
      )
      expect(postures.slice(-4)).toEqual([
        ["on-confirmed", "off-runtime-divergent"],
        ["off-runtime-divergent", "on-confirmed"],
        ["on-confirmed", "on-stale"],
        ["on-stale", "on-confirmed"]
      ])
    })
  ))

it.concurrent("GRD-4 while the inactivity guard is off an idle agent goes on, and once it is back by itself one is stopped", () => {
  const end = Date.now() + 8000
  return scenario(
    (folder) =>
      Effect.gen(function* () {
        const store = yield* Store
        const spec = { maxRetries: 0, inactivitySecs: 0.2 }
        const idOf = yield* submit(task("idle", folder.directory("work"), "exec sleep 600", { spec }))
        yield* supervise
        const isTold = Effect.map(openKeys, (keys) => keys.includes("guard:inactivity"))
        // A machine that is too busy to begin before the end has nothing to tell.
        yield* Effect.repeat(isTold, { until: (told) => told || Date.now() >= end, schedule: Schedule.spaced(again) })
        const note = yield* noteOf("inactivity")
        if (yield* isTold) {
          expect(note).toMatchObject({ posture: "off", isOn: false, override: { owner: "Ada", until: end } })
        }
        yield* untilStage(idOf("idle"), "Blocked")
        const [attempt] = yield* store.attempts(idOf("idle"))
        expect(attempt).toMatchObject({ outcome: "Stopped", detail: "Inactive" })
        expect(attempt?.endedAt).toBeGreaterThan(end)
        yield* untilPosture("inactivity", "on-confirmed")
        expect((yield* noteOf("inactivity"))?.reason).toContain("an override is not in force: it ended at")
        yield* Effect.repeat(isTold, { while: (told) => told, schedule: Schedule.spaced(again) })
      }),
    writes(off(end))
  )
})

it.concurrent("GRD-2 what was turned off since the last start is named, whether or not anybody looked in between", () =>
  scenario(
    () =>
      Effect.gen(function* () {
        const store = yield* Store
        const epoch = yield* store.takeEpoch({ host: "before", pid: 1, at: 1 })
        const notes = declarations.map(({ key }) => ({
          key,
          posture: "on-confirmed" as const,
          reason: "it ran",
          isOn: key !== "promises",
          override: null,
          since: 1,
          at: 2
        }))
        yield* store.noteGuards(epoch, 2, { notes, changed: [], attention: [] })
        yield* supervise
        yield* untilOpen("guards:turned-off", "guard:inactivity")
        const [item] = yield* store.attention
        expect(item?.text).toMatch(/^turned off since the last start: inactivity \(until .*, by Ada: slow models\)$/)
      }),
    writes(off(Date.now() + hour))
  ))

it.concurrent("GRD-3 a configuration that breaks under a supervisor is told, and its guards stay what they were", () =>
  scenario(
    (folder) =>
      Effect.gen(function* () {
        const { guards } = yield* Store
        yield* supervise
        yield* untilPosture("inactivity", "on-confirmed")
        write(folder, "[guards.inactivity]\nenabled = maybe\n")
        yield* untilOpen("guards:configuration")
        expect((yield* guards).map(({ key, posture }) => [key, posture])).toEqual(
          declarations.map(({ key }) => [key, postureOf(key)]).toSorted()
        )
        write(folder, off(Date.now() + hour))
        yield* untilPosture("inactivity", "diverged-pending-restart")
        // It is still on: what was read at the start is what runs.
        expect(yield* noteOf("inactivity")).toMatchObject({ isOn: true, override: null })
        yield* untilOpen("guard:inactivity")
        write(folder, "")
        yield* untilOpen()
      }),
    writes("")
  ))

it.concurrent("GRD-1 a lock that can not be looked at makes its guard blind, which is noted with the reason and ends nothing", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      yield* supervise
      yield* untilPosture("lock", "on-confirmed")
      const { lock } = folder.places
      renameSync(lock, `${lock}-away`)
      mkdirSync(lock)
      yield* untilPosture("lock", "on-blind")
      expect((yield* noteOf("lock"))?.reason).toContain(lock)
      rmdirSync(lock)
      renameSync(`${lock}-away`, lock)
      yield* untilPosture("lock", "on-confirmed")
    })
  ))

it.concurrent("GRD-1 an attempt that can not be looked at makes the watchdog blind, as long as that is so", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      const script = `while [ ! -e ${folder.path}/go ]; do sleep 0.05; done`
      const idOf = yield* submit(task("unseen", folder.directory("work"), script))
      const id = idOf("unseen")
      yield* supervise
      const { execution } = yield* until(id, ({ execution }) => execution._tag === "Running")
      yield* untilPosture("watchdog", "on-confirmed")
      const attempt = attemptOf(execution)
      const output = join(folder.places.attempts, attemptId(id, attempt?.number ?? AttemptNumber.make(1)), stdoutFile)
      renameSync(output, `${output}-away`)
      // It leads nowhere but to itself.
      symlinkSync(output, output)
      yield* untilPosture("watchdog", "on-blind")
      expect((yield* noteOf("watchdog"))?.reason).toMatch(new RegExp(`^#${id}: .*${output}`))
      rmSync(output)
      renameSync(`${output}-away`, output)
      yield* untilPosture("watchdog", "on-confirmed")
      writeFileSync(`${folder.path}/go`, "")
      yield* untilStage(id, "Done")
    })
  ))
