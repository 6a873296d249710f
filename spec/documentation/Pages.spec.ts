import { readFileSync } from "node:fs"
import * as JSONSchema from "effect/JSONSchema"
import { describe, expect, it } from "vitest"
import * as Executions from "../../core/execution/Step.ts"
import { bootKey } from "../../core/guard/Boot.ts"
import * as Survey from "../../core/guard/Survey.ts"
import * as Stages from "../../core/stage/Transition.ts"
import * as Spec from "../../core/task/Spec.ts"
import * as ExitCode from "../../shell/cli/ExitCode.ts"
import * as Defaults from "../../shell/config/Configuration.ts"
import { declarations } from "../../shell/guards/Declarations.ts"
import { pausedKey } from "../../shell/store/Plan.ts"
import { diedKey } from "../../shell/supervisor/LastWords.ts"
import * as Cli from "./Cli.ts"
import * as Configuration from "./Configuration.ts"
import { formatted } from "./Formatted.ts"
import { LIST, parse } from "./Promises.ts"
import * as Properties from "./Properties.ts"
import type { Sentence } from "./Sentences.ts"
import * as StateMachines from "./StateMachines.ts"

/** The kinds of items of a task, where the tick makes them. */
const attentionKinds = [...readFileSync("core/tick/Attention.ts", "utf8").matchAll(/push\("(?<kind>\w+)"/g)].map(
  ({ groups }) => groups?.kind ?? ""
)

/** The rows of a Markdown table under a heading, cell by cell. */
const tableUnder = (page: string, heading: string): ReadonlyArray<ReadonlyArray<string>> => {
  const [, text = ""] = page.split(`### ${heading}\n`)
  const [below = ""] = text.split("\n#")
  const lines = below.split("\n").filter((line) => line.startsWith("|"))
  return lines.slice(2).map((line) => line.split(" | ").map((cell) => cell.replaceAll(/^\| | \|$/g, "")))
}

/** `from to` of each arrow of a diagram, the beginnings left out. */
const arrowsOf = (diagram: string): ReadonlyArray<readonly [pair: string, labels: ReadonlyArray<string>]> =>
  [...diagram.matchAll(/^ +(?<from>\w+) --> (?<to>\w+): (?<label>.*)$/gm)].map(({ groups }) => [
    `${groups?.from} ${groups?.to}`,
    (groups?.label ?? "").split("<br/>")
  ])

const diagramsOf = (page: string): ReadonlyArray<string> =>
  [...page.matchAll(/```mermaid\n(?<text>[^`]*)```/g)].map(({ groups }) => groups?.text ?? "")

describe("the page of the state machines", () => {
  const page = StateMachines.render()
  const [way = "", anywhere = "", executions = ""] = diagramsOf(page)

  it("API-9 it lists every row of both machines, in the order in which they are tried", () => {
    expect(tableUnder(page, "Every row of the stages").map(([, event]) => event)).toEqual(
      Stages.rows.map(({ on }) => on)
    )
    expect(tableUnder(page, "Every row of the executions").map(([from, event, , to]) => [from, event, to])).toEqual(
      Executions.rows.map(({ from, on, to }) => [from.join(", "), on, to.join(", ")])
    )
  })

  it("API-9 it draws every edge of an execution that leads to another, once, and no other", () => {
    const drawn = arrowsOf(executions).flatMap(([pair, labels]) => labels.map((label) => `${pair} ${label}`))
    const edges = Executions.edges
      .filter(({ from, to }) => from !== to)
      .map(({ consequence, from, on, to }) => `${from} ${to} ${on}${consequence === null ? "" : ` ⇒ ${consequence}`}`)
    expect(new Set(drawn)).toEqual(new Set(edges))
    expect(drawn).toHaveLength(new Set(edges).size)
  })

  it("API-9 each event of the stages is drawn, on the way of a task by single stages, else by sets of them", () => {
    const eventsOf = (diagram: string): ReadonlyArray<string> =>
      arrowsOf(diagram).flatMap(([, labels]) => labels.map((label) => label.split(",")[0] ?? ""))
    expect(new Set([...eventsOf(way), ...eventsOf(anywhere)])).toEqual(new Set(Stages.rows.map(({ on }) => on)))
    const pairs = new Set(Stages.edges.map(({ from, to }) => `${from} ${to}`))
    expect(arrowsOf(way).filter(([pair]) => !pairs.has(pair))).toEqual([])
    // A picture with more arrows than that is read by nobody.
    expect(arrowsOf(way).length).toBeLessThan(40)
    expect(arrowsOf(anywhere).length).toBeLessThan(20)
  })
})

describe("the page of the promises", () => {
  const sentence = (id: string | null, text: string, file: string): Sentence => ({ id, text, file, runs: true })
  const list = "## STG · the stage machine\n\n| STG-1 | It holds. | |\n| STG-2 | It stays. | planned: later |\n"

  it("API-9 under each promise stand its sentences, those of a shared suite once with every file, links that exist", () => {
    const page = Properties.render(parse(list).groups, [
      sentence("STG-1", "no `x` is *y*", "spec/documentation/Pages.spec.ts"),
      sentence("STG-1", "shared", "spec/a.spec.ts"),
      sentence("STG-1", "shared", "spec/b/c.spec.ts"),
      sentence("STG-9", "of nobody", "spec/a.spec.ts"),
      sentence(null, "of nothing", "spec/a.spec.ts")
    ])
    expect(page).toContain("## The stage machine\n\n### STG-1\n\n**It holds.**\n")
    expect(page).toContain("- shared ([a](../spec/a.spec.ts), [b/c](../spec/b/c.spec.ts))\n")
    expect(page).toContain(String.raw`- no \`x\` is \*y\* ([documentation/Pages](../spec/documentation/Pages.spec.ts))`)
    expect(page).toContain("### STG-2\n\n**It stays.**\n\n_Planned: later._\n")
    expect(page).toContain("[The stage machine](#the-stage-machine): STG-1 to STG-2, 1 of 2 kept")
    expect(page).not.toContain("of no")
  })

  it("API-9 the list of promises is without mistakes, and each kind of mistake in it is told with its line", () => {
    const { errors, groups } = parse(readFileSync(LIST, "utf8"))
    expect(errors).toEqual([])
    expect(groups.length).toBeGreaterThan(10)
    expect(groups.filter(({ promises }) => promises.length === 0)).toEqual([])
    const wrong = "| STG-1 | Again. | |\n| STG-3 | Mark. | done |\n| EXE-1 | Where? | |\n| STG-4 | two cells |\n"
    expect(parse(list + wrong).errors).toEqual([
      `${LIST}:5: STG-1 stands here twice`,
      `${LIST}:6: "done" is neither empty nor planned`,
      `${LIST}:7: EXE-1 is in another group`,
      `${LIST}:8: not a row of three cells`
    ])
  })
})

