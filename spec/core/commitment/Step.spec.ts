import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type Commitment, isIn, isOpenAt, status } from "../../../core/commitment/Commitment.ts"
import { Commitment as Codec } from "../../../core/commitment/Commitment.ts"
import type { CommitmentEvent } from "../../../core/commitment/CommitmentEvent.ts"
import { explain, rows, step } from "../../../core/commitment/Step.ts"
import * as Words from "../arbitraries/Words.ts"
import { commitment, commitmentOf, event, near, now, open } from "./Samples.ts"

const after = (commitment: Commitment, event: CommitmentEvent): Commitment | null =>
  Either.getOrNull(step(commitment, event))

/** Enough to walk every edge. */
const runs = { numRuns: Math.max(1000, (fc.readConfigureGlobal()?.numRuns ?? 100) * 10) }

/** Where an event leads an open commitment, in our own words; null: nowhere. */
const destination = (from: Commitment, event: CommitmentEvent): string | null => {
  if (!isIn(from, "Open")) return null
  const { deadline, expiresAt, saidAt, state } = from
  const counts = (at: number): boolean => saidAt < at && at < expiresAt
  switch (event._tag) {
    case "Restated":
      // The same words from before, told late, are what it was taken down from.
      if (event.at < saidAt && event.text === from.text && [null, deadline].includes(event.deadline)) return null
      return event.at < expiresAt ? "Open" : null
    case "Proved":
      return counts(event.evidence.at) ? "Delivered" : null
    case "Progressed": {
      const edits = [state.editedAt, event.editedAt !== null && counts(event.editedAt) ? event.editedAt : null]
      const passes = [
        state.passed?.at ?? null,
        event.passed !== null && counts(event.passed.at) ? event.passed.at : null
      ]
      const isFixed = edits.some((edit) => passes.some((pass) => edit !== null && pass !== null && edit < pass))
      const isFirst = edits[1] !== null && edits[1] !== undefined && edits[1] < (edits[0] ?? Infinity)
      const isLast = passes[1] !== null && passes[1] !== undefined && passes[1] > (passes[0] ?? -1)
      return isFixed ? "Delivered" : isFirst || isLast ? "Open" : null
    }
    case "Deliver":
      return "Delivered"
    case "Withdraw":
      return "Withdrawn"
    case "Nudged":
      return state.nudgedAt === null && state.escalatedAt === null ? "Open" : null
    case "Escalated":
      return state.escalatedAt === null ? "Open" : null
    case "Break":
      return deadline !== null && deadline <= event.at ? "Broken" : null
    case "Expire":
      return expiresAt <= event.at ? "Expired" : null
  }
}

describe("the table of commitments", () => {
  it("CLM-6 every event leads an open one where the table in our own words says, and nowhere else", () => {
    const walked = new Set<string>()
    fc.assert(
      fc.property(open, near, (from, event) => {
        const before = structuredClone([from, event])
        const next = after(from, event)
        expect(next?.state._tag ?? null).toBe(destination(from, event))
        expect([from, event]).toEqual(before)
        if (next !== null) walked.add(`${event._tag} ${next.state._tag}`)
      }),
      runs
    )
    const edges = rows.map(({ on, to }) => `${on} ${to}`)
    expect(edges.filter((edge) => !walked.has(edge))).toEqual([])
    expect([...walked].filter((edge) => !edges.includes(edge))).toEqual([])
    expect(new Set(rows.map(({ from }) => from))).toEqual(new Set(["Open"]))
  })

  it("CLM-6 one that has ended stays as it ended, whatever happens, and a person is told what it is", () => {
    fc.assert(
      fc.property(commitment, fc.oneof(event, near), (from, each) => {
        fc.pre(from.state._tag !== "Open")
        const result = step(from, each)
        expect(result).toEqual(Either.left({ _tag: "Unchanged", commitment: from, event: each }))
        if (Either.isLeft(result)) expect(explain(result.left)).toContain(`is ${status(from)}`)
      })
    )
  })

  it("CLM-6 nothing but its own saying changes what was promised, where, by whom, and until when it counts", () => {
    fc.assert(
      fc.property(open, near, (from, each) => {
        const next = after(from, each)
        if (next === null) return
        const { state: _, ...promised } = from
        if (each._tag === "Restated") {
          const { count, deadline, expiresAt, saidAt, text, ...kept } = promised
          expect(next).toMatchObject(kept)
          expect(next.expiresAt).toBeGreaterThanOrEqual(expiresAt)
          expect([count + 1, saidAt <= next.saidAt, deadline !== null && next.deadline === null]).toEqual([
            next.count,
            true,
            false
          ])
          expect(next.text).toBe(each.at >= saidAt ? "again" : text)
        } else expect(next).toMatchObject(promised)
      }),
      runs
    )
  })

  it("CLM-6 it is read back from what is stored as it was", () => {
    fc.assert(
      fc.property(commitment, (each) => {
        const [before, stored] = Words.roundTrip(Codec, each)
        expect(stored).toEqual(before)
      })
    )
  })

  it("CLM-6 its states have their names in what is stored, and their words in what is shown", () => {
    const evidence = { at: 1, what: "git push" }
    const states = [
      { _tag: "Open", nudgedAt: null, escalatedAt: 2, editedAt: null, passed: evidence },
      { _tag: "Delivered", at: 1, by: { _tag: "Evidence", evidence } },
      { _tag: "Delivered", at: 1, by: { _tag: "Person", note: null } },
      { _tag: "Withdrawn", at: 1, reason: "no more" },
      { _tag: "Expired", at: 1 },
      { _tag: "Broken", at: 2, deadline: 1 }
    ]
    const read = states.map((state) => Schema.decodeUnknownSync(Codec)({ ...commitmentOf(), state }))
    expect(read.map(({ state }) => state)).toEqual(states)
    expect(read.map(status)).toEqual(["open", "delivered", "delivered", "withdrawn", "expired", "broken"])
  })

  it("CLM-6 it counts while it is open and its time is not over, whether the end was recorded or not", () => {
    fc.assert(
      fc.property(fc.oneof(open, commitment), fc.integer({ min: 0, max: 13 }), (each, at) => {
        expect(isOpenAt(each, at)).toBe(status(each) === "open" && at < each.expiresAt)
      })
    )
  })

  it("CLM-6 what means nothing to an open one is refused in words that name both", () => {
    const expire: CommitmentEvent = { _tag: "Expire", at: now }
    expect(explain({ _tag: "Unchanged", commitment: commitmentOf(), event: expire })).toMatch(/Expire .* commitment 1 /)
  })
})

