import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { standard } from "../../../core/claim/lexicon/Lexicon.ts"
import * as Book from "../../../core/commitment/Book.ts"
import { CommitmentId, status } from "../../../core/commitment/Commitment.ts"
import { noRules } from "../../../core/commitment/Evidence.ts"
import { claimsOf } from "../../../core/commitment/Message.ts"
import { commitmentOf, minute, near, now, open, policy, used } from "./Samples.ts"

const empty: Book.Book = { commitments: [], nextId: 5 }

const claims = (message: string, at = now) =>
  claimsOf({ message, topic: "topic", session: "session", at, offsetMinutes: 0 }, standard)

const said = (book: Book.Book, message: string, at = now) => Book.takeDown(book, claims(message, at).promised, policy)

describe("a book of commitments", () => {
  it("CLM-5 the claims of a message are promises and reports, each with its key and the time it names", () => {
    const { completed, promised } = claims("I'll push it in 20 minutes. I fixed the test.")
    expect(promised.map(({ claim, deadline }) => [claim.verb, deadline])).toEqual([["push", now + 20 * minute]])
    expect(completed.map(({ claim, deadline }) => [claim.verb, claim.object, deadline])).toEqual([
      ["fix", "the test", null]
    ])
    expect(promised[0]?.key).not.toBe(completed[0]?.key)
    expect(promised[0]).toMatchObject({ topic: "topic", session: "session", at: now })
  })

  it("CLM-5 two promises alike in one message are one, two others are two, each with an id of its own", () => {
    const { book, recorded } = said(empty, "I'll push it. Then I'll push it. I'll deploy the site.")
    expect(book.commitments.map(({ count, id, verb }) => [id, verb, count])).toEqual([
      [5, "push", 2],
      [6, "deploy", 1]
    ])
    expect(book.nextId).toBe(7)
    expect(recorded.map(({ _tag }) => _tag)).toEqual(["Opened", "Refreshed", "Opened"])
  })

  it("CLM-6 what is beyond the cap is refused, and takes no id", () => {
    const verbs = ["push", "merge", "deploy", "restart", "rebase", "revert", "rerun"]
    const { book, recorded } = said(empty, verbs.map((verb) => `I'll ${verb} the thing.`).join("\n"))
    expect(book.commitments).toHaveLength(policy.perTopicCap)
    expect(book.nextId).toBe(5 + policy.perTopicCap)
    expect(recorded.filter(({ _tag }) => _tag === "Refused")).toHaveLength(2)
  })

  it("CLM-7 what was seen closes what it proves and leaves the rest as it is, to the object", () => {
    const { book } = said(empty, "I'll push it. I'll deploy the site.")
    const next = Book.witness(book, used("cd x && git push"), noRules)
    expect(next.commitments.map(status)).toEqual(["delivered", "open"])
    expect(next.commitments[1]).toBe(book.commitments[1])
    expect(Book.witness(next, used("git push", { at: now + 2 * minute }), noRules)).toBe(next)
  })

  it("CLM-6 what happens to one changes that one alone, and nothing that has ended", () => {
    fc.assert(
      fc.property(fc.array(open, { maxLength: 4 }), near, fc.integer({ min: 1, max: 5 }), (list, event, id) => {
        const commitments = list.map((each, index) => ({ ...each, id: CommitmentId.make(index + 1) }))
        const book: Book.Book = { commitments, nextId: 9 }
        const next = Book.happen(book, CommitmentId.make(id), event)
        expect(next.nextId).toBe(9)
        expect(next.commitments.filter((each) => each.id !== id)).toEqual(commitments.filter((each) => each.id !== id))
        const after = next.commitments.find((each) => each.id === id)
        if (after !== undefined && after.state._tag !== "Open") {
          expect(Book.happen(next, after.id, event)).toBe(next)
        }
      })
    )
    expect(Book.happen(empty, commitmentOf().id, { _tag: "Expire", at: now })).toBe(empty)
  })
})
