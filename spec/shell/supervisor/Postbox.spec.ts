/** What the supervisor passes on of what hooks tell, and what it looks at, whoever holds a role meanwhile. */
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import { expect, it } from "vitest"
import * as HookEvent from "../../../core/hook/HookEvent.ts"
import type { HookName } from "../../../core/hook/HookName.ts"
import * as Guards from "../../../shell/guards/Guards.ts"
import * as Processes from "../../../shell/process/Processes.ts"
import { layerMemory } from "../../../shell/store/MemoryStore.ts"
import { Store, StoreUnavailable } from "../../../shell/store/Store.ts"
import * as Postbox from "../../../shell/supervisor/Postbox.ts"
import { bind, mailOf, send, stop } from "../../contract/Mail.ts"

const services = Layer.mergeAll(
  layerMemory,
  Guards.layer,
  Layer.provide(Processes.layer, NodeContext.layer),
  Logger.remove(Logger.defaultLogger)
)

const run = <E>(body: Effect.Effect<void, E, Layer.Layer.Success<typeof services>>): Promise<void> =>
  Effect.runPromise(Effect.provide(body, services))

/** Where nobody asks how it goes. */
const quiet = { beat: () => Effect.void, died: () => Effect.void }

const told = (hook: HookName, at: number, session = "s1") => ({
  source: null,
  at,
  event: HookEvent.make(hook, JSON.stringify({ session_id: session, hook_event_name: hook }))
})

it("MBX-1 work that could not be noted is noted by the next event of the same turn", () =>
  run(
    Effect.gen(function* () {
      const store = yield* Store
      let isLocked = true
      const asked: Array<ReadonlyArray<string>> = []
      const hearSessions: typeof store.hearSessions = (heard) =>
        Effect.suspend(() => {
          if (isLocked)
            return new StoreUnavailable({ operation: "write", path: "", reason: "Locked", cause: "planned" })
          asked.push(heard.map(({ hook }) => hook))
          return store.hearSessions(heard)
        })
      const postbox = yield* Postbox.make({ ...store, hearSessions }, yield* Processes.Processes, quiet)
      yield* bind("s1")
      yield* send()
      mailOf(yield* stop("s1"))
      yield* postbox.hear([told("PreToolUse", 2100)])
      isLocked = false
      yield* postbox.hear([told("PostToolUse", 2200)])
      // Once is enough for a turn.
      yield* postbox.hear([told("PreToolUse", 2300), told("PostToolUse", 2400)])
      yield* postbox.hear([told("Stop", 2500), told("PreToolUse", 2600)])
      yield* postbox.hear([told("PreToolUse", 2700, "nobody"), told("SessionEnd", 2700, "nobody")])
      expect(asked).toEqual([["PostToolUse"], [], ["PreToolUse"], []])
      // Not given again: it was seen.
      expect(yield* stop("s1", { at: 3000 })).toEqual({ _tag: "None", why: "NoMail" })
    })
  ))

it("MBX-1 a session that was followed by another and is gone has lost what it did not see to the other", () =>
  run(
    Effect.gen(function* () {
      const store = yield* Store
      const processes = yield* Processes.Processes
      const { bootId, host } = processes
      const postbox = yield* Postbox.make(store, processes, quiet)
      // No process has this pid: it is above what Linux gives.
      const process = { host, bootId, pid: 4_194_305, startTime: "1" }
      const claim = { role: "reviewer", at: 500, cwd: "/work", ancestors: [], isStart: true }
      yield* store.claimRole({ ...claim, session: "s1", process }, [])
      yield* send()
      const first = mailOf(yield* stop("s1"))
      yield* bind("s2")
      expect(yield* stop("s2")).toEqual({ _tag: "None", why: "NoMail" })
      expect(yield* postbox.refresh([])).toEqual([])
      const watch = yield* Effect.fork(postbox.watch)
      yield* Effect.repeat(Effect.delay(store.openSessions, 20), { until: (open) => open.length === 1 })
      yield* Fiber.interrupt(watch)
      const again = mailOf(yield* stop("s2", { at: Date.now() }))
      expect([again.delivery.id, again.delivery.session]).toEqual([first.delivery.id, "s2"])
    })
  ))

