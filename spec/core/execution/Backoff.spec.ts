import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { ceiling, delay, fraction } from "../../../core/execution/Backoff.ts"
import { defaults } from "../../../core/policy/Policy.ts"

const backoff = fc.record({
  baseMs: fc.integer({ min: 1, max: 60_000 }),
  capMs: fc.integer({ min: 1, max: 86_400_000 })
})
const failures = fc.integer({ min: 1, max: 5_000 })
const name = fc.tuple(fc.nat(), fc.nat()).map(([task, attempt]) => `${task}.${attempt}`)

describe("the wait before the next attempt", () => {
  it("EXE-4 it is never longer than the cap, never longer than the ceiling of its failures, never negative", () => {
    fc.assert(
      fc.property(backoff, failures, name, (policy, n, attempt) => {
        const wait = delay(policy, n, attempt)
        expect(Number.isInteger(wait)).toBe(true)
        expect(wait).toBeGreaterThanOrEqual(0)
        expect(wait).toBeLessThanOrEqual(ceiling(policy, n))
        expect(ceiling(policy, n)).toBeLessThanOrEqual(policy.capMs)
      })
    )
  })

  it("EXE-4 each failure in a row doubles the ceiling until the cap: base · 2^(n-1)", () => {
    fc.assert(
      fc.property(backoff, fc.integer({ min: 1, max: 40 }), (policy, n) => {
        expect(ceiling(policy, 1)).toBe(Math.min(policy.capMs, policy.baseMs))
        expect(ceiling(policy, n + 1)).toBe(Math.min(policy.capMs, 2 * policy.baseMs * 2 ** (n - 1)))
      })
    )
    const { backoffBaseMs: baseMs, backoffCapMs: capMs } = defaults
    const seconds = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => ceiling({ baseMs, capMs }, n) / 1000)
    expect(seconds).toEqual([5, 10, 20, 40, 80, 160, 320, 600, 600])
  })

  it("EXE-4 the jitter depends on the attempt's name alone: the same name waits the same share of every ceiling", () => {
    fc.assert(
      fc.property(backoff, failures, name, (policy, n, attempt) => {
        expect(delay(policy, n, attempt)).toBe(delay(policy, n, attempt))
        expect(delay(policy, n, attempt)).toBe(Math.floor(ceiling(policy, n) * fraction(attempt)))
      })
    )
  })

  it("EXE-4 the same attempt never waits shorter after more failures", () => {
    fc.assert(
      fc.property(backoff, failures, failures, name, (policy, a, b, attempt) => {
        const fewer = delay(policy, Math.min(a, b), attempt)
        expect(delay(policy, Math.max(a, b), attempt)).toBeGreaterThanOrEqual(fewer)
      })
    )
  })

  it("EXE-4 the shares of neighbouring attempts are spread over the whole ceiling, each tenth by 6 to 14 in a hundred", () => {
    const shares = Array.from({ length: 2000 }, (_, i) => fraction(`${Math.floor(i / 5) + 1}.${(i % 5) + 1}`))
    const tenths = Array.from({ length: 10 }, (_, i) => shares.filter((x) => Math.floor(x * 10) === i).length)
    for (const count of tenths) {
      expect(count).toBeGreaterThan(120)
      expect(count).toBeLessThan(280)
    }
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(fraction(text)).toBeGreaterThanOrEqual(0)
        expect(fraction(text)).toBeLessThan(1)
      })
    )
  })
})
