/** What an execution means to the rest of the fleet, state by state, and which words are stored of it. */
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { expect, it } from "vitest"
import {
  Execution,
  hasAgent,
  holdsSlot,
  isLive,
  isTrial,
  Role,
  usesAccount
} from "../../../core/execution/Execution.ts"
import * as Event from "../../../core/execution/ExecutionEvent.ts"
import { holds, later, LimitCause } from "../../../core/execution/Limit.ts"
import { step } from "../../../core/execution/Step.ts"
import { attempt, events, executions, facts } from "../arbitraries/Executions.ts"
import { live, placed, type Word, wordOf } from "../oracles/ExecutionTable.ts"

/** In which an agent works under its account. */
const atWork: ReadonlySet<Word> = new Set<Word>([
  "Assigned",
  "Launching",
  "Running, process",
  "Running, session",
  "Limited, process",
  "Limited, session",
  "Stopping agent"
])

it("TCK-3 each state of an execution says whether it lives, takes a place and counts for its account", () => {
  const met = new Set<Word>()
  for (const execution of executions) {
    const word = wordOf(execution)
    met.add(word)
    expect([word, isLive(execution), holdsSlot(execution), usesAccount(execution)]).toEqual([
      word,
      live.has(word),
      placed.has(word),
      atWork.has(word)
    ])
  }
  expect(met.size).toBe(15)
})

it("API-4 an agent is what drover started and has not proved dead: no session that carries an attempt is one", () => {
  const withAgent = executions.filter(hasAgent)
  expect(new Set(withAgent.map(wordOf))).toEqual(new Set(["Running, process", "Limited, process", "Stopping agent"]))
  const bySession = { _tag: "Session", session: "s", messageId: "m" } as const
  for (const execution of withAgent) {
    if ("carrier" in execution) expect(hasAgent({ ...execution, carrier: bySession })).toBe(false)
  }
})

it("TCK-10 an account waits for an attempt that is marked as its trial, and for no other", () => {
  const assigned = { _tag: "Assigned", attempt, messageId: "m", since: 1 } as const
  expect([isTrial(assigned), isTrial({ ...assigned, trial: true }), isTrial({ _tag: "Idle" })]).toEqual([
    false,
    true,
    false
  ])
})

it("EXE-13 the end of a turn that another message asked for means nothing to a session, and its own ends it", () => {
  const session = executions.find((execution) => wordOf(execution) === "Running, session")
  if (session?._tag !== "Running" || session.carrier._tag !== "Session") throw new Error("no session is among them")
  const { messageId } = session.carrier
  const ended = (id: string) => step(session, { _tag: "TurnEnded", attempt: attempt.number, messageId: id, at: 5 })._tag
  expect([ended(`${messageId}x`), ended(messageId)]).toEqual(["Ignored", "Next"])
  // A process has no messages: this one has no turn to end.
  const running = executions.find((execution) => wordOf(execution) === "Running, process")
  if (running === undefined) throw new Error("no process is among them")
  const event = { _tag: "TurnEnded", attempt: attempt.number, messageId, at: 5 } as const
  expect(step(running, event)._tag).toBe("IllegalExecution")
})

it("EXE-5 a limit has one of four causes, the later of two is kept, the one told last of two that are the same", () => {
  const decode = Schema.decodeUnknownEither(LimitCause)
  const words = ["usage", "rate", "overload", "authentication", "", "other"]
  expect(words.map((word) => Either.isRight(decode(word)))).toEqual([true, true, true, true, false, false])
  const [one, two] = [{ until: 5, cause: "usage" } as const, { until: 5, cause: "rate" } as const]
  expect(later(one, two)).toBe(two)
  expect(later({ ...one, until: 6 }, two)).toEqual({ until: 6, cause: "usage" })
  expect([4, 5].map((at) => holds(one, at))).toEqual([true, false])
})

it("STG-11 what is stored of an execution and its events has no other words and no other keys", () => {
  const roles = Schema.decodeUnknownEither(Role)
  expect(["coder", "qa", "merger", ""].map((word) => Either.isRight(roles(word)))).toEqual([true, true, true, false])
  const refuses = <A, I>(schema: Schema.Schema<A, I>, value: A, changes: object): boolean =>
    Either.isLeft(Schema.decodeUnknownEither(schema)({ ...Schema.encodeSync(schema)(value), ...changes }))
  // What is absent is left out: nothing stands in its place.
  for (const execution of executions) {
    if ("trial" in execution) expect(refuses(Execution, execution, { trial: undefined })).toBe(true)
  }
  for (const event of events) {
    if (event._tag === "RateLimited") expect(refuses(Event.ExecutionEvent, event, { cause: undefined })).toBe(true)
  }
  for (const qa of ["PASS", "FAIL", null]) expect(refuses(Event.DeathFacts, facts, { qa })).toBe(false)
  for (const changes of [{ qa: "" }, { qa: "pass" }, { limit: undefined }]) {
    expect(refuses(Event.DeathFacts, facts, changes)).toBe(true)
  }
  const landing = Schema.decodeUnknownEither(Event.LandResult)
  const results = [{ _tag: "Failed", kind: null }, { _tag: "Failed", kind: "x" }, { _tag: "Failed" }, { _tag: "Again" }]
  expect(results.map((result) => Either.isRight(landing(result)))).toEqual([true, false, false, true])
})
