import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { pipeline, status } from "../../../core/stage/Projection.ts"
import { Blocked, Frozen, ReviewHold, Stage } from "../../../core/stage/Stage.ts"
import type { StageEvent } from "../../../core/stage/StageEvent.ts"
import { transition } from "../../../core/stage/Transition.ts"
import * as Words from "../arbitraries/Words.ts"

/** Puts aside, stores, loads and takes up again; what came back, and what it was meanwhile. */
const thereAndBack = (
  flow: Parameters<typeof transition>[0],
  stage: Stage,
  aside: StageEvent,
  back: StageEvent
): { readonly held: Stage; readonly again: Stage } | null => {
  const held = transition(flow, stage, aside)
  if (Either.isLeft(held)) return null
  const loaded = Words.throughJson(Stage, held.right)
  return { held: held.right, again: Either.getOrThrow(transition(flow, loaded, back)) }
}

const approve: StageEvent = { _tag: "Approve", at: 7 }
const hold: StageEvent = { _tag: "HoldForReview", reason: "let me see" }
const block: StageEvent = { _tag: "Block", reason: { _tag: "Operator", text: "wait" } }
const unblock: StageEvent = { _tag: "Unblock", budgetUsd: null }

describe("holds", () => {
  it("STG-3 Unfreeze gives back exactly what Freeze put aside, stored and loaded in between", () => {
    fc.assert(
      fc.property(Words.flow, Words.freezable, (flow, stage) => {
        expect(thereAndBack(flow, stage, { _tag: "Freeze" }, { _tag: "Unfreeze" })?.again).toEqual(
          Words.throughJson(Stage, stage)
        )
      })
    )
  })

  it("STG-3 Unblock gives back exactly what Block put aside", () => {
    fc.assert(
      fc.property(Words.flow, Words.resumable, (flow, stage) => {
        expect(thereAndBack(flow, stage, block, unblock)?.again).toEqual(Words.throughJson(Stage, stage))
      })
    )
  })

  it("STG-3 Approve gives back exactly what HoldForReview put aside; Backlog alone can not be held", () => {
    fc.assert(
      fc.property(Words.flow, Words.resumable, (flow, stage) => {
        const result = thereAndBack(flow, stage, hold, approve)
        if (stage._tag === "Backlog") expect(result).toBeNull()
        else expect(result?.again).toEqual(Words.throughJson(Stage, stage))
      })
    )
  })

  it("STG-3 holds within holds are taken off in the reverse order", () => {
    fc.assert(
      fc.property(Words.flow, Words.resumable, (flow, stage) => {
        const aside = stage._tag === "Backlog" ? block : hold
        const back = stage._tag === "Backlog" ? unblock : approve
        const held = Either.getOrThrow(transition(flow, stage, aside))
        const frozen = thereAndBack(flow, held, { _tag: "Freeze" }, { _tag: "Unfreeze" })
        expect(Either.getOrThrow(transition(flow, frozen?.again ?? held, back))).toEqual(
          Words.throughJson(Stage, stage)
        )
      })
    )
  })

  it("STG-4 a frozen or blocked task stays in the column of what it holds, and its badge says that it is held", () => {
    fc.assert(
      fc.property(Words.flow, Words.freezable, (flow, stage) => {
        const frozen = Either.getOrThrow(transition(flow, stage, { _tag: "Freeze" }))
        expect([pipeline(frozen), status(frozen)]).toEqual([pipeline(stage), "frozen"])
        const blocked = transition(flow, stage, block)
        if (Either.isRight(blocked)) {
          expect([pipeline(blocked.right), status(blocked.right)]).toEqual([pipeline(stage), "blocked"])
        }
      })
    )
  })

  it("STG-4 a task held for review is in QA's column, wherever it came from", () => {
    fc.assert(
      fc.property(Words.flow, Words.resumable, (flow, stage) => {
        const held = transition(flow, stage, hold)
        if (Either.isRight(held)) expect([pipeline(held.right), status(held.right)]).toEqual(["qa", "review-hold"])
      })
    )
  })

  it("STG-1 no hold can be stored within one of its own kind", () => {
    fc.assert(
      fc.property(Words.resumable, (stage) => {
        const inner = Schema.encodeSync(Stage)(stage)
        const blocked = { stage: "blocked", resumeTo: inner, reason: { _tag: "NoProgress" } }
        const frozen = { stage: "frozen", resumeTo: inner }
        const held = { stage: "review_hold", resumeTo: inner, reason: "" }
        const isRefused = <A, I>(schema: Schema.Schema<A, I>, wire: unknown): boolean =>
          Either.isLeft(Schema.decodeUnknownEither(schema)(wire))
        for (const wire of [blocked, held, frozen]) {
          expect(isRefused(Blocked, { ...blocked, resumeTo: wire })).toBe(true)
          expect(isRefused(ReviewHold, { ...held, resumeTo: wire })).toBe(true)
        }
        expect(isRefused(Frozen, { ...frozen, resumeTo: frozen })).toBe(true)
        expect(isRefused(Frozen, { ...frozen, resumeTo: blocked })).toBe(false)
        expect(isRefused(Frozen, { ...frozen, resumeTo: held })).toBe(false)
      })
    )
  })
})
