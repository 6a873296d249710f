/** How what an effect came to is written: where it still means anything, by whoever the store knows as the supervisor. */
import type * as Effect from "effect/Effect"
import type { ExecutionEvent } from "../../core/execution/ExecutionEvent.ts"
import type { TaskId } from "../../core/task/Identifiers.ts"
import type { Task } from "../../core/task/Task.ts"
import type { Fenced, StoreError } from "../store/Store.ts"

export type Outcome = (
  id: TaskId,
  event: (task: Task, now: number) => ExecutionEvent
) => Effect.Effect<void, Fenced | StoreError>
