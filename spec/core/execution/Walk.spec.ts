import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { attemptOf, isLive } from "../../../core/execution/Execution.ts"
import type { Flow } from "../../../core/task/Flow.ts"
import { flows } from "../arbitraries/Examples.ts"
import { submitted } from "../arbitraries/Tasks.ts"
import { type Moment, moves, Walk } from "../arbitraries/Walk.ts"
import { dueAt, table, wordOf } from "../oracles/ExecutionTable.ts"

/** Random lives of a task that has started; `look` is shown every move of each. */
const lives = (look: (walk: Walk, moment: Moment) => void): void => {
  fc.assert(
    fc.property(fc.constantFrom(...flows), moves(), (flow: Flow, life) => {
      const walk = new Walk(submitted(flow))
      look(walk, walk.take({ kind: "operator", n: 0 }))
      for (const move of life) look(walk, walk.take(move))
    })
  )
}

describe("a task among processes, crashes and people", () => {
  it("EXE-1 at most one attempt has anything alive, and it is the one the task knows", () => {
    lives((walk) => {
      const attempts = new Set(walk.alive.map(({ attempt }) => attempt))
      expect(attempts.size).toBeLessThanOrEqual(1)
      const known = attemptOf(walk.task.execution)?.number
      for (const attempt of attempts) expect(attempt).toBe(known)
    })
  })

  it("EXE-1 a launch is accepted exactly when nothing is live, it is due, and its number and visit are the next ones", () => {
    let accepted = 0
    let refused = 0
    lives(({ task }, { after, asked, before, isRefused }) => {
      if (asked?._tag !== "ExecutionMoved" || asked.event._tag !== "Launch") return
      const { attempt, at } = asked.event
      const isFree = table.Launch[wordOf(before.execution)] !== undefined && at >= dueAt(before.execution)
      const isNext = attempt.number >= before.facts.nextAttempt && attempt.visit === before.visit
      expect(isRefused).toBe(!(isFree && isNext))
      if (isRefused) {
        refused++
        expect(after).toBe(before)
      } else {
        accepted++
        expect(task.facts.nextAttempt).toBe(attempt.number + 1)
      }
    })
    expect([accepted > 20, refused > 20]).toEqual([true, true])
  })

  it("EXE-2 what is not live has nothing alive and nothing that could still start", () => {
    lives((walk) => {
      if (isLive(walk.task.execution)) return
      expect(walk.alive).toEqual([])
      expect(walk.startable).toEqual([])
    })
  })

  it("EXE-13 a completion that is delivered again, whenever and however often, changes nothing at all", () => {
    let late = 0
    // An intent that is repeated may be refused; a completion is no error, however late.
    const intents = ["Assign", "Launch", "VerifyBegin", "RunBegin", "LandBegin", "Armed"]
    lives((_, { after, asked, before, isRefused, move }) => {
      if (move.kind !== "late" || asked === null || asked._tag === "Respecified") return
      late++
      expect(after).toBe(before)
      if (!intents.includes(asked.event._tag)) expect(isRefused).toBe(false)
    })
    expect(late).toBeGreaterThan(20)
  })

  it("STG-8 completions delivered again leave the stage that one timely delivery left, and the ledger no longer", () => {
    fc.assert(
      fc.property(fc.constantFrom(...flows), moves(), (flow, life) => {
        const once = new Walk(submitted(flow))
        const often = new Walk(submitted(flow))
        for (const move of [{ kind: "operator", n: 0 } as const, ...life]) {
          once.take(move)
          often.take(move)
          for (const n of [move.n, move.n + 1, 0]) often.take({ kind: "late", n })
        }
        expect(often.task).toEqual(once.task)
        expect(often.entries).toHaveLength(once.entries.length)
      })
    )
  })

  it("EXE-14 no verifier runs beside an agent or another verifier, and none starts after its task was stopped", () => {
    let verifiers = 0
    lives((walk, { after, started }) => {
      const running = walk.alive.filter(({ run }) => run !== null)
      expect(running.length === 0 || walk.alive.length === 1).toBe(true)
      if (started === null || started.run === null) return
      verifiers++
      expect(after.execution).toMatchObject({ _tag: "Verifying", run: started.run })
    })
    expect(verifiers).toBeGreaterThan(10)
  })

  it("STG-7 nothing that is done about a task moves it back: an execution moves no stage but by its end", () => {
    const ends = ["VerifiedDead", "Verdict", "NoVerifiers", "LandEnded", "LaunchFailed"]
    lives((_, { after, asked, before }) => {
      if (asked?._tag !== "ExecutionMoved" || after.visit === before.visit) return
      expect(ends).toContain(asked.event._tag)
      expect(after.stage._tag).not.toBe("Backlog")
    })
  })

  it("EXE-1 what an attempt says on its way is no change of the task: no revision, no row", () => {
    lives((_, { after, asked, before }) => {
      if (asked?._tag !== "ExecutionMoved" || asked.event._tag !== "Progressed") return
      expect(after).toBe(before)
    })
  })
})
