/**
 * Measures what a supervisor would do with a store, on a copy of it: load, decide, write, keep what hooks tell. Nothing is
 * acted upon: no agent, process or hook is started, and the store itself is only read, once, to be copied.
 */
import * as Fs from "node:fs/promises"
import { join } from "node:path"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { Policy } from "../../core/policy/Policy.ts"
import * as Reconciler from "../../core/tick/Reconciler.ts"
import { type OwnView, unobserved } from "../../core/tick/World.ts"
import { profilePrefix } from "../retention/Leftovers.ts"
import { backUp } from "../store/Backup.ts"
import { unavailable } from "../store/Encoded.ts"
import * as SqlStore from "../store/SqlStore.ts"
import { Store, type StoreService } from "../store/Store.ts"
import * as Fleet from "../supervisor/Fleet.ts"
import * as CpuProfile from "./CpuProfile.ts"
import * as FileUsage from "./FileUsage.ts"
import * as HeardEvents from "./HeardEvents.ts"
import type { Step, StepName } from "./Steps.ts"
import * as Stopwatch from "./Stopwatch.ts"
import * as Written from "./Written.ts"

/** The folder for the copy can not be used. */
export class FolderUnusable extends Data.TaggedError("FolderUnusable")<{
  readonly path: string
  readonly cause: unknown
}> {
  override get message(): string {
    return `no copy can be made in ${this.path}: ${this.cause instanceof Error ? this.cause.message : String(this.cause)}`
  }
}

export interface Profile {
  readonly store: string
  /** The version of its schema, before the copy was brought up to this program's. */
  readonly schema: number
  readonly openTasks: number
  /** Actions that a supervisor would take at its first tick. */
  readonly actions: number
  /** Tasks that a tick decides about although nothing changed: their actions are not taken here. */
  readonly decidedWhenIdle: number
  readonly file: FileUsage.FileUsage
  /** Of the log beside the store, which is not yet part of the file. */
  readonly logBytes: number
  readonly copiedMs: number
  /** The copy was made in memory, where nothing is ever synced. */
  readonly isInMemory: boolean
  readonly steps: ReadonlyArray<Step>
}

export interface Options {
  readonly store: string
  /** Where the folder with the copy is made, and removed again. */
  readonly directory: string
  readonly policy: Policy
  /** A file for what V8 sees of the measured part, which is not there yet; null for none. */
  readonly cpuProfile: string | null
}

/** How often each is done: what takes long once, the rest often enough for a median. */
const often = 100
const writes = 30
const groups = 10
const group = 100
const listed = 50

/** `f_type` of statfs(2): tmpfs and ramfs. */
const memoryTypes: ReadonlySet<number> = new Set([0x0102_1994, 0x8584_58f6])

const sizeOf = (path: string): Promise<number> =>
  Fs.stat(path).then(
    ({ size }) => size,
    () => 0
  )

const folderIn = (directory: string): Effect.Effect<string, FolderUnusable, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.tryPromise({
      try: () => Fs.mkdtemp(join(directory, profilePrefix)),
      catch: (cause) => new FolderUnusable({ path: directory, cause })
    }),
    (folder) => Effect.promise(() => Fs.rm(folder, { recursive: true, force: true }))
  )

/** Some of them, the next ones each time: a tick about the same task again and again would find all of it at hand. */
const someOf = (views: ReadonlyArray<OwnView>, count: number) => {
  let next = 0
  return (): ReadonlyArray<OwnView> =>
    Array.from({ length: Math.min(count, views.length) }, () => {
      const view = views[next++ % views.length]
      return view === undefined ? [] : [{ ...view }]
    }).flat()
}

