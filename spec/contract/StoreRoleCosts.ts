/** Costs of tasks whose roles have agents of their own. */
import * as Effect from "effect/Effect"
import { expect } from "vitest"
import { noProgress } from "../../core/execution/AttemptRecord.ts"
import { Store } from "../../shell/store/Store.ts"
import { attemptOf, existing, submission } from "../shell/store/World.ts"
import type { Live } from "./Live.ts"
import { agent, costly, spent } from "./StoreCosts.ts"

export const roleCosts = (live: Live): void => {
  live("API-10 what an agent for QA or for merging costs is of its own account, and unknown there alone", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const roleAgents = { qa: agent("critic", "team"), merger: agent("mender") }
      yield* store.submit(submission([costly("one", { agent: agent("coder"), verify: [], roleAgents })], null))
      const roles = ["coder", "qa", "merger", "coder", "qa"] as const
      for (const [index, costUsd] of [1, 0.5, null, 0.25, 0.125].entries()) {
        const task = existing((yield* store.tasks({}))[0])
        const record = attemptOf(task, index + 1, { endedAt: 1800, outcome: "Clean" })
        const attempt = { ...record.attempt, role: roles[index] ?? "coder" }
        const progress = { ...noProgress(1500), costUsd }
        yield* store.write({
          ...spent(task, 1.875, true),
          attempt: { record: { ...record, attempt, progress }, phase: null }
        })
      }
      expect(
        (yield* store.costs()).map(({ account, attempts, isUnknown, nanoUsd, tasks }) => [
          account,
          tasks,
          attempts,
          nanoUsd / 1e9,
          isUnknown
        ])
      ).toEqual([
        ["coder", 1, 2, 1.25, false],
        ["mender", 0, 1, 0, true],
        ["team", 0, 2, 0.625, false]
      ])
    })
  )
}
