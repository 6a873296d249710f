import { existsSync, lstatSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import fc from "fast-check"
import { expect, it } from "vitest"
import {
  type ExampleAgent,
  jsonSchema,
  plan,
  template as textFor,
  upgraded,
  write
} from "../../../shell/config/Scaffold.ts"
import { load } from "../../../shell/config/TaskFile.ts"
import { TaskTable } from "../../../shell/config/TaskTable.ts"
import { put, run, temporaryFolder } from "./TaskFiles.ts"

const template = textFor()

const init = (folder: string, mode: "New" | "Force" | "Upgrade", agent: ExampleAgent = "shell") =>
  Effect.tap(plan(folder, mode, agent), (planned) => Effect.forEach(planned, write))

const words = (written: Either.Either<ReadonlyArray<{ readonly was: string }>, unknown>) =>
  Either.getOrThrow(written).map(({ was }) => was)

it("API-1 the task file that init writes is right as it is, and warns of nothing", async () => {
  const folder = temporaryFolder()
  expect(words(await run(init(folder, "New")))).toEqual(["written", "written"])
  const { tasks, warnings } = Either.getOrThrow(await run(load(join(folder, "tasks.toml"))))
  expect(warnings).toEqual([])
  expect(tasks.map(({ spec, dependsOnNames }) => [spec.name, dependsOnNames, spec.agent.command])).toEqual([
    ["greeting", [], "sh"],
    ["shout", ["greeting"], "sh"]
  ])
})

it.each(["claude", "codex", "opencode"] as const)(
  "API-1 the task file that init writes for %s is right, and its tasks are that agent's",
  async (agent) => {
    const folder = temporaryFolder()
    // Where these specs run nobody needs to have the program.
    const stand = `\n[agents.${agent}]\nkind = "command"\ncommand = "true"\n`
    const path = put(folder, "tasks.toml", textFor(agent) + stand)
    const { tasks } = Either.getOrThrow(await run(load(path)))
    expect(tasks.map(({ spec }) => spec.agent.name)).toEqual([agent, agent])
    expect(tasks.map(({ spec }) => spec.prompt)).toEqual([
      "Write the line 'hello, world' into greeting.txt.",
      `Write what is in greeting.txt into shout.txt, in upper case.   # a prompt keeps its "quotes" and its # signs\n`
    ])
  }
)

it("API-1 a plan writes nothing", async () => {
  const folder = temporaryFolder()
  expect(words(await run(plan(folder, "New")))).toEqual(["written", "written"])
  expect(existsSync(join(folder, "tasks.toml")) || existsSync(join(folder, ".drover"))).toBe(false)
})

it("API-1 every key that the example shows in a comment is a key, with the value that holds without it", async () => {
  const folder = temporaryFolder()
  const load_ = async (text: string) => Either.getOrThrow(await run(load(put(folder, "tasks.toml", text)))).tasks
  const shown = template.replaceAll(/^# (\w+ = )/gm, "$1").replace(/^budget_usd.*$/m, "")
  expect(shown).not.toBe(template)
  expect(await load_(shown)).toEqual(await load_(template))
})

it("API-1 init never writes over a task file unless it is told to", async () => {
  const folder = temporaryFolder()
  const path = put(folder, "tasks.toml", "mine")
  const error = Either.getOrThrow(Either.flip(await run(init(folder, "New"))))
  expect(error).toMatchObject({ _tag: "ScaffoldExists", path })
  expect(readFileSync(path, "utf8")).toBe("mine")
  expect(existsSync(join(folder, ".drover"))).toBe(false)
  expect(words(await run(init(folder, "Force")))).toEqual(["written", "written"])
  expect(readFileSync(path, "utf8")).toBe(template)
})

it("API-1 an upgrade renews the schema and the header, keeps the rest byte for byte, and done twice changes nothing", async () => {
  const folder = temporaryFolder()
  const [schema = "", tasks = ""] = [join(folder, ".drover/tasks.schema.json"), join(folder, "tasks.toml")]
  expect(words(await run(init(folder, "Upgrade")))).toEqual([])
  expect([existsSync(schema), existsSync(tasks)]).toEqual([false, false])
  put(folder, ".drover/tasks.schema.json", "{}")
  put(folder, "tasks.toml", "#:schema old.json\n# drover task file, format 0\n# mine\nx = 1")
  expect(words(await run(init(folder, "Upgrade")))).toEqual(["refreshed", "refreshed"])
  expect(readFileSync(schema, "utf8")).toBe(jsonSchema())
  expect(readFileSync(tasks, "utf8")).toBe(`${template.split("\n").slice(0, 2).join("\n")}\n# mine\nx = 1`)
  expect(words(await run(init(folder, "Upgrade")))).toEqual(["unchanged", "unchanged"])
})

it("API-1 a task file that is a link stays one, with its mode, its byte order mark and every byte below the header", async () => {
  const folder = temporaryFolder()
  const [link, real] = [join(folder, "tasks.toml"), put(folder, "own/real.toml", "\ufeff# mine\nx = 1", 0o600)]
  symlinkSync("own/real.toml", link)
  for (const [mode, text] of [
    ["Upgrade", `\ufeff${template.split("\n").slice(0, 2).join("\n")}\n# mine\nx = 1`],
    ["Force", template]
  ] as const) {
    Either.getOrThrow(await run(init(folder, mode)))
    expect([lstatSync(link).isSymbolicLink(), statSync(real).mode & 0o777]).toEqual([true, 0o600])
    expect(readFileSync(real, "utf8")).toBe(text)
  }
  expect(readdirSync(folder, { recursive: true }).filter((name) => String(name).endsWith(".new"))).toEqual([])
})

it("SEC-1 a task file or a schema that a link leads out of the folder is refused, and what it leads to is not touched", async () => {
  for (const name of ["tasks.toml", ".drover"]) {
    const [folder, outside] = [temporaryFolder(), temporaryFolder()]
    const file = put(outside, name === "tasks.toml" ? "x" : "tasks.schema.json", "theirs")
    symlinkSync(name === "tasks.toml" ? file : outside, join(folder, name))
    for (const mode of ["Upgrade", "Force"] as const) {
      const error = Either.getOrThrow(Either.flip(await run(init(folder, mode))))
      expect(error.message).toContain("it leads out of the project")
    }
    expect(readFileSync(file, "utf8")).toBe("theirs")
  }
})

it("API-1 any text under the present header is kept by an upgrade", () => {
  fc.assert(
    fc.property(fc.fullUnicodeString(), (text) => {
      fc.pre(!/^\ufeff?#/.test(text))
      expect(upgraded(text).endsWith(text.replace(/^\ufeff/, ""))).toBe(true)
      expect(upgraded(text).startsWith("\ufeff")).toBe(text.startsWith("\ufeff"))
      expect(upgraded(upgraded(text))).toBe(upgraded(text))
    })
  )
})

it("API-1 the schema for editors has every key of a task and no other", () => {
  const schema = JSON.parse(jsonSchema())
  const task = schema.properties.task.items
  expect(Object.keys(task.properties).toSorted()).toEqual(Object.keys(TaskTable.fields).toSorted())
  expect(task.additionalProperties).toBe(false)
  expect(task.properties.merge.enum).toEqual(["squash", "none"])
})
