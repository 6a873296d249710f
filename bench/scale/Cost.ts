/**
 * A cost whose growth is measured: the same work on fleets of a thousand tasks, ten thousand, a hundred thousand and a
 * million.
 */
import type { Kind, Place, Sample, Scenario } from "../Scenario.ts"

/**
 * What is stored before it is measured; made once for each size, and used by all samples of that size. Samples that write
 * have a store of their own, `written`, which is a fleet too. `rows` is no store: what the tick that reads all rows reads.
 */
export type Home = "fleet" | "written" | "waiting" | "rows"

export interface Cost {
  readonly id: string
  /** What is done, in words; the number is how long it takes, or how much it is. */
  readonly title: string
  readonly unit: "ms" | "us" | "MB"
  readonly kind: Kind
  /** Which chart it belongs to. */
  readonly chart: "tick" | "write" | "start" | "memory"
  /** What it is called in a chart. */
  readonly label: string
  /** How much more it may be with ten times the tasks; null: no promise, it is shown for comparison. */
  readonly mostPerDecade: number | null
  readonly home: Home | null
  readonly lacks?: () => string | null
  readonly run: (tasks: number) => (place: Place) => Promise<Sample>
}

/** The cost at one size, as something that can be sampled. */
export const scenarioAt = (
  { id, kind, lacks, run, title, unit }: Cost,
  tasks: number,
  prepare: ((directory: string) => Promise<void>) | null
): Scenario => ({
  id: `${id}@${tasks}`,
  title,
  kind,
  unit,
  better: "lower",
  subjectIs: "process",
  subject: { name: id, run: run(tasks) },
  references: [],
  goals: [],
  ...(lacks !== undefined && { lacks }),
  ...(prepare !== null && { prepare })
})