describe("how it ends", () => {
  it("CLM-7 what proved it, and when, stays with it", () => {
    const evidence = { at: now + 1, what: "git push origin" }
    expect(after(commitmentOf(), { _tag: "Proved", evidence })?.state).toEqual({
      _tag: "Delivered",
      at: now + 1,
      by: { _tag: "Evidence", evidence }
    })
  })

  it("CLM-6 a person's word, a reason, a deadline stay with it", () => {
    const promised = commitmentOf({ deadline: now + 5 })
    const states = [
      after(promised, { _tag: "Deliver", at: now + 1, note: "seen" }),
      after(promised, { _tag: "Withdraw", at: now + 2, reason: null }),
      after(promised, { _tag: "Break", at: now + 6 }),
      after(promised, { _tag: "Expire", at: promised.expiresAt })
    ].map((each) => each?.state)
    expect(states).toEqual([
      { _tag: "Delivered", at: now + 1, by: { _tag: "Person", note: "seen" } },
      { _tag: "Withdrawn", at: now + 2, reason: null },
      { _tag: "Broken", at: now + 6, deadline: now + 5 },
      { _tag: "Expired", at: promised.expiresAt }
    ])
  })

  it("CLM-7 a fix is an edit and a pass after it, in whichever order and how often they are told", () => {
    const sights = fc.array(
      fc.record({ _tag: fc.constant("Progressed" as const), at: fc.integer({ min: 1, max: 9 }), isPass: fc.boolean() }),
      { maxLength: 6 }
    )
    fc.assert(
      fc.property(sights, fc.nat(), fc.integer({ min: 0, max: 5 }), (told, seed, saidAt) => {
        const promised = commitmentOf({ verb: "fix", saidAt, expiresAt: 8 })
        const end = (order: typeof told): string =>
          order.reduce((each: Commitment, { at, isPass }) => {
            const passed = isPass ? { at, what: "npm test" } : null
            return after(each, { _tag: "Progressed", editedAt: isPass ? null : at, passed }) ?? each
          }, promised).state._tag
        const counting = told.filter(({ at }) => at > saidAt && at < 8)
        const isFixed = counting.some((a) => !a.isPass && counting.some((b) => b.isPass && b.at > a.at))
        const shuffled = told.toSorted((a, b) => ((a.at * seed) % 7) - ((b.at * seed) % 7))
        expect([end(told), end(shuffled), end([...told, ...told])]).toEqual(
          Array(3).fill(isFixed ? "Delivered" : "Open")
        )
      }),
      runs
    )
  })

  it("CLM-7 what was seen of a fix before it was promised again does not count", () => {
    const fix = commitmentOf({ verb: "fix" })
    const progress = (editedAt: number | null, passedAt: number | null): CommitmentEvent => ({
      _tag: "Progressed",
      editedAt,
      passed: passedAt === null ? null : { at: passedAt, what: "npm test" }
    })
    const again: CommitmentEvent = { _tag: "Restated", at: now + 5, text: "again", deadline: null, expiresAt: now + 9 }
    const run = (...events: ReadonlyArray<CommitmentEvent>): string =>
      events.reduce((each: Commitment, event) => after(each, event) ?? each, fix).state._tag
    expect(run(progress(now + 2, null), progress(null, now + 7))).toBe("Delivered")
    expect(run(progress(now + 2, null), again, progress(null, now + 7))).toBe("Open")
    expect(run(progress(now + 5, null), again, progress(null, now + 7))).toBe("Open")
    expect(run(progress(now + 6, null), again, progress(null, now + 7))).toBe("Delivered")
    expect(run(progress(null, now + 5), again, progress(now + 4, null))).toBe("Open")
    expect(run(progress(null, now + 7), again, progress(now + 6, null))).toBe("Delivered")
  })
})
