/** What is played, and what came of it. */
import type { Violation } from "./Checks.ts"

export interface Options {
  readonly seed: number
  readonly tasks: number
  /** How long faults go on, milliseconds of simulated time. */
  readonly faultyMs: number
  /** It ends with the first promise that is broken. */
  readonly isShort: boolean
  /** Which of the planned faults are left out, and which tasks are not started, by number from 1. */
  readonly without: ReadonlySet<number>
  readonly idle: ReadonlySet<number>
}

export interface Outcome {
  readonly violations: ReadonlyArray<Violation>
  /** What happened, a line each, with the simulated second in front. */
  readonly story: ReadonlyArray<string>
  readonly simulatedMs: number
  /** How many faults were planned. */
  readonly faults: number
  readonly counts: ReadonlyMap<string, number>
}
