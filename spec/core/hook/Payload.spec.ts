import fc from "fast-check"
import { expect, it } from "vitest"
import { make, payloadBytes } from "../../../core/hook/HookEvent.ts"
import { hookNames } from "../../../core/hook/HookName.ts"
import { fragments, values } from "./Fragments.ts"

/** Bytes of UTF-8, by the platform's own encoder. */
const bytesOf = (text: string): number => new TextEncoder().encode(text).length

const isObject = (text: string): boolean => {
  try {
    return typeof JSON.parse(text) === "object"
  } catch {
    return false
  }
}

const parts = fc.array(
  fc.tuple(
    fragments(5),
    fc.oneof(
      values.map((value) => JSON.stringify(value)),
      fragments(6).map((text) => JSON.stringify(text))
    ),
    fc.nat(1500),
    fc.nat(2)
  ),
  { maxLength: 6 }
)
const bodies = fc.oneof(
  parts.map((all) => {
    const members = all.map(([key, value, times, kind]) => {
      const repeated =
        kind === 0
          ? value
          : kind === 1
            ? JSON.stringify(key.repeat(times))
            : `[${Array.from({ length: times }, () => value).join()}]`
      return `${JSON.stringify(key)}:${repeated}`
    })
    return `{${members.join()}}`
  }),
  parts.map(
    (all) => `[${all.map(([, value, times]) => Array.from({ length: times + 1 }, () => value).join()).join()}]`
  ),
  parts.map((all) => all.map(([key, value, times]) => (key + value).repeat(times)).join(""))
)

it("STO-6 the payload of a hook event makes the same event again, and is JSON in at most 64 KiB where an object came", () => {
  fc.assert(
    fc.property(fc.constantFrom(...hookNames), bodies, (hook, body) => {
      const event = make(hook, body)
      expect(make(hook, event.payload)).toEqual(event)
      expect(bytesOf(event.payload)).toBeLessThanOrEqual(payloadBytes)
      if (body.startsWith('{"') && body.endsWith("}") && isObject(body)) expect(isObject(event.payload)).toBe(true)
    })
  )
})

it("STO-6 no secret is kept of a hook event, not where it is cut either", () => {
  const key = "ghp_0123456789abcdefghij"
  for (let length = 65_400; length < 65_560; length += 3) {
    for (const body of [
      `${"a ".repeat(length / 2)}${key}${" b".repeat(9)}`,
      JSON.stringify({ a: `${"a ".repeat(length / 2)}${key} ${"b".repeat(99)}` })
    ]) {
      const event = make("Stop", body)
      expect(event.payload).not.toContain(key.slice(0, 8))
      expect(make("Stop", event.payload)).toEqual(event)
    }
  }
})
