import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type Commitment, CommitmentId, isOpenAt } from "../../../core/commitment/Commitment.ts"
import { noRules, type Signal } from "../../../core/commitment/Evidence.ts"
import { record, verify } from "../../../core/commitment/Record.ts"
import { commitmentOf, edit, hour, minute, now, policy, used, utterance } from "./Samples.ts"

const id = CommitmentId.make(7)
const keys = ["0", "1", "2", "3", "4", "5", "6"].map((digit) => `actionclaim:${digit.repeat(16)}`)
const [first = "", second = ""] = keys

describe("a promise", () => {
  it("CLM-6 a first one is open for six hours, in the words it was said in", () => {
    expect(record([], utterance(), id, policy)).toEqual({
      _tag: "Opened",
      commitment: commitmentOf({ id, expiresAt: now + 6 * hour, text: "I'll push it" }),
      deduped: false
    })
  })

  it("CLM-6 a deadline is kept, and what was promised for later lives on past it", () => {
    const opened = [10 * minute, 20 * hour, -hour].map((offset) => {
      const recorded = record([], utterance({ deadline: now + offset }), id, policy)
      return recorded._tag === "Refused" ? null : [recorded.commitment.deadline, recorded.commitment.expiresAt]
    })
    expect(opened).toEqual([
      [now + 10 * minute, now + 10 * minute + 6 * hour],
      [now + 20 * hour, now + 26 * hour],
      [now - hour, now + 6 * hour]
    ])
  })

  it("CLM-6 very long words are cut where no character is cut in two", () => {
    const message = `${"x".repeat(498)}😀😀`
    const recorded = record(
      [],
      { ...utterance({ message }), claim: { verb: "fix", tense: "future", span: [0, 502] } },
      id,
      policy
    )
    expect(recorded._tag === "Opened" && recorded.commitment.text).toBe(`${"x".repeat(498)}…`)
  })

  it("CLM-5 saying it again renews the one that is open: expiry, count, words; nothing is opened beside it", () => {
    const known = commitmentOf({ deadline: now + minute })
    const again = utterance({ at: now + hour, message: "Push it now!", session: "other" })
    expect(record([known], again, id, policy)).toEqual({
      _tag: "Refreshed",
      commitment: { ...known, count: 2, saidAt: now + hour, expiresAt: now + 7 * hour, text: "Push it now!" },
      deduped: true
    })
  })

  it("CLM-5 the very saying that it was taken down from, told late, counts once; other words, or another time, are another", () => {
    const known = commitmentOf({ saidAt: now + minute, text: "I'll push it", deadline: now + hour })
    const late = (varied: Partial<ReturnType<typeof utterance>>) =>
      record([known], utterance({ at: now, ...varied }), id, policy)
    for (const deadline of [null, now + hour]) {
      expect(late({ deadline })).toEqual({ _tag: "Refreshed", commitment: known, deduped: true })
    }
    for (const varied of [{ message: "Push it now!" }, { deadline: now + minute }, { at: now + minute }]) {
      expect(late(varied)).toMatchObject({ commitment: { count: 2 } })
    }
  })

  it("CLM-5 a new deadline replaces the old one; to say it without one takes none away", () => {
    const known = commitmentOf({ deadline: now + minute })
    const deadlines = [now + hour, null].map((deadline) => {
      const recorded = record([known], utterance({ at: now + 1, deadline }), id, policy)
      return recorded._tag === "Refreshed" && recorded.commitment.deadline
    })
    expect(deadlines).toEqual([now + hour, now + minute])
  })

  it("CLM-5 another key, another topic, one that has ended or whose time is over are not renewed", () => {
    const others = [
      commitmentOf({ key: second }),
      commitmentOf({ topic: "other" }),
      commitmentOf({ expiresAt: now }),
      { ...commitmentOf(), state: { _tag: "Expired", at: now } as const }
    ]
    for (const other of others) expect(record([other], utterance(), id, policy)._tag).toBe("Opened")
  })

  it("CLM-6 a topic has at most five open ones; the sixth is refused with its reason, a renewal is not", () => {
    const five = keys.slice(0, 5).map((key, index) => commitmentOf({ id: CommitmentId.make(index + 1), key }))
    expect(record(five.slice(1), utterance({ key: first }), id, policy)._tag).toBe("Opened")
    expect(record(five, utterance({ key: keys[5] ?? "" }), id, policy)).toEqual({
      _tag: "Refused",
      reason: "per-topic-cap"
    })
    for (const { key } of five) expect(record(five, utterance({ key }), id, policy)._tag).toBe("Refreshed")
    expect(record(five, utterance({ key: keys[5] ?? "", topic: "other" }), id, policy)._tag).toBe("Opened")
    expect(record(five, utterance({ key: keys[5] ?? "" }), id, { ...policy, perTopicCap: 6 })._tag).toBe("Opened")
  })

  it("CLM-6 whatever is said in whatever order, a topic never has more than its cap, nor one key twice", () => {
    const sayings = fc.array(
      fc.record({
        key: fc.constantFrom(...keys),
        topic: fc.constantFrom("a", "b"),
        wait: fc.integer({ min: -1, max: 9 })
      }),
      { maxLength: 40 }
    )
    const strict = { ...policy, perTopicCap: 3, expiryMs: 20 }
    fc.assert(
      fc.property(sayings, (all) => {
        const known = new Map<number, Commitment>()
        let at = 100
        for (const { key, topic, wait } of all) {
          at += wait
          const said = utterance({ key, topic, at })
          const recorded = record(known.values(), said, CommitmentId.make(known.size + 1), strict)
          const open = [...known.values()].filter((each) => each.topic === topic && isOpenAt(each, at))
          const isOpen = open.some((each) => each.key === key)
          expect(recorded._tag).toBe(isOpen ? "Refreshed" : open.length < 3 ? "Opened" : "Refused")
          if (recorded._tag === "Refused") continue
          known.set(recorded.commitment.id, recorded.commitment)
          expect(recorded.commitment).toMatchObject({ key, topic })
          expect(isOpenAt(recorded.commitment, at)).toBe(true)
        }
      })
    )
  })
})

