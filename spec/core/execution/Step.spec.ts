import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { attemptOf, type Execution, holdsSlot, isLive, visitOf } from "../../../core/execution/Execution.ts"
import type { ExecutionEvent } from "../../../core/execution/ExecutionEvent.ts"
import { explain, rows, step } from "../../../core/execution/Step.ts"
import { AttemptNumber, RunNumber } from "../../../core/task/Identifiers.ts"
import { aim, aimed, endings, events, executions, now, process, runOf } from "../arbitraries/Executions.ts"
import * as Words from "../arbitraries/Words.ts"
import { dueAt, lateWhileStopping, live, placed, table, type Word, wordOf } from "../oracles/ExecutionTable.ts"

const begins = ["Assign", "Launch", "VerifyBegin", "LandBegin"]

/** Where the table leads; none: it stays where it is. */
const destinations = (execution: Execution, event: ExecutionEvent): ReadonlyArray<Word> => {
  if ((event._tag === "Launch" || event._tag === "Assign") && event.at < dueAt(execution)) return []
  // A limit of a launch that nobody has seen has no process to hold on to.
  const isUnseen = event._tag === "RateLimited" && event.process === null && execution._tag === "Launching"
  // Without a run there is nothing that a verdict could be about.
  const isOfNoRun = event._tag === "Verdict" && execution._tag === "Verifying" && execution.run === null
  const isListed =
    event._tag === "NoVerifiers" && execution._tag === "Verifying" && (execution.run !== null || execution.index > 0)
  // Only what an account waits for can prove anything, and only once.
  const isNoTrial = event._tag === "Sustained" && !("trial" in execution)
  return isUnseen || isOfNoRun || isListed || isNoTrial ? [] : (table[event._tag][wordOf(execution)] ?? [])
}

const after = (execution: Execution, event: ExecutionEvent): Execution | null => {
  const result = step(execution, event)
  return result._tag === "Next" ? result.execution : null
}

describe("the table of executions", () => {
  it("EXE-1 every state and event go where the table in our own words says, and nowhere else", () => {
    const wrong: Array<string> = []
    for (const execution of executions) {
      for (const each of events) {
        const event = aim(each, execution)
        const expected = destinations(execution, event)
        const next = after(execution, event)
        if (next === null ? expected.length > 0 : !expected.includes(wordOf(next))) {
          wrong.push(`${wordOf(execution)} + ${event._tag}: ${next && wordOf(next)} instead of ${expected}`)
        }
      }
    }
    expect(wrong).toEqual([])
  })

  it("EXE-1 every edge of the table is one that the examples walk", () => {
    const walked = new Set<string>()
    for (const execution of executions) {
      for (const each of events) {
        const next = after(execution, aim(each, execution))
        if (next !== null) walked.add(`${wordOf(execution)} · ${each._tag}`)
      }
    }
    const drawn = Object.entries(table).flatMap(([event, moves]) =>
      Object.keys(moves).map((word) => `${word} · ${event}`)
    )
    expect(drawn.filter((edge) => !walked.has(edge))).toEqual([])
  })

  it("EXE-1 whatever they carry, an event about an execution leads where the table says or nowhere, always the same", () => {
    fc.assert(
      fc.property(aimed, ([execution, event]) => {
        const before = structuredClone([execution, event])
        const result = step(execution, event)
        expect(step(execution, event)).toEqual(result)
        expect([execution, event]).toEqual(before)
        if (result._tag === "Next") expect(destinations(execution, event)).toContain(wordOf(result.execution))
        if (result._tag === "IllegalExecution") {
          expect(result).toMatchObject({ execution, event })
          expect(explain(execution, event)).toContain(event._tag)
          expect(explain(execution, event)).toContain(execution._tag)
        }
      }),
      { numRuns: 1000 }
    )
  })

  it("EXE-1 a row that names no condition refuses nothing that is about its execution: the table shows all there is to it", () => {
    let asked = 0
    fc.assert(
      fc.property(aimed, ([execution, event]) => {
        const [row] = rows.filter(({ from, on }) => on === event._tag && from.includes(execution._tag))
        if (row?.when !== null || step(execution, event)._tag === "Ignored") return
        asked++
        expect(row.apply(execution, event)).not.toBeNull()
      }),
      { numRuns: 1000 }
    )
    expect(asked).toBeGreaterThan(20)
  })

  it("EXE-1 nothing begins while something is live: a launch, an assignment, a verification, a landing", () => {
    fc.assert(
      fc.property(aimed, ([execution, event]) => {
        const next = after(execution, event)
        if (next !== null && begins.includes(event._tag)) expect(isLive(execution)).toBe(false)
      }),
      { numRuns: 1000 }
    )
    for (const execution of executions) {
      for (const event of events) {
        if (begins.includes(event._tag) && live.has(wordOf(execution))) expect(after(execution, event)).toBeNull()
      }
    }
  })

  it("EXE-1 live is what may have something alive, and all of it but a landing takes a place, as a waiting message does", () => {
    fc.assert(
      fc.property(Words.execution, (execution) => {
        expect(isLive(execution)).toBe(live.has(wordOf(execution)))
        expect(holdsSlot(execution)).toBe(placed.has(wordOf(execution)))
      }),
      Words.besides(...executions.map((execution): [Execution] => [execution]))
    )
  })

  it("EXE-1 an execution is about one attempt and one visit, those it was begun with, for as long as it is live", () => {
    fc.assert(
      fc.property(aimed, ([execution, event]) => {
        const next = after(execution, event)
        if (next === null || !isLive(execution) || !isLive(next)) return
        expect(attemptOf(next)).toEqual(attemptOf(execution))
        expect(visitOf(next)).toBe(visitOf(execution))
      }),
      { numRuns: 1000 }
    )
  })
})

