/** What is done about a promise that nobody keeps. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Commitment, Of } from "../../../core/commitment/Commitment.ts"
import { followThrough, type How, type SessionSeen } from "../../../core/commitment/FollowThrough.ts"
import { commitment, commitmentOf, hour, minute, now, open, policy } from "./Samples.ts"

const live: SessionSeen = { _tag: "Live" }
const unknown: SessionSeen = { _tag: "Unknown" }
const ended = (at: number, canResume = true): SessionSeen => ({ _tag: "Ended", at, canResume })

const with_ = (state: Partial<Of<"Open">>, changes: Parameters<typeof commitmentOf>[0] = {}): Commitment => {
  const promise = commitmentOf(changes)
  return { ...promise, state: { ...promise.state, ...state } }
}

const answer = (commitment: Commitment, session: SessionSeen, at: number, nudges = true) => {
  const { action, nextAt } = followThrough({ commitment, session }, { now: at, policy: { ...policy, nudges } })
  return [action?.how ?? null, nextAt]
}

describe("a promise that nothing shows to be kept", () => {
  const expiry = now + 6 * hour

  it("CLM-6 while its session lives, or it is not known whether it does, nothing is done until its time is over", () => {
    for (const session of [live, unknown]) {
      for (const promise of [commitmentOf(), with_({ nudgedAt: now }), commitmentOf({ deadline: now + 1 })]) {
        expect(answer(promise, session, now + hour)).toEqual([null, expiry])
        expect(answer(promise, session, expiry)).toEqual(["Expire", null])
      }
    }
  })

  it("CLM-6 its session ended: it is nudged once, then a person is told, then it expires", () => {
    const first = ended(now + 1)
    expect(answer(commitmentOf(), first, now + 2)).toEqual(["Nudge", expiry])
    const nudged = with_({ nudgedAt: now + 2 })
    // It may take a moment until it is seen again.
    expect(answer(nudged, first, now + 2)).toEqual([null, now + 2 + policy.nudgeGraceMs])
    expect(answer(nudged, ended(now + 2), now + 3)).toEqual([null, now + 2 + policy.nudgeGraceMs])
    expect(answer(nudged, live, now + 2 + policy.nudgeGraceMs)).toEqual([null, expiry])
    expect(answer(nudged, ended(now + 3), now + 3)).toEqual(["Escalate", expiry])
    expect(answer(nudged, first, now + 2 + policy.nudgeGraceMs)).toEqual(["Escalate", expiry])
    const told = with_({ nudgedAt: now + 2, escalatedAt: now + 3 })
    expect(answer(told, ended(now + 3), now + hour)).toEqual([null, expiry])
    expect(answer(told, ended(now + 3), expiry)).toEqual(["Expire", null])
  })

  it("CLM-6 where it can not be nudged, or may not be, a person is told at once", () => {
    expect(answer(commitmentOf(), ended(now + 1, false), now + 2)).toEqual(["Escalate", expiry])
    expect(answer(commitmentOf(), ended(now + 1), now + 2, false)).toEqual(["Escalate", expiry])
    expect(answer(with_({ escalatedAt: now + 2 }), ended(now + 1), now + 3)).toEqual([null, expiry])
  })

  it("CLM-6 a deadline that passes after its session ended is told to a person first, then it is broken", () => {
    const deadline = now + hour
    const promise = commitmentOf({ deadline })
    const gone = ended(now + 1, false)
    expect(answer(promise, gone, now + 2)).toEqual([null, deadline])
    expect(answer(promise, ended(now + 1), now + 2)).toEqual(["Nudge", deadline])
    expect(answer(promise, ended(now + 1), deadline)).toEqual(["Escalate", null])
    expect(answer(promise, gone, expiry + 1)).toEqual(["Escalate", null])
    const told = with_({ escalatedAt: now + 3 }, { deadline })
    expect(answer(told, gone, now + 4)).toEqual([null, deadline])
    expect(answer(told, gone, deadline)).toEqual(["Break", null])
    expect(answer(told, gone, expiry + 1)).toEqual(["Break", null])
    // Late, but at work on it.
    expect(answer(promise, live, deadline)).toEqual([null, expiry])
  })

  it("CLM-6 nothing is done about one that has ended", () => {
    fc.assert(
      fc.property(commitment, fc.constantFrom(live, unknown, ended(0)), fc.integer(), (each, session, at) => {
        fc.pre(each.state._tag !== "Open")
        expect(answer(each, session, at)).toEqual([null, null])
      })
    )
  })
})

const session: fc.Arbitrary<SessionSeen> = fc.oneof(
  fc.constantFrom(live, unknown),
  fc.record({ _tag: fc.constant("Ended" as const), at: fc.integer({ min: 0, max: 12 }), canResume: fc.boolean() })
)
const small = fc.record({ nudges: fc.boolean(), nudgeGraceMs: fc.integer({ min: 1, max: 5 }) })
const runs = { numRuns: (fc.readConfigureGlobal()?.numRuns ?? 100) * 5 }

describe("when it is asked again", () => {
  it("CLM-6 until the moment it names, and for ever where it names none, the answer is the same; at it, another", () => {
    fc.assert(
      fc.property(open, session, small, fc.integer({ min: -1, max: 18 }), (commitment, session, policy, at) => {
        const how = (moment: number): How | null =>
          followThrough({ commitment, session }, { now: moment, policy }).action?.how ?? null
        const { nextAt } = followThrough({ commitment, session }, { now: at, policy })
        for (let moment = at; moment < (nextAt ?? 30); moment += 0.5) expect(how(moment)).toBe(how(at))
        if (nextAt !== null) {
          expect(nextAt).toBeGreaterThan(at)
          expect(how(nextAt)).not.toBe(how(at))
        }
      }),
      runs
    )
  })

  it("CLM-6 what is done names the commitment, and is done to none but it", () => {
    fc.assert(
      fc.property(open, session, small, fc.integer({ min: 0, max: 18 }), (commitment, session, policy, now) => {
        const { action } = followThrough({ commitment, session }, { now, policy })
        if (action !== null) {
          expect(action).toEqual({ _tag: "FollowThrough", commitment: commitment.id, how: action.how })
        }
      }),
      runs
    )
  })
})

it("CLM-6 six hours, five of a topic and five minutes to come back are what holds where nothing else is said", () => {
  expect(policy).toEqual({ perTopicCap: 5, expiryMs: 6 * hour, nudges: true, nudgeGraceMs: 5 * minute })
})
