import * as Either from "effect/Either"
import { instruct } from "../../../core/stage/MergeFailureKind.ts"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { BlockReason } from "../../../core/stage/BlockReason.ts"
import type { Stage } from "../../../core/stage/Stage.ts"
import type { StageEvent } from "../../../core/stage/StageEvent.ts"
import { apply, type TaskEvent } from "../../../core/task/Apply.ts"
import { type Facts, freshVisit } from "../../../core/task/Facts.ts"
import { RunNumber } from "../../../core/task/Identifiers.ts"
import { record } from "../../../core/task/Record.ts"
import { type Task, Task as TaskCodec } from "../../../core/task/Task.ts"
import { flows, reasons, stageEvents, stages } from "../arbitraries/Examples.ts"
import { run } from "../arbitraries/Executions.ts"
import { submitted } from "../arbitraries/Tasks.ts"
import * as Words from "../arbitraries/Words.ts"

const visit = 4
const counted: Partial<Facts> = {
  feedbackNumber: 6,
  feedback: "what was said last",
  attemptsUsed: 2,
  failuresInARow: 3,
  launchFailuresInARow: 1,
  abortsInARow: 2,
  attemptsWithoutProgress: 1,
  respawnsWithoutCommit: 5,
  strikes: 2,
  qaRounds: 2,
  spentUsd: 3,
  budgetUsd: 4
}

/** A task in that stage, with counters that are not zero. */
const taskIn = (stage: Stage, flow = flows[0] ?? { qa: "server", merge: "none", start: "auto" }): Task => {
  const task = submitted(flow)
  return { ...task, stage, visit, revision: 9, facts: { ...task.facts, ...counted } }
}

const after = (task: Task, event: StageEvent): Task | null => {
  const result = apply(task, { _tag: "StageMoved", event })
  return Either.isRight(result) && result.right._tag === "Applied" ? result.right.task : null
}

/** Every step that a stage event makes, from every stage, in two flows that between them take every row. */
const steps = flows
  .filter(({ merge, qa, start }) => start === "auto" && (merge === "squash" ? qa === "agent" : qa === "human"))
  .flatMap((flow) =>
    stages.flatMap((stage) =>
      stageEvents.flatMap((event) => {
        const before = taskIn(stage, flow)
        const next = after(before, event)
        return next === null ? [] : [{ before, event, next }]
      })
    )
  )

/** What a person or a gate has said anew, so that older work does not answer it. */
const isSaidAnew = ({ stage }: Task, event: StageEvent): boolean => {
  switch (event._tag) {
    case "Start":
    case "SendBack":
    case "GatesFailed":
    case "FixupRequested":
    case "MergeFailed":
    case "Reopen":
      return true
    case "Retry":
      return stage._tag === "Coding"
    case "Unblock":
      return stage._tag === "Blocked" && ["NoCommits", "RetriesExhausted"].includes(stage.reason._tag)
    default:
      return false
  }
}

describe("visits", () => {
  it("STG-8 every entry of a stage is a new visit, a stage entered again included; freezing and unfreezing are none", () => {
    for (const { before, event, next } of steps) {
      const isSame = event._tag === "Freeze" || event._tag === "Unfreeze"
      expect(next.visit).toBe(isSame ? before.visit : before.visit + 1)
      expect(next.revision).toBe(before.revision + 1)
      expect(next.execution).toBe(before.execution)
    }
  })

  it("EXE-13 a completion of another visit is ignored in every stage: it is no error and leaves no row", () => {
    const late = stageEvents.flatMap((event): ReadonlyArray<TaskEvent> =>
      "visit" in event && event.visit !== null
        ? [visit - 1, visit + 1].map((other) => ({ _tag: "StageMoved", event: { ...event, visit: other } }))
        : []
    )
    expect(late.length).toBeGreaterThan(20)
    for (const stage of stages) {
      const task = taskIn(stage)
      const answers = new Set(late.map((event) => JSON.stringify(apply(task, event))))
      expect([...answers]).toEqual([JSON.stringify(Either.right({ _tag: "Ignored" }))])
      expect(record(task, late, "tick", { maxQaRounds: 3 })).toEqual(Either.right({ task, entries: [] }))
    }
  })

  it("EXE-3 a new visit begins with no attempt used and no failure in a row; a frozen one goes on counting", () => {
    for (const { before, event, next } of steps) {
      const isSame = event._tag === "Freeze" || event._tag === "Unfreeze"
      expect(next.facts).toMatchObject(isSame ? before.facts : freshVisit)
    }
  })

  it("EXE-15 the feedback number grows with what is said anew, by one, and with nothing else", () => {
    for (const { before, event, next } of steps) {
      const grown = isSaidAnew(before, event) ? 1 : 0
      expect(next.facts.feedbackNumber).toBe(before.facts.feedbackNumber + grown)
    }
  })

  it("EXE-15 what was said anew is what the next attempt is told; Start tells nothing yet", () => {
    for (const { before, event, next } of steps) {
      const isFailed = event._tag === "MergeFailed" && event.kind !== null
      const own = "feedback" in event ? event.feedback : before.facts.feedback
      const said = isFailed ? instruct(event.kind) : own
      const isUnblocked = event._tag === "Unblock" && before.stage._tag === "Blocked"
      if (isUnblocked) continue
      expect(next.facts.feedback).toBe(event._tag === "Start" ? null : said)
    }
  })
})

