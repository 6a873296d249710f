/**
 * `drover logs`: what the attempts of a task printed, or its verifiers.
 */
import { access } from "node:fs/promises"
import { join } from "node:path"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { AttemptRecord } from "../../../core/execution/AttemptRecord.ts"
import { isHeld, isTerminal } from "../../../core/stage/Projection.ts"
import { attemptId, type TaskId } from "../../../core/task/Identifiers.ts"
import type { Task } from "../../../core/task/Task.ts"
import { stderrFile, stdoutFile } from "../../agents/Launch.ts"
import { Places } from "../../config/Places.ts"
import { makeTail, type Tail } from "../../sensors/OutputTail.ts"
import { Store } from "../../store/Store.ts"
import { outputFile } from "../../verifiers/RunFolder.ts"
import { paint } from "../Colour.ts"
import { Failed, NoSuchTask, NoSuchThing } from "../ExitCode.ts"
import * as Flags from "../Flags.ts"
import { Output } from "../Output.ts"
import * as Services from "../Services.ts"
import { plain } from "../Text.ts"

const chunkBytes = 256 * 1024
const interval = "200 millis"
/** Characters of a log that one JSON document holds: its end. */
const documentLength = 1024 * 1024

interface Wanted {
  readonly id: TaskId
  /** Null: every attempt. */
  readonly attempt: number | null
  readonly isVerifier: boolean
}

interface Line {
  readonly attempt: string
  readonly stream: "stdout" | "stderr" | "verifier"
  readonly text: string
}

/** Once what printed has begun, its file is there until retention removes it. */
type Source = Omit<Line, "text"> & { readonly file: string; readonly hasBegun: boolean }

const outputOf = (places: Places["Type"], { attempt, startedAt, task }: AttemptRecord): ReadonlyArray<Source> => {
  const folder = places.attempt(task, attempt.number)
  const about = { attempt: attemptId(task, attempt.number), hasBegun: startedAt !== null }
  return [
    { ...about, stream: "stdout", file: join(folder, stdoutFile) },
    { ...about, stream: "stderr", file: join(folder, stderrFile) }
  ]
}

/** The task now, and the files that its output is in so far. */
const look = ({ attempt, id, isVerifier }: Wanted) =>
  Effect.gen(function* () {
    const store = yield* Store
    const places = yield* Places
    const found = yield* store.task(id)
    if (Option.isNone(found)) return yield* new NoSuchTask({ id })
    const attempts = yield* store.attempts(id)
    const chosen = attempts.filter((each) => attempt === null || each.attempt.number === attempt)
    if (attempt !== null && chosen.length === 0) {
      return yield* new NoSuchThing({ message: `#${id} has no attempt ${attempt}` })
    }
    const runs = isVerifier ? yield* store.verifications(id) : []
    const sources = isVerifier
      ? runs
          .filter((run) => attempt === null || run.attempt === attempt)
          .flatMap((run): ReadonlyArray<Source> => {
            const folder = places.run(id, run.attempt, run.run)
            const about = {
              attempt: attemptId(id, run.attempt),
              stream: "verifier",
              hasBegun: run.endedAt !== null
            } as const
            // What a command prints is all in one.
            const files = run.kind === "Run" ? [outputFile] : [outputFile, stderrFile]
            return files.map((file) => ({ ...about, file: join(folder, file) }))
          })
      : chosen.flatMap((record) => outputOf(places, record))
    return { task: found.value, chosen, sources }
  })

const isOver = (task: Task, chosen: ReadonlyArray<AttemptRecord>, attempt: number | null): boolean =>
  task.execution._tag === "Idle" && (isTerminal(task.stage) || isHeld(task.stage))
    ? true
    : attempt !== null && chosen.every(({ endedAt }) => endedAt !== null)

/** Attempts of which some output was there and is not any more. */
const removedOf = (sources: ReadonlyArray<Source>) =>
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

