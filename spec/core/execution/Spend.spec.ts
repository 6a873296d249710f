/** What attempts cost, from totals that programs report in whatever way they count. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  add,
  begin,
  type Basis,
  costOf,
  Meter,
  type Price,
  report,
  type Report,
  unused
} from "../../../core/execution/Spend.ts"
import { throughJson } from "../arbitraries/Words.ts"

/** Quarters, so that sums are exact. */
const money = fc.integer({ min: 0, max: 400 }).map((quarters) => quarters / 4)
const tokens = fc.record({ input: fc.nat(900), output: fc.nat(900), cacheRead: fc.nat(900), cacheWrite: fc.nat(900) })
const price: Price = { input: 4, output: 16, cacheRead: 0.5, cacheWrite: 8 }

/** What one turn of a conversation cost, and whether the program ends after it. */
const turn = fc.record({ costUsd: money, isLast: fc.boolean(), isTold: fc.boolean() })
const bases = fc.constantFrom<Basis>("conversation", "run")

/** The costs of the attempts of one conversation; each tells at its end, and at some turns before. */
const attemptsOf = (
  turns: ReadonlyArray<{ readonly costUsd: number; readonly isLast: boolean; readonly isTold: boolean }>,
  basis: Basis,
  session: string | null
): ReadonlyArray<number | null> => {
  const costs: Array<number | null> = []
  let meter = unused
  let total = 0
  for (const [at, { costUsd, isLast, isTold }] of turns.entries()) {
    total += costUsd
    const isOver = isLast || at === turns.length - 1
    if (isTold || isOver) meter = throughJson(Meter, report(meter, { session, costUsd: total, tokens: null }))
    if (!isOver) continue
    costs.push(costOf(meter, null))
    meter = begin(meter, basis)
    if (basis === "run") total = 0
  }
  return costs
}

const sum = (costs: ReadonlyArray<number | null>): number => costs.reduce<number>((all, cost) => all + (cost ?? 0), 0)

it("EXE-9 steps that are reported one by one cost together what the whole does, in money and in tokens", () => {
  const steps = fc.array(fc.record({ costUsd: fc.option(money), tokens: fc.option(tokens) }), { maxLength: 8 })
  const sum = (a: number, b: number | null): number => a + (b ?? 0)
  fc.assert(
    fc.property(steps, fc.boolean(), (told, inMoney) => {
      const reports = told.map((step) => (inMoney ? { ...step, tokens: null } : { ...step, costUsd: null }))
      const meter = reports.reduce((before, step) => throughJson(Meter, add(before, { session: "s", ...step })), unused)
      const isKnown = reports.some(({ costUsd, tokens }) => costUsd !== null || tokens !== null)
      const spent = reports.reduce((total, { costUsd, tokens }) => {
        const used =
          tokens === null ? null : tokens.input * 4 + tokens.output * 16 + tokens.cacheRead / 2 + tokens.cacheWrite * 8
        return sum(sum(total, costUsd), used === null ? null : used / 1e6)
      }, 0)
      const cost = costOf(meter, price)
      expect(cost === null).toBe(!isKnown)
      if (cost !== null) expect(cost).toBeCloseTo(spent, 9)
    })
  )
})

