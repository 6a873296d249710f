import { dirname } from "node:path"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import fc from "fast-check"
import { stringify } from "smol-toml"
import { expect, it } from "vitest"
import * as Policy from "../../../core/policy/Policy.ts"
import * as Configuration from "../../../shell/config/Configuration.ts"
import * as Places from "../../../shell/config/Places.ts"
import * as Toml from "../../../shell/config/Toml.ts"
import { brief, put, temporaryFolder } from "./TaskFiles.ts"
import { anyText } from "./TomlText.ts"

const read = (text: string) => Toml.parse("/etc/x/config.toml", text).pipe(Either.flatMap(Configuration.fromDocument))

/** `doneRetentionMs` as it is written in a file. */
const written = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

const words = { onDrift: ["block", "warn"] } as const
/** All but what \`[guards.inactivity]\` decides. */
const names = Object.keys(Policy.Policy.fields).filter((name) => !(name in words) && name !== "inactivityOffUntil")
const policyTable = fc.dictionary(fc.constantFrom(...names), fc.integer({ min: 1, max: 1_000_000 }))

it("API-1 every number of the policy can be set by its own name, and the others keep their defaults", () => {
  fc.assert(
    fc.property(policyTable, (chosen) => {
      const table = Object.fromEntries(Object.entries(chosen).map(([name, value]) => [written(name), value]))
      const { policy } = Either.getOrThrow(read(stringify({ policy: table })))
      expect(policy).toEqual({ ...Policy.defaults, ...chosen })
      expect(Schema.is(Policy.Policy)(policy)).toBe(true)
    })
  )
})

it("API-1 a number of the policy that core would not take is refused with its line", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...names),
      fc.oneof(fc.integer({ max: 0 }), fc.constantFrom("nan", "inf", '"1"', "[]", "true", "-0.5")),
      (name, value) => {
        const problems = Either.getOrThrow(Either.flip(read(`\n[policy]\n\n${written(name)} = ${value}\n`))).problems
        expect(brief(problems)).toEqual([["Value", 4, `policy.${written(name)}`, null]])
      }
    )
  )
})

it("API-1 a word of the policy is one of its words", () => {
  for (const [name, allowed] of Object.entries(words)) {
    for (const word of allowed) {
      const { policy } = Either.getOrThrow(read(`[policy]\n${written(name)} = "${word}"`))
      expect(policy).toEqual({ ...Policy.defaults, [name]: word })
    }
    const problems = Either.getOrThrow(Either.flip(read(`[policy]\n${written(name)} = "perhaps"`))).problems
    expect(brief(problems)).toEqual([["Value", 2, `policy.${written(name)}`, null]])
  }
})

it("API-1 an unknown key of the policy is told with the nearest valid one", () => {
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.nat(), (name, place) => {
      const key = written(name)
      const at = place % (key.length + 1)
      const problems = Either.getOrThrow(
        Either.flip(read(`[policy]\n${key.slice(0, at)}z${key.slice(at)} = 1`))
      ).problems
      expect(problems).toHaveLength(1)
      expect(problems[0]).toMatchObject({ line: 2, suggestion: key })
    })
  )
})

it("API-1 the lock of another host is left alone unless the file says otherwise, in words that can be true or false", () => {
  fc.assert(
    fc.property(fc.record({ auto_heal: fc.boolean(), dry_run: fc.boolean() }, { requiredKeys: [] }), (ownership) => {
      expect(Either.getOrThrow(read(stringify({ ownership }))).ownership).toEqual({
        autoHeal: ownership.auto_heal ?? false,
        dryRun: ownership.dry_run ?? false
      })
    })
  )
  expect(Configuration.defaults.ownership).toEqual({ autoHeal: false, dryRun: false })
  for (const value of ["1", '"true"', "[]"]) {
    const problems = Either.getOrThrow(Either.flip(read(`[ownership]\nauto_heal = ${value}\n`))).problems
    expect(brief(problems)).toEqual([["Value", 2, "ownership.auto_heal", null]])
  }
  const unknown = Either.getOrThrow(Either.flip(read("[ownership]\nautoheal = true\n"))).problems
  expect(unknown[0]).toMatchObject({ line: 2, suggestion: "auto_heal" })
})

