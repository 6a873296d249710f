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
export const markerOf = ({ stateDirectory }: PlacesService, { run, task }: Run): Marker =>
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

const said = (what: string, output: string): string => `${what}${output === "" ? "" : `\n\n${output}`}`

/** Null where all of them pass. */
export const run = Effect.fnUntraced(function* (
  places: PlacesService,
  landing: Run,
  { directory, unchanged }: Candidate
) {
  const { task } = landing
  const { facts, spec } = task
  // Bytes that have passed pass again.
  if (unchanged !== null && unchanged === facts.passed?.tree) return null
  const marker = markerOf(places, landing)
  const folder = folderOf(places, landing)
  const { prefix } = landing.target
  const top =
    prefix === "" ? directory : join(directory, ...prefix.split("/").flatMap((part) => (part === "" ? [] : [".."])))
  if ((spec.setup ?? []).length > 0 && spec.verify.length > 0) {
    const ended = yield* Script.run({ ...Setup.scriptOf(task, top), directory: setupOf(folder), marker })
    const why = Setup.failureOf(task, ended)
    if (why !== null) {
      const told = said(`The setup of the worktree failed: ${why}`, ended.output)
      return {
        _tag: "GatesFailed",
        step: "build",
        exitCode: ended.exit?.code ?? null,
        said: told
      } satisfies MergeFailureKind
    }
  }
  for (const [index, verifier] of spec.verify.entries()) {
    if (verifier._tag !== "Run") continue
    const own = { DROVER_TASK: String(task.id), DROVER_VERIFIER: String(index + 1) }
    const ended = yield* Script.run({
      command: "/bin/sh",
      args: ["-c", verifier.command],
      cwd: directory,
      env: environment(process.env, { passEnv: spec.agent.passEnv, env: {} }, own),
      timeoutMin: verifier.timeoutMin,
      directory: checkOf(folder, index),
      marker
    })
    if (ended.exit?.code !== 0) {
      const told = said(`The check did not pass: ${verifier.command}`, ended.output)
      const step = Verifier.stepOf(verifier)
      return { _tag: "GatesFailed", step, exitCode: ended.exit?.code ?? null, said: told } satisfies MergeFailureKind
    }
  }
  return null
})
