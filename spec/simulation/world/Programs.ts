/**
 * What agents and verifiers do here: work, lie, fork, hang, ignore signals, meet limits. Each draws its fate when it is
 * started; once the faults are over all are as good as agents can be.
 */
import { createHash } from "node:crypto"
import type { TreeState } from "../../../core/tick/World.ts"
import { unaddressed } from "../../../core/tick/World.ts"
import type { Child, Program, Script } from "../../../shell/process/Machine.ts"
import type { SpawnRequest } from "../../../shell/process/SpawnRequest.ts"
import * as Dice from "../../core/tick/simulation/Dice.ts"

const second = 1000
const minute = 60 * second

export const agentCommand = "/agents/worker"
export const directories: ReadonlyArray<string> = ["/work/a", "/work/b", "/work/c", "/work/d", "/work/e", "/work/f"]

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

export class Programs {
  areFaulty = true
  readonly #seed: number
  readonly #wall: () => number
  /** How often the content of each directory was changed. */
  readonly #changes = new Map<string, number>()

  constructor(seed: number, wall: () => number) {
    this.#seed = seed
    this.#wall = wall
  }

  readonly treeOf = (cwd: string): TreeState => ({ ...unaddressed, tree: `${cwd}:${this.#changes.get(cwd) ?? 0}` })

  change(cwd: string): void {
    this.#changes.set(cwd, (this.#changes.get(cwd) ?? 0) + 1)
  }

  /** Its fate is that of its folder, whatever happens elsewhere. */
  readonly script: Script = (request) => {
    const dice = Dice.make(createHash("sha256").update(`${this.#seed} ${request.directory}`).digest().readInt32LE())
    if (this.areFaulty && dice.chance(0.02)) return dice.pick(["ProgramNotFound", "Other"])
    return request.command === agentCommand ? this.#agent(request, dice) : this.#verifier(request, dice)
  }

  #agent({ cwd }: SpawnRequest, dice: Dice.Dice): Program {
    const works = { ends: () => this.change(cwd) }
    if (!this.areFaulty) return { ...works, runsMs: between(dice, minute, 5 * minute) }
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
    const chatter = Array.from({ length: dice.below(4) }, () => ({
      afterMs: dice.below(runsMs),
      stdout: `${JSON.stringify({ type: "assistant", message: { content: [{ type: "tool_use", name: "Bash" }] } })}\n`
    }))
    const says = (line: string) => [...chatter, { afterMs: Math.max(0, runsMs - second), stdout: line }]
    switch (dice.below(16)) {
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
        const resetsAt = this.#wall() + runsMs + between(dice, second, 30 * minute)
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
          writes: says(result({ session_id: `s${dice.below(1e9)}`, total_cost_usd: dice.below(100) / 50 }))
        }
    }
  }

  #verifier({ cwd }: SpawnRequest, dice: Dice.Dice): Program {
    const runsMs = between(dice, second, 2 * minute)
    if (!this.areFaulty) return { runsMs }
    if (dice.chance(0.03)) this.change(cwd)
    return {
      runsMs: dice.chance(0.04) ? Number.POSITIVE_INFINITY : runsMs,
      startMs: dice.chance(0.05) ? between(dice, 0, 15 * second) : 0,
      termMs: dice.chance(0.1) ? Number.POSITIVE_INFINITY : 0,
      exit: dice.weighted(
        [
          [0, 75],
          [1, 20],
          [137, 5]
        ],
        0
      ),
      writes: [{ afterMs: 0, stdout: "2 of 3 checks passed\n" }],
      children: dice.chance(0.1) ? [child(dice)] : []
    }
  }
}
