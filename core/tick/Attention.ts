/**
 * What a person is told about a task, and no longer: one item per key, derived from the present state alone, so that an
 * item opens and closes by itself.
 */
import * as Block from "../stage/BlockReason.ts"
import * as MergeFailure from "../stage/MergeFailureKind.ts"
import { role } from "../stage/Projection.ts"
import type { Task } from "../task/Task.ts"
import type { Action } from "./Action.ts"
import { type Context, reached, type Timed, timed } from "./Context.ts"
import type { TaskView } from "./World.ts"

interface Item {
  readonly key: string
  readonly text: string
}

/** How long a stop may not be able to look before a person is told. */
const unknownInStopMs = 10 * 60_000

/** Why a task waits for a person, or null. */
export const needsPerson = ({ stage }: Task): string | null => {
  switch (stage._tag) {
    case "Blocked":
      return Block.describe(stage.reason)
    case "ReviewHold":
      return stage.reason
    case "MergeFailureFinal":
      return `landing failed ${stage.strikes} times: ${MergeFailure.describe(stage.kind)}`
    case "MergeFailure":
      return role(stage) === null && MergeFailure.mender(stage.kind) === "person"
        ? `landing failed: ${MergeFailure.describe(stage.kind)}`
        : null
    default:
      return null
  }
}

const keyOf = (task: Task, kind: string): string => `task:${task.id}:${kind}`

/** Whether a stop could not be proved for so long that a person is told; while another try runs, what the last one came to. */
export const isUnprovable = (view: TaskView, context: Context): boolean => isUnproved(view, timed(context))

const isUnproved = (view: TaskView, context: Timed): boolean => {
  const { attention: open, observation, task, unknownSince } = view
  const { execution } = task
  if (execution._tag !== "Stopping") return false
  switch (observation?._tag) {
    case "Survivors":
      return reached(context, execution.since + context.policy.survivorAttentionMs)
    case "Unknown":
      return unknownSince !== null && reached(context, unknownSince + unknownInStopMs)
    case "BeingStopped":
    case undefined:
      return open.includes(keyOf(task, "survivors"))
    default:
      return false
  }
}

const wanted = (view: TaskView, context: Timed): ReadonlyArray<Item> => {
  const { observation, run, task } = view
  const items: Array<Item> = []
  const push = (kind: string, text: string): void => {
    items.push({ key: keyOf(task, kind), text: `${task.spec.name}: ${text}` })
  }
  const held = needsPerson(task)
  if (held !== null) push("held", held)
  if (observation?._tag === "Unknown") push("unknown", `its processes can not be seen: ${observation.why}`)
  else if (run?._tag === "Unknown") push("unknown", `its verifier can not be seen: ${run.why}`)
  if (isUnproved(view, context)) {
    const pids = observation?._tag === "Survivors" ? observation.pids.join(", ") : "unknown processes"
    push("survivors", `could not be stopped: ${pids}`)
  }
  return items
}

/** The items to raise and to clear. An Unknown observation clears nothing that it hides. */
export const attention = (view: TaskView, context: Timed): ReadonlyArray<Action> => {
  const { task } = view
  const items = wanted(view, context)
  const of = { task: task.id, revision: task.revision }
  const raised = items
    .filter(({ key }) => !view.attention.includes(key))
    .map(({ key, text }): Action => ({ _tag: "RaiseAttention", ...of, key, text }))
  const isBlind = task.execution._tag === "Stopping" && view.observation === null
  const cleared = view.attention
    .toSorted()
    .filter((key) => key.startsWith(keyOf(task, "")) && !items.some((item) => item.key === key))
    .filter((key) => !(isBlind && !key.endsWith(":held")))
    .map((key): Action => ({ _tag: "ClearAttention", ...of, key }))
  return [...raised, ...cleared]
}