describe("counters of the whole task", () => {
  it("STG-9 strikes are carried in by the event, and cleared by being done, a retry, a demotion, a person's fixup", () => {
    for (const { before, event, next } of steps) {
      const clears =
        next.stage._tag === "Done" ||
        ["Retry", "Demote"].includes(event._tag) ||
        (event._tag === "FixupRequested" && event.by === "operator")
      const expected = event._tag === "MergeFailed" ? event.strikes : clears ? 0 : before.facts.strikes
      expect(next.facts.strikes).toBe(expected)
    }
  })

  it("STG-9 rounds of QA are counted when it sends work back, and cleared by being done or a retry", () => {
    for (const { before, event, next } of steps) {
      if (event._tag === "Unblock") continue
      const expected = event._tag === "GatesFailed" ? before.facts.qaRounds + 1 : before.facts.qaRounds
      expect(next.facts.qaRounds).toBe(next.stage._tag === "Done" || event._tag === "Retry" ? 0 : expected)
    }
  })

  it("STG-9 past the policy's rounds QA's no is followed by a block in the same change, and not one round before", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.nat(6), fc.string(), (maxQaRounds, qaRounds, feedback) => {
        const task = taskIn({ _tag: "Qa" })
        const before = { ...task, facts: { ...task.facts, qaRounds } }
        const event: TaskEvent = { _tag: "StageMoved", event: { _tag: "GatesFailed", visit, feedback } }
        const { entries, task: end } = Either.getOrThrow(record(before, [event], "tick", { maxQaRounds }))
        const isPast = qaRounds + 1 > maxQaRounds
        expect(entries.map(({ cause }) => cause)).toEqual(isPast ? ["tick", "consequence"] : ["tick"])
        const coding = { _tag: "Coding", feedback }
        expect(end.stage).toEqual(isPast ? { _tag: "Blocked", resumeTo: coding, reason: { _tag: "QaRounds" } } : coding)
      })
    )
  })

  it("STG-9 a person's word is refused while a landing is armed, and taken before and after", () => {
    const armed = {
      _tag: "Landing",
      run: RunNumber.make(1),
      visit,
      base: "main",
      candidate: "c0ffee",
      since: 0
    } as const
    const merge = taskIn({ _tag: "Merge", branch: "work", commitsAhead: 1, verified: true })
    const freeze: TaskEvent = { _tag: "StageMoved", event: { _tag: "Freeze" } }
    const frozen = (task: Task, cause: "operator" | "tick") => record(task, [freeze], cause, { maxQaRounds: 3 })
    expect(frozen({ ...merge, execution: armed }, "operator")).toEqual(Either.left({ _tag: "LandingArmed" }))
    expect(Either.isRight(frozen({ ...merge, execution: { ...armed, candidate: null } }, "operator"))).toBe(true)
    expect(Either.isRight(frozen(merge, "operator"))).toBe(true)
  })

  it("STG-3 Unblock clears what blocked, so that the next tick does not block it again", () => {
    const unblocked = (reason: BlockReason, budgetUsd: number | null): Facts | undefined =>
      after(taskIn({ _tag: "Blocked", resumeTo: { _tag: "Qa" }, reason }), { _tag: "Unblock", budgetUsd })?.facts
    for (const reason of reasons) {
      const facts = unblocked(reason, null)
      expect(facts).toMatchObject(freshVisit)
      expect(facts?.qaRounds).toBe(reason._tag === "QaRounds" ? 0 : 2)
      expect(facts?.budgetFromUsd).toBe(reason._tag === "OverBudget" ? 3 : 0)
      expect(facts?.budgetUsd).toBe(4)
      expect(unblocked(reason, 7)?.budgetUsd).toBe(reason._tag === "OverBudget" ? 7 : 4)
      const last = reason._tag === "RetriesExhausted" ? reason.lastFailure : null
      expect(facts?.feedback).toBe(last ?? "what was said last")
    }
  })

  it("STG-7 Demote sets the start to manual, so that nothing but a person's Start leads on; nothing else changes the flow", () => {
    for (const { before, event, next } of steps) {
      expect(next.flow).toEqual(event._tag === "Demote" ? { ...before.flow, start: "manual" } : before.flow)
    }
  })
})

