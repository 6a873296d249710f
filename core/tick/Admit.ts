/**
 * Who of those that ask may begin: places, directories, agents, sessions, accounts, repositories. Pure, and independent
 * of the order in which the tasks are given.
 *
 * Order: priority, then the batch that holds least, then the oldest, then the id; so no task that is ready waits for
 * ever while places keep coming free (TCK-6).
 */
import * as Arr from "effect/Array"
import * as Account from "../account/Account.ts"
import * as Admission from "../account/Admission.ts"
import { holdsSlot, usesAccount } from "../execution/Execution.ts"
import type { TaskId } from "../task/Identifiers.ts"
import { directoryOf, type Task } from "../task/Task.ts"
import type { Action } from "./Action.ts"
import type { Demand } from "./Proposal.ts"
import type { Wait } from "./Wait.ts"
import type { World } from "./World.ts"

export interface Asking {
  readonly task: Task
  readonly action: Action
  readonly demand: Demand
}

export interface Admitted {
  readonly actions: ReadonlyArray<Action>
  readonly refused: ReadonlyMap<TaskId, Wait>
}

/** Landings are one at a time per repository; until a task names its repository, its directory does. */
const repositoryOf = (task: Task): string => task.spec.cwd

const byAge = (a: Asking, b: Asking): number => a.task.createdAt - b.task.createdAt || a.task.id - b.task.id

const priorityOf = ({ task }: Asking): number => task.spec.priority

export const admit = (world: World, asking: ReadonlyArray<Asking>): Admitted => {
  const places = take(world)
  const actions: Array<Action> = []
  const refused = new Map<TaskId, Wait>()
  const sorted = asking.toSorted((a, b) => priorityOf(b) - priorityOf(a) || byAge(a, b))
  if (!Arr.isNonEmptyReadonlyArray(sorted)) return { actions, refused }
  for (const equals of Arr.groupWith(sorted, (a, b) => priorityOf(a) === priorityOf(b))) {
    inTurn(queuesOf(equals), places.heldBy, (next) => {
      const wait = places.refusal(next)
      if (wait === null) {
        actions.push(places.grant(next))
      } else refused.set(next.task.id, wait)
    })
  }
  return { actions, refused }
}

/** Those of one batch that still ask, the oldest last. */
interface Queue {
  readonly batch: number | null
  readonly waiting: Array<Asking>
}

const queuesOf = (asking: ReadonlyArray<Asking>): ReadonlyArray<Queue> => {
  const byBatch = new Map<number | null, Queue>()
  for (const each of asking.toReversed()) {
    const { batch } = each.task
    const queue = byBatch.get(batch) ?? { batch, waiting: [] }
    queue.waiting.push(each)
    byBatch.set(batch, queue)
  }
  return [...byBatch.values()]
}

/** Serves all: always the oldest of the batch that holds least. */
const inTurn = (
  queues: ReadonlyArray<Queue>,
  heldBy: (batch: number | null) => number,
  serve: (asking: Asking) => void
): void => {
  let open = queues
  for (;;) {
    let best: { readonly queue: Queue; readonly asking: Asking } | null = null
    for (const queue of open) {
      const asking = queue.waiting.at(-1)
      if (asking === undefined) continue
      const less = best === null ? -1 : heldBy(queue.batch) - heldBy(best.queue.batch)
      if (best === null || less < 0 || (less === 0 && byAge(asking, best.asking) < 0)) best = { queue, asking }
    }
    if (best === null) return
    best.queue.waiting.pop()
    if (best.queue.waiting.length === 0) open = open.filter(({ waiting }) => waiting.length > 0)
    serve(best.asking)
  }
}

interface Places {
  readonly heldBy: (batch: number | null) => number
  readonly refusal: (asking: Asking) => Wait | null
  /** The action as it is admitted: it may be a trial for its account. */
  readonly grant: (asking: Asking) => Action
}

