/** Which events come too early or make no sense, and which only come late: a person's table of both. */
import { expect, it } from "vitest"
import type { Tag as Event } from "../../../core/execution/ExecutionEvent.ts"
import { step } from "../../../core/execution/Step.ts"
import { aim, events, executions } from "../arbitraries/Executions.ts"
import { type Word, wordOf } from "../oracles/ExecutionTable.ts"

const running: ReadonlyArray<Word> = ["Running, process", "Running, session"]
const limited: ReadonlyArray<Word> = ["Limited, process", "Limited, session"]
const begun: ReadonlyArray<Word> = ["Assigned", "Launching"]
const atWork: ReadonlyArray<Word> = [...begun, ...running, ...limited]
const stopping: ReadonlyArray<Word> = ["Stopping agent", "Stopping verifiers", "Stopping landing"]
const landing: ReadonlyArray<Word> = ["Landing", "Armed"]
/** All but Idle. */
const busy: ReadonlyArray<Word> = [...atWork, "Limited, alone", ...stopping, "Verifying", ...landing, "Backoff"]
const ofNoProcess: ReadonlyArray<Word> = [...begun, "Running, process", ...limited]
/** Of an attempt whose verifiers are not at work. */
const notVerifying: ReadonlyArray<Word> = [...atWork, "Limited, alone", "Stopping agent"]

/**
 * Where an event about the execution is an error, if it does not move it: it comes before its time, or commands what does
 * not fit. Everywhere else it is late, or about another, and means nothing.
 */
const illegal: { readonly [E in Event]: ReadonlyArray<Word> } = {
  Assign: busy,
  Launch: busy,
  VerifyBegin: busy,
  LandBegin: busy,
  Claimed: ["Launching"],
  Withdrawn: ["Launching"],
  LaunchFailed: ["Assigned"],
  Started: ["Assigned"],
  Adopted: ["Assigned"],
  SessionSeen: begun,
  Progressed: begun,
  Sustained: begun,
  RateLimited: begun,
  LimitLifted: begun,
  Ended: ["Assigned"],
  TurnEnded: ofNoProcess,
  SessionGone: ofNoProcess,
  Stop: ["Assigned", "Armed", "Backoff"],
  VerifiedDead: atWork,
  RunBegin: [...notVerifying, "Stopping verifiers", "Backoff"],
  NoVerifiers: [...notVerifying, "Stopping verifiers", "Verifying", "Backoff"],
  Verdict: notVerifying,
  Armed: ["Armed"],
  LandEnded: [],
  Reset: [...atWork, ...stopping, "Verifying", ...landing]
}

it("EXE-13 what comes late means nothing, and what comes too early or does not fit is an error, in every state", () => {
  const met = new Set<string>()
  for (const execution of executions) {
    for (const each of events) {
      const event = aim(each, execution)
      const result = step(execution, event)._tag
      if (result === "Next") continue
      const word = wordOf(execution)
      const expected = illegal[event._tag].includes(word) ? "IllegalExecution" : "Ignored"
      expect([word, event._tag, result]).toEqual([word, event._tag, expected])
      met.add(`${event._tag} ${expected}`)
    }
  }
  expect([...met].filter((each) => each.endsWith("IllegalExecution")).length).toBeGreaterThan(20)
})
