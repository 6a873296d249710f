/**
 * Random lives of one task: a supervisor that may forget everything at any moment, processes that start, run and die by
 * themselves, a person who interferes, and completions that are delivered again. The walk keeps what is really alive,
 * so that what the machines believe can be compared with it.
 */
import * as Either from "effect/Either"
import fc from "fast-check"
import { attemptOf, type Execution } from "../../../core/execution/Execution.ts"
import type { ExecutionEvent, Failure } from "../../../core/execution/ExecutionEvent.ts"
import { role } from "../../../core/stage/Projection.ts"
import { isCharged, type TaskEvent } from "../../../core/task/Apply.ts"
import { AttemptNumber, RunNumber } from "../../../core/task/Identifiers.ts"
import { type LedgerEntry, record } from "../../../core/task/Record.ts"
import type { Task } from "../../../core/task/Task.ts"
import { aim, process } from "./Executions.ts"
import { beginning, exits, isCompletion, landings, operatorEvents, tickEvents, trees } from "./Happenings.ts"
import type { Move } from "./Move.ts"
import { choose } from "./Words.ts"

/** A process of an attempt (its agent, or a run of a verifier), by the start token that lets it begin or not. */
interface Proc {
  readonly attempt: number
  readonly run: number | null
  token: "free" | "taken" | "revoked"
  isAlive: boolean
}

/** Failed deliveries in a row that these lives are allowed; few, so that some get there. */
const maxLaunchFailures = 2

/** What one move did. */
export interface Moment {
  readonly move: Move
  readonly before: Task
  readonly after: Task
  /** What was asked of the task; null: nothing but the world moved. */
  readonly asked: TaskEvent | null
  readonly isRefused: boolean
  /** The rows that the ledger got. */
  readonly entries: ReadonlyArray<LedgerEntry>
  /** The process that began to run in this move. */
  readonly started: Proc | null
}

export class Walk {
  task: Task
  readonly created: Task
  readonly entries: Array<LedgerEntry> = []
  readonly procs: Array<Proc> = []
  /** Completions that were applied, to be delivered once more. */
  readonly delivered: Array<TaskEvent> = []
  private now = 1
  private readonly taken: Array<Move> = []

  constructor(task: Task) {
    this.task = task
    this.created = task
  }

  /** What that move would do. */
  preview(move: Move): Moment {
    const copy = new Walk(this.task)
    copy.now = this.now
    copy.procs.push(...this.procs.map((proc) => ({ ...proc })))
    copy.delivered.push(...this.delivered)
    return copy.take(move)
  }

  get alive(): ReadonlyArray<Proc> {
    return this.procs.filter((proc) => proc.isAlive)
  }

  /** Whatever may still begin by itself. */
  get startable(): ReadonlyArray<Proc> {
    return this.procs.filter((proc) => proc.token === "free")
  }

  /** How a counterexample is printed: what is needed to walk it again. */
  [fc.toStringMethod](): string {
    return fc.stringify([this.created.flow, this.created.stage, this.created.spec.maxRetries, this.taken])
  }

  take(move: Move): Moment {
    this.taken.push(move)
    const before = this.task
    const waiting = this.startable
    const asked = this.ask(move)
    const started = waiting.find((proc) => proc.isAlive) ?? null
    if (asked === null) return { move, before, after: before, asked, isRefused: false, entries: [], started }
    const result = record(before, [asked], "tick", { maxQaRounds: 3 })
    const entries = Either.isRight(result) ? result.right.entries : []
    if (Either.isRight(result)) this.task = result.right.task
    this.entries.push(...entries)
    for (const { event } of entries) this.begun(event)
    return { move, before, after: this.task, asked, isRefused: Either.isLeft(result), entries, started }
  }

  /** Intent before effect: what an event promises to start may start from now on. */
  private begun(event: TaskEvent): void {
    if (isCompletion(event)) this.delivered.push(event)
    if (event._tag !== "ExecutionMoved") return
    if (event.event._tag === "Launch") this.add(event.event.attempt.number, null)
    if (event.event._tag === "RunBegin") this.add(event.event.attempt, event.event.run)
  }

  private add(attempt: number, run: number | null): void {
    this.procs.push({ attempt, run, token: "free", isAlive: false })
  }

  /** What is not begun begins. */
  private opened(): TaskEvent | null {
    const { _tag } = this.task.stage
    if (_tag === "Upcoming") return { _tag: "StageMoved", event: { _tag: "Triage" } }
    return _tag === "Backlog" ? { _tag: "StageMoved", event: { _tag: "Start" } } : null
  }

