/** The looks at guards, over a clock that stands still between them. */
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import { expect } from "vitest"
import type { Config } from "../../../core/guard/Config.ts"
import * as Configuration from "../../../shell/config/Configuration.ts"
import { ConfigUnreadable } from "../../../shell/config/ConfigProblem.ts"
import { declarations } from "../../../shell/guards/Declarations.ts"
import { Guards, layer } from "../../../shell/guards/Guards.ts"
import * as GuardWatch from "../../../shell/guards/GuardWatch.ts"
import { layerMemory } from "../../../shell/store/MemoryStore.ts"
import { Store, StoreUnavailable } from "../../../shell/store/Store.ts"

/** What the configuration says from now on; null: it can not be read. */
let written: Config | null = {}

const file = "/etc/x/config.toml"
const configuration = Layer.succeed(Configuration.Configuration, {
  ...Configuration.defaults,
  file,
  guardsNow: Effect.suspend(() =>
    written === null
      ? Effect.fail(new ConfigUnreadable({ file, reason: "Other", cause: "no such disk" }))
      : Effect.succeed(written)
  ),
  searchPath: undefined
})

const services = Layer.mergeAll(layerMemory, layer, configuration)

const off = (until: number): Config => ({
  guards: { inactivity: { enabled: false, owner: "Ada", reason: "slow models", until } }
})

const loadBearing = declarations.filter((declaration) => declaration.loadBearing)

/** Every guard is there and ticks whenever it is asked. */
const allWell = Effect.gen(function* () {
  const guards = yield* Guards
  const clock = yield* Effect.clock
  for (const { key } of declarations) {
    yield* guards.register(key, () => ({ enabled: true, lastTickAt: clock.unsafeCurrentTimeMillis() }))
  }
})

const begin = Effect.fnUntraced(function* (boot: Config) {
  const store = yield* Store
  written = boot
  const epoch = yield* store.takeEpoch({ host: "here", pid: 1, at: 0 })
  const fiber = yield* Effect.forkScoped(GuardWatch.run(epoch, boot))
  return { store, epoch, fiber }
})

const keys = Effect.flatMap(Store, (store) => Effect.map(store.attention, (open) => open.map(({ key }) => key)))
const postureOf = (key: string) =>
  Effect.flatMap(Store, (store) => Effect.map(store.guards, (notes) => notes.find((note) => note.key === key)?.posture))

it.scoped(
  "GRD-2 a load-bearing guard that is off is brought to a person by the second look, and by no earlier one",
  () =>
    Effect.gen(function* () {
      yield* allWell
      const { store } = yield* begin(off(1_000_000))
      yield* TestClock.adjust("999 millis")
      expect(yield* store.guards).toEqual([])
      yield* TestClock.adjust("1 millis")
      expect((yield* store.guards).map(({ key }) => key)).toEqual(declarations.map(({ key }) => key).toSorted())
      expect(yield* keys).toEqual([])
      yield* TestClock.adjust("1 seconds")
      expect(yield* keys).toEqual(["guard:inactivity"])
      expect(yield* store.attention).toMatchObject([{ raisedAt: 2000 }])
    }).pipe(Effect.provide(services))
)

it.scoped(
  "GRD-4 the end of an override is not waited for until the next look is due: it is looked at when it comes",
  () =>
    Effect.gen(function* () {
      yield* allWell
      yield* begin(off(2300))
      yield* TestClock.adjust("2299 millis")
      expect([yield* postureOf("inactivity"), yield* keys]).toEqual(["off", ["guard:inactivity"]])
      yield* TestClock.adjust("1 millis")
      expect([yield* postureOf("inactivity"), yield* keys]).toEqual(["on-confirmed", []])
    }).pipe(Effect.provide(services))
)

it.scoped(
  "GRD-3 without a single guard that registered all are missing, each by its own item, and the list is never empty",
  () =>
    Effect.gen(function* () {
      const { store } = yield* begin({})
      written = null
      yield* TestClock.adjust("2 seconds")
      expect((yield* store.guards).map(({ key, posture }) => [key, posture])).toEqual(
        declarations.map(({ defaultEnabled, key }) => [key, defaultEnabled ? "missing" : "off"]).toSorted()
      )
      expect(new Set(yield* keys)).toEqual(
        new Set([...loadBearing.map(({ key }) => `guard:${key}`), "guards:configuration"])
      )
      const told = (yield* store.attention).find(({ key }) => key === "guards:configuration")?.text
      expect(told).toBe(`the configuration can not be read any more: ${file}: can not be read: no such disk`)
    }).pipe(Effect.provide(services))
)

it.scoped("STO-4 a store that can not be used ends no look: what could not be written is written once it can", () =>
  Effect.gen(function* () {
    yield* allWell
    const store = yield* Store
    let isFull = true
    const full = new StoreUnavailable({ operation: "note guards", reason: "Full", path: "/x", cause: "full" })
    const flaky = Store.of({
      ...store,
      guards: Effect.suspend(() => (isFull ? Effect.fail(full) : store.guards)),
      noteGuards: (...args) => Effect.suspend(() => (isFull ? Effect.fail(full) : store.noteGuards(...args)))
    })
    const { fiber } = yield* Effect.provideService(begin(off(1_000_000)), Store, flaky)
    yield* TestClock.adjust("3 seconds")
    isFull = false
    yield* TestClock.adjust("1 seconds")
    expect(yield* postureOf("inactivity")).toBe("off")
    // Both looks of an episode are needed again only where none of them was remembered.
    isFull = true
    yield* TestClock.adjust("2 seconds")
    isFull = false
    expect(yield* keys).toEqual([])
    yield* TestClock.adjust("1 seconds")
    expect(yield* keys).toEqual(["guard:inactivity"])
    expect(yield* Fiber.poll(fiber)).toMatchObject({ _tag: "None" })
  }).pipe(Effect.provide(services))
)

it.scoped("EXE-12 a supervisor that was replaced looks no more", () =>
  Effect.gen(function* () {
    yield* allWell
    const { epoch, fiber, store } = yield* begin({})
    yield* store.takeEpoch({ host: "there", pid: 2, at: 1 })
    yield* TestClock.adjust("1 seconds")
    expect(yield* Effect.flip(Fiber.join(fiber))).toMatchObject({ _tag: "Fenced", epoch })
    expect(yield* store.guards).toEqual([])
  }).pipe(Effect.provide(services))
)
