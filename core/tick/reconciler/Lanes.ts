/**
 * Those that ask, so ordered that whoever is next is found without looking at the others.
 *
 * ```
 * gate    all that are kept out alike by the door, an account, an agent, or that no place is free
 *  queue  those of one priority and one batch
 *   lane  those of them that ask for the same directory, session or repository: refused alike, admitted one by one
 * ```
 *
 * A gate that is shut is not looked into. A lane that finds what it asks for taken leaves its queue until that is given
 * back. So with no place free nobody is looked at, and of ten thousand tasks that wait for one directory only the oldest
 * is, when it comes free.
 *
 * Mutable, with one owner.
 */
import type { BatchId, TaskId } from "../../task/Identifiers.ts"
import { byAge } from "../Admit.ts"
import { type Grant, grant, type OpenTerms } from "../Grant.ts"
import type { Holding, Occupancy } from "../Occupancy.ts"
import type { Asking } from "../Proposal.ts"
import { common, isSameRequest, local, type Request, requestOf, type Terms } from "../Refusal.ts"
import type { Wait } from "../Wait.ts"
import * as Heap from "./Heap.ts"

/** Somebody who asks; its age beside it, where it is compared. */
export interface Asker extends Heap.Placed {
  readonly id: TaskId
  readonly createdAt: number
  readonly request: Request
  asking: Asking
  /** Null: it does not wait, for it was admitted or asks no more. */
  lane: Lane | null
}

/** Lanes that wait for something, by its name. */
type Parked = Map<string, Set<Lane>>

interface Lane extends Heap.Placed {
  readonly queue: Queue
  readonly key: string
  readonly request: Request
  readonly askers: Heap.Heap<Asker>
  oldest: Asker
  /** What it waits for; null while it is in its queue. */
  parkedAt: { readonly at: Parked; readonly name: string } | null
}

interface Queue extends Heap.Placed {
  readonly gate: Gate
  readonly priority: number
  readonly batch: BatchId | null
  /** The places that its batch holds. */
  held: number
  /** Those that are not parked. */
  readonly lanes: Heap.Heap<Lane>
  readonly byKey: Map<string, Lane>
  oldest: Asker
}

interface Gate {
  /** One of the requests that come to it: the others differ only in what a lane is about. */
  readonly request: Request
  readonly queues: Heap.Heap<Queue>
  readonly byPriority: Map<number, Map<BatchId | null, Queue>>
}

export interface Lanes {
  readonly gates: Map<string | null, Array<Gate>>
  readonly byBatch: Map<BatchId | null, Set<Queue>>
  readonly parked: { readonly directories: Parked; readonly sessions: Parked; readonly repositories: Parked }
  /** What was given back since the last service, and may have been taken again. */
  readonly freed: Array<Holding>
}

export const empty = (): Lanes => ({
  gates: new Map(),
  byBatch: new Map(),
  parked: { directories: new Map(), sessions: new Map(), repositories: new Map() },
  freed: []
})

const isOlder = (a: { readonly oldest: Asker }, b: { readonly oldest: Asker }): boolean => byAge(a.oldest, b.oldest) < 0

const isEarlier = (a: Asker, b: Asker): boolean => byAge(a, b) < 0

/** The order of admission. */
const isNext = (a: Queue, b: Queue): boolean =>
  a.priority !== b.priority ? a.priority > b.priority : a.held !== b.held ? a.held < b.held : isOlder(a, b)

const gateOf = ({ gates }: Lanes, request: Request): Gate => {
  const { account, agent, isFinishing, kind } = request
  const known = gates.get(account) ?? []
  for (const gate of known) {
    const other = gate.request
    if (other.kind === kind && other.isFinishing === isFinishing && other.agent === agent) return gate
  }
  const gate: Gate = { request, queues: Heap.make(isNext), byPriority: new Map() }
  known.push(gate)
  gates.set(account, known)
  return gate
}

