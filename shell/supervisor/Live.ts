/**
 * The supervisor over the real services: it takes the lock, then the epoch, then loops; the lock and the epoch end with
 * it, the agents do not.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Configuration } from "../config/Configuration.ts"
import type { Places } from "../config/Places.ts"
import type { Trees } from "../git/Trees.ts"
import { Ownership } from "../ownership/Ownership.ts"
import type { Processes } from "../process/Processes.ts"
import { Store } from "../store/Store.ts"
import * as ReconcileLoop from "./ReconcileLoop.ts"
import { type Options, Supervisor } from "./Supervisor.ts"

const make = Effect.gen(function* () {
  const ownership = yield* Ownership
  const store = yield* Store
  const { policy } = yield* Configuration
  const context = yield* Effect.context<Store | Places | Processes | Trees>()

  const begin = Effect.gen(function* () {
    const { process } = yield* ownership.acquire
    const at = yield* Clock.currentTimeMillis
    return yield* store.takeEpoch({ host: process.host, pid: process.pid, at })
  })

  const end = (epoch: number) =>
    Effect.flatMap(Clock.currentTimeMillis, (at) => store.endEpoch(epoch, at)).pipe(
      Effect.catchAll((error) => Effect.logWarning(`the end of the supervisor was not recorded: ${error.message}`))
    )

  const supervise = ({ onReady, stopAgents }: Options) =>
    Effect.scoped(
      Effect.gen(function* () {
        const epoch = yield* Effect.uninterruptible(Effect.tap(begin, (taken) => Effect.addFinalizer(() => end(taken))))
        yield* ReconcileLoop.run({ epoch, policy, onReady, stopAgents })
      })
    ).pipe(Effect.provide(context))

  return Supervisor.of({ supervise })
})

export const layer = Layer.effect(Supervisor, make)
