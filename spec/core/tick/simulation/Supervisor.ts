/**
 * A supervisor around the real tick: it observes, plans, and applies each action as intent, effect, outcome; it may die
 * between any two, and what it had begun may still happen after its death.
 */
import { attemptOf } from "../../../../core/execution/Execution.ts"
import type { Attempt } from "../../../../core/execution/Execution.ts"
import type { LandResult } from "../../../../core/execution/ExecutionEvent.ts"
import type { Policy } from "../../../../core/policy/Policy.ts"
import type { RunNumber, TaskId } from "../../../../core/task/Identifiers.ts"
import type { Task } from "../../../../core/task/Task.ts"
import type { Action, Of } from "../../../../core/tick/Action.ts"
import { launchFailed } from "../../../../core/tick/DecideExecution.ts"
import { type Plan, plan } from "../../../../core/tick/Tick.ts"
import {
  type Observation,
  type RunObservation,
  type TaskView,
  unobserved,
  type World
} from "../../../../core/tick/World.ts"
import { intentOf, moved } from "../Worlds.ts"
import type { Dice } from "./Dice.ts"
import * as Follower from "./Follower.ts"
import { type Host, stepMs } from "./Host.ts"
import type { Safety } from "./Safety.ts"
import type { Shelf } from "./Shelf.ts"

interface Tools {
  readonly dice: Dice
  readonly host: Host
  readonly shelf: Shelf
  readonly safety: Safety
  readonly policy: Policy
  readonly say: (line: string) => void
}

/** A wrapper on its way to its start token. */
interface Start {
  readonly at: number
  readonly begin: (now: number) => void
}

/** What only this process knows; gone with it. */
interface Memory {
  readonly stops: Map<TaskId, { readonly endsAt: number; result: Observation | null }>
  readonly starts: Array<Start>
  readonly landings: Map<TaskId, { readonly run: RunNumber; endsAt: number; isArmed: boolean }>
  readonly unknownSince: Map<TaskId, number>
}

const blank = (): Memory => ({ stops: new Map(), starts: [], landings: new Map(), unknownSince: new Map() })