it("API-1 what is kept of ended tasks is said in days and bytes, each by itself", () => {
  const table = fc.record(
    {
      attempts_days: fc.integer({ min: 1, max: 36_500 }),
      logs_days: fc.integer({ min: 1, max: 36_500 }),
      logs_bytes: fc.integer({ min: 1 }),
      hook_events_days: fc.integer({ min: 1, max: 36_500 }),
      hook_events: fc.integer({ min: 1 }),
      messages_days: fc.integer({ min: 1, max: 36_500 })
    },
    { requiredKeys: [] }
  )
  fc.assert(
    fc.property(table, (retention) => {
      expect(Either.getOrThrow(read(stringify({ retention }))).retention).toEqual({
        attemptsMs: (retention.attempts_days ?? 90) * 86_400_000,
        logsMs: (retention.logs_days ?? 30) * 86_400_000,
        logsBytes: retention.logs_bytes ?? 10 * 2 ** 30,
        hookEventsMs: (retention.hook_events_days ?? 7) * 86_400_000,
        hookEvents: retention.hook_events ?? 1_000_000,
        messagesMs: (retention.messages_days ?? 30) * 86_400_000
      })
    })
  )
  expect(Either.getOrThrow(read("[retention]\nlogs_days = 0.5\n")).retention.logsMs).toBe(43_200_000)
  for (const line of ["attempts_days = 0", "logs_days = 36501", "logs_bytes = 0.5", "logs_days = '1d'"]) {
    const [name = ""] = line.split(" ")
    const problems = Either.getOrThrow(Either.flip(read(`[retention]\n${line}\n`))).problems
    expect(brief(problems)).toEqual([["Value", 2, `retention.${name}`, null]])
  }
})

it("API-1 agents are told of hooks unless the file says that they are not", () => {
  const hooksOf = (text: string) => Either.getOrThrow(read(text)).hooks
  for (const text of ["", "[hooks]", "[hooks]\ninject = true"]) expect(hooksOf(text)).toEqual({ inject: true })
  expect(hooksOf("[hooks]\ninject = false")).toEqual({ inject: false })
  const refused = (line: string) => brief(Either.getOrThrow(Either.flip(read(`[hooks]\n${line}\n`))).problems)
  expect(refused("inject = 1")).toEqual([["Value", 2, "hooks.inject", null]])
  expect(refused("injekt = true")).toEqual([["Key", 2, "hooks.injekt", "inject"]])
})

it("API-1 claude, codex and opencode exist without a file; a table for one of them needs no kind and no command", () => {
  const kinds = ({ agents }: Pick<Configuration.ConfigurationService, "agents">) =>
    [...agents.values()].map(({ name, kind, command, model }) => [name, kind, command, model])
  const three = [
    ["claude", "claude-code", "claude", null],
    ["codex", "codex", "codex", null],
    ["opencode", "opencode", "opencode", null]
  ]
  expect(kinds(Either.getOrThrow(read("")))).toEqual(three)
  const changed = read('[agents.codex]\nmodel = "large"\n[agents.mine]\nkind = "command"\ncommand = "./bin/mine"\n')
  expect(kinds(Either.getOrThrow(changed))).toEqual([
    three[0],
    ["codex", "codex", "codex", "large"],
    three[2],
    ["mine", "command", "/etc/x/bin/mine", null]
  ])
})

it("API-1 an agent can neither set nor be passed what belongs to drover", () => {
  const text = '[agents.claude]\npass_env = ["HOME", "DROVER_HOME"]\n[agents.claude.env]\nDROVER_ATTEMPT = "x"\n'
  expect(brief(Either.getOrThrow(Either.flip(read(text))).problems)).toEqual([
    ["Value", 2, "agents.claude.pass_env[1]", null],
    ["Key", 4, "agents.claude.env.DROVER_ATTEMPT", null]
  ])
})

it("API-1 any text at all is a configuration or a refusal, never a throw", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const found = read(text)
      if (Either.isLeft(found)) expect(found.left.problems.length).toBeGreaterThan(0)
    })
  )
})

