import { expect, it } from "vitest"
import { builtIn, defaultCommand } from "../../../core/task/AgentDefinition.ts"

it("API-1 claude, codex and opencode are agents without any configuration, started by their names with nothing added", () => {
  const plain = { args: [], env: {}, passEnv: [], model: null }
  expect(builtIn).toEqual([
    { name: "claude", kind: "claude-code", command: "claude", ...plain },
    { name: "codex", kind: "codex", command: "codex", ...plain },
    { name: "opencode", kind: "opencode", command: "opencode", ...plain }
  ])
  for (const { command, kind } of builtIn) expect(defaultCommand(kind)).toBe(command)
})

it("API-1 only the user knows the program of a command", () => {
  expect(defaultCommand("command")).toBeNull()
})
