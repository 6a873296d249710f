/**
 * The services that commands are given. What is costly to load (SQLite, the supervisor) is loaded by the command that
 * needs it, so that a light command stays light.
 */
import { stat } from "node:fs/promises"
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Guard from "../../core/guard/Config.ts"
import * as Policy from "../../core/policy/Policy.ts"
import * as Retention from "../../core/retention/Retention.ts"
import * as AgentDefinition from "../../core/task/AgentDefinition.ts"
import type { ClaimSettings } from "../config/ClaimTable.ts"
import * as AttentionTable from "../config/AttentionTable.ts"
import type { Configuration } from "../config/Configuration.ts"
import type { ConfigInvalid, ConfigUnreadable } from "../config/ConfigProblem.ts"
import * as Places from "../config/Places.ts"
import { type NewerSchema, type Store, StoreUnavailable } from "../store/Store.ts"

export const places: Layer.Layer<Places.Places, Places.SocketPathTooLong> = Places.layer

/** What can not be looked at counts as there: whoever opens it says what is wrong. */
export const isThere = (path: string): Effect.Effect<boolean> =>
  Effect.promise(() =>
    stat(path).then(
      () => true,
      (cause: unknown) => !(cause instanceof Error && "code" in cause && cause.code === "ENOENT")
    )
  )

const store = (readonly: boolean): Layer.Layer<Store, StoreUnavailable | NewerSchema, Places.Places> =>
  Layer.unwrapEffect(
    Effect.gen(function* () {
      const { database } = yield* Places.Places
      const SqlStore = yield* Effect.promise(() => import("../store/SqlStore.ts"))
      return SqlStore.layer({ file: database, readonly })
    })
  )

/** The store, made if it is not there. */
export const writable = store(false)

/** The store as it is: nothing is made, nothing can be written. */
const readable = store(true)

/** The user's configuration; without a file, the defaults. */
export const configuration: Layer.Layer<
  Configuration,
  ConfigInvalid | ConfigUnreadable,
  Places.Places | FileSystem.FileSystem
> = Layer.unwrapEffect(
  Effect.promise(() => import("../config/Configuration.ts")).pipe(Effect.map(({ layer }) => layer))
)

/** What a configuration says, for commands that need little of it: without a file nothing is read. */
const content = <A>(
  otherwise: A,
  choose: (configuration: Context.Tag.Service<Configuration>) => A
): Effect.Effect<A, ConfigInvalid | ConfigUnreadable, Places.Places | FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const { configFile } = yield* Places.Places
    if (!(yield* isThere(configFile))) return otherwise
    const { Configuration } = yield* Effect.promise(() => import("../config/Configuration.ts"))
    return yield* Effect.provide(Effect.map(Configuration, choose), configuration)
  })

/** The numbers that decide. */
export const policy = content(Policy.defaults, (found) => found.policy)

/** The agents that a task may name. */
export const agents = content<ReadonlyArray<AgentDefinition.AgentDefinition>>(AgentDefinition.builtIn, (found) => [
  ...found.agents.values()
])

/** What the configuration says of guards. */
export const guards = content<Guard.Config>({}, (found) => found.guards)

/** Whether and how promises are tracked. */
export const claims = content<Pick<ClaimSettings, "isEnabled">>({ isEnabled: false }, (found) => found.claims)
/** How what needs a person reaches one. */
export const attention = content(AttentionTable.nothing, (found) => found.attention)

/** What is kept of ended tasks. */
export const retention = content(Retention.defaults, (found) => found.retention)

/** Who owns the state directory, and the processes of this machine. */
export const ownership = Layer.unwrapEffect(
  Effect.promise(async () => {
    const [ownership, probes, processes] = await Promise.all([
      import("../ownership/FileOwnership.ts"),
      import("../ownership/Probes.ts"),
      import("../process/Processes.ts")
    ])
    return ownership.layer.pipe(Layer.provideMerge(probes.layer), Layer.provideMerge(processes.layer))
  })
)

/** The ways by which a person is told, as they are configured. */
export const channels = Layer.unwrapEffect(
  Effect.promise(async () => {
    const [channels, processes] = await Promise.all([
      import("../attention/ChannelsLive.ts"),
      import("../process/Processes.ts")
    ])
    return channels.layer.pipe(Layer.provide(configuration), Layer.provide(processes.layer))
  })
)

/** The supervisor with everything under it; the store is shared with whoever provides it. */
export const supervisor = Layer.unwrapEffect(
  Effect.promise(async () => {
    const [live, ingest, trees, worktrees, landings] = await Promise.all([
      import("../supervisor/Live.ts"),
      import("../http/IngestLive.ts"),
      import("../git/Trees.ts"),
      import("../git/Worktrees.ts"),
      import("../git/Landings.ts")
    ])
    const apart = Layer.unwrapEffect(
      Effect.map(Places.Places, ({ worktrees: folder }) =>
        Layer.provideMerge(landings.layer(folder), worktrees.layer(folder))
      )
    )
    return Layer.provide(live.layer, Layer.mergeAll(ingest.layer, trees.layer, apart, ownership))
  })
)

/** Whether anything was ever stored here. */
export const isStored: Effect.Effect<boolean, never, Places.Places> = Effect.flatMap(Places.Places, ({ database }) =>
  isThere(database)
)

/** The store for writing, where something was stored before: nothing is made for a command that has nothing to act on. */
export const existing = Layer.unwrapEffect(
  Effect.gen(function* () {
    if (yield* isStored) return writable
    const { database: path } = yield* Places.Places
    return yield* new StoreUnavailable({ operation: "open the store", reason: "Missing", path, cause: null })
  })
)

/** Runs what only reads the store; none where nothing was ever stored. */
export const ifStored = <A, E, R>(
  effect: Effect.Effect<A, E, R>
): Effect.Effect<Option.Option<A>, E | StoreUnavailable | NewerSchema, Exclude<R, Store> | Places.Places> =>
  Effect.scoped(
    Effect.gen(function* () {
      const opened = yield* Effect.either(Layer.build(readable))
      if (Either.isRight(opened)) return Option.some(yield* Effect.provide(effect, opened.right))
      const error = opened.left
      if (error._tag === "StoreUnavailable" && error.reason === "Missing") return Option.none()
      return yield* error
    })
  )