describe("the way out of a live state", () => {
  /** The ends that need no proof: what they end has ended itself, or was never started. */
  const ownEnds: { readonly [word: string]: ReadonlyArray<string> } = {
    Launching: ["LaunchFailed"],
    Verifying: ["Verdict", "NoVerifiers"],
    Landing: ["LandEnded"],
    Armed: ["LandEnded"]
  }

  it("EXE-2 only the proof of death leads out, or the end of a verdict, of a landing, or of a launch that never was", () => {
    const check = (execution: Execution, event: ExecutionEvent): void => {
      const next = after(execution, event)
      if (next === null || !isLive(execution) || isLive(next)) return
      const allowed = execution._tag === "Stopping" ? ["VerifiedDead"] : (ownEnds[wordOf(execution)] ?? [])
      expect(allowed).toContain(event._tag)
    }
    for (const execution of executions) for (const event of events) check(execution, aim(event, execution))
    fc.assert(
      fc.property(aimed, ([execution, event]) => check(execution, event)),
      { numRuns: 1000 }
    )
  })

  it("EXE-2 no end of an agent and no stop of anything is believed at once: it is Stopping, with its ending, first", () => {
    for (const execution of executions) {
      for (const event of events) {
        const next = after(execution, aim(event, execution))
        if (next === null || execution._tag === "Stopping") continue
        if (event._tag === "Stop") expect(next).toMatchObject({ _tag: "Stopping", ending: { why: event.why } })
        if (event._tag === "Ended") expect(next).toMatchObject({ _tag: "Stopping", ending: { _tag: event.how._tag } })
        if (event._tag === "TurnEnded") expect(next).toMatchObject({ _tag: "Stopping", ending: { _tag: "Clean" } })
        if (event._tag === "SessionGone") expect(next).toMatchObject({ _tag: "Stopping", ending: { _tag: "Lost" } })
        // What must be proved dead is not forgotten.
        if (next._tag === "Stopping" && "carrier" in execution) expect(next.carrier).toEqual(execution.carrier)
      }
    }
  })

  it("EXE-2 while it stops, what comes late is ignored, and only proof or a stronger reason changes anything", () => {
    for (const execution of executions) {
      if (execution._tag !== "Stopping") continue
      for (const each of events) {
        const event = aim(each, execution)
        const result = step(execution, event)
        if (lateWhileStopping.includes(event._tag)) expect(result._tag).toBe("Ignored")
        if (result._tag === "Next") expect(["Stop", "VerifiedDead"]).toContain(event._tag)
      }
    }
  })

  it("EXE-2 of several reasons to stop the strongest counts: operator, stage, a limit of the task, retry, its own end", () => {
    const rank = (ending: (typeof endings)[number]): number => {
      if (ending._tag !== "Stopped") return 0
      return { Retry: 1, OverBudget: 2, OverTime: 2, OverTurns: 2, Inactive: 2, StageChanged: 3, Operator: 4 }[
        ending.why
      ]
    }
    for (const execution of executions) {
      if (execution._tag !== "Stopping") continue
      for (const ending of endings) {
        if (ending._tag !== "Stopped") continue
        const event: ExecutionEvent = { _tag: "Stop", attempt: null, run: null, why: ending.why, at: now }
        const expected = rank(ending) > rank(execution.ending) ? ending : execution.ending
        expect(after(execution, aim(event, execution))).toEqual({ ...execution, ending: expected })
      }
    }
  })

  it("EXE-2 an armed landing can not be stopped: the base may move at any moment", () => {
    const armed = executions.filter((execution) => wordOf(execution) === "Armed")
    expect(armed.length).toBeGreaterThan(0)
    for (const execution of armed) {
      const stop: ExecutionEvent = { _tag: "Stop", attempt: null, run: runOf(execution), why: "Operator", at: now }
      expect(step(execution, stop)._tag).toBe("IllegalExecution")
    }
  })
})

