/**
 * `drover logs`: what the attempts of a task printed, or its verifiers.
 */
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { AttemptRecord } from "../../../core/execution/AttemptRecord.ts"
import { isHeld, isTerminal } from "../../../core/stage/Projection.ts"
import type { Task } from "../../../core/task/Task.ts"
import { makeTail, type Tail } from "../../sensors/OutputTail.ts"
import { paint } from "../Colour.ts"
import { Failed, NoSuchTask } from "../ExitCode.ts"
import * as Flags from "../Flags.ts"
import { Output } from "../Output.ts"
import * as Services from "../Services.ts"
import { plain } from "../Text.ts"
import * as TaskLog from "../../view/TaskLog.ts"

const chunkBytes = 256 * 1024
const interval = "200 millis"
/** Characters of a log that one JSON document holds: its end. */
const documentLength = 1024 * 1024

const isOver = (task: Task, chosen: ReadonlyArray<AttemptRecord>, attempt: number | null): boolean =>
  task.execution._tag === "Idle" && (isTerminal(task.stage) || isHeld(task.stage))
    ? true
    : attempt !== null && chosen.every(({ endedAt }) => endedAt !== null)

/** Gives every line that is there to `each`, source after source. */
const makeReader = <E, R>(each: (line: TaskLog.Line) => Effect.Effect<void, E, R>) => {
  const tails = new Map<string, Tail>()
  const give = ({ attempt, stream }: TaskLog.Source, text: string) => each({ attempt, stream, text })
  return (sources: ReadonlyArray<TaskLog.Source>, isLast: boolean) =>
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

const print = (wanted: TaskLog.Wanted, isFollowing: boolean, isJson: boolean) =>
  Effect.gen(function* () {
    const output = yield* Output
    let heading = ""
    let isSilent = true
    const show = (line: TaskLog.Line) => {
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
      const { chosen, sources, task } = yield* TaskLog.look(wanted)
      const isLast = !isFollowing || isOver(task, chosen, wanted.attempt)
      yield* read(sources, isLast)
      if (!isLast) {
        yield* Effect.sleep(interval)
        continue
      }
      const removed = yield* TaskLog.removedOf(sources)
      const about = `#${task.id} ${task.spec.name}`
      if (removed.length > 0)
        yield* output.error(`${about}: output was removed, as [retention] says: ${removed.join(", ")}`)
      else if (isSilent) yield* output.error(`${about}: nothing was printed${sources.length === 0 ? " yet" : ""}`)
      return
    }
  })

/** One document: the end of what was printed. */
const document = (wanted: TaskLog.Wanted) =>
  Effect.gen(function* () {
    const output = yield* Output
    const lines: Array<TaskLog.Line> = []
    let length = 0
    let isCut = false
    const keep = (line: TaskLog.Line) =>
      Effect.sync(() => {
        lines.push(line)
        length += line.text.length
        while (length > documentLength && lines.length > 1) {
          length -= lines.shift()?.text.length ?? 0
          isCut = true
        }
      })
    const { sources, task } = yield* TaskLog.look(wanted)
    yield* makeReader(keep)(sources, true)
    yield* output.json({
      id: task.id,
      name: task.spec.name,
      is_cut: isCut,
      removed: yield* TaskLog.removedOf(sources),
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
