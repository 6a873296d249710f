/** A supervisor whose watch over attempts dies: real processes, which it can not see. Each spec waits, so they wait together. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { expect, it } from "vitest"
import { type layer, Processes } from "../../../shell/process/Processes.ts"
import { Store } from "../../../shell/store/Store.ts"
import { configured, scenario, submit, supervise, task, until, untilStage, untilTrue } from "../supervisor/World.ts"

const openItems = Effect.gen(function* () {
  const store = yield* Store
  return (yield* store.attention).map(({ key, text }) => `${key}: ${text}`)
})

const untilOpen = (isTrue: (items: ReadonlyArray<string>) => boolean) =>
  Effect.repeat(Effect.delay(openItems, "20 millis"), { until: isTrue })

interface Trouble {
  isThere: boolean
}

/** Processes as they are, but that to look at all of them is an error of ours as long as that is so. */
const dying = (trouble: Trouble) => (real: typeof layer) =>
  Layer.provideMerge(
    Layer.effect(
      Processes,
      Effect.map(Processes, (service) => ({
        ...service,
        snapshot: Effect.suspend(() => (trouble.isThere ? Effect.die(new TypeError("no pid")) : service.snapshot))
      }))
    ),
    real
  )

/** Longer than what was seen is believed. */
const inactivitySecs = 7

it.concurrent("GRD-2 a watch over attempts that dies is told, nothing is decided by what it saw last, and once it lives it goes on", () => {
  const trouble = { isThere: false }
  return scenario(
    (folder) =>
      Effect.gen(function* () {
        const store = yield* Store
        const spec = { maxRetries: 0, inactivitySecs }
        const idOf = yield* submit(task("idle", folder.directory("work"), "exec sleep 600", { spec }))
        const id = idOf("idle")
        yield* supervise
        const { execution } = yield* until(id, (found) => found.execution._tag === "Running")
        const since = execution._tag === "Running" ? execution.since : 0
        trouble.isThere = true
        const item =
          "guard:watchdog: the guard watchdog is off-runtime-divergent: the configuration has it on, and it is off: it died: TypeError: no pid"
        yield* untilOpen((items) => items.includes(item))
        // By what was seen last it has done nothing for too long; it may have done much.
        yield* untilTrue(() => Date.now() > since + (inactivitySecs + 2) * 1000)
        expect((yield* until(id, () => true)).execution._tag).toBe("Running")
        trouble.isThere = false
        yield* untilStage(id, "Blocked")
        expect((yield* store.attempts(id))[0]).toMatchObject({ outcome: "Stopped", detail: "Inactive" })
        yield* untilOpen((items) => !items.some((each) => each.startsWith("guard:watchdog")))
      }),
    () => configured(),
    undefined,
    dying(trouble)
  )
})