describe("events about something else", () => {
  /** The same event about another attempt, or another landing; none for what begins something and for Reset. */
  const aboutAnother = (execution: Execution, event: ExecutionEvent, by: number): ReadonlyArray<ExecutionEvent> => {
    const attempt = AttemptNumber.make((attemptOf(execution)?.number ?? 0) + by)
    const run = RunNumber.make((runOf(execution) ?? 0) + by)
    switch (event._tag) {
      case "Assign":
      case "Launch":
      case "VerifyBegin":
      case "LandBegin":
      case "Reset":
        return []
      case "Armed":
      case "LandEnded":
        return [{ ...event, run }]
      case "Stop":
      case "VerifiedDead":
        return [
          { ...event, attempt },
          { ...event, attempt: null, run }
        ]
      default:
        return [{ ...event, attempt }]
    }
  }

  it("EXE-13 an event that names another attempt or another landing is Ignored in every state", () => {
    fc.assert(
      fc.property(aimed, fc.integer({ min: 1, max: 9 }), ([execution, event], by) => {
        for (const each of aboutAnother(execution, event, by)) {
          expect(step(execution, each)).toEqual({ _tag: "Ignored" })
        }
      }),
      { numRuns: 500 }
    )
    for (const execution of executions) {
      for (const event of events) {
        for (const each of aboutAnother(execution, aim(event, execution), 1)) {
          expect(step(execution, each)).toEqual({ _tag: "Ignored" })
        }
      }
    }
  })

  it("EXE-13 a verdict of another run, or of another place in the list, is Ignored", () => {
    fc.assert(
      fc.property(aimed, fc.integer({ min: 1, max: 9 }), ([execution, event], by) => {
        if (execution._tag !== "Verifying" || event._tag !== "Verdict") return
        expect(step(execution, { ...event, run: RunNumber.make(event.run + by) })._tag).toBe("Ignored")
        expect(step(execution, { ...event, index: event.index + by })._tag).toBe("Ignored")
      }),
      { numRuns: 2000 }
    )
  })

  it("EXE-13 the proof that an agent is dead does not end the stop of a verifier that came after it", () => {
    for (const execution of executions) {
      if (execution._tag !== "Stopping" || execution.subject._tag !== "Verifiers" || execution.subject.run === null)
        continue
      const proof = events.find((event) => event._tag === "VerifiedDead")
      if (proof !== undefined) expect(step(execution, proof)).toEqual({ _tag: "Ignored" })
    }
  })
})

describe("the provider's limits", () => {
  const limit = (resumeAt: number): ExecutionEvent =>
    aim({ _tag: "RateLimited", attempt: AttemptNumber.make(3), at: now, resumeAt, process }, { _tag: "Idle" })

  it("EXE-5 the time of a limit only moves later, before and after the process is gone", () => {
    fc.assert(
      fc.property(Words.execution, fc.integer({ min: 0, max: 10_000 }), (execution, resumeAt) => {
        const next = after(execution, aim(limit(resumeAt), execution))
        if (next?._tag !== "Limited") return
        const known = execution._tag === "Limited" ? execution.resumeAt : resumeAt
        expect(next.resumeAt).toBe(Math.max(known, resumeAt))
      }),
      Words.besides(...executions.flatMap((each) => [500, 5_000].map((at): [Execution, number] => [each, at])))
    )
  })

  it("EXE-5 an exit for a limit does not bring forward what an earlier limit said", () => {
    const limited = executions.filter((each) => each._tag === "Limited")
    for (const execution of limited) {
      for (const resumeAt of [0, 500, 9_000]) {
        const event: ExecutionEvent = aim(
          { _tag: "Ended", attempt: AttemptNumber.make(3), at: now, how: { _tag: "Limited", resumeAt } },
          execution
        )
        const next = after(execution, event)
        if (next?._tag !== "Stopping") continue
        expect(next.ending).toEqual({ _tag: "Limited", resumeAt: Math.max(resumeAt, execution.resumeAt) })
      }
    }
  })

  it("EXE-6 the time that an attempt waited for a limit is not time of its own", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.nat(1e6), fc.nat(1e6), (since, worked, waited) => {
        const running = executions.find((each) => wordOf(each) === "Running, process")
        if (running?._tag !== "Running") return
        const at = since + worked
        const limited = after(
          { ...running, since },
          { _tag: "RateLimited", attempt: running.attempt.number, at, resumeAt: at + waited, process }
        )
        const again = after(limited ?? running, {
          _tag: "LimitLifted",
          attempt: running.attempt.number,
          at: at + waited
        })
        expect(again).toEqual({ ...running, since: since + waited })
      })
    )
  })
})
