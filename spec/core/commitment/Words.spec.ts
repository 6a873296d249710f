/** What a commitment is told as, in listings and in the interface. */
import { expect, it } from "vitest"
import { type Commitment, detail, endedAt, status } from "../../../core/commitment/Commitment.ts"
import { commitmentOf, now } from "./Samples.ts"

it("CLM-6 a commitment is told by a word, by what showed that it was done or why it is not wanted, and by when it ended", () => {
  const open = commitmentOf()
  const by = { _tag: "Evidence", evidence: { at: now, what: "git push" } } as const
  const all: ReadonlyArray<readonly [Commitment["state"], string, string | null]> = [
    [open.state, "open", null],
    [{ _tag: "Delivered", at: now, by }, "delivered", "git push"],
    [{ _tag: "Delivered", at: now, by: { _tag: "Person", note: "by hand" } }, "delivered", "by hand"],
    [{ _tag: "Delivered", at: now, by: { _tag: "Person", note: null } }, "delivered", null],
    [{ _tag: "Withdrawn", at: now, reason: "no longer wanted" }, "withdrawn", "no longer wanted"],
    [{ _tag: "Expired", at: now }, "expired", null],
    [{ _tag: "Broken", at: now, deadline: now }, "broken", null]
  ]
  for (const [state, word, text] of all) {
    const each: Commitment = { ...open, state }
    expect([status(each), detail(each), endedAt(each)]).toEqual([word, text, state._tag === "Open" ? null : now])
  }
})
