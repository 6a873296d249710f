import { expect, it } from "vitest"
import { settingsFile } from "../../../shell/hooks/SettingsPlaces.ts"

it("API-6 settings are looked for where the vendors' programs look for them", () => {
  const at = (environment: Readonly<Record<string, string>>) => (agent: "claude" | "codex" | "opencode") =>
    settingsFile(agent, "user", environment, "/work")
  const plain = at({ HOME: "/home/me" })
  expect(plain("claude")).toBe("/home/me/.claude/settings.json")
  expect(plain("codex")).toBe("/home/me/.codex/hooks.json")
  expect(plain("opencode")).toBe("/home/me/.config/opencode/plugin/drover.js")
  const moved = at({ HOME: "/home/me", CLAUDE_CONFIG_DIR: "/c", CODEX_HOME: "x", XDG_CONFIG_HOME: "/g" })
  expect(moved("claude")).toBe("/c/settings.json")
  expect(moved("codex")).toBe("/work/x/hooks.json")
  expect(moved("opencode")).toBe("/g/opencode/plugin/drover.js")
  // A relative one is ignored, as the XDG base directory specification asks; an empty one is none.
  const odd = at({ HOME: "/home/me", CLAUDE_CONFIG_DIR: "", CODEX_HOME: "", XDG_CONFIG_HOME: "g" })
  for (const agent of ["claude", "codex", "opencode"] as const) {
    expect(odd(agent)).toBe(plain(agent))
    expect(settingsFile(agent, "project", { HOME: "/h", CODEX_HOME: "/x", CLAUDE_CONFIG_DIR: "/c" }, "/work")).toBe(
      {
        claude: "/work/.claude/settings.json",
        codex: "/work/.codex/hooks.json",
        opencode: "/work/.opencode/plugin/drover.js"
      }[agent]
    )
  }
})
