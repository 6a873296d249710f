import * as Either from "effect/Either"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Attempt, Ending, Execution } from "../../../core/execution/Execution.ts"
import type { ExecutionEvent, Of } from "../../../core/execution/ExecutionEvent.ts"
import type { Role } from "../../../core/stage/Projection.ts"
import type { StageEvent } from "../../../core/stage/StageEvent.ts"
import { isCharged } from "../../../core/task/Apply.ts"
import { record } from "../../../core/task/Record.ts"
import type { Task } from "../../../core/task/Task.ts"
import { drive, type Fate } from "../arbitraries/Drive.ts"
import * as Example from "../arbitraries/Executions.ts"
import { submitted } from "../arbitraries/Tasks.ts"

const inPlace = { qa: "server", merge: "none", start: "auto" } as const
const policy = { maxQaRounds: 3 }

const move = (task: Task, event: ExecutionEvent): Task =>
  Either.getOrThrow(record(task, [{ _tag: "ExecutionMoved", event }], "tick", policy)).task
const say = (task: Task, ...events: ReadonlyArray<StageEvent>): Task =>
  Either.getOrThrow(
    record(
      task,
      events.map((event) => ({ _tag: "StageMoved", event })),
      "operator",
      policy
    )
  ).task

/** A task that works with what a person said last, and an attempt that was begun then or `ago` feedbacks and visits before. */
const told = (execution: (attempt: Attempt) => Execution, role: Role, ago = 0): Task => {
  const task = submitted(inPlace)
  const attempt: Attempt = { ...Example.attempt, role, visit: 8 - ago, feedbackNumber: 5 - ago }
  return {
    ...task,
    stage: { _tag: "Coding", feedback: "what a person said" },
    visit: 8,
    execution: execution(attempt),
    facts: { ...task.facts, feedbackNumber: 5, feedback: "what a person said", attemptsUsed: 1, failuresInARow: 1 }
  }
}

const stopping =
  (ending: Ending) =>
  (attempt: Attempt): Execution => ({
    _tag: "Stopping",
    subject: { _tag: "Agent", attempt },
    carrier: null,
    ending,
    since: 1
  })

const dead = (facts: Partial<typeof Example.facts>): ExecutionEvent => ({
  _tag: "VerifiedDead",
  attempt: Example.attempt.number,
  run: null,
  facts: { ...Example.facts, ...facts }
})

const verifying = (attempt: Attempt): Execution => ({
  _tag: "Verifying",
  attempt,
  index: 0,
  run: Example.run,
  passed: [],
  restarts: 0,
  notBefore: null
})

const verdict = (word: Of<"Verdict">["verdict"]): Of<"Verdict"> => ({
  _tag: "Verdict",
  attempt: Example.attempt.number,
  at: 1,
  index: 0,
  run: Example.run,
  verdict: word,
  last: true,
  tree: "t1",
  treeNow: "t1",
  headTree: null,
  work: null,
  resumeAt: null,
  costUsd: 0.5,
  failure: Example.failure
})