describe("spend", () => {
  it("EXE-9 a conversation costs the same however it is divided into resumes, whichever way its program counts", () => {
    fc.assert(
      fc.property(fc.array(turn, { minLength: 1, maxLength: 20 }), bases, (turns, basis) => {
        const whole = turns.reduce((all, { costUsd }) => all + costUsd, 0)
        const costs = attemptsOf(turns, basis, "s")
        expect(sum(costs)).toBe(whole)
        expect(costs.every((cost) => cost !== null && cost >= 0)).toBe(true)
      })
    )
  })

  it("EXE-9 several conversations in one attempt add up, each by its own difference", () => {
    const told = fc.record({ session: fc.constantFrom("a", "b", "c"), costUsd: money, isLast: fc.boolean() })
    fc.assert(
      fc.property(fc.array(told, { maxLength: 30 }), (reports) => {
        const totals = new Map<string, number>()
        let [meter, spent] = [unused, 0]
        for (const { costUsd, isLast, session } of reports) {
          const total = (totals.get(session) ?? 0) + costUsd
          totals.set(session, total)
          meter = report(meter, { session, costUsd: total, tokens: null })
          if (!isLast) continue
          spent += costOf(meter, null) ?? 0
          meter = begin(meter, "conversation")
        }
        spent += costOf(meter, null) ?? 0
        expect(spent).toBe([...totals.values()].reduce((all, total) => all + total, 0))
      })
    )
  })

  it("EXE-9 what names no session ends with its attempt: nothing is taken off the next", () => {
    fc.assert(
      fc.property(money, money, bases, (first, second, basis) => {
        const one = report(unused, { session: null, costUsd: first, tokens: null })
        const two = report(begin(one, basis), { session: null, costUsd: second, tokens: null })
        expect([costOf(one, null), costOf(two, null)]).toEqual([first, second])
      })
    )
  })

  it("EXE-9 a program that is said to count on and begins at nothing again is believed", () => {
    const first = begin(report(unused, { session: "s", costUsd: 3, tokens: null }), "conversation")
    const again = report(first, { session: "s", costUsd: 1, tokens: null })
    expect(costOf(again, null)).toBe(1)
    expect(costOf(report(again, { session: "s", costUsd: 1.5, tokens: null }), null)).toBe(1.5)
    expect(costOf(report(first, { session: "s", costUsd: 3, tokens: null }), null)).toBe(0)
  })

  it("EXE-9 nothing is ever negative, whatever is reported in whatever order", () => {
    const any: fc.Arbitrary<Report> = fc.record({
      session: fc.constantFrom(null, "a", "b"),
      costUsd: fc.option(money),
      tokens: fc.option(tokens)
    })
    const steps = fc.array(fc.oneof(any, fc.constant("ends" as const)), { maxLength: 30 })
    fc.assert(
      fc.property(steps, bases, (all, basis) => {
        let meter = unused
        for (const each of all) {
          meter = each === "ends" ? begin(meter, basis) : report(meter, each)
          const cost = costOf(meter, price)
          expect(cost === null || (Number.isFinite(cost) && cost >= 0)).toBe(true)
        }
      })
    )
  })

  it("EXE-9 what was not reported is unknown and never nothing; tokens cost what their price says", () => {
    expect(costOf(unused, price)).toBeNull()
    expect(report(unused, { session: "s", costUsd: null, tokens: null })).toBe(unused)
    const resumed = begin(report(unused, { session: "s", costUsd: 3, tokens: null }), "conversation")
    expect(costOf(resumed, price)).toBeNull()

    const counted = { input: 1_000_000, output: 500_000, cacheRead: 2_000_000, cacheWrite: 250_000 }
    const meter = report(unused, { session: "s", costUsd: null, tokens: counted })
    expect(costOf(meter, null)).toBeNull()
    expect(costOf(meter, price)).toBe(4 + 8 + 1 + 2)
    // Of two conversations one of which has no price, the whole is not known.
    const both = report(meter, { session: "t", costUsd: 1, tokens: null })
    expect([costOf(both, null), costOf(both, price)]).toEqual([null, 16])
    // Once there is money, tokens are no more than a part of the same.
    expect(costOf(report(meter, { session: "s", costUsd: 9, tokens: null }), price)).toBe(9)
    // Tokens of a conversation that reported money before are no money.
    const later = report(resumed, { session: "s", costUsd: null, tokens: counted })
    expect([costOf(later, null), costOf(later, price)]).toEqual([null, 15])
  })

  it("EXE-9 tokens of a conversation count once as money does, however it is divided", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(tokens, fc.boolean()), { minLength: 1, maxLength: 12 }), (turns) => {
        const one = (parts: ReadonlyArray<readonly [typeof unusedTokens, boolean]>): number => {
          let [meter, spent] = [unused, 0]
          let total = unusedTokens
          for (const [counted, isLast] of parts) {
            total = {
              input: total.input + counted.input,
              output: total.output + counted.output,
              cacheRead: total.cacheRead + counted.cacheRead,
              cacheWrite: total.cacheWrite + counted.cacheWrite
            }
            meter = report(meter, { session: "s", costUsd: null, tokens: total })
            if (!isLast) continue
            spent += costOf(meter, price) ?? 0
            meter = begin(meter, "conversation")
          }
          return spent + (costOf(meter, price) ?? 0)
        }
        expect(one(turns)).toBeCloseTo(one(turns.map(([counted]) => [counted, false])), 9)
      })
    )
  })

  it("EXE-9 an attempt may hold any number of conversations, and a bounded number is remembered", () => {
    let meter = unused
    for (let n = 0; n < 100; n++) {
      meter = report(meter, {
        session: `s${n}`,
        costUsd: n % 2 === 0 ? 0.25 : null,
        tokens: { ...unusedTokens, input: 250_000 }
      })
    }
    expect(meter.conversations.length).toBeLessThanOrEqual(16)
    expect(meter.closed.length).toBeLessThanOrEqual(2)
    expect(costOf(meter, price)).toBe(50 * 0.25 + 50)
    expect(costOf(begin(meter, "conversation"), price)).toBeNull()
    // One that is let go before this attempt took it up again has cost it nothing.
    const resumed = report(begin(meter, "conversation"), { session: "new", costUsd: 0.5, tokens: null })
    expect([resumed.conversations.length, resumed.closed, costOf(resumed, price)]).toEqual([16, [], 0.5])
  })
})

const unusedTokens = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 }
