import * as Either from "effect/Either"
import fc from "fast-check"
import { stringify } from "smol-toml"
import { describe, expect, it } from "vitest"
import { ConfigInvalid, ConfigUnreadable } from "../../../shell/config/ConfigProblem.ts"
import { fromDocument, load, submitFlags, type SubmitFlags } from "../../../shell/config/TaskFile.ts"
import { TaskTable, VerifyTable } from "../../../shell/config/TaskTable.ts"
import * as Toml from "../../../shell/config/Toml.ts"
import { brief, put, run, taskFile, temporaryFolder, worker } from "./TaskFiles.ts"
import { anyText } from "./TomlText.ts"

const problemsOf = (text: string) =>
  Either.match(Toml.parse("tasks.toml", text).pipe(Either.flatMap((document) => fromDocument(document, "/folder"))), {
    onLeft: (error) => error.problems,
    onRight: () => []
  })

describe("a right file", () => {
  it("API-1 every key of a task file means what the contract says, its own before the default before the built-in", async () => {
    const folder = temporaryFolder()
    await fc.assert(
      fc.asyncProperty(taskFile, async (file) => {
        const path = put(folder, "tasks.toml", stringify(file))
        const loaded = Either.getOrThrowWith(await run(load(path)), (error) => new Error(String(error)))
        expect(loaded.path).toBe(path)
        expect(loaded.tasks).toEqual(
          file.task.map((own) => {
            const said = { ...file.defaults, ...own }
            return {
              spec: {
                name: own.name,
                prompt: own.prompt,
                cwd: folder,
                agent: worker,
                mailboxRole: null,
                model: said.model ?? null,
                maxRetries: said.max_retries ?? 2,
                timeoutMin: said.timeout_min ?? 45,
                maxToolTurns: said.max_tool_turns ?? 80,
                inactivitySecs: said.inactivity_secs ?? 300,
                budgetUsd: said.budget_usd ?? null,
                priority: said.priority ?? 0,
                isolate: "in-place",
                verify: (said.verify ?? []).map(({ run, timeout_min }) => ({
                  _tag: "Run",
                  command: run,
                  timeoutMin: timeout_min ?? 15
                }))
              },
              flow: { qa: said.qa ?? "server", merge: "none", start: said.start ?? "auto" },
              dependsOnNames: own.depends_on,
              dependsOnIds: [],
              upcoming: false,
              key: null
            }
          })
        )
      })
    )
  })

  it("API-1 a prompt survives as it is written, whatever kind of string it is written in", async () => {
    const folder = temporaryFolder()
    const text = [
      '[defaults]\nagent = "worker"',
      `[[task]]\nname = "long"\nprompt = """\n# not a comment\n"quoted" 'twice' \\u00e9 é\n\tend """`,
      `[[task]]\nname = "literal"\nprompt = '''\n# \\n stays "as" it is\n'''`,
      `[[task]]\nname = "short"\nprompt = "a # b = \\"c\\" [[task]]" # a comment`
    ].join("\n")
    const loaded = Either.getOrThrow(await run(load(put(folder, "prompts.toml", text))))
    expect(loaded.tasks.map(({ spec }) => spec.prompt)).toEqual([
      "# not a comment\n\"quoted\" 'twice' é é\n\tend ",
      '# \\n stays "as" it is\n',
      'a # b = "c" [[task]]'
    ])
  })

  it("API-1 what is right but surprising is a warning with its place: no verifier, a budget whose cost may be unknown", async () => {
    const folder = temporaryFolder()
    const text = '[defaults]\nagent = "worker"\n[[task]]\nname = "a"\nprompt = "x"\nbudget_usd = 1\n'
    const path = put(folder, "warned.toml", text)
    const { warnings } = Either.getOrThrow(await run(load(path)))
    expect(warnings).toHaveLength(2)
    expect(warnings[0]).toContain(`${path}:3:3: warning: without a verifier`)
    expect(warnings[1]).toContain(`${path}:6:1: warning: the budget holds only if the agent's program prints`)
  })

  it("EXE-6 a budget is warned of where its agent's spend will not be known: by kind, by model, and with the table to write", async () => {
    const folder = temporaryFolder()
    const task = (name: string, agent: string, more = "budget_usd = 1\n"): string =>
      `[[task]]\nname = "${name}"\nprompt = "x"\nagent = "${agent}"\n${more}`
    const agents = ["claude-code", "codex", "opencode"].map(
      (kind) => `[agents.${kind}]\nkind = "${kind}"\ncommand = "${process.execPath}"\n`
    )
    const text = [
      '[defaults]\nverify = [{ run = "true" }]\n',
      ...agents,
      `[agents.cheap]\nkind = "codex"\ncommand = "${process.execPath}"\nmodel = "priced"\n`,
      task("claude", "claude-code"),
      task("free", "codex", ""),
      task("a", "codex"),
      task("b", "codex"),
      task("c", "codex", 'budget_usd = 1\nmodel = "gpt-9.1"\n'),
      task("d", "codex", 'budget_usd = 1\nmodel = "priced"\n'),
      task("e", "cheap"),
      task("f", "cheap", 'budget_usd = 1\nmodel = "dear"\n'),
      task("g", "opencode"),
      task("h", "opencode", 'budget_usd = 1\nmodel = "priced"\n')
    ].join("")
    const path = put(folder, "budgets.toml", text)
    const { warnings } = Either.getOrThrow(await run(load(path)))
    const lineOf = (name: string): number => text.slice(0, text.indexOf(`name = "${name}"`)).split("\n").length + 3
    const file = "/none/config.toml"
    const none = "the budget can not hold: Codex reports tokens and no money, and"
    expect(warnings).toEqual([
      `${path}:${lineOf("a")}:1: warning: ${none} no model is named whose price could be known; name one, and write [prices."MODEL"] in ${file}: a, b`,
      `${path}:${lineOf("c")}:1: warning: ${none} gpt-9.1 has no price; write [prices."gpt-9.1"] in ${file}: c`,
      `${path}:${lineOf("f")}:1: warning: ${none} dear has no price; write [prices."dear"] in ${file}: f`,
      `${path}:${lineOf("g")}:1: warning: the budget holds only if OpenCode knows what its model costs; where it does not, write [prices."MODEL"] in ${file}: g`
    ])
  })
})

