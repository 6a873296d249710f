import * as Either from "effect/Either"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Stage } from "../../../core/stage/Stage.ts"
import { TaskEvent } from "../../../core/task/Apply.ts"
import { fold, record } from "../../../core/task/Record.ts"
import { Task } from "../../../core/task/Task.ts"
import { flows } from "../arbitraries/Examples.ts"
import { submitted } from "../arbitraries/Tasks.ts"
import { moves } from "../arbitraries/Move.ts"
import { Walk } from "../arbitraries/Walk.ts"
import * as Words from "../arbitraries/Words.ts"

const policy = { maxQaRounds: 3 }

/** Few lives get far by chance: some begin where the work is to be landed. */
const beginnings: ReadonlyArray<Task> = flows.flatMap((flow) => {
  const task = submitted(flow)
  const stage: Stage = { _tag: "Merge", branch: "drover/42", commitsAhead: 1, verified: true }
  return flow.merge === "squash" ? [task, { ...task, stage }] : [task]
})

/** A random life, as its ledger tells it. */
const life: fc.Arbitrary<Walk> = fc.tuple(fc.constantFrom(...beginnings), moves()).map(([task, each]) => {
  const walk = new Walk(task)
  walk.take({ kind: "operator", n: 0 })
  for (const move of each) walk.take(move)
  return walk
})

const told = (walk: Walk): ReadonlyArray<TaskEvent> => walk.entries.map(({ event }) => event)

describe("the ledger", () => {
  it("TCK-9 a ledger folds to the stored task, and needs no policy for it", () => {
    const stages = new Set<string>()
    const causes = new Set<string>()
    fc.assert(
      fc.property(life, (walk) => {
        expect(fold(walk.created, told(walk))).toEqual(walk.task)
        for (const { after, cause } of walk.entries) {
          stages.add(after.stage._tag)
          causes.add(cause)
        }
      }),
      { numRuns: 300 }
    )
    // Lives that never left Coding would prove nothing.
    const wanted = ["Coding", "Qa", "ReviewHold", "Merge", "MergeFailure", "Blocked", "Frozen", "Done", "Abandoned"]
    expect(wanted.filter((stage) => !stages.has(stage))).toEqual([])
    expect([...causes].toSorted()).toEqual(["consequence", "tick"])
  })

  it("TCK-9 it folds to the same when it was written down and read again, row by row", () => {
    fc.assert(
      fc.property(life, (walk) => {
        const read = told(walk).map((event) => Words.throughJson(TaskEvent, event))
        expect(fold(Words.throughJson(Task, walk.created), read)).toEqual(walk.task)
        expect(Words.throughJson(Task, walk.task)).toEqual(walk.task)
      })
    )
  })

  it("TCK-9 each row is one revision, begins where the one before it ended, and names its cause", () => {
    fc.assert(
      fc.property(life, (walk) => {
        let before = walk.created
        for (const [i, entry] of walk.entries.entries()) {
          expect(entry.before).toBe(before)
          expect(entry.revision).toBe(i + 1)
          expect(entry.after.revision).toBe(i + 1)
          expect(["tick", "consequence"]).toContain(entry.cause)
          if (i === 0) expect(entry.cause).toBe("tick")
          before = entry.after
        }
        expect(before).toBe(walk.task)
      })
    )
  })

  it("TCK-9 a ledger that lacks a row, or has one twice, does not fold to the stored task", () => {
    fc.assert(
      fc.property(life, fc.nat(), (walk, n) => {
        const rows = told(walk)
        if (rows.length === 0) return
        const at = n % rows.length
        expect(fold(walk.created, rows.toSpliced(at, 1))).not.toEqual(walk.task)
        expect(fold(walk.created, rows.toSpliced(at, 0, ...rows.slice(at, at + 1)))).not.toEqual(walk.task)
      })
    )
  })

  it("TCK-9 a task, and every event that a ledger can hold, comes back from JSON as it was", () => {
    fc.assert(
      fc.property(Words.task, Words.taskEvent, (task, event) => {
        const [writtenTask, readTask] = Words.roundTrip(Task, task)
        expect(readTask).toEqual(writtenTask)
        const [writtenEvent, readEvent] = Words.roundTrip(TaskEvent, event)
        expect(readEvent).toEqual(writtenEvent)
      }),
      { numRuns: 200 }
    )
  })

  it("TCK-9 several events are one change: whole, or refused whole by the first that does not fit", () => {
    fc.assert(
      fc.property(life, fc.array(Words.taskEvent, { maxLength: 4 }), (walk, events) => {
        const { task } = walk
        const whole = record(task, events, "operator", policy)
        if (Either.isLeft(whole)) return
        let expected = task
        for (const event of events) expected = Either.getOrThrow(record(expected, [event], "operator", policy)).task
        expect(whole.right.task).toEqual(expected)
      })
    )
    const task = submitted({ qa: "server", merge: "none", start: "auto" })
    const start: TaskEvent = { _tag: "StageMoved", event: { _tag: "Start" } }
    expect(Either.isRight(record(task, [start], "operator", policy))).toBe(true)
    expect(Either.isLeft(record(task, [start, start], "operator", policy))).toBe(true)
  })

  it("TCK-9 recording changes nothing of the task it was given", () => {
    fc.assert(
      fc.property(Words.task, Words.taskEvent, (task, event) => {
        const before = structuredClone(task)
        record(task, [event], "tick", policy)
        expect(task).toEqual(before)
      })
    )
  })
})
