/**
 * The world outside of a supervisor: processes, start tokens, exit records and files, which live on when it dies.
 * Agents and verifiers do as the dice say; after `heal` they do their best.
 */
import type { Attempt, Ending } from "../../../../core/execution/Execution.ts"
import type { DeathFacts } from "../../../../core/execution/ExecutionEvent.ts"
import type { AttemptNumber, RunNumber, TaskId } from "../../../../core/task/Identifiers.ts"
import type { Task } from "../../../../core/task/Task.ts"
import type { Observation, RunObservation, Token } from "../../../../core/tick/World.ts"
import type { Verdict } from "../../../../core/verify/Verdict.ts"
import { second } from "../Worlds.ts"
import type { Dice } from "./Dice.ts"
import * as Files from "./Files.ts"
import type { Temper } from "./Temper.ts"

export const stepMs = 5 * second

type Fate = "clean" | "forced" | "aborted" | "limit" | "limited" | "refused" | "late" | "hang" | "spin" | "lost"

export interface Process {
  readonly kind: "agent" | "tool" | "verifier" | "landing"
  readonly task: TaskId
  readonly attempt: AttemptNumber | null
  readonly run: RunNumber | null
  endsAt: number
  isAlive: boolean
}

/** One attempt's agent, as it really is. */
interface Agent {
  readonly attempt: Attempt
  readonly fate: Fate
  readonly startedAt: number
  readonly headBefore: number
  readonly contentBefore: number
  readonly qa: "PASS" | "FAIL" | null
  readonly process: Process
  ending: Ending | null
  limitedUntil: number | null
}

interface Run {
  readonly process: Process
  readonly verdict: Verdict
  readonly leavesNoExit: boolean
  readonly tree: string
  readonly resumeAt: number | null
}

