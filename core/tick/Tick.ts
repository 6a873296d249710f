/**
 * The reconcile tick: from what is wanted and what is seen to what is to be done. Level-triggered, deterministic,
 * independent of the order of its input; it reads no clock and changes nothing.
 *
 * `Reconciler` will answer the same from changes alone; what it must equal is `plan`.
 */
import type { TaskId } from "../task/Identifiers.ts"
import type { Action } from "./Action.ts"
import { admit } from "./Admit.ts"
import { attention } from "./Attention.ts"
import { type Context, type Timed, timed } from "./Context.ts"
import { decideExecution } from "./DecideExecution.ts"
import { decideStage } from "./DecideStage.ts"
import { type Asking, of, type Proposal } from "./Proposal.ts"
import type { Wait } from "./Wait.ts"
import type { TaskView, World } from "./World.ts"

export interface Plan {
  readonly actions: ReadonlyArray<Action>
  /** Why each task that could move does not. */
  readonly waiting: ReadonlyMap<TaskId, Wait>
}

/** What one task needs next, before admission: the first rule that holds. */
export const decide = (view: TaskView, context: Context): Proposal => decideTimed(view, timed(context))

const decideTimed = (view: TaskView, context: Timed): Proposal =>
  decideExecution(view, context) ?? decideStage(view, context)

/** The files of the session policy as they should be. */
const sessionPolicy = ({ sessionPolicy: { present, wanted }, task }: TaskView): ReadonlyArray<Action> => {
  const cleared: ReadonlyArray<Action> =
    present !== null && present !== wanted ? [{ _tag: "ClearSessionPolicy", ...of(task), session: present }] : []
  const written: ReadonlyArray<Action> =
    wanted !== null && wanted !== present ? [{ _tag: "WriteSessionPolicy", ...of(task), session: wanted }] : []
  return [...cleared, ...written]
}

/**
 * What one task gives a tick before admission, and for how long: at every moment from `from` to before `until` it gives
 * the same, but for the moments that a proposal to act has in it.
 */
export interface Decision {
  readonly proposal: Proposal
  /** Its attention items and the files of its session: they need no admission. */
  readonly own: ReadonlyArray<Action>
  /** Milliseconds; infinite where no rule asked how late it is. */
  readonly from: number
  readonly until: number
}

export const decision = (view: TaskView, context: Context): Decision => {
  const own = timed(context)
  const proposal = decideTimed(view, own)
  const items = attention(view, own)
  // What can not be seen is left alone, its files too.
  const isUnknown = proposal._tag === "Wait" && proposal.wait._tag === "Unknown"
  const files = isUnknown ? [] : sessionPolicy(view)
  return { proposal, own: files.length === 0 ? items : [...items, ...files], from: own.from, until: own.until }
}

/** All actions of a tick, and the reasons of those that wait. Actions are in the order of admission, then of the ids. */
export const plan = (world: World): Plan => {
  const actions: Array<Action> = []
  const asking: Array<Asking> = []
  const waiting = new Map<TaskId, Wait>()
  const views = world.tasks.toSorted((a, b) => a.task.id - b.task.id)
  for (const view of views) {
    const { task } = view
    const { own, proposal } = decision(view, world)
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
    actions.push(...own)
  }
  const admitted = admit(world, asking)
  for (const [id, wait] of admitted.refused) waiting.set(id, wait)
  return { actions: [...admitted.actions, ...actions], waiting }
}

/** The actions of a tick. */
export const tick = (world: World): ReadonlyArray<Action> => plan(world).actions
