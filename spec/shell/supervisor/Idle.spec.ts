/** What a supervisor does when there is nothing to do: nothing. */
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import { expect, it } from "vitest"
import { Store } from "../../../shell/store/Store.ts"
import { scenario, submit, supervise, task, until, untilStage } from "./World.ts"

/** The supervisor with what it says of its ticks. */
const supervised = Effect.gen(function* () {
  const ticks: Array<string> = []
  const logger = Logger.make(({ message }) => {
    const text = String(message)
    if (text.startsWith("tick:")) ticks.push(text)
  })
  const running = yield* supervise.pipe(Logger.withMinimumLogLevel(LogLevel.Debug), Effect.provide(Logger.add(logger)))
  return { ...running, ticks }
})

const beat = Effect.flatMap(Store, (store) => store.supervisor).pipe(
  Effect.map((found) => Option.getOrThrow(found).heartbeatAt)
)

/** Waits for the next beat of the supervisor's heart: it has looked into the store and at its agents many times since. */
const nextBeat = Effect.flatMap(beat, (first) => Effect.repeat(Effect.delay(beat, 50), { until: (now) => now > first }))

it("TCK-7 a supervisor with nothing to do decides nothing, and with one new task about that one", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      const by = { flow: { start: "manual" } } as const
      const idOf = yield* submit(
        task("done", folder.directory("a"), "true", { verify: ["true"] }),
        task("blocked", folder.directory("b"), "exit 1", { spec: { maxRetries: 0 } }),
        task("asleep", folder.directory("c"), "exec sleep 600"),
        task("by hand", folder.directory("d"), "true", by),
        task("waits", folder.directory("e"), "true", { after: ["by hand"] })
      )
      const { stopAgents, ticks } = yield* supervised
      yield* untilStage(idOf("done"), "Done")
      yield* untilStage(idOf("blocked"), "Blocked")
      yield* until(idOf("asleep"), ({ execution }) => execution._tag === "Running")
      // What was seen last may come in during the first.
      const during = Effect.zipRight(
        Effect.suspend(() => Effect.succeed(ticks.splice(0))),
        nextBeat
      ).pipe(Effect.map(() => [...ticks]))
      expect(yield* Effect.repeat(during, { until: (seen) => seen.length === 0, times: 2 })).toEqual([])

      const store = yield* Store
      const more = task("more", folder.directory("f"), "true", by)
      yield* store.submit({ path: null, again: false, tasks: [more], at: Date.now() })
      yield* Effect.repeat(
        Effect.delay(
          Effect.sync(() => ticks.length),
          20
        ),
        { until: (count) => count > 0 }
      )
      expect(ticks).toEqual(["tick: 1 decided, 0 asked, 0 actions"])
      yield* stopAgents
    })
  ))
