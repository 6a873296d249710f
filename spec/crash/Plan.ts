/**
 * What the tasks of a batch are to do, and what must become of them.
 */
import type { Outcome } from "../../core/execution/AttemptRecord.ts"
import type { Verdict } from "../../core/verify/Verdict.ts"

/** What agents do that work on what is to land; the last three name a task that they depend on, or that they meet. */
type LandingWord = "land" | "leave" | "commit" | "idle" | "mend" | `${"next" | "line" | "third"}@${string}`

export type AgentWord = "ok" | "litter" | "flood" | "fail" | "signal" | "lie" | "hang" | "wait" | LandingWord
export type VerifierWord = "pass" | "litter" | "flood" | "fail" | "signal" | "hang" | "has" | "third"

/** The n-th start does what the n-th word says, every later one what the last says. */
export interface Plan {
  readonly agent: ReadonlyArray<AgentWord>
  /** Of each verifier in the list. */
  readonly verifiers: ReadonlyArray<ReadonlyArray<VerifierWord>>
  /** Of the QA agent, where there is one: rejections until it accepts. */
  readonly rejections: number
  readonly qa: "server" | "agent" | "human"
  readonly maxRetries: number
  /** What a person does: holds it back from the start, or cancels it once its agent runs. */
  readonly person: "nothing" | "manual" | "freeze" | "cancel"
}

export const easy: Plan = {
  agent: ["ok"],
  verifiers: [["pass"]],
  rejections: 0,
  qa: "server",
  maxRetries: 2,
  person: "nothing"
}

export type End = "Done" | "Unverified" | "Blocked" | "NoCommits" | "ReviewHold" | "Waiting" | "Frozen" | "Abandoned"

/** What must be there in the end. */
export interface Expectation {
  readonly end: End
  /** How the agents' attempts ended, in order; starts that failed are no attempts. */
  readonly outcomes: ReadonlyArray<Outcome>
  /** Attempts without an agent, which judge what another one left. */
  readonly verifyOnly: number
  readonly verdicts: ReadonlyArray<Verdict>
  readonly spentUsd: number
}

/** The other task of a pair that can not land beside each other: whichever comes second has to be mended, by that role. */
export interface Pair {
  readonly with: string
  readonly mender: "merger" | "coder"
}

export interface Planned {
  readonly name: string
  /** A folder below the root; some have several tasks. Its journal has the same name. */
  readonly directory: string
  readonly isGit: boolean
  /** The folder below the root whose branch it lands on; null: it works in its directory. */
  readonly repository: string | null
  readonly pair: Pair | null
  readonly dependsOn: ReadonlyArray<string>
  readonly priority: number
  readonly plan: Plan
  /** Of the second of a pair: as if it were the first. */
  readonly expected: Expectation
}
