/** Thousands of attempts to be stopped at once, as a supervisor finds them that takes over what another has left. */
import { it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import { expect } from "vitest"
import type { Of } from "../../../core/execution/Execution.ts"
import { defaultFlow } from "../../../core/task/Flow.ts"
import { create } from "../../../core/task/Task.ts"
import * as Stopper from "../../../shell/actuator/Stopper.ts"
import * as Places from "../../../shell/config/Places.ts"
import * as Trees from "../../../shell/git/Trees.ts"
import * as Worktrees from "../../../shell/git/Worktrees.ts"
import { ProcessTableUnreadable } from "../../../shell/process/ProcessTable.ts"
import { Machine } from "../../../shell/process/Machine.ts"
import { layerMemory, Processes } from "../../../shell/process/Processes.ts"
import * as AttemptSensor from "../../../shell/sensors/AttemptSensor.ts"
import { attemptOf, folder, specOf, taskId } from "../store/World.ts"
import { configured } from "../supervisor/World.ts"

const count = 400

const waitFor = (isSo: () => boolean) =>
  Effect.repeat(
    Effect.promise(() => new Promise(setImmediate)),
    { until: isSo }
  )

const requestOf = (id: number): Stopper.Stop => {
  const task = create({
    id: taskId(id),
    batch: null,
    spec: specOf(`t${id}`),
    flow: defaultFlow,
    dependsOn: [],
    upcoming: false,
    createdAt: 0
  })
  const record = attemptOf(task, 1)
  const execution: Of<"Stopping"> = {
    _tag: "Stopping",
    subject: { _tag: "Agent", attempt: record.attempt },
    carrier: null,
    ending: { _tag: "Lost" },
    since: 0
  }
  return { task, execution, record, graceMs: 0, launch: Effect.void }
}

/** A stopper on a machine whose stops wait for `let` to be done, of which the first `failing` can not look. */
const stopper = (failing: number, gate: Deferred.Deferred<void>, seen: { now: number; most: number; all: number }) =>
  Effect.gen(function* () {
    const places = Either.getOrThrow(Places.make({ DROVER_HOME: yield* folder }))
    const gated = Layer.effect(
      Processes,
      Effect.map(Processes, (real) => ({
        ...real,
        stop: (request) =>
          Effect.gen(function* () {
            seen.all++
            // Half of them by a mistake of their own.
            if (seen.all <= failing / 2) return yield* Effect.dieMessage("a mistake")
            if (seen.all <= failing) return yield* new ProcessTableUnreadable({ operation: "look", cause: "not now" })
            seen.most = Math.max(seen.most, ++seen.now)
            yield* Deferred.await(gate)
            seen.now--
            return yield* real.stop(request)
          })
      }))
    )
    const services = Layer.mergeAll(
      Layer.provideMerge(gated, layerMemory(new Machine({ script: () => ({ runsMs: 1 }) }))),
      Trees.layerMemory(new Map()),
      Worktrees.layerMemory,
      Layer.succeed(Places.Places, places),
      configured()
    )
    return yield* Effect.provide(
      Effect.gen(function* () {
        const sensor = yield* AttemptSensor.make({ limitFallbackMs: 1000, prices: new Map(), heardAt: () => 0 })
        return yield* Stopper.make(sensor)
      }),
      services
    )
  })

it.scoped("PRC-1 of thousands that are to be stopped so many are at once, each once, and none is left out", () =>
  Effect.gen(function* () {
    const gate = yield* Deferred.make<void>()
    const seen = { now: 0, most: 0, all: 0 }
    const { look, stop } = yield* stopper(0, gate, seen)
    const requests = Array.from({ length: count }, (_, index) => requestOf(index + 1))
    let ended = 0
    const onEnd = Effect.sync(() => void ended++)
    for (const request of [...requests, ...requests]) yield* stop(request, onEnd)
    yield* waitFor(() => seen.now === 256)
    expect(requests.every(({ record }) => look(record)?._tag === "BeingStopped")).toBe(true)
    yield* Deferred.succeed(gate, undefined)
    yield* waitFor(() => ended === count)
    expect(seen).toEqual({ now: 0, most: 256, all: count })
    expect(requests.every(({ record }) => look(record)?._tag === "Emptied")).toBe(true)
  })
)

it.scoped("TCK-4 stops that can not look are unknown meanwhile, keep nobody else waiting, and are tried again", () =>
  Effect.gen(function* () {
    const gate = yield* Deferred.make<void>()
    yield* Deferred.succeed(gate, undefined)
    const seen = { now: 0, most: 0, all: 0 }
    const { look, stop } = yield* stopper(300, gate, seen)
    const requests = Array.from({ length: count }, (_, index) => requestOf(index + 1))
    let ended = 0
    const onEnd = Effect.sync(() => void ended++)
    for (const request of requests) yield* stop(request, onEnd)
    yield* waitFor(() => ended === count)
    const tags = () => requests.map(({ record }) => look(record)?._tag)
    expect(tags().filter((tag) => tag === "Unknown")).toHaveLength(300)
    expect(tags().filter((tag) => tag === "Emptied")).toHaveLength(count - 300)
    yield* TestClock.adjust(5000)
    yield* waitFor(() => ended === count + 300)
    expect(tags().every((tag) => tag === "Emptied")).toBe(true)
  })
)

it.scoped("GRD-2 a stop that can not look, and dies as that is told, is tried again", () =>
  Effect.gen(function* () {
    const gate = yield* Deferred.make<void>()
    yield* Deferred.succeed(gate, undefined)
    const { look, stop } = yield* stopper(1, gate, { now: 0, most: 0, all: 0 })
    const request = requestOf(1)
    let told = 0
    yield* stop(
      request,
      Effect.suspend(() => (told++ === 0 ? Effect.dieMessage("a mistake") : Effect.void))
    )
    yield* waitFor(() => told === 1)
    expect(look(request.record)?._tag).toBe("Unknown")
    yield* TestClock.adjust(5000)
    yield* waitFor(() => look(request.record)?._tag !== "Unknown")
    expect(look(request.record)?._tag).toBe("Emptied")
  })
)
