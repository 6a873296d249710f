/**
 * What a batch came to: per task its state, attempts, time, cost and what was verified; who has to act, and how.
 */
import * as Effect from "effect/Effect"
import type { AttemptRecord } from "../../core/execution/AttemptRecord.ts"
import { isTerminal } from "../../core/stage/Projection.ts"
import type { Task } from "../../core/task/Task.ts"
import type { Verification } from "../../core/verify/Verification.ts"
import type { StoreError } from "../store/Store.ts"
import { ofState, paint } from "./Colour.ts"
import * as ExitCode from "./ExitCode.ts"
import type { Seen } from "../view/FleetView.ts"
import * as Moment from "../view/Moment.ts"
import * as Money from "../view/Money.ts"
import type { StoreService } from "../store/Store.ts"
import * as Tally from "./Tally.ts"
import * as TaskRow from "./TaskRow.ts"
import * as TaskJson from "../view/TaskJson.ts"
import { cut, oneLine, pad, width } from "./Text.ts"
import * as Verbs from "../operator/Verbs.ts"

export interface TaskSummary {
  readonly seen: Seen
  /** Attempts in which an agent worked. */
  readonly attempts: number
  /** From the first attempt to the end of the last thing done; null before the first. */
  readonly elapsedMs: number | null
  readonly cost: Money.Cost
  /** The checks that passed on the work that counts. */
  readonly passed: ReadonlyArray<{ readonly verifier: string; readonly attempt: number }>
  /** Done, but nothing has checked it. */
  readonly isUnverified: boolean
}

const isVerified = ({ stage }: Task): boolean => stage._tag === "Done" && stage.verified

/** The checks of the last attempt that passed any, the latest run of each. */
const passedOf = (verifications: ReadonlyArray<Verification>): TaskSummary["passed"] => {
  const passes = verifications.filter(({ verdict }) => verdict === "PASS")
  const attempt = passes.at(-1)?.attempt
  const last = new Map(passes.filter((each) => each.attempt === attempt).map((each) => [each.index, each]))
  return [...last.values()]
    .toSorted((a, b) => a.index - b.index)
    .map((each) => ({ verifier: each.title, attempt: each.attempt }))
}

const summarize = (
  seen: Seen,
  attempts: ReadonlyArray<AttemptRecord>,
  verifications: ReadonlyArray<Verification>,
  now: number
): TaskSummary => {
  const { task } = seen
  const worked = attempts.filter(({ attempt }) => attempt.mode !== "VerifyOnly")
  const [first] = attempts
  const isOver = task.execution._tag === "Idle"
  const ends = [...attempts, ...verifications].map(({ endedAt }) => endedAt ?? (isOver ? 0 : now))
  return {
    seen,
    attempts: worked.length,
    elapsedMs: first === undefined ? null : Math.max(first.createdAt, ...ends) - first.createdAt,
    // What runs has not said yet what it costs.
    cost: { ...TaskJson.costOf(task), ...(isOver ? {} : { isUnknown: true }) },
    passed: isVerified(task) ? passedOf(verifications) : [],
    isUnverified: task.stage._tag === "Done" && !task.stage.verified
  }
}

/** Reads what the summary of each task needs. */
export const read = (
  store: StoreService,
  rows: ReadonlyArray<Seen>,
  now: number
): Effect.Effect<ReadonlyArray<TaskSummary>, StoreError> =>
  Effect.forEach(rows, (seen) =>
    Effect.gen(function* () {
      const attempts = yield* store.attempts(seen.task.id)
      return summarize(seen, attempts, yield* store.verifications(seen.task.id), now)
    })
  )

const needsPerson = ({ seen: { person, task } }: TaskSummary): boolean =>
  person !== null || (!isTerminal(task.stage) && Verbs.nextCommand(task) !== null)

/** 0 all done, else 5 if any needs a person, else 1. */
export const exitCode = (tasks: ReadonlyArray<TaskSummary>): number => {
  if (tasks.every(({ seen }) => seen.state === "DONE")) return ExitCode.done
  return tasks.some(needsPerson) ? ExitCode.person : ExitCode.failed
}

/** One check as it is shown: the first line of its command, not longer than a line. */
const command = (verifier: string): string => `\`${cut(oneLine(verifier), 60)}\``

/** Where it has landed, and as what. */
const landing = ({ seen: { task } }: TaskSummary): string | null =>
  task.stage._tag === "Done" && task.stage.landing._tag === "Merged"
    ? `landed on ${task.spec.target?.branch ?? "its branch"} as ${task.stage.landing.commit.slice(0, 12)}`
    : null

const verdict = ({ isUnverified, passed, seen }: TaskSummary): string | null => {
  if (isUnverified) return "done, unverified: no verifier looked at it"
  if (seen.state !== "DONE") return null
  const attempt = passed[0]?.attempt
  return attempt === undefined
    ? null
    : `verified: ${passed.map(({ verifier }) => command(verifier)).join(", ")} passed on attempt ${attempt}`
}

const remarks = (summary: TaskSummary): ReadonlyArray<string> => {
  const { person, stuckOn, task, waiting } = summary.seen
  const said = verdict(summary)
  const landed = landing(summary)
  const next = isTerminal(task.stage) ? null : Verbs.nextCommand(task)
  const ended = task.stage._tag === "Rejected" || task.stage._tag === "Superseded" ? TaskRow.note(summary.seen) : null
  return [
    ...(said === null ? [] : [said]),
    ...(landed === null ? [] : [landed]),
    ...(ended === null ? [] : [ended]),
    ...(person === null ? [] : [`needs a person: ${oneLine(person)}`]),
    ...(stuckOn === null ? [] : [`stuck on #${stuckOn}`]),
    ...(person === null && stuckOn === null && waiting !== null ? [waiting] : []),
    ...(next === null ? [] : [`go on with: ${next}`])
  ]
}

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`

/** The lines of a summary. */
export const render = (
  tasks: ReadonlyArray<TaskSummary>,
  elapsedMs: number,
  hasColour: boolean
): ReadonlyArray<string> => {
  const names = Math.max(0, ...tasks.map(({ seen }) => width(seen.task.spec.name)))
  const ids = Math.max(0, ...tasks.map(({ seen }) => String(seen.task.id).length + 1))
  const lines = tasks.flatMap((summary) => {
    const { attempts, cost, elapsedMs, seen } = summary
    const { state, task } = seen
    const facts = [
      plural(attempts, "attempt"),
      ...(elapsedMs === null ? [] : [Moment.length(elapsedMs)]),
      ...(attempts === 0 ? [] : [`cost ${Money.show(cost)}`])
    ].join(", ")
    const word = pad(state, 11)
    const head = `${pad(`#${task.id}`, ids, "right")} ${pad(task.spec.name, names)}  ${hasColour ? paint(word, ofState(state)) : word}  ${facts}`
    return [head, ...remarks(summary).map((remark) => `${" ".repeat(ids + 3)}${remark}`)]
  })
  const cost = Money.sum(tasks.map((each) => each.cost))
  return [
    ...lines,
    "",
    `${Tally.line(tasks.map(({ seen }) => seen))}, in ${Moment.length(elapsedMs)}, cost ${Money.show(cost)}`
  ]
}

/** For programs. */
export const toJson = (summary: TaskSummary) => ({
  ...TaskJson.toJson(summary.seen),
  attempts: summary.attempts,
  elapsed_ms: summary.elapsedMs,
  verified: summary.isUnverified ? false : summary.passed.length > 0 ? true : null,
  verified_by: summary.passed,
  next_command: isTerminal(summary.seen.task.stage) ? null : Verbs.nextCommand(summary.seen.task)
})