const queueOf = (lanes: Lanes, occupancy: Occupancy, gate: Gate, asker: Asker): Queue => {
  const { batch, spec } = asker.asking.task
  const { priority } = spec
  let batches = gate.byPriority.get(priority)
  if (batches === undefined) gate.byPriority.set(priority, (batches = new Map()))
  const known = batches.get(batch)
  if (known !== undefined) return known
  const queue: Queue = {
    gate,
    priority,
    batch,
    held: occupancy.placesByBatch.get(batch) ?? 0,
    lanes: Heap.make<Lane>(isOlder),
    byKey: new Map(),
    oldest: asker,
    place: Heap.outside
  }
  batches.set(batch, queue)
  const others = lanes.byBatch.get(batch)
  if (others === undefined) lanes.byBatch.set(batch, new Set([queue]))
  else others.add(queue)
  return queue
}

const keyOf = ({ directory, repository, session }: Request): string => {
  const name = directory ?? repository ?? ""
  return session === null ? name : `${session}\0${name}`
}

const laneOf = (queue: Queue, asker: Asker): Lane => {
  const { request } = asker
  const key = keyOf(request)
  const known = queue.byKey.get(key)
  if (known !== undefined) return known
  const askers = Heap.of(asker, isEarlier)
  const lane: Lane = { queue, key, request, askers, oldest: asker, parkedAt: null, place: Heap.outside }
  queue.byKey.set(key, lane)
  return lane
}

const dropQueue = (lanes: Lanes, queue: Queue): void => {
  const { batch, gate, priority } = queue
  const batches = gate.byPriority.get(priority)
  batches?.delete(batch)
  if (batches?.size === 0) gate.byPriority.delete(priority)
  const others = lanes.byBatch.get(batch)
  others?.delete(queue)
  if (others?.size === 0) lanes.byBatch.delete(batch)
  if (gate.byPriority.size > 0) return
  const { account } = gate.request
  const left = lanes.gates.get(account)?.filter((other) => other !== gate)
  if (left === undefined || left.length === 0) lanes.gates.delete(account)
  else lanes.gates.set(account, left)
}

/** A queue whose lanes changed takes its place among the others, or leaves. */
const settleQueue = (lanes: Lanes, queue: Queue): void => {
  const first = Heap.peek(queue.lanes)
  if (first !== undefined) {
    queue.oldest = first.oldest
    Heap.settle(queue.gate.queues, queue)
    return
  }
  Heap.remove(queue.gate.queues, queue)
  if (queue.byKey.size === 0) dropQueue(lanes, queue)
}

/** It waits for nothing any more, and is not yet in its queue. */
const unpark = (lane: Lane): void => {
  if (lane.parkedAt === null) return
  const { at, name } = lane.parkedAt
  const parked = at.get(name)
  parked?.delete(lane)
  if (parked?.size === 0) at.delete(name)
  lane.parkedAt = null
}

/** A lane whose askers changed takes its place in its queue, or leaves. */
const settleLane = (lanes: Lanes, lane: Lane): void => {
  const { queue } = lane
  const first = Heap.peek(lane.askers)
  if (first === undefined) {
    unpark(lane)
    Heap.remove(queue.lanes, lane)
    queue.byKey.delete(lane.key)
  } else {
    lane.oldest = first
    if (lane.parkedAt !== null) return
    Heap.settle(queue.lanes, lane)
  }
  settleQueue(lanes, queue)
}

export const askerOf = (asking: Asking): Asker => {
  const { demand, task } = asking
  const { createdAt, id } = task
  return { id, createdAt, request: requestOf(task, demand), asking, lane: null, place: Heap.outside }
}

/** It asks for the same in other words: it keeps its place. False where it has none, or asks for something else. */
export const askAgain = (asker: Asker, asking: Asking): boolean => {
  const { lane, request } = asker
  const { batch, createdAt, spec } = asking.task
  if (lane === null || createdAt !== asker.createdAt) return false
  if (batch !== lane.queue.batch || spec.priority !== lane.queue.priority) return false
  if (!isSameRequest(request, requestOf(asking.task, asking.demand))) return false
  asker.asking = asking
  return true
}

