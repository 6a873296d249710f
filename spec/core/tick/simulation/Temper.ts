/** How the world of one task behaves, as long as faults are played. */
import type { Dice } from "./Dice.ts"

/** What one task's directory, agent and verifiers are like. */
export interface Temper {
  readonly neverCommits: boolean
  readonly alwaysAborts: boolean
  readonly isUnkillable: boolean
  /** Its verifiers change what they judge. */
  readonly verifierWrites: "never" | "once" | "always"
  readonly isAddressed: boolean
  /** Something else changes its directory all the time. */
  readonly isRestless: boolean
  /** Somebody else changes its files between attempts, until the faults stop. */
  readonly isVisited: boolean
}

export const draw = (dice: Dice): Temper => ({
  neverCommits: dice.chance(0.06),
  alwaysAborts: dice.chance(0.05),
  isUnkillable: dice.chance(0.05),
  verifierWrites: dice.weighted(
    [
      ["never", 90],
      ["once", 5],
      ["always", 5]
    ],
    "never"
  ),
  isAddressed: dice.chance(0.6),
  isRestless: dice.chance(0.05),
  isVisited: dice.chance(0.6)
})
