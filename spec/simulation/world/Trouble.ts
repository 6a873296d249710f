/** Lets the planned faults happen, each at its moment, and notes which states of tasks it met. */
import type { Effect } from "effect/Effect"
import type { TaskId } from "../../../core/task/Identifiers.ts"
import type { Action } from "../../../core/tick/Action.ts"
import type { Store } from "../../../shell/store/Store.ts"
import * as Dice from "../../core/tick/simulation/Dice.ts"
import type { Loop, Process } from "../kernel/Loop.ts"
import type { Batch } from "./Batch.ts"
import type { Checks } from "./Checks.ts"
import type { Config } from "./Config.ts"
import type { Fault, Kind } from "./FaultPlan.ts"
import type { Faults, Hit } from "./Faults.ts"
import type { Host } from "./Host.ts"
import type { Mechanisms } from "./Mechanisms.ts"
import * as People from "./People.ts"
import type { Repositories } from "./git/Repositories.ts"
import type { Sessions } from "./mail/Sessions.ts"
import * as User from "./git/User.ts"
import { directories, type Programs } from "./Programs.ts"

const second = 1000
const minute = 60 * second
const hour = 60 * minute

/** So long a fault waits for the state that it is meant for. */
const patienceMs = 20 * minute

/** An action counts as under way for so long; nothing tells when the last of its effects is done. */
const underWayMs = 2 * second

/** Kills, and what else is counted where it hits. */
const countedByHits: ReadonlySet<Kind> = new Set<Hit>(["kill", "torn write", "hook killed", "guard dies"])

export interface Stage {
  readonly loop: Loop
  readonly host: Host
  readonly checks: Checks
  readonly faults: Faults
  readonly programs: Programs
  readonly mechanisms: Mechanisms
  readonly repositories: Repositories
  readonly sessions: Sessions
  readonly config: Config
  readonly batch: Batch
  /** The supervisors that are there. */
  readonly present: ReadonlySet<Process>
  readonly begin: () => void
  /** Somebody takes the lock away from whoever has it. */
  readonly unlock: () => void
  readonly command: (name: string, effect: Effect<unknown, unknown, Store>) => void
  readonly say: (line: string) => void
}

export class Trouble {
  /**
   * How often a fault of a kind met a task in a state, `kind × stage execution`, and the task of the action that was under
   * way, `kind × stage execution, Action`.
   */
  readonly met = new Map<string, number>()
  readonly #stage: Stage
  #waiting: Array<Fault> = []
  #isOver = false
  #underWay: { readonly task: TaskId; readonly action: Action["_tag"]; readonly at: number } | null = null

  constructor(stage: Stage, plan: ReadonlyArray<Fault>) {
    this.#stage = stage
    const { checks, faults, loop } = stage
    for (const fault of plan) loop.after(null, fault.at, () => this.#arm(fault))
    checks.onEntered = (execution) => this.#comes(execution)
    faults.onHit = (how) => this.#meet(how)
  }

  /** Something has come that no row of the ledger tells. */
  comes(moment: "arm" | "check"): void {
    this.#comes(moment)
  }

  /** A supervisor begins with an action. */
  decided({ _tag: action, task }: Action): void {
    this.#underWay = { task, action, at: this.#stage.loop.now }
    this.#comes(action)
  }

  end(): void {
    this.#isOver = true
    this.#waiting = []
  }

  #arm(fault: Fault): void {
    if (fault.on === null) return this.#play(fault)
    this.#waiting.push(fault)
    this.#stage.loop.after(null, patienceMs, () => this.#release(fault))
  }

  #comes(moment: string): void {
    for (const fault of this.#waiting.filter(({ on }) => on === moment)) this.#release(fault)
  }

  #release(fault: Fault): void {
    if (!this.#waiting.includes(fault)) return
    this.#waiting = this.#waiting.filter((other) => other !== fault)
    this.#stage.loop.post(null, () => this.#play(fault))
  }

