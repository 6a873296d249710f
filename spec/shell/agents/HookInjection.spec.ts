/** How vendors' programs are told of hooks on their command lines; that the real ones run them is in docs/hooks.md. */
import fc from "fast-check"
import * as Schema from "effect/Schema"
import { parse } from "smol-toml"
import { expect, it } from "vitest"
import { handler, isOwn, namesOf } from "../../../core/hook/VendorHooks.ts"
import { args } from "../../../shell/agents/CommandLine.ts"
import { wanted } from "../../../shell/hooks/settings/Settings.ts"

const asked = { session: null, marker: null, model: null, args: [] }
const program = fc
  .oneof(fc.string(), fc.fullUnicodeString(), fc.constantFrom("it's", `"q" \\ $x`, "\u007f\n\t", "# ä"))
  .map((name) => `/${name.replaceAll("\0", "")}/hook`)

const Handler = Schema.Struct({ type: Schema.Literal("command"), command: Schema.String, timeout: Schema.Number })
const Lists = Schema.Record({
  key: Schema.String,
  value: Schema.Tuple(Schema.Struct({ hooks: Schema.Tuple(Handler) }))
})
const Claude = Schema.parseJson(Schema.Struct({ hooks: Lists }))
const Trust = Schema.Record({ key: Schema.String, value: Schema.Struct({ trusted_hash: Schema.String }) })

/** The word behind an option, of which there is one. */
const valueOf = (line: ReadonlyArray<string>, option: string): string => {
  expect(line.filter((word) => word === option)).toHaveLength(1)
  return line[line.indexOf(option) + 1] ?? ""
}

const handlers = (lists: typeof Lists.Type) =>
  new Map(Object.entries(lists).map(([name, [{ hooks }]]) => [name, hooks[0]]))

it("AGT-3 Claude Code is told the very entries that are installed, so that one that is both is run once", () => {
  fc.assert(
    fc.property(program, (hook) => {
      const value = valueOf(args("claude-code", { ...asked, hook }), "--settings")
      expect(handlers(Schema.decodeSync(Claude)(value).hooks)).toEqual(wanted("claude-code", hook))
    })
  )
})

it("AGT-3 Claude Code goes by its last settings alone: where the user's own arguments have some, no hooks are told", () => {
  for (const own of [["--settings", "{}"], ["--settings=x.json"], ["-v", "--settings", "a"]]) {
    const line = args("claude-code", { ...asked, args: own, hook: "/s/hook" })
    expect(line).toEqual(args("claude-code", { ...asked, args: own }))
  }
})

it("AGT-3 Codex is told its hooks in TOML, whatever the path is, each with the trust for that one alone", () => {
  fc.assert(
    fc.property(program, (hook) => {
      const line = args("codex", { ...asked, hook })
      expect(line.some((word) => word.includes("hook-trust"))).toBe(false)
      const { hooks } = parse(valueOf(line, "-c"))
      const { state, ...lists } = Schema.decodeUnknownSync(
        Schema.Struct({ state: Trust }, { key: Schema.String, value: Schema.Unknown })
      )(hooks)
      expect(handlers(Schema.decodeUnknownSync(Lists)(lists))).toEqual(wanted("codex", hook))
      expect(Object.keys(state)).toHaveLength(namesOf("codex").length)
    })
  )
})

it("AGT-3 Codex finds the trust where it looks for it, with the digests that Codex 0.169.0 itself makes of those hooks", () => {
  const { hooks } = parse(valueOf(args("codex", { ...asked, hook: `/it's "here"/\u00e4\u007f\\/hook` }), "-c"))
  const { state } = Schema.decodeUnknownSync(Schema.Struct({ state: Trust }))(hooks)
  // As `hooks/list` of its app-server said (docs/hooks.md).
  const recorded = {
    pre_tool_use: "10a276e282d05f311893697b68b24f8a7375331baf36879146583d908de8cab2",
    session_end: "af20fa484c6c982755cf30efad373216606200777fce1f876dacd67c0d837695",
    stop: "0c6b116e915d325da3cc2e981df1fd46de0a65857c6a094613d048e793ebb87f",
    user_prompt_submit: "74d42929512b0fc605229e856eb3f11d701290be5f50ccc0858eb596ed379cd8",
    interrupt: "76bc2c6003dd6a53e5f3faeca97264e9d6f68afd853e010d23d702335800c228"
  }
  for (const [name, digest] of Object.entries(recorded)) {
    expect(state[`/<session-flags>/config.toml:${name}:0:0`]).toEqual({ trusted_hash: `sha256:${digest}` })
  }
})

it("AGT-3 OpenCode and a command are told of no hooks, and nobody is where there is no program for them", () => {
  for (const kind of ["opencode", "command"] as const) {
    expect(args(kind, { ...asked, hook: "/s/hook" })).toEqual(args(kind, asked))
  }
  for (const kind of ["claude-code", "codex"] as const) {
    expect(args(kind, { ...asked, hook: null })).toEqual(args(kind, asked))
    expect(args(kind, { ...asked, hook: "/s/hook", args: ["--last"] }).at(-1)).toBe("--last")
  }
})

it("API-6 a hook's command is one word and its name to a shell, whatever the path is, and is known as drover's", () => {
  fc.assert(
    fc.property(program, (hook) => {
      const { command } = handler(hook, "Stop")
      expect(isOwn(command)).toBe(true)
      expect(command.startsWith("'")).toBe(true)
      expect(
        command
          .replace(/' Stop # drover$/, "")
          .slice(1)
          .replaceAll(`'\\''`, "'")
      ).toBe(hook)
    })
  )
  for (const other of ["'/opt/hook' Stop", "/s/hook Stop # drover", "echo # drover", "'/a' Stop # drover x", ""]) {
    expect(isOwn(other)).toBe(false)
  }
})
