/**
 * What is to go wrong in a simulation, drawn before it begins: each fault by itself, so that any of them can be left out
 * and the others stay as they are.
 */
import type { Dice } from "../../core/tick/simulation/Dice.ts"

const second = 1000
const minute = 60 * second

const weights = [
  ["kill", 30],
  ["torn write", 6],
  ["another supervisor", 6],
  ["person", 20],
  ["drain", 2],
  ["drain no more", 6],
  ["disk trouble", 5],
  ["slow disk", 5],
  ["supervisor stopped", 5],
  ["blind", 5],
  ["clock set", 3],
  ["reboot", 2],
  ["renamed", 1],
  ["process killed", 8],
  ["files changed", 4],
  ["git trouble", 4],
  ["user at a repository", 20],
  ["overtaken", 3],
  ["task file edited", 5],
  ["configuration edited", 4],
  ["session killed", 6],
  ["hook killed", 8],
  ["guard hangs", 5],
  ["guard dies", 8],
  ["successor", 4],
  ["mail burst", 4]
] as const

export type Kind = (typeof weights)[number][0]

export const kinds: ReadonlyArray<Kind> = weights.map(([kind]) => kind)

/**
 * It comes when a task enters one of these executions, one of these actions begins, a landing is being checked (`check`),
 * or may move its branch from now on though nobody has written that yet (`arm`); without one, when its time has come.
 */
const executions = ["Assigned", "Launching", "Running", "Limited", "Stopping", "Verifying", "Backoff", "Idle"] as const
const landings = ["Landing", "check", "arm", "Landing armed", "Stopping a landing"] as const
const actions = [
  "Promote",
  "Spawn",
  "AssignViaMailbox",
  "WithdrawMessage",
  "Stop",
  "RunVerifier",
  "Record",
  "EscalateHuman",
  "Land",
  "RemoveWorktree"
] as const
const moments = [...executions, ...landings, ...actions] as const

export interface Fault {
  /** Milliseconds from the beginning. */
  readonly at: number
  readonly kind: Kind
  /** Of its own dice: how long, whom, how hard. */
  readonly seed: number
  readonly on: (typeof moments)[number] | null
}

/** The fault and the moment that a seed is for: the seeds of a run take all of them in turn, so that each pair is met. */
const focusOf = (seed: number): Pick<Fault, "kind" | "on"> => {
  const turn = Math.abs(seed) % (kinds.length * moments.length)
  return { kind: kinds[turn % kinds.length] ?? "kill", on: moments[Math.floor(turn / kinds.length)] ?? null }
}

/** In order. A fifth of them is what the seed is for. `stretch`: so many times as far apart as they are in a usual seed. */
export const draw = (dice: Dice, untilMs: number, seed: number, stretch: number): ReadonlyArray<Fault> => {
  const faults: Array<Fault> = []
  const focus = focusOf(seed)
  for (let at = minute; at < untilMs; at += stretch * second * (1 + dice.below(300))) {
    const kind = dice.weighted(weights, "kill")
    // Most states last long and are met by any time; the short ones have to be waited for.
    const on = dice.chance(0.5) ? dice.pick(moments) : null
    faults.push({ at, kind, on, seed: dice.throw(), ...(dice.chance(0.2) ? focus : {}) })
  }
  return faults
}
