/**
 * Who of those that ask may begin: places, directories, agents, sessions, accounts, repositories. Pure, and independent
 * of the order in which the tasks are given.
 *
 * Order: priority, then the batch that holds least, then the oldest, then the id; so no task that is ready waits for
 * ever while places keep coming free (TCK-6).
 */
import * as Arr from "effect/Array"
import type { BatchId, TaskId } from "../task/Identifiers.ts"
import type { Task } from "../task/Task.ts"
import type { Action } from "./Action.ts"
import { grant, type OpenTerms } from "./Grant.ts"
import { holdingOf, take, vacant } from "./Occupancy.ts"
import type { Asking } from "./Proposal.ts"
import { refusal, type Request, requestOf } from "./Refusal.ts"
import type { Wait } from "./Wait.ts"
import type { World } from "./World.ts"

export interface Admitted {
  /** In the order in which they were admitted. */
  readonly actions: ReadonlyArray<Action>
  /** The reasons of the others, as they are once all have been served. */
  readonly refused: ReadonlyMap<TaskId, Wait>
}

type Aged = Pick<Task, "createdAt" | "id">

/** Less than 0: `a` is older, or as old and has the lower id. */
export const byAge = (a: Aged, b: Aged): number => a.createdAt - b.createdAt || a.id - b.id

const priorityOf = ({ task }: Asking): number => task.spec.priority

export const admit = (world: World, asking: ReadonlyArray<Asking>): Admitted => {
  const terms = termsOf(world)
  const actions: Array<Action> = []
  const others: Array<{ readonly id: TaskId; readonly request: Request }> = []
  const sorted = asking.toSorted((a, b) => priorityOf(b) - priorityOf(a) || byAge(a.task, b.task))
  if (!Arr.isNonEmptyReadonlyArray(sorted)) return { actions, refused: new Map() }
  const heldBy = (batch: BatchId | null): number => terms.occupancy.placesByBatch.get(batch) ?? 0
  for (const equals of Arr.groupWith(sorted, (a, b) => priorityOf(a) === priorityOf(b))) {
    inTurn(queuesOf(equals), heldBy, (next) => {
      const request = requestOf(next.task, next.demand)
      if (refusal(terms, request) === null) actions.push(grant(terms, next).action)
      else others.push({ id: next.task.id, request })
    })
  }
  const refused = new Map<TaskId, Wait>()
  for (const { id, request } of others) {
    const wait = refusal(terms, request)
    /* v8 ignore else -- @preserve Nothing was given back meanwhile: what was refused is refused. */
    if (wait !== null) refused.set(id, wait)
  }
  return { actions, refused }
}

/** What admission goes by before anybody is served. */
const termsOf = ({ accounts, isDraining, now, policy: { maxConcurrent }, pressure, tasks }: World): OpenTerms => {
  const occupancy = vacant()
  for (const { mailbox, task } of tasks) {
    const holding = holdingOf(task, mailbox)
    if (holding !== null) take(occupancy, holding)
  }
  const rows = new Map(accounts.map((row) => [row.id, row]))
  return { now, maxConcurrent, isDraining, pressure, accounts: rows, occupancy }
}

/** Those of one batch that still ask, the oldest last. */
interface Queue {
  readonly batch: BatchId | null
  readonly waiting: Array<Asking>
}

interface Turn {
  readonly queue: Queue
  readonly asking: Asking
}

const queuesOf = (asking: ReadonlyArray<Asking>): ReadonlyArray<Queue> => {
  const byBatch = new Map<BatchId | null, Queue>()
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
  heldBy: (batch: BatchId | null) => number,
  serve: (asking: Asking) => void
): void => {
  const isBefore = (one: Turn, other: Turn): boolean => {
    const more = heldBy(one.queue.batch) - heldBy(other.queue.batch)
    return more < 0 || (more === 0 && byAge(one.asking.task, other.asking.task) < 0)
  }
  let open = queues
  for (;;) {
    let best: Turn | null = null
    for (const queue of open) {
      const asking = queue.waiting.at(-1)
      if (asking !== undefined && (best === null || isBefore({ queue, asking }, best))) best = { queue, asking }
    }
    if (best === null) return
    best.queue.waiting.pop()
    if (best.queue.waiting.length === 0) open = open.filter(({ waiting }) => waiting.length > 0)
    serve(best.asking)
  }
}
