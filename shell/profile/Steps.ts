/** The steps that a profile measures, in their order, and what each came to. */
import type { Timed } from "./Stopwatch.ts"

export const steps = [
  "open",
  "load",
  "first tick",
  "look",
  "idle tick",
  "tick of one",
  "tick of a hundred",
  "one change",
  "a hundred changes",
  "refresh",
  "a hundred hook events",
  "status"
] as const
export type StepName = (typeof steps)[number]

export interface Step extends Timed {
  readonly name: StepName
  /** How many tasks, changes or events it was about. */
  readonly of: number
}
