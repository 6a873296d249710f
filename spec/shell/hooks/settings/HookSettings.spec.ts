import fc from "fast-check"
import * as Either from "effect/Either"
import { expect, it } from "vitest"
import { handler, isOwn, namesOf } from "../../../../core/hook/VendorHooks.ts"
import { install, programs, standing, uninstall, type Wanted } from "../../../../shell/hooks/settings/HookSettings.ts"
import { texts } from "./JsonTexts.ts"

const wantedFor = (program: string, vendor: "claude-code" | "codex" = "claude-code"): Wanted =>
  new Map(namesOf(vendor).map((name) => [name, handler(program, name)]))

const here = wantedFor("/home/user/.local/state/drover/hook")
const elsewhere = wantedFor("/it's\nelse where/hook", "codex")

const installed = (text: string | null, wanted: Wanted = here): string => Either.getOrThrow(install(text, wanted))
const removed = (text: string): string | null => Either.getOrThrow(uninstall(text))
const state = (text: string | null, wanted: Wanted = here) => Either.getOrThrow(standing(text, wanted))

/** The value without the entries whose command is drover's, by nothing but JSON.parse. */
const others = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(others).filter((each) => each !== undefined)
  if (typeof value !== "object" || value === null) return value
  if ("command" in value && typeof value.command === "string" && isOwn(value.command)) return undefined
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, others(each)]))
}

/** The commands of a hook, as the vendors' programs would find them. */
const commandsOf = (text: string, name: string): ReadonlyArray<string> => {
  const { hooks } = JSON.parse(text)
  const groups: ReadonlyArray<unknown> = hooks[name]
  return groups.flatMap((group) => {
    const found: unknown = typeof group === "object" && group !== null && "hooks" in group ? group.hooks : []
    return Array.isArray(found) ? found.map((each) => each?.command) : []
  })
}

it("API-6 what was installed is removed to the byte, from any settings, with hooks of others in the same lists", () => {
  fc.assert(
    fc.property(texts, (text) => {
      expect(removed(installed(text))).toBe(text)
      expect(removed(text)).toBe(text)
    })
  )
})

it("API-6 nothing that was there is changed or moved: every byte of it stands in the same order around what is added", () => {
  fc.assert(
    fc.property(texts, (text) => {
      const now = installed(text)
      let at = 0
      for (const letter of now) if (text.startsWith(letter, at)) at += letter.length
      expect(at).toBe(text.length)
      for (const [name, { command }] of here) {
        const before = JSON.parse(text).hooks?.[name] ?? []
        expect(commandsOf(now, name).filter((each) => each === command)).toHaveLength(1)
        expect(JSON.parse(now).hooks[name].slice(0, before.length)).toEqual(before)
        expect(JSON.parse(now).hooks[name]).toHaveLength(before.length + 1)
      }
      const { hooks: _, ...rest } = JSON.parse(now)
      const { hooks: __, ...was } = JSON.parse(text)
      expect(rest).toEqual(was)
    })
  )
})

it("API-6 installing twice is installing once, and the entries of another state directory are replaced, not doubled", () => {
  fc.assert(
    fc.property(fc.option(texts), (text) => {
      expect(state(text)).toBe("absent")
      const once = installed(text)
      expect(state(once)).toBe("installed")
      expect(installed(once)).toBe(once)
      expect(state(once, elsewhere)).toBe("stale")
      const moved = installed(once, elsewhere)
      expect(moved).toBe(installed(text, elsewhere))
      expect(removed(moved)).toBe(text)
    })
  )
})