/** The places as the world has them now, to be granted one by one. */
const take = (world: World): Places => {
  const { maxConcurrent } = world.policy
  const accounts = accountsOf(world)
  const batches = new Map<number | null, number>()
  const directories = new Map<string, TaskId>()
  const agents = new Map<string, TaskId>()
  const sessions = new Map<string, TaskId>()
  const landings = new Map<string, TaskId>()
  let held = 0
  const hold = (task: Task): void => {
    held++
    batches.set(task.batch, (batches.get(task.batch) ?? 0) + 1)
    const directory = directoryOf(task)
    const { exclusive, name } = task.spec.agent
    if (directory !== null) directories.set(directory, directories.get(directory) ?? task.id)
    if (exclusive === true) agents.set(name, agents.get(name) ?? task.id)
  }
  for (const { mailbox, task } of world.tasks) {
    if (holdsSlot(task.execution)) hold(task)
    if (task.execution._tag === "Assigned" && mailbox !== null) sessions.set(mailbox.session, task.id)
    if (task.execution._tag === "Landing") landings.set(repositoryOf(task), task.id)
  }
  const refusal = ({ demand, task }: Asking): Wait | null => {
    if (demand.kind === "repository") {
      const by = landings.get(repositoryOf(task))
      return by === undefined ? null : { _tag: "Repository", by }
    }
    if (world.isDraining && !demand.isFinishing) return { _tag: "Draining" }
    if (world.pressure !== null && !demand.isFinishing) return { _tag: "Pressure", why: world.pressure }
    const limited = demand.usesAccount ? accounts.refusal(task) : null
    if (limited !== null) return limited
    const directory = directoryOf(task)
    const neighbour = directory === null ? undefined : directories.get(directory)
    if (neighbour !== undefined && neighbour !== task.id) return { _tag: "Directory", by: neighbour }
    const busy = demand.usesAccount && task.spec.agent.exclusive === true ? agents.get(task.spec.agent.name) : undefined
    if (busy !== undefined) return { _tag: "Agent", by: busy }
    const session = demand.session === null ? undefined : sessions.get(demand.session)
    if (session !== undefined) return { _tag: "Mailbox", by: session }
    return held >= maxConcurrent ? { _tag: "Slots", held, limit: maxConcurrent } : null
  }
  const grant = ({ action, demand, task }: Asking): Action => {
    if (demand.kind === "repository") {
      landings.set(repositoryOf(task), task.id)
      return action
    }
    hold(task)
    if (demand.session !== null) sessions.set(demand.session, task.id)
    return accounts.grant(task, action)
  }
  return { heldBy: (batch) => batches.get(batch) ?? 0, refusal, grant }
}

/** The accounts as the world has them now, and what is admitted under each. */
const accountsOf = ({ accounts, now, policy: { maxConcurrent }, tasks }: World) => {
  const rows = new Map(accounts.map((row) => [row.id, row]))
  const atWork = new Map<string, number>()
  const count = (task: Task): void => {
    const id = Account.accountOf(task)
    atWork.set(id, (atWork.get(id) ?? 0) + 1)
  }
  const rowOf = (task: Task): Account.Account => {
    const id = Account.accountOf(task)
    return rows.get(id) ?? Account.open(id)
  }
  for (const { task } of tasks) if (usesAccount(task.execution)) count(task)
  const refusal = (task: Task): Wait | null => {
    const row = rowOf(task)
    return Admission.refusal(row, { now, maxConcurrent, atWork: atWork.get(row.id) ?? 0 })
  }
  const grant = (task: Task, action: Action): Action => {
    if (action._tag !== "Spawn" && action._tag !== "AssignViaMailbox") return action
    count(task)
    const row = rowOf(task)
    const isTrial = Admission.isTrial(row, { maxConcurrent })
    const attempt = { task: task.id, attempt: action.attempt.number }
    rows.set(row.id, Account.step(row, { _tag: "Admitted", attempt, isTrial }))
    return isTrial ? { ...action, trial: true } : action
  }
  return { refusal, grant } as const
}
