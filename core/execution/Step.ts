/**
 * The transition table of the execution machine, and its function: total and pure.
 *
 * A completion that comes late (its attempt has moved on, or is another one) is Ignored; a command that does not fit is
 * an IllegalExecution.
 */
import * as Table from "../machine/Table.ts"
import { when } from "../machine/Table.ts"
import type { Ending, Execution, Of, StopReason, Tag } from "./Execution.ts"
import { idle, isFinishing } from "./Execution.ts"
import type * as Event from "./ExecutionEvent.ts"
import { isReminder, rows as ends, verifying } from "./Outcome.ts"
import { isAboutAnother, isLate } from "./Relevance.ts"
import { type Consequence, end, type Row, row, type Step, taken } from "./Row.ts"

const trialOf = ({ trial }: { readonly trial?: true }) => (trial === true ? { trial } : {})

const assigned = (event: Event.Of<"Assign">): Of<"Assigned"> => ({
  _tag: "Assigned",
  attempt: event.attempt,
  messageId: event.messageId,
  since: event.at,
  ...trialOf(event)
})

const launching = (event: Event.Of<"Launch">): Of<"Launching"> => ({
  _tag: "Launching",
  attempt: event.attempt,
  since: event.at,
  preparing: event.preparing,
  ...trialOf(event)
})

/** What its account waited for, and waits for no more. */
const proved = ({ attempt, carrier, since, trial }: Of<"Running">): Of<"Running"> | null =>
  trial === true ? { _tag: "Running", attempt, carrier, since } : null

/** How an attempt ended; a limit that was seen before only moves later. */
const ended = ({ resumeAt }: Of<"Limited">, how: Ending): Ending =>
  how._tag === "Limited" ? { ...how, resumeAt: Math.max(how.resumeAt, resumeAt) } : how

const stopping = (
  execution: Of<"Launching" | "Running" | "Limited">,
  ending: Ending,
  since: number
): Of<"Stopping"> => ({
  _tag: "Stopping",
  subject: { _tag: "Agent", attempt: execution.attempt },
  carrier: execution._tag === "Launching" ? null : execution.carrier,
  ending,
  since
})

/** Operator > StageChanged > a limit of the task > a retry > the attempt's own end. */
const strength = (ending: Ending): number => {
  if (ending._tag !== "Stopped") return 0
  const order: { readonly [W in StopReason]: number } = {
    Operator: 4,
    StageChanged: 3,
    OverBudget: 2,
    OverTime: 2,
    OverTurns: 2,
    Inactive: 2,
    Retry: 1
  }
  return order[ending.why]
}

const stopped = ({ why }: Event.Of<"Stop">): Ending => ({ _tag: "Stopped", why })

