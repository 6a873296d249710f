/**
 * Runs verifiers as processes of their own: off the tick, a few at a time, with a time-out that ends the whole tree.
 * A run is adopted after a restart and never started twice; its verdict names the tree it judged.
 */
import { createHash } from "node:crypto"
import { join } from "node:path"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as FiberMap from "effect/FiberMap"
import type { Marker } from "../../core/execution/AttemptRecord.ts"
import type { AttemptNumber, RunNumber } from "../../core/task/Identifiers.ts"
import type { Task } from "../../core/task/Task.ts"
import { type RunObservation, type TreeState, unaddressed } from "../../core/tick/World.ts"
import { notStarted } from "../../core/verify/Judgement.ts"
import type { Ending } from "../../core/verify/Verdict.ts"
import type { Verifier } from "../../core/verify/Verifier.ts"
import { stderrFile } from "../agents/Launch.ts"
import { Places } from "../config/Places.ts"
import { Trees } from "../git/Trees.ts"
import { Worktrees } from "../git/Worktrees.ts"
import * as Mechanism from "../guards/Mechanism.ts"
import { Processes } from "../process/Processes.ts"
import * as StartToken from "../process/StartToken.ts"
import { readBounded, shrink } from "./BoundedOutput.ts"
import * as Output from "./Output.ts"
import * as Program from "./Program.ts"
import * as RunEnd from "./RunEnd.ts"
import * as RunFolder from "./RunFolder.ts"

/** One run of one verifier of one task. */
export interface Run {
  readonly task: Task
  readonly marker: Marker
  readonly attempt: AttemptNumber
  readonly run: RunNumber
  readonly index: number
  readonly verifier: Verifier
  readonly startedAt: number
}

/** A finished run: what the tick needs, and what is stored. */
export interface Finished {
  readonly observation: Extract<RunObservation, { readonly _tag: "Finished" }>
  readonly detail: string
  readonly output: string
}

/** Bytes of output that are kept of a run. */
const keptBytes = 64 * 1024
const stopGraceMs = 2000
/** After a look that was not possible. */
const againMs = 5000

/** SHA-256 of a verifier's definition: a verdict is bound to it. */
export const digest = (verifier: Verifier): string =>
  createHash("sha256").update(JSON.stringify(verifier)).digest("hex")

/**
 * The marker of a run: the attempt's own, a dot and the run. Who stops the agent or an earlier run, and has not seen yet that
 * another supervisor is further on, must not hit it.
 */
export const runMarker = (marker: Marker, run: RunNumber): string => `${marker}.v${run}`

const keyOf = ({ run, task }: Run): string => `${task.id}.${run}`

type State =
  | { readonly _tag: "Working" }
  | { readonly _tag: "Finished"; readonly finished: Finished }
  | { readonly _tag: "Unknown"; readonly why: string }

export interface Options extends Output.Settings {
  /** How many are started at once; one that is adopted runs anyway. */
  readonly limit: number
}

