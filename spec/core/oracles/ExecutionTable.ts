/**
 * The tables of the execution machine a second time, as a person would write them down. They share nothing with the
 * implementation but the names.
 */
import type { Attempt, Ending, Execution } from "../../../core/execution/Execution.ts"
import type { DeathFacts, Tag as Event } from "../../../core/execution/ExecutionEvent.ts"

/** The states, told apart as far as the table does. */
export type Word =
  | "Idle"
  | "Assigned"
  | "Launching"
  | "Running, process"
  | "Running, session"
  | "Limited, process"
  | "Limited, session"
  | "Limited, alone"
  | "Stopping agent"
  | "Stopping verifiers"
  | "Stopping landing"
  | "Verifying"
  | "Landing"
  | "Armed"
  | "Backoff"

export const wordOf = (execution: Execution): Word => {
  switch (execution._tag) {
    case "Running":
      return execution.carrier._tag === "Process" ? "Running, process" : "Running, session"
    case "Limited":
      if (execution.carrier === null) return "Limited, alone"
      return execution.carrier._tag === "Process" ? "Limited, process" : "Limited, session"
    case "Stopping":
      if (execution.subject._tag === "Agent") return "Stopping agent"
      return execution.subject._tag === "Verifiers" ? "Stopping verifiers" : "Stopping landing"
    case "Landing":
      return execution.candidate === null ? "Landing" : "Armed"
    default:
      return execution._tag
  }
}

/** Something may be alive in it. */
export const live: ReadonlySet<Word> = new Set<Word>([
  "Launching",
  "Running, process",
  "Running, session",
  "Limited, process",
  "Limited, session",
  "Stopping agent",
  "Stopping verifiers",
  "Stopping landing",
  "Verifying",
  "Landing",
  "Armed"
])

/** It takes a place: all that is live but a landing, and a message that waits. */
export const placed: ReadonlySet<Word> = new Set<Word>(
  [...live, "Assigned" as const].filter((word) => word !== "Landing" && word !== "Armed")
)

/** When the moment of the event matters: nothing begins before this. */
export const dueAt = (execution: Execution): number => {
  if (execution._tag === "Backoff") return execution.until
  return execution._tag === "Limited" && execution.carrier === null ? execution.resumeAt : Number.NEGATIVE_INFINITY
}

type Moves = { readonly [W in Word]?: ReadonlyArray<Word> }

const stays = (...words: ReadonlyArray<Word>): Moves => Object.fromEntries(words.map((word) => [word, [word]]))
const all = (words: ReadonlyArray<Word>, to: Word): Moves => Object.fromEntries(words.map((word) => [word, [to]]))

const atWork = ["Launching", "Running, process", "Running, session", "Limited, process", "Limited, session"] as const

/** From which state an event about it leads where; several answers: by what it carries. */
export const table: { readonly [E in Event]: Moves } = {
  Assign: all(["Idle", "Backoff"], "Assigned"),
  Claimed: { Assigned: ["Running, session"] },
  Withdrawn: { Assigned: ["Idle"] },
  Launch: all(["Idle", "Backoff", "Limited, alone"], "Launching"),
  LaunchFailed: { Launching: ["Backoff", "Idle", "Verifying"] },
  Started: { Launching: ["Running, process"] },
  Adopted: { Launching: ["Running, process"] },
  SessionSeen: stays("Running, process", "Running, session", "Limited, process", "Limited, session"),
  Sustained: stays("Running, process", "Running, session"),
  Progressed: stays("Running, process", "Running, session", "Limited, process", "Limited, session"),
  RateLimited: {
    ...stays("Limited, process", "Limited, session", "Limited, alone"),
    ...all(["Launching", "Running, process"], "Limited, process"),
    "Running, session": ["Limited, session"]
  },
  LimitLifted: { "Limited, process": ["Running, process"], "Limited, session": ["Running, session"] },
  Ended: all(atWork, "Stopping agent"),
  TurnEnded: { "Running, session": ["Stopping agent"] },
  SessionGone: { "Running, session": ["Stopping agent"] },
  Stop: {
    ...all([...atWork, "Limited, alone"], "Stopping agent"),
    ...stays("Stopping agent", "Stopping verifiers", "Stopping landing"),
    Verifying: ["Stopping verifiers"],
    Landing: ["Stopping landing"]
  },
  VerifiedDead: {
    "Stopping agent": ["Idle", "Limited, alone", "Verifying", "Backoff"],
    "Stopping verifiers": ["Idle", "Limited, alone", "Verifying", "Backoff"],
    "Stopping landing": ["Idle"]
  },
  VerifyBegin: { Idle: ["Verifying"] },
  RunBegin: stays("Verifying"),
  NoVerifiers: { Verifying: ["Idle"] },
  Verdict: { Verifying: ["Verifying", "Idle", "Backoff"] },
  LandBegin: { Idle: ["Landing"] },
  Armed: { Landing: ["Armed"] },
  LandEnded: { Landing: ["Idle"], Armed: ["Idle"] },
  Reset: all(["Idle", "Backoff", "Limited, alone"], "Idle")
}

/** What is late while it stops is no error. */
export const lateWhileStopping: ReadonlyArray<Event> = [
  "Started",
  "Adopted",
  "Ended",
  "LaunchFailed",
  "RateLimited",
  "TurnEnded",
  "SessionGone"
]

export type AfterDeath =
  | "verify"
  | "commit only"
  | "remind"
  | "retry"
  | "resume"
  | "wait for the limit"
  | "rest"
  | "sent back by QA"
  | "blocked: RetriesExhausted"
  | "blocked: OverBudget"

/** What the proof that an attempt's agent is dead leads to. */
export const afterDeath = (ending: Ending, { mode, role }: Attempt, facts: DeathFacts): AfterDeath => {
  const squash = facts.merge === "squash"
  const isFirst = mode === "Cold" || mode === "Warm"
  const again = (how: "retry" | "resume"): AfterDeath =>
    facts.failure.attemptsLeft ? how : "blocked: RetriesExhausted"
  const why = ending._tag === "Stopped" ? ending.why : ending._tag
  // Who was only reminded had finished before: no limit and no budget keeps that from being judged.
  const isReminder = mode === "Nudge" && role !== "qa"
  if (isReminder && !["Operator", "StageChanged", "Retry"].includes(why)) {
    return squash && facts.dirty ? "commit only" : "verify"
  }
  switch (why) {
    case "Clean":
      if (role !== "qa") {
        if (squash && facts.dirty) return "commit only"
        return facts.promised === true && facts.resumable && isFirst ? "remind" : "verify"
      }
      if (facts.qa === "PASS") return "verify"
      return facts.qa === "FAIL" ? "sent back by QA" : again("retry")
    case "Limited":
      return "wait for the limit"
    case "Operator":
    case "StageChanged":
    case "Retry":
      return "rest"
    case "OverBudget":
      return "blocked: OverBudget"
    default: {
      const isCommitted = facts.moved && squash && role !== "qa"
      if (isCommitted) return facts.dirty ? "commit only" : "verify"
      return again(facts.resumable && why !== "Aborted" ? "resume" : "retry")
    }
  }
}
