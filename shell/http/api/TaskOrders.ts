/** What HTTP is told to do with tasks, and what it answers; the commands are clients of it (`shell/cli/SupervisorSocket.ts`). */
import * as Schema from "effect/Schema"
import { Stage } from "../../../core/stage/Stage.ts"
import { words } from "../../../core/stage/TaskState.ts"
import { BatchId, TaskId } from "../../../core/task/Identifiers.ts"
import { Command, Dollars, maybe, Model, Name, Prompt, Switch, Word } from "../../config/Values.ts"
import * as Verbs from "../../operator/Verbs.ts"

export const State = Schema.Literal(...words).annotations({ identifier: "TaskState" })

export const Id = Schema.encodedSchema(TaskId)

export const StageWire = Schema.encodedSchema(Stage).annotations({ identifier: "Stage" })

const positive = Schema.String.pipe(
  Schema.pattern(/^[1-9][0-9]{0,14}$/),
  Schema.annotations({ description: "a number, such as 7" })
)

export const TaskNumber = Schema.transform(positive, TaskId, { strict: true, decode: Number, encode: String })
export const BatchNumber = Schema.transform(positive, BatchId, { strict: true, decode: Number, encode: String })

export const TaskPath = Schema.Struct({ id: TaskNumber })

export const EventPath = Schema.Struct({ id: TaskNumber, event: Schema.Literal(...Verbs.names) })

const AbsolutePath = Schema.String.pipe(
  Schema.pattern(/^\/[^\0]*$/),
  Schema.annotations({ description: "an absolute path" })
)

/** One task, as `drover submit` takes it. */
export const NewTask = Schema.Struct({
  name: Name,
  prompt: Prompt,
  cwd: AbsolutePath,
  agent: maybe(Name, "Which agent does it"),
  role: maybe(Name, "The role of a long-lived session that does it instead"),
  model: maybe(Model, "Which model the agent uses"),
  verify: maybe(Schema.Array(Command), "Shell commands that must succeed"),
  depends_on: maybe(Schema.Array(TaskId), "Ids of tasks that must be done first"),
  key: maybe(
    Schema.NonEmptyString.annotations({ description: "a text that is not empty" }),
    "The same key again is the same task, not another one"
  ),
  upcoming: maybe(Switch, "Store it, but wait until it is triaged")
})
export type NewTask = typeof NewTask.Type

export const Stored = Schema.Struct({
  id: Id,
  name: Schema.String,
  was: Schema.Literal("added", "updated", "unchanged"),
  warnings: Schema.Array(Schema.String)
})

/** What goes with an event; each belongs to some of them. */
export const EventBody = Schema.Struct({
  reason: maybe(Word, "Why; shown to people: hold, block, reject"),
  feedback: maybe(Word, "What the next attempt is told: send-back, fixup, reopen"),
  budget_usd: maybe(Dollars, "A new limit in US dollars, for a task that spent its budget: unblock"),
  commit: maybe(Word, "The commit that landed: landed"),
  by: maybe(TaskId, "The id of the task that takes its place: supersede")
})
export type EventBody = typeof EventBody.Type

/** A task after an event. */
export const Moved = Schema.Struct({
  id: Id,
  name: Schema.String,
  state: State,
  stage: StageWire
})

/** The names that what goes with an event has in a body. */
export const fieldOf = {
  reason: "reason",
  feedback: "feedback",
  budgetUsd: "budget_usd",
  commit: "commit",
  by: "by"
} as const satisfies Readonly<Record<keyof Verbs.Words, keyof EventBody>>

/** What was said, as a body has it. */
export const bodyOf = ({ budgetUsd, by, commit, feedback, reason }: Verbs.Words): EventBody => ({
  ...(reason === null ? {} : { reason }),
  ...(feedback === null ? {} : { feedback }),
  ...(budgetUsd === null ? {} : { budget_usd: budgetUsd }),
  ...(commit === null ? {} : { commit }),
  ...(by === null ? {} : { by })
})