export const make = (dice: Dice, temperOf: (id: TaskId) => Temper) => {
  const processes: Array<Process> = []
  const tokens = new Map<string, Token>()
  const agents = new Map<string, Agent>()
  const runs = new Map<string, Run>()
  const files = Files.make((id) => temperOf(id).isAddressed)
  let isHealed = false

  const agentKey = (id: TaskId, attempt: number): string => `${id}.${attempt}`
  const runKey = (id: TaskId, run: number): string => `${id}.r${run}`

  /** Whoever comes first has it, for good. */
  const take = (key: string, as: "taken" | "revoked"): Token => {
    const now = tokens.get(key) ?? "free"
    if (now !== "free") return now
    tokens.set(key, as)
    return as
  }

  const aliveOf = (id: TaskId): ReadonlyArray<Process> => processes.filter((each) => each.isAlive && each.task === id)

  const fates: ReadonlyArray<readonly [Fate, number]> = [
    ["clean", 50],
    ["forced", 14],
    ["aborted", 8],
    ["limit", 6],
    ["limited", 6],
    ["refused", 1],
    ["late", 4],
    ["hang", 5],
    ["spin", 4],
    ["lost", 7]
  ]

  /** The wrapper of an attempt reaches its start token; false when it finds it revoked. */
  const startAgent = (task: Task, attempt: Attempt, now: number): boolean => {
    if (take(agentKey(task.id, attempt.number), "taken") !== "taken") return false
    if (agents.has(agentKey(task.id, attempt.number))) return false
    files.ensureWorktree(task)
    const of = files.of(task.id)
    const best: Fate = dice.chance(0.85) ? "clean" : "forced"
    const drawn = isHealed ? best : dice.weighted(fates, "clean")
    const fate = temperOf(task.id).alwaysAborts ? "aborted" : drawn
    const isEndless = fate === "hang" || fate === "spin"
    const process: Process = {
      kind: "agent",
      task: task.id,
      attempt: attempt.number,
      run: null,
      endsAt: isEndless ? Number.POSITIVE_INFINITY : now + dice.below(6) * stepMs,
      isAlive: true
    }
    processes.push(process)
    agents.set(agentKey(task.id, attempt.number), {
      attempt,
      fate,
      startedAt: now,
      headBefore: of.head,
      contentBefore: of.content,
      qa:
        attempt.role === "qa"
          ? dice.weighted(
              [
                ["PASS", 6],
                ["FAIL", 3],
                [null, isHealed ? 0 : 1]
              ],
              "PASS"
            )
          : null,
      process,
      ending: null,
      limitedUntil: null
    })
    return true
  }

  const work = (task: TaskId, { attempt }: Agent, isSquash: boolean): void => {
    if (attempt.role === "qa") {
      if (dice.chance(0.2)) files.write(task)
      if (isSquash) files.reset(task)
    } else if (temperOf(task).neverCommits) {
      files.write(task)
    } else if (attempt.mode === "CommitOnly") {
      if (dice.chance(0.8)) files.commit(task)
    } else {
      if (dice.chance(0.8)) {
        files.write(task)
        files.commit(task)
      }
      if (dice.chance(0.25)) files.write(task)
    }
  }

  const endingOf = ({ fate, limitedUntil }: Agent): Ending | null => {
    switch (fate) {
      case "aborted":
        return { _tag: "Aborted", detail: "no session" }
      case "forced":
      // That its provider was the reason is found only once it is dead.
      case "late":
        return { _tag: "Forced", detail: "status 1" }
      case "limit":
        return { _tag: "Limited", resumeAt: limitedUntil ?? 0 }
      case "refused":
        return { _tag: "Limited", resumeAt: limitedUntil ?? 0, cause: "authentication" }
      case "lost":
        return null
      default:
        return { _tag: "Clean" }
    }
  }

  const endAgent = (agent: Agent, isSquash: boolean, now: number): void => {
    const { process } = agent
    if (agent.fate === "limited" && agent.limitedUntil === null) {
      agent.limitedUntil = now + 8 * stepMs
      process.endsAt = now + (dice.chance(0.7) ? 11 : 5) * stepMs
      return
    }
    process.isAlive = false
    if (agent.fate === "limit" || agent.fate === "late") agent.limitedUntil = now + 8 * stepMs
    if (agent.fate === "refused") agent.limitedUntil = now
    if (agent.fate !== "aborted" && agent.fate !== "refused") work(process.task, agent, isSquash)
    agent.ending = endingOf(agent)
    if (!isHealed && dice.chance(0.2)) {
      processes.push({ ...process, kind: "tool", endsAt: Number.POSITIVE_INFINITY, isAlive: true })
    }
  }

  const endRun = ({ task }: Process): void => {
    const { verifierWrites } = temperOf(task)
    const isFirst = [...runs.values()].filter(({ process }) => process.task === task).length === 1
    if (verifierWrites === "always" || (verifierWrites === "once" && isFirst)) files.write(task)
  }

  /** The world goes on by one step. */
  const step = (tasks: ReadonlyMap<TaskId, Task>, now: number): void => {
    for (const { execution, flow, id } of tasks.values()) {
      const { isRestless, isVisited } = temperOf(id)
      const isBetween = execution._tag === "Backoff" || execution._tag === "Limited"
      const changes = isRestless || (isVisited && isBetween && !isHealed && dice.chance(0.5))
      if (changes && flow.merge === "none") files.write(id)
    }
    for (const process of processes) {
      if (!process.isAlive || now < process.endsAt) continue
      const agent = agents.get(agentKey(process.task, process.attempt ?? 0))
      if (process.kind === "agent" && agent !== undefined) {
        endAgent(agent, tasks.get(process.task)?.flow.merge === "squash", now)
      } else {
        process.isAlive = false
        if (process.kind === "verifier") endRun(process)
      }
    }
  }

  const startVerifier = (task: Task, attempt: AttemptNumber, run: RunNumber, now: number): boolean => {
    const key = runKey(task.id, run)
    if (take(key, "taken") !== "taken" || runs.has(key)) return false
    const endsAt = now + (1 + dice.below(3)) * stepMs
    const process: Process = { kind: "verifier", task: task.id, attempt, run, endsAt, isAlive: true }
    processes.push(process)
    const faulty = dice.weighted<Verdict>(
      [
        ["PASS", 60],
        ["FAIL", 20],
        ["ERROR", 6],
        ["TIMEOUT", 6],
        ["LIMITED", 8]
      ],
      "PASS"
    )
    const best: Verdict = dice.chance(0.8) ? "PASS" : "FAIL"
    runs.set(key, {
      process,
      verdict: isHealed ? best : faulty,
      leavesNoExit: !isHealed && dice.chance(0.05),
      tree: files.treeOf(task).tree,
      resumeAt: dice.chance(0.5) ? endsAt + 6 * stepMs : null
    })
    return true
  }

  const startLanding = (task: Task, run: RunNumber): void => {
    processes.push({
      kind: "landing",
      task: task.id,
      attempt: null,
      run,
      endsAt: Number.POSITIVE_INFINITY,
      isAlive: true
    })
  }

  /** Kills what is alive of a task; an agent may still commit at the last moment. Survivors stay. */
  const kill = (id: TaskId, kinds: ReadonlyArray<Process["kind"]>): number => {
    for (const process of aliveOf(id)) {
      if (!kinds.includes(process.kind) || (temperOf(id).isUnkillable && process.kind === "tool")) continue
      process.isAlive = false
      const agent = agents.get(agentKey(id, process.attempt ?? 0))
      if (process.kind === "agent" && agent?.attempt.role !== "qa" && dice.chance(0.3)) {
        files.write(id)
        files.commit(id)
      }
    }
    return aliveOf(id).filter(({ kind }) => kinds.includes(kind)).length
  }

  const observe = (task: Task, attempt: AttemptNumber, now: number): Observation => {
    const agent = agents.get(agentKey(task.id, attempt))
    const token = tokens.get(agentKey(task.id, attempt)) ?? "free"
    if (agent === undefined) return { _tag: "Absent", token }
    if (!agent.process.isAlive) {
      return agent.ending === null ? { _tag: "Absent", token } : { _tag: "Dead", how: agent.ending }
    }
    const steps = (now - agent.startedAt) / stepMs
    return {
      _tag: "Alive",
      process: { host: "h", pid: 1000 + attempt, startTime: `${agent.startedAt}`, bootId: "b" },
      isAdopted: dice.chance(0.5),
      lastProgressAt: agent.fate === "hang" ? agent.startedAt : now,
      toolTurns: agent.fate === "spin" ? steps : 0,
      costUsd: agent.fate === "spin" ? steps / 4 : 0.1,
      limitedUntil: agent.limitedUntil
    }
  }

  const observeRun = (task: Task, run: RunNumber): RunObservation => {
    const key = runKey(task.id, run)
    const found = runs.get(key)
    if (found === undefined) return { _tag: "Absent", token: tokens.get(key) ?? "free" }
    if (found.process.isAlive) return { _tag: "Alive" }
    if (found.leavesNoExit) return { _tag: "Absent", token: "taken" }
    const { headTree, tree: treeNow, work: ahead } = files.treeOf(task)
    return {
      _tag: "Finished",
      verdict: found.verdict,
      feedback: found.verdict === "PASS" ? null : `run ${run}: ${found.verdict}`,
      tree: found.tree,
      treeNow,
      headTree,
      work: ahead,
      costUsd: 0.01,
      resumeAt: found.resumeAt
    }
  }

  const deathFacts = (task: Task, attempt: Attempt): Omit<DeathFacts, "failure"> => {
    const agent = agents.get(agentKey(task.id, attempt.number))
    const of = files.of(task.id)
    const { isDirty, tree } = files.treeOf(task)
    return {
      merge: task.flow.merge,
      dirty: isDirty,
      moved: task.flow.merge === "squash" && agent !== undefined && of.head !== agent.headBefore,
      progressed: agent !== undefined && (of.content !== agent.contentBefore || dice.chance(0.5)),
      resumable: agent !== undefined && agent.fate !== "aborted" && dice.chance(0.7),
      qa: agent?.ending?._tag === "Clean" ? agent.qa : null,
      tree,
      ...(agent?.fate === "late" && agent.limitedUntil !== null
        ? { limit: { until: agent.limitedUntil, cause: "usage" as const } }
        : {}),
      costUsd: agent === undefined ? 0 : dice.chance(0.1) ? null : 0.3
    }
  }

  return {
    step,
    heal: (): void => void (isHealed = true),
    isHealed: (): boolean => isHealed,
    files,
    aliveOf,
    startAgent,
    startVerifier,
    startLanding,
    revokeAgent: (id: TaskId, attempt: number): Token => take(agentKey(id, attempt), "revoked"),
    revokeRun: (id: TaskId, run: number): Token => take(runKey(id, run), "revoked"),
    kill,
    observe,
    observeRun,
    deathFacts
  } as const
}

export type Host = ReturnType<typeof make>
