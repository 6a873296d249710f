import { expect, it } from "vitest"
import { describe, type Wait } from "../../../core/tick/Wait.ts"
import { id } from "./Worlds.ts"

const at = Date.UTC(2026, 10, 25, 9, 5, 59)

const lines: ReadonlyArray<readonly [Wait, string]> = [
  [{ _tag: "Upcoming" }, "not asked for yet (triage)"],
  [{ _tag: "ManualStart" }, "waiting for a person to start it"],
  [{ _tag: "Dependencies", unmet: [id(3), id(5)] }, "waiting for #3, #5"],
  [{ _tag: "Draining" }, "draining: nothing new is admitted"],
  [{ _tag: "Slots", held: 4, limit: 4 }, "waiting: 4 of 4 running"],
  [{ _tag: "Directory", by: id(3) }, "waiting: #3 works in the same directory"],
  [{ _tag: "Agent", by: id(3) }, "waiting: #3 has the agent"],
  [{ _tag: "Mailbox", by: id(3) }, "waiting: #3 has the session"],
  [{ _tag: "Repository", by: id(3) }, "waiting: #3 is landing in the same repository"],
  [{ _tag: "Landing", why: "main is being rebased" }, "waiting to land: main is being rebased"],
  [{ _tag: "Limited", until: at }, "limited until 09:05 UTC"],
  [{ _tag: "Canary", account: "claude", by: id(3) }, "account claude: a canary runs (#3)"],
  [{ _tag: "Ramp", account: "claude", width: 2, limit: 4 }, "account claude: ramping up: 2 of 4"],
  [{ _tag: "AccountPaused", account: "claude", why: "no access" }, "account claude is paused: no access"],
  [{ _tag: "Pressure", why: "the disk is full" }, "waiting: the disk is full"],
  [{ _tag: "Backoff", until: at + 15 * 3_600_000 }, "next attempt at 00:05 UTC"],
  [{ _tag: "Unobserved" }, "about to be looked at"],
  [{ _tag: "Unknown", why: "ps failed" }, "its state can not be seen: ps failed"]
]

it("TCK-6 every reason to wait is one line, in the words that people know", () => {
  for (const [wait, line] of lines) expect([wait, describe(wait)]).toEqual([wait, line])
})

it("TCK-6 whoever shows a line may say a moment in a way of his own", () => {
  expect(describe({ _tag: "Limited", until: at }, () => "tomorrow")).toBe("limited until tomorrow")
  expect(describe({ _tag: "Backoff", until: at }, () => "in 5 min")).toBe("next attempt at in 5 min")
})
