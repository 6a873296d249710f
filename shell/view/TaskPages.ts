/** What happened to one task, a page at a time: its ledger, its attempts with what verifiers said, and the files of both. */
import { stat } from "node:fs/promises"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { AttemptRecord } from "../../core/execution/AttemptRecord.ts"
import { TaskEvent } from "../../core/task/Apply.ts"
import type { TaskId } from "../../core/task/Identifiers.ts"
import { Places } from "../config/Places.ts"
import { NoSuchTask } from "../operator/Operation.ts"
import type { LedgerLine, Page, Run } from "../store/BoardService.ts"
import { Store } from "../store/Store.ts"
import { shortened } from "./Card.ts"
import * as Moment from "./Moment.ts"
import { NoSuchAttempt, outputOf, outputOfRun, type Source } from "./TaskLog.ts"

/** Characters of a text in a row: some come from an agent. */
const longestText = 2000

const iso = (at: number | null): string | null => (at === null ? null : Moment.iso(at))
const shown = (text: string | null): string | null => (text === null ? null : shortened(text, longestText))

/** The same value, with no text in it that is longer than is shown. */
const bounded = (value: unknown): unknown => {
  if (typeof value === "string") return shortened(value, longestText)
  if (Array.isArray(value)) return value.slice(0, 100).map(bounded)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, bounded(each)]))
}

/** What was asked for anew is shown with the task; here it would show values of environments. */
const eventOf = (event: TaskEvent): { readonly event: string; readonly detail: unknown } => {
  if (event._tag === "Respecified") return { event: event._tag, detail: {} }
  const encoded = Schema.encodeSync(TaskEvent)(event)
  if (encoded._tag === "Respecified") return { event: encoded._tag, detail: {} }
  const { _tag, ...detail } = encoded.event
  return { event: _tag, detail: bounded(detail) }
}

const existing = (id: TaskId) =>
  Effect.gen(function* () {
    const store = yield* Store
    const task = yield* store.task(id)
    return Option.isSome(task) ? store : yield* new NoSuchTask({ id })
  })

/** As many as were wanted, and where it goes on: one more than that was asked for. */
const paged = <Row>(rows: ReadonlyArray<Row>, limit: number, keyOf: (row: Row) => number) => {
  const own = rows.slice(0, limit)
  const last = own.at(-1)
  return { own, next: rows.length > limit && last !== undefined ? keyOf(last) : null }
}

const line = ({ at, cause, event, execution, from, revision, seq, to }: LedgerLine) => ({
  seq,
  revision,
  at: Moment.iso(at),
  by: cause,
  ...eventOf(event),
  from,
  to,
  execution
})

/** The newest first. */
export const ledger = ({ before, limit, task }: Page) =>
  Effect.gen(function* () {
    const store = yield* existing(task)
    const { next, own } = paged(yield* store.ledgerPage({ task, before, limit: limit + 1 }), limit, ({ seq }) => seq)
    return { id: task, rows: own.map(line), next }
  })

const runJson = (run: Run) => ({
  run: run.run,
  attempt: run.attempt,
  index: run.index,
  kind: run.kind,
  title: shortened(run.title, longestText),
  started_at: Moment.iso(run.startedAt),
  ended_at: iso(run.endedAt),
  verdict: run.verdict,
  detail: shown(run.detail),
  cost_usd: run.costUsd,
  has_output: run.hasOutput
})

const attemptJson = (record: AttemptRecord, runs: ReadonlyArray<Run>) => {
  const { attempt, progress } = record
  return {
    number: attempt.number,
    role: attempt.role,
    mode: attempt.mode,
    agent: record.agent,
    session: progress.session,
    created_at: Moment.iso(record.createdAt),
    started_at: iso(record.startedAt),
    ended_at: iso(record.endedAt),
    outcome: record.outcome,
    detail: shown(record.detail),
    cost_usd: progress.costUsd,
    turns: progress.turns,
    tool_turns: progress.toolTurns,
    last_message: shown(progress.lastMessage),
    runs: runs.map(runJson)
  }
}

