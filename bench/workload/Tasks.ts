/**
 * Tasks as a person would submit them: a prompt of about 1 KB, one verifier, a directory of their own.
 */
import { defaultFlow } from "../../core/task/Flow.ts"
import type { Spec } from "../../core/task/Spec.ts"
import type { NewTask, Submission } from "../../shell/store/Store.ts"

/** A fixed moment: nothing that is measured depends on the clock. */
export const epoch = 1_795_000_000_000

/** The size of the payload in PERFORMANCE's own measurements. */
const promptBytes = 1011

const sentence = "Make the parser accept a trailing comma, keep the error positions right, and add a test for both. "
const prompt = sentence.repeat(Math.ceil(promptBytes / sentence.length)).slice(0, promptBytes)

export const specOf = (index: number): Spec => ({
  name: `task-${index}`,
  prompt,
  cwd: `/work/repository-${index}`,
  agent: { name: "tool", kind: "command", command: "/bin/true", args: [], env: {}, passEnv: [], model: null },
  mailboxRole: null,
  model: null,
  maxRetries: 2,
  timeoutMin: 45,
  maxToolTurns: 80,
  inactivitySecs: 300,
  budgetUsd: null,
  priority: 0,
  isolate: "in-place",
  verify: [{ _tag: "Run", command: "npm test", timeoutMin: 15 }]
})

/** A batch of tasks numbered from `first`, each its own or, where told, waiting for one before it. */
export const submissionOf = (
  first: number,
  count: number,
  change: (task: NewTask, index: number) => NewTask = (task) => task
): Submission => ({
  path: `/work/tasks-${first}.toml`,
  again: false,
  at: epoch,
  tasks: Array.from({ length: count }, (_, offset) =>
    change(
      {
        spec: specOf(first + offset),
        flow: defaultFlow,
        dependsOnNames: [],
        dependsOnIds: [],
        upcoming: false,
        key: null
      },
      first + offset
    )
  )
})

/** The items in groups of at most that many. */
export const groupsOf = <A>(items: ReadonlyArray<A>, size: number): ReadonlyArray<ReadonlyArray<A>> =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, group) => items.slice(group * size, (group + 1) * size))
