/**
 * Runs verifiers as processes of their own: off the tick, a few at a time, with a time-out that ends the whole tree.
 * A run is adopted after a restart and never started twice; its verdict names the tree it judged.
 */
import { createHash } from "node:crypto"
import { access, mkdir, rename, writeFile } from "node:fs/promises"
import { join } from "node:path"
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as FiberMap from "effect/FiberMap"
import { constFalse, constTrue } from "effect/Function"
import * as Option from "effect/Option"
import type { Marker } from "../../core/execution/AttemptRecord.ts"
import type { AttemptNumber, RunNumber } from "../../core/task/Identifiers.ts"
import type { Task } from "../../core/task/Task.ts"
import { type RunObservation, type TreeState, unaddressed } from "../../core/tick/World.ts"
import { type Ending, ofRun } from "../../core/verify/Verdict.ts"
import type { Verifier } from "../../core/verify/Verifier.ts"
import { environment } from "../agents/AgentEnvironment.ts"
import { Cadence } from "../config/Cadence.ts"
import { Places } from "../config/Places.ts"
import { Trees } from "../git/Trees.ts"
import { Worktrees } from "../git/Worktrees.ts"
import * as Exit from "../process/Exit.ts"
import { Processes } from "../process/Processes.ts"
import { isAlive } from "../process/ProcessTable.ts"
import * as SmallFile from "../process/SmallFile.ts"
import * as StartToken from "../process/StartToken.ts"
import { readBounded, shrink } from "./BoundedOutput.ts"

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

/** The folder of a run could not be written or read. */
class RunFolderUnusable extends Data.TaggedError("RunFolderUnusable")<{
  readonly operation: string
  readonly path: string
  readonly cause: unknown
}> {
  override get message(): string {
    return `the folder of the run can not be used (${this.operation}): ${this.path}: ${String(this.cause)}`
  }
}

export const outputFile = "output.log"
const treeFile = "tree"
/** There once the time of a run is over: how its processes are ended then says nothing about the work. */
const expiredFile = "expired"
/** Bytes of output that are kept of a run, and that the next attempt is told. */
const keptBytes = 64 * 1024
const toldBytes = 8 * 1024
const stopGraceMs = 2000
/** After a look that was not possible. */
const againMs = 5000
/** How long a started wrapper may stay unseen without its token. */
const unseenMs = 10_000

/** SHA-256 of a verifier's definition: a verdict is bound to it. */
export const digest = (verifier: Verifier): string =>
  createHash("sha256").update(JSON.stringify(verifier)).digest("hex")

/** The marker of a run: the attempt's own, a dot and the run, so that a stop of the attempt finds it too. */
const runMarker = (marker: Marker, run: RunNumber): string => `${marker}.v${run}`

const keyOf = ({ run, task }: Run): string => `${task.id}.${run}`

type State =
  | { readonly _tag: "Working" }
  | { readonly _tag: "Finished"; readonly finished: Finished }
  | { readonly _tag: "Unknown"; readonly why: string }

