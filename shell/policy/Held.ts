/**
 * Which sessions are held, for the loop: what should be there and what is, without a look at the disk. The files are
 * those of attempts under way of tasks that ask for it; whatever else is there is swept.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type { AttemptRecord, Marker } from "../../core/execution/AttemptRecord.ts"
import { answerOf, isManual, nameOf } from "../../core/policy/SessionPolicy.ts"
import { isTerminal } from "../../core/stage/Projection.ts"
import type { TaskId } from "../../core/task/Identifiers.ts"
import { agentAtWork } from "../../core/task/RoleAgents.ts"
import type { Task } from "../../core/task/Task.ts"
import type { OwnView } from "../../core/tick/World.ts"
import { Guards } from "../guards/Guards.ts"
import * as Mechanism from "../guards/Mechanism.ts"
import { type Present, SessionPolicies, type SessionPolicyUnusable } from "./SessionPolicies.ts"

export interface Held {
  /** For the view of a task; `record`: that of the attempt that it is at, null for none. */
  readonly viewOf: (task: Task, record: AttemptRecord | null) => OwnView["sessionPolicy"]
  /** Writes the file of an attempt; nothing for a task that does not ask for it. Those before it are asked to go (`viewOf`). */
  readonly hold: (task: Task, session: string | null, marker: Marker) => Effect.Effect<void, SessionPolicyUnusable>
  readonly release: (task: TaskId, session: string) => Effect.Effect<void, SessionPolicyUnusable>
}

const nothing: OwnView["sessionPolicy"] = { wanted: null, present: null }

/** Sweeps what no task of these asks for any more, and remembers the rest. */
export const make = Effect.fnUntraced(function* (taskOf: (id: TaskId) => Task | null) {
  const policies = yield* SessionPolicies
  const present = new Map<TaskId, ReadonlyArray<Present>>()
  const of = (task: TaskId): ReadonlyArray<Present> => present.get(task) ?? []

  /** What the files could not be used for last; `task` null: all that was there at the start. */
  let trouble: { readonly task: TaskId | null; readonly why: string } | null = null
  /** A task that has ended, or is no more of those that ask for it, is nobody's trouble. */
  const isOver = (id: TaskId): boolean => {
    const task = taskOf(id)
    return task === null || !isManual(task) || isTerminal(task.stage)
  }
  yield* (yield* Guards).register("session-policy", () =>
    trouble === null || (trouble.task !== null && isOver(trouble.task))
      ? { enabled: true }
      : { enabled: true, blind: true, reason: trouble.why }
  )
  const noting = <A>(task: TaskId | null, work: Effect.Effect<A, SessionPolicyUnusable>) =>
    work.pipe(
      Effect.tap(() => Effect.sync(() => (trouble = null))),
      Effect.tapError(({ message: why }) => Effect.sync(() => (trouble = { task, why }))),
      Effect.tapDefect((cause) => Effect.sync(() => (trouble = { task, why: Mechanism.said(Cause.squash(cause)) })))
    )

  const sweep = Effect.gen(function* () {
    yield* policies.tidy
    for (const found of yield* policies.list) {
      const task = found.owner === null ? null : taskOf(found.owner.task)
      if (found.owner !== null && task !== null && isManual(task)) {
        present.set(found.owner.task, [...of(found.owner.task), found])
      } else yield* policies.clear(found.session)
    }
  })
  yield* Effect.catchAll(noting(null, sweep), ({ message }) => Effect.logWarning(message))

  return {
    viewOf: (task, record) => {
      const files = of(task.id)
      const isHeld = record !== null && isManual(task)
      if (!isHeld) return files[0] === undefined ? nothing : { wanted: null, present: files[0].session }
      const own = files.find(({ owner }) => owner?.attempt === record.marker)
      const wanted = own?.session ?? nameOf(record.progress.session, record.marker)
      const other = files.find(({ session }) => session !== wanted)
      return { wanted, present: other?.session ?? own?.session ?? null }
    },
    hold: (task, session, marker) => {
      const answer = answerOf(agentAtWork(task).kind)
      if (!isManual(task) || answer === null) return Effect.void
      const name = nameOf(session, marker)
      const written = policies.write({ session: name, task: task.id, attempt: marker, answer })
      return Effect.map(noting(task.id, written), () => {
        const others = of(task.id).filter(({ session }) => session !== name)
        present.set(task.id, [...others, { session: name, owner: { task: task.id, attempt: marker } }])
      })
    },
    release: (task, session) =>
      Effect.map(noting(task, policies.clear(session)), () => {
        const left = of(task).filter((file) => file.session !== session)
        if (left.length === 0) present.delete(task)
        else present.set(task, left)
      })
  } satisfies Held
})
