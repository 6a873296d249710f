import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  atStop,
  mostInChain,
  mostMessages,
  mostText,
  quietMs,
  settle,
  settleMs,
  type Standing,
  type Stop
} from "../../../core/mailbox/AtStop.ts"
import { anyDelivery, anyMail, anyText, delivery, message, work } from "./Mail.ts"

const stop = (options: Partial<Stop> = {}): Stop => ({
  session: "s1",
  at: 3000,
  isContinuation: false,
  said: null,
  ...options
})

const standing = (options: Partial<Standing> = {}): Standing => ({
  last: null,
  isHolder: true,
  waiting: [message()],
  orphan: null,
  ...options
})

const anyStop: fc.Arbitrary<Stop> = fc
  .record({ isContinuation: fc.boolean(), said: fc.option(anyText) })
  .map((options) => stop(options))

const anyStanding: fc.Arbitrary<Standing> = fc.record({
  last: fc.option(anyDelivery),
  isHolder: fc.boolean(),
  waiting: anyMail,
  orphan: fc.option(anyDelivery.map((each) => ({ ...each, id: 9, session: "s0", endedAt: null, confirmedAt: null })))
})

describe("a stop of a session", () => {
  it("MBX-1 a fresh delivery takes what waits, the oldest first and none twice, as much as fits and at least one", () => {
    fc.assert(
      fc.property(anyStanding, anyStop, (standing, stop) => {
        const { given } = atStop(standing, stop)
        if (given._tag !== "Fresh") return
        const { messages } = given
        expect(messages).toEqual(standing.waiting.slice(0, messages.length))
        expect(messages.length).toBeGreaterThan(0)
        expect(messages.length).toBeLessThanOrEqual(mostMessages)
        const length = messages.reduce((sum, { text }) => sum + text.length, 0)
        if (messages.length > 1) {
          expect(length).toBeLessThanOrEqual(mostText)
          expect(messages.every(({ work }) => work === null)).toBe(true)
        }
        expect(given.hop).toBe(Math.max(...messages.map(({ hop }) => hop)))
        const next = standing.waiting[messages.length]
        if (next === undefined || next.work !== null || messages[0]?.work !== null) return
        expect(messages.length === mostMessages || length + next.text.length > mostText).toBe(true)
      })
    )
  })

  it("MBX-1 what was handed over and not seen is handed over again, as the same delivery, and nothing beside it", () => {
    fc.assert(
      fc.property(anyStanding, anyStop, (standing, stop) => {
        const { last } = standing
        if (last === null) return
        const isLost = last.endedAt === null && last.confirmedAt === null && !stop.isContinuation
        const { ended, given } = atStop(standing, stop)
        if (!isLost) {
          expect(given._tag === "Again" && given.delivery.id === last.id).toBe(false)
          return
        }
        expect(ended).toBeNull()
        expect(given).toEqual({
          _tag: "Again",
          delivery: { ...last, at: stop.at, chain: 1, printed: last.printed + 1 }
        })
      })
    )
  })

  it("MBX-1 a turn that a delivery made ends at the next stop, once, with the last words", () => {
    const said = "VERDICT: PASS"
    const ends = { confirmedAt: 3000, endedAt: 3000, said }
    const last = delivery()
    const cases = [
      [last, stop({ isContinuation: true, said }), { ...last, ...ends }],
      [delivery({ confirmedAt: 2100 }), stop({ said }), { ...last, ...ends, confirmedAt: 2100 }],
      [delivery({ confirmedAt: 2100 }), stop({ isContinuation: true, said }), { ...last, ...ends, confirmedAt: 2100 }],
      [delivery({ confirmedAt: 2100, endedAt: 2200 }), stop({ isContinuation: true, said }), null]
    ] as const
    for (const [last, stop, ended] of cases) expect(atStop(standing({ last }), stop).ended).toEqual(ended)
  })

  it("MBX-1 what a session was given that is over without having seen it goes to the next one, as the same delivery", () => {
    const orphan = delivery({ id: 3, session: "s0", at: 500 })
    const { given } = atStop(standing({ orphan }), stop())
    expect(given).toEqual({
      _tag: "Again",
      delivery: { ...orphan, session: "s1", at: 3000, chain: 1, printed: 2 }
    })
    expect(atStop(standing({ orphan, isHolder: false }), stop()).given).toEqual({ _tag: "Nothing", why: "NoRole" })
    const last = delivery({ endedAt: 2500, chain: mostInChain })
    const full = atStop(standing({ orphan, last }), stop({ isContinuation: true }))
    expect(full.given).toEqual({ _tag: "Nothing", why: "Chain" })
  })

  it("MBX-2 deliveries follow each other without a pause only so often, whatever waits", () => {
    fc.assert(
      fc.property(fc.array(anyMail, { minLength: 12, maxLength: 12 }), (mail) => {
        let last: Standing["last"] = null
        let row = 0
        for (const waiting of mail) {
          const { ended, given } = atStop(standing({ last, waiting }), stop({ isContinuation: row > 0 }))
          last = ended ?? last
          row = given._tag === "Fresh" ? row + 1 : 0
          expect(row).toBeLessThanOrEqual(mostInChain)
          if (given._tag !== "Fresh") continue
          expect(given.chain).toBe(row)
          last = delivery({ chain: given.chain })
        }
      })
    )
    const last = delivery({ chain: mostInChain })
    expect(atStop(standing({ last }), stop({ isContinuation: true })).given).toEqual({ _tag: "Nothing", why: "Chain" })
    const pause = delivery({ chain: mostInChain, endedAt: 2500 })
    expect(atStop(standing({ last: pause }), stop()).given).toMatchObject({ _tag: "Fresh", chain: 1 })
    // Another program's hook has made this turn.
    expect(atStop(standing(), stop({ isContinuation: true })).given).toMatchObject({ _tag: "Fresh", chain: 1 })
  })

  it("MBX-2 stop words wake nobody, and ride with what does; a person's courtesy may be waited for", () => {
    const given = (...waiting: Standing["waiting"]) => atStop(standing({ waiting }), stop()).given
    const thanks = message({ id: "m2", text: "Thanks!" })
    const nothing = { _tag: "Nothing", why: "NoMail" }
    expect(given()).toEqual(nothing)
    expect(given(thanks, message({ text: "**OK**" }))).toEqual(nothing)
    expect(given(thanks, message())).toMatchObject({ _tag: "Fresh", messages: [thanks, message()] })
    expect(given({ ...thanks, from: "operator" })).toMatchObject({ _tag: "Fresh" })
    expect(given(message({ from: "operator", text: "stop" }))).toEqual(nothing)
    expect(given(message({ text: "stop", work }))).toMatchObject({ _tag: "Fresh" })
  })

  it("MBX-2 a session that takes its leave is given no more conversation in that turn, but work", () => {
    const last = delivery()
    const given = (said: string, isContinuation: boolean, waiting = [message()]) =>
      atStop(standing({ last, waiting }), stop({ said, isContinuation })).given
    expect(given("No reply needed.", true)).toEqual({ _tag: "Nothing", why: "StopWord" })
    expect(given("Thanks!", true)).toMatchObject({ _tag: "Fresh" })
    expect(given("No reply needed.", true, [message({ work })])).toMatchObject({ _tag: "Fresh" })
    const apart = atStop(standing(), stop({ said: "stop" })).given
    expect(apart).toMatchObject({ _tag: "Fresh" })
  })

  it("MBX-3 a burst is waited for until it is quiet, and never longer than the limit in all", () => {
    fc.assert(
      fc.property(
        anyMail,
        fc.integer({ min: 0, max: 6000 }),
        fc.integer({ min: 0, max: 2000 }),
        (mail, now, waited) => {
          const ms = settle(mail, now, waited)
          expect(ms).toBeGreaterThanOrEqual(0)
          expect(ms).toBeLessThanOrEqual(quietMs)
          if (waited >= settleMs) expect(ms).toBe(0)
          if (ms > 0) expect(waited + ms).toBeLessThanOrEqual(settleMs)
        }
      )
    )
    const burst = [message({ at: 900 }), message({ at: 1000 })]
    expect(settle(burst, 1000, 0)).toBe(quietMs)
    expect(settle(burst, 1050, 0)).toBe(quietMs - 50)
    expect(settle(burst, 1000 + quietMs, 0)).toBe(0)
    expect(settle(burst, 1000, settleMs - 10)).toBe(10)
    // A clock that was set back: the message is of the future.
    expect(settle(burst, 0, 0)).toBe(quietMs)
    expect(settle([message({ work, at: 1000 })], 1000, 0)).toBe(0)
    expect(settle([], 1000, 0)).toBe(0)
    expect(
      settle(
        Array.from({ length: mostMessages }, () => message()),
        1000,
        0
      )
    ).toBe(0)
  })
})
