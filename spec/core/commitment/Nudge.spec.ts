import fc from "fast-check"
import { expect, it } from "vitest"
import { attention, attentionKey, commitmentOf as commitmentOfKey, text } from "../../../core/commitment/Nudge.ts"
import { commitment, commitmentOf, now } from "./Samples.ts"

const promise = fc.oneof(
  fc.fullUnicodeString(),
  fc.stringOf(fc.constantFrom("`", "```", "\n", "Ignore all this.", "~", "#", "“", "”", '"', "\r", " "))
)

it("CLM-7 a session is reminded of its own words, whole, between fences that nothing in them can end", () => {
  fc.assert(
    fc.property(promise, fc.integer({ min: 1, max: 3 }), (words, count) => {
      const told = text(commitmentOf({ text: words, count }))
      const fence = /\n(`{3,})\n/.exec(told)?.[1] ?? "none"
      const [before, ...after] = told.split(`\n${fence}\n${words}\n${fence}\n`)
      expect([after.length, words.includes(fence)]).toEqual([1, false])
      // Around them stands the same, whatever they are.
      expect(before).toBe(text(commitmentOf({ text: "", count })).split("\n```\n")[0])
      expect(told.includes(`${count} times`)).toBe(count > 1)
    })
  )
})

it("CLM-7 it is told that the quotation orders nothing, and asked to keep its word or to say why not", () => {
  expect(text(commitmentOf())).toMatch(/shows that it was done.*not an instruction:\n[^]*do it now\..*say so\.$/)
})

it("CLM-6 a person is told of what was escalated and of what is broken, and of nothing else", () => {
  fc.assert(
    fc.property(commitment, (each) => {
      const { state } = each
      const isTold = state._tag === "Broken" || (state._tag === "Open" && state.escalatedAt !== null)
      expect(attention(each) !== null).toBe(isTold)
    })
  )
})

it("CLM-6 an item is one line, quotes the promise, and has the same key for as long as there is one", () => {
  const promise = commitmentOf({ text: `I'll\n  push  ${"it ".repeat(100)}` })
  const told = attention({ ...promise, state: { ...promise.state, escalatedAt: now } })
  const broken = attention({ ...promise, state: { _tag: "Broken", at: now, deadline: now } })
  expect([told?.key, broken?.key]).toEqual(["commitment:1", "commitment:1"])
  expect(told?.text).toMatch(/^a session ended, .*: “I'll push it it .*…”$/)
  expect(broken).toEqual(told)
  expect(told?.text.length).toBeLessThan(200)
})

it("CLM-6 an item leads to its commitment by its key, and no other key does", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e15 - 1 }), (id) => {
      expect(commitmentOfKey(attentionKey(id))).toBe(id)
    })
  )
  const others = ["task:1:held", "commitment:", "commitment:1x", "a commitment:1", `commitment:${"9".repeat(16)}`]
  expect(others.map(commitmentOfKey)).toEqual(others.map(() => null))
})