export const rows: ReadonlyArray<Row> = [
  row(["Idle"], "Assign", "Assigned", (_, event) => assigned(event)),
  when(
    "it is due",
    row(["Backoff"], "Assign", "Assigned", ({ until }, event) => (event.at >= until ? assigned(event) : null))
  ),
  row(["Assigned"], "Claimed", "Running", (execution, { at, session }) => ({
    _tag: "Running",
    attempt: execution.attempt,
    carrier: { _tag: "Session", session, messageId: execution.messageId },
    since: at,
    ...trialOf(execution)
  })),
  row(["Assigned"], "Withdrawn", "Idle", () => idle),

  row(["Idle"], "Launch", "Launching", (_, event) => launching(event)),
  when(
    "it is due",
    row(["Backoff"], "Launch", "Launching", ({ until }, event) => (event.at >= until ? launching(event) : null))
  ),
  when(
    "its process is gone, and it is due",
    row(["Limited"], "Launch", "Launching", ({ carrier, resumeAt }, event) =>
      carrier === null && event.at >= resumeAt ? launching(event) : null
    )
  ),
  when(
    "it was only to be reminded: its work is judged without that",
    row(["Launching"], "LaunchFailed", "Verifying", ({ attempt }) => (isReminder(attempt) ? verifying(attempt) : null))
  ),
  when(
    "the last of the failures in a row that the policy allows",
    end(["Launching"], "LaunchFailed", "Block", (_, { exhausted, reason }) =>
      exhausted ? { _tag: "Block", reason: { _tag: "LaunchFailed", reason } } : null
    )
  ),
  row(["Launching"], "LaunchFailed", "Backoff", ({ attempt }, { until }) => ({
    _tag: "Backoff",
    attempt,
    until,
    // What it was to finish is there still, and uses no attempt: a start that was cut short must not make it one.
    mode: isFinishing(attempt.mode) ? attempt.mode : "Retry",
    feedback: null
  })),
  ...(["Started", "Adopted"] as const).map((on) =>
    row(["Launching"], on, "Running", (execution, { at, process }) => ({
      _tag: "Running",
      attempt: execution.attempt,
      carrier: { _tag: "Process", process },
      since: at,
      ...trialOf(execution)
    }))
  ),

  ...(["SessionSeen", "Progressed"] as const).flatMap((on) => [
    row(["Running"], on, "Running", (execution) => execution),
    when(
      "its process is there",
      row(["Limited"], on, "Limited", (execution) => (execution.carrier === null ? null : execution))
    )
  ]),

  when("it is a trial", row(["Running"], "Sustained", "Running", proved)),

  when(
    "the process that says so is known",
    row(["Launching"], "RateLimited", "Limited", ({ attempt, since }, { at, process, resumeAt }) =>
      process === null
        ? null
        : { _tag: "Limited", attempt, carrier: { _tag: "Process", process }, resumeAt, limitedAt: at, since }
    )
  ),
  row(["Running"], "RateLimited", "Limited", ({ attempt, carrier, since }, { at, resumeAt }) => ({
    _tag: "Limited",
    attempt,
    carrier,
    resumeAt,
    limitedAt: at,
    since
  })),
  row(["Limited"], "RateLimited", "Limited", (execution, { resumeAt }) => ({
    ...execution,
    resumeAt: Math.max(execution.resumeAt, resumeAt)
  })),
  when(
    "its process is there",
    row(["Limited"], "LimitLifted", "Running", ({ attempt, carrier, limitedAt, since }, { at }) =>
      carrier === null ? null : { _tag: "Running", attempt, carrier, since: since + Math.max(0, at - limitedAt) }
    )
  ),

  row(["Launching", "Running"], "Ended", "Stopping", (execution, { at, how }) => stopping(execution, how, at)),
  when(
    "its process is there",
    row(["Limited"], "Ended", "Stopping", (execution, { at, how }) =>
      execution.carrier === null ? null : stopping(execution, ended(execution, how), at)
    )
  ),
  when(
    "a session carries it",
    row(["Running"], "TurnEnded", "Stopping", (execution, { at }) =>
      execution.carrier._tag === "Session" ? stopping(execution, { _tag: "Clean" }, at) : null
    )
  ),
  when(
    "a session carries it",
    row(["Running"], "SessionGone", "Stopping", (execution, { at }) =>
      execution.carrier._tag === "Session" ? stopping(execution, { _tag: "Lost" }, at) : null
    )
  ),
  row(["Launching", "Running", "Limited"], "Stop", "Stopping", (execution, event) =>
    stopping(execution, stopped(event), event.at)
  ),
  row(["Verifying"], "Stop", "Stopping", ({ attempt, run }, event) => ({
    _tag: "Stopping",
    subject: { _tag: "Verifiers", attempt, run },
    carrier: null,
    ending: stopped(event),
    since: event.at
  })),
  when(
    "it is not armed",
    row(["Landing"], "Stop", "Stopping", ({ candidate, run, visit }, event) =>
      candidate === null
        ? {
            _tag: "Stopping",
            subject: { _tag: "Landing", run, visit },
            carrier: null,
            ending: stopped(event),
            since: event.at
          }
        : null
    )
  ),
  row(["Stopping"], "Stop", "Stopping", (execution, event) => {
    const ending = stopped(event)
    return strength(ending) > strength(execution.ending) ? { ...execution, ending } : execution
  }),

  row(["Idle"], "VerifyBegin", "Verifying", (_, { attempt }) => verifying(attempt)),
  when(
    "it is that verifier's turn",
    row(["Verifying"], "RunBegin", "Verifying", (execution, { index, run }) =>
      execution.index === index ? { ...execution, run, notBefore: null } : null
    )
  ),
  when(
    // Where a verifier ran, the list was not empty.
    "no verifier has run",
    end(["Verifying"], "NoVerifiers", "Passed", ({ index, run }, { at, work }) =>
      run === null && index === 0 ? { _tag: "Passed", verified: false, work, at } : null
    )
  ),

  row(["Idle"], "LandBegin", "Landing", (_, { at, base, run, visit }) => ({
    _tag: "Landing",
    run,
    visit,
    base,
    candidate: null,
    since: at
  })),
  when(
    "it is not armed",
    row(["Landing"], "Armed", "Landing", (execution, { candidate }) =>
      execution.candidate === null ? { ...execution, candidate } : null
    )
  ),

  row(["Idle", "Backoff"], "Reset", "Idle", () => idle),
  when(
    "its process is gone",
    row(["Limited"], "Reset", "Idle", ({ carrier }) => (carrier === null ? idle : null))
  ),

  ...ends
]

/** One arrow of the machine, and the change of stage that it brings. */
export interface Edge extends Table.Edge<Tag, Event.Tag> {
  readonly consequence: Consequence["_tag"] | null
}

export const edges: ReadonlyArray<Edge> = rows.flatMap((each) =>
  Table.edges([each]).map((edge) => ({ ...edge, consequence: each.consequence }))
)

const rowsOf = Table.index(rows)

const ignored: Step = { _tag: "Ignored" }

/** The next execution, and what it means for the stage. */
export const step = (execution: Execution, event: Event.ExecutionEvent): Step => {
  if (isAboutAnother(execution, event)) return ignored
  for (const each of rowsOf(execution._tag, event._tag)) {
    const next = taken(each, execution, event)
    if (next !== null) return next
  }
  return isLate(execution, event) ? ignored : { _tag: "IllegalExecution", execution, event }
}

/** One sentence for people. */
export const explain = (execution: Execution, event: Event.ExecutionEvent): string =>
  `${event._tag} means nothing while the execution is ${execution._tag}`

export type { Consequence, Step } from "./Row.ts"