  /** What most often comes next, so that lives get somewhere. */
  private natural(n: number): Move["kind"] {
    const { execution, stage } = this.task
    const [proc] = this.alive
    switch (execution._tag) {
      case "Idle":
      case "Backoff":
        return role(stage) === null && stage._tag !== "Merge" ? "operator" : n % 8 === 0 ? "wait" : "begin"
      case "Limited":
        return execution.carrier === null ? (n % 2 === 0 ? "wait" : "begin") : "observe"
      case "Stopping":
        return "prove"
      case "Verifying":
        return this.startable.length > 0 ? "start" : proc === undefined ? "judge" : "exit"
      case "Running":
        return proc !== undefined && n % 2 === 0 ? "exit" : "observe"
      case "Launching":
        return this.startable.length > 0 && n % 5 > 0 ? "start" : "observe"
      default:
        return "observe"
    }
  }

  private ask({ kind, n }: Move): TaskEvent | null {
    switch (kind) {
      case "go":
        return (n % 4 > 0 ? this.opened() : null) ?? this.ask({ kind: this.natural(n), n: n >> 3 })
      case "wait":
        this.now += n % 2_000
        return null
      case "start": {
        const proc = this.startable[n % Math.max(1, this.startable.length)]
        if (proc !== undefined) {
          proc.token = "taken"
          proc.isAlive = true
        }
        return null
      }
      case "exit": {
        const [proc] = this.alive
        if (proc !== undefined) proc.isAlive = false
        return null
      }
      case "late":
        return this.again(this.delivered[n % Math.max(1, this.delivered.length)])
      case "operator":
        return { _tag: "StageMoved", event: choose(n, operatorEvents(this.now)) }
      case "tick":
        return { _tag: "StageMoved", event: choose(n, tickEvents(this.task)) }
      default: {
        const event = this.execution(kind, n)
        return event === null ? null : { _tag: "ExecutionMoved", event: aim(event, this.task.execution) }
      }
    }
  }

  /** Between two runs of a verifier nothing is alive: there an old proof of the attempt's death is as good as a new one. */
  private again(event: TaskEvent | undefined): TaskEvent | null {
    const { execution } = this.task
    const isBetweenRuns =
      execution._tag === "Stopping" && execution.subject._tag === "Verifiers" && execution.subject.run === null
    const isProof = event?._tag === "ExecutionMoved" && event.event._tag === "VerifiedDead"
    return event === undefined || (isBetweenRuns && isProof) ? null : event
  }

  private execution(
    kind: "begin" | "observe" | "stop" | "prove" | "judge" | "leave",
    n: number
  ): ExecutionEvent | null {
    const { execution } = this.task
    const attempt = attemptOf(execution)?.number ?? AttemptNumber.make(1)
    const at = this.now
    const isAlone = execution._tag === "Limited" && execution.carrier === null
    switch (kind) {
      case "begin":
        return beginning(this.task, n, at)
      case "observe":
        return this.observe(execution, attempt, n)
      case "stop":
        if (isAlone) return null
        this.revoke(execution)
        return {
          _tag: "Stop",
          attempt,
          run: null,
          why: choose(n, ["Operator", "OverBudget", "OverTime", "OverTurns", "Inactive", "Retry"]),
          at
        }
      case "prove":
        return execution._tag === "Stopping" ? this.prove(execution, n) : null
      case "judge":
        return this.judge(execution, attempt, n)
      case "leave":
        // What a tick does with an execution whose stage has gone on.
        if (execution._tag === "Stopping") return null
        if (execution._tag === "Idle" || execution._tag === "Backoff" || isAlone) return { _tag: "Reset" }
        this.revoke(execution)
        return { _tag: "Stop", attempt, run: null, why: "StageChanged", at }
    }
  }

