/**
 * The commands by which a person moves tasks: one event each, for one task or many.
 */
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { isTerminal } from "../../../core/stage/Projection.ts"
import type { TaskId } from "../../../core/task/Identifiers.ts"
import { Store } from "../../store/Store.ts"
import * as ExitCode from "../ExitCode.ts"
import * as Flags from "../Flags.ts"
import * as Orders from "../Orders.ts"
import { Output } from "../Output.ts"
import * as Services from "../Services.ts"
import * as Verbs from "../../operator/Verbs.ts"

/** Moves each task by itself: one that is refused keeps none of the others back. */
const operateAll = (name: Verbs.Name, ids: ReadonlyArray<TaskId>, words: Verbs.Words, isJson: boolean) =>
  Effect.scoped(
    Effect.gen(function* () {
      const output = yield* Output
      if (words.by !== null && ids.includes(words.by)) {
        return yield* new ExitCode.UsageError({ message: `#${words.by} can not take its own place` })
      }
      const operate = yield* Orders.operator
      const moved: Array<Orders.Moved> = []
      let code = ExitCode.done
      for (const id of ids) {
        const result = yield* Effect.either(operate(name, id, words))
        if (Either.isRight(result)) {
          moved.push(result.right)
          if (!isJson) yield* output.line(`#${id} ${result.right.name}: ${result.right.stage.stage}`)
        } else {
          yield* output.error(ExitCode.message(result.left))
          if (code === ExitCode.done) code = ExitCode.codeOf(result.left)
        }
      }
      if (isJson) yield* output.json({ tasks: moved })
      if (code !== ExitCode.done) return yield* new ExitCode.ExitWith({ code })
    })
  )

const text = (name: string, meaning: string) =>
  Options.text(name).pipe(Options.withDescription(meaning), Options.optional)

const reason = text("reason", "Why; shown to people")
const feedback = text("feedback", "What the next attempt is told")
const budget = Options.float("budget").pipe(
  Options.withDescription("A new limit in US dollars, for a task that spent its budget"),
  Options.optional
)
const commit = text("commit", "The commit that landed")
const by = text("by", "The id of the task that takes its place")

type Given = { readonly [K in "reason" | "feedback" | "commit" | "by"]?: Option.Option<string> } & {
  readonly budgetUsd?: Option.Option<number>
}

const wordsOf = (given: Given): Effect.Effect<Verbs.Words, ExitCode.UsageError> =>
  Effect.gen(function* () {
    const said = (option: Option.Option<string> | undefined) => (option === undefined ? null : Option.getOrNull(option))
    const id = said(given.by)
    const budgetUsd = given.budgetUsd === undefined ? null : Option.getOrNull(given.budgetUsd)
    if (budgetUsd !== null && !(budgetUsd > 0 && Number.isFinite(budgetUsd))) {
      return yield* new ExitCode.UsageError({ message: "--budget takes US dollars above 0" })
    }
    return {
      reason: said(given.reason),
      feedback: said(given.feedback),
      commit: said(given.commit),
      budgetUsd,
      by: id === null ? null : yield* Flags.parseId(id)
    }
  })

const handle =
  (name: Verbs.Name) =>
  ({ ids, json, ...given }: Given & { readonly ids: ReadonlyArray<string>; readonly json: boolean }) =>
    Effect.gen(function* () {
      const parsed = yield* Flags.parseIds(ids)
      if (parsed.length === 0) return yield* new ExitCode.UsageError({ message: `${name} which task? Give its id` })
      const words = yield* wordsOf(given)
      yield* operateAll(name, parsed, words, json)
    }).pipe(Effect.provide(Services.places))

const options = { reason, feedback, budgetUsd: budget, commit, by }

/** The command of one verb. */
export const command = (name: Exclude<Verbs.Name, "cancel">) => {
  const verb: Verbs.Verb = Verbs.verbs[name]
  const config = { ids: Flags.ids, json: Flags.json }
  return verb.option === undefined
    ? Command.make(name, config, handle(name))
    : Command.make(name, { ...config, [verb.option]: options[verb.option] }, handle(name))
}

/** What of a batch has not ended. */
const openOf = (batch: string) =>
  Effect.gen(function* () {
    const tasks = yield* (yield* Store).tasks({ batch: yield* Flags.findBatch(batch) })
    return tasks.filter(({ stage }) => !isTerminal(stage)).map(({ id }) => id)
  })

/** `cancel` takes a whole batch as well. */
export const cancel = Command.make(
  "cancel",
  { ids: Flags.ids, batch: Flags.batch, json: Flags.json },
  ({ batch, ids, json }) =>
    Effect.gen(function* () {
      const parsed = yield* Flags.parseIds(ids)
      if (parsed.length === 0 && Option.isNone(batch)) {
        return yield* new ExitCode.UsageError({ message: "cancel which task? Give its id, or --batch FILE" })
      }
      const words = yield* wordsOf({})
      const open = Option.isNone(batch) ? [] : yield* Effect.provide(openOf(batch.value), Services.existing)
      yield* operateAll("cancel", [...new Set([...parsed, ...open])], words, json)
    }).pipe(Effect.provide(Services.places))
)
