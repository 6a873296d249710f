/**
 * What must hold at every step, whatever fails: each broken promise is noted with the requirement it breaks. The checks
 * keep books of their own and look at the world itself, not at the facts a task carries.
 */
import { holdsSlot, isLive } from "../../../../core/execution/Execution.ts"
import type * as Execution from "../../../../core/execution/Execution.ts"
import type { Of as EventOf } from "../../../../core/execution/ExecutionEvent.ts"
import { role } from "../../../../core/stage/Projection.ts"
import type { LedgerEntry } from "../../../../core/task/Record.ts"
import type { RunNumber, TaskId } from "../../../../core/task/Identifiers.ts"
import { directoryOf, type Task } from "../../../../core/task/Task.ts"
import type { Action } from "../../../../core/tick/Action.ts"
import type { Plan } from "../../../../core/tick/Tick.ts"
import type { TreeState, World } from "../../../../core/tick/World.ts"
import type { Process } from "./Host.ts"
import * as Providers from "./Providers.ts"

export interface Violation {
  readonly requirement: string
  readonly what: string
}

interface Book {
  /** Charged attempts, by visit. */
  readonly charged: Map<number, number>
  /** Feedback that some attempt has worked on. */
  readonly worked: Set<number>
  /** `feedback:tree:index` of every pass, and `feedback:tree` of every verdict. */
  readonly passes: Set<string>
  readonly judged: Set<string>
  /** `feedback:tree` that the QA agent passed. */
  readonly qaPasses: Set<string>
}

interface Tools {
  readonly maxConcurrent: number
  readonly treeOf: (task: Task) => TreeState
  readonly now: () => number
}

const mayMoveWithoutAgent: ReadonlySet<Task["stage"]["_tag"]> = new Set(["Upcoming", "Backlog", "Merge"])

const usesAttempt = ({ mode }: Execution.Attempt, ending: Execution.Ending): boolean =>
  (mode === "Cold" || mode === "Warm") &&
  ending._tag !== "Limited" &&
  ending._tag !== "Aborted" &&
  !(ending._tag === "Stopped" && (ending.why === "StageChanged" || ending.why === "Operator"))

