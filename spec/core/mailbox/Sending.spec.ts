import * as Either from "effect/Either"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { longestText } from "../../../core/mailbox/Message.ts"
import {
  type Draft,
  explain,
  judge,
  mostHops,
  mostPerRole,
  mostPerSender,
  type Refusal,
  type Standing
} from "../../../core/mailbox/Sending.ts"
import { anyDelivery, anyText, delivery } from "./Mail.ts"

const draft = (options: Partial<Draft> = {}): Draft => ({
  role: "reviewer",
  from: "coder",
  text: "look",
  at: 5000,
  ...options
})
const standing = (options: Partial<Standing> = {}): Standing => ({
  toRole: 0,
  fromSender: 0,
  answers: null,
  spokenAt: null,
  ...options
})
const refusal = (asked: Draft, known: Standing): Refusal | null => Either.getOrNull(Either.flip(judge(asked, known)))

describe("sending", () => {
  it("MBX-2 an answer has one hop more than what it answers, until a person speaks; a person's message begins anew", () => {
    const hop = (options: Partial<Standing>, from = "coder") =>
      Either.match(judge(draft({ from }), standing(options)), { onLeft: () => null, onRight: ({ hop }) => hop })
    const answers = delivery({ hop: 3, at: 2000 })
    expect(hop({})).toBe(1)
    expect(hop({ answers })).toBe(4)
    expect(hop({ answers: { ...answers, endedAt: 2500 } })).toBe(4)
    expect(hop({ answers, spokenAt: 1999 })).toBe(4)
    expect(hop({ answers, spokenAt: 2001 })).toBe(1)
    expect(hop({ answers }, "operator")).toBe(1)
    expect(hop({ answers: { ...answers, hop: 0 } })).toBe(1)
  })

  it("MBX-2 sessions that answer each other are refused the ninth hop, whoever of them it is", () => {
    let hop = 0
    let answers: Standing["answers"] = null
    for (let sent = 0; sent < 20; sent++) {
      const judged: ReturnType<typeof judge> = judge(draft({ from: sent % 2 === 0 ? "a" : "b" }), standing({ answers }))
      if (Either.isLeft(judged)) {
        expect(judged.left).toEqual({ _tag: "Hops", hop: mostHops + 1 })
        break
      }
      hop = judged.right.hop
      answers = delivery({ hop })
    }
    expect(hop).toBe(8)
  })

  it("MBX-2 no more is sent within the window than a role may get and a sender may send", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 100 }),
        fc.integer({ min: 0, max: 100 }),
        fc.option(anyDelivery),
        anyText,
        (toRole, fromSender, answers, text) => {
          const judged = judge(draft({ text }), standing({ toRole, fromSender, answers }))
          if (Either.isLeft(judged)) return
          expect([toRole < mostPerRole, fromSender < mostPerSender]).toEqual([true, true])
          expect(judged.right.hop).toBeLessThanOrEqual(mostHops)
          expect(judged.right.text.length).toBeLessThanOrEqual(longestText)
          expect(judged.right.text).not.toBe("")
        }
      )
    )
    expect(refusal(draft(), standing({ toRole: 60 }))).toEqual({ _tag: "Rate", of: "role", name: "reviewer" })
    expect(refusal(draft(), standing({ fromSender: 30 }))).toEqual({ _tag: "Rate", of: "sender", name: "coder" })
    expect(refusal(draft({ from: "operator" }), standing({ toRole: 60 }))).toMatchObject({ _tag: "Rate" })
  })

  it("API-1 what can not be sent is refused with one sentence that says why", () => {
    const cases: ReadonlyArray<readonly [Draft, Standing, string]> = [
      [draft({ role: "no such; rm" }), standing(), '"no such; rm" is no role that can be written to'],
      [draft({ role: "drover" }), standing(), '"drover" is no role'],
      [draft({ role: "Supervisor" }), standing(), '"Supervisor" is no role'],
      [draft({ role: "" }), standing(), '"" is no role'],
      [draft({ from: "a b" }), standing(), '"a b" is no name that can send'],
      [draft({ from: "Drover" }), standing(), '"Drover" is no name'],
      [draft({ text: " \u0007\n" }), standing(), "the message is empty"],
      [draft({ text: "x".repeat(8193) }), standing(), "has 8193 characters, 8192 are allowed"],
      [draft(), standing({ answers: delivery({ hop: 8 }) }), "answer 9 in a row"],
      [draft(), standing({ toRole: 60 }), "reviewer was sent 60 messages within a minute"],
      [draft(), standing({ fromSender: 30 }), "coder has sent 30 messages within a minute"]
    ]
    for (const [asked, known, words] of cases) {
      const refused = refusal(asked, known)
      expect(refused === null ? "sent" : explain(refused)).toContain(words)
    }
    expect(refusal(draft({ role: "operator", from: "x".repeat(64) }), standing())).toBeNull()
    expect(refusal(draft({ from: "x".repeat(65) }), standing())).not.toBeNull()
  })
})
