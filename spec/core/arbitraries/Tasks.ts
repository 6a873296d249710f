/** A task as a user would submit it, with no more to it than a spec says. */
import type { Flow } from "../../../core/task/Flow.ts"
import { TaskId } from "../../../core/task/Identifiers.ts"
import type { Spec } from "../../../core/task/Spec.ts"
import { create, type Task } from "../../../core/task/Task.ts"

const spec: Spec = {
  name: "parser",
  prompt: "write a parser",
  cwd: "/work/parser",
  agent: { name: "sh", kind: "command", command: "/bin/sh", args: [], env: {}, passEnv: [], model: null },
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
}

export const submitted = (flow: Flow, changes: Partial<Spec> = {}, upcoming = false): Task =>
  create({
    id: TaskId.make(42),
    batch: null,
    spec: { ...spec, ...changes },
    flow,
    dependsOn: [],
    upcoming,
    createdAt: 0
  })
