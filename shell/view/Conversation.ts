/** Where a task is worked on, and the conversation of its last attempt that a person can go on with. */
import { basename, join } from "node:path"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { AttemptRecord } from "../../core/execution/AttemptRecord.ts"
import type { AgentDefinition } from "../../core/task/AgentDefinition.ts"
import { agentFor } from "../../core/task/RoleAgents.ts"
import type { Spec } from "../../core/task/Spec.ts"
import type { Task } from "../../core/task/Task.ts"
import * as Places from "../config/Places.ts"
import * as Records from "../git/WorktreeRecord.ts"

interface Workplace {
  /** What is to be said of its worktree; null for a task that is worked on in place, or not yet. */
  readonly worktree: string | null
  /** Null where there is none, or none any more. */
  readonly directory: string | null
  /** The commit that the branch of its worktree began at. */
  readonly base: string | null
}

export const workplaceOf = (task: Task): Effect.Effect<Workplace, never, Places.Places> =>
  Effect.gen(function* () {
    const { cwd, isolate } = task.spec
    if (isolate === "in-place") return { worktree: null, directory: cwd, base: null }
    const { worktrees } = yield* Places.Places
    const found = yield* Effect.either(Effect.tryPromise(() => Records.readAll(worktrees)))
    if (Either.isLeft(found)) {
      return { worktree: `${worktrees} can not be read: ${String(found.left.error)}`, directory: null, base: null }
    }
    const own = found.right.records.filter((record) => record.task === task.id)
    const last = own.toSorted((a, b) => b.number - a.number)[0]
    const damaged = found.right.damaged.find((file) => basename(file).startsWith(`${task.id}.`))
    if (last === undefined) {
      return { worktree: damaged === undefined ? null : `${damaged} is damaged`, directory: null, base: null }
    }
    const directory = last.gone === null ? join(worktrees, Records.nameOf(last), last.prefix) : null
    return { worktree: Records.describe(worktrees, last), directory, base: last.base }
  })

/** The session of the latest attempt that had one, and the agent whose it is. */
export const latestOf = (
  spec: Spec,
  attempts: ReadonlyArray<AttemptRecord>
): { readonly session: string; readonly agent: AgentDefinition } | null => {
  const found = attempts.findLast(({ progress }) => progress.session !== null)
  const session = found?.progress.session ?? null
  return found === undefined || session === null ? null : { session, agent: agentFor(spec, found.attempt.role) }
}
