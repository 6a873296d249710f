/**
 * What a person is told about a task, and no longer: one item per key, derived from the present state alone, so that an
 * item opens and closes by itself.
 */
import * as Block from "../stage/BlockReason.ts"
import * as MergeFailure from "../stage/MergeFailureKind.ts"
import { role } from "../stage/Projection.ts"
import type { TaskId } from "../task/Identifiers.ts"
import type { Task } from "../task/Task.ts"
import type { Action } from "./Action.ts"
import { type Context, reached, type Timed, timed } from "./Context.ts"
import type { OwnView } from "./World.ts"

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

const keyOf = ({ id }: Pick<Task, "id">, kind: string): string => `task:${id}:${kind}`

/** The item of a task that could not be stopped. */
export const survivorsKey = (id: TaskId): string => keyOf({ id }, "survivors")

/** Whether a stop could not be proved for so long that a person is told; while another try runs, what the last one came to. */
export const isUnprovable = (view: OwnView, context: Context): boolean => isUnproved(view, timed(context))

const isUnproved = (view: OwnView, context: Timed): boolean => {
  const { attention: open, observation, task, unknownSince } = view
  const { execution } = task
  if (execution._tag !== "Stopping") return false
  switch (observation?._tag) {
    case "Survivors":
      return reached(context, execution.since + context.policy.survivorAttentionMs)
    case "Unknown":
      return unknownSince !== null && reached(context, unknownSince + unknownInStopMs)
    case "BeingStopped":
      // A session is not ended by drover: its turn is waited for.
      if (execution.carrier?._tag === "Session")
        return reached(context, execution.since + context.policy.survivorAttentionMs)
      return open.includes(keyOf(task, "survivors"))
    case undefined:
      return open.includes(keyOf(task, "survivors"))
    default:
      return false
  }
}

const wanted = (view: OwnView, context: Timed): ReadonlyArray<Item> => {
  const { observation, run, task } = view
  const held = needsPerson(task)
  const unseen =
    observation?._tag === "Unknown"
      ? `its processes can not be seen: ${observation.why}`
      : run?._tag === "Unknown"
        ? `its verifier can not be seen: ${run.why}`
        : null
  const isLeft = isUnproved(view, context)
  const inTheWay = task.stage._tag === "Merge" ? view.landingHeld : null
  if (held === null && unseen === null && inTheWay === null && !isLeft) return none
  const items: Array<Item> = []
  const push = (kind: string, text: string): void => {
    items.push({ key: keyOf(task, kind), text: `${task.spec.name}: ${text}` })
  }
  if (held !== null) push("held", held)
  if (unseen !== null) push("unknown", unseen)
  if (inTheWay !== null) push("landing", inTheWay)
  if (isLeft) {
    push("survivors", survivors(view))
  }
  return items
}

const survivors = ({ observation, task: { execution } }: OwnView): string => {
  if (execution._tag === "Stopping" && execution.carrier?._tag === "Session") {
    return `is to stop, and the session ${execution.carrier.session} has not ended its turn`
  }
  const pids = observation?._tag === "Survivors" ? observation.pids.join(", ") : "unknown processes"
  return `could not be stopped: ${pids}`
}

const none: ReadonlyArray<never> = []

/** The items to raise and to clear. An Unknown observation clears nothing that it hides. */
export const attention = (view: OwnView, context: Timed): ReadonlyArray<Action> => {
  const { task } = view
  const items = wanted(view, context)
  if (items.length === 0 && view.attention.length === 0) return none
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
