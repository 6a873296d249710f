/**
 * Who holds what there is only so much of: places, and by name directories, agents, sessions and repositories; and how
 * many are at work under each account. What is taken can be given back, so that the books need not be made anew at every
 * tick.
 *
 * Mutable, with one owner.
 */
import { accountOf } from "../account/Account.ts"
import { holdsSlot, usesAccount } from "../execution/Execution.ts"
import type { BatchId, TaskId } from "../task/Identifiers.ts"
import { agentAtWork } from "../task/RoleAgents.ts"
import { directoryOf, type Task } from "../task/Task.ts"
import type { Demand } from "./Proposal.ts"
import type { MailboxSession } from "./World.ts"

/** What one task holds, or would hold once it is admitted; null: none of that kind. */
export interface Holding {
  readonly task: TaskId
  readonly batch: BatchId | null
  /** One of the places that `max_concurrent` limits. */
  readonly isPlace: boolean
  readonly directory: string | null
  /** An agent that only one task may have. */
  readonly agent: string | null
  /** A session that has its mailbox full. */
  readonly session: string | null
  readonly repository: string | null
  /** An account that an attempt is at work under. */
  readonly account: string | null
}

/** The name of each thing that is held, with those that hold it. */
type Holders = Map<string, Array<TaskId>>

export interface Occupancy {
  places: number
  readonly placesByBatch: Map<BatchId | null, number>
  readonly directories: Holders
  readonly agents: Holders
  readonly sessions: Holders
  readonly repositories: Holders
  readonly attemptsByAccount: Map<string, number>
}

export const vacant = (): Occupancy => ({
  places: 0,
  placesByBatch: new Map(),
  directories: new Map(),
  agents: new Map(),
  sessions: new Map(),
  repositories: new Map(),
  attemptsByAccount: new Map()
})

/** Landings are one at a time per repository; one that names none has its directory for it. */
export const repositoryOf = ({ spec }: Task): string => spec.target?.repository ?? spec.cwd

/** The agent that works on a task, or would next, where only one task may have it at a time. */
export const soleAgentOf = (task: Task): string | null => {
  const agent = agentAtWork(task)
  return agent.exclusive === true ? agent.name : null
}

const place = (task: Task, session: string | null, isAtWork: boolean): Holding => ({
  task: task.id,
  batch: task.batch,
  isPlace: true,
  directory: directoryOf(task),
  agent: soleAgentOf(task),
  session,
  repository: null,
  account: isAtWork ? accountOf(task) : null
})

const landing = (task: Task): Holding => ({
  task: task.id,
  batch: task.batch,
  isPlace: false,
  directory: null,
  agent: null,
  session: null,
  repository: repositoryOf(task),
  account: null
})

/** What a task holds by what it is doing; null for nothing. */
export const holdingOf = (task: Task, mailbox: MailboxSession | null): Holding | null => {
  const { execution } = task
  if (execution._tag === "Landing") return landing(task)
  if (!holdsSlot(execution)) return null
  const session = execution._tag === "Assigned" && mailbox !== null ? mailbox.session : null
  return place(task, session, usesAccount(execution))
}

/** What a task that asks will hold once it is admitted. */
export const askedFor = (task: Task, { kind, session, usesAccount }: Demand): Holding =>
  kind === "repository" ? landing(task) : place(task, session, usesAccount)

const enter = (holders: Holders, name: string | null, task: TaskId): void => {
  if (name === null) return
  const known = holders.get(name)
  if (known === undefined) holders.set(name, [task])
  else known.push(task)
}

const leave = (holders: Holders, name: string | null, task: TaskId): void => {
  const known = name === null ? undefined : holders.get(name)
  if (name === null || known === undefined) return
  if (known.length > 1) known.splice(known.indexOf(task), 1)
  else holders.delete(name)
}

const count = <Key>(counts: Map<Key, number>, key: Key, by: 1 | -1): void => {
  const left = (counts.get(key) ?? 0) + by
  if (left === 0) counts.delete(key)
  else counts.set(key, left)
}

const countAll = (occupancy: Occupancy, { account, batch, isPlace }: Holding, by: 1 | -1): void => {
  if (account !== null) count(occupancy.attemptsByAccount, account, by)
  if (!isPlace) return
  occupancy.places += by
  count(occupancy.placesByBatch, batch, by)
}

export const take = (occupancy: Occupancy, holding: Holding): void => {
  countAll(occupancy, holding, 1)
  enter(occupancy.directories, holding.directory, holding.task)
  enter(occupancy.agents, holding.agent, holding.task)
  enter(occupancy.sessions, holding.session, holding.task)
  enter(occupancy.repositories, holding.repository, holding.task)
}

/** Gives back what was taken, and once only. */
export const giveBack = (occupancy: Occupancy, holding: Holding): void => {
  countAll(occupancy, holding, -1)
  leave(occupancy.directories, holding.directory, holding.task)
  leave(occupancy.agents, holding.agent, holding.task)
  leave(occupancy.sessions, holding.session, holding.task)
  leave(occupancy.repositories, holding.repository, holding.task)
}

/** Whoever has it; the lowest id, where several do. */
export const holderOf = (holders: ReadonlyMap<string, ReadonlyArray<TaskId>>, name: string | null): TaskId | null => {
  const found = name === null ? undefined : holders.get(name)
  return found === undefined ? null : found.reduce((least, id) => (id < least ? id : least))
}
