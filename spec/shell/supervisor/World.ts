/**
 * A supervisor over real processes, a real SQLite file and real git, in a folder of its own: what the specs of this
 * folder run in. Nothing is mocked; the numbers of the policy are small.
 */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Policy from "../../../core/policy/Policy.ts"
import type { Limits } from "../../../core/retention/Retention.ts"
import type { StageEvent } from "../../../core/stage/StageEvent.ts"
import { defaultFlow, type Flow } from "../../../core/task/Flow.ts"
import type { TaskId } from "../../../core/task/Identifiers.ts"
import * as Record from "../../../core/task/Record.ts"
import * as Spec from "../../../core/task/Spec.ts"
import type { Task } from "../../../core/task/Task.ts"
import type { ClaimSettings } from "../../../shell/config/ClaimTable.ts"
import * as Configuration from "../../../shell/config/Configuration.ts"
import * as Places from "../../../shell/config/Places.ts"
import * as Landings from "../../../shell/git/Landings.ts"
import * as Trees from "../../../shell/git/Trees.ts"
import * as Worktrees from "../../../shell/git/Worktrees.ts"
import * as Guards from "../../../shell/guards/Guards.ts"
import * as IngestLive from "../../../shell/http/IngestLive.ts"
import * as FileOwnership from "../../../shell/ownership/FileOwnership.ts"
import * as Probes from "../../../shell/ownership/Probes.ts"
import * as Processes from "../../../shell/process/Processes.ts"
import { isAlive } from "../../../shell/process/ProcessTable.ts"
import * as SqlStore from "../../../shell/store/SqlStore.ts"
import { type NewTask, Store } from "../../../shell/store/Store.ts"
import * as Live from "../../../shell/supervisor/Live.ts"
import { Supervisor } from "../../../shell/supervisor/Supervisor.ts"

/** Quick enough for a spec, long enough for a machine that is busy. */
const policy: Policy.Policy = {
  ...Policy.defaults,
  backoffBaseMs: 20,
  backoffCapMs: 50,
  stopGraceMs: 300
}

export interface Folder {
  readonly path: string
  readonly places: Places.PlacesService
  /** Makes a directory for a task and answers its path. */
  readonly directory: (name: string) => string
  readonly read: (name: string) => string
}

const makeFolder = (): Folder => {
  const path = realpathSync(mkdtempSync(join(tmpdir(), "drover-")))
  return {
    path,
    places: Either.getOrThrow(Places.make({ DROVER_HOME: join(path, "home"), HOME: path })),
    directory: (name) => {
      mkdirSync(join(path, name), { recursive: true })
      return join(path, name)
    },
    read: (name) => readFileSync(join(path, name), "utf8")
  }
}

interface Changes {
  readonly policy?: Partial<Policy.Policy>
  readonly prices?: Configuration.Prices
  readonly retention?: Limits
  readonly claims?: ClaimSettings
}

/** The numbers above with those changes, and nothing else that a file could say. */
export const configured = (changes: Changes = {}): Layer.Layer<Configuration.Configuration> =>
  Layer.succeed(Configuration.Configuration, {
    ...Configuration.defaults,
    file: "",
    policy: { ...policy, ...changes.policy },
    prices: changes.prices ?? new Map(),
    retention: changes.retention ?? Configuration.defaults.retention,
    claims: changes.claims ?? Configuration.defaults.claims,
    guardsNow: Effect.succeed(Configuration.defaults.guards),
    searchPath: process.env.PATH
  })

/** What a configuration in the folder says. */
export const configuration = (places: Places.PlacesService) =>
  Configuration.layer.pipe(
    Layer.provide(Layer.merge(Layer.succeed(Places.Places, places), NodeContext.layer)),
    Layer.orDie
  )

/** Changes what landing does, to break it off where a crash would. */
type Landing = (real: Layer.Layer<Landings.Landings, never, Worktrees.Worktrees>) => typeof real

