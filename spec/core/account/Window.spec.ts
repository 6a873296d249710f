/** The row of one account: what moves it, what it lets in, and what its tasks' ledgers mean to it. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  Account,
  type AccountEvent,
  type AttemptRef,
  open,
  pausedText,
  step,
  type Window
} from "../../../core/account/Account.ts"
import { changesAt, isTrial, refusal } from "../../../core/account/Admission.ts"
import { AttemptNumber, TaskId } from "../../../core/task/Identifiers.ts"
import { throughJson } from "../arbitraries/Words.ts"

const ref = (task: number): AttemptRef => ({ task: TaskId.make(task), attempt: AttemptNumber.make(1) })
const refs = fc.integer({ min: 1, max: 3 }).map(ref)

const event: fc.Arbitrary<AccountEvent> = fc.oneof(
  fc.nat(100).map((until) => ({ _tag: "LimitSeen", until }) as const),
  fc.nat(100).map((at) => ({ _tag: "AuthenticationFailed", at, why: "no" }) as const),
  fc.record({ _tag: fc.constant("Admitted" as const), attempt: refs, isTrial: fc.boolean() }),
  refs.map((attempt) => ({ _tag: "Proved", attempt }) as const),
  refs.map((attempt) => ({ _tag: "Gone", attempt }) as const),
  fc.nat(100).map((at) => ({ _tag: "Resumed", at }) as const)
)

const anyAccount: fc.Arbitrary<Account> = fc.record({
  id: fc.constant("a"),
  window: fc.oneof<fc.Arbitrary<Window>[]>(
    fc.constant({ _tag: "Open" }),
    fc.nat(100).map((until) => ({ _tag: "Limited", until })),
    fc.record({
      _tag: fc.constant("Canary" as const),
      until: fc.nat(100),
      canary: fc.integer({ min: 4, max: 6 }).map(ref)
    }),
    fc.integer({ min: 2, max: 9 }).map((width) => ({ _tag: "Ramp", width }))
  ),
  pause: fc.constantFrom(null, { since: 3, why: "no" })
})
const untilOf = ({ window }: Account): number | null =>
  window._tag === "Limited" || window._tag === "Canary" ? window.until : null

const circumstances = fc.record({ now: fc.nat(120), atWork: fc.nat(8), maxConcurrent: fc.integer({ min: 1, max: 8 }) })

describe("the window of an account", () => {
  it("TCK-10 a person is told why an account is paused, and how to let it go on", () => {
    expect(pausedText("claude", { since: 5, why: "the provider refused its credentials" })).toBe(
      "account claude is paused: the provider refused its credentials; mend that, then: drover resume-account claude"
    )
  })

  it("TCK-10 every event gives an account, always the same one, and JSON gives it back", () => {
    fc.assert(
      fc.property(anyAccount, event, (account, each) => {
        const before = structuredClone(account)
        const after = step(account, each)
        expect(step(account, each)).toEqual(after)
        expect(account).toEqual(before)
        expect(after.id).toBe(account.id)
        expect(throughJson(Account, after)).toEqual(after)
      })
    )
  })

  it("TCK-10 a limit only moves later, until a canary has shown that it is over or a person lifts it", () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), (events) => {
        let account = open("a")
        for (const each of events) {
          const before = untilOf(account)
          account = step(account, each)
          const after = untilOf(account)
          if (before === null || each._tag === "Resumed" || each._tag === "Proved") continue
          expect(after).not.toBeNull()
          expect(after).toBeGreaterThanOrEqual(before)
        }
      })
    )
  })

  it("TCK-10 from whatever it was, a hard limit lets nobody in before its end, and one alone after it", () => {
    fc.assert(
      fc.property(anyAccount, fc.nat(100), circumstances, (account, until, where) => {
        const limited = step({ ...account, pause: null }, { _tag: "LimitSeen", until })
        const end = untilOf(limited) ?? 0
        expect(end).toBeGreaterThanOrEqual(until)
        expect(refusal(limited, { ...where, now: end - 1 })).toEqual({ _tag: "Limited", until: end })
        expect(changesAt(limited, end - 1)).toBe(end)
        expect(refusal(limited, { ...where, now: end })).toBeNull()
        expect([changesAt(limited, end), isTrial(limited, where)]).toEqual([null, true])
        const trying = step(limited, { _tag: "Admitted", attempt: ref(1), isTrial: true })
        const waits = { _tag: "Canary", account: account.id, by: 1 }
        expect(refusal(trying, { ...where, now: end + 9 })).toEqual(waits)
        // Whatever becomes of others changes nothing.
        for (const _tag of ["Proved", "Gone"] as const) expect(step(trying, { _tag, attempt: ref(2) })).toBe(trying)
      })
    )
  })

  it("TCK-10 a canary that is gone without proof leaves its place to the next, and one that proved opens the ramp", () => {
    const limited = step(open("a"), { _tag: "LimitSeen", until: 50 })
    const trying = step(limited, { _tag: "Admitted", attempt: ref(1), isTrial: true })
    expect(step(trying, { _tag: "Gone", attempt: ref(1) })).toEqual(limited)
    expect(step(trying, { _tag: "Proved", attempt: ref(1) }).window).toEqual({ _tag: "Ramp", width: 2 })
    expect(step(trying, { _tag: "LimitSeen", until: 40 }).window).toEqual({ _tag: "Limited", until: 50 })
    expect(step(trying, { _tag: "LimitSeen", until: 60 }).window).toEqual({ _tag: "Limited", until: 60 })
  })

  it("TCK-10 in a ramp two work at once, one more for each that proved itself, and all once it is as wide as the fleet", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.nat(9), fc.nat(12), (limit, proofs, atWork) => {
        let account: Account = { ...open("a"), window: { _tag: "Ramp", width: 2 } }
        for (let n = 0; n < proofs; n++) account = step(account, { _tag: "Proved", attempt: ref(n + 1) })
        const width = 2 + proofs
        const where = { now: 0, atWork, maxConcurrent: limit }
        expect(isTrial(account, where)).toBe(width < limit)
        expect(refusal(account, where)).toEqual(
          width < limit && atWork >= width ? { _tag: "Ramp", account: "a", width, limit } : null
        )
        // Who is let in without a trial shows that there is no ramp any more.
        const next = step(account, { _tag: "Admitted", attempt: ref(1), isTrial: width < limit })
        expect(next.window._tag).toBe(width < limit ? "Ramp" : "Open")
      })
    )
  })

  it("TCK-10 a paused account lets nobody in at any time, and after it is resumed one goes first", () => {
    fc.assert(
      fc.property(anyAccount, fc.nat(100), circumstances, (account, at, where) => {
        const paused = step({ ...account, pause: null }, { _tag: "AuthenticationFailed", at, why: "no" })
        for (const now of [where.now, 1e12]) {
          expect(refusal(paused, { ...where, now })).toEqual({ _tag: "AccountPaused", account: account.id, why: "no" })
          expect(changesAt(paused, now)).toBeNull()
        }
        expect(step(paused, { _tag: "AuthenticationFailed", at: at + 9, why: "again" })).toBe(paused)
        const resumed = step(paused, { _tag: "Resumed", at })
        expect(resumed.pause).toBeNull()
        expect(["Limited", "Canary"]).toContain(resumed.window._tag)
        if (resumed.window._tag === "Limited") expect(resumed.window.until).toBeLessThanOrEqual(at)
        const again = step(resumed, { _tag: "Resumed", at: at + 1 })
        expect(again).toBe(resumed)
      })
    )
  })

  it("TCK-10 an account that nothing was heard of lets everybody in, and a person has nothing to resume there", () => {
    fc.assert(
      fc.property(circumstances, (where) => {
        expect([refusal(open("a"), where), isTrial(open("a"), where), changesAt(open("a"), 0)]).toEqual([
          null,
          false,
          null
        ])
      })
    )
    expect(step(open("a"), { _tag: "Resumed", at: 5 })).toEqual(open("a"))
  })

  it("TCK-10 the answer changes by time alone only when it was said to", () => {
    fc.assert(
      fc.property(anyAccount, circumstances, fc.nat(200), (account, where, later) => {
        const at = changesAt(account, where.now)
        const now = where.now + later
        const isSame = JSON.stringify(refusal(account, where)) === JSON.stringify(refusal(account, { ...where, now }))
        expect(isSame).toBe(at === null || now < at)
      })
    )
  })
})
