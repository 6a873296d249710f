/** The same counts as those of `SqlTallies.ts`, over tables in memory. */
import type { Execution } from "../../core/execution/Execution.ts"
import type { Facts } from "../../core/task/Facts.ts"
import { nanoOf } from "./CostShare.ts"
import type { TallyRow } from "./Encoded.ts"
import type { StoredTask, Tables } from "./MemoryTables.ts"
import type * as Rows from "./Rows.ts"
import type { RetryCount, VerdictCount } from "./Tallies.ts"

export const taskRow = ({ execution, facts, id, stage_json }: StoredTask): TallyRow => {
  const stage = JSON.parse(stage_json)
  const now: Execution = JSON.parse(execution)
  const { spentUsd }: Facts = JSON.parse(facts)
  const kind = [
    stage.stage,
    stage.from,
    stage.kind?._tag,
    stage.kind?.step,
    now._tag,
    "mode" in now ? now.mode : null,
    "subject" in now ? now.subject._tag : null,
    "carrier" in now ? now.carrier?._tag : null
  ]
  return { id, kind: JSON.stringify(kind), nano_usd: nanoOf(spentUsd) }
}

const counted = (words: ReadonlyArray<string>): ReadonlyArray<readonly [word: string, count: number]> => {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1))
}

export const verdicts = (events: ReadonlyArray<Rows.NewEventRow>): ReadonlyArray<VerdictCount> => {
  const told = events.flatMap(({ body, type }) => (type === "task.verification" ? [JSON.parse(body ?? "{}")] : []))
  return counted(told.map(({ kind, verdict }) => JSON.stringify([kind, verdict]))).map(([word, count]) => {
    const [kind, verdict] = JSON.parse(word)
    return { kind, verdict, count }
  })
}

const failures = new Set<string | null>(["FAIL", "ERROR", "TIMEOUT"])

const causeOf = (tables: Tables, task: number, number: number): ReadonlyArray<string> => {
  const all = (tables.attempts.get(task) ?? []).filter(({ mode }) => mode !== "VerifyOnly")
  const at = all.findIndex((row) => row.number === number)
  const attempt = all[at]
  const before = at > 0 ? all[at - 1] : undefined
  if (attempt === undefined || before === undefined) return []
  const isSame =
    before.role === attempt.role && before.visit === attempt.visit && before.feedback_number === attempt.feedback_number
  if (!isSame || attempt.mode === "Nudge") return []
  if (attempt.mode === "CommitOnly") return ["Uncommitted"]
  const isFailed = (tables.verifications.get(task) ?? []).some(
    (run) => run.attempt >= before.number && run.attempt < number && failures.has(run.verdict)
  )
  if (before.outcome === "Clean" || isFailed) return ["Verdict"]
  return [(before.outcome === "Stopped" ? before.detail : before.outcome) ?? ""]
}

export const retries = (tables: Tables, events: ReadonlyArray<Rows.NewEventRow>): ReadonlyArray<RetryCount> => {
  const causes = events.flatMap(({ body, task_id, type }) => {
    if (type !== "task.attempt" || task_id === null) return []
    const { attempt_id, phase } = JSON.parse(body ?? "{}")
    return phase === "created" ? causeOf(tables, task_id, Number(String(attempt_id).split(".")[1])) : []
  })
  return counted(causes).map(([cause, count]) => ({ cause, count }))
}