describe("the page of the commands", () => {
  it("API-9 it has every command with all of its arguments and options, each with words of its own", async () => {
    const commands = await Cli.commands()
    const page = Cli.render(commands)
    expect(commands.length).toBeGreaterThan(30)
    for (const { help, name } of commands) {
      const [, text = ""] = page.split(`\n### ${name}\n`)
      const [own = ""] = text.split("\n##")
      expect([name, own.split("\n").filter((line) => line.startsWith("    drover ")).length]).toEqual([name, 1])
      const [line = ""] = own.split("\n").filter((each) => each.startsWith("    drover "))
      expect(line.replaceAll(/[[\]]/g, "")).toBe(
        `    drover ${[name, ...help.args.map((arg) => arg.name)].join(" ")} options`
      )
      for (const { about, name: option } of [...help.args, ...help.options]) {
        expect([name, option, about.length > 3]).toEqual([name, option, true])
        if (option !== "--json") expect(own).toContain(`\`${option.replaceAll("|", String.raw`\|`)}\``)
      }
    }
  })

  it("API-9 arguments that may be left out are shown so, and those that follow them too", async () => {
    const lines = Cli.render(await Cli.commands()).split("\n")
    for (const line of [
      "    drover attention [<operation> [<id>...]] [options]",
      "    drover commitments [<operation> [<id>]] [options]",
      "    drover send <role> <text> [options]",
      "    drover status [options]"
    ])
      expect(lines).toContain(line)
  })

  it("API-7 it has every exit status that a command can end with", () => {
    const page = Cli.render([])
    for (const [code, meaning] of ExitCode.meanings) expect(page).toContain(`| ${code} | ${meaning} |`)
    const codes = [ExitCode.done, ExitCode.failed, ExitCode.refused, ExitCode.person, 2, 3]
    for (const code of codes) expect(ExitCode.meanings.map(([code]) => code)).toContain(String(code))
  })

  it("API-9 what lies in docs/ is what the commands say now", async () => {
    const page = "docs/cli.md"
    expect(readFileSync(page, "utf8")).toBe(formatted(page, Cli.render(await Cli.commands())))
  })
})