  #meet(kind: Kind): void {
    const { checks, loop } = this.#stage
    const { met } = this
    const meet = (what: string): unknown => met.set(`${kind} × ${what}`, (met.get(`${kind} × ${what}`) ?? 0) + 1)
    for (const state of checks.states()) meet(state)
    if (this.#underWay === null || loop.now - this.#underWay.at > underWayMs) return
    const { action, task } = this.#underWay
    meet(`${checks.stateOf(task)}, ${action}`)
  }

  #play({ kind, seed }: Fault): void {
    if (this.#isOver) return
    const { faults, say } = this.#stage
    const dice = Dice.make(seed)
    if (!countedByHits.has(kind)) {
      faults.count(kind)
      this.#meet(kind)
      say(`fault: ${kind}`)
    }
    this.#plays(kind, dice, second * (1 + dice.below(120)))
  }

  #plays(kind: Kind, dice: Dice.Dice, forMs: number): void {
    const {
      batch,
      begin,
      command,
      config,
      faults,
      host,
      loop,
      mechanisms,
      present,
      programs,
      repositories,
      say,
      sessions,
      unlock
    } = this.#stage
    const [process] = present
    const repository = repositories.all[dice.below(repositories.all.length)]
    switch (kind) {
      case "kill":
        if (process !== undefined) faults.doom(process, dice.pick([3, 30, 300]), dice)
        return
      case "torn write":
        if (process !== undefined) faults.tear(process)
        return
      case "another supervisor":
        return begin()
      case "person":
        return command("a person", People.help(dice, config.policy))
      case "task file edited":
        return command("a person edits the task file", batch.edit(dice))
      case "configuration edited":
        return say(`configuration: ${config.edit(dice, host.wall(loop.now))}`)
      case "drain":
      case "drain no more":
        return command(kind, People.drain(kind === "drain"))
      case "disk trouble":
        return faults.fillDisk(forMs, dice)
      case "slow disk":
        return faults.slowDisk(forMs)
      case "supervisor stopped":
        if (process !== undefined) loop.hold(process, 3 * forMs)
        return
      case "blind":
        return faults.blind(forMs)
      case "clock set":
        return host.setClock(dice.below(2 * hour) - hour)
      case "renamed":
        host.name = host.name === "alpha" ? "beta" : "alpha"
        return this.#reboot()
      case "reboot":
        return this.#reboot()
      case "files changed":
        return programs.change(this.#directory(dice))
      case "git trouble":
        return repositories.fail(loop, forMs, dice)
      case "user at a repository":
        if (repository !== undefined) say(`the user of ${repository.top} ${User.act(repository, dice)}`)
        return
      case "overtaken":
        if (process !== undefined) loop.hold(process, forMs)
        unlock()
        return begin()
      case "guard hangs":
        if (process !== undefined) say(`what hangs: ${mechanisms.hang(process, dice)}`)
        return
      case "guard dies":
        if (process !== undefined) mechanisms.die(process, dice)
        return
      case "session killed":
        return sessions.kill(dice)
      case "hook killed":
        return sessions.killNextHook()
      case "successor":
        return sessions.succeed(dice)
      case "mail burst":
        return sessions.burst(dice)
      case "process killed": {
        const alive = host.machine.processes.filter(({ marker }) => marker !== null)
        const victim = alive[dice.below(Math.max(1, alive.length))]
        if (victim === undefined) return
        host.use((machine, now) => machine.signal(victim, dice.pick(["SIGKILL", "SIGTERM"]), "process", now))
      }
    }
  }

  #directory(dice: Dice.Dice): string {
    const worktrees = [...this.#stage.repositories.made.values()].filter(({ isGone }) => !isGone).map(({ top }) => top)
    const all = [...directories, ...worktrees]
    return all[dice.below(all.length)] ?? ""
  }

  #reboot(): void {
    const { host, present } = this.#stage
    for (const process of present) process.kill()
    host.reboot()
  }
}
