/**
 * How often a supervisor looks at what tells of no change by itself. Whatever it can be told of wakes it at once, so that
 * these are how late it may be, and what an idle fleet costs. No user sets them; a simulation of many days does.
 */
import * as Context from "effect/Context"

/** Milliseconds between two looks. */
export interface Intervals {
  /** Into the store, for what others wrote. */
  readonly store: number
  /** At attempts: their processes and their output. */
  readonly attempts: number
  /** At runs of verifiers, at most. */
  readonly runs: number
  /** At the guards. */
  readonly guards: number
  /** Between two signs of life in the store, and in the lock. */
  readonly heartbeat: number
  /** At what agents promised, at most. */
  readonly promises: number
  /** At the processes of sessions that hold roles. */
  readonly sessions: number
  /** For tasks that have been done for so long that they are to be archived. */
  readonly archival: number
  /** From its start, and between two times that it removes what is kept for long enough. */
  readonly retention: number
}

const standard: Intervals = {
  store: 250,
  attempts: 1000,
  runs: 500,
  guards: 1000,
  heartbeat: 5000,
  promises: 5000,
  sessions: 2000,
  archival: 60_000,
  retention: 3_600_000
}

export class Cadence extends Context.Reference<Cadence>()("drover/Cadence", {
  defaultValue: (): Intervals => standard
}) {}
