/**
 * Costs by account and batch over tables in memory: the same rules as `SqlCosts.ts`, a task at a time.
 */
import { accountOfAgent } from "../../core/account/Account.ts"
import type { Facts } from "../../core/task/Facts.ts"
import type { Flow } from "../../core/task/Flow.ts"
import type { Spec } from "../../core/task/Spec.ts"
import { type CostRow, nanoOf } from "./CostShare.ts"
import { specKey, type StoredTask, type Tables } from "./MemoryTables.ts"
import type * as Rows from "./Rows.ts"

type Part = Pick<CostRow, "account" | "tasks" | "at_work" | "attempts" | "judgements" | "nano_usd"> & {
  readonly is_unknown: boolean
}

const isWorked = ({ mode }: Rows.AttemptRow): boolean => mode !== "VerifyOnly"

const isUnheard = ({ outcome, progress }: Rows.AttemptRow): boolean =>
  outcome !== null && outcome !== "LaunchFailed" && JSON.parse(progress).costUsd === null

const partsOf = (tables: Tables, task: StoredTask): ReadonlyArray<Part> => {
  const row = tables.specs.get(specKey(task.id, task.spec_revision))
  if (row === undefined) return []
  const spec: Spec = JSON.parse(row.spec)
  const facts: Facts = JSON.parse(task.facts)
  const flow: Flow = JSON.parse(task.flow)
  const account = accountOfAgent(spec.agent)
  const attempts = (tables.attempts.get(task.id) ?? []).filter(isWorked)
  let left = nanoOf(facts.spentUsd)
  const judgements = (tables.verifications.get(task.id) ?? [])
    .filter(({ ended_at, kind }) => kind !== "Run" && ended_at !== null)
    .map(({ cost_usd, position }): Part => {
      const verifier = spec.verify[position]
      const judge = verifier === undefined || verifier._tag === "Run" ? undefined : verifier.definition
      const nano_usd = Math.min(nanoOf(cost_usd ?? 0), left)
      left -= nano_usd
      return {
        account: judge === undefined ? account : accountOfAgent(judge),
        tasks: 0,
        at_work: 0,
        attempts: 0,
        judgements: 1,
        nano_usd,
        is_unknown: cost_usd === null
      }
    })
  const agentOf = ({ role }: Rows.AttemptRow) =>
    role === "qa" || role === "merger" ? spec.roleAgents?.[role] : undefined
  const own = attempts.filter((attempt) => agentOf(attempt) === undefined)
  const others = attempts.flatMap((attempt): ReadonlyArray<Part> => {
    const agent = agentOf(attempt)
    if (agent === undefined) return []
    const nano_usd = Math.min(nanoOf(JSON.parse(attempt.progress).costUsd ?? 0), left)
    left -= nano_usd
    return [
      {
        account: accountOfAgent(agent),
        tasks: 0,
        at_work: 0,
        attempts: 1,
        judgements: 0,
        nano_usd,
        is_unknown: isUnheard(attempt)
      }
    ]
  })
  const parts = [...judgements, ...others]
  const isExplained = parts.some(({ is_unknown }) => is_unknown) && flow.merge === "none" && !own.some(isUnheard)
  const rest = {
    account,
    tasks: 1,
    at_work: JSON.parse(task.execution)._tag === "Idle" ? 0 : 1,
    attempts: own.length,
    judgements: 0,
    nano_usd: left,
    is_unknown: facts.hasUnknownCost && !isExplained
  }
  return [...parts, rest]
}

const order = (a: CostRow, b: CostRow): number =>
  (a.batch_id ?? 0) - (b.batch_id ?? 0) || (a.account < b.account ? -1 : 1)

/** Of all tasks, or of those of one batch. */
export const read = (tables: Tables, batch: number | null): ReadonlyArray<CostRow> => {
  const rows = new Map<string, CostRow>()
  for (const task of tables.tasks.values()) {
    const { batch_id } = task
    if (batch !== null && batch_id !== batch) continue
    for (const part of partsOf(tables, task)) {
      const { account } = part
      const key = `${batch_id} ${account}`
      const before = rows.get(key)
      rows.set(key, {
        account,
        batch_id,
        path: batch_id === null ? null : (tables.batches.get(batch_id)?.path ?? null),
        tasks: (before?.tasks ?? 0) + part.tasks,
        at_work: (before?.at_work ?? 0) + part.at_work,
        attempts: (before?.attempts ?? 0) + part.attempts,
        judgements: (before?.judgements ?? 0) + part.judgements,
        nano_usd: (before?.nano_usd ?? 0) + part.nano_usd,
        is_unknown: before?.is_unknown === 1 || part.is_unknown ? 1 : 0
      })
    }
  }
  return [...rows.values()].toSorted(order)
}
