/** The vendors' programs as their users have them: a home with its configuration, and an agent of drover's configuration. */
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"

/** The versions that are tried; `DROVER_AGENT_VERSIONS=latest` takes the newest ones. */
export const packages = {
  "claude-code": { name: "@anthropic-ai/claude-code", version: "2.1.197", bin: "claude" },
  codex: { name: "@openai/codex", version: "0.169.0", bin: "codex" },
  opencode: { name: "opencode-ai", version: "1.18.33", bin: "opencode" }
} as const
export type Vendor = keyof typeof packages
export const vendors: ReadonlyArray<Vendor> = ["claude-code", "codex", "opencode"]

export interface Where {
  readonly programs: string
  readonly home: string
  /** Where the model listens. */
  readonly url: string
}

const put = (path: string, text: string): void => {
  mkdirSync(join(path, ".."), { recursive: true })
  writeFileSync(path, text)
}

const codexHome = ({ home }: Where): string => join(home, ".codex")

/** Writes what a user would have in the home. */
export const settle = (vendor: Vendor, where: Where): void => {
  const { home, url } = where
  switch (vendor) {
    case "claude-code":
      return put(join(home, ".claude/settings.json"), "{}")
    case "codex":
      return put(
        join(codexHome(where), "config.toml"),
        [
          `model = "gpt-5.5"`,
          `model_provider = "scripted"`,
          `check_for_update_on_startup = false`,
          `[model_providers.scripted]`,
          `name = "scripted"`,
          `base_url = "${url}/v1"`,
          `wire_api = "responses"`,
          `env_key = "SCRIPTED_KEY"`,
          `request_max_retries = 1`,
          `stream_max_retries = 2`,
          `[analytics]`,
          `enabled = false`,
          ``
        ].join("\n")
      )
    case "opencode": {
      const cost = { input: 3, output: 15 }
      const model = { name: "Scripted", limit: { context: 200_000, output: 8192 }, cost, tool_call: true }
      return put(
        join(home, ".config/opencode/opencode.json"),
        JSON.stringify({
          model: "scripted/model",
          small_model: "scripted/model",
          share: "disabled",
          autoupdate: false,
          provider: {
            scripted: {
              npm: "@ai-sdk/openai-compatible",
              name: "scripted",
              options: { baseURL: `${url}/v1`, apiKey: "sk-scripted" },
              models: { model }
            }
          }
        })
      )
    }
  }
}

const environments: { readonly [V in Vendor]: (where: Where) => Readonly<Record<string, string>> } = {
  "claude-code": ({ url }) => ({
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_API_KEY: "sk-scripted",
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    CLAUDE_CODE_MAX_RETRIES: "2",
    DISABLE_TELEMETRY: "1",
    DISABLE_AUTOUPDATER: "1",
    // The namespace has one user, and calls it root.
    IS_SANDBOX: "1"
  }),
  codex: (where) => ({ CODEX_HOME: codexHome(where), SCRIPTED_KEY: "sk-scripted" }),
  opencode: () => ({
    OPENCODE_DISABLE_MODELS_FETCH: "1",
    OPENCODE_DISABLE_AUTOUPDATE: "1",
    OPENCODE_DISABLE_LSP_DOWNLOAD: "1"
  })
}

/** What its program needs in its environment to ask the scripted model. */
export const environmentOf = (vendor: Vendor, where: Where): Readonly<Record<string, string>> =>
  environments[vendor](where)

export const programOf = (vendor: Vendor, { programs }: Where): string =>
  join(programs, "node_modules/.bin", packages[vendor].bin)

/** Its table in drover's configuration. */
export const agentTable = (vendor: Vendor, where: Where, more: Readonly<Record<string, string>>): string => {
  const env = Object.entries({ ...environments[vendor](where), ...more }).map(
    ([name, value]) => `${name} = ${JSON.stringify(value)}`
  )
  return [
    `[agents.vendor]`,
    `kind = "${vendor}"`,
    `command = "${programOf(vendor, where)}"`,
    `env = { ${env.join(", ")} }`,
    ``
  ].join("\n")
}
