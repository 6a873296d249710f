/**
 * Options and arguments that several commands share, each with one name and one meaning.
 */
import * as Args from "@effect/cli/Args"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { BatchId, parseTaskId, type TaskId } from "../../core/task/Identifiers.ts"
import { Store, type StoreError } from "../store/Store.ts"
import { NoSuchThing, UsageError } from "./ExitCode.ts"
import { realpath } from "node:fs/promises"

export const json = Options.boolean("json").pipe(Options.withDescription("Print JSON instead of text"))

export const stopAgents = (meaning: string) => Options.boolean("stop-agents").pipe(Options.withDescription(meaning))

/** One task, as it was typed. */
export const id = Args.text({ name: "id" }).pipe(Args.withDescription("The id of a task, such as 7"))

/** Tasks, as they were typed. */
export const ids = Args.text({ name: "id" }).pipe(Args.withDescription("The ids of tasks"), Args.repeated)

export const taskFile = Args.text({ name: "file" }).pipe(Args.withDescription("A task file (TOML)"))

export const batch = Options.text("batch").pipe(
  Options.withDescription("Only the tasks of that batch: its task file, or its number"),
  Options.optional
)

/** The id that a person typed: `7` or `#7`. */
export const parseId = (text: string): Effect.Effect<TaskId, UsageError> =>
  Option.match(parseTaskId(text), {
    onNone: () =>
      Effect.fail(new UsageError({ message: `${JSON.stringify(text)} is no task id: an id is a number, such as 7` })),
    onSome: Effect.succeed
  })

/** Each id once, in the order they were typed. */
export const parseIds = (texts: ReadonlyArray<string>): Effect.Effect<ReadonlyArray<TaskId>, UsageError> =>
  Effect.map(Effect.forEach(texts, parseId), (found) => [...new Set(found)])

/** The batch that a person named by its number or its task file. */
export const findBatch = (text: string): Effect.Effect<BatchId, NoSuchThing | StoreError, Store> =>
  Effect.gen(function* () {
    const store = yield* Store
    if (/^[1-9][0-9]{0,14}$/.test(text)) {
      const batch = BatchId.make(Number(text))
      const [first] = yield* store.tasks({ batch, limit: 1 })
      if (first === undefined) return yield* new NoSuchThing({ message: `there is no batch ${text}` })
      return batch
    }
    const path = yield* Effect.tryPromise({
      try: () => realpath(text),
      catch: () => new NoSuchThing({ message: `${text}: no such file` })
    })
    const found = yield* store.batchOf(path)
    if (Option.isNone(found)) return yield* new NoSuchThing({ message: `${text} was never run` })
    return found.value
  })
