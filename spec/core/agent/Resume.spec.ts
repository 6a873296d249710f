import { expect, it } from "vitest"
import { interruptMsOf, resumableSession } from "../../../core/agent/Resume.ts"

it("EXE-10 a vendor's conversation can go on, once it has an id; a command's can not, whatever it says", () => {
  const session = { session: "s" }
  const kinds = ["command", "claude-code", "codex", "opencode"] as const
  expect(kinds.map((kind) => resumableSession(kind, session))).toEqual([null, "s", "s", "s"])
  expect(kinds.map((kind) => resumableSession(kind, { session: null }))).toEqual([null, null, null, null])
})

it("PRC-2 only those are interrupted first to whom it does good", () => {
  expect(interruptMsOf("claude-code")).toBeGreaterThan(0)
  expect(interruptMsOf("codex")).toBeGreaterThan(0)
  expect([interruptMsOf("opencode"), interruptMsOf("command")]).toEqual([0, 0])
})
