/**
 * The reconcile tick: from what is wanted and what is seen to what is to be done. Level-triggered, deterministic,
 * independent of the order of its input; it reads no clock and changes nothing.
 *
 * `Reconciler` will answer the same from changes alone; what it must equal is `plan`.
 */
import type { TaskId } from "../task/Identifiers.ts"
import type { Action } from "./Action.ts"
import { type Asking, admit } from "./Admit.ts"
import { attention } from "./Attention.ts"
import type { Context } from "./Context.ts"
import { decideExecution } from "./DecideExecution.ts"
import { decideStage } from "./DecideStage.ts"
import { of, type Proposal } from "./Proposal.ts"
import type { Wait } from "./Wait.ts"
import type { TaskView, World } from "./World.ts"

export interface Plan {
  readonly actions: ReadonlyArray<Action>
  /** Why each task that could move does not. */
  readonly waiting: ReadonlyMap<TaskId, Wait>
}

/** What one task needs next, before admission: the first rule that holds. */
export const decide = (view: TaskView, context: Context): Proposal =>
  decideExecution(view, context) ?? decideStage(view, context)

/** The files of the session policy as they should be. */
const sessionPolicy = ({ sessionPolicy: { present, wanted }, task }: TaskView): ReadonlyArray<Action> => {
  const cleared: ReadonlyArray<Action> =
    present !== null && present !== wanted ? [{ _tag: "ClearSessionPolicy", ...of(task), session: present }] : []
  const written: ReadonlyArray<Action> =
    wanted !== null && wanted !== present ? [{ _tag: "WriteSessionPolicy", ...of(task), session: wanted }] : []
  return [...cleared, ...written]
}

/** All actions of a tick, and the reasons of those that wait. Actions are in the order of admission, then of the ids. */
export const plan = (world: World): Plan => {
  const context: Context = { now: world.now, policy: world.policy }
  const actions: Array<Action> = []
  const asking: Array<Asking> = []
  const waiting = new Map<TaskId, Wait>()
  const views = world.tasks.toSorted((a, b) => a.task.id - b.task.id)
  for (const view of views) {
    const { task } = view
    const proposal = decide(view, context)
    switch (proposal._tag) {
      case "Act":
        actions.push(proposal.action)
        break
      case "Ask":
        asking.push({ task, action: proposal.action, demand: proposal.demand })
        break
      case "Wait":
        waiting.set(task.id, proposal.wait)
        break
      case "Rest":
        break
    }
    actions.push(...attention(view, context))
    // What can not be seen is left alone, its files too.
    const isUnknown = proposal._tag === "Wait" && proposal.wait._tag === "Unknown"
    if (!isUnknown) actions.push(...sessionPolicy(view))
  }
  const admitted = admit({ ...world, tasks: views }, asking)
  for (const [id, wait] of admitted.refused) waiting.set(id, wait)
  return { actions: [...admitted.actions, ...actions], waiting }
}

/** The actions of a tick. */
export const tick = (world: World): ReadonlyArray<Action> => plan(world).actions
