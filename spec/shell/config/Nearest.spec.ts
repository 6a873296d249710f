import fc from "fast-check"
import { expect, it } from "vitest"
import { distance, nearest } from "../../../shell/config/Nearest.ts"

const word = fc.stringOf(fc.constantFrom("a", "b", "c"), { maxLength: 8 })

it("API-1 the distance of two words is a metric, and one edit is a distance of one", () => {
  fc.assert(
    fc.property(word, word, fc.nat(), (a, b, place) => {
      expect(distance(a, a)).toBe(0)
      expect(distance(a, b)).toBe(distance(b, a))
      expect(distance(a, b) === 0).toBe(a === b)
      expect(distance(a, b)).toBeGreaterThanOrEqual(Math.abs(a.length - b.length))
      expect(distance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length))
      const at = place % (a.length + 1)
      expect(distance(a, `${a.slice(0, at)}z${a.slice(at)}`)).toBe(1)
      const swapped =
        a.slice(0, at) +
        a
          .slice(at, at + 2)
          .split("")
          .toReversed()
          .join("") +
        a.slice(at + 2)
      expect(distance(a, swapped)).toBe(a === swapped ? 0 : 1)
    })
  )
})

it("API-1 the nearest word is a valid one with the least distance, and a word like no other has none", () => {
  const valid = ["max_retries", "max_tool_turns", "timeout_min", "name"]
  expect(nearest("max_retires", valid)).toBe("max_retries")
  expect(nearest("maxRetries", valid)).toBe("max_retries")
  expect(nearest("timeout-min", valid)).toBe("timeout_min")
  expect(nearest("nmae", valid)).toBe("name")
  expect(nearest("verification", valid)).toBeNull()
  fc.assert(
    fc.property(word, fc.array(word), (meant, others) => {
      const found = nearest(meant, others)
      if (found === null) expect(others).not.toContain(meant)
      else for (const each of others) expect(distance(meant, found)).toBeLessThanOrEqual(distance(meant, each))
    })
  )
})
