import * as Either from "effect/Either"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { isTerminal, pipeline, status } from "../../../core/stage/Projection.ts"
import type * as Stage from "../../../core/stage/Stage.ts"
import { Stage as StageCodec } from "../../../core/stage/Stage.ts"
import type { StageEvent } from "../../../core/stage/StageEvent.ts"
import { explain, legalFrom, rows, transition } from "../../../core/stage/Transition.ts"
import type { Flow } from "../../../core/task/Flow.ts"
import * as Edges from "../arbitraries/Edges.ts"
import { flows, stageEvents, stages } from "../arbitraries/Examples.ts"
import { explore, heldBacklog } from "../arbitraries/Explore.ts"
import * as Words from "../arbitraries/Words.ts"
import { destination, operatorEvents, pairs } from "../oracles/StageTable.ts"

const after = (flow: Flow, stage: Stage.Stage, event: StageEvent): Stage.Stage | null =>
  Either.getOrNull(transition(flow, stage, event))

const worlds = flows.map((flow) => ({ flow, ...explore(flow) }))

describe("the table of stages", () => {
  it("STG-1 every flow, stage and event goes where the table in our own words says, and nowhere else", () => {
    const wrong: Array<string> = []
    for (const flow of flows) {
      for (const stage of stages) {
        for (const event of stageEvents) {
          const expected = destination(flow, stage, event)
          const actual = after(flow, stage, event)?._tag ?? null
          if (actual !== expected) {
            wrong.push(`${JSON.stringify([flow, stage, event])}: ${actual} instead of ${expected}`)
          }
        }
      }
    }
    expect(wrong).toEqual([])
  })

  it("STG-1 whatever the payload, the answer is a stage of the table or a refusal that names stage and event", () => {
    fc.assert(
      fc.property(Words.flow, Words.stage, Words.stageEvent, (flow, stage, event) => {
        const result = transition(flow, stage, event)
        expect(Either.isRight(result) ? result.right._tag : null).toBe(destination(flow, stage, event))
        if (Either.isRight(result)) {
          const [written, read] = Words.roundTrip(StageCodec, result.right)
          expect(read).toEqual(written)
        } else {
          expect(result.left).toMatchObject({ _tag: "IllegalTransition", stage, event })
          expect(explain(result.left)).toContain(event._tag)
          expect(explain(result.left)).toContain(stage._tag)
        }
      })
    )
  })

  it("STG-1 the same question has the same answer, and asking changes neither stage nor event", () => {
    fc.assert(
      fc.property(Words.flow, Words.stage, Words.stageEvent, (flow, stage, event) => {
        const before = structuredClone([flow, stage, event])
        const first = transition(flow, stage, event)
        expect(transition(flow, stage, event)).toEqual(first)
        expect([flow, stage, event]).toEqual(before)
      })
    )
  })

  it("STG-1 what a refusal calls legal is what the table knows for that stage", () => {
    expect(new Map([...pairs.keys()].map((stage) => [stage, new Set(legalFrom(stage))]))).toEqual(pairs)
  })

  it("STG-1 the next stage says what its event said", () => {
    fc.assert(
      fc.property(Words.flow, Words.stage, Words.stageEvent, (flow, stage, event) => {
        const next = after(flow, stage, event)
        switch (event._tag) {
          case "GatesPassed":
            if (next?._tag === "Merge") expect(next).toEqual({ _tag: "Merge", ...event.work, verified: event.verified })
            if (next?._tag === "Done") {
              const { at, verified } = event
              expect(next).toEqual({ _tag: "Done", at, verified, landing: { _tag: "NothingToMerge" } })
            }
            if (next?._tag === "ReviewHold") expect(next.resumeTo).toMatchObject({ verified: event.verified })
            break
          case "MergeReady":
            if (next?._tag === "Merge") expect(next).toEqual({ _tag: "Merge", ...event.work, verified: event.verified })
            break
          case "MergeFailed":
          case "RecoveryExhausted":
            if (next?._tag !== "MergeFailure" && next?._tag !== "MergeFailureFinal") break
            expect(next).toMatchObject({ kind: event.kind, strikes: event.strikes })
            if ("branch" in stage) {
              const { branch, commitsAhead, verified } = stage
              expect(next).toMatchObject({ branch, commitsAhead, verified })
            }
            break
          case "GatesFailed":
          case "SendBack":
          case "FixupRequested":
          case "Reopen":
            if (next?._tag === "Coding") expect(next.feedback).toBe(event.feedback)
            break
          case "Start":
            if (next !== null) expect(next).toEqual({ _tag: "Coding", feedback: null })
            break
          case "Retry":
            if (next?._tag === "Merge" && "branch" in stage) {
              const { branch, commitsAhead, verified } = stage
              expect(next).toEqual({ _tag: "Merge", branch, commitsAhead, verified })
            } else if (next !== null) expect(next).toEqual(stage)
            break
          case "Supersede":
            if (next !== null) expect(next).toEqual({ _tag: "Superseded", at: event.at, by: event.by })
            break
          case "Reject":
            if (next !== null) expect(next).toEqual({ _tag: "Rejected", at: event.at, reason: event.reason })
            break
          case "Abandon":
            if (next !== null) expect(next).toEqual({ _tag: "Abandoned", at: event.at })
            break
          case "Archive":
            if (next !== null) expect(next).toEqual({ _tag: "Archived", at: event.at, from: stage._tag })
            break
          case "Landed":
            if (next !== null) {
              expect(next).toMatchObject({ at: event.at, landing: { _tag: "Merged", commit: event.commit } })
              if ("verified" in stage) expect(next).toMatchObject({ verified: stage.verified })
            }
            break
          default:
        }
      }),
      { numRuns: 500 }
    )
  })
})

