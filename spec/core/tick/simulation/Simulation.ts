/**
 * A fleet in pure core, from a seed: some tasks, agents and verifiers that lie and die, people who meddle, a supervisor
 * that is killed; then the faults stop, and everything must come to rest.
 */
import { defaults, type Policy } from "../../../../core/policy/Policy.ts"
import type { AgentDefinition } from "../../../../core/task/AgentDefinition.ts"
import { BatchId, type TaskId } from "../../../../core/task/Identifiers.ts"
import type { StageEvent } from "../../../../core/stage/StageEvent.ts"
import { create, type Task } from "../../../../core/task/Task.ts"
import { isUnprovable, needsPerson } from "../../../../core/tick/Attention.ts"
import { isSettled, stuckOn } from "../../../../core/tick/Stuck.ts"
import { type Plan, plan } from "../../../../core/tick/Tick.ts"
import type { World } from "../../../../core/tick/World.ts"
import { id, minute, second, spec, stageMoved } from "../Worlds.ts"
import * as Dice from "./Dice.ts"
import * as Host from "./Host.ts"
import * as Safety from "./Safety.ts"
import * as Shelf from "./Shelf.ts"
import * as Supervisor from "./Supervisor.ts"
import * as Temper from "./Temper.ts"

export interface Outcome {
  readonly seed: number
  readonly violations: ReadonlyArray<Safety.Violation>
  readonly covered: ReadonlySet<string>
  /** Steps after the faults stopped until nothing moved. */
  readonly stepsToRest: number
  readonly story: ReadonlyArray<string>
}

const base: Policy = {
  ...defaults,
  maxConcurrent: 3,
  launchGraceMs: 20 * second,
  backoffCapMs: minute,
  limitFallbackMs: 30 * second,
  canaryMs: 15 * second,
  doneRetentionMs: 60 * minute
}

const drawPolicy = (dice: Dice.Dice): Policy => ({ ...base, onDrift: dice.pick(["block", "warn"]) })

const faultySteps = 100
const restSteps = 900

const operators: readonly [string, ...ReadonlyArray<string>] = [
  "Triage",
  "Start",
  "Retry",
  "Freeze",
  "Unfreeze",
  "Unfreeze",
  "Abandon",
  "Demote",
  "Block",
  "Unblock",
  "Unblock",
  "HoldForReview",
  "Approve",
  "Approve",
  "SendBack",
  "FixupRequested",
  "RequeueForQa",
  "Supersede",
  "Reject",
  "Reopen",
  "Archive",
  "Landed"
]

const verb = (name: string, at: number): StageEvent | null => {
  switch (name) {
    case "Triage":
    case "Start":
    case "Retry":
    case "Freeze":
    case "Unfreeze":
    case "Demote":
    case "RequeueForQa":
      return { _tag: name }
    case "Abandon":
    case "Approve":
    case "Archive":
      return { _tag: name, at }
    case "SendBack":
    case "Reopen":
      return { _tag: name, feedback: "do it again" }
    case "Block":
      return { _tag: "Block", reason: { _tag: "Operator", text: "" } }
    case "Unblock":
      return { _tag: "Unblock", budgetUsd: null }
    case "HoldForReview":
      return { _tag: "HoldForReview", reason: "look" }
    case "FixupRequested":
      return { _tag: "FixupRequested", feedback: "mend it", by: "operator" }
    case "Supersede":
      return { _tag: "Supersede", at, by: id(99) }
    case "Reject":
      return { _tag: "Reject", at, reason: "no" }
    case "Landed":
      return { _tag: "Landed", visit: null, at, commit: `by hand ${at}` }
    default:
      return null
  }
}

/** Two of them share an account. */
const drawAgent = (dice: Dice.Dice): AgentDefinition => {
  const name = dice.pick(["ann", "bob", "bea"])
  const account = name === "bea" ? { account: "bob" } : {}
  return { ...spec.agent, name, ...account, ...(dice.chance(0.2) ? { exclusive: true } : {}) }
}

const drawTask = (dice: Dice.Dice, number: number): Task => {
  const merge = dice.chance(0.6) ? "squash" : "none"
  const isolate = merge === "none" && dice.chance(0.5) ? "in-place" : "worktree"
  const dependsOn = number > 1 && dice.chance(0.4) ? [id(1 + dice.below(number - 1))] : []
  return create({
    id: id(number),
    batch: dice.chance(0.5) ? BatchId.make(1 + dice.below(2)) : null,
    flow: { qa: dice.pick(["server", "agent", "human"]), merge, start: dice.chance(0.92) ? "auto" : "manual" },
    spec: {
      ...spec,
      name: `task ${number}`,
      cwd: isolate === "in-place" ? `/d${dice.below(2)}` : `/r${dice.below(2)}`,
      agent: drawAgent(dice),
      timeoutMin: 2,
      maxToolTurns: 12,
      inactivitySecs: 60,
      budgetUsd: dice.chance(0.3) ? 3 : null,
      priority: dice.below(2),
      isolate,
      verify: Array.from({ length: dice.below(3) }, () => ({ _tag: "Run", command: "check", timeoutMin: 1 }) as const)
    },
    dependsOn,
    upcoming: dice.chance(0.05),
    createdAt: number
  })
}

