/** What a supervisor tells, over a clock that stands still between its looks. */
import { it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/TestClock"
import { expect } from "vitest"
import { type Heard, layerMemory as channels, type Name } from "../../../shell/attention/Channels.ts"
import * as Outbox from "../../../shell/attention/Outbox.ts"
import * as Places from "../../../shell/config/Places.ts"
import { Guards, layer as guards } from "../../../shell/guards/Guards.ts"
import { layerMemory } from "../../../shell/store/MemoryStore.ts"
import { Store } from "../../../shell/store/Store.ts"
import { existing } from "../store/World.ts"

const places = Layer.succeed(Places.Places, Either.getOrThrow(Places.make({ DROVER_HOME: "/home/x/drover" })))
const services = Layer.mergeAll(layerMemory, guards, places)

interface World {
  readonly heard: Array<Heard>
  readonly raise: (...keys: ReadonlyArray<string>) => Effect.Effect<void, unknown, Store>
  readonly clear: (...keys: ReadonlyArray<string>) => Effect.Effect<void, unknown, Store>
  readonly epoch: number
  /** What was heard so far, each telling as the keys that it names. */
  readonly told: () => ReadonlyArray<string>
  readonly end: Effect.Effect<void>
}

const keysIn = ({ message }: Heard): string => {
  const { items }: { readonly items: ReadonlyArray<{ readonly key: string }> } = JSON.parse(message.json)
  return items.map(({ key }) => key).join("+")
}

const note = (_tag: "Raise" | "Clear", keys: ReadonlyArray<string>) =>
  Effect.flatMap(Store, (store) =>
    store.noteAttention(
      0,
      null,
      keys.map((key) => ({ _tag, key, text: `about ${key}` }))
    )
  )

const begin = (names: ReadonlyArray<Name>, answer?: (name: Name) => Effect.Effect<string | null>) =>
  Effect.gen(function* () {
    const store = yield* Store
    const heard: Array<Heard> = []
    const epoch = yield* store.takeEpoch({ host: "here", pid: 1, at: 0 })
    const scope = yield* Scope.make()
    yield* Outbox.begin(epoch).pipe(Effect.provide(channels(names, heard, answer)), Scope.extend(scope))
    return {
      heard,
      epoch,
      raise: (...keys) => note("Raise", keys),
      clear: (...keys) => note("Clear", keys),
      told: () => heard.map(keysIn),
      end: Scope.close(scope, Exit.void)
    } satisfies World
  })

const second = TestClock.adjust("1 seconds")

it.scoped(
  "GRD-2 what is raised is told once by every channel within a second, and the next episode is told again",
  () =>
    Effect.gen(function* () {
      const store = yield* Store
      const { clear, heard, raise, told } = yield* begin(["command", "webhook"])
      yield* raise("a")
      yield* second
      expect(told()).toEqual(["a", "a"])
      expect(heard.map(({ marker }) => marker.replace(/^attention\.[0-9a-f]{12}\./, ""))).toEqual([
        "command.1.1",
        "webhook.1.1"
      ])
      yield* TestClock.adjust("90 seconds")
      expect(told()).toEqual(["a", "a"])
      expect((yield* store.deliveries).map(({ channel, state, tries }) => [channel, state, tries])).toEqual([
        ["command", "told", 1],
        ["webhook", "told", 1]
      ])
      yield* clear("a")
      yield* second
      yield* raise("a")
      yield* second
      expect(told()).toEqual(["a", "a", "a", "a"])
    }).pipe(Effect.provide(services))
)

it.scoped("GRD-2 an item that was acknowledged before it could be told is not told", () =>
  Effect.gen(function* () {
    const store = yield* Store
    yield* note("Raise", ["a", "b"])
    yield* store.acknowledge([1], 0)
    const { told } = yield* begin(["command"])
    yield* TestClock.adjust("20 seconds")
    expect(told()).toEqual(["b"])
  }).pipe(Effect.provide(services))
)

it.scoped(
  "GRD-2 a channel that fails is tried again after pauses, keeps no other up, and its guard says why until it works",
  () =>
    Effect.gen(function* () {
      const isBroken = { now: true }
      const asked: Array<Name> = []
      const { raise, told } = yield* begin(["command", "webhook"], (name) =>
        Effect.sync(() => {
          asked.push(name)
          return name === "command" && isBroken.now ? "it said no" : null
        })
      )
      const status = Effect.map(Guards, ({ read }) => read("attention"))
      yield* raise("a")
      yield* second
      expect(told()).toEqual(["a"])
      yield* second
      expect(yield* status).toMatchObject({ status: { enabled: true, blind: true, reason: "command: it said no" } })
      yield* TestClock.adjust("2 seconds")
      expect(asked).toEqual(["command", "webhook"])
      yield* TestClock.adjust("2 seconds")
      expect(asked).toEqual(["command", "webhook", "command"])
      isBroken.now = false
      yield* TestClock.adjust("11 seconds")
      expect(told()).toEqual(["a", "a"])
      yield* second
      const { status: well } = existing([yield* status].find((each) => each._tag === "Registered"))
      expect(well).toEqual({ enabled: true, lastTickAt: expect.any(Number) })
    }).pipe(Effect.provide(services))
)

it.scoped(
  "GRD-2 a channel that dies of an error of ours is no reason to say that all is well: its guard says of what until it lives",
  () =>
    Effect.gen(function* () {
      const isDead = { now: true }
      const { raise, told } = yield* begin(["command", "webhook"], (name) =>
        name === "command" && isDead.now ? Effect.die(new TypeError("no item")) : Effect.succeed(null)
      )
      const status = Effect.map(Guards, ({ read }) => read("attention"))
      yield* raise("a")
      yield* second
      const reason = "command: TypeError: no item"
      // It is not as good as told because others are, nor well because it waits until it may try again.
      for (let looks = 0; looks < 20; looks++) {
        yield* second
        expect(told()).toEqual(["a"])
        expect(yield* status).toMatchObject({ status: { enabled: true, blind: true, reason } })
      }
      isDead.now = false
      yield* TestClock.adjust("30 seconds")
      expect(told()).toEqual(["a", "a"])
      expect(yield* status).toMatchObject({ status: { enabled: true } })
      expect(yield* status).not.toHaveProperty("status.blind")
    }).pipe(Effect.provide(services))
)

it.scoped("GRD-2 a look at what is due that dies is told by the guard until it lives", () =>
  Effect.gen(function* () {
    const store = yield* Store
    const isDead = { now: true }
    const deliveries = Effect.suspend(() => (isDead.now ? Effect.die(new TypeError("no row")) : store.deliveries))
    const status = Effect.map(Guards, ({ read }) => read("attention"))
    const { raise, told } = yield* Effect.provideService(begin(["command"]), Store, { ...store, deliveries })
    yield* raise("a")
    for (let looks = 0; looks < 5; looks++) {
      yield* second
      const reason = "command: TypeError: no row"
      expect(yield* status).toMatchObject({ status: { enabled: true, blind: true, reason } })
    }
    isDead.now = false
    yield* second
    yield* second
    expect(told()).toEqual(["a"])
    expect(yield* status).not.toHaveProperty("status.blind")
  }).pipe(Effect.provide(services))
)

it.scoped("GRD-2 a channel that hangs is given up after its limit, and meanwhile the others go on", () =>
  Effect.gen(function* () {
    const { raise, told } = yield* begin(["command", "webhook"], (name) =>
      name === "command" ? Effect.never : Effect.succeed(null)
    )
    const store = yield* Store
    yield* raise("a")
    yield* second
    yield* raise("b")
    yield* second
    expect(told()).toEqual(["a", "b"])
    const states = Effect.map(store.deliveries, (all) =>
      all.flatMap(({ channel, item, state }) => (channel === "command" ? [`${item} ${state}`] : []))
    )
    expect(yield* states).toEqual(["1 telling"])
    yield* TestClock.adjust("9 seconds")
    expect(yield* states).toEqual(["1 failed", "2 telling"])
  }).pipe(Effect.provide(services))
)

it.scoped("GRD-2 a burst is told in one call where there are too many for a call each", () =>
  Effect.gen(function* () {
    const { raise, told } = yield* begin(["command"])
    const keys = Array.from({ length: 12 }, (_, index) => `k${index}`)
    yield* raise(...keys)
    yield* second
    expect(told()).toEqual([keys.join("+")])
  }).pipe(Effect.provide(services))
)

it.scoped("GRD-2 a supervisor that was replaced tells nobody any more", () =>
  Effect.gen(function* () {
    const store = yield* Store
    const { raise, told } = yield* begin(["command"])
    yield* store.takeEpoch({ host: "there", pid: 2, at: 0 })
    yield* raise("a")
    yield* TestClock.adjust("20 seconds")
    expect(told()).toEqual([])
    expect(yield* store.deliveries).toEqual([])
  }).pipe(Effect.provide(services))
)

it.scoped(
  "GRD-2 a supervisor that ends tells what is due first, waits for what it is telling, and for no second try",
  () =>
    Effect.gen(function* () {
      const gate = yield* Deferred.make<void>()
      const { end, raise, told } = yield* begin(["command", "webhook"], (name) =>
        name === "command" ? Effect.as(Deferred.await(gate), null) : Effect.succeed("it said no")
      )
      yield* raise("a")
      const ended = yield* Effect.fork(end)
      yield* TestClock.adjust("1 millis")
      expect(yield* Fiber.poll(ended)).toMatchObject({ _tag: "None" })
      yield* Deferred.succeed(gate, undefined)
      yield* Fiber.join(ended)
      expect(told()).toEqual(["a"])
      const store = yield* Store
      expect((yield* store.deliveries).map(({ channel, state }) => [channel, state])).toEqual([
        ["command", "told"],
        ["webhook", "failed"]
      ])
    }).pipe(Effect.provide(services))
)

it.scoped("GRD-2 without a channel the guard beats all the same, and the end waits for nothing", () =>
  Effect.gen(function* () {
    const { end, raise } = yield* begin([])
    yield* raise("a")
    yield* TestClock.adjust("3 seconds")
    const { read } = yield* Guards
    expect(read("attention")).toMatchObject({ status: { enabled: true, lastTickAt: 3000 } })
    yield* end
    expect(read("attention")).toEqual({ _tag: "Unregistered" })
  }).pipe(Effect.provide(services))
)
