/** Changes to be written into a copy of a store, and nowhere else: tasks of a made-up batch, each begun once. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { Policy } from "../../core/policy/Policy.ts"
import { defaultFlow } from "../../core/task/Flow.ts"
import * as Record from "../../core/task/Record.ts"
import type { Spec } from "../../core/task/Spec.ts"
import { defaults } from "../../core/task/Spec.ts"
import type { Task } from "../../core/task/Task.ts"
import type { Change, StoreService } from "../store/Store.ts"

/** About as long as a prompt is. */
const prompt = "Make the parser accept a trailing comma, and add a test for it. ".repeat(16)

const specOf = (name: string): Spec => ({
  ...defaults,
  name,
  prompt,
  cwd: "/",
  agent: { name: "none", kind: "command", command: "none", args: [], env: {}, passEnv: [], model: null },
  mailboxRole: null,
  model: null,
  budgetUsd: null,
  verify: []
})

/** New tasks in their backlog. */
export const submitted = (store: StoreService, batch: string, count: number, at: number) =>
  Effect.gen(function* () {
    const { tasks } = yield* store.submit({
      path: `/drover-profile/${batch}`,
      again: true,
      at,
      tasks: Array.from({ length: count }, (_, index) => ({
        spec: specOf(`drover-profile-${index}`),
        flow: defaultFlow,
        dependsOnNames: [],
        dependsOnIds: [],
        upcoming: false,
        key: null
      }))
    })
    return yield* store.tasks({ ids: tasks.map(({ id }) => id) })
  })

/** What begins a task, as a person's `drover start` does. */
export const start = (task: Task, policy: Policy, at: number): Change => {
  const recorded = Record.record(task, [{ _tag: "StageMoved", event: { _tag: "Start" } }], "operator", policy)
  // A task that was just submitted can be started: that it can not would be a defect of core.
  if (Either.isLeft(recorded)) throw new Error(`a new task can not be started: ${recorded.left._tag}`)
  return {
    epoch: null,
    at,
    task: task.id,
    expectedRevision: task.revision,
    recorded: recorded.right,
    attempt: null,
    verification: null,
    attention: []
  }
}
