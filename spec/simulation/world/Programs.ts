/**
 * What agents and verifiers do here: work, lie, fork, hang, ignore signals, meet limits. Each draws its fate when it is
 * started; once the faults are over all are as good as agents can be.
 */
import { createHash } from "node:crypto"
import type { Target } from "../../../core/task/Spec.ts"
import { unaddressed } from "../../../core/tick/World.ts"
import type { Look } from "../../../shell/git/Trees.ts"
import type { Child, Program, Script } from "../../../shell/process/Machine.ts"
import type { SpawnRequest } from "../../../shell/process/SpawnRequest.ts"
import * as Dice from "../../core/tick/simulation/Dice.ts"
import type { Repositories } from "./git/Repositories.ts"
import { sayings, sessionOf } from "./Hooks.ts"
import * as Workers from "./git/Workers.ts"

const second = 1000
const minute = 60 * second

export const agentCommand = "/agents/worker"
export const directories: ReadonlyArray<string> = ["/work/a", "/work/b", "/work/c", "/work/d", "/work/e", "/work/f"]

/** The conversation that it is told to go on with; null where it begins one. */
const resumed = ({ args }: SpawnRequest): string | null => args[args.indexOf("--resume") + 1 || args.length] ?? null

const result = (fields: object): string => `${JSON.stringify({ type: "result", is_error: false, ...fields })}\n`

const between = (dice: Dice.Dice, least: number, most: number): number => least + dice.below(most - least)

const child = (dice: Dice.Dice): Child => {
  return {
    afterMs: dice.below(minute),
    runsMs: dice.weighted(
      [
        [2 * second, 40],
        [30 * minute, 30],
        [Number.POSITIVE_INFINITY, 30]
      ],
      second
    ),
    termMs: dice.chance(0.3) ? Number.POSITIVE_INFINITY : 0,
    ownSession: dice.chance(0.4),
    orphaned: dice.chance(0.4),
    children: dice.chance(0.2) ? [{ afterMs: second, runsMs: Number.POSITIVE_INFINITY, ownSession: true }] : []
  }
}

const roleOf = ({ env }: SpawnRequest): Workers.Role =>
  env.DROVER_ROLE === "qa" || env.DROVER_ROLE === "merger" ? env.DROVER_ROLE : "coder"

/** Where they are. */
export interface Setting {
  readonly seed: number
  readonly wall: () => number
  readonly repositories: () => Repositories
  /** A check of that task has passed what it saw from its beginning to its end, by address. */
  readonly passed: (task: number, verifier: number, tree: string) => void
  /** Does something so much later, if a process of that marker is there then. */
  readonly later: (marker: string, afterMs: number, what: () => void) => void
}

export class Programs {
  areFaulty = true
  readonly #setting: Setting
  /** How often the content of each directory was changed. */
  readonly #changes = new Map<string, number>()
  /** What was asked for last under each marker. */
  readonly #requests = new Map<string, SpawnRequest>()
  /** What a check saw as it began, by its folder. */
  readonly #seen = new Map<string, string>()

  constructor(setting: Setting) {
    this.#setting = setting
  }

