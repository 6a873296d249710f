/** Where the vendors' programs look for hooks: those of a user, and those of the project in a folder. */
import { homedir } from "node:os"
import { isAbsolute, join, resolve } from "node:path"
import type { Vendor } from "../../core/agent/Version.ts"

/** The words that people type for the vendors' programs, which are their commands too. */
export const agents = ["claude", "codex", "opencode"] as const
export type Agent = (typeof agents)[number]

export const scopes = ["user", "project"] as const
export type Scope = (typeof scopes)[number]

export const vendorOf = (agent: Agent): Vendor => (agent === "claude" ? "claude-code" : agent)

/** The file, whether it is there or not; `environment` is that of the vendor's program too. */
export const settingsFile = (
  agent: Agent,
  scope: Scope,
  environment: Readonly<Record<string, string | undefined>>,
  cwd: string
): string => {
  const given = (name: string): string | undefined => {
    const value = environment[name]
    return value === undefined || value === "" ? undefined : value
  }
  const home = resolve(given("HOME") ?? homedir())
  const own = (name: string, fallback: string): string => resolve(cwd, given(name) ?? join(home, fallback))
  const isOfUser = scope === "user"
  switch (agent) {
    case "claude":
      return join(isOfUser ? own("CLAUDE_CONFIG_DIR", ".claude") : join(cwd, ".claude"), "settings.json")
    case "codex":
      return join(isOfUser ? own("CODEX_HOME", ".codex") : join(cwd, ".codex"), "hooks.json")
    case "opencode": {
      const xdg = given("XDG_CONFIG_HOME")
      const base = xdg !== undefined && isAbsolute(xdg) ? xdg : join(home, ".config")
      return join(isOfUser ? join(base, "opencode") : join(cwd, ".opencode"), "plugin/drover.js")
    }
  }
}
