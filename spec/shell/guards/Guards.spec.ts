/** The registry: what a guard says of itself is asked at once, and whatever it does is an answer. */
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import * as Exit from "effect/Exit"
import * as TestClock from "effect/TestClock"
import { expect } from "vitest"
import { defaults } from "../../../core/policy/Policy.ts"
import { TaskId } from "../../../core/task/Identifiers.ts"
import type { RunObservation } from "../../../core/tick/World.ts"
import { declarations } from "../../../shell/guards/Declarations.ts"
import { Guards, layer, pulse } from "../../../shell/guards/Guards.ts"
import * as LoopGuards from "../../../shell/guards/LoopGuards.ts"

it.scoped("GRD-3 a guard is registered as long as its scope, and of several the last that registered is asked", () =>
  Effect.gen(function* () {
    const guards = yield* Guards
    const read = () => guards.read("lock")
    expect(read()).toEqual({ _tag: "Unregistered" })
    const [first, second] = [yield* Scope.make(), yield* Scope.make()]
    yield* Scope.extend(
      guards.register("lock", () => ({ enabled: true })),
      first
    )
    yield* TestClock.adjust("5 seconds")
    let reason = "so"
    yield* Scope.extend(
      guards.register("lock", () => ({ enabled: false, reason })),
      second
    )
    expect(read()).toEqual({ _tag: "Registered", since: 5000, status: { enabled: false, reason: "so" } })
    reason = "as it is now"
    expect(read()).toMatchObject({ status: { reason: "as it is now" } })
    yield* Scope.close(first, Exit.void)
    expect(read()).toMatchObject({ since: 5000 })
    yield* Scope.extend(
      guards.register("lock", () => ({ enabled: true })),
      second
    )
    expect(guards.read("fencing")).toEqual({ _tag: "Unregistered" })
    yield* Scope.close(second, Exit.void)
    expect(read()).toEqual({ _tag: "Unregistered" })
  }).pipe(Effect.provide(layer))
)

it.scoped("GRD-1 a status that throws is an answer like any other, whatever is thrown", () =>
  Effect.gen(function* () {
    const guards = yield* Guards
    for (const thrown of [new Error("no table"), "no table"]) {
      yield* guards.register("lock", () => {
        throw thrown
      })
      expect(guards.read("lock")).toEqual({ _tag: "Threw", message: "no table" })
    }
  }).pipe(Effect.provide(layer))
)

it.scoped("GRD-1 a pulse says when it last beat, and while it could not see, why", () =>
  Effect.gen(function* () {
    const guards = yield* Guards
    const { beat } = yield* pulse("watchdog")
    expect(guards.read("watchdog")).toEqual({ _tag: "Registered", since: 0, status: { enabled: true } })
    yield* TestClock.adjust("3 seconds")
    yield* beat("the table can not be read")
    const status = { enabled: true, lastTickAt: 3000, blind: true, reason: "the table can not be read" }
    expect(guards.read("watchdog")).toMatchObject({ status })
    yield* TestClock.adjust("1 seconds")
    yield* beat(null)
    expect(guards.read("watchdog")).toMatchObject({ status: { enabled: true, lastTickAt: 4000 } })
    expect(guards.read("watchdog")).not.toHaveProperty("status.blind")
  }).pipe(Effect.provide(layer))
)

it.scoped("GRD-2 a pulse that has died is off, of what it died and since when, until it beats again", () =>
  Effect.gen(function* () {
    const guards = yield* Guards
    const { beat, died } = yield* pulse("watchdog")
    yield* TestClock.adjust("3 seconds")
    yield* beat(null)
    yield* TestClock.adjust("1 seconds")
    yield* died("TypeError: x is undefined")
    const status = { enabled: false, lastTickAt: 3000, reason: "it died: TypeError: x is undefined" }
    expect(guards.read("watchdog")).toMatchObject({ status })
    yield* beat(null)
    expect(guards.read("watchdog")).toEqual({
      _tag: "Registered",
      since: 0,
      status: { enabled: true, lastTickAt: 4000 }
    })
  }).pipe(Effect.provide(layer))
)

it.scoped(
  "GRD-1 the loop says of its guards what it saw: a verifier that can not be looked at, a limit that is off",
  () =>
    Effect.gen(function* () {
      const guards = yield* Guards
      const loop = yield* LoopGuards.make({ ...defaults, inactivityOffUntil: 2000 })
      const task = TaskId.make(7)
      yield* loop.judged(new Map([[task, { _tag: "Alive" } as const]]))
      expect(guards.read("verifiers")).toMatchObject({ status: { enabled: true, lastTickAt: 0 } })
      yield* loop.judged(
        new Map<TaskId, RunObservation>([
          [TaskId.make(6), { _tag: "Alive" }],
          [task, { _tag: "Unknown", why: "no table" }]
        ])
      )
      expect(guards.read("verifiers")).toMatchObject({ status: { blind: true, reason: "#7: no table" } })
      const isOn = () => {
        const found = guards.read("inactivity")
        return found._tag === "Registered" && found.status.enabled
      }
      yield* TestClock.adjust("1999 millis")
      expect(isOn()).toBe(false)
      yield* TestClock.adjust("1 millis")
      expect(isOn()).toBe(true)
      yield* loop.ticked
      expect(guards.read("reconciler")).toMatchObject({ status: { lastTickAt: 2000 } })
      expect(guards.read("fencing")).not.toHaveProperty("status.lastTickAt")
      yield* loop.fenced
      expect(guards.read("fencing")).toMatchObject({ status: { lastTickAt: 2000 } })
    }).pipe(Effect.provide(layer))
)

it("GRD-3 every guard is declared once, carries a name of its own, and says where it can be turned off if it can", () => {
  const keys = declarations.map(({ key }) => key)
  expect(new Set(keys).size).toBe(keys.length)
  for (const declaration of declarations) {
    expect(declaration.title.length).toBeGreaterThan(10)
    const path = "configPath" in declaration ? declaration.configPath : null
    // Promises have a table of their own.
    const own = declaration.key === "promises" ? "action_claim.enabled" : `guards.${declaration.key}.enabled`
    expect(path).toBe(declaration.kind === "config" ? own : null)
  }
})
