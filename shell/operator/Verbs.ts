/**
 * The events that a person may make happen to a task, under the words that are typed for them.
 */
import * as Either from "effect/Either"
import type { StageEvent } from "../../core/stage/StageEvent.ts"
import { transition } from "../../core/stage/Transition.ts"
import { TaskId } from "../../core/task/Identifiers.ts"
import type { Task } from "../../core/task/Task.ts"

/** What was typed beside the ids; null for what was not. */
export interface Words {
  readonly reason: string | null
  readonly feedback: string | null
  readonly budgetUsd: number | null
  readonly commit: string | null
  readonly by: TaskId | null
}

export const wordless: Words = { reason: null, feedback: null, budgetUsd: null, commit: null, by: null }

export interface Verb {
  /** The option it understands beside `--json`. */
  readonly option?: keyof Words
  /** The event of a task, or what is missing in what was typed. */
  readonly event: (task: Pick<Task, "stage">, words: Words, at: number) => Either.Either<StageEvent, string>
}

const plainly = (event: StageEvent): Verb => ({ event: () => Either.right(event) })

const text = (said: string | null, otherwise: string): string =>
  said === null || said.trim() === "" ? otherwise : said

const unblock = ({ budgetUsd }: Words): StageEvent => ({ _tag: "Unblock", budgetUsd })

export const verbs = {
  triage: plainly({ _tag: "Triage" }),
  start: plainly({ _tag: "Start" }),
  cancel: { event: (_, __, at) => Either.right({ _tag: "Abandon", at }) },
  approve: { event: (_, __, at) => Either.right({ _tag: "Approve", at }) },
  "send-back": {
    option: "feedback",
    event: (_, { feedback }) =>
      Either.right({ _tag: "SendBack", feedback: text(feedback, "A person looked at the work and sent it back.") })
  },
  hold: {
    option: "reason",
    event: (_, { reason }) => Either.right({ _tag: "HoldForReview", reason: text(reason, "held by a person") })
  },
  freeze: plainly({ _tag: "Freeze" }),
  unfreeze: plainly({ _tag: "Unfreeze" }),
  block: {
    option: "reason",
    event: (_, { reason }) => Either.right({ _tag: "Block", reason: { _tag: "Operator", text: text(reason, "") } })
  },
  unblock: {
    option: "budgetUsd",
    event: (_, words) => Either.right(unblock(words))
  },
  retry: {
    event: ({ stage }, words) => Either.right(stage._tag === "Blocked" ? unblock(words) : { _tag: "Retry" })
  },
  demote: plainly({ _tag: "Demote" }),
  fixup: {
    option: "feedback",
    event: (_, { feedback }) =>
      Either.right({
        _tag: "FixupRequested",
        by: "operator",
        feedback: text(feedback, "The work did not land; a person asks for a fix.")
      })
  },
  requeue: plainly({ _tag: "RequeueForQa" }),
  landed: {
    option: "commit",
    event: (_, { commit }, at) =>
      commit !== null && /^[0-9a-f]{7,64}$/i.test(commit)
        ? Either.right({ _tag: "Landed", visit: null, at, commit })
        : Either.left("which commit? --commit takes its hexadecimal name, 7 digits or more")
  },
  reject: {
    option: "reason",
    event: (_, { reason }, at) => Either.right({ _tag: "Reject", at, reason: text(reason, "rejected by a person") })
  },
  supersede: {
    option: "by",
    event: (_, { by }, at) =>
      by === null ? Either.left("by which task? --by takes its id") : Either.right({ _tag: "Supersede", at, by })
  },
  reopen: {
    option: "feedback",
    event: (_, { feedback }) =>
      Either.right({ _tag: "Reopen", feedback: text(feedback, "A person reopened the task.") })
  },
  archive: { event: (_, __, at) => Either.right({ _tag: "Archive", at }) }
} as const satisfies Readonly<Record<string, Verb>>

export type Name = keyof typeof verbs

export const names = Object.keys(verbs).filter((name): name is Name => Object.hasOwn(verbs, name))

/** Said for any task, only to learn whether its machine would take the event. */
const sample: Words = { reason: "", feedback: "", budgetUsd: null, commit: "0".repeat(40), by: TaskId.make(1) }

const blocked: Pick<Task, "stage"> = {
  stage: { _tag: "Blocked", resumeTo: { _tag: "Backlog" }, reason: { _tag: "NoCommits" } }
}

/** The events that a word may stand for: which of them depends on the task. */
export const makes = (name: Name): ReadonlyArray<StageEvent["_tag"]> => {
  const verb: Verb = verbs[name]
  const tasks = [{ stage: { _tag: "Backlog" } as const }, blocked]
  return [
    ...new Set(
      tasks.flatMap((task) =>
        Either.match(verb.event(task, sample, 0), { onLeft: () => [], onRight: ({ _tag }) => [_tag] })
      )
    )
  ]
}

/** The words that mean something for a task as it is. */
export const legal = (task: Task): ReadonlyArray<Name> =>
  names.filter((name) => {
    const verb: Verb = verbs[name]
    const moved = Either.flatMap(verb.event(task, sample, 0), (event) => transition(task.flow, task.stage, event))
    return Either.isRight(moved)
  })

export { nextCommand } from "../attention/NextCommand.ts"