export const make = ({ maxConcurrent, now, treeOf }: Tools) => {
  const violations: Array<Violation> = []
  const covered = new Set<string>()
  const books = new Map<TaskId, Book>()
  const commits = new Set<string>()
  const broken = (requirement: string, what: string): void => void violations.push({ requirement, what })
  const providers = Providers.make({ now, maxConcurrent, broken, cover: (what) => void covered.add(what) })
  const bookOf = ({ id }: Task): Book => {
    const known = books.get(id)
    if (known !== undefined) return known
    const fresh: Book = {
      charged: new Map(),
      worked: new Set(),
      passes: new Set(),
      judged: new Set(),
      qaPasses: new Set()
    }
    books.set(id, fresh)
    return fresh
  }

  // ── the ledger

  const onDeath = ({ after, before }: LedgerEntry, { facts }: EventOf<"VerifiedDead">): void => {
    const { execution } = before
    if (execution._tag !== "Stopping" || execution.subject._tag !== "Agent") return
    const { ending, subject } = execution
    const { attempt } = subject
    const book = bookOf(before)
    covered.add(`ending ${ending._tag}`)
    // Found once it was dead: it ended for no fault of its own, and goes on when the limit is over.
    const isLimited = facts.limit !== undefined && ending._tag === "Forced"
    if (usesAttempt(attempt, ending) && !isLimited) {
      const charged = (book.charged.get(attempt.visit) ?? 0) + 1
      book.charged.set(attempt.visit, charged)
      if (charged > before.spec.maxRetries + 1) broken("EXE-3", `#${before.id} used ${charged} attempts in one visit`)
    }
    const isClean = ending._tag === "Clean"
    if (attempt.role === "qa") {
      if (isClean && facts.qa === "PASS") book.qaPasses.add(`${attempt.feedbackNumber}:${facts.tree}`)
      return
    }
    if (isClean || facts.moved) book.worked.add(attempt.feedbackNumber)
    const isOwn = ending._tag !== "Limited" && ending._tag !== "Stopped" && !isLimited
    const mustBeJudged =
      facts.moved && !facts.dirty && facts.merge === "squash" && isOwn && attempt.visit === before.visit
    if (mustBeJudged && after.execution._tag !== "Verifying") {
      broken("EXE-8", `#${before.id} committed work of attempt ${attempt.number} is not verified`)
    }
  }

  const onVerdict = ({ before }: LedgerEntry, { index, tree, verdict }: EventOf<"Verdict">): void => {
    if (before.execution._tag !== "Verifying") return
    const { feedbackNumber } = before.execution.attempt
    covered.add(`verdict ${verdict}`)
    bookOf(before).judged.add(`${feedbackNumber}:${tree}`)
    if (verdict === "PASS") bookOf(before).passes.add(`${feedbackNumber}:${tree}:${index}`)
  }

  const onPass = ({ before }: LedgerEntry): void => {
    const book = bookOf(before)
    const { feedbackNumber } = before.facts
    const { isDirty, tree, work } = treeOf(before)
    const isAgentQa = before.stage._tag === "Qa" && before.flow.qa === "agent"
    if (before.stage._tag !== "Qa" && !book.worked.has(feedbackNumber)) {
      broken("EXE-15", `#${before.id} passed in ${before.stage._tag} with no work since its last feedback`)
    }
    const isSeen =
      before.flow.merge === "squash"
        ? book.qaPasses.has(`${feedbackNumber}:${tree}`)
        : [...book.qaPasses].some((pass) => pass.startsWith(`${feedbackNumber}:`))
    if (isAgentQa && !isSeen) broken("EXE-15", `#${before.id} left Qa without a pass of its QA agent`)
    const isPassed = before.spec.verify.every((_, index) => book.passes.has(`${feedbackNumber}:${tree}:${index}`))
    if (!isPassed) broken("EXE-15", `#${before.id} passed although some verifier did not pass ${tree}`)
    const isLanding = before.spec.verify.length > 0 && (work?.commitsAhead ?? 0) > 0
    if (isDirty && isLanding) broken("EXE-15", `#${before.id} passed with something uncommitted`)
  }

  const onBlock = ({ before, cause }: LedgerEntry): void => {
    const { facts, flow, stage } = before
    if (cause !== "tick" || stage._tag !== "Coding" || flow.merge !== "squash") return
    const { isDirty, tree, work } = treeOf(before)
    const isWorked = bookOf(before).worked.has(facts.feedbackNumber) && !isDirty && (work?.commitsAhead ?? 0) > 0
    if (isWorked && !bookOf(before).judged.has(`${facts.feedbackNumber}:${tree}`)) {
      broken("EXE-8", `#${before.id} is out of attempts with committed work that nobody verified`)
    }
  }

  const onEntry = (entry: LedgerEntry): void => {
    const { after, before, event } = entry
    if (event._tag === "Respecified") return
    covered.add(`${event.event._tag}`)
    providers.onEntry(entry)
    if (event._tag === "StageMoved") {
      const { event: moved } = event
      if (moved._tag === "GatesPassed" || moved._tag === "MergeReady") onPass(entry)
      if (moved._tag === "Block") {
        covered.add(`block ${moved.reason._tag}`)
        if (moved.reason._tag === "RetriesExhausted") onBlock(entry)
      }
      if (moved._tag === "Landed") commits.add(moved.commit)
    } else {
      const { event: moved } = event
      if (moved._tag === "VerifiedDead") onDeath(entry, moved)
      if (moved._tag === "Verdict") onVerdict(entry, moved)
      if (moved._tag === "Launch") onLaunch(before)
    }
    const { stage } = after
    if (stage._tag === "Done" && after.flow.merge === "squash") {
      if (stage.landing._tag !== "Merged" || !commits.has(stage.landing.commit)) {
        broken("STG-6", `#${after.id} is done and nothing has landed`)
      }
    }
  }

  const onLaunch = (before: Task): void => {
    const { execution } = before
    if (isLive(execution)) broken("EXE-1", `#${before.id} is launched although it is ${execution._tag}`)
    if (execution._tag === "Limited" && now() < execution.resumeAt) broken("EXE-6", `#${before.id} resumes too early`)
  }

  // ── the world

  const beforeAgent = (task: Task, alive: ReadonlyArray<Process>): void => {
    for (const { kind } of alive) {
      if (kind === "agent") broken("EXE-1", `#${task.id} gets a second agent`)
      if (kind === "tool") broken("EXE-2", `#${task.id} gets an agent beside a process of an earlier attempt`)
      if (kind === "verifier") broken("EXE-14", `#${task.id} gets an agent beside its verifier`)
      if (kind === "landing") broken("EXE-2", `#${task.id} gets an agent beside its landing`)
    }
  }

  const beforeVerifier = (task: Task, run: RunNumber, alive: ReadonlyArray<Process>): void => {
    if (alive.some(({ kind }) => kind === "verifier")) broken("EXE-14", `#${task.id} gets a second verifier`)
    if (alive.some(({ kind }) => kind === "agent")) broken("EXE-14", `#${task.id} gets a verifier beside its agent`)
    const { execution } = task
    const isStopped = execution._tag === "Stopping" && execution.subject._tag === "Verifiers"
    const expected = execution._tag === "Verifying" ? execution.run : isStopped ? execution.subject.run : null
    if (expected !== run) {
      broken("EXE-14", `#${task.id} gets a verifier while it is ${task.execution._tag}`)
    }
  }

  const beforeRemoval = ({ id, stage }: Task, alive: ReadonlyArray<Process>): void => {
    if (alive.length > 0)
      broken("EXE-2", `#${id} loses its worktree under a live ${alive.map(({ kind }) => kind).join()}`)
    if (stage._tag === "Rejected") broken("TCK-8", `#${id} was rejected, and its worktree is not kept for a person`)
  }

  const beforeBaseMoves = ({ execution, id, stage }: Task, commit: string): void => {
    const isArmed = execution._tag === "Landing" && execution.candidate === commit
    if (stage._tag !== "Merge" || !isArmed) broken("STG-6", `the base moves for #${id} while it is ${stage._tag}`)
  }

  /** What holds between any two steps. */
  const between = (tasks: ReadonlyMap<TaskId, Task>, aliveOf: (id: TaskId) => ReadonlyArray<Process>): void => {
    const places = new Map<string, number>()
    const occupy = (place: string, limit: number): void => {
      const held = (places.get(place) ?? 0) + 1
      places.set(place, held)
      if (held > limit) broken("TCK-3", `${held} tasks at once: ${place}`)
    }
    for (const task of tasks.values()) {
      const { execution, id, spec } = task
      const alive = aliveOf(id)
      if (alive.length > 0 && !isLive(execution)) {
        broken("EXE-2", `#${id} is ${execution._tag} with a live ${alive.map(({ kind }) => kind).join(", ")}`)
      }
      if (alive.filter(({ kind }) => kind === "agent").length > 1) broken("EXE-1", `#${id} has two agents`)
      if (alive.filter(({ kind }) => kind === "verifier").length > 1) broken("EXE-14", `#${id} has two verifiers`)
      const isJudged = alive.some(({ kind }) => kind === "verifier")
      if (isJudged && execution._tag !== "Verifying" && execution._tag !== "Stopping") {
        broken("EXE-14", `#${id} is verified while it is ${execution._tag}`)
      }
      if (execution._tag === "Landing") occupy(`landing in ${spec.cwd}`, 1)
      // A landing that is being stopped was never admitted to a place.
      const isLanding = execution._tag === "Stopping" && execution.subject._tag === "Landing"
      if (!holdsSlot(execution) || isLanding) continue
      occupy("slots", maxConcurrent)
      const directory = directoryOf(task)
      if (directory !== null) occupy(`directory ${directory}`, 1)
      const isAtWork =
        execution._tag !== "Verifying" && !(execution._tag === "Stopping" && execution.subject._tag !== "Agent")
      if (spec.agent.exclusive === true && isAtWork) occupy(`agent ${spec.agent.name}`, 1)
    }
  }

  /** What holds of every plan. */
  const planned = (world: World, { actions, waiting }: Plan): void => {
    for (const action of actions) {
      covered.add(`action ${action._tag}`)
      if (action._tag === "Spawn" && action.drifted === true) covered.add("drifted")
    }
    for (const { _tag } of waiting.values()) covered.add(`wait ${_tag}`)
    providers.planned(world, waiting)
    if (world.isDraining && actions.some(({ _tag }) => _tag === "Spawn"))
      broken("TCK-5", "an agent is admitted while draining")
    for (const { observation, run, task } of world.tasks) {
      const { execution, stage } = task
      const mayMove = role(stage) !== null || mayMoveWithoutAgent.has(stage._tag)
      const isMoved = actions.some((action) => action.task === task.id && !action._tag.endsWith("Attention"))
      if (mayMove && !isLive(execution) && !isMoved && !waiting.has(task.id)) {
        broken("TCK-6", `#${task.id} waits in ${stage._tag}, ${execution._tag}, and does not say why`)
      }
      const isHidden = observation?._tag === "Unknown" && task.execution._tag !== "Backoff"
      const isRunHidden = task.execution._tag === "Verifying" && run?._tag === "Unknown"
      if (!isHidden && !isRunHidden) continue
      const acted = actions.find((action) => action.task === task.id && !action._tag.endsWith("Attention"))
      if (acted !== undefined) broken("TCK-4", `${acted._tag} of #${task.id}, which can not be seen`)
    }
  }

  return {
    violations,
    covered,
    broken,
    onEntry,
    onResumed: providers.onResumed,
    beforeAgent,
    beforeVerifier,
    beforeBaseMoves,
    beforeRemoval,
    between,
    planned,
    illegal: (task: Task, action: Action): void =>
      broken("TCK-8", `${action._tag} does not fit #${task.id}: ${task.stage._tag}, ${task.execution._tag}`)
  } as const
}

export type Safety = ReturnType<typeof make>