/** The steps over a store that is already open. */
const measured = (store: StoreService, policy: Policy, note: Note) =>
  Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const fleet = yield* note("load", 1, Fleet.make(store), (fleet) => fleet.all().length)
    const { accounts } = fleet
    const reconciler = Reconciler.make({
      policy,
      isDraining: yield* store.isDraining,
      pressure: null,
      accounts: accounts()
    })
    const views = fleet
      .takeChanged()
      .map((task): OwnView => ({ ...unobserved(task, []), attention: fleet.attentionOf(task.id) }))
    const tick = (tasks: () => ReadonlyArray<OwnView>) => Effect.sync(() => reconciler.advance({ tasks: tasks() }, now))
    const decided = (advance: Reconciler.Advance): number => advance.decided
    const { actions } = yield* note(
      "first tick",
      1,
      tick(() => views),
      decided
    )
    yield* note("look", often, store.version, () => 0)
    const idle = yield* note(
      "idle tick",
      often,
      tick(() => []),
      decided
    )
    if (views.length > 0) {
      yield* note("tick of one", often, tick(someOf(views, 1)), decided)
      yield* note("tick of a hundred", often, tick(someOf(views, group)), decided)
    }

    const alone = yield* Written.submitted(store, "alone", writes, now)
    const [...waiting] = alone
    const writeNext = Effect.suspend(() => {
      const task = waiting.pop()
      return task === undefined ? Effect.void : store.write(Written.start(task, policy, now))
    })
    yield* note("one change", writes, writeNext, () => 1)
    const together = yield* Written.submitted(store, "together", groups * group, now)
    let nth = 0
    const writeGroup = Effect.suspend(() =>
      store.writeAll(together.slice(group * nth, group * ++nth).map((task) => Written.start(task, policy, now)))
    )
    yield* note("a hundred changes", groups, writeGroup, () => group)
    yield* note("refresh", 1, fleet.refresh, () => writes + groups * group)

    const bodies = yield* HeardEvents.bodies(store, group)
    let round = 0
    const hear = Effect.suspend(() => store.keepHookEvents(HeardEvents.received(bodies, round++, group, now)))
    yield* note("a hundred hook events", groups, hear, () => group)
    yield* note("status", 1, store.overview(listed), ({ standings }) =>
      standings.reduce((sum, { count }) => sum + count, 0)
    )
    return { openTasks: views.length, actions: actions.length, decidedWhenIdle: idle.decided }
  })

/** Times a step, and keeps it; `of` says how much it was about. */
type Note = <A, E, R>(
  name: StepName,
  times: number,
  step: Effect.Effect<A, E, R>,
  of: (answer: A) => number
) => Effect.Effect<A, E, R>

export const measure = ({ cpuProfile, directory, policy, store: file }: Options) =>
  Effect.gen(function* () {
    const folder = yield* folderIn(directory)
    const isInMemory = yield* Effect.tryPromise({
      try: () => Fs.statfs(folder),
      catch: (cause) => new FolderUnusable({ path: folder, cause })
    }).pipe(Effect.map(({ type }) => memoryTypes.has(type)))
    const logBytes = yield* Effect.promise(() => sizeOf(`${file}-wal`))
    const copy = join(folder, "copy.db")
    const begun = performance.now()
    const { schema } = yield* backUp(file, copy)
    const copiedMs = performance.now() - begun
    const usage = yield* Effect.mapError(FileUsage.read(copy), (failure) =>
      unavailable("look at the copy of the store", copy, failure)
    )
    const stopwatch = yield* Stopwatch.make
    const steps: Array<Step> = []
    const note: Note = (name, times, step, of) =>
      Effect.map(stopwatch.time(times, step), ([timed, answer]) => {
        steps.push({ ...timed, name, of: of(answer) })
        return answer
      })
    const all = Effect.gen(function* () {
      const services = yield* note("open", 1, Layer.build(SqlStore.layer({ file: copy })), () => 0)
      return yield* measured(Context.get(services, Store), policy, note)
    })
    const found = yield* cpuProfile === null ? all : CpuProfile.into(cpuProfile, all)
    return { store: file, schema, ...found, file: usage, logBytes, copiedMs, isInMemory, steps } satisfies Profile
  }).pipe(Effect.scoped)
