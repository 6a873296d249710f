/** What becomes of a mechanism whose turn ends by an error that nobody has foreseen. */
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as TestClock from "effect/TestClock"
import { expect } from "vitest"
import * as Mechanism from "../../../shell/guards/Mechanism.ts"

/** A mechanism that dies in these turns, and what is heard of it. */
const dying = (deaths: ReadonlyMap<number, unknown>) =>
  Effect.gen(function* () {
    const heard = { turns: 0, died: new Array<string>(), logged: new Array<string>() }
    const turn = Effect.suspend(() => {
      heard.turns += 1
      return deaths.has(heard.turns) ? Effect.die(deaths.get(heard.turns)) : Effect.sleep("1 minute")
    })
    const logger = Logger.make(({ message }) => void heard.logged.push(String(message)))
    const forever = Mechanism.forever("the eye", turn, (why) => Effect.sync(() => void heard.died.push(why)))
    const fiber = yield* Effect.forkScoped(Effect.provide(forever, Logger.replace(Logger.defaultLogger, logger)))
    yield* TestClock.adjust(0)
    return { fiber, heard } as const
  })

it.scoped(
  "GRD-2 a mechanism that dies is told with what it died of, and begins again after a second and no sooner",
  () =>
    Effect.gen(function* () {
      const { heard } = yield* dying(new Map([[1, new TypeError("x is undefined\nnot here")]]))
      expect(heard).toMatchObject({ turns: 1, died: ["TypeError: x is undefined"] })
      yield* TestClock.adjust("999 millis")
      expect(heard.turns).toBe(1)
      yield* TestClock.adjust("1 millis")
      expect(heard.turns).toBe(2)
      yield* TestClock.adjust("1 minute")
      expect(heard).toMatchObject({ turns: 3, died: ["TypeError: x is undefined"] })
    })
)

it.scoped("GRD-2 one that dies each time is told each time, and logged once for the same, with where it was", () =>
  Effect.gen(function* () {
    const one = new TypeError("one")
    const deaths = new Map<number, unknown>([
      [1, one],
      [2, one],
      [3, "another"],
      [5, "another"]
    ])
    const { heard } = yield* dying(deaths)
    yield* TestClock.adjust("3 seconds")
    expect(heard.turns).toBe(4)
    yield* TestClock.adjust("1 minute")
    expect(heard.died).toEqual(["TypeError: one", "TypeError: one", "another", "another"])
    // It has lived in between.
    expect(heard.logged.map((line) => line.split("\n")[0])).toEqual([
      "the eye died, and begins again: TypeError: one",
      "the eye died, and begins again: another",
      "the eye died, and begins again: another"
    ])
    expect(heard.logged[0]).toContain("Mechanism.spec.ts")
  })
)

it.scoped("GRD-2 one that fails by an error that is known, or is interrupted, has not died: it ends", () =>
  Effect.gen(function* () {
    const { fiber, heard } = yield* dying(new Map())
    const exit = yield* Fiber.interrupt(fiber)
    expect(Exit.isInterrupted(exit)).toBe(true)
    expect(heard).toMatchObject({ turns: 1, died: [], logged: [] })
    const failed = yield* Effect.exit(Mechanism.forever("the eye", Effect.fail("replaced")))
    expect(failed).toEqual(Exit.fail("replaced"))
  })
)

it.effect("GRD-2 a defect that is a failure like any other says what it was in one line of bounded length", () =>
  Effect.gen(function* () {
    const long = yield* Effect.flip(Mechanism.failing(Effect.die(`${"x".repeat(1000)}\nmore`)))
    expect(long).toMatchObject({ _tag: "Died", message: "x".repeat(300) })
    expect(yield* Effect.flip(Mechanism.failing(Effect.fail("known")))).toBe("known")
    expect(yield* Mechanism.failing(Effect.succeed(1))).toBe(1)
  })
)