/** The newest first, with the runs of all of them. */
const attemptsOf = ({ before, limit, task }: Page) =>
  Effect.gen(function* () {
    const store = yield* existing(task)
    const rows = yield* store.attemptsPage({ task, before, limit: limit + 1 })
    const { next, own } = paged(rows, limit, ({ attempt }) => attempt.number)
    const from = own.at(-1)?.attempt.number ?? 0
    const to = own[0]?.attempt.number ?? 0
    return { own, next, runs: yield* store.runsOf({ task, from, to }) }
  })

const runsOf = (runs: ReadonlyArray<Run>, { attempt: { number } }: AttemptRecord): ReadonlyArray<Run> =>
  runs.filter(({ attempt }) => attempt === number)

export const attempts = (page: Page) =>
  Effect.map(attemptsOf(page), ({ next, own, runs }) => ({
    id: page.task,
    attempts: own.map((record) => attemptJson(record, runsOf(runs, record))),
    next
  }))

/** One run of one verifier, with what it printed. */
export const run = (task: TaskId, number: number) =>
  Effect.gen(function* () {
    const store = yield* existing(task)
    const found = Option.getOrNull(yield* store.runOf(task, number))
    if (found === null) return null
    return { ...runJson({ ...found, hasOutput: found.output !== null }), output: found.output }
  })

/** Bytes; null where it is no file, or not there. */
const sizeOf = (file: string): Effect.Effect<number | null> =>
  Effect.promise(() =>
    stat(file).then(
      (about) => (about.isFile() ? about.size : null),
      () => null
    )
  )

type StreamName = "stdout" | "stderr" | "verifier" | "verifier-stderr"

interface File {
  readonly attempt: number
  readonly run: number | null
  readonly stream: StreamName
  readonly source: Source
}

const printed = (places: Places["Type"], record: AttemptRecord, runs: ReadonlyArray<Run>): ReadonlyArray<File> => {
  const attempt = record.attempt.number
  const own = outputOf(places, record).map((source): File => ({ attempt, run: null, stream: source.stream, source }))
  const judged = runs.flatMap((run) =>
    outputOfRun(places, run).map((source, index): File => {
      const stream = index === 0 ? "verifier" : "verifier-stderr"
      return { attempt, run: run.run, stream, source }
    })
  )
  return [...own, ...judged]
}

const fileJson = ({ attempt, run, source, stream }: File, size: number | null) => ({
  attempt,
  stream,
  run,
  size,
  is_over: source.isOver,
  is_removed: size === null && source.hasBegun
})

/** Files of the newest attempts first. */
export const files = (page: Page) =>
  Effect.gen(function* () {
    const places = yield* Places
    const { next, own, runs } = yield* attemptsOf(page)
    const all = own.flatMap((record) => printed(places, record, runsOf(runs, record)))
    const sizes = yield* Effect.forEach(all, ({ source }) => sizeOf(source.file), { concurrency: 8 })
    return { id: page.task, files: all.map((file, index) => fileJson(file, sizes[index] ?? null)), next }
  })

/** Which of them; `run` for what a verifier printed. */
export interface Wanted {
  readonly id: TaskId
  readonly attempt: number
  readonly stream: StreamName
  readonly run: number | null
}

/** Where it is, and what is to be said of it with that size. Null: that attempt has no such file. */
export const file = ({ attempt, id, run, stream }: Wanted) =>
  Effect.gen(function* () {
    const places = yield* Places
    const { own, runs } = yield* attemptsOf({ task: id, before: attempt + 1, limit: 1 })
    const [record] = own
    if (record?.attempt.number !== attempt) return yield* new NoSuchAttempt({ id, attempt })
    const found = printed(places, record, runs).find((each) => each.stream === stream && each.run === run)
    if (found === undefined) return null
    return {
      path: found.source.file,
      isOver: found.source.isOver,
      toJson: (size: number | null) => fileJson(found, size)
    }
  })