/** Changes how processes are looked at, to let what looks at them die. */
type Looking = (real: typeof Processes.layer) => typeof real

const services = (
  places: Places.PlacesService,
  configuration: Layer.Layer<Configuration.Configuration>,
  landing: Landing,
  looking: Looking
) => {
  mkdirSync(places.stateDirectory, { recursive: true })
  return Live.layer.pipe(
    Layer.provideMerge(Layer.merge(FileOwnership.layer, Guards.layer)),
    Layer.provideMerge(Probes.layer),
    Layer.provideMerge(IngestLive.layer),
    Layer.provideMerge(
      Layer.mergeAll(looking(Processes.layer), Trees.layer, landing(Landings.layer(places.worktrees)), configuration)
    ),
    Layer.provideMerge(Worktrees.layer(places.worktrees)),
    Layer.provideMerge(SqlStore.layer({ file: places.database })),
    Layer.provideMerge(Layer.succeed(Places.Places, places)),
    Layer.provideMerge(NodeContext.layer),
    Layer.provideMerge(Logger.remove(Logger.defaultLogger))
  )
}

type Services = Layer.Layer.Success<ReturnType<typeof services>>

/** Runs a scenario in a folder of its own, and takes the folder away; no process may be left in it. `prepare` comes first. */
export const scenario = <E>(
  body: (folder: Folder) => Effect.Effect<void, E, Services | Scope.Scope>,
  prepare: (folder: Folder) => Layer.Layer<Configuration.Configuration> = () => configured(),
  landing: Landing = (real) => real,
  looking: Looking = (real) => real
): Promise<void> => {
  const folder = makeFolder()
  return Effect.runPromise(
    Effect.gen(function* () {
      yield* body(folder)
      yield* nobodyLeft
    }).pipe(
      Effect.scoped,
      Effect.ensuring(endAll),
      Effect.provide(services(folder.places, prepare(folder), landing, looking)),
      Effect.ensuring(Effect.sync(() => rmSync(folder.path, { recursive: true, force: true })))
    )
  )
}

/** Every process of every attempt that the store knows is gone. */
const nobodyLeft = Effect.gen(function* () {
  const store = yield* Store
  const processes = yield* Processes.Processes
  const table = yield* processes.snapshot
  for (const { id } of yield* store.tasks({})) {
    for (const { marker } of yield* store.attempts(id)) {
      const left = (table.byMarker.get(marker) ?? []).filter(isAlive)
      if (left.length > 0) yield* Effect.dieMessage(`#${id} left processes: ${left.map(({ pid }) => pid).join(", ")}`)
    }
  }
})

/** A scenario that failed leaves nothing behind either. */
const endAll = Effect.gen(function* () {
  const store = yield* Store
  const processes = yield* Processes.Processes
  for (const { id } of yield* store.tasks({})) {
    for (const { marker } of yield* store.attempts(id)) yield* processes.stop({ marker, graceMs: 0 })
  }
}).pipe(Effect.orDie)

/** A task whose agent is a shell script, and whose verifiers are commands. */
export const task = (
  name: string,
  cwd: string,
  script: string,
  more: {
    readonly prompt?: string
    readonly verify?: ReadonlyArray<string>
    readonly verifyTimeoutMin?: number
    readonly after?: ReadonlyArray<string>
    readonly flow?: Partial<Flow>
    readonly spec?: Partial<Spec.Spec>
    readonly env?: Readonly<Record<string, string>>
  } = {}
): NewTask => {
  const { inactivitySecs, isolate, maxRetries, maxToolTurns, priority, timeoutMin } = Spec.defaults
  return {
    spec: {
      name,
      prompt: more.prompt ?? `do ${name}`,
      cwd,
      agent: {
        name: "script",
        kind: "command",
        command: "/bin/sh",
        args: ["-c", script],
        env: more.env ?? {},
        passEnv: [],
        model: null
      },
      mailboxRole: null,
      model: null,
      maxRetries,
      timeoutMin,
      maxToolTurns,
      inactivitySecs,
      budgetUsd: null,
      priority,
      isolate,
      verify: (more.verify ?? []).map((command) => ({
        _tag: "Run",
        command,
        timeoutMin: more.verifyTimeoutMin ?? 1
      })),
      ...more.spec
    },
    flow: { ...defaultFlow, ...more.flow },
    dependsOnNames: more.after ?? [],
    dependsOnIds: [],
    upcoming: false,
    key: null
  }
}