/** Every key that a JSON Schema has, with that of its table: `task verify`, `verify run`. */
const keysOf = (schema: unknown, above = ""): ReadonlyArray<string> => {
  if (typeof schema !== "object" || schema === null) return []
  return Object.entries(schema).flatMap(([word, value]) => {
    if (word !== "properties" || typeof value !== "object" || value === null) return keysOf(value, above)
    return Object.entries(value).flatMap(([key, inner]) => [`${above} ${key}`, ...keysOf(inner, key)])
  })
}

describe("the page of the configuration", () => {
  const page = Configuration.render()

  it("API-9 it has every table and every key of the three files, each with words of its own", () => {
    for (const { heading, schema } of Configuration.files) {
      const [, own = ""] = page.split(`\n## ${heading}\n`)
      const [text = ""] = own.split("\n## ")
      const keys = keysOf(JSONSchema.make(schema))
      expect(keys.length).toBeGreaterThan(10)
      for (const key of keys) {
        const [above = "", name = ""] = key.split(" ")
        // A table has a heading; all guards have one, and a row each. A key has a row, with what it means at its end.
        const isTable = new RegExp(`^### \\[+(?:\\w+\\.)?${name}(?:\\.NAME)?\\]`, "m").test(text)
        const rows = page.split("\n").filter((line) => line.startsWith(`| \`${name}\` `))
        expect([heading, above, name, isTable || rows.length > 0]).toEqual([heading, above, name, true])
        for (const row of rows)
          expect([name, row.split(" | ").at(-1)]).toEqual([name, expect.stringMatching(/^\S.{5}/)])
      }
    }
  })

  it("API-9 what it says to hold if nothing is said is what holds", () => {
    for (const [key, value] of [
      ["max_concurrent", Defaults.defaults.policy.maxConcurrent],
      ["done_retention_ms", Defaults.defaults.policy.doneRetentionMs],
      ["expiry_min", Defaults.defaults.claims.policy.expiryMs / 60_000],
      ["max_tool_turns", Spec.defaults.maxToolTurns]
    ] as const) {
      const row = page.split("\n").find((line) => line.startsWith(`| \`${key}\` `))
      expect(row?.split(" | ")[2]?.trim()).toBe(`\`${value}\``)
    }
  })

  it("API-9 what lies in docs/ is what the schemas say now", () => {
    const file = "docs/configuration.md"
    expect(readFileSync(file, "utf8")).toBe(formatted(file, page))
  })
})

describe("the page of operations", () => {
  const page = readFileSync("docs/operations.md", "utf8")
  const headings = new Set([...page.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading))

  it("API-9 it says of every guard what to do, and of no guard that there is not", () => {
    const told = [...headings].flatMap((heading) => /^Guard: (.*)$/.exec(heading ?? "")?.[1] ?? [])
    expect(told.toSorted()).toEqual(declarations.map(({ key }) => key).toSorted())
  })

  it("API-9 it says of every kind of attention what to do", () => {
    const kinds = [
      pausedKey("NAME"),
      Survey.keyOf("NAME"),
      Survey.configurationKey,
      bootKey,
      diedKey,
      ...attentionKinds.map((kind) => `task:ID:${kind}`)
    ]
    expect(attentionKinds.length).toBeGreaterThan(3)
    for (const kind of kinds) expect([...headings]).toContain(kind)
  })

  it("API-9 every option that it shows is one of the command it is shown with", async () => {
    const commands = await Cli.commands()
    const shown = [...page.matchAll(/(?:^|`)drover ([a-z-]+)((?: [^`#&|;\n]*)?)/gm)]
    expect(shown.length).toBeGreaterThan(30)
    for (const [line, name, rest = ""] of shown) {
      const command = commands.find((each) => each.name === name)
      expect([line, command === undefined]).toEqual([line, false])
      const known = command?.help.options.map((option) => option.name.split(/[ ,]/)[0]) ?? []
      for (const [option] of rest.matchAll(/--[a-z-]+/g))
        expect([line, known]).toEqual([line, expect.arrayContaining([option])])
    }
  })
})
