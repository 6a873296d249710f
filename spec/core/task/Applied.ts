/** What one event of an execution does to a plain task, told by what is another then. */
import * as Either from "effect/Either"
import { expect } from "vitest"
import type { Ending, Execution } from "../../../core/execution/Execution.ts"
import type { ExecutionEvent } from "../../../core/execution/ExecutionEvent.ts"
import type { Stage } from "../../../core/stage/Stage.ts"
import { apply } from "../../../core/task/Apply.ts"
import { process } from "../tick/Pairs.ts"
import { attempt, minute, moved, now, run, taskOf, type Varied } from "../tick/Worlds.ts"

/** `ignored`, `illegal`, or the facts that are others and the stage event that belongs to it. */
export const does = (varied: Varied, event: ExecutionEvent) => {
  const task = taskOf(varied)
  const result = apply(task, moved(event))
  if (Either.isLeft(result)) return result.left
  if (result.right._tag === "Ignored") return "ignored"
  const { consequence, task: after } = result.right
  expect(after.revision).toBe(task.revision + 1)
  const facts = Object.entries(after.facts).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(Reflect.get(task.facts, name))
  )
  return { ...Object.fromEntries(facts), ...(consequence === null ? {} : { consequence }) }
}

type Row = readonly [what: string, Varied, ExecutionEvent, expected: unknown]

export const table = (rows: ReadonlyArray<Row>): void => {
  for (const [what, varied, event, expected] of rows) expect([what, does(varied, event)]).toEqual([what, expected])
}

export const illegal = (execution: Execution, event: ExecutionEvent) => ({ _tag: "IllegalExecution", execution, event })

export const own = attempt()
export const { number } = own
export const idle: Execution = { _tag: "Idle" }
export const passed = { feedbackNumber: 1, tree: "t0" }
export const verifying = (varied: Partial<Extract<Execution, { readonly _tag: "Verifying" }>> = {}): Execution => ({
  _tag: "Verifying",
  attempt: own,
  index: 0,
  run: null,
  passed: [],
  restarts: 0,
  notBefore: null,
  ...varied
})
export const launching: Execution = { _tag: "Launching", attempt: own, since: now, preparing: false }
export const running: Execution = { _tag: "Running", attempt: own, carrier: { _tag: "Process", process }, since: now }
export const stopping = (ending: Ending, of = own): Execution => ({
  _tag: "Stopping",
  subject: { _tag: "Agent", attempt: of },
  carrier: null,
  ending,
  since: now
})
export const merge: Stage = { _tag: "Merge", branch: "drover/1", commitsAhead: 1, verified: true }
export const landing = (candidate: string | null = null, visit = 2): Execution => ({
  _tag: "Landing",
  run: run(6),
  visit,
  base: "b",
  candidate,
  since: now
})

export const failure = { attemptsLeft: true, until: now + minute, feedback: "it broke" }