/** Stores one batch; answers the ids by name. */
export const submit = Effect.fnUntraced(function* (...tasks: ReadonlyArray<NewTask>) {
  const store = yield* Store
  const stored = yield* store.submit({ path: "/batch.toml", again: false, tasks, at: Date.now() })
  const ids = new Map(stored.tasks.map(({ id, name }) => [name, id]))
  return (name: string): TaskId => Option.getOrThrow(Option.fromNullable(ids.get(name)))
})

interface Running {
  readonly end: Effect.Effect<void>
  readonly stopAgents: Effect.Effect<void>
}

/** Starts a supervisor in the background; `end` leaves its agents alone, `stopAgents` ends them and it. */
export const supervise = Effect.gen(function* () {
  const supervisor = yield* Supervisor
  const stopAgents = yield* Deferred.make<void>()
  const ready = yield* Deferred.make<void>()
  const fiber = yield* Effect.forkScoped(
    supervisor.supervise({ onReady: Effect.asVoid(Deferred.succeed(ready, undefined)), stopAgents })
  )
  yield* Effect.raceFirst(Deferred.await(ready), Effect.orDie(Fiber.join(fiber)))
  return {
    end: Effect.asVoid(Fiber.interrupt(fiber)),
    stopAgents: Effect.zipRight(Deferred.succeed(stopAgents, undefined), Effect.orDie(Fiber.join(fiber)))
  } satisfies Running
})

/** The task as it is stored now. */
export const stored = Effect.fnUntraced(function* (id: TaskId) {
  const store = yield* Store
  return Option.getOrThrow(yield* store.task(id))
})

/** Waits until something is true of a stored task; a time-out of the whole spec is the only limit. */
export const until = (id: TaskId, isTrue: (task: Task) => boolean): Effect.Effect<Task, unknown, Store> =>
  Effect.flatMap(stored(id), (found) =>
    isTrue(found) ? Effect.succeed(found) : Effect.zipRight(Effect.sleep(20), until(id, isTrue))
  )

export const untilStage = (id: TaskId, stage: Task["stage"]["_tag"]): Effect.Effect<Task, unknown, Store> =>
  until(id, (found) => found.stage._tag === stage && found.execution._tag === "Idle")

/** Waits until a condition on the world holds. */
export const untilTrue = (isTrue: () => boolean): Effect.Effect<void> =>
  Effect.suspend(() => (isTrue() ? Effect.void : Effect.zipRight(Effect.sleep(20), untilTrue(isTrue))))

/** What a person's command does: read, move, compare and set; again when another was first. */
export const operate = (id: TaskId, event: StageEvent): Effect.Effect<void, unknown, Store> =>
  Effect.gen(function* () {
    const store = yield* Store
    const before = yield* stored(id)
    const recorded = yield* Record.record(before, [{ _tag: "StageMoved", event }], "operator", policy)
    yield* store
      .write({
        epoch: null,
        at: Date.now(),
        task: id,
        expectedRevision: before.revision,
        recorded,
        attempt: null,
        verification: null,
        attention: []
      })
      .pipe(Effect.catchTag("Conflict", () => operate(id, event)))
  })

/** A zombie whose parent is this machine's init is dead, whenever that looks. */
export const isRunning = (pid: number): boolean =>
  readable(() => !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8")))

export const readable = (read: () => boolean): boolean => {
  try {
    return read()
  } catch {
    return false
  }
}
