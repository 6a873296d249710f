/** Where what a task's attempts printed is, or its verifiers. */
import { access } from "node:fs/promises"
import { join } from "node:path"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { AttemptRecord } from "../../core/execution/AttemptRecord.ts"
import { attemptId, type TaskId } from "../../core/task/Identifiers.ts"
import type { Verification } from "../../core/verify/Verification.ts"
import { stderrFile, stdoutFile } from "../agents/Launch.ts"
import { Places } from "../config/Places.ts"
import { NoSuchTask } from "../operator/Operation.ts"
import { Store } from "../store/Store.ts"
import { outputFile } from "../verifiers/RunFolder.ts"

/** The task is there, and never had an attempt of that number. */
export class NoSuchAttempt extends Data.TaggedError("NoSuchAttempt")<{
  readonly id: TaskId
  readonly attempt: number
}> {
  override get message(): string {
    return `#${this.id} has no attempt ${this.attempt}`
  }
}

export interface Wanted {
  readonly id: TaskId
  /** Null: every attempt. */
  readonly attempt: number | null
  readonly isVerifier: boolean
}

export interface Line {
  readonly attempt: string
  readonly stream: "stdout" | "stderr" | "verifier"
  readonly text: string
}

/** Once what printed has begun, its file is there until retention removes it. */
export type Source = Omit<Line, "text"> & {
  readonly file: string
  readonly hasBegun: boolean
  /** Nothing more is written to it. */
  readonly isOver: boolean
}

/** What an attempt of an agent prints. */
export const outputOf = (
  places: Places["Type"],
  { attempt, endedAt, startedAt, task }: AttemptRecord
): ReadonlyArray<Source> => {
  const folder = places.attempt(task, attempt.number)
  const about = { attempt: attemptId(task, attempt.number), hasBegun: startedAt !== null, isOver: endedAt !== null }
  return [
    { ...about, stream: "stdout", file: join(folder, stdoutFile) },
    { ...about, stream: "stderr", file: join(folder, stderrFile) }
  ]
}

/** What a run of a verifier prints. */
export const outputOfRun = (
  places: Places["Type"],
  { attempt, endedAt, kind, run, task }: Pick<Verification, "attempt" | "endedAt" | "kind" | "run" | "task">
): ReadonlyArray<Source> => {
  const folder = places.run(task, attempt, run)
  const about = {
    attempt: attemptId(task, attempt),
    stream: "verifier",
    hasBegun: endedAt !== null,
    isOver: endedAt !== null
  } as const
  // What a command prints is all in one.
  const files = kind === "Run" ? [outputFile] : [outputFile, stderrFile]
  return files.map((file) => ({ ...about, file: join(folder, file) }))
}

/** The task now, and the files that its output is in so far. */
export const look = ({ attempt, id, isVerifier }: Wanted) =>
  Effect.gen(function* () {
    const store = yield* Store
    const places = yield* Places
    const found = yield* store.task(id)
    if (Option.isNone(found)) return yield* new NoSuchTask({ id })
    const attempts = yield* store.attempts(id)
    const chosen = attempts.filter((each) => attempt === null || each.attempt.number === attempt)
    if (attempt !== null && chosen.length === 0) {
      return yield* new NoSuchAttempt({ id, attempt })
    }
    const runs = isVerifier ? yield* store.verifications(id) : []
    const sources = isVerifier
      ? runs.filter((run) => attempt === null || run.attempt === attempt).flatMap((run) => outputOfRun(places, run))
      : chosen.flatMap((record) => outputOf(places, record))
    return { task: found.value, chosen, sources }
  })

/** Attempts of which some output was there and is not any more. */
export const removedOf = (sources: ReadonlyArray<Source>) =>
  Effect.map(
    Effect.filter(sources, ({ file, hasBegun }) =>
      hasBegun
        ? Effect.promise(() =>
            access(file).then(
              () => false,
              () => true
            )
          )
        : Effect.succeed(false)
    ),
    (gone) => [...new Set(gone.map(({ attempt }) => attempt))]
  )
