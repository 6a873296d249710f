/**
 * The board as it is now: a card for each task, kept up by the events since it was read. Who has seen it once asks for what
 * is another since then, reasons included, and gets that alone.
 *
 * It reads by pages and lets the loop turn between them; what a supervisor in this process knows of waiting tasks is
 * taken from it, so that nothing is planned twice. Memory is given back when nobody has asked for a while.
 */
import { randomBytes } from "node:crypto"
import * as Arr from "effect/Array"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { holdsSlot } from "../../core/execution/Execution.ts"
import type { Policy } from "../../core/policy/Policy.ts"
import { isTerminal, pipeline } from "../../core/stage/Projection.ts"
import type { TaskId } from "../../core/task/Identifiers.ts"
import type { Task } from "../../core/task/Task.ts"
import { Configuration } from "../config/Configuration.ts"
import { HeldTasks } from "../metrics/HeldTasks.ts"
import { loopTurn } from "../store/LoopTurn.ts"
import { Store, type StoreError, type StoreService } from "../store/Store.ts"
import * as Card from "./Card.ts"
import * as FleetView from "./FleetView.ts"

/** Tasks that are read at once, and cards that are made or written at once: some milliseconds. */
const readAtOnce = 50
const madeAtOnce = 500
/** Events that are looked through at once. */
const eventsAtOnce = 2500
/** Milliseconds after which reasons are worked out anew though nothing was written: some go by the clock. */
const reasonsMs = 5000
/** Milliseconds after which what nobody asks for is forgotten. */
const forgottenMs = 10 * 60_000
export interface Limits {
  /** Cards of tasks that have ended, and of others. */
  readonly ended: number
  readonly open: number
  /** Ids of cards that are no more, remembered for whoever asks what has changed. */
  readonly gone: number
}

const usual: Limits = { ended: 10_000, open: 20_000, gone: 10_000 }

const shownColumns = ["backlog", "coding", "qa", "merge", "done", "closed"] as const

export interface Look {
  readonly cursor: string
  readonly isWhole: boolean
  /** The last event that is in it. */
  readonly seq: number
  readonly now: number
  /** Cards as JSON, by id. */
  readonly cards: ReadonlyArray<string>
  readonly gone: ReadonlyArray<TaskId>
  readonly leftOut: number
  readonly running: number
}

interface Service {
  /** What is another since the look with that cursor; all of it where there is none, or none that is known. */
  readonly look: (since: string | null) => Effect.Effect<Look, StoreError>
  /** As it was at the last look, without its prompt; null of one that is over, or has no card. */
  readonly seenOf: (id: TaskId) => FleetView.Seen | null
  /** The tasks that wait for one of these, and are not over. */
  readonly dependents: (ids: ReadonlySet<TaskId>) => Effect.Effect<ReadonlyArray<TaskId>, StoreError>
}

export class BoardCards extends Context.Tag("drover/view/BoardCards")<BoardCards, Service>() {}

interface Shown {
  readonly text: string
  /** The look since which it is so. */
  readonly since: number
  /** What it was made of, while its task is open. */
  readonly seen: FleetView.Seen | null
}

/** What a card needs of it: prompts are most of what a task has alone. */
const slim = (task: Task): Task => ({ ...task, spec: { ...task.spec, prompt: "" } })

const isSame = (a: FleetView.Seen, b: FleetView.Seen): boolean =>
  a.task === b.task &&
  a.state === b.state &&
  a.waiting === b.waiting &&
  a.stuckOn === b.stuckOn &&
  a.person === b.person

const isOpen = ({ execution, stage }: Task): boolean => !isTerminal(stage) || execution._tag !== "Idle"

/** All that is remembered; another one where it was forgotten meanwhile. */
class Memory {
  readonly id = randomBytes(6).toString("base64url")
  /** Events up to this one are in it; null before the first look. */
  seq: number | null = null
  version: string | null = null
  madeAt = Number.NEGATIVE_INFINITY
  /** Of this look. */
  number = 0
  running = 0
  readonly open = new Map<TaskId, Task>()
  /** Those that open ones wait for, and that are not open. */
  readonly others = new Map<TaskId, Task>()
  readonly cards = new Map<TaskId, Shown>()
  /** Those that have ended, in the order in which they came. */
  readonly ended = new Set<TaskId>()
  readonly leftOut = new Set<TaskId>()
  readonly gone = new Map<TaskId, number>()
  /** Who asks since an earlier look may have missed that something is gone. */
  goneSince = 0
}