/** Stands in its lane, by its age. */
export const enter = (lanes: Lanes, occupancy: Occupancy, asker: Asker): void => {
  const lane = laneOf(queueOf(lanes, occupancy, gateOf(lanes, asker.request), asker), asker)
  asker.lane = lane
  Heap.settle(lane.askers, asker)
  if (Heap.peek(lane.askers) === asker) settleLane(lanes, lane)
}

/** Waits no more; one that does not wait is left alone. */
export const leave = (lanes: Lanes, asker: Asker): void => {
  const { lane } = asker
  if (lane === null) return
  asker.lane = null
  Heap.remove(lane.askers, asker)
  if (lane.oldest === asker) settleLane(lanes, lane)
}

/** The places of a batch were counted anew. */
export const recount = (lanes: Lanes, { placesByBatch }: Occupancy, batch: BatchId | null): void => {
  const queues = lanes.byBatch.get(batch)
  if (queues === undefined) return
  const held = placesByBatch.get(batch) ?? 0
  for (const queue of queues) {
    if (queue.held === held) continue
    queue.held = held
    if (queue.place !== Heap.outside) Heap.settle(queue.gate.queues, queue)
  }
}

const reopenAt = (lanes: Lanes, at: Parked, holders: ReadonlyMap<string, unknown>, name: string | null): void => {
  const parked = name === null || holders.has(name) ? undefined : at.get(name)
  for (const lane of parked ?? []) {
    unpark(lane)
    settleLane(lanes, lane)
  }
}

/** Those that waited for what is free now stand in their queues again. */
const reopen = (lanes: Lanes, { directories, repositories, sessions }: Occupancy): void => {
  const { freed, parked } = lanes
  for (const { directory, repository, session } of freed) {
    reopenAt(lanes, parked.directories, directories, directory)
    reopenAt(lanes, parked.sessions, sessions, session)
    reopenAt(lanes, parked.repositories, repositories, repository)
  }
  freed.length = 0
}

/** Leaves its queue until what keeps it out is given back. */
const park = (lanes: Lanes, lane: Lane, { _tag }: Wait): void => {
  const { directory, repository, session } = lane.request
  const { directories, repositories, sessions } = lanes.parked
  const at = _tag === "Directory" ? directories : _tag === "Mailbox" ? sessions : repositories
  /* v8 ignore next -- @preserve Whoever is kept out of a place has asked for it by its name. */
  const name = (_tag === "Directory" ? directory : _tag === "Mailbox" ? session : repository) ?? ""
  const others = at.get(name)
  if (others === undefined) at.set(name, new Set([lane]))
  else others.add(lane)
  lane.parkedAt = { at, name }
  Heap.remove(lane.queue.lanes, lane)
  settleQueue(lanes, lane.queue)
}

/** The queue whose turn it is, of gates that are open; those that are found shut are left out from then on. */
const next = (gates: Set<Gate>, terms: Terms): Queue | null => {
  for (;;) {
    let best: Queue | null = null
    for (const { queues } of gates) {
      const first = Heap.peek(queues)
      if (first !== undefined && (best === null || isNext(first, best))) best = first
    }
    if (best === null || common(terms, best.gate.request) === null) return best
    gates.delete(best.gate)
  }
}

/** Admits whoever may begin, in the order of `admit`, and takes for them what they will hold; how many it looked at. */
export const serve = (lanes: Lanes, terms: OpenTerms, onAdmitted: (asker: Asker, admitted: Grant) => void): number => {
  reopen(lanes, terms.occupancy)
  let looked = 0
  const gates = new Set([...lanes.gates.values()].flat())
  for (let queue = next(gates, terms); queue !== null; queue = next(gates, terms)) {
    const lane = Heap.peek(queue.lanes)
    const asker = lane && Heap.peek(lane.askers)
    /* v8 ignore next -- @preserve A queue stands at its gate only with a lane in it, a lane only with somebody who asks. */
    if (lane === undefined || asker === undefined) break
    looked++
    const barred = local(terms, lane.request)
    if (barred !== null) {
      park(lanes, lane, barred)
      continue
    }
    leave(lanes, asker)
    const admitted = grant(terms, asker.asking)
    recount(lanes, terms.occupancy, admitted.holding.batch)
    onAdmitted(asker, admitted)
  }
  return looked
}
