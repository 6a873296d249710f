/**
 * A task driven by the real decisions, with the world played: each attempt meets a fate, and whatever `decide` asks for
 * is applied at once. Time goes on by itself wherever it waits.
 */
import * as Either from "effect/Either"
import type { Attempt, Ending } from "../../../core/execution/Execution.ts"
import type { DeathFacts } from "../../../core/execution/ExecutionEvent.ts"
import { defaults, type Policy } from "../../../core/policy/Policy.ts"
import type { TaskEvent } from "../../../core/task/Apply.ts"
import { record } from "../../../core/task/Record.ts"
import type { Task } from "../../../core/task/Task.ts"
import type { Action } from "../../../core/tick/Action.ts"
import { decide } from "../../../core/tick/Tick.ts"
import { type Observation, type RunObservation, type TaskView, unobserved } from "../../../core/tick/World.ts"
import type { Verdict } from "../../../core/verify/Verdict.ts"
import { process } from "./Executions.ts"

/** What becomes of one attempt. */
export type Fate =
  /** It can not be started: nothing ever takes its token. */
  | { readonly _tag: "NeverStarts" }
  | ({ readonly _tag: "Ends"; readonly how: Ending } & Partial<
      Pick<DeathFacts, "dirty" | "moved" | "progressed" | "qa" | "limit">
    >)

export interface Drive {
  task: Task
  now: number
  readonly launched: Array<Attempt>
  /** How each judged run went. */
  readonly verdicts: Array<Verdict>
}

export interface Play {
  readonly fates: ReadonlyArray<Fate>
  /** One for each run; PASS when there is none left. */
  readonly verdicts?: ReadonlyArray<Verdict>
  readonly policy?: Partial<Policy>
  /** The content that no attempt changes; without it each attempt leaves another. */
  readonly tree?: string
}

const apply = (drive: Drive, events: ReadonlyArray<TaskEvent>): void => {
  const { entries, task } = Either.getOrThrowWith(
    record(drive.task, events, "tick", defaults),
    (illegal) => new Error(JSON.stringify(illegal))
  )
  drive.task = task
  for (const { event } of entries) {
    if (event._tag === "ExecutionMoved" && event.event._tag === "Launch") drive.launched.push(event.event.attempt)
  }
}

/** Drives until nothing is asked for any more, or the fates are used up. */
export const drive = (start: Task, { fates, policy: changes, tree: same, verdicts = [] }: Play): Drive => {
  const state: Drive = { task: start, now: 1_000, launched: [], verdicts: [] }
  const policy = { ...defaults, ...changes }
  const tree = (): string => same ?? `tree of ${state.launched.length}`
  const facts = (fate: Extract<Fate, { readonly _tag: "Ends" }>): Omit<DeathFacts, "failure"> => ({
    merge: state.task.flow.merge,
    dirty: fate.dirty ?? false,
    moved: fate.moved ?? false,
    progressed: fate.progressed ?? true,
    resumable: true,
    qa: fate.qa ?? null,
    ...(fate.limit === undefined ? {} : { limit: fate.limit }),
    tree: tree(),
    costUsd: 0
  })
  const observation = (): Observation | null => {
    const fate = fates[state.launched.length - 1]
    switch (state.task.execution._tag) {
      case "Launching":
        if (fate?._tag === "NeverStarts") return { _tag: "Absent", token: "free" }
        return {
          _tag: "Alive",
          process,
          isAdopted: false,
          lastProgressAt: state.now,
          toolTurns: 0,
          costUsd: null,
          limitedUntil: null
        }
      case "Running":
        return fate?._tag === "Ends" ? { _tag: "Dead", how: fate.how } : null
      case "Stopping":
        return fate?._tag === "Ends" ? { _tag: "Emptied", facts: facts(fate) } : null
      default:
        return null
    }
  }
  const run = (): RunObservation | null => {
    const { execution } = state.task
    if (execution._tag !== "Verifying" || execution.run === null) return null
    const verdict = verdicts[state.verdicts.length] ?? "PASS"
    return {
      _tag: "Finished",
      verdict,
      feedback: verdict === "PASS" ? null : `verifier: ${verdict}`,
      tree: tree(),
      treeNow: tree(),
      headTree: null,
      work: { branch: "drover/42", commitsAhead: 1 },
      costUsd: null,
      resumeAt: null
    }
  }
  const isDirty = (): boolean => {
    const fate = fates[state.launched.length - 1]
    return fate?._tag === "Ends" && fate.dirty === true
  }
  const view = (): TaskView => ({
    ...unobserved(state.task, []),
    observation: observation(),
    run: run(),
    tree: { tree: tree(), headTree: tree(), isDirty: isDirty(), work: { branch: "drover/42", commitsAhead: 1 } },
    resumableSession: "session"
  })
  const act = (action: Action): boolean => {
    switch (action._tag) {
      case "Record":
      case "EscalateHuman":
        if (action.events.some((each) => each._tag === "ExecutionMoved" && each.event._tag === "Verdict")) {
          state.verdicts.push(verdicts[state.verdicts.length] ?? "PASS")
        }
        apply(state, action.events)
        return true
      case "Promote":
        apply(state, [{ _tag: "StageMoved", event: { _tag: "Start" } }])
        return true
      case "Spawn": {
        if (state.launched.length >= fates.length) return false
        const { attempt } = action
        apply(state, [{ _tag: "ExecutionMoved", event: { _tag: "Launch", attempt, preparing: false, at: state.now } }])
        return true
      }
      case "RunVerifier": {
        const { attempt, index, run: number } = action
        apply(state, [{ _tag: "ExecutionMoved", event: { _tag: "RunBegin", attempt, index, run: number } }])
        return true
      }
      default:
        return false
    }
  }
  // Twenty decisions are more than any attempt takes; what goes on for longer goes round in circles.
  for (let left = 20 * (fates.length + 5); left > 0; left--) {
    const proposal = decide(view(), { now: state.now, policy })
    if (proposal._tag === "Act" || proposal._tag === "Ask") {
      if (!act(proposal.action)) return state
    } else if (proposal._tag === "Wait" && (proposal.wait._tag === "Backoff" || proposal.wait._tag === "Limited")) {
      state.now = proposal.wait.until
    } else if (state.task.execution._tag === "Launching") {
      state.now += policy.launchGraceMs
    } else return state
  }
  throw new Error(
    `it never comes to rest: ${JSON.stringify(state.task.execution)} in ${JSON.stringify(state.task.stage)}`
  )
}