const forget = (memory: Memory, limits: Limits, id: TaskId): void => {
  if (!memory.cards.delete(id)) return
  memory.gone.delete(id)
  memory.gone.set(id, memory.number)
  for (const [oldest, at] of memory.gone) {
    if (memory.gone.size <= limits.gone) return
    memory.gone.delete(oldest)
    memory.goneSince = at
  }
}

const show = (memory: Memory, limits: Limits, seen: FleetView.Seen, isKept: boolean): void => {
  const { id } = seen.task
  const before = memory.cards.get(id)
  if (before?.seen !== undefined && before.seen !== null && isSame(before.seen, seen)) return
  const card = Card.make(seen)
  if (card === null) return forget(memory, limits, id)
  const text = JSON.stringify(card)
  const since = before?.text === text ? before.since : memory.number
  memory.cards.set(id, { text, since, seen: isKept ? seen : null })
  memory.gone.delete(id)
}

const put = (memory: Memory, limits: Limits, task: Task): void => {
  const { id } = task
  memory.leftOut.delete(id)
  if (memory.others.has(id)) memory.others.set(id, slim(task))
  memory.open.delete(id)
  memory.ended.delete(id)
  if (pipeline(task.stage) === "archived") return forget(memory, limits, id)
  if (isOpen(task)) {
    memory.open.set(id, slim(task))
    return
  }
  memory.ended.add(id)
  show(memory, limits, FleetView.ended(task), false)
  const [oldest] = memory.ended
  if (memory.ended.size <= limits.ended || oldest === undefined) return
  memory.ended.delete(oldest)
  memory.leftOut.add(oldest)
  forget(memory, limits, oldest)
}