export const simulate = (seed: number): Outcome => {
  const dice = Dice.make(seed)
  const policy = drawPolicy(dice)
  const created = Array.from({ length: 1 + dice.below(5) }, (_, index) => drawTask(dice, index + 1))
  const tempers = new Map<TaskId, Temper.Temper>(created.map((task) => [task.id, Temper.draw(dice)]))
  const calm: Temper.Temper = Temper.draw(dice)
  const story: Array<string> = []
  let now = 0
  const say = (line: string): void => void story.push(`${now / Host.stepMs} ${line}`)

  const host = Host.make(dice, (task) => tempers.get(task) ?? calm)
  const safety = Safety.make({
    maxConcurrent: policy.maxConcurrent,
    treeOf: host.files.treeOf,
    now: () => now
  })
  const shelf = Shelf.make(created, policy, safety.onEntry, safety.onResumed, say)
  const supervisor = Supervisor.make({ dice, host, shelf, safety, policy, say })
  for (const {
    dependsOn,
    flow,
    id: number,
    spec: { agent, cwd, verify }
  } of created) {
    say(
      `#${number} ${flow.qa} ${flow.merge} ${flow.start} ${agent.name} ${cwd} verifiers ${verify.length} after ${dependsOn.join()}`
    )
  }

  const meddling = dice.pick([0, 0.01, 0.05])
  const isHelped = dice.chance(0.5)

  /** Somebody who approves, lets go on what is blocked, and mends what a provider did not let in. */
  const help = (): void => {
    for (const account of shelf.accounts.keys()) if (dice.chance(0.1)) shelf.resume(account, now)
    for (const task of shelf.tasks.values()) {
      const isHeld = task.stage._tag === "Blocked" || task.stage._tag === "ReviewHold"
      if (!isHeld || !dice.chance(0.1)) continue
      const event = verb(task.stage._tag === "Blocked" ? "Unblock" : "Approve", now)
      if (event !== null) shelf.write(task, [stageMoved(event)], "operator")
    }
  }

  const meddle = (): void => {
    if (isHelped) help()
    if (dice.chance(0.02)) supervisor.drain(true)
    else if (dice.chance(0.2)) supervisor.drain(false)
    for (const task of shelf.tasks.values()) {
      if (!dice.chance(meddling)) continue
      const event = verb(dice.pick(operators), now)
      const isArmed = task.execution._tag === "Landing" && task.execution.candidate !== null
      const isFinal = event?._tag === "Abandon" || event?._tag === "Reject" || event?._tag === "Supersede"
      const isBusy = event?._tag === "Archive" && task.execution._tag !== "Idle"
      if (event === null || isArmed || isBusy || (isFinal && dice.chance(0.8))) continue
      shelf.write(shelf.taskOf(task.id), [stageMoved(event)], "operator")
    }
  }

  const step = (): { readonly world: World; readonly plan: Plan } => {
    now += Host.stepMs
    host.step(shelf.tasks, now)
    if (!host.isHealed()) meddle()
    const planned = supervisor.turn(now)
    safety.between(shelf.tasks, host.aliveOf)
    return { world: supervisor.look(now), plan: planned }
  }

  const fleetOf = (world: World) => ({
    paused: new Set(
      [...plan(world).waiting].flatMap(([number, wait]) => (wait._tag === "AccountPaused" ? [number] : []))
    ),
    tasks: shelf.tasks,
    maxConcurrent: policy.maxConcurrent,
    windows: new Map(world.accounts.map(({ id, window }) => [id, window])),
    unprovable: new Set(world.tasks.filter((view) => isUnprovable(view, { now, policy })).map(({ task }) => task.id))
  })

  const isRest = (world: World): boolean => {
    const fleet = fleetOf(world)
    return [...shelf.tasks.values()].every((task) => isSettled(fleet, task))
  }

  for (let n = 0; n < faultySteps; n++) step()
  host.heal()
  supervisor.drain(false)
  say("the faults stop")
  let steps = 0
  let calmSteps = 0
  let last = step()
  while (steps < restSteps && calmSteps < 3) {
    last = step()
    steps++
    calmSteps = isRest(last.world) ? calmSteps + 1 : 0
  }
  const fleet = fleetOf(last.world)
  for (const task of shelf.tasks.values()) {
    const { execution, id: number, stage } = task
    if (isSettled(fleet, task)) {
      const isShown = [...shelf.attentionOf(number)].some((key) => key.endsWith(":held"))
      if (needsPerson(task) !== null && !isShown)
        safety.broken("TCK-8", `#${number} waits for a person, who is not told`)
      continue
    }
    safety.broken(
      "TCK-8",
      `#${number} never comes to rest: ${stage._tag}, ${execution._tag}, on ${stuckOn(fleet, task)}`
    )
  }
  // Long after, what is done is archived; then nothing is left to do but to try again what can not be stopped.
  if (isRest(last.world)) {
    now += policy.doneRetentionMs
    for (let n = 0; n < 8; n++) last = step()
    for (const action of last.plan.actions) {
      if (!fleet.unprovable.has(action.task))
        safety.broken("TCK-2", `${action._tag} of #${action.task} in a world at rest`)
    }
  }
  const plain = (accounts: ReadonlyMap<string, unknown>): string => JSON.stringify([...accounts].toSorted())
  if (plain(shelf.foldedAccounts()) !== plain(shelf.accounts)) {
    safety.broken("TCK-9", "the ledgers do not lead to the accounts")
  }
  for (const number of shelf.unfolded()) safety.broken("TCK-9", `the ledger of #${number} does not lead to its state`)
  return { seed, violations: safety.violations, covered: safety.covered, stepsToRest: steps, story }
}
