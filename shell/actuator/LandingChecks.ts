/**
 * Checks what would land, in the worktree of the landing: the setup, then the verifiers of the task in their order. Each
 * is a process with the marker of the landing and in a folder of its own.
 */
import { createHash } from "node:crypto"
import { mkdir, rm } from "node:fs/promises"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { Marker } from "../../core/execution/AttemptRecord.ts"
import type { MergeFailureKind } from "../../core/stage/MergeFailureKind.ts"
import * as Verifier from "../../core/verify/Verifier.ts"
import { environment } from "../agents/AgentEnvironment.ts"
import type { PlacesService } from "../config/Places.ts"
import type { Candidate, Run } from "../git/LandingService.ts"
import type { Processes } from "../process/Processes.ts"
import * as StartToken from "../process/StartToken.ts"
import type * as Context from "effect/Context"
import * as Script from "./Script.ts"
import * as Setup from "./Setup.ts"

/** The marker of a landing: by it whoever redoes the landing finds what is left of it, without having known it. */
const markerOf = ({ stateDirectory }: PlacesService, { run, task }: Run): Marker =>
  Marker.make(createHash("sha256").update(`${stateDirectory}\0${task.id}\0${run}`).digest("hex").slice(0, 32))

const folderOf = (places: PlacesService, { run, task }: Run): string => places.landing(task.id, run)
const setupOf = (folder: string): string => join(folder, "setup")
const checkOf = (folder: string, index: number): string => join(folder, `v${index + 1}`)

/** Ends all that a landing has started, and lets nothing of it start any more; answers how many live on. */
export const end = Effect.fnUntraced(function* (
  places: PlacesService,
  processes: Context.Tag.Service<Processes>,
  landing: Run,
  graceMs: number
) {
  const folder = folderOf(places, landing)
  const folders = [setupOf(folder), ...landing.task.spec.verify.map((_, index) => checkOf(folder, index))]
  for (const each of folders) {
    yield* Effect.tryPromise({
      try: () => mkdir(each, { recursive: true, mode: 0o700 }),
      catch: (cause) => ({ message: `the folder ${each} can not be made: ${String(cause)}` })
    })
    yield* StartToken.revoke(each)
  }
  const stopped = yield* processes.stop({ marker: markerOf(places, landing), graceMs })
  return stopped._tag === "Empty" ? [] : stopped.processes.map(({ pid }) => pid)
})

/** Takes its files away: what they said is told with its end, and a start that comes late finds no folder. */
export const forget = (places: PlacesService, landing: Run): Effect.Effect<void> =>
  Effect.catchAll(
    Effect.tryPromise(() => rm(folderOf(places, landing), { recursive: true, force: true })),
    ({ error }) => Effect.logWarning(`files of a landing can not be removed: ${String(error)}`)
  )

const failed = (step: Verifier.Step, what: string, { exit, output }: Script.Ended): MergeFailureKind => ({
  _tag: "GatesFailed",
  step,
  exitCode: exit?.code ?? null,
  said: output === "" ? what : `${what}\n\n${output}`
})

/** What would land, and where its checks run. */
interface Checked {
  readonly places: PlacesService
  readonly landing: Run
  readonly candidate: Candidate
}

const setUp = Effect.fnUntraced(function* ({ candidate, landing, places }: Checked) {
  const { task } = landing
  if ((task.spec.setup ?? []).length === 0) return null
  const script = Setup.scriptOf(task, candidate.top)
  const directory = setupOf(folderOf(places, landing))
  const ended = yield* Script.run({ ...script, directory, marker: markerOf(places, landing) })
  const why = Setup.failureOf(task, ended)
  return why === null ? null : failed("build", `The setup of the worktree failed: ${why}`, ended)
})

const verify = Effect.fnUntraced(function* ({ candidate, landing, places }: Checked, index: number, run: Verifier.Run) {
  const { id, spec } = landing.task
  const own = { DROVER_TASK: String(id), DROVER_VERIFIER: String(index + 1) }
  const ended = yield* Script.run({
    command: "/bin/sh",
    args: ["-c", run.command],
    cwd: candidate.directory,
    env: environment(process.env, { passEnv: spec.agent.passEnv, env: {} }, own),
    timeoutMin: run.timeoutMin,
    directory: checkOf(folderOf(places, landing), index),
    marker: markerOf(places, landing)
  })
  return ended.exit?.code === 0 ? null : failed(Verifier.stepOf(run), `The check did not pass: ${run.command}`, ended)
})

/** The first that does not pass; null where all of them do. */
export const run = (
  places: PlacesService,
  landing: Run,
  candidate: Candidate
): Effect.Effect<MergeFailureKind | null, { readonly message: string }, Processes> =>
  Effect.gen(function* () {
    const { facts, spec } = landing.task
    // Bytes that have passed pass again, and where nothing is checked nothing need be set up.
    const isPassed = candidate.unchanged !== null && candidate.unchanged === facts.passed?.tree
    if (isPassed || spec.verify.length === 0) return null
    const checked = { places, landing, candidate }
    const failure = yield* setUp(checked)
    if (failure !== null) return failure
    for (const [index, verifier] of spec.verify.entries()) {
      if (verifier._tag !== "Run") continue
      const refusal = yield* verify(checked, index, verifier)
      if (refusal !== null) return refusal
    }
    return null
  })
