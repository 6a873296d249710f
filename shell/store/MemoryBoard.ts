/** The same answers as those of `SqlBoard.ts`, over tables in memory. */
import * as Effect from "effect/Effect"
import { accountOfAgent } from "../../core/account/Account.ts"
import type { Spec } from "../../core/task/Spec.ts"
import type { BoardReads, SpendRow } from "./BoardTables.ts"
import { nanoOf } from "./CostShare.ts"
import { specKey, type Tables } from "./MemoryTables.ts"
import type { Range } from "./Range.ts"
import type * as Rows from "./Rows.ts"

const hourMs = 3_600_000

/** The newest `limit`, from lists that are in order. */
const newest = <Row>(rows: ReadonlyArray<Row>, limit: number): ReadonlyArray<Row> => rows.slice(-limit).toReversed()

const eventsIn = (tables: Tables, { from, to }: Range): ReadonlyArray<Rows.NewEventRow> =>
  Array.from({ length: Math.max(0, Math.min(to, tables.highest.get("seq") ?? 0) - from) }, (_, index) =>
    tables.events.get(from + index + 1)
  ).filter((row) => row !== undefined)

const specOf = (tables: Tables, id: number): Spec | null => {
  const task = tables.tasks.get(id)
  const row = task === undefined ? undefined : tables.specs.get(specKey(id, task.spec_revision))
  return row === undefined ? null : JSON.parse(row.spec)
}

type Part = Omit<SpendRow, "hour">

const attemptPart = (tables: Tables, spec: Spec, id: number, number: number): Part | null => {
  const row = (tables.attempts.get(id) ?? []).find((each) => each.number === number)
  if (row === undefined || row.mode === "VerifyOnly") return null
  const other = row.role === "qa" || row.role === "merger" ? spec.roleAgents?.[row.role] : undefined
  const { costUsd } = JSON.parse(row.progress)
  const isUnknown = costUsd === null && (row.outcome ?? "LaunchFailed") !== "LaunchFailed"
  return {
    account: accountOfAgent(other ?? spec.agent),
    nano_usd: nanoOf(costUsd ?? 0),
    attempts: 1,
    is_unknown: isUnknown ? 1 : 0
  }
}

const partOf = (tables: Tables, { body, task_id, type }: Rows.NewEventRow): Part | null => {
  const spec = task_id === null ? null : specOf(tables, task_id)
  if (spec === null || task_id === null) return null
  const said = JSON.parse(body ?? "{}")
  const number = Number(String(said.attempt_id).split(".")[1])
  if (type === "task.attempt") return said.phase === "ended" ? attemptPart(tables, spec, task_id, number) : null
  if (type !== "task.verification" || said.kind === "Run") return null
  const run = (tables.verifications.get(task_id) ?? []).find(
    ({ attempt, cost_usd, kind, verdict }) =>
      attempt === number && kind === said.kind && cost_usd === said.cost_usd && verdict === said.verdict
  )
  const verifier = run === undefined ? undefined : spec.verify[run.position]
  const judge = verifier === undefined || verifier._tag === "Run" ? undefined : verifier.definition
  return {
    account: accountOfAgent(judge ?? spec.agent),
    nano_usd: nanoOf(said.cost_usd ?? 0),
    attempts: 0,
    is_unknown: said.cost_usd === null ? 1 : 0
  }
}

const spend = (tables: Tables, range: Range): ReadonlyArray<SpendRow> => {
  const rows = new Map<string, SpendRow>()
  for (const event of eventsIn(tables, range)) {
    const part = partOf(tables, event)
    if (part === null) continue
    const hour = Math.floor(event.at / hourMs) * hourMs
    const key = `${hour} ${part.account}`
    const before = rows.get(key)
    rows.set(key, {
      hour,
      account: part.account,
      nano_usd: (before?.nano_usd ?? 0) + part.nano_usd,
      attempts: (before?.attempts ?? 0) + part.attempts,
      is_unknown: before?.is_unknown === 1 || part.is_unknown === 1 ? 1 : 0
    })
  }
  return [...rows.values()].toSorted((a, b) => a.hour - b.hour || (a.account < b.account ? -1 : 1))
}

export const reads = (tables: Tables): BoardReads => ({
  batches: (limit) =>
    Effect.sync(() =>
      newest(
        tables.batches.values().toSorted((a, b) => a.id - b.id),
        limit
      ).toReversed()
    ),
  tasksOf: (batch, limit) =>
    Effect.sync(() =>
      tables.tasks
        .values()
        .flatMap(({ batch_id, id }) => (batch_id === batch ? [id] : []))
        .toSorted((a, b) => a - b)
        .slice(0, limit)
    ),
  changedIn: (range) =>
    Effect.sync(() => {
      const moved = eventsIn(tables, range).filter(({ type }) => type === "task.transition")
      return [...new Set(moved.flatMap(({ task_id }) => task_id ?? []))].toSorted((a, b) => a - b)
    }),
  transitions: ({ before, limit, task }) =>
    Effect.sync(() =>
      newest(
        (tables.transitions.get(task) ?? []).filter(({ seq }) => before === null || seq < before),
        limit
      )
    ),
  attempts: ({ before, limit, task }) =>
    Effect.sync(() =>
      newest(
        (tables.attempts.get(task) ?? []).filter(({ number }) => before === null || number < before),
        limit
      )
    ),
  runs: ({ from, task, to }, limit) =>
    Effect.sync(() =>
      (tables.verifications.get(task) ?? [])
        .filter(({ attempt }) => attempt >= from && attempt <= to)
        .slice(-limit)
        .map((row) => ({ ...row, output: null, has_output: row.output === null ? 0 : 1 }))
    ),
  run: (task, run) => Effect.sync(() => (tables.verifications.get(task) ?? []).find((row) => row.run === run) ?? null),
  spend: (range) => Effect.sync(() => spend(tables, range)),
  eventAt: (seq) => Effect.sync(() => tables.events.get(seq)?.at ?? null)
})
