/**
 * The supervisor over the real services: it takes the lock, then the epoch, then loops; the lock and the epoch end with
 * it, the agents do not.
 */
import type { FileSystem } from "@effect/platform/FileSystem"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import { effective } from "../../core/guard/Effective.ts"
import type { Policy } from "../../core/policy/Policy.ts"
import { Cadence } from "../config/Cadence.ts"
import { Configuration } from "../config/Configuration.ts"
import type { Places } from "../config/Places.ts"
import type { Landings } from "../git/Landings.ts"
import type { Trees } from "../git/Trees.ts"
import type { Worktrees } from "../git/Worktrees.ts"
import { inactivity } from "../guards/Declarations.ts"
import * as Guards from "../guards/Guards.ts"
import * as GuardWatch from "../guards/GuardWatch.ts"
import * as Mechanism from "../guards/Mechanism.ts"
import * as ChannelsLive from "../attention/ChannelsLive.ts"
import type { Channels } from "../attention/Channels.ts"
import * as Outbox from "../attention/Outbox.ts"
import { type Owned, Ownership } from "../ownership/Ownership.ts"
import { Processes } from "../process/Processes.ts"
import * as Promises from "../claims/Promises.ts"
import { makeSignal } from "../sensors/Signal.ts"
import * as HookActivity from "../sensors/HookActivity.ts"
import { Ingest } from "../hooks/Ingest.ts"
import * as SessionPolicies from "../policy/SessionPolicies.ts"
import * as Keeper from "../retention/Keeper.ts"
import { Store } from "../store/Store.ts"
import * as Postbox from "./Postbox.ts"
import * as ReconcileLoop from "./ReconcileLoop.ts"
import { type Options, Supervisor } from "./Supervisor.ts"

const make = Effect.gen(function* () {
  const ownership = yield* Ownership
  const store = yield* Store
  const configuration = yield* Configuration
  const cadence = yield* Cadence
  const ingest = yield* Ingest
  const guards = yield* Guards.Guards
  const processes = yield* Processes
  const context = yield* Effect.context<
    | Store
    | Places
    | Processes
    | FileSystem
    | Trees
    | Worktrees
    | Landings
    | Configuration
    | Guards.Guards
    | Channels
    | SessionPolicies.SessionPolicies
  >()

  const begin = Effect.gen(function* () {
    const owned = yield* ownership.acquire(configuration.ownership)
    const { host, pid } = owned.record.process
    const at = yield* Clock.currentTimeMillis
    return { owned, epoch: yield* store.takeEpoch({ host, pid, at }) }
  })

  /** The numbers, with the guards that the configuration turns off. */
  const policyAt = (now: number): Policy => {
    const found = effective(inactivity, configuration.guards, now)
    const override = found._tag === "Off" ? found.override : null
    return override === null ? configuration.policy : { ...configuration.policy, inactivityOffUntil: override.until }
  }

  /** Ends when the lock names this supervisor no more: its folder went away, or somebody took the lock by hand. */
  const guard = ({ heartbeat }: Owned, epoch: number, { beat }: Guards.Pulse) =>
    heartbeat(epoch).pipe(
      Effect.zipRight(beat(null)),
      Effect.catchTag("OwnershipUnavailable", (error) =>
        Effect.zipRight(Effect.logWarning(error.message), beat(error.message))
      ),
      Effect.repeat(Schedule.spaced(cadence.heartbeat)),
      Effect.zipRight(Effect.never)
    )

  const end = (epoch: number) =>
    Effect.flatMap(Clock.currentTimeMillis, (at) => store.endEpoch(epoch, at)).pipe(
      Effect.catchAll((error) => Effect.logWarning(`the end of the supervisor was not recorded: ${error.message}`))
    )

  const supervise = ({ onReady, stopAgents }: Options) =>
    Effect.scoped(
      Effect.gen(function* () {
        const { epoch, owned } = yield* Effect.uninterruptible(
          Effect.tap(begin, (taken) => Effect.addFinalizer(() => end(taken.epoch)))
        )
        yield* Effect.forkScoped(Keeper.run)
        yield* ingest.prepare
        const activity = yield* HookActivity.make
        const heard = yield* makeSignal
        yield* Effect.forkScoped(Promises.run(heard))
        const postbox = yield* Postbox.make(store, processes, yield* Guards.pulse("mailbox"))
        const { beat, died } = yield* Guards.pulse("ingest")
        const takesIn = ingest.run({
          accept: (events) =>
            store
              .keepHookEvents(events)
              .pipe(
                Effect.zipRight(activity.note(events)),
                Effect.zipRight(postbox.hear(events)),
                Effect.zipRight(heard.raise)
              ),
          beat,
          guards: (config, now) => GuardWatch.rows(guards, config, configuration.guards, now)
        })
        yield* Effect.forkScoped(Mechanism.forever("the way in for hooks", Effect.scoped(takesIn), died))
        yield* Outbox.begin(epoch)
        const policy = policyAt(yield* Clock.currentTimeMillis)
        const beside = Effect.raceFirst(
          guard(owned, epoch, yield* Guards.pulse("lock")),
          GuardWatch.run(epoch, configuration.guards)
        )
        yield* Effect.raceFirst(
          ReconcileLoop.run({ epoch, policy, prices: configuration.prices, activity, postbox, onReady, stopAgents }),
          beside
        )
      })
    ).pipe(Effect.provide(context), Effect.provideService(Cadence, cadence))

  return Supervisor.of({ supervise })
})

export const layer = Layer.effect(Supervisor, make).pipe(
  Layer.provide(Guards.layer),
  Layer.provide(Layer.merge(ChannelsLive.layer, SessionPolicies.layer))
)
