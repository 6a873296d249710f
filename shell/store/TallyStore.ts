/**
 * The part of the store that counts everything, for metrics. It remembers what it has counted, ten bytes a task, and
 * looks only at what has changed since: a question costs as much as happened since the last one.
 *
 * Nothing that it counts is ever pruned, and each number is a sum over rows that never change or only grow. So counts are
 * the same after a restart, and those of what has happened never fall.
 */
import * as Effect from "effect/Effect"
import { type Execution, hasAgent } from "../../core/execution/Execution.ts"
import { taskState } from "../../core/stage/TaskState.ts"
import * as Access from "./Access.ts"
import * as Codec from "./Codec.ts"
import { decodeAll } from "./DecodeAll.ts"
import type { DriverFailure, Driver, Reads, TallyRow } from "./Encoded.ts"
import * as GuardRows from "./GuardRows.ts"
import { loopTurn } from "./LoopTurn.ts"
import type { Range } from "./Range.ts"
import type { RetryCount, Tallies, VerdictCount } from "./Tallies.ts"
import type { MalformedRow, Store } from "./Store.ts"

type Service = Pick<typeof Store.Service, "tallies">

/** Rows that are read, and events that are looked through, in one turn of the loop: some milliseconds. */
const tasksAtOnce = 1000
const eventsAtOnce = 2500

type Counts = ReadonlyMap<string, number>

const plus = (counts: Counts, more: ReadonlyArray<readonly [key: string, count: number]>): Counts => {
  if (more.length === 0) return counts
  const sum = new Map(counts)
  for (const [key, count] of more) sum.set(key, (sum.get(key) ?? 0) + count)
  return sum
}

const verdictKey = ({ count, kind, verdict }: VerdictCount) => [JSON.stringify([kind, verdict]), count] as const
const retryKey = ({ cause, count }: RetryCount) => [cause, count] as const

const verdictsOf = (counts: Counts): ReadonlyArray<VerdictCount> =>
  [...counts].map(([key, count]) => {
    const [kind, verdict]: [string, string] = JSON.parse(key)
    return { kind, verdict, count }
  })

/** What tasks were when they were counted: by id, for ids are dense and never used again. */
class Tasks {
  /** What a kind of task is. */
  readonly kinds: Array<{
    readonly name: string
    readonly state: Tallies["tasks"][number]["state"]
    readonly hasAgent: boolean
  }> = []
  readonly counts: Array<number> = []
  nano = 0
  private readonly numbers = new Map<string, number>()
  /** One more than the number of its kind, or 0. */
  private kindOf = new Uint16Array(1024)
  private nanoOf = new Float64Array(1024)

  isKnown(name: string): boolean {
    return this.numbers.has(name)
  }

  learn(name: string, execution: Execution, state: Tallies["tasks"][number]["state"]): void {
    this.numbers.set(name, this.kinds.length)
    this.kinds.push({ name, state, hasAgent: hasAgent(execution) })
    this.counts.push(0)
  }

  /** The same row again changes nothing. */
  put({ id, kind, nano_usd }: TallyRow): void {
    const number = this.numbers.get(kind)
    if (number === undefined) return
    this.grow(id)
    const before = this.kindOf[id] ?? 0
    if (before > 0) this.counts[before - 1] = (this.counts[before - 1] ?? 0) - 1
    this.counts[number] = (this.counts[number] ?? 0) + 1
    this.kindOf[id] = number + 1
    this.nano += nano_usd - (this.nanoOf[id] ?? 0)
    this.nanoOf[id] = nano_usd
  }

  private grow(id: number): void {
    if (id < this.kindOf.length) return
    const size = Math.max(id + 1, this.kindOf.length * 2)
    const [kindOf, nanoOf] = [new Uint16Array(size), new Float64Array(size)]
    kindOf.set(this.kindOf)
    nanoOf.set(this.nanoOf)
    this.kindOf = kindOf
    this.nanoOf = nanoOf
  }
}

export const make = (driver: Driver): Effect.Effect<Service> =>
  Effect.gen(function* () {
    const { reading, readingLong } = Access.make(driver)
    const alone = yield* Effect.makeSemaphore(1)
    const tasks = new Tasks()
    /** What was counted: tasks as they are, or were later, and events up to this one. Null: no task yet. */
    let seq: number | null = null
    let verdicts: Counts = new Map()
    let retries: Counts = new Map()

    /** Of a kind that was not met before one task is read whole: what its state is, the core says. */
    const put = (reads: Reads, rows: ReadonlyArray<TallyRow>): Effect.Effect<void, DriverFailure | MalformedRow> =>
      Effect.gen(function* () {
        for (const row of rows) {
          if (!tasks.isKnown(row.kind)) {
            const found = yield* decodeAll(yield* reads.tasks({ _tag: "Ids", ids: [row.id] }), Codec.task)
            for (const { execution, stage } of found) tasks.learn(row.kind, execution, taskState(stage, execution))
          }
          tasks.put(row)
        }
      })

    const putAll = (reads: Reads) => {
      const from = (id: number): ReturnType<typeof put> =>
        Effect.flatMap(reads.tallyRows({ _tag: "After", id, limit: tasksAtOnce }), (rows) => {
          const last = rows.at(-1)
          return last === undefined
            ? Effect.void
            : put(reads, rows).pipe(Effect.zipRight(loopTurn), Effect.zipRight(from(last.id)))
        })
      return from(0)
    }

    /** In pieces; what was counted of events is kept when all of it was. */
    const look = Effect.fnUntraced(function* (reads: Reads, { from, to }: Range, isPut: boolean) {
      let next = { verdicts, retries }
      for (let at = from; at < to; at += eventsAtOnce) {
        const range = { from: at, to: Math.min(to, at + eventsAtOnce) }
        if (!isPut) yield* put(reads, yield* reads.tallyRows({ _tag: "ChangedIn", ...range }))
        next = {
          verdicts: plus(next.verdicts, (yield* reads.verdicts(range)).map(verdictKey)),
          retries: plus(next.retries, (yield* reads.retries(range)).map(retryKey))
        }
        if (range.to < to) yield* loopTurn
      }
      return next
    })

    const count = (reads: Reads) =>
      Effect.gen(function* () {
        const { epoch, seq: last } = yield* reads.head([])
        const guards = yield* decodeAll(yield* reads.guards, GuardRows.decode)
        if (seq === null) yield* putAll(reads)
        const counted = yield* look(reads, { from: seq ?? 0, to: last }, seq === null)
        verdicts = counted.verdicts
        retries = counted.retries
        seq = last
        return {
          seq: last,
          epoch,
          guards,
          commitmentsOpen: yield* reads.openCommitments,
          tasks: tasks.kinds.map(({ hasAgent, state }, index) => ({
            state,
            hasAgent,
            count: tasks.counts[index] ?? 0
          })),
          nanoUsd: tasks.nano,
          verdicts: verdictsOf(verdicts),
          retries: [...retries].map(([cause, count]) => ({ cause, count }))
        } satisfies Tallies
      })
    // The first time it goes through all of it.
    const tallies = Effect.suspend(() => (seq === null ? readingLong : reading)("count what is stored", count))
    return { tallies: alone.withPermits(1)(tallies) }
  })