  readonly treeOf = (cwd: string, target?: Target): Look =>
    this.#setting.repositories().look(cwd, target) ?? {
      ...unaddressed,
      tree: cwd.startsWith("/work/") ? `${cwd}:${this.#changes.get(cwd) ?? 0}` : unaddressed.tree
    }

  change(cwd: string): void {
    const place = this.#setting.repositories().at(cwd)
    const changes = (this.#changes.get(cwd) ?? 0) + 1
    this.#changes.set(cwd, changes)
    if (place !== null) place.repository.edit(place.checkout, changes)
  }

  /** Its fate is that of its folder, whatever happens elsewhere. */
  readonly script: Script = (request) => {
    const dice = this.#diceOf(request)
    this.#requests.set(request.marker, request)
    if (this.areFaulty && dice.chance(0.02)) return dice.pick(["ProgramNotFound", "Other"])
    if (request.command === agentCommand) return this.#agent(request, dice)
    return request.env.DROVER_VERIFIER === undefined ? this.#setup(dice) : this.#verifier(request, dice)
  }

  /** A program has its token. */
  began(marker: string): void {
    const request = this.#requests.get(marker)
    if (request === undefined) return
    const { cwd, directory } = request
    this.#seen.set(directory, this.treeOf(cwd).tree)
    if (request.command !== agentCommand || roleOf(request) !== "coder" || !this.areFaulty) return
    const dice = this.#diceOf(request)
    const what = (): void => {
      const place = this.#setting.repositories().at(cwd)
      if (place !== null) Workers.begin(place, dice)
    }
    this.#setting.later(marker, between(dice, second, 5 * minute), what)
  }

  #diceOf({ directory }: SpawnRequest): Dice.Dice {
    return Dice.make(createHash("sha256").update(`${this.#setting.seed} ${directory}`).digest().readInt32LE())
  }

  #works(request: SpawnRequest, seed: number): Required<Pick<Program, "ends">> {
    const { cwd } = request
    const ends = (): void => {
      const place = this.#setting.repositories().at(cwd)
      if (place === null) this.change(cwd)
      else Workers.end(place, roleOf(request), Dice.make(seed), !this.areFaulty)
    }
    return { ends }
  }

  /** Nothing that git would see. */
  #setup(dice: Dice.Dice): Program {
    const runsMs = between(dice, second, 20 * second)
    return this.areFaulty ? { runsMs, exit: dice.chance(0.1) ? 1 : 0 } : { runsMs }
  }

  #agent(request: SpawnRequest, dice: Dice.Dice): Program {
    const works = this.#works(request, dice.throw())
    const isQa = roleOf(request) === "qa"
    if (!this.areFaulty) {
      const runsMs = between(dice, minute, 5 * minute)
      const verdict = { afterMs: second, stdout: result({ result: "VERDICT: PASS" }) }
      return { ...works, runsMs, writes: isQa ? [verdict] : [] }
    }
    const runsMs = between(dice, 5 * second, 20 * minute)
    const body: Program = {
      runsMs,
      startMs: dice.chance(0.1) ? between(dice, 0, 40 * second) : 0,
      termMs: dice.weighted(
        [
          [0, 80],
          [5 * second, 10],
          [Number.POSITIVE_INFINITY, 10]
        ],
        0
      ),
      killMs: dice.weighted(
        [
          [0, 95],
          [3 * second, 4],
          [4 * minute, 1]
        ],
        0
      ),
      stopped: dice.chance(0.02),
      lingersMs: dice.chance(0.3) ? between(dice, 1, 4 * second) : 0,
      children: dice.chance(0.3) ? [child(dice)] : []
    }
    const session = resumed(request) ?? sessionOf(request.marker)
    const init = { type: "system", subtype: "init", session_id: session }
    const chatter = Array.from({ length: dice.below(4) }, () => ({
      afterMs: dice.below(runsMs),
      stdout: `${JSON.stringify({ type: "assistant", message: { content: [{ type: "tool_use", name: "Bash" }] } })}\n`
    }))
    if (dice.chance(0.7)) chatter.unshift({ afterMs: 0, stdout: `${JSON.stringify(init)}\n` })
    const says = (line: string) => [...chatter, { afterMs: Math.max(0, runsMs - second), stdout: line }]
    // What lands has a longer way to go, and more to go wrong on it.
    switch (dice.below(this.#setting.repositories().at(request.cwd) === null ? 16 : 40)) {
      case 0:
        return { ...body, exit: dice.pick([1, 2, 137]), writes: chatter }
      case 1:
        return { ...body, ...works, exit: 1, writes: says(result({ is_error: true, result: "it did not work" })) }
      case 2:
        // It claims to be done, and has failed.
        return { ...body, writes: says(result({ is_error: true, result: "all done" })) }
      case 3:
        // It claims to be done, and has done nothing.
        return { ...body, writes: says(result({ result: "all done" })) }
      case 4:
        return { ...body, runsMs: Number.POSITIVE_INFINITY, writes: chatter }
      case 5: {
        const resetsAt = this.#setting.wall() + runsMs + between(dice, second, 30 * minute)
        const info = { status: "rejected", resetsAt: Math.floor(resetsAt / 1000) }
        return {
          ...body,
          exit: 1,
          writes: says(`${JSON.stringify({ type: "rate_limit_event", rate_limit_info: info })}\n`)
        }
      }
      case 6:
        return { ...body, exit: 1, writes: says(result({ is_error: true, api_error_status: dice.pick([429, 529]) })) }
      case 7:
        return dice.chance(0.2)
          ? { ...body, exit: 1, writes: says(result({ is_error: true, api_error_status: 401 })) }
          : { ...body, ...works, writes: chatter }
      default:
        return {
          ...body,
          ...works,
          writes: says(
            result({
              session_id: session,
              total_cost_usd: dice.below(100) / 50,
              ...(!isQa && dice.chance(0.2) ? { result: dice.pick(sayings) } : {}),
              ...(isQa ? { result: dice.pick(["VERDICT: PASS", "VERDICT: PASS", "VERDICT: FAIL", "it is fine"]) } : {})
            })
          )
        }
    }
  }

  #verifier({ cwd, directory, env }: SpawnRequest, dice: Dice.Dice): Program {
    // Of a landing: whoever waits for it looks ten times a second.
    const isOfLanding = /\.l\d+$/.test(cwd)
    const runsMs = between(dice, second, isOfLanding ? 10 * second : 2 * minute)
    const judged = (): void => {
      const { tree } = this.treeOf(cwd)
      if (tree !== this.#seen.get(directory)) return
      this.#setting.passed(Number(env.DROVER_TASK), Number(env.DROVER_VERIFIER), tree)
    }
    if (!this.areFaulty) return { runsMs, ends: judged }
    const changes = dice.chance(0.03)
    const exit = dice.weighted(
      [
        [0, this.#setting.repositories().at(cwd) === null ? 75 : 150],
        [1, 20],
        [137, 5]
      ],
      0
    )
    return {
      runsMs: dice.chance(0.04) ? Number.POSITIVE_INFINITY : runsMs,
      startMs: dice.chance(0.05) ? between(dice, 0, 15 * second) : 0,
      termMs: dice.chance(0.1) ? Number.POSITIVE_INFINITY : 0,
      exit,
      ends: () => {
        if (changes) this.change(cwd)
        if (exit === 0) judged()
      },
      writes: [{ afterMs: 0, stdout: "2 of 3 checks passed\n" }],
      children: dice.chance(0.1) ? [child(dice)] : []
    }
  }
}
