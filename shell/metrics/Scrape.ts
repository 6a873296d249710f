/**
 * Everything that is measured, at the moment somebody asks. It reads the store over a connection of its own that can not
 * write, so that nobody waits for a scrape and a scrape for nobody; the connection is opened by the first one.
 */
import { readdir } from "node:fs/promises"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import type { Family } from "../../core/metrics/Family.ts"
import * as Figures from "../../core/metrics/Figures.ts"
import type { Shift } from "../../core/metrics/Held.ts"
import type { TaskState } from "../../core/stage/TaskState.ts"
import type { PlacesService } from "../config/Places.ts"
import { badFolder } from "../hooks/SpoolLook.ts"
import { loopTurn } from "../store/LoopTurn.ts"
import * as SqlStore from "../store/SqlStore.ts"
import type { Tallies } from "../store/Tallies.ts"
import { isLoadBearing } from "../guards/Declarations.ts"
import { type NewerSchema, Store, type StoreError } from "../store/Store.ts"
import { HeldTasks } from "./HeldTasks.ts"
import * as ProcessMetrics from "./ProcessMetrics.ts"

export type Failure = StoreError | NewerSchema

/** Two that scrape within it get the same answer. */
const freshFor = "1 second"

/** Where nothing was ever stored. */
export const nothingStored: Tallies = {
  seq: 0,
  tasks: [],
  nanoUsd: 0,
  verdicts: [],
  retries: [],
  guards: [],
  commitmentsOpen: 0,
  epoch: 0
}

const stored = ({ commitmentsOpen, tasks, verdicts, retries, epoch, nanoUsd }: Tallies): Figures.Stored => {
  const states = new Map<TaskState, number>()
  for (const { count, state } of tasks) states.set(state, (states.get(state) ?? 0) + count)
  return {
    states,
    nanoUsd,
    verdicts,
    epoch,
    commitmentsOpen,
    retries: new Map(retries.map(({ cause, count }) => [cause, count])),
    agentsRunning: tasks.reduce((sum, { count, hasAgent }) => sum + (hasAgent ? count : 0), 0)
  }
}

/** Nothing where the folder can not be read: how much is in it is not known. */
const spooled = (folder: string): Effect.Effect<ReadonlyArray<Family>> =>
  Effect.promise(() =>
    readdir(folder).then(
      (names) => Figures.fromSpool(names.filter((name) => name !== badFolder).length),
      (cause: unknown) =>
        cause instanceof Error && "code" in cause && cause.code === "ENOENT" ? Figures.fromSpool(0) : []
    )
  )

/** What a state directory tells without a supervisor. */
export const fromStore = (
  tallies: Tallies,
  shifts: ReadonlyArray<Shift>,
  spool: string
): Effect.Effect<ReadonlyArray<Family>> =>
  Effect.map(spooled(spool), (files) => [...Figures.fromStore(stored(tallies), shifts), ...files])

/** Seconds until the loop has a turn for whoever asks now. */
const lag = Effect.gen(function* () {
  const begun = yield* Clock.currentTimeNanos
  yield* loopTurn
  return Number((yield* Clock.currentTimeNanos) - begun) / 1e9
})

const microsPerSecond = 1e6

const fromProcess = (reasons: Figures.Process["reasons"], guards: Tallies["guards"]) =>
  Effect.map(lag, (eventLoopLagSeconds) => {
    const { system, user } = process.cpuUsage()
    return Figures.fromProcess({
      ...ProcessMetrics.read(),
      reasons,
      guards: guards.map(({ key, posture }) => ({ key, posture, loadBearing: isLoadBearing(key) })),
      startTime: performance.timeOrigin / 1000,
      residentBytes: process.memoryUsage.rss(),
      cpuSeconds: (system + user) / microsPerSecond,
      eventLoopLagSeconds
    })
  })

/** A store that is opened when it is asked for first; where that fails, when it is asked for again. */
const opened = (file: string, scope: Scope.Scope): Effect.Effect<typeof Store.Service, Failure> => {
  let store: typeof Store.Service | null = null
  const open = Effect.gen(function* () {
    const own = yield* Scope.fork(scope, { _tag: "Sequential" })
    const built = Layer.buildWithScope(SqlStore.layer({ file, readonly: true }), own)
    const context = yield* Effect.onError(built, (cause) => Scope.close(own, Exit.failCause(cause)))
    store = Context.get(context, Store)
    return store
  })
  return Effect.suspend(() => (store === null ? open : Effect.succeed(store)))
}

/** All families of a supervisor in this process, as long as the scope. Whoever asks together is answered together. */
export const make = ({
  database,
  spool
}: Pick<PlacesService, "database" | "spool">): Effect.Effect<
  Effect.Effect<ReadonlyArray<Family>, Failure>,
  never,
  Scope.Scope
> =>
  Effect.gen(function* () {
    const tasks = yield* HeldTasks
    const store = opened(database, yield* Effect.scope)
    const families = Effect.gen(function* () {
      const tallies = yield* (yield* store).tallies
      const { reasons, shifts } = tasks.read()
      const [here, own] = yield* Effect.all([fromStore(tallies, shifts, spool), fromProcess(reasons, tallies.guards)])
      return [...here, ...own]
    })
    return yield* Effect.cachedWithTTL(families, freshFor)
  })
