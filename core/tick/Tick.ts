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
import type { Dependency, OwnView, TaskView, World } from "./World.ts"

export interface Plan {
  readonly actions: ReadonlyArray<Action>
  /** Why each task that could move does not. */
  readonly waiting: ReadonlyMap<TaskId, Wait>
}

/** What one task needs next, before admission: the first rule that holds. */
export const decide = (view: TaskView, context: Context): Proposal => propose(view, view.dependencies, timed(context))

/** The same for one whose dependencies are kept elsewhere; the context notes how long it stands. */
export const propose = (view: OwnView, dependencies: ReadonlyArray<Dependency>, context: Timed): Proposal =>
  decideExecution(view, context) ?? decideStage(view, dependencies, context)

const none: ReadonlyArray<never> = []

/** What a task gives a tick that needs no admission: its attention items, and the files of its session. */
export const ownActions = (view: OwnView, proposal: Proposal, context: Timed): ReadonlyArray<Action> => {
  const items = attention(view, context)
  // What can not be seen is left alone, its files too.
  const isUnknown = proposal._tag === "Wait" && proposal.wait._tag === "Unknown"
  const { present, wanted } = view.sessionPolicy
  if (isUnknown || present === wanted) return items
  const { task } = view
  const cleared: ReadonlyArray<Action> =
    present === null ? none : [{ _tag: "ClearSessionPolicy", ...of(task), session: present }]
  const written: ReadonlyArray<Action> =
    wanted === null ? none : [{ _tag: "WriteSessionPolicy", ...of(task), session: wanted }]
  return [...items, ...cleared, ...written]
}

/**
 * What one task gives a tick before admission, and for how long: at every moment from `from` to before `until` it gives
 * the same, but for the moments that a proposal to act has in it.
 */
export interface Decision {
  readonly proposal: Proposal
  readonly own: ReadonlyArray<Action>
  /** Milliseconds; infinite where no rule asked how late it is. */
  readonly from: number
  readonly until: number
}

export const decision = (view: TaskView, context: Context): Decision => {
  const noting = timed(context)
  const proposal = propose(view, view.dependencies, noting)
  const own = ownActions(view, proposal, noting)
  return { proposal, own, from: noting.from, until: noting.until }
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
