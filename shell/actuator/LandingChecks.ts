/**
 * Checks what would land, in the worktree of the landing: the setup, then the verifiers of the task in their order. Each
 * is a process with the marker of the landing and in a folder of its own.
 */
import { createHash } from "node:crypto"
import { join } from "node:path"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { constVoid } from "effect/Function"
import { Marker } from "../../core/execution/AttemptRecord.ts"
import type { MergeFailureKind } from "../../core/stage/MergeFailureKind.ts"
import { AttemptNumber } from "../../core/task/Identifiers.ts"
import * as Verifier from "../../core/verify/Verifier.ts"
import type { Cadence } from "../config/Cadence.ts"
import type { PlacesService } from "../config/Places.ts"
import type { Candidate, Run } from "../git/LandingService.ts"
import { Processes } from "../process/Processes.ts"
import type * as Context from "effect/Context"
import { shrink } from "../verifiers/BoundedOutput.ts"
import * as Output from "../verifiers/Output.ts"
import * as Program from "../verifiers/Program.ts"
import { awaitEnd } from "../verifiers/RunEnd.ts"
import * as RunFolder from "../verifiers/RunFolder.ts"
import * as Revocation from "./Revocation.ts"
import * as Script from "./Script.ts"
import * as Setup from "./Setup.ts"

/** The marker of a landing: by it whoever redoes the landing finds what is left of it, without having known it. */
const markerOf = ({ stateDirectory }: PlacesService, { run, task }: Run): Marker =>
  Marker.make(createHash("sha256").update(`${stateDirectory}\0${task.id}\0${run}`).digest("hex").slice(0, 32))

const stopGraceMs = 1000
/** Bytes of output that are kept of a check. */
const keptBytes = 64 * 1024

/** Beside the files of the attempt whose work lands: no other begins while it does. */
const folderOf = (places: PlacesService, { run, task }: Run): string =>
  places.landing(task.id, AttemptNumber.make(Math.max(1, task.facts.nextAttempt - 1)), run)
const setupOf = (folder: string): string => join(folder, "setup")
const checkOf = (folder: string, index: number): string => join(folder, `v${index + 1}`)

type ProcessesService = Context.Tag.Service<Processes>

/** Ends all that a landing has started; answers how many live on. */
export const stop = (places: PlacesService, processes: ProcessesService, landing: Run, graceMs: number) =>
  Effect.map(processes.stop({ marker: markerOf(places, landing), graceMs }), (stopped) =>
    stopped._tag === "Empty" ? [] : stopped.processes.map(({ pid }) => pid)
  )

/** Lets nothing of a landing that is under way start any more, whoever tries it and however late, and ends what has. */
export const end = Effect.fnUntraced(function* (
  places: PlacesService,
  processes: ProcessesService,
  landing: Run,
  graceMs: number
) {
  const folder = folderOf(places, landing)
  const folders = [setupOf(folder), ...landing.task.spec.verify.map((_, index) => checkOf(folder, index))]
  yield* Effect.forEach(folders, Revocation.revoke, { discard: true })
  return yield* stop(places, processes, landing, graceMs)
})

/** What would land, and where and how its checks run. */
export interface Asked {
  readonly places: PlacesService
  readonly landing: Run
  readonly base: string
  readonly candidate: Candidate
  readonly settings: Output.Settings
}

/** What the checks came to. `costUsd`: of those that are models or agents; left out where none ran. */
export interface Checked {
  /** Null: all of them pass. `why`: their provider does not answer now, which says nothing about the work. */
  readonly failure: { readonly kind: MergeFailureKind } | { readonly why: string } | null
  readonly costUsd?: number | null
}

const setUp = Effect.fnUntraced(function* ({ candidate, landing, places }: Asked) {
  const { task } = landing
  if ((task.spec.setup ?? []).length === 0) return null
  const script = Setup.scriptOf(task, candidate.top)
  const directory = setupOf(folderOf(places, landing))
  const ended = yield* Script.run({ ...script, directory, marker: markerOf(places, landing) })
  const why = Setup.failureOf(task, ended)
  if (why === null) return null
  const said = `The setup of the worktree failed: ${why}\n\n${ended.output}`.trimEnd()
  return { _tag: "GatesFailed", step: "build", exitCode: ended.exit?.code ?? null, said } satisfies MergeFailureKind
})

const verify = Effect.fnUntraced(function* (asked: Asked, verifier: Verifier.Verifier, index: number) {
  const { base, candidate, landing, places, settings } = asked
  const { id, spec } = landing.task
  const processes = yield* Processes
  const marker = markerOf(places, landing)
  const directory = checkOf(folderOf(places, landing), index)
  yield* RunFolder.prepare(directory, candidate.commit)
  const startedAt = yield* Clock.currentTimeMillis
  const request = yield* Program.prepare({
    verifier,
    task: spec,
    own: { DROVER_TASK: String(id), DROVER_VERIFIER: String(index + 1) },
    directory,
    marker,
    cwd: candidate.directory,
    since: { _tag: "Commit", commit: base },
    source: process.env
  })
  yield* processes.spawn(request)
  const output = Output.make(verifier, directory, startedAt, settings)
  const deadline = startedAt + verifier.timeoutMin * 60_000
  const end = yield* awaitEnd({ directory, marker, deadline, output, onAlive: constVoid })
  // What it has left behind would go on in a worktree that is about to go.
  const stopped = yield* processes.stop({ marker, graceMs: stopGraceMs })
  if (end._tag === "Revoked" || stopped._tag === "Survivors") {
    return yield* Effect.fail({ message: `a check of the landing of #${id} was broken off` })
  }
  const judgement = yield* output.judge(end.how, end.at)
  yield* shrink(join(directory, RunFolder.outputFile), keptBytes)
  return { ...judgement, exitCode: end.how._tag === "Exited" ? end.how.code : null }
})

/** Up to the first that does not pass. */
export const run = (asked: Asked): Effect.Effect<Checked, { readonly message: string }, Cadence | Processes> =>
  Effect.gen(function* () {
    const { candidate, landing } = asked
    const { facts, spec } = landing.task
    // Bytes that have passed pass again, and where nothing is checked nothing need be set up.
    const isPassed = candidate.unchanged !== null && candidate.unchanged === facts.passed?.tree
    if (isPassed || spec.verify.length === 0) return { failure: null }
    const kind = yield* setUp(asked)
    if (kind !== null) return { failure: { kind } }
    let cost: { readonly costUsd?: number | null } = {}
    for (const [index, verifier] of spec.verify.entries()) {
      const { costUsd, detail, exitCode, feedback, verdict } = yield* verify(asked, verifier, index)
      if (verifier._tag !== "Run") {
        const before = cost.costUsd === undefined ? 0 : cost.costUsd
        cost = { costUsd: before === null || costUsd === null ? null : before + costUsd }
      }
      if (verdict === "LIMITED") return { failure: { why: detail }, ...cost }
      if (verdict === "PASS") continue
      const step = Verifier.stepOf(verifier)
      const said = feedback ?? detail
      return { failure: { kind: { _tag: "GatesFailed", step, exitCode, said } }, ...cost }
    }
    return { failure: null, ...cost }
  })
