import { execFileSync } from "node:child_process"
import fc from "fast-check"
import { expect, it } from "vitest"
import { builtIn } from "../../../core/task/AgentDefinition.ts"
import { commandLine } from "../../../shell/agents/TakeOver.ts"

it("AGT-3 a person goes on in a conversation with the vendor's own program, in the directory of the work", () => {
  const lines = builtIn.map((agent) => commandLine(agent, "id-1", "/work/a b"))
  expect(lines).toEqual([
    "cd '/work/a b' && claude --resume id-1",
    "cd '/work/a b' && codex resume id-1",
    "cd '/work/a b' && opencode --session id-1"
  ])
  const [own] = builtIn
  expect(own && commandLine({ ...own, kind: "command" }, "id-1", "/work")).toBeNull()
})

it("AGT-3 whatever a directory or a conversation is called, a shell takes it for that and nothing else", () => {
  const [claude] = builtIn
  if (claude === undefined) throw new Error("no agent is built in")
  const text = fc.fullUnicodeString({ minLength: 1, maxLength: 20 }).filter((each) => !each.includes("\0"))
  fc.assert(
    fc.property(text, (session) => {
      const line = commandLine({ ...claude, command: "/usr/bin/printf" }, session, "/") ?? ""
      const shown = line.replace("/usr/bin/printf --resume", "/usr/bin/printf %s")
      expect(execFileSync("/bin/sh", ["-c", shown]).toString("utf8")).toBe(session)
    }),
    { numRuns: 25 }
  )
})