/** `limit`: how many are started at once; one that is adopted runs anyway. */
export const make = Effect.fnUntraced(function* (limit: number) {
  const cadence = yield* Cadence
  const permits = yield* Effect.makeSemaphore(limit)
  const places = yield* Places
  const processes = yield* Processes
  const trees = yield* Trees
  const worktrees = yield* Worktrees
  const fibers = yield* FiberMap.make<string>()
  const states = new Map<string, State>()

  const directoryOf = ({ attempt, run, task }: Run): string => places.run(task.id, attempt, run)

  const attempting = <A>(operation: string, path: string, work: () => Promise<A>) =>
    Effect.tryPromise({ try: work, catch: (cause) => new RunFolderUnusable({ operation, path, cause }) })

  /** The tree as it was when the run began, written down so that a restart knows it too. */
  const recordTree = Effect.fnUntraced(function* (run: Run) {
    const directory = directoryOf(run)
    const before = yield* trees.look(worktrees.directoryOf(run.task), run.task.spec.target)
    yield* attempting("prepare", directory, async () => {
      await mkdir(directory, { recursive: true, mode: 0o700 })
      await writeFile(join(directory, `${treeFile}.tmp`), before.tree, { mode: 0o600 })
      await rename(join(directory, `${treeFile}.tmp`), join(directory, treeFile))
    })
  })

  const spawn = Effect.fnUntraced(function* (run: Run, command: string) {
    const directory = directoryOf(run)
    const { agent } = run.task.spec
    const output = join(directory, outputFile)
    const own = { DROVER_TASK: String(run.task.id), DROVER_VERIFIER: String(run.index + 1) }
    yield* processes.spawn({
      directory,
      marker: runMarker(run.marker, run.run),
      command: "/bin/sh",
      args: ["-c", command],
      cwd: worktrees.directoryOf(run.task),
      env: environment(process.env, { passEnv: agent.passEnv, env: {} }, own),
      stdin: null,
      stdout: output,
      stderr: output
    })
  })

  /** Waits for the exit record, by looking: an adopted run is nobody's child here. */
  const awaitExit = Effect.fnUntraced(function* (run: Run, deadline: number) {
    const directory = directoryOf(run)
    const expired = join(directory, expiredFile)
    const isExpired = yield* Effect.promise(() => access(expired).then(constTrue, constFalse))
    if (isExpired) return { _tag: "TimedOut" } as const
    const begun = yield* Clock.currentTimeMillis
    let pauseMs = 20
    for (;;) {
      const table = yield* processes.snapshot
      const exit = yield* Exit.read(directory)
      if (Option.isSome(exit)) return ending(exit.value)
      const marker = runMarker(run.marker, run.run)
      const token = yield* StartToken.read(directory)
      const isThere = (table.byMarker.get(marker) ?? []).some(isAlive)
      if (!isThere && token === "taken") {
        // The wrapper may have come and gone between the two looks.
        const again = yield* Exit.read(directory)
        const later = yield* processes.snapshot
        if (Option.isSome(again)) return ending(again.value)
        if (!(later.byMarker.get(marker) ?? []).some(isAlive)) {
          const last = yield* Exit.read(directory)
          return Option.isSome(last) ? ending(last.value) : ({ _tag: "Vanished" } as const)
        }
      }
      const now = yield* Clock.currentTimeMillis
      if (!isThere && token === "free" && now >= begun + unseenMs) {
        // Its wrapper never came to take the token; now it can not any more.
        if ((yield* StartToken.revoke(directory)) === "revoked") return { _tag: "Vanished" } as const
      }
      // Somebody else has taken its start back, a supervisor that did not know yet that it is none any more: nothing was
      // judged, and that is no verdict.
      if (token === "revoked" && !isThere) return { _tag: "Revoked" } as const
      if (now >= deadline) {
        // Before it is stopped: a supervisor that comes after must not take what the stop did to it for its verdict.
        yield* attempting("note the time-out", directory, () => writeFile(expired, "", { mode: 0o600 }))
        return { _tag: "TimedOut" } as const
      }
      states.set(keyOf(run), { _tag: "Working" })
      yield* Effect.sleep(pauseMs)
      pauseMs = Math.min(cadence.runs, pauseMs * 1.5)
    }
  })

  const conclude = Effect.fnUntraced(function* (run: Run, how: Ending) {
    const directory = directoryOf(run)
    const output = join(directory, outputFile)
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
    const tree = yield* attempting("read tree", directory, async () => SmallFile.read(join(directory, treeFile)))
    if (tree === undefined) {
      return yield* new RunFolderUnusable({
        operation: "read tree",
        path: directory,
        cause: `${treeFile} is not there`
      })
    }
    const after: TreeState = yield* trees.look(worktrees.directoryOf(run.task), run.task.spec.target)
    const kept = yield* readBounded(output, keptBytes)
    const told = yield* readBounded(output, toldBytes)
    yield* shrink(output, keptBytes)
    const verdict = ofRun(how)
    const detail = describe(how, run.verifier.timeoutMin)
    const finished: Finished = {
      detail,
      output: kept,
      observation: {
        _tag: "Finished",
        verdict,
        feedback: verdict === "PASS" ? null : feedback(run.verifier, detail, told),
        tree,
        treeNow: after.tree,
        headTree: after.headTree,
        work: after.work,
        costUsd: null,
        resumeAt: null
      }
    }
    states.set(keyOf(run), { _tag: "Finished", finished })
  })

  /** To its verdict. What can not be looked at is unknown, and looked at again after a while: no look calls for the next. */
  const judge = (run: Run, begunAt: number, onUnknown: Effect.Effect<void>): Effect.Effect<void> =>
    awaitExit(run, begunAt + run.verifier.timeoutMin * 60_000).pipe(
      Effect.flatMap((how) =>
        how._tag === "Revoked" ? Effect.sync(() => states.delete(keyOf(run))) : conclude(run, how)
      ),
      Effect.catchAll((error: { readonly message: string }) =>
        Effect.sync(() => states.set(keyOf(run), { _tag: "Unknown", why: error.message })).pipe(
          Effect.zipRight(onUnknown),
          Effect.zipRight(Effect.sleep(againMs)),
          Effect.zipRight(Effect.suspend(() => judge(run, begunAt, onUnknown)))
        )
      )
    )

  /** It could not even begin: that is no verdict on the work, and no pass. */
  const failed = (run: Run, why: string): void => {
    const { tree } = unaddressed
    const detail = `it could not be started: ${why}`
    const verdict = "ERROR"
    const told = feedback(run.verifier, detail, "")
    const nothing = { headTree: null, work: null, costUsd: null, resumeAt: null }
    const observation = { _tag: "Finished", verdict, feedback: told, tree, treeNow: tree, ...nothing } as const
    states.set(keyOf(run), { _tag: "Finished", finished: { detail, output: "", observation } })
  }

  const watch = (run: Run, work: Effect.Effect<void>, onEnd: Effect.Effect<void>) => {
    states.set(keyOf(run), { _tag: "Working" })
    return Effect.asVoid(FiberMap.run(fibers, keyOf(run), work.pipe(Effect.ensuring(onEnd))))
  }

  /** Starts a run whose intent is durable. `onEnd` is told when there is something to look at. */
  const start = (run: Run, onEnd: Effect.Effect<void>): Effect.Effect<void> => {
    const { verifier } = run
    const begin =
      verifier._tag === "Run"
        ? Effect.zipRight(recordTree(run), spawn(run, verifier.command))
        : Effect.fail({ message: `verifiers of kind ${verifier._tag} are not supported by this version` })
    const work = Effect.matchEffect(begin, {
      onFailure: (error: { readonly message: string }) => Effect.sync(() => failed(run, error.message)),
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

  /** A run that must not be heard of any more: its watcher ends. Its processes are the stop's business. */
  const forget = (run: Run): Effect.Effect<void> =>
    Effect.zipRight(
      FiberMap.remove(fibers, keyOf(run)),
      Effect.sync(() => states.delete(keyOf(run)))
    )

  const finishedOf = (run: Run): Finished | null => {
    const state = states.get(keyOf(run))
    return state?._tag === "Finished" ? state.finished : null
  }

  return { start, look, forget, finishedOf } as const
})

export type Verifiers = Effect.Effect.Success<ReturnType<typeof make>>

const ending = ({ code, signal }: Exit.ProcessExit): Ending =>
  code === null ? { _tag: "Killed", signal: signal ?? "an unknown signal" } : { _tag: "Exited", code }

const describe = (how: Ending, timeoutMin: number): string => {
  switch (how._tag) {
    case "Exited":
      return `exit status ${how.code}`
    case "Killed":
      return `ended by ${how.signal}`
    case "TimedOut":
      return `not done after ${timeoutMin} min`
    case "Vanished":
      return "it ended without saying how"
  }
}

const feedback = (verifier: Verifier, detail: string, output: string): string => {
  const what = verifier._tag === "Run" ? verifier.command : verifier.prompt
  return `The check did not pass (${detail}): ${what}\n\n${output}`.trimEnd()
}
