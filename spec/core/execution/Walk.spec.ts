import fc from "fast-check"
import { beforeAll, describe, expect, it } from "vitest"
import { attemptOf, isLive } from "../../../core/execution/Execution.ts"
import { fold } from "../../../core/task/Record.ts"
import * as Edges from "../arbitraries/Edges.ts"
import { beginnings, type Life, tour } from "../arbitraries/Tour.ts"
import { moves } from "../arbitraries/Move.ts"
import { type Moment, Walk } from "../arbitraries/Walk.ts"
import * as Words from "../arbitraries/Words.ts"
import { dueAt, table, wordOf } from "../oracles/ExecutionTable.ts"

let toured: ReadonlyArray<Life> = []

/** For a machine that is busy with other things; on an idle one it takes less than a second. */
const tourLimitMs = 60_000

beforeAll(() => {
  toured = tour(fc.readConfigureGlobal()?.seed ?? 0)
}, tourLimitMs)

/** The lives of these properties: some that together take every edge, and random ones. */
const parameters = (): fc.Parameters<[...Life]> => Words.besides(...toured.map((life): [...Life] => [...life]))

/** `look` is shown every move of each life. */
const lives = (look: (walk: Walk, moment: Moment) => void): void => {
  fc.assert(
    fc.property(fc.constantFrom(...beginnings), moves(), (beginning, life) => {
      const walk = new Walk(beginning)
      for (const move of life) look(walk, walk.take(move))
    }),
    parameters()
  )
}

/** How often these lives take each edge. */
const counted = (): ReadonlyMap<string, number> => {
  const taken = new Map<string, number>()
  lives((_, moment) => {
    for (const edge of Edges.taken(moment)) taken.set(edge, (taken.get(edge) ?? 0) + 1)
  })
  return taken
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
      fc.property(fc.constantFrom(...beginnings), moves(), (beginning, life) => {
        const once = new Walk(beginning)
        const often = new Walk(beginning)
        for (const move of life) {
          once.take(move)
          often.take(move)
          for (const n of [move.n, move.n + 1, 0]) often.take({ kind: "late", n })
        }
        expect(often.task).toEqual(once.task)
        expect(often.entries).toHaveLength(once.entries.length)
      }),
      parameters()
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

  it("EXE-1 these lives take every edge of the table of executions, whatever the seed, and no edge beside it", () => {
    const taken = counted()
    expect(new Set(Edges.ofExecutions).size).toBe(Edges.ofExecutions.length)
    expect(Edges.ofExecutions.filter((edge) => !taken.has(edge))).toEqual([])
    const drawn = new Set([...Edges.ofStages, ...Edges.ofExecutions])
    expect([...taken.keys()].filter((edge) => !drawn.has(edge))).toEqual([])
  })

  it("TCK-9 along every edge, the ledger of a life folds to the task that it left", () => {
    for (const [beginning, life] of toured) {
      const walk = new Walk(beginning)
      for (const move of life) walk.take(move)
      const told = walk.entries.map(({ event }) => event)
      expect(fold(beginning, told)).toEqual(walk.task)
    }
  })

  it("STG-9 these lives take every edge of the table of stages, whatever the seed", () => {
    const taken = counted()
    expect(new Set(Edges.ofStages).size).toBe(Edges.ofStages.length)
    expect(Edges.ofStages.filter((edge) => !taken.has(edge))).toEqual([])
  })
})