export const make = ({ dice, host, policy, safety, say, shelf }: Tools) => {
  const follower = Follower.make(safety)
  let memory = blank()
  /** Wrappers that a dead supervisor has started, and that reach their token late. */
  const orphans: Array<Start> = []
  /** The candidates that the base was moved to. */
  const landed = new Set<string>()
  let isDraining = false

  const isFaulty = (probability: number): boolean => !host.isHealed() && dice.chance(probability)

  const die = (now: number): void => {
    say("the supervisor dies")
    for (const start of memory.starts) {
      if (dice.chance(0.5)) orphans.push({ ...start, at: now + dice.below(14) * stepMs })
    }
    memory = blank()
  }

  const startAgent = (id: TaskId, attempt: Attempt, now: number): void => {
    const task = shelf.taskOf(id)
    const alive = host.aliveOf(id)
    const hasStarted = host.startAgent(task, attempt, now)
    if (hasStarted) safety.beforeAgent(task, alive)
    say(`  #${id} the agent of attempt ${attempt.number} ${hasStarted ? "starts" : "finds its token taken"}`)
  }

  const startVerifier = ({ attempt, run, task: id }: Of<"RunVerifier">, now: number): void => {
    const task = shelf.taskOf(id)
    const alive = host.aliveOf(id)
    if (host.startVerifier(task, attempt, run, now)) safety.beforeVerifier(task, run, alive)
  }

  // ── what it sees

  const observationOf = (task: Task, now: number): Observation | null => {
    const { execution } = task
    if (execution._tag === "Stopping") return memory.stops.get(task.id)?.result ?? null
    const isWatched =
      execution._tag === "Launching" ||
      execution._tag === "Running" ||
      (execution._tag === "Limited" && execution.carrier !== null)
    if (!isWatched || dice.chance(0.1)) return null
    return host.observe(task, execution.attempt.number, now)
  }

  const viewOf = (task: Task, now: number): TaskView => {
    const { execution, id } = task
    const isBlind = isFaulty(0.04)
    const seen = isBlind ? ({ _tag: "Unknown", why: "chance" } as const) : observationOf(task, now)
    if (!isBlind) memory.unknownSince.delete(id)
    else if (!memory.unknownSince.has(id)) memory.unknownSince.set(id, now)
    const hasRun = execution._tag === "Verifying" && execution.run !== null
    const run: RunObservation | null =
      !hasRun || execution.run === null || dice.chance(0.1)
        ? null
        : isFaulty(0.04)
          ? { _tag: "Unknown", why: "chance" }
          : host.observeRun(task, execution.run)
    return {
      ...unobserved(
        task,
        task.dependsOn.map((each) => ({ id: each, stage: shelf.tasks.get(each)?.stage ?? null }))
      ),
      observation: seen,
      run,
      tree: dice.chance(0.1) ? null : host.files.treeOf(task),
      unknownSince: memory.unknownSince.get(id) ?? null,
      resumableSession: dice.chance(0.5) ? "s" : null,
      left: shelf.leftOf(id),
      attention: [...shelf.attentionOf(id)],
      worktree: host.files.worktreeOf(id),
      isLandingAttended: memory.landings.has(id)
    }
  }

  const look = (now: number): World => ({
    now,
    policy,
    isDraining,
    pressure: null,
    tasks: [...shelf.tasks.values()].map((task) => viewOf(task, now)),
    accounts: [...shelf.accounts.values()]
  })

  // ── what it does

  const outcome = (task: Task, event: Parameters<typeof moved>[0]): Task | null =>
    shelf.write(task, [moved(event)], "tick")

  const perform = (task: Task, action: Action, now: number): void => {
    switch (action._tag) {
      case "Spawn":
        if (isFaulty(0.05)) {
          if (host.revokeAgent(task.id, action.attempt.number) !== "revoked") return
          const event = launchFailed(task, action.attempt, "no such program", { now, policy })
          return void outcome(task, event)
        }
        memory.starts.push({ at: now + dice.below(3) * stepMs, begin: (at) => startAgent(task.id, action.attempt, at) })
        return
      case "Stop":
        if (!memory.stops.has(task.id) || memory.stops.get(task.id)?.result?._tag === "Survivors") {
          memory.stops.set(task.id, { endsAt: now + dice.below(3) * stepMs, result: { _tag: "BeingStopped" } })
        }
        return
      case "RunVerifier":
        if (action.revokes !== null) host.revokeRun(task.id, action.revokes)
        return startVerifier(action, now)
      case "Land":
        return land(task, now)
      case "RemoveWorktree":
        safety.beforeRemoval(task, host.aliveOf(task.id))
        return host.files.removeWorktree(task.id)
      case "RaiseAttention":
        return void shelf.attentionOf(task.id).add(action.key)
      case "ClearAttention":
        return void shelf.attentionOf(task.id).delete(action.key)
      default:
    }
  }

  const land = (task: Task, now: number): void => {
    const { execution } = task
    if (execution._tag !== "Landing") return
    const { candidate, run } = execution
    const isKnown = memory.landings.has(task.id)
    const isFresh = host.aliveOf(task.id).every(({ kind }) => kind !== "landing") && candidate === null && !isKnown
    if (isFresh && execution.since === now) {
      host.startLanding(task, run)
      memory.landings.set(task.id, { run, endsAt: now + (1 + dice.below(4)) * stepMs, isArmed: false })
      return
    }
    // Nobody attends it: look the candidate up, prove the old run dead, and begin again if nothing landed.
    const commit = candidate !== null && landed.has(candidate) ? candidate : null
    host.kill(task.id, ["landing"])
    const result: LandResult = commit === null ? { _tag: "Again" } : { _tag: "Landed", commit }
    if (commit !== null) host.files.land(task.id)
    outcome(task, { _tag: "LandEnded", run, result, at: now })
  }

  /** What is wrong with a candidate, or nothing. */
  const flaw = (): LandResult | null => {
    if (isFaulty(0.1)) return { _tag: "Again" }
    if (!dice.chance(host.isHealed() ? 0.2 : 0.35)) return null
    const kind = dice.weighted(
      [
        [{ _tag: "Conflict", files: ["a"] }, 40],
        [{ _tag: "GatesFailed", step: "build", exitCode: 1 }, 15],
        [{ _tag: "GatesFailed", step: "test", exitCode: 1 }, 25],
        [{ _tag: "Other", detail: "?" }, 15],
        [null, 5]
      ] as const,
      null
    )
    return { _tag: "Failed", kind }
  }

  /** The landings that this supervisor attends go on; true when it died over one. */
  const attendLandings = (now: number): boolean => {
    for (const [id, landing] of memory.landings) {
      const task = shelf.taskOf(id)
      const { execution } = task
      // Arming looks at the stage once more: what was decided on another stage moves no base.
      const isStale = task.stage._tag !== "Merge" && !landing.isArmed
      if (execution._tag !== "Landing" || execution.run !== landing.run || isStale) {
        memory.landings.delete(id)
        continue
      }
      if (now < landing.endsAt) continue
      const { run } = landing
      const end = (result: LandResult): void => {
        host.kill(id, ["landing"])
        memory.landings.delete(id)
        outcome(shelf.taskOf(id), { _tag: "LandEnded", run, result, at: now })
      }
      if (!landing.isArmed) {
        const result = flaw()
        if (result !== null) {
          end(result)
          continue
        }
        landing.isArmed = true
        outcome(task, { _tag: "Armed", run, candidate: `c${id}.${run}` })
        if (isFaulty(0.1)) return true
        continue
      }
      const commit = execution.candidate ?? ""
      safety.beforeBaseMoves(task, commit)
      landed.add(commit)
      if (isFaulty(0.1)) return true
      host.files.land(task.id)
      end({ _tag: "Landed", commit })
    }
    return false
  }

  const attendStops = (now: number): void => {
    for (const [id, stop] of memory.stops) {
      const task = shelf.taskOf(id)
      const { execution } = task
      if (execution._tag !== "Stopping") {
        memory.stops.delete(id)
        continue
      }
      if (now < stop.endsAt || stop.result?._tag !== "BeingStopped") continue
      const attempt = attemptOf(execution)
      if (attempt !== null) host.revokeAgent(id, attempt.number)
      if (execution.subject._tag === "Verifiers" && execution.subject.run !== null)
        host.revokeRun(id, execution.subject.run)
      const left = host.kill(id, ["agent", "tool", "verifier", "landing"])
      if (left > 0) stop.result = { _tag: "Survivors", pids: [1] }
      else if (attempt === null) stop.result = { _tag: "Emptied", facts: host.deathFacts(task, noAttempt(task)) }
      else stop.result = { _tag: "Emptied", facts: host.deathFacts(task, attempt) }
    }
  }

  const noAttempt = ({ facts, visit }: Task): Attempt => ({
    number: facts.nextAttempt,
    role: "coder",
    visit,
    feedbackNumber: facts.feedbackNumber,
    mode: "Cold"
  })

  const reach = (starts: Array<Start>, now: number): void => {
    for (const start of starts.splice(0)) {
      if (now < start.at) starts.push(start)
      else start.begin(now)
    }
  }

  /** What was begun goes on: starts that reach their token, stops that end, landings. */
  const attend = (now: number): void => {
    reach(orphans, now)
    reach(memory.starts, now)
    attendStops(now)
    if (attendLandings(now)) die(now)
  }

  /** Applies a plan, one change per task; stops where the supervisor dies. */
  const apply = ({ actions }: Plan, now: number): void => {
    const changed = new Set<TaskId>()
    for (const action of actions) {
      const task = shelf.taskOf(action.task)
      if (changed.has(task.id) || task.revision !== action.revision) continue
      if (action._tag === "Record" && action.revokes !== null) {
        if (host.revokeAgent(task.id, action.revokes) !== "revoked") continue
      }
      if (action._tag === "RunVerifier" && action.revokes !== null) {
        if (host.revokeRun(task.id, action.revokes) !== "revoked") continue
      }
      const next = shelf.write(task, intentOf(task, action, now), "tick")
      if (next === null) {
        safety.illegal(task, action)
        continue
      }
      if (next.revision !== task.revision) changed.add(task.id)
      if (isFaulty(0.02)) {
        if (action._tag === "Spawn")
          memory.starts.push({ at: now, begin: (at) => startAgent(task.id, action.attempt, at) })
        if (action._tag === "RunVerifier") memory.starts.push({ at: now, begin: (at) => startVerifier(action, at) })
        return die(now)
      }
      perform(next, action, now)
    }
  }

  /** One turn of the loop. */
  const turn = (now: number): Plan => {
    if (isFaulty(0.03)) die(now)
    attend(now)
    const world = look(now)
    const planned = plan(world)
    safety.planned(world, planned)
    follower.follow(world, planned)
    apply(planned, now)
    return planned
  }

  return {
    turn,
    look,
    drain: (to: boolean): void => void (isDraining = to)
  } as const
}