it("API-1 without a file the defaults hold; one that can not be read or is wrong is an error, never the defaults", async () => {
  const load = (file: string) => {
    const places = Effect.orDie(Places.make({ HOME: "/nowhere", DROVER_CONFIG: file }))
    const layer = Configuration.layer.pipe(
      Layer.provide(Layer.merge(NodeFileSystem.layer, Layer.effect(Places.Places, places)))
    )
    return Effect.runPromise(Effect.either(Effect.provide(Configuration.Configuration, layer)))
  }
  const folder = temporaryFolder()
  const missing = Either.getOrThrow(await load(`${folder}/none.toml`))
  expect(missing).toMatchObject({ ...Configuration.defaults, file: `${folder}/none.toml` })
  const right = put(folder, "right.toml", "[policy]\nmax_concurrent = 9\n")
  expect(Either.getOrThrow(await load(right)).policy.maxConcurrent).toBe(9)
  const wrong = put(folder, "wrong.toml", "[policy]\nmax_concurrent = 0\n")
  expect(Either.getOrThrow(Either.flip(await load(wrong)))._tag).toBe("ConfigInvalid")
  expect(Either.getOrThrow(Either.flip(await load(dirname(wrong))))._tag).toBe("ConfigUnreadable")
})

it("API-1 [http] listens on this machine alone: any other address is refused where it stands", () => {
  const listen = (text: string) => read(`[http]\nlisten = ${JSON.stringify(text)}\n`)
  expect(Either.getOrThrow(read("")).http).toEqual({ listen: null })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 65_535 }), (port) => {
      for (const host of ["127.0.0.1", "localhost"]) {
        expect(Either.getOrThrow(listen(`${host}:${port}`)).http.listen).toEqual({ host: "127.0.0.1", port })
      }
      expect(Either.getOrThrow(listen(`[::1]:${port}`)).http.listen).toEqual({ host: "::1", port })
    })
  )
  for (const text of [
    "0.0.0.0:80",
    "127.0.0.1",
    "127.0.0.1:0",
    "127.0.0.1:65536",
    ":80",
    "192.168.0.1:80",
    "127.0.0.1:08"
  ]) {
    const { problems } = Either.getOrThrow(Either.flip(listen(text)))
    expect(brief(problems)).toEqual([["Value", 2, "http.listen", null]])
  }
})

it("API-1 what is told of a wrong file is short, and shows neither a vendor's key nor what a name or an environment keeps private", () => {
  const key = "sk-ant-api03-0123456789abcdefghij"
  const long = "x".repeat(100_000)
  const text =
    `[policy]\nmax_concurrent = "${key}"\nmax_strikes = "${long}"\n"${long}" = 1\n` +
    `[agents.a]\nkind = "command"\ncommand = "x"\n[agents.a.env]\nPIN = 4711\n[agents.b]\nkind = "${key}"\n`
  const { problems } = Either.getOrThrow(Either.flip(read(text)))
  expect(problems.map(({ key: at }) => at.slice(0, 21))).toEqual([
    "policy.max_concurrent",
    "policy.max_strikes",
    `policy."${"x".repeat(13)}`,
    "agents.a.env.PIN",
    "agents.b.kind"
  ])
  expect(problems[3]?.message).toMatch(/got a number$/)
  for (const { key: at, message } of problems) {
    expect(`${at}${message}`).not.toContain(key)
    expect(`${at}${message}`).not.toContain("4711")
    expect(at.length + message.length).toBeLessThan(2000)
  }
})

it("API-1 [roles] names who judges and who merges for tasks that do not say; a name of no agent is told with the nearest", () => {
  const text = `[agents.judge]\nkind = "codex"\n[roles.qa]\nagent = "judge"\n[roles.merger]\nagent = "claude"\n`
  expect(Either.getOrThrow(read(text)).roles).toEqual(
    new Map([
      ["qa", "judge"],
      ["merger", "claude"]
    ])
  )
  expect(Either.getOrThrow(read("")).roles).toEqual(new Map())
  const { problems } = Either.getOrThrow(
    Either.flip(read(text.replace('= "judge"', '= "jugde"').replace("claude", "z")))
  )
  expect(brief(problems)).toEqual([
    ["Name", 4, "roles.qa.agent", "judge"],
    ["Name", 6, "roles.merger.agent", null]
  ])
})