it("API-6 a file that only drover made is no file again, and one with something of others in it stays", () => {
  const alone = installed(null)
  expect(alone.endsWith("}\n")).toBe(true)
  expect(removed(alone)).toBeNull()
  expect(removed(installed("{}"))).toBe("{}")
  const shared = alone.replace(/^\{/, `{"model": "opus",`)
  expect(removed(shared)).toBe(`{"model": "opus"\n}\n`)
})

it("API-6 what others put around and among drover's entries later stays when those are removed", () => {
  const mine = { type: "command", command: "mine" }
  fc.assert(
    fc.property(texts, fc.constantFrom(...here.keys()), fc.nat(3), fc.boolean(), (text, name, index, isWithin) => {
      const value = JSON.parse(installed(text))
      const list: Array<unknown> = value.hooks[name]
      if (isWithin) list[list.length - 1] = { matcher: "Bash", hooks: [mine, here.get(name), mine] }
      else list.splice(Math.min(index, list.length), 0, { hooks: [mine] })
      const left = removed(JSON.stringify(value, null, 3))
      const lists = JSON.parse(left ?? "{}").hooks?.[name]
      const kept = list.map(others).filter((group) => JSON.stringify(group) !== `{"hooks":[]}`)
      // A group of others that has nothing in it is left too, and looks like one that drover's entry was taken from.
      const without = (groups: ReadonlyArray<unknown>) =>
        groups.filter((each) => JSON.stringify(each) !== `{"hooks":[]}`)
      expect(without(lists)).toEqual(kept)
      expect(state(left)).toBe("absent")
    })
  )
})

it("API-6 an entry that is missing, twice, under another hook, or with another limit is stale, and made good", () => {
  const text = installed(`{"hooks": {"Stop": []}}`)
  const changes: ReadonlyArray<(hooks: Record<string, Array<unknown>>) => void> = [
    (hooks) => delete hooks.Stop,
    (hooks) => hooks.Stop?.push(hooks.Stop[0]),
    (hooks) => ([hooks.Stop, hooks.PreCompact] = [hooks.PreCompact ?? [], hooks.Stop ?? []]),
    (hooks) => (hooks.Interrupt = [{ hooks: [handler("/home/user/.local/state/drover/hook", "Interrupt")] }]),
    (hooks) => (hooks.Stop = [{ hooks: [{ ...here.get("Stop"), timeout: 600 }] }])
  ]
  for (const change of changes) {
    const value = JSON.parse(text)
    change(value.hooks)
    const stale = JSON.stringify(value)
    expect(state(stale)).toBe("stale")
    expect(state(installed(stale))).toBe("installed")
  }
})

it("API-6 of keys that are there twice the last counts, as in the vendors' programs, to tell whose an entry is", () => {
  const own = `"command": "'/s/hook' Stop # drover"`
  const entry = (keys: string): string => `{"hooks": {"Stop": [{"hooks": [{${keys}}, 1]}]}}`
  expect(removed(entry(`"command": "mine", ${own}`))).toBe(`{"hooks": {"Stop": [{"hooks": [1]}]}}`)
  const mine = entry(`${own}, "command": "mine"`)
  expect(removed(mine)).toBe(mine)
})

it("API-6 what is no JSON object is left alone and told why, and never is anything thrown", () => {
  const rows: ReadonlyArray<readonly [text: string, problem: string]> = [
    ["", "is no JSON"],
    ["{", "is no JSON"],
    [`{"a": 1,}`, "is no JSON"],
    [`{} // mine`, "is no JSON"],
    [`\ufeff{}`, "is no JSON"],
    ["[]", "is JSON, but no object"],
    ["null", "is JSON, but no object"],
    ["[".repeat(200_000), "is nested too deeply"],
    [`{"hooks": []}`, `has "hooks" that are no object`],
    [`{"hooks": {"Stop": {}}}`, `has "hooks.Stop" that is no list`],
    [`{"hooks": {}, "hooks": {}}`, `has the key "hooks" twice`],
    [`{"hooks": {"Stop": [], "Stop": []}}`, `has the key "Stop" twice in "hooks"`]
  ]
  for (const [text, problem] of rows) expect(Either.flip(install(text, here))).toEqual(Either.right(problem))
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      for (const answer of [install(text, here), uninstall(text), standing(text, here)]) {
        expect(Either.isEither(answer)).toBe(true)
      }
      let isObject = false
      try {
        const value: unknown = JSON.parse(text)
        isObject = typeof value === "object" && value !== null && !Array.isArray(value)
      } catch {
        // No JSON.
      }
      expect(Either.isRight(uninstall(text))).toBe(isObject)
    })
  )
})

it("API-6 what is added looks like the rest: its line breaks, its indentation, one line where there is one line", () => {
  const wanted: Wanted = new Map([["Stop", handler("/s/hook", "Stop")]])
  const entry = `"command": "'/s/hook' Stop # drover"`
  expect(installed(`{\r\n\t"a": 1\r\n}`, wanted).split("\r\n")).toEqual([
    "{",
    `\t"a": 1,`,
    `\t"hooks": {`,
    `\t\t"Stop": [`,
    "\t\t\t{",
    `\t\t\t\t"hooks": [`,
    "\t\t\t\t\t{",
    `\t\t\t\t\t\t"type": "command",`,
    `\t\t\t\t\t\t${entry},`,
    `\t\t\t\t\t\t"timeout": 3`,
    "\t\t\t\t\t}",
    "\t\t\t\t]",
    "\t\t\t}",
    "\t\t]",
    "\t}",
    "}"
  ])
  expect(installed(`{"hooks":{"Stop":[{}]}}`, wanted)).toBe(
    `{"hooks":{"Stop":[{},{ "hooks": [ { "type": "command", ${entry}, "timeout": 3 } ] }]}}`
  )
})

it("API-6 whose entries are in a file is known: this state directory's, another's, both, or nobody's", () => {
  const whose = (text: string) => Either.getOrThrow(programs(text))
  fc.assert(
    fc.property(texts, (text) => {
      expect(whose(text)).toEqual([])
      expect(whose(installed(text))).toEqual(["/home/user/.local/state/drover/hook"])
      expect(whose(installed(text, elsewhere))).toEqual(["/it's\nelse where/hook"])
    })
  )
  const entry = (program: string) => ({ hooks: [handler(program, "Stop")] })
  expect(whose(JSON.stringify({ hooks: { Stop: [entry("/a"), entry("/b"), entry("/a")] } }))).toEqual(["/a", "/b"])
})
