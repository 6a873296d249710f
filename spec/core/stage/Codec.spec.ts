import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { Execution } from "../../../core/execution/Execution.ts"
import { decode, encode, Stage } from "../../../core/stage/Stage.ts"
import { StageEvent } from "../../../core/stage/StageEvent.ts"
import { Verdict } from "../../../core/verify/Verdict.ts"
import { Verifier } from "../../../core/verify/Verifier.ts"
import { stages } from "../arbitraries/Examples.ts"
import * as Words from "../arbitraries/Words.ts"

const wireWords = [
  "upcoming",
  "backlog",
  "coding",
  "qa",
  "review_hold",
  "merge",
  "merge_failure",
  "merge_failure_final",
  "blocked",
  "frozen",
  "done",
  "abandoned",
  "superseded",
  "rejected",
  "archived"
]

const anyStage = Words.besides(...stages.map((stage): [Stage] => [stage]))

describe("the stored form of a stage", () => {
  it("STG-5 a stage comes back from its wire form whole, payload included", () => {
    fc.assert(
      fc.property(Words.stage, (stage) => {
        const [written, read] = Words.roundTrip(Stage, stage)
        expect(read).toEqual(written)
      }),
      anyStage
    )
  })

  it("STG-5 the wire form is told by one word, snake case of the name, and never by the tag", () => {
    fc.assert(
      fc.property(Words.stage, (stage) => {
        const wire = encode(stage)
        expect(wire.stage).toBe(stage._tag.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`).toLowerCase())
        expect(wireWords).toContain(wire.stage)
        expect(wire).not.toHaveProperty("_tag")
      }),
      anyStage
    )
    expect(new Set(stages.map((stage) => encode(stage).stage))).toEqual(new Set(wireWords))
    // What is put aside to be finished is no stage of its own, and has a word all the same.
    const finish = { _tag: "ReviewHold", resumeTo: { _tag: "Finish", verified: true }, reason: "look" } as const
    expect(encode(finish)).toMatchObject({ resumeTo: { stage: "finish", verified: true } })
  })

  it("STG-11 an unknown word is an error that shows it, at any depth, and never some stage by default", () => {
    fc.assert(
      fc.property(fc.string(), Words.resumable, (word, inner) => {
        fc.pre(!wireWords.includes(word))
        const unknown = { ...encode(inner), stage: word }
        for (const wire of [unknown, { stage: "frozen", resumeTo: unknown }]) {
          const result = decode(wire)
          expect(Either.isLeft(result)).toBe(true)
          if (Either.isLeft(result)) expect(result.left.message).toContain(JSON.stringify(word))
        }
      })
    )
  })

  it("STG-11 a stage without a part of its payload is an error that names the part", () => {
    fc.assert(
      fc.property(Words.stage, fc.nat(), (stage, n) => {
        const wire = encode(stage)
        const keys = Object.keys(wire)
        const missing = keys[n % keys.length]
        const result = decode(Object.fromEntries(Object.entries(wire).filter(([key]) => key !== missing)))
        expect(Either.isLeft(result)).toBe(true)
        if (Either.isLeft(result)) expect(result.left.message).toContain(`"${missing}"`)
      }),
      Words.besides(...stages.map((stage): [Stage, number] => [stage, Object.keys(encode(stage)).length - 1]))
    )
  })

  it("STG-2 a stored Merge or MergeFailure without a commit is refused", () => {
    const kind = { _tag: "EmptyDiff" }
    for (const stage of ["merge", "merge_failure", "merge_failure_final"]) {
      const wire = { stage, branch: "b", verified: true, kind, strikes: 1 }
      expect(Either.isRight(decode({ ...wire, commitsAhead: 1 }))).toBe(true)
      for (const commitsAhead of [0, -1, 0.5, null]) expect(Either.isLeft(decode({ ...wire, commitsAhead }))).toBe(true)
    }
  })

  it("STG-11 unknown words of events, executions, verifiers and verdicts are errors too", () => {
    const known = new Set(["PASS", "FAIL", "ERROR", "TIMEOUT", "LIMITED"])
    fc.assert(
      fc.property(fc.string(), Words.execution, Words.stageEvent, (word, execution, event) => {
        const isRefused = <A, I>(schema: Schema.Schema<A, I>, value: unknown): boolean =>
          Either.isLeft(Schema.decodeUnknownEither(schema)(value))
        const other = `${word}?`
        expect(isRefused(Execution, { ...execution, _tag: other })).toBe(true)
        expect(isRefused(StageEvent, { ...event, _tag: other })).toBe(true)
        expect(isRefused(Verifier, { _tag: other, command: "true", prompt: "x", agent: "a", timeoutMin: 1 })).toBe(true)
        expect(isRefused(Verdict, word)).toBe(!known.has(word))
      })
    )
  })
})
