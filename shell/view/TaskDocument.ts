/** Everything about one task: its row, its attempts and verifications, and what a person can do with it. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { AttemptRecord } from "../../core/execution/AttemptRecord.ts"
import { isLive } from "../../core/execution/Execution.ts"
import type { Policy } from "../../core/policy/Policy.ts"
import type { TaskId } from "../../core/task/Identifiers.ts"
import { Task } from "../../core/task/Task.ts"
import type { Task as TaskValue } from "../../core/task/Task.ts"
import { Verification } from "../../core/verify/Verification.ts"
import { commandLine } from "../agents/TakeOver.ts"
import { NoSuchTask } from "../operator/Operation.ts"
import * as Verbs from "../operator/Verbs.ts"
import { Store } from "../store/Store.ts"
import * as Conversation from "./Conversation.ts"
import * as FleetView from "./FleetView.ts"
import * as TaskJson from "./TaskJson.ts"

export interface Found {
  readonly now: number
  readonly seen: FleetView.Seen
  readonly dependencies: ReadonlyArray<FleetView.Seen>
  readonly attempts: ReadonlyArray<AttemptRecord>
  readonly verifications: ReadonlyArray<Verification>
  /** Where the work of a task is that is worked on apart; null for one that is not, or not yet. */
  readonly worktree: string | null
  /** How a person goes on in the conversation of its last attempt, while no agent is at it; null where there is none. */
  readonly takeOver: string | null
}

/** Two programs in one conversation tear it in two: not while an agent may be at work in it. */
const takeOver = (
  { execution, spec }: TaskValue,
  attempts: ReadonlyArray<AttemptRecord>,
  directory: string | null
): string | null => {
  const found = Conversation.latestOf(spec, attempts)
  return found === null || directory === null || isLive(execution)
    ? null
    : commandLine(found.agent, found.session, directory)
}

export const read = (id: TaskId, policy: Policy) =>
  Effect.gen(function* () {
    const store = yield* Store
    const task = yield* store.task(id)
    if (Option.isNone(task)) return yield* new NoSuchTask({ id })
    const now = yield* Clock.currentTimeMillis
    const { tasks: atWork } = yield* store.overview(policy.maxConcurrent * 2)
    const view = FleetView.make(yield* FleetView.around(store, policy, now, [task.value], atWork))
    const dependencies = task.value.dependsOn.length === 0 ? [] : yield* store.tasks({ ids: task.value.dependsOn })
    const attempts = yield* store.attempts(id)
    const { directory, worktree } = yield* Conversation.workplaceOf(task.value)
    return {
      now,
      seen: view.see(task.value),
      dependencies: dependencies.map(view.see),
      attempts,
      verifications: yield* store.verifications(id),
      worktree,
      takeOver: takeOver(task.value, attempts, directory)
    }
  })

/** What a definition puts into its agent's environment is often a key: its name is shown, and not its value. */
const withoutValues = (env: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.keys(env).map((name) => [name, "redacted"]))

const encodeTask = (task: TaskValue): typeof Task.Encoded => {
  const encoded = Schema.encodeSync(Task)(task)
  const { agent, roleAgents, verify } = encoded.spec
  const hidden = <A extends { readonly env: Readonly<Record<string, string>> }>(definition: A) => ({
    ...definition,
    env: withoutValues(definition.env)
  })
  const verifiers = verify.map((each) =>
    each._tag === "Run" || each.definition === undefined ? each : { ...each, definition: hidden(each.definition) }
  )
  const others = {
    ...(roleAgents?.qa === undefined ? {} : { qa: hidden(roleAgents.qa) }),
    ...(roleAgents?.merger === undefined ? {} : { merger: hidden(roleAgents.merger) })
  }
  const roles = roleAgents === undefined ? {} : { roleAgents: others }
  return { ...encoded, spec: { ...encoded.spec, agent: hidden(agent), ...roles, verify: verifiers } }
}

export const toJson = ({ attempts, seen, takeOver, verifications, worktree }: Found) => ({
  ...TaskJson.toJson(seen),
  legal: Verbs.legal(seen.task),
  next_command: Verbs.nextCommand(seen.task),
  task: encodeTask(seen.task),
  attempts: attempts.map((each) => Schema.encodeSync(AttemptRecord)(each)),
  verifications: verifications.map((each) => Schema.encodeSync(Verification)(each)),
  worktree,
  take_over: takeOver
})
