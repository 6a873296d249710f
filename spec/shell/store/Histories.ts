/** Histories of tasks for the store: at each point one of all the events that core allows there. */
import type { ExecutionEvent } from "../../../core/execution/ExecutionEvent.ts"
import type { TaskEvent } from "../../../core/task/Apply.ts"
import { AttemptNumber, RunNumber } from "../../../core/task/Identifiers.ts"
import type { Task } from "../../../core/task/Task.ts"
import { stageEvents } from "../../core/arbitraries/Examples.ts"
import { changeOf, moved } from "./World.ts"

const process = { host: "here", pid: 12, startTime: "34", bootId: "b" }
const work = { branch: "drover/1", commitsAhead: 1 }
const failure = { attemptsLeft: true, until: 90, feedback: "it fails" }

const executionEvents = (task: Task): ReadonlyArray<ExecutionEvent> => {
  const { nextAttempt, nextRun } = task.facts
  const attempt = AttemptNumber.make(Math.max(1, nextAttempt - 1))
  const run = RunNumber.make(Math.max(1, nextRun - 1))
  const fresh = {
    number: nextAttempt,
    role: "coder",
    visit: task.visit,
    feedbackNumber: task.facts.feedbackNumber,
    mode: "Cold"
  } as const
  const facts = {
    merge: task.flow.merge,
    dirty: false,
    moved: true,
    progressed: true,
    resumable: false,
    qa: null,
    tree: "t1",
    costUsd: 0.125,
    failure
  }
  const judged = {
    attempt,
    at: 80,
    index: 0,
    run,
    tree: "t1",
    treeNow: "t1",
    headTree: null,
    resumeAt: null,
    costUsd: null,
    failure
  }
  return [
    { _tag: "Launch", attempt: fresh, preparing: false, at: 50 },
    { _tag: "Launch", attempt: fresh, preparing: false, at: 50, trial: true },
    { _tag: "Started", attempt, process, at: 51 },
    { _tag: "RateLimited", attempt, process, resumeAt: 70, at: 60 },
    { _tag: "Sustained", attempt, at: 60 },
    { _tag: "Ended", attempt, how: { _tag: "Clean" }, at: 61 },
    { _tag: "Ended", attempt, how: { _tag: "Limited", resumeAt: 66, cause: "usage" }, at: 61 },
    { _tag: "Ended", attempt, how: { _tag: "Limited", resumeAt: 61, cause: "authentication" }, at: 61 },
    { _tag: "Ended", attempt, how: { _tag: "Forced", detail: "status 1" }, at: 61 },
    { _tag: "Stop", attempt, run: null, why: "Operator", at: 62 },
    { _tag: "VerifiedDead", attempt, run: null, facts },
    { _tag: "VerifyBegin", attempt: { ...fresh, mode: "VerifyOnly" } },
    { _tag: "RunBegin", attempt, index: 0, run: nextRun },
    { _tag: "NoVerifiers", attempt, at: 63, work, tree: "t1" },
    { ...judged, _tag: "Verdict", verdict: "PASS", last: true, work },
    { ...judged, _tag: "Verdict", verdict: "FAIL", last: true, work },
    { _tag: "Reset" }
  ]
}

/** Every event that moves the task, of both machines. */
const legalEvents = (task: Task): ReadonlyArray<TaskEvent> =>
  [
    ...stageEvents.map((event) =>
      moved("visit" in event && event.visit !== null ? { ...event, visit: task.visit } : event)
    ),
    ...executionEvents(task).map((event): TaskEvent => ({ _tag: "ExecutionMoved", event }))
  ].filter((event) => (changeOf(task, [event])?.recorded.entries.length ?? 0) > 0)

/** One of them, or null where nothing can happen any more. Archiving is left to the very unlucky: it ends everything. */
export const someEvent = (task: Task, choice: number): TaskEvent | null => {
  const legal = legalEvents(task)
  return legal[choice % Math.max(1, legal.length)] ?? null
}
