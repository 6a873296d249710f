/** Many cards, as a supervisor with so many tasks answers them. */
import type { Board, Card } from "../../shell/http/api/BoardWire.ts"

const columns = ["backlog", "coding", "qa", "merge", "done"] as const

const card = (id: number, revision: number): Card => ({
  id,
  revision,
  name: `task number ${id}`,
  batch: 1,
  cwd: "/src/app",
  column: columns[id % columns.length] ?? "coding",
  badge: id % columns.length === 4 ? "done" : "active",
  state: id % columns.length === 4 ? "DONE" : "READY",
  stage: "coding",
  execution: "Idle",
  is_held: false,
  agent: `agent ${id % 7}`,
  account: "main",
  role: "coder",
  attempt: revision,
  attempts_used: 0,
  attempts_most: 3,
  since: null,
  until: null,
  verifying: null,
  verdict: null,
  cost_usd: 0,
  cost_is_complete: true,
  budget_usd: null,
  waiting: `waiting: ${revision} of 4 running`,
  stuck_on: null,
  needs_person: null,
  depends_on: [],
  priority: 0,
  created_at: "2026-11-27T10:00:00.000Z",
  ended_at: id % columns.length === 4 ? "2026-11-27T10:00:00.000Z" : null
})

/** All of them, or that one as it is after so many changes. */
export const answer = (count: number, change: { readonly id: number; readonly revision: number } | null): Board => ({
  cursor: `c${change?.revision ?? 0}`,
  is_whole: change === null,
  seq: 1,
  now: new Date().toISOString(),
  cards:
    change === null
      ? Array.from({ length: count }, (_, index) => card(index + 1, 1))
      : [card(change.id, change.revision)],
  gone: [],
  left_out: 0,
  batches: [],
  accounts: [],
  draining: false,
  running: 0,
  max_concurrent: 4,
  supervisor: null
})