describe("what can be reached", () => {
  it("STG-2 nothing in Merge, MergeFailure or MergeFailureFinal, held ones included, is without a commit of its own", () => {
    const inner = (stage: Stage.Stage): ReadonlyArray<unknown> =>
      "resumeTo" in stage
        ? stage.resumeTo._tag === "Finish"
          ? []
          : inner(stage.resumeTo)
        : pipeline(stage) === "merge"
          ? [stage]
          : []
    const landing = worlds.flatMap((world) => world.stages.flatMap(inner))
    expect(landing.length).toBeGreaterThan(0)
    for (const stage of landing) expect(stage).toMatchObject({ commitsAhead: 2, branch: "drover/7" })
  })

  it("STG-6 where a task squashes, Done means that a commit has landed; where it merges nothing, none ever has", () => {
    for (const { flow, stages } of worlds) {
      const landings = new Set(stages.flatMap((stage) => (stage._tag === "Done" ? [stage.landing._tag] : [])))
      expect([...landings]).toEqual([flow.merge === "squash" ? "Merged" : "NothingToMerge"])
    }
  })

  it("STG-6 Done neither holds nor shows a failure, and is verified only when its gates were", () => {
    for (const { stages } of worlds) {
      for (const stage of stages) {
        if (stage._tag !== "Done") continue
        expect(Object.keys(stage).toSorted()).toEqual(["_tag", "at", "landing", "verified"])
        expect([pipeline(stage), status(stage)]).toEqual(["done", "done"])
      }
    }
  })

  it("STG-6 work that no verifier has seen is never called verified, whichever way it goes", () => {
    const unverified = stageEvents.filter((event) => !("verified" in event) || !event.verified)
    for (const flow of flows) {
      const seen = new Set<string>()
      const open: Array<Stage.Stage> = [{ _tag: "Backlog" }]
      for (let stage = open.pop(); stage !== undefined; stage = open.pop()) {
        if (seen.has(JSON.stringify(stage))) continue
        seen.add(JSON.stringify(stage))
        for (const event of unverified) {
          const next = after(flow, stage, event)
          if (next !== null) open.push(next)
        }
      }
      expect([...seen].filter((stage) => stage.includes('"verified":true'))).toEqual([])
    }
  })

  it("STG-7 only Start leads from Backlog to Coding, and no completion leads back to Backlog", () => {
    for (const { steps } of worlds) {
      for (const { event, next, stage } of steps) {
        if (stage._tag === "Backlog" && next._tag === "Coding") expect(event._tag).toBe("Start")
        if ("visit" in event) expect(next._tag).not.toBe("Backlog")
      }
    }
  })

  it("STG-9 from every stage that is not terminal some operator event leads out, and from Archived no event does", () => {
    for (const { stages, steps } of worlds) {
      const left = new Set(
        steps.flatMap(({ event, next, stage }) =>
          next._tag !== stage._tag && operatorEvents.includes(event._tag) ? [JSON.stringify(stage)] : []
        )
      )
      expect(stages.filter((stage) => !isTerminal(stage) && !left.has(JSON.stringify(stage)))).toEqual([])
      expect(steps.filter(({ stage }) => stage._tag === "Archived")).toEqual([])
    }
  })

  it("STG-9 the runs of these properties take every edge of the table, and no edge beside it", () => {
    // Only one edge of the type is never walked from the beginning.
    const held = flows.map((flow) => ({ flow, steps: stageEvents.map((event) => ({ stage: heldBacklog, event })) }))
    const taken = new Set(
      [...worlds, ...held].flatMap(({ flow, steps }) =>
        steps.map(({ event, stage }) => Edges.ofStageEvent({ flow, stage }, event)).filter((edge) => edge !== null)
      )
    )
    expect(Edges.ofStages.filter((edge) => !taken.has(edge))).toEqual([])
    expect([...taken].filter((edge) => !Edges.ofStages.includes(edge))).toEqual([])
  })

  it("STG-1 a row that names no condition refuses nothing: what its table shows is all there is to it", () => {
    fc.assert(
      fc.property(Words.flow, Words.stage, Words.stageEvent, (flow, stage, event) => {
        const [row] = rows.filter(({ from, on }) => on === event._tag && from.includes(stage._tag))
        if (row?.when === null) expect(row.apply(stage, event, flow)).not.toBeNull()
      }),
      { numRuns: 1000 }
    )
  })
})