export const make = Effect.fnUntraced(function* ({ limit, ...settings }: Options) {
  const permits = yield* Effect.makeSemaphore(limit)
  const places = yield* Places
  const processes = yield* Processes
  const trees = yield* Trees
  const worktrees = yield* Worktrees
  const context = yield* Effect.context<Processes>()
  const fibers = yield* FiberMap.make<string>()
  const states = new Map<string, State>()

  const directoryOf = ({ attempt, run, task }: Run): string => places.run(task.id, attempt, run)

  /** The tree as it was when the run began, written down so that a restart knows it too. */
  const recordTree = Effect.fnUntraced(function* (run: Run) {
    const directory = directoryOf(run)
    // What another run has left there would be taken for the end of this one.
    if ((yield* StartToken.read(directory)) === "taken") {
      return yield* Effect.fail({ message: `${directory} is of a run that has begun before` })
    }
    const before = yield* trees.look(worktrees.directoryOf(run.task), run.task.spec.target)
    yield* RunFolder.prepare(directory, before.tree)
  })

  const spawn = Effect.fnUntraced(function* (run: Run) {
    const { index, task, verifier } = run
    const base = worktrees.baseOf(task.id)
    const request = yield* Program.prepare({
      verifier,
      task: task.spec,
      own: { DROVER_TASK: String(task.id), DROVER_VERIFIER: String(index + 1) },
      directory: directoryOf(run),
      marker: runMarker(run.marker, run.run),
      cwd: worktrees.directoryOf(task),
      since: base === null ? { _tag: "Time", at: task.createdAt } : { _tag: "Commit", commit: base },
      source: process.env
    })
    yield* processes.spawn(request)
  })

  const conclude = Effect.fnUntraced(function* (run: Run, how: Ending, at: number, output: Output.Output) {
    const directory = directoryOf(run)
    // Whatever the verifier left behind ends with it, before its verdict counts.
    yield* processes
      .stop({ marker: runMarker(run.marker, run.run), graceMs: stopGraceMs })
      .pipe(
        Effect.flatMap((stopped) =>
          stopped._tag === "Empty"
            ? Effect.void
            : Effect.fail({ message: `${stopped.processes.length} processes of a verifier survive their end` })
        )
      )
    const tree = yield* RunFolder.readTree(directory)
    const after: TreeState = yield* trees.look(worktrees.directoryOf(run.task), run.task.spec.target)
    const kept = yield* readBounded(join(directory, RunFolder.outputFile), keptBytes)
    const { detail, ...judgement } = yield* output.judge(how, at)
    const finished: Finished = {
      detail,
      output: kept,
      observation: {
        _tag: "Finished",
        ...judgement,
        tree,
        treeNow: after.tree,
        headTree: after.headTree,
        work: after.work
      }
    }
    states.set(keyOf(run), { _tag: "Finished", finished })
  })

  const awaitEnd = (run: Run, begunAt: number, output: Output.Output) =>
    RunEnd.awaitEnd({
      directory: directoryOf(run),
      marker: runMarker(run.marker, run.run),
      deadline: begunAt + run.verifier.timeoutMin * 60_000,
      output,
      onAlive: () => states.set(keyOf(run), { _tag: "Working" })
    }).pipe(Effect.provide(context))

  /** To its verdict. What can not be looked at is unknown, and looked at again after a while: no look calls for the next. */
  const judge = (
    run: Run,
    begunAt: number,
    onUnknown: Effect.Effect<void>,
    output = Output.make(run.verifier, directoryOf(run), begunAt, settings)
  ): Effect.Effect<void> =>
    awaitEnd(run, begunAt, output).pipe(
      Effect.flatMap((end) =>
        end._tag === "Revoked" ? Effect.sync(() => states.delete(keyOf(run))) : conclude(run, end.how, end.at, output)
      ),
      // It is waited for anew from here: a watch that began again would know nothing of what was read of its output.
      Mechanism.failing,
      Effect.catchAll((error: { readonly message: string }) =>
        Effect.sync(() => states.set(keyOf(run), { _tag: "Unknown", why: error.message })).pipe(
          Effect.zipRight(onUnknown),
          Effect.zipRight(Effect.sleep(againMs)),
          Effect.zipRight(Effect.suspend(() => judge(run, begunAt, onUnknown, output)))
        )
      )
    )

  const failed = (run: Run, why: string): void => {
    const { tree } = unaddressed
    const { detail, ...judgement } = notStarted(run.verifier, why)
    const observation = { _tag: "Finished", ...judgement, tree, treeNow: tree, headTree: null, work: null } as const
    states.set(keyOf(run), { _tag: "Finished", finished: { detail, output: "", observation } })
  }

  /** Nobody knows how far it came; after a while its start token says that. At once the next would die of the same. */
  const died = (run: Run, why: string, onUnknown: Effect.Effect<void>) =>
    Effect.sync(() => states.set(keyOf(run), { _tag: "Unknown", why })).pipe(
      Effect.zipRight(onUnknown),
      Effect.zipRight(Effect.sleep(againMs)),
      Effect.zipRight(Effect.sync(() => states.delete(keyOf(run))))
    )

  const watch = (run: Run, work: Effect.Effect<void>, onEnd: Effect.Effect<void>) => {
    states.set(keyOf(run), { _tag: "Working" })
    // Whatever its fiber dies of, and where: nobody would be at it any more, and it would be said to be at work for ever.
    const told = Effect.catchAll(Mechanism.failing(work), ({ message }) => died(run, message, onEnd))
    return Effect.asVoid(FiberMap.run(fibers, keyOf(run), Effect.ensuring(told, onEnd)))
  }

  /** Starts a run whose intent is durable. `onEnd` is told when there is something to look at. */
  const start = (run: Run, onEnd: Effect.Effect<void>): Effect.Effect<void> => {
    const work = Effect.matchEffect(Effect.zipRight(recordTree(run), spawn(run)), {
      onFailure: (error) => Effect.sync(() => failed(run, error.message)),
      onSuccess: () => Effect.flatMap(Clock.currentTimeMillis, (now) => judge(run, now, onEnd))
    })
    return watch(run, permits.withPermits(1)(work), onEnd)
  }

  /** What is known of a run. One that this supervisor did not start is looked up, and watched from then on. */
  const look = Effect.fnUntraced(
    function* (run: Run, onEnd: Effect.Effect<void>) {
      const state = states.get(keyOf(run))
      if (state?._tag === "Finished") return state.finished.observation
      if (state?._tag === "Working") return { _tag: "Alive" } as const
      if (state?._tag === "Unknown") return state
      const token = yield* StartToken.read(directoryOf(run))
      if (token !== "taken") return { _tag: "Absent", token } as const
      yield* watch(run, judge(run, run.startedAt, onEnd), onEnd)
      return { _tag: "Alive" } as const
    },
    Effect.catchAll((error) => Effect.succeed({ _tag: "Unknown", why: error.message } as const))
  )

  /**
   * A run that must not be heard of any more: its watcher ends. Its processes are the stop's business. Of one that is
   * over the output is bounded now and no sooner: whoever looked at it after a restart needed the whole.
   */
  const forget = Effect.fnUntraced(function* (run: Run) {
    const isOver = states.get(keyOf(run))?._tag === "Finished"
    yield* FiberMap.remove(fibers, keyOf(run))
    states.delete(keyOf(run))
    if (isOver) yield* FiberMap.run(fibers, keyOf(run), bound(directoryOf(run)))
  })

  const finishedOf = (run: Run): Finished | null => {
    const state = states.get(keyOf(run))
    return state?._tag === "Finished" ? state.finished : null
  }

  return { start, look, forget, finishedOf } as const
})

export type Verifiers = Effect.Effect.Success<ReturnType<typeof make>>

const bound = (directory: string): Effect.Effect<void> =>
  Effect.forEach([RunFolder.outputFile, stderrFile], (file) => shrink(join(directory, file), keptBytes), {
    discard: true
  }).pipe(Effect.catchAll((error) => Effect.logWarning(error.message)))