  private observe(execution: Execution, attempt: AttemptNumber, n: number): ExecutionEvent | null {
    const at = this.now
    const agent = this.procs.find((proc) => proc.attempt === attempt && proc.run === null)
    const ended = (): ExecutionEvent => ({ _tag: "Ended", attempt, how: choose(n, exits(at)), at })
    switch (execution._tag) {
      case "Assigned":
        return n % 3 === 0 ? { _tag: "Withdrawn", attempt } : { _tag: "Claimed", attempt, session: "s", at }
      case "Launching":
        if (agent?.isAlive === true && n % 7 === 0) {
          return { _tag: "RateLimited", attempt, resumeAt: at + (n % 900), process, at }
        }
        if (agent?.isAlive === true) return { _tag: choose(n, ["Started", "Adopted"]), attempt, process, at }
        if (agent?.token === "taken") return ended()
        if (agent === undefined || n % 3 > 0) return null
        agent.token = "revoked"
        return {
          _tag: "LaunchFailed",
          attempt,
          reason: "never seen",
          until: at + (n % 500),
          exhausted: this.task.facts.launchFailuresInARow >= maxLaunchFailures - 1
        }
      case "Running":
        if (execution.carrier._tag === "Session") {
          const { messageId } = execution.carrier
          return n % 4 === 0 ? { _tag: "SessionGone", attempt, at } : { _tag: "TurnEnded", attempt, messageId, at }
        }
        if (agent?.isAlive !== true) return ended()
        return choose<ExecutionEvent>(n, [
          { _tag: "RateLimited", attempt, resumeAt: at + (n % 900), process, at },
          { _tag: "Progressed", attempt, at },
          { _tag: "Sustained", attempt, at },
          { _tag: "SessionSeen", attempt, session: "s" }
        ])
      case "Limited":
        if (agent?.isAlive === true) {
          return choose<ExecutionEvent>(n, [
            { _tag: "LimitLifted", attempt, at },
            { _tag: "LimitLifted", attempt, at },
            { _tag: "RateLimited", attempt, resumeAt: at + (n % 900), process, at },
            { _tag: "Progressed", attempt, at },
            { _tag: "SessionSeen", attempt, session: "s" }
          ])
        }
        return execution.carrier === null ? null : ended()
      case "Landing":
        return execution.candidate === null && n % 3 === 0
          ? { _tag: "Armed", run: execution.run, candidate: "c" }
          : { _tag: "LandEnded", run: execution.run, result: choose(n, landings), at }
      default:
        return null
    }
  }

  private failure(charged: number, n: number): Failure {
    const { facts, spec } = this.task
    return {
      attemptsLeft: facts.attemptsUsed + charged <= spec.maxRetries,
      until: this.now + (n % 500),
      feedback: n % 3 === 0 ? null : `failure ${n % 5}`
    }
  }

  /** Kills all there is and looks until nothing is left; only then it is a proof. */
  private prove(execution: Extract<Execution, { readonly _tag: "Stopping" }>, n: number): ExecutionEvent {
    this.revoke(execution)
    const { subject } = execution
    const attempt = subject._tag === "Landing" ? null : subject.attempt
    for (const proc of this.procs) if (proc.attempt === attempt?.number) proc.isAlive = false
    const charged = subject._tag === "Agent" && isCharged(subject.attempt, execution.ending) ? 1 : 0
    return {
      _tag: "VerifiedDead",
      attempt: attempt?.number ?? null,
      run: null,
      facts: {
        merge: this.task.flow.merge,
        dirty: n % 5 === 0,
        moved: n % 3 === 0,
        progressed: n % 4 > 0,
        resumable: n % 2 === 0,
        ...(n % 10 === 6 ? { promised: true as const } : {}),
        qa: choose(n >> 3, ["PASS", "FAIL", null]),
        tree: choose(n >> 5, trees),
        costUsd: choose(n >> 7, [null, 0, 0.25, 1]),
        failure: this.failure(charged, n)
      }
    }
  }

  private judge(execution: Execution, attempt: AttemptNumber, n: number): ExecutionEvent | null {
    if (execution._tag !== "Verifying") return null
    const { index, run } = execution
    const work = n % 7 === 0 ? null : { branch: "drover/42", commitsAhead: n % 5 }
    if (n % 13 === 0 && run === null && index === 0)
      return { _tag: "NoVerifiers", attempt, at: this.now, work, tree: "t1" }
    const proc = this.procs.find((each) => each.attempt === attempt && each.run === run)
    if (run === null || proc?.token === "free") {
      if (proc !== undefined && n % 4 > 0) return null
      if (proc !== undefined) proc.token = "revoked"
      return { _tag: "RunBegin", attempt, index, run: this.task.facts.nextRun }
    }
    if (proc?.isAlive === true) return null
    return {
      _tag: "Verdict",
      attempt,
      at: this.now,
      index,
      run: RunNumber.make(run),
      verdict: choose(n, ["PASS", "PASS", "PASS", "FAIL", "ERROR", "TIMEOUT", "LIMITED"]),
      last: n % 3 > 0,
      tree: choose(n >> 3, trees),
      treeNow: choose(n >> 5, trees),
      headTree: n % 2 === 0 ? null : choose(n >> 7, trees),
      work,
      resumeAt: this.now + 100,
      costUsd: choose(n >> 9, [null, 0, 0.5]),
      failure: this.failure(0, n)
    }
  }

  /** Whoever stops or gives up something first takes its start tokens, so that nothing of it begins any more. */
  private revoke(execution: Execution): void {
    const attempt = attemptOf(execution)?.number
    for (const proc of this.procs) if (proc.attempt === attempt && proc.token === "free") proc.token = "revoked"
  }
}