describe("a claim that something was done", () => {
  const done = (verb: string, at = now): Parameters<typeof verify>[0] => ({
    ...utterance({ at }),
    claim: { verb, object: "it", tense: "completed", span: [0, 4] }
  })
  const before = { at: now - minute }

  it("CLM-7 what its turn shows is verified; what nothing shows is written down as such, with its words", () => {
    expect(verify(done("push"), [used("git push", before)], noRules)).toBeNull()
    expect(verify(done("push"), [used("git push", { at: now })], noRules)).toBeNull()
    expect(verify(done("push"), [], noRules)).toEqual({
      key: utterance().key,
      topic: "topic",
      session: "session",
      verb: "push",
      object: "it",
      text: "I'll",
      at: now
    })
    // `Deployed.` names nothing that it was done to.
    const bare = { ...done("push"), claim: { verb: "push", tense: "completed", span: [0, 4] } } as const
    expect(verify(bare, [], noRules)).toMatchObject({ verb: "push", object: null })
    expect(verify(bare, [used("git push", before)], noRules)).toBeNull()
  })

  it("CLM-7 a failure, another session, and what came later show nothing", () => {
    const nothing: ReadonlyArray<Signal> = [
      used("git push", { ...before, outcome: "Failed" }),
      used("git push", { ...before, outcome: "Unknown" }),
      used("git push", { ...before, session: "other" }),
      used("git push", { at: now + 1 }),
      used("git push --dry-run", before)
    ]
    for (const signal of nothing) expect(verify(done("push"), [signal], noRules)).not.toBeNull()
    expect(verify({ ...done("push"), session: null }, [used("git push", before)], noRules)).not.toBeNull()
  })

  it("CLM-7 a fix was an edit before a pass, in whichever order they are listed", () => {
    const test = (at: number): Signal => used("npm test", { at })
    const verifier: Signal = { _tag: "VerifierPassed", session: "session", at: now - 1, title: "npm run check" }
    expect(verify(done("fix"), [edit(now - 3), test(now - 2)], noRules)).toBeNull()
    expect(verify(done("fix"), [test(now - 2), edit(now - 3)], noRules)).toBeNull()
    expect(verify(done("fix"), [edit(now - 3), verifier], noRules)).toBeNull()
    expect(verify(done("fix"), [test(now - 3), edit(now - 2)], noRules)).not.toBeNull()
    expect(verify(done("fix"), [edit(now - 2), test(now - 2)], noRules)).not.toBeNull()
    expect(verify(done("fix"), [edit(now - 2)], noRules)).not.toBeNull()
    expect(verify(done("fix"), [test(now - 2)], noRules)).not.toBeNull()
    expect(verify(done("push"), [edit(now - 3), test(now - 2)], noRules)).not.toBeNull()
  })
})