describe("what fits a task", () => {
  const spec = submitted({ qa: "server", merge: "none", start: "auto" }).spec
  const anew: TaskEvent = {
    _tag: "Respecified",
    spec: { ...spec, prompt: "another" },
    flow: { qa: "agent", merge: "squash", start: "manual" },
    dependsOn: []
  }
  const say = (task: Task, ...events: ReadonlyArray<StageEvent>): Task =>
    Either.getOrThrow(
      record(
        task,
        events.map((event) => ({ _tag: "StageMoved", event })),
        "operator",
        { maxQaRounds: 3 }
      )
    ).task

  it("STO-5 a task is specified anew as long as it never started, held or not, and never after", () => {
    const backlog = submitted({ qa: "server", merge: "none", start: "auto" })
    const upcoming: Task = { ...backlog, stage: { _tag: "Upcoming" } }
    const block: StageEvent = { _tag: "Block", reason: { _tag: "Operator", text: "" } }
    const never = [
      backlog,
      upcoming,
      say(upcoming, { _tag: "Triage" }),
      say(backlog, { _tag: "Freeze" }),
      say(backlog, block, { _tag: "Unblock", budgetUsd: null })
    ]
    for (const task of never) {
      const result = apply(task, anew)
      expect(Either.isRight(result) && result.right).toMatchObject({
        _tag: "Applied",
        task: { spec: { prompt: "another" }, flow: { merge: "squash" }, stage: task.stage, visit: task.visit }
      })
    }
    const started = [
      say(backlog, { _tag: "Start" }),
      say(backlog, { _tag: "Start" }, { _tag: "Demote" }),
      say(backlog, { _tag: "Abandon", at: 1 }),
      say(backlog, { _tag: "Abandon", at: 1 }, { _tag: "Reopen", feedback: "" })
    ]
    for (const task of started) expect(apply(task, anew)).toEqual(Either.left({ _tag: "AlreadyStarted" }))
  })

  it("EXE-15 a landing begins in Merge alone, for this visit and with a new run, and is armed only while that is so", () => {
    const isTaken = (task: Task, event: TaskEvent): boolean => Either.isRight(apply(task, event))
    for (const stage of stages) {
      const task = taskIn(stage)
      const begin = (run: number, of: number): TaskEvent => ({
        _tag: "ExecutionMoved",
        event: { _tag: "LandBegin", run: RunNumber.make(run), visit: of, base: "main", at: 1 }
      })
      const isMerge = stage._tag === "Merge"
      expect(isTaken(task, begin(task.facts.nextRun, visit))).toBe(isMerge)
      expect(isTaken(task, begin(task.facts.nextRun, visit - 1))).toBe(false)
      const used: Task = { ...task, facts: { ...task.facts, nextRun: RunNumber.make(5) } }
      expect(isTaken(used, begin(4, visit))).toBe(false)

      const landing = (of: number): Task => ({
        ...task,
        execution: { _tag: "Landing", run, visit: of, base: "main", candidate: null, since: 1 }
      })
      const armed: TaskEvent = { _tag: "ExecutionMoved", event: { _tag: "Armed", run, candidate: "c" } }
      expect(isTaken(landing(visit), armed)).toBe(isMerge)
      expect(isTaken(landing(visit - 1), armed)).toBe(false)
    }
  })

  it("STG-1 whatever a task is and whatever happens to it, the answer is a task that can be stored, or a refusal", () => {
    fc.assert(
      fc.property(Words.task, Words.taskEvent, (task, event) => {
        const result = apply(task, event)
        if (Either.isLeft(result) || result.right._tag === "Ignored") return
        const [written, read] = Words.roundTrip(TaskCodec, result.right.task)
        expect(read).toEqual(written)
      }),
      { numRuns: 500 }
    )
  })
})