describe("one mistake", () => {
  /** The keys that are valid under a header that `stringify` writes. */
  const valid = (header: string): ReadonlyArray<string> | null => {
    if (header === "") return ["defaults", "task", "agents"]
    if (header.endsWith("verify]]")) return Object.keys(VerifyTable.fields)
    if (/^\[\[?(?:task|defaults)\]/.test(header)) return Object.keys(TaskTable.fields)
    return null
  }

  it("API-1 an unknown key anywhere in a task file is told with its exact line and the nearest valid key", () => {
    fc.assert(
      fc.property(taskFile, fc.nat(), fc.nat(), fc.nat(), (file, line, choice, place) => {
        const lines = stringify(file).split("\n")
        const at = line % (lines.length + 1)
        const header = lines.slice(0, at).findLast((each) => each.startsWith("[")) ?? ""
        const keys = valid(header)
        if (keys === null) return
        const key = keys[choice % keys.length] ?? ""
        // No valid key has a z, so none but this one is a single letter away.
        const typo = `${key.slice(0, place % (key.length + 1))}z${key.slice(place % (key.length + 1))}`
        const problems = problemsOf([...lines.slice(0, at), `${typo} = 1`, ...lines.slice(at)].join("\n"))
        expect(problems).toHaveLength(1)
        expect(problems[0]).toMatchObject({ kind: "Key", line: at + 1, column: 1, suggestion: key })
        expect(problems[0]?.message).toContain(typo)
      })
    )
  })

  it("API-1 a key of the wrong type anywhere is told with its exact line and what is expected", () => {
    fc.assert(
      fc.property(taskFile, fc.nat(), fc.constantFrom("true", "{ }", "1979-05-27", "nan"), (file, choice, wrong) => {
        const lines = stringify(file).split("\n")
        const places = lines.flatMap((line, index) => (/^[a-z_]+ = /.test(line) ? [index] : []))
        const at = places[choice % places.length] ?? 0
        const key = (lines[at] ?? "").split(" ")[0] ?? ""
        lines[at] = `${key} = ${wrong}`
        const values = problemsOf(lines.join("\n")).filter((problem) => problem.kind === "Value")
        expect(values).toHaveLength(1)
        expect(values[0]).toMatchObject({ line: at + 1, column: 1 })
        expect(values[0]?.key.endsWith(key)).toBe(true)
        expect(values[0]?.message).toMatch(/expected .+, got (?:true|a table|a date|NaN)/)
      })
    )
  })

  it("API-1 a wrong word is told with the valid words and the nearest of them", () => {
    const [problem] = problemsOf('[[task]]\nname = "a"\nprompt = "x"\nmerge = "sqash"\n')
    expect(problem).toMatchObject({ kind: "Value", line: 4, key: "task[0].merge", suggestion: "squash" })
    expect(problem?.message).toBe('merge: expected one of "squash", "none", got "sqash"')
  })
})

describe("many mistakes", () => {
  it("API-1 all mistakes of a file are told at once, in the order of its lines", () => {
    const text = `[defaults]
max_retires = 2
[agents.new]
command = "x"
[agents.other]
kind = "comand"
env = { DROVER_HOME = "x", "A-B" = "y" }
[[task]]
name = "a"
prompt = " "
depends_on = ["bb"]
[[task]]
name = "b"
verify = [{ run = "x", brain = "y" }, { },
  { agent = "judge" }]
[[task]]
name = "b"
promt = "x"
`
    expect(brief(problemsOf(text))).toEqual([
      ["Key", 2, "defaults.max_retires", "max_retries"],
      ["Key", 3, "agents.new.kind", null],
      ["Value", 6, "agents.other.kind", "command"],
      ["Key", 7, "agents.other.env.DROVER_HOME", null],
      ["Key", 7, "agents.other.env.A-B", null],
      ["Value", 10, "task[0].prompt", null],
      ["Name", 11, "task[0].depends_on[0]", "b"],
      ["Key", 12, "task[1].prompt", null],
      ["Key", 14, "task[1].verify[0]", null],
      ["Key", 14, "task[1].verify[1]", null],
      ["Key", 15, "task[1].verify[2].prompt", null],
      ["Name", 17, "task[2].name", null],
      ["Key", 18, "task[2].promt", "prompt"]
    ])
  })

  it("API-1 tasks that wait for each other are refused, and every cycle is named", () => {
    const task = (name: string, after: ReadonlyArray<string>) => ({ name, prompt: "x", depends_on: [...after] })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }), (one, two) => {
        const ring = (prefix: string, size: number) =>
          Array.from({ length: size }, (_, index) => task(`${prefix}${index}`, [`${prefix}${(index + 1) % size}`]))
        const problems = problemsOf(stringify({ task: [...ring("a", one), task("free", []), ...ring("b", two)] }))
        expect(problems.map((problem) => problem.kind)).toEqual(["Name", "Name"])
        const named = (prefix: string, size: number) =>
          [...Array.from({ length: size }, (_, index) => `${prefix}${index}`), `${prefix}0`].join(" → ")
        expect(problems[0]?.message).toContain(named("a", one))
        expect(problems[1]?.message).toContain(named("b", two))
      })
    )
  })

  it("API-1 a file without tasks, and one that is not TOML or not UTF-8, is refused with its place", async () => {
    expect(brief(problemsOf("# nothing\n"))).toEqual([["Key", 1, "", null]])
    expect(brief(problemsOf('[[task]]\nname = "a\n'))).toEqual([["Syntax", 2, "", null]])
    const folder = temporaryFolder()
    const bytes = Buffer.concat([Buffer.from("# é\n\nname = '"), Buffer.from([0xe9]), Buffer.from("'\n")])
    const error = Either.flip(await run(load(put(folder, "latin.toml", bytes)))).pipe(Either.getOrThrow)
    expect(error).toBeInstanceOf(ConfigInvalid)
    expect(error.message).toContain("latin.toml:3: not TOML: this line is not UTF-8")
  })

  it("API-1 a file that is not there or is a directory is an error that names it", async () => {
    const folder = temporaryFolder()
    for (const [path, reason] of [
      [`${folder}/none.toml`, "Missing"],
      [folder, "Other"]
    ]) {
      const error = Either.flip(await run(load(path ?? ""))).pipe(Either.getOrThrow)
      expect(error).toBeInstanceOf(ConfigUnreadable)
      expect(error).toMatchObject({ file: path, reason })
    }
  })

  it("API-1 any text at all is a task file or a refusal with places inside it, never a throw", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const lines = text.split("\n").length
        for (const problem of problemsOf(text)) {
          expect(problem.line).toBeGreaterThanOrEqual(1)
          expect(problem.line).toBeLessThanOrEqual(lines)
        }
      }),
      { numRuns: 500 }
    )
  })
})