/** Gives every line that is there to `each`, source after source. */
const makeReader = <E, R>(each: (line: Line) => Effect.Effect<void, E, R>) => {
  const tails = new Map<string, Tail>()
  const give = ({ attempt, stream }: Source, text: string) => each({ attempt, stream, text })
  return (sources: ReadonlyArray<Source>, isLast: boolean) =>
    Effect.forEach(
      sources,
      (source) =>
        Effect.gen(function* () {
          const tail = tails.get(source.file) ?? makeTail(source.file, 0)
          tails.set(source.file, tail)
          for (;;) {
            const { isAtEnd, lines } = yield* Effect.mapError(
              tail.read(chunkBytes),
              (error) => new Failed({ message: error.message })
            )
            for (const line of lines) yield* give(source, line)
            if (isAtEnd) break
          }
          const rest = isLast ? yield* tail.flush : ""
          if (rest !== "") yield* give(source, rest)
        }),
      { discard: true }
    )
}

const print = (wanted: Wanted, isFollowing: boolean, isJson: boolean) =>
  Effect.gen(function* () {
    const output = yield* Output
    let heading = ""
    let isSilent = true
    const show = (line: Line) => {
      isSilent = false
      if (isJson) return output.json(line)
      const isNew = heading !== line.attempt && output.isLive
      heading = line.attempt
      const text = plain(line.text)
      const shown = line.stream === "stderr" && output.hasColour ? paint(text, "yellow") : text
      const title = `attempt ${line.attempt}`
      return output.line(isNew ? `${output.hasColour ? paint(title, "dim") : title}\n${shown}` : shown)
    }
    const read = makeReader(show)
    for (;;) {
      const { chosen, sources, task } = yield* look(wanted)
      const isLast = !isFollowing || isOver(task, chosen, wanted.attempt)
      yield* read(sources, isLast)
      if (!isLast) {
        yield* Effect.sleep(interval)
        continue
      }
      const removed = yield* removedOf(sources)
      const about = `#${task.id} ${task.spec.name}`
      if (removed.length > 0)
        yield* output.error(`${about}: output was removed, as [retention] says: ${removed.join(", ")}`)
      else if (isSilent) yield* output.error(`${about}: nothing was printed${sources.length === 0 ? " yet" : ""}`)
      return
    }
  })

/** One document: the end of what was printed. */
const document = (wanted: Wanted) =>
  Effect.gen(function* () {
    const output = yield* Output
    const lines: Array<Line> = []
    let length = 0
    let isCut = false
    const keep = (line: Line) =>
      Effect.sync(() => {
        lines.push(line)
        length += line.text.length
        while (length > documentLength && lines.length > 1) {
          length -= lines.shift()?.text.length ?? 0
          isCut = true
        }
      })
    const { sources, task } = yield* look(wanted)
    yield* makeReader(keep)(sources, true)
    yield* output.json({
      id: task.id,
      name: task.spec.name,
      is_cut: isCut,
      removed: yield* removedOf(sources),
      lines
    })
  })

const options = {
  id: Flags.id,
  follow: Options.boolean("follow").pipe(
    Options.withAlias("f"),
    Options.withDescription("Go on until the task has ended or needs a person")
  ),
  attempt: Options.integer("attempt").pipe(Options.withDescription("Only that attempt"), Options.optional),
  verifier: Options.boolean("verifier").pipe(Options.withDescription("What the verifiers printed instead")),
  json: Flags.json
}

export const command = Command.make("logs", options, ({ attempt, follow, id, json, verifier }) =>
  Effect.gen(function* () {
    const wanted = { id: yield* Flags.parseId(id), attempt: Option.getOrNull(attempt), isVerifier: verifier }
    const effect = json && !follow ? document(wanted) : print(wanted, follow, json)
    const found = yield* Services.ifStored(effect)
    if (Option.isNone(found)) return yield* new NoSuchTask({ id: wanted.id })
  }).pipe(Effect.provide(Services.places))
)
