/**
 * How much memory the youngest objects get. V8 doubles their space (to 32 MB of a process for good) whenever many outlive a
 * collection, as they do when a store is loaded: what is kept of that belongs to the old ones. A hint and no more: a V8
 * without this flag goes on as it does.
 */
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import * as Effect from "effect/Effect"

const growBy = (factor: number): Effect.Effect<void> =>
  Effect.sync(() => setFlagsFromString(`--semi-space-growth-factor=${factor}`))

/** Runs it while that space does not grow. */
export const kept = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.acquireUseRelease(
    growBy(1),
    () => effect,
    () => growBy(2)
  )

/** Of fewer tasks a load leaves little behind. */
const manyTasks = 5000

/**
 * Collects once what a load has left, and from then on whenever there is half as much again as what lives. V8 would wait until there
 * is several times as much: of a hundred thousand tasks a gigabyte. It stands still for a tenth of a second for that many.
 */
export const settle = (tasks: number): Effect.Effect<void> =>
  tasks < manyTasks
    ? Effect.void
    : Effect.sync(() => {
        setFlagsFromString("--heap-growing-percent=50")
        setFlagsFromString("--expose-gc")
        const collect: unknown = runInNewContext("globalThis.gc")
        if (typeof collect === "function") Reflect.apply(collect, undefined, [])
      })