export const make = (
  store: StoreService,
  policy: Policy,
  limits: Limits = usual
): Effect.Effect<Service, never, Scope.Scope> =>
  Effect.gen(function* () {
    const held = yield* HeldTasks
    const alone = yield* Effect.makeSemaphore(1)
    let memory = new Memory()
    let askedAt = Number.NEGATIVE_INFINITY

    const readAll = (memory: Memory) =>
      Effect.gen(function* () {
        let after: TaskId | null = null
        for (;;) {
          const filter = { pipelines: shownColumns, limit: readAtOnce, ...(after === null ? {} : { after }) }
          const tasks: ReadonlyArray<Task> = yield* store.tasks(filter)
          for (const task of tasks) put(memory, limits, task)
          after = tasks.at(-1)?.id ?? null
          if (tasks.length < readAtOnce || after === null) return
          yield* loopTurn
        }
      })

    const readSome = (memory: Memory, ids: ReadonlyArray<TaskId>, use: (task: Task) => void) =>
      Effect.forEach(
        Arr.chunksOf(ids, readAtOnce),
        (some) =>
          Effect.zipLeft(
            Effect.map(store.tasks({ ids: some }), (tasks) => tasks.forEach(use)),
            loopTurn
          ),
        { discard: true }
      )

    const readChanged = (memory: Memory, from: number, to: number) =>
      Effect.gen(function* () {
        const ids = new Set<TaskId>()
        for (let at = from; at < to; at += eventsAtOnce) {
          for (const id of yield* store.changedIn({ from: at, to: Math.min(to, at + eventsAtOnce) })) ids.add(id)
          yield* loopTurn
        }
        yield* readSome(memory, [...ids], (task) => put(memory, limits, task))
      })

    const readOthers = (memory: Memory) =>
      Effect.suspend(() => {
        const wanted = new Set<TaskId>()
        for (const { dependsOn } of memory.open.values()) {
          for (const id of dependsOn) if (!memory.open.has(id)) wanted.add(id)
        }
        for (const id of memory.others.keys()) if (!wanted.has(id)) memory.others.delete(id)
        const missing = [...wanted].filter((id) => !memory.others.has(id))
        return readSome(memory, missing, (task) => void memory.others.set(task.id, slim(task)))
      })

    /** The cards of open tasks: of each as much is made anew as is another. */
    const showOpen = (memory: Memory, now: number) =>
      Effect.gen(function* () {
        const known = held.known()
        const waiting = known === null ? undefined : new Map([...known.waiting()].map(([{ id }, wait]) => [id, wait]))
        yield* loopTurn
        const view = FleetView.make(
          {
            now,
            policy,
            isDraining: yield* store.isDraining,
            tasks: new Map([...memory.others, ...memory.open]),
            isWhole: true,
            attention: yield* store.attention,
            accounts: yield* store.accounts
          },
          waiting
        )
        yield* loopTurn
        const tasks = [...memory.open.values()].toSorted((a, b) => a.id - b.id)
        memory.running = tasks.filter(({ execution }) => holdsSlot(execution)).length
        for (const some of Arr.chunksOf(tasks.slice(0, limits.open), madeAtOnce)) {
          for (const task of some) {
            memory.leftOut.delete(task.id)
            show(memory, limits, view.see(task), true)
          }
          yield* loopTurn
        }
        for (const { id } of tasks.slice(limits.open)) {
          memory.leftOut.add(id)
          forget(memory, limits, id)
        }
      })

    const refresh = Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      askedAt = now
      const own = memory
      const version = yield* store.version
      // Who waited while another looked has nothing left to do.
      if (own.version === version && now >= own.madeAt && now - own.madeAt < reasonsMs) return
      own.number++
      const seq = yield* store.lastEvent
      if (own.seq === null) yield* readAll(own)
      else yield* readChanged(own, own.seq, seq)
      // Not before: what could not be read is read again.
      own.seq = seq
      yield* readOthers(own)
      yield* showOpen(own, now)
      own.version = version
      own.madeAt = now
    })

    const tellAll = (memory: Memory, since: number | null) =>
      Effect.gen(function* () {
        const ids = [...memory.cards].filter(([, shown]) => since === null || shown.since > since).map(([id]) => id)
        const cards = ids.toSorted((a, b) => a - b).map((id) => memory.cards.get(id)?.text ?? "")
        const gone = since === null ? [] : [...memory.gone].filter(([, at]) => at > since).map(([id]) => id)
        return {
          cursor: `${memory.id}.${memory.number}`,
          isWhole: since === null,
          seq: memory.seq ?? 0,
          now: yield* Clock.currentTimeMillis,
          cards,
          gone: gone.toSorted((a, b) => a - b),
          leftOut: memory.leftOut.size,
          running: memory.running
        }
      })

    /** The number of a look that is remembered, or null. */
    const numberOf = (cursor: string | null): number | null => {
      const [id, text = ""] = (cursor ?? "").split(".")
      const number = Number(text)
      const isKnown = id === memory.id && /^[1-9][0-9]*$/.test(text) && number <= memory.number
      return isKnown && number >= memory.goneSince ? number : null
    }

    const sweep = Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      if (memory.seq === null || now - askedAt < forgottenMs) return
      memory = new Memory()
    })
    yield* Effect.forkScoped(
      Effect.forever(Effect.zipRight(Effect.sleep(forgottenMs / 10), alone.withPermits(1)(sweep)))
    )

    const dependents = (ids: ReadonlySet<TaskId>) =>
      Effect.map(refresh, () =>
        [...memory.open.values()].flatMap(({ dependsOn, id }) =>
          dependsOn.some((other) => ids.has(other)) ? [id] : []
        )
      )

    return {
      seenOf: (id) => memory.cards.get(id)?.seen ?? null,
      dependents: (ids) => alone.withPermits(1)(dependents(ids)),
      look: (since) =>
        alone.withPermits(1)(
          Effect.zipRight(
            refresh,
            Effect.suspend(() => tellAll(memory, numberOf(since)))
          )
        )
    }
  })

/** Over the store; it forgets what it knows when the scope of the layer ends. */
export const layer = Layer.scoped(
  BoardCards,
  Effect.gen(function* () {
    const { policy } = yield* Configuration
    return yield* make(yield* Store, policy)
  })
)