describe("drover submit", () => {
  const flags: SubmitFlags = {
    name: "one",
    prompt: "x",
    cwd: null,
    agent: "worker",
    role: null,
    model: null,
    verify: [],
    dependsOn: [],
    key: null,
    upcoming: false
  }

  it("API-1 a task from flags is the same as one from a file with these values", async () => {
    const folder = temporaryFolder()
    put(folder, "sub/x", "")
    const text = 'task = [{ name = "one", prompt = "x", cwd = "sub", agent = "worker", verify = [{ run = "make" }] }]'
    const [task] = Either.getOrThrow(await run(load(put(folder, "tasks.toml", text)))).tasks
    const submitted = await run(
      submitFlags({ ...flags, cwd: "sub", verify: ["make"], key: "k", upcoming: true }, folder)
    )
    expect(Either.getOrThrow(submitted).task).toEqual({ ...task, key: "k", upcoming: true })
  })

  it("API-1 wrong flags are refused like wrong keys: values first, then what is not there", async () => {
    const folder = temporaryFolder()
    const refusal = async (wrong: Partial<SubmitFlags>) =>
      Either.flip(await run(submitFlags({ ...flags, ...wrong }, folder))).pipe(Either.getOrThrow).problems
    expect(brief(await refusal({ name: "two\nlines", prompt: " ", cwd: "gone" }))).toEqual([
      ["Value", null, "name", null],
      ["Value", null, "prompt", null]
    ])
    expect(brief(await refusal({ cwd: "gone", agent: "wroker" }))).toEqual([
      ["Environment", null, "agent", "worker"],
      ["Environment", null, "cwd", null]
    ])
  })
})