describe("what a judgement is bound to", () => {
  it("EXE-15 QA's pass is bound to the tree it saw and to the feedback its work answered, not to what was said since", () => {
    for (const ago of [0, 1, 2]) {
      const task = move(told(stopping({ _tag: "Clean" }), "qa", ago), dead({ qa: "PASS", tree: "t7" }))
      expect(task.facts.qaPassed).toEqual({ feedbackNumber: 5 - ago, tree: "t7" })
    }
    for (const qa of ["FAIL", null] as const) {
      expect(move(told(stopping({ _tag: "Clean" }), "qa"), dead({ qa })).facts.qaPassed).toBeNull()
    }
    expect(move(told(stopping({ _tag: "Lost" }), "qa"), dead({ qa: "PASS" })).facts.qaPassed).toBeNull()
    expect(move(told(stopping({ _tag: "Clean" }), "coder"), dead({ qa: "PASS" })).facts.qaPassed).toBeNull()
  })

  it("EXE-15 a verifier's judgement is bound the same way, and one of an earlier visit moves no stage", () => {
    for (const ago of [0, 1, 2]) {
      const bound = { feedbackNumber: 5 - ago, tree: "t1" }
      const passed = move(told(verifying, "coder", ago), verdict("PASS"))
      expect(passed.facts.passed).toEqual(bound)
      expect(passed.stage._tag).toBe(ago === 0 ? "Done" : "Coding")
      expect(move(told(verifying, "coder", ago), verdict("FAIL")).facts.failed).toEqual(bound)
    }
  })

  it("EXE-15 a merger whose work passed but left nothing to land is blocked: it asks for a person, not for a landing", () => {
    const failed: Task = {
      ...told(verifying, "merger"),
      stage: {
        _tag: "MergeFailure",
        branch: "b",
        commitsAhead: 1,
        verified: true,
        kind: { _tag: "EmptyDiff" },
        strikes: 1
      }
    }
    expect(move(failed, verdict("PASS")).stage).toMatchObject({ _tag: "Blocked", reason: { _tag: "NoCommits" } })
    const work = { branch: "b2", commitsAhead: 3 }
    expect(move(failed, { ...verdict("PASS"), work }).stage).toEqual({ _tag: "Merge", ...work, verified: true })
  })

  it("EXE-15 work counts for the feedback it was begun with, when it ended clean or moved HEAD, and QA's is no work", () => {
    for (const ending of Example.endings) {
      for (const moved of [true, false]) {
        for (const ago of [0, 1]) {
          for (const role of ["coder", "merger", "qa"] as const) {
            const { worked } = move(told(stopping(ending), role, ago), dead({ moved, qa: null })).facts
            const isWork = role !== "qa" && ago === 0 && (ending._tag === "Clean" || moved)
            expect(worked).toBe(isWork ? 5 : null)
          }
        }
      }
    }
  })

  it("EXE-15 whoever is begun after a pass may change every byte: the pass is forgotten", () => {
    const idle = { ...told(() => ({ _tag: "Idle" }), "coder"), visit: 4 }
    const passed: Task = { ...idle, facts: { ...idle.facts, passed: { feedbackNumber: 5, tree: "t1" } } }
    const launched = move(passed, { _tag: "Launch", attempt: Example.attempt, preparing: false, at: 1 })
    expect(launched.facts.passed).toBeNull()
    const assigned = move(passed, { _tag: "Assign", attempt: Example.attempt, messageId: "m", at: 1 })
    expect(assigned.facts.passed).toBeNull()
    const verified = move(passed, { _tag: "VerifyBegin", attempt: { ...Example.attempt, mode: "VerifyOnly" } })
    expect(verified.facts.passed).not.toBeNull()
  })

  it("EXE-13 what an attempt of an earlier visit says takes no place: not a person's words, not a count, not the stage", () => {
    for (const ending of Example.endings) {
      const before = told(stopping(ending), "coder", 1)
      const { facts, stage } = move(before, dead({ merge: "none" }))
      expect(facts).toMatchObject({ feedback: "what a person said", attemptsUsed: 1, failuresInARow: 1 })
      expect(stage).toEqual(before.stage)
    }
    for (const word of ["FAIL", "ERROR", "TIMEOUT"] as const) {
      const { facts } = move(told(verifying, "coder", 1), verdict(word))
      expect(facts).toMatchObject({ feedback: "what a person said", failuresInARow: 1 })
    }
  })

  it("EXE-3 an attempt is charged by how it worked and how it ended: the table, whole", () => {
    const free = ["Aborted", "Limited", "Operator", "StageChanged"]
    for (const ending of Example.endings) {
      for (const mode of ["Cold", "Warm", "CommitOnly", "VerifyOnly"] as const) {
        const attempt = { ...Example.attempt, mode }
        const why = ending._tag === "Stopped" ? ending.why : ending._tag
        const expected = (mode === "Cold" || mode === "Warm") && !free.includes(why)
        expect(isCharged(attempt, ending)).toBe(expected)
        const task = told((each) => stopping(ending)({ ...each, mode }), "coder")
        const { facts, visit } = move(task, dead({ merge: "none" }))
        // What blocks at once begins another visit.
        if (visit === task.visit) expect(facts.attemptsUsed).toBe(expected ? 2 : 1)
        else expect(why).toBe("OverBudget")
      }
    }
  })

  it("EXE-10 whatever is heard of a launched attempt ends the row of failed launches, and LaunchFailed alone prolongs it", () => {
    const launching = told((attempt) => ({ _tag: "Launching", attempt, since: 1, preparing: false }), "coder")
    const before: Task = { ...launching, facts: { ...launching.facts, launchFailuresInARow: 3 } }
    const heard = ["Started", "Adopted", "RateLimited", "Ended"]
    const met = new Set<string>()
    for (const event of Example.events) {
      const result = record(before, [{ _tag: "ExecutionMoved", event }], "tick", policy)
      if (Either.isLeft(result) || result.right.entries.length === 0) continue
      met.add(event._tag)
      if (result.right.task.visit !== before.visit) continue
      const expected = event._tag === "LaunchFailed" ? 4 : heard.includes(event._tag) ? 0 : 3
      expect(result.right.task.facts.launchFailuresInARow).toBe(expected)
    }
    expect([...met].toSorted()).toEqual([...heard, "LaunchFailed", "Stop"].toSorted())
  })

  it("EXE-9 money is counted once for each attempt and each run, whichever visit they are of; unknown is not zero", () => {
    const cost = fc.option(fc.integer({ min: 0, max: 1000 }))
    fc.assert(
      fc.property(cost, fc.nat(2), (costUsd, ago) => {
        const task = move(told(stopping({ _tag: "Lost" }), "coder", ago), dead({ costUsd }))
        expect(task.facts).toMatchObject({ spentUsd: costUsd ?? 0, hasUnknownCost: costUsd === null })
        expect(move(told(verifying, "coder", ago), { ...verdict("FAIL"), costUsd }).facts.spentUsd).toBe(costUsd ?? 0)
      })
    )
  })
})

