/**
 * Whether a measured ratio meets its goal, and whether it is worse than it was. What the noise of this run could have
 * made is neither a pass nor a failure.
 */
import type { Goal, Kind, Scenario } from "../Scenario.ts"
import type { Interval } from "./Statistics.ts"

export type Status = "pass" | "fail" | "inconclusive"

/** A ratio of ratios beyond this is a regression; the same work on both sides stays within it (PERFORMANCE, section 0). */
export const gates: { readonly [K in Kind]: number } = { cpu: 0.9, spawn: 0.9, disk: 0.8 }

/** How far the same work on both sides came apart: 1 is not at all, 1.1 either way by a tenth. */
const spread = (ratio: number): number => Math.max(ratio, 1 / ratio)

/** Too noisy to tell a regression of the size that the gate is for. */
export const isNoisy = (kind: Kind, ratio: number): boolean => spread(ratio) > 1 / gates[kind]

const widened = ({ high, low }: Interval, by: number): Interval => ({ low: low / by, high: high * by })

/**
 * Pass or fail when the whole interval says so. In a noisy run nothing passes, and it fails only where that much noise
 * could not have made it.
 */
export const judge = (goal: Goal, interval: Interval, kind: Kind, sameRatio: number): Status => {
  const isTooNoisy = isNoisy(kind, sameRatio)
  const { high, low } = isTooNoisy ? widened(interval, spread(sameRatio)) : interval
  const isMet = goal.relation === "atLeast" ? low >= goal.limit : high <= goal.limit
  const isMissed = goal.relation === "atLeast" ? high < goal.limit : low > goal.limit
  if (isMissed) return "fail"
  return isMet && !isTooNoisy ? "pass" : "inconclusive"
}

/** Now against the baseline, as a ratio that is below 1 when it got worse. */
const change = ({ better }: Pick<Scenario, "better">, now: number, before: number): number =>
  better === "higher" ? now / before : before / now

/** Worse than the baseline by more than the gate, over the whole interval. */
export const isRegression = (
  scenario: Pick<Scenario, "better" | "kind">,
  interval: Interval,
  before: number,
  sameRatio: number
): boolean => {
  const { high, low } = isNoisy(scenario.kind, sameRatio) ? widened(interval, spread(sameRatio)) : interval
  const best = scenario.better === "higher" ? high : low
  return change(scenario, best, before) < gates[scenario.kind]
}
