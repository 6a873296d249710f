/**
 * What a benchmark is: one subject, the references it is measured against in the same run, and what their ratio must
 * be. A number without a reference says something about a machine only.
 */

import type { Need } from "./peers/Peer.ts"

/** What bounds it: decides how often it is repeated and how much noise is taken for normal (PERFORMANCE, section 0). */
export type Kind = "cpu" | "disk" | "spawn"

/** Where a sample may work. */
export interface Place {
  /** An empty folder of its own, on the disk under test. */
  readonly directory: string
  /** What the scenario prepared, to be read or copied only; empty when it prepares nothing. */
  readonly fixture: string
  /** Smaller amounts of work, for a run that has to be short. */
  readonly isQuick: boolean
  /** Arguments for the Node of a program that is measured from outside; they make it leave a profile. */
  readonly nodeArgs: ReadonlyArray<string>
  /** Where the packages and servers of other systems are; null in a run without them. */
  readonly peers: string | null
}

/** What one fresh process measured. */
export interface Sample {
  /** In the scenario's unit. */
  readonly value: number
  /** More that was measured, by a name with its unit: shown as medians. */
  readonly details: Readonly<Record<string, number>>
  /** What does not depend on time: must be the same in every sample. */
  readonly counters: Readonly<Record<string, number>>
}

/** One side of a comparison; runs in a fresh process, warms up by itself. */
interface Variant {
  readonly name: string
  /** What has to be installed or started for it; where that can not be had, it is left out, and its goals with it. */
  readonly needs?: ReadonlyArray<Need>
  readonly run: (place: Place) => Promise<Sample>
}

/** The ratio is subject to reference; `reference` null: the subject's own median, in the scenario's unit. */
export interface Goal {
  readonly id: string
  readonly reference: string | null
  /** One of the subject's details instead of its value; only without a reference. */
  readonly detail?: string
  readonly relation: "atLeast" | "atMost"
  readonly limit: number
}

export interface Scenario {
  readonly id: string
  readonly title: string
  readonly kind: Kind
  readonly unit: string
  readonly better: "higher" | "lower"
  /** Whether the subject is the sample's own process, or a program that it starts. */
  readonly subjectIs: "process" | "program"
  readonly subject: Variant
  readonly references: ReadonlyArray<Variant>
  readonly goals: ReadonlyArray<Goal>
  /** Counts alone what its samples count too, on less work, in an empty folder: `npm test` compares it with the baseline. */
  readonly count?: (directory: string) => Promise<Sample["counters"]>
  /** A quick run has it. */
  readonly inQuick?: boolean
  /** It takes minutes however few its rounds are: a quick run of peers leaves it out unless it is named. */
  readonly isLong?: boolean
  /** What this machine lacks for it, for a person; null where nothing is. Without it, it needs nothing but Node. */
  readonly lacks?: () => string | null
  /** Fewer rounds than its kind has, where one takes long: its interval is wider then. */
  readonly rounds?: number
  /** Fills the fixture, once and in a process of its own, before the first sample. */
  readonly prepare?: (directory: string) => Promise<void>
}

/** A sample that is one number. */
export const only = (value: number): Sample => ({ value, details: {}, counters: {} })