const clean: Fate = { _tag: "Ends", how: { _tag: "Clean" } }
const qa = (word: "PASS" | "FAIL" | null): Fate => ({ _tag: "Ends", how: { _tag: "Clean" }, qa: word })
/** Nobody changes a byte: only what was said can make an old pass worthless. */
const tree = "always the same"

describe("the way past the gates", () => {
  it("EXE-15 after a person sent it back, nothing passes that was not worked since, though every byte is as it was", () => {
    const held = drive(submitted({ ...inPlace, qa: "human" }), { fates: [clean], tree })
    expect(held.task.stage).toMatchObject({ _tag: "ReviewHold", resumeTo: { _tag: "Finish", verified: true } })
    const back = say(held.task, { _tag: "SendBack", feedback: "shorter" })
    const waiting = drive(back, { fates: [], tree })
    expect([waiting.task.stage, waiting.verdicts]).toEqual([{ _tag: "Coding", feedback: "shorter" }, []])
    const again = drive(back, { fates: [clean], tree })
    expect([again.task.stage._tag, again.launched.length, again.verdicts]).toEqual(["ReviewHold", 1, ["PASS"]])
    expect(say(again.task, { _tag: "Approve", at: 9 }).stage).toMatchObject({ _tag: "Done", verified: true })
  })

  it("EXE-15 no task leaves Qa without QA's own pass for this work, and what QA failed is judged by QA again", () => {
    const flow = { ...inPlace, qa: "agent" } as const
    const inQa = drive(submitted(flow), { fates: [clean], tree })
    expect(inQa.task.stage._tag).toBe("Qa")
    expect(drive(inQa.task, { fates: [qa("PASS")], tree }).task.stage).toMatchObject({ _tag: "Done", verified: true })

    const silent = drive(inQa.task, { fates: [qa(null), qa(null), qa(null)], tree })
    expect(silent.task.stage).toMatchObject({ _tag: "Blocked", resumeTo: { _tag: "Qa" } })

    const failed = drive(inQa.task, { fates: [qa("FAIL")], tree })
    expect([failed.task.stage._tag, failed.task.facts.qaRounds]).toEqual(["Coding", 1])
    const reworked = drive(failed.task, { fates: [clean], tree })
    expect(reworked.task.stage._tag).toBe("Qa")
    expect(reworked.launched.map(({ role }) => role)).toEqual(["coder"])
    const judged = drive(reworked.task, { fates: [qa("PASS")], tree })
    expect([judged.task.stage._tag, judged.launched.map(({ role }) => role)]).toEqual(["Done", ["qa"]])
  })

  it("EXE-15 QA's pass is verified once more after it; a verifier that fails there sends the work back", () => {
    const inQa = drive(submitted({ ...inPlace, qa: "agent" }), { fates: [clean], tree })
    const failed = drive(inQa.task, { fates: [qa("PASS")], verdicts: ["FAIL"], tree })
    expect(failed.task.stage).toEqual({ _tag: "Coding", feedback: "verifier: FAIL" })
    expect(failed.task.facts.qaRounds).toBe(1)
  })

  it("EXE-15 QA that only ever sends back ends with a person, not in a loop", () => {
    const fates = Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? clean : qa("FAIL")))
    const end = drive(submitted({ ...inPlace, qa: "agent" }), { fates, tree })
    expect(end.task.stage).toMatchObject({ _tag: "Blocked", reason: { _tag: "QaRounds" } })
    expect(end.launched).toHaveLength(8)
  })

  it("STG-9 QA's last no and the block that follows it are one change, of three rows", () => {
    const begun = told(stopping({ _tag: "Clean" }), "qa")
    const before: Task = { ...begun, stage: { _tag: "Qa" }, facts: { ...begun.facts, qaRounds: policy.maxQaRounds } }
    const event = dead({ qa: "FAIL" })
    const { entries } = Either.getOrThrow(record(before, [{ _tag: "ExecutionMoved", event }], "tick", policy))
    expect(entries.map(({ cause }) => cause)).toEqual(["tick", "consequence", "consequence"])
    expect(entries.map(({ after }) => after.stage._tag)).toEqual(["Qa", "Coding", "Blocked"])
    expect(entries.at(-1)?.after.stage).toMatchObject({ reason: { _tag: "QaRounds" } })
  })

  it("EXE-15 a task without verifiers is done, and never called verified", () => {
    const end = drive(submitted(inPlace, { verify: [] }), { fates: [clean], tree })
    expect(end.task.stage).toMatchObject({ _tag: "Done", verified: false })
    expect(end.verdicts).toEqual([])
  })
})