it("GRD-3 the guard mailbox is blind while what sessions do can not be noted or ended, and sees again by itself", () =>
  run(
    Effect.scoped(
      Effect.gen(function* () {
        const store = yield* Store
        const guards = yield* Guards.Guards
        const processes = yield* Processes.Processes
        const { bootId, host } = processes
        const broken = new StoreUnavailable({ operation: "write", path: "", reason: "Locked", cause: "planned" })
        let isBroken = true
        const failing = <A, E>(work: Effect.Effect<A, E>) =>
          Effect.suspend((): Effect.Effect<A, E | StoreUnavailable> => (isBroken ? broken : work))
        const postbox = yield* Postbox.make(
          {
            ...store,
            hearSessions: (heard) => failing(store.hearSessions(heard)),
            endSession: (session, at) => failing(store.endSession(session, at))
          },
          processes,
          yield* Guards.pulse("mailbox")
        )
        const process = { host, bootId, pid: 4_194_305, startTime: "1" }
        const claim = { role: "reviewer", at: 500, cwd: "/work", ancestors: [], isStart: true }
        yield* store.claimRole({ ...claim, session: "s1", process }, [])
        yield* postbox.hear([told("UserPromptSubmit", 2000)])
        const noted = { blind: true, reason: expect.stringContaining("what sessions do was not noted: can not write") }
        expect(guards.read("mailbox")).toMatchObject({ status: noted })
        yield* postbox.refresh([])
        yield* Effect.forkScoped(postbox.watch)
        const untilStatus = (isTrue: (status: string) => boolean) =>
          Effect.repeat(
            Effect.delay(
              Effect.sync(() => JSON.stringify(guards.read("mailbox"))),
              20
            ),
            { until: isTrue }
          )
        yield* untilStatus((status) => status.includes("sessions could not be looked at: can not write"))
        isBroken = false
        yield* untilStatus((status) => !status.includes("blind"))
        expect(yield* store.openSessions).toEqual([])
      })
    )
  ))

it("MBX-4 a change of a store that has no task for a role costs the mailbox no question; who is bound meanwhile is heard", () =>
  run(
    Effect.gen(function* () {
      const store = yield* Store
      const asked: Array<string> = []
      const counted = <A, E>(name: string, effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
        Effect.zipRight(
          Effect.sync(() => asked.push(name)),
          effect
        )
      const watched = {
        ...store,
        sessions: counted("sessions", store.sessions),
        openSessions: counted("open sessions", store.openSessions)
      }
      const postbox = yield* Postbox.make(watched, yield* Processes.Processes, quiet)
      for (let change = 0; change < 5; change++) expect(yield* postbox.refresh([])).toEqual([])
      expect(asked).toEqual([])
      yield* postbox.hear([told("Stop", 400, "nobody")])
      yield* bind("s1")
      yield* postbox.hear([told("PreToolUse", 2000), told("UserPromptSubmit", 2100), told("PreToolUse", 2200)])
      expect(asked).toEqual(["open sessions", "open sessions"])
      expect((yield* store.sessions).map(({ spokenAt }) => spokenAt)).toEqual([2100])
    })
  ))

it("GRD-2 a look at sessions that dies is told by the guard mailbox, and looks again", () =>
  run(
    Effect.scoped(
      Effect.gen(function* () {
        const store = yield* Store
        const guards = yield* Guards.Guards
        let isDead = true
        const openSessions = Effect.suspend(() => (isDead ? Effect.die(new TypeError("no row")) : store.openSessions))
        const pulse = yield* Guards.pulse("mailbox")
        const postbox = yield* Postbox.make({ ...store, openSessions }, yield* Processes.Processes, pulse)
        yield* Effect.forkScoped(postbox.watch)
        const untilEnabled = (enabled: boolean) =>
          Effect.repeat(
            Effect.delay(
              Effect.sync(() => guards.read("mailbox")),
              20
            ),
            { until: (found) => found._tag === "Registered" && found.status.enabled === enabled }
          )
        yield* untilEnabled(false)
        expect(guards.read("mailbox")).toMatchObject({ status: { reason: "it died: TypeError: no row" } })
        isDead = false
        yield* untilEnabled(true)
        expect(guards.read("mailbox")).toMatchObject({ status: { lastTickAt: expect.any(Number) } })
      })
    )
  ))
