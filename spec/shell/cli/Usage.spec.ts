/** What is typed wrongly: one message that names the place and the nearest right word, and nothing is stored. */
import { randomBytes } from "node:crypto"
import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import fc from "fast-check"
import { afterAll, beforeAll, expect, it } from "vitest"
import * as Commands from "../../../shell/cli/Commands.ts"
import * as Help from "../../../shell/cli/Help.ts"
import { type Site, site } from "./Drover.ts"

let here: Site

beforeAll(async () => {
  here = await site()
  await here.write("binary.toml", randomBytes(4096))
  await here.write("broken.toml", '[[task]]\nname = "a"\npromt = "x"\nprompt = "y"\n')
})
afterAll(() => here.remove())

/** What is typed, its exit status, and what the message must say. */
const mistakes: ReadonlyArray<readonly [args: ReadonlyArray<string>, code: number, says: string]> = [
  [["statsu"], 2, 'did you mean "status"?'],
  [["status", "--jsno"], 2, "did you mean --json?"],
  [["status", "--wtach"], 2, "did you mean --watch?"],
  [["status", "--state", "RUNING"], 2, "did you mean RUNNING?"],
  [["status", "--state", "xyzzy"], 2, "PENDING, READY, ASSIGNED"],
  [["status", "--state"], 2, "--state needs a value"],
  [["status", "extra"], 2, "extra"],
  [["status", "--batch", "no.toml"], 0, ""],
  [["show"], 2, "<id>"],
  [["show", "abc"], 2, '"abc" is no task id'],
  [["show", "0"], 2, '"0" is no task id'],
  [["show", "99999999999999999999"], 2, "is no task id"],
  [["logs", "7"], 3, "there is no task #7"],
  [["cancel"], 2, "which task?"],
  [["cancel", "7"], 3, "there is no store yet"],
  [["hold", "7", "--reason"], 2, "--reason needs a value"],
  [["unblock", "7", "--budget", "much"], 2, "much"],
  [["unblock", "7", "--budget=-1"], 2, "above 0"],
  [["supersede", "7"], 3, "there is no store yet"],
  [["run"], 2, "<file>"],
  [["run", "missing.toml"], 3, "missing.toml"],
  [["run", "binary.toml"], 2, "binary.toml:"],
  [["run", "broken.toml"], 2, 'broken.toml:3:1: unknown key "promt": did you mean "prompt"?'],
  [["run", "broken.toml", "--dry-run"], 2, "broken.toml:3:1"],
  [["validate", "broken.toml"], 2, "broken.toml:3:1"],
  [["submit", "--name", "x"], 2, "--prompt"],
  [["submit", "--name", "x", "--prompt", "y", "--agent", "shh"], 2, 'did you mean "sh"?'],
  [["submit", "--name", "x", "--prompt", "y", "--agent", "sh", "--cwd", "no/where"], 2, "no/where"],
  [["init", "--force", "--upgrade"], 2, "exclude each other"],
  [["events", "--since", "soon"], 2, "soon"],
  [["completions", "powershell"], 2, "bash, zsh"],
  [["claims"], 2, "<text>"],
  [["claims", "I'll push it", "--topics", "x"], 2, "did you mean --topic?"],
  [["claims", "-", "-"], 2, "nothing is expected here"],
  [["--frobnicate"], 2, "--frobnicate"]
]

it("API-1 a mistake is told in one message that names it and the nearest valid word; nothing is stored", async () => {
  const answers = await Promise.all(mistakes.map(([args]) => here.run(...args)))
  for (const [index, { code, stderr, stdout }] of answers.entries()) {
    const [args, expected, says] = mistakes[index] ?? [[], 0, ""]
    expect(code, `drover ${args.join(" ")}\n${stdout}${stderr}`).toBe(expected)
    if (expected === 0) continue
    expect(stdout).toBe("")
    expect(stderr).toContain(says)
    expect(stderr).not.toMatch(/_tag|\bat .*cli\.cjs|undefined/)
    expect(stderr.trimEnd().split("\n"), `drover ${args.join(" ")}`).toHaveLength(1)
  }
  expect(here.isStored()).toBe(false)
})

it("API-1 nonsense never crashes the program, never hangs and stores nothing", async () => {
  const word = fc.oneof(
    fc.constantFrom("status", "show", "logs", "cancel", "run", "drain?", "--json", "--state", "-x", "--", "7", "#7"),
    fc.string({ minLength: 1, maxLength: 12 }).filter((text) => !text.includes("\0"))
  )
  // These would do what they say.
  const isHarmless = (args: ReadonlyArray<string>): boolean =>
    !args.some((arg) => ["up", "drain", "undrain"].includes(arg))
  await fc.assert(
    fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 5 }).filter(isHarmless), async (args) => {
      const { code, stderr } = await here.run(...args)
      expect([0, 2, 3]).toContain(code)
      expect(stderr).not.toContain("should not")
      expect(code === 0 || stderr !== "").toBe(true)
      expect(here.isStored()).toBe(false)
    }),
    { numRuns: 12 }
  )
})

it("API-7 help names every command, and every command explains itself in a few plain lines", async () => {
  const { code, stdout } = await here.run("--help")
  expect(code).toBe(0)
  const names = [...stdout.matchAll(/^ {2}([a-z-]+) {2,}\S/gm)].map(([, name = ""]) => name)
  const commands = Object.entries(Commands.make(() => Effect.succeed("")))
  expect(new Set(names)).toEqual(new Set(commands.map(([name]) => name)))
  for (const [name, { about, load }] of commands) {
    const { help } = await load()
    const lines = Help.render(name, help).split("\n")
    expect(lines[0]).toMatch(new RegExp(`^drover ${name} .*\\[options\\]$`))
    expect(lines).toContain(about)
    expect(lines.filter((line) => line.startsWith("  --json "))).toHaveLength(1)
    for (const line of lines) expect(line.length, `${name}: ${line}`).toBeLessThan(100)
    expect(Help.unknownOption(help, [name, "--jsno"])).toBe("--jsno")
    expect(Help.unknownOption(help, [name, "--json", "--log-level", "debug", "--", "--jsno"])).toBe(null)
  }
  const shown = await here.run("status", "--help")
  expect(shown).toMatchObject({ code: 0, stderr: "" })
  expect(shown.stdout).toContain("--state text...")
  expect(await here.run("help", "status")).toEqual(shown)
})

it("API-7 completions are a script that the shell takes, and know every command", async () => {
  const { stdout } = await here.run("completions", "bash")
  for (const name of ["run", "send-back", "events", "--json"]) expect(stdout).toContain(name)
  await here.write("completions.sh", stdout)
  await here.write("tasks.toml", '[[task]]\nname = "a"\nprompt = "exec bash -n completions.sh"\nagent = "sh"\n')
  const { code } = await here.run("run", "tasks.toml")
  expect(code).toBe(0)
})

it("API-7 --version is that of the package", async () => {
  const { version } = await import("../../../package.json", { with: { type: "json" } }).then((module) => module.default)
  expect((await here.run("--version")).stdout).toBe(`${version}\n`)
  expect((await here.run("--log-level", "debug", "--version")).stdout).toBe(`${version}\n`)
})

it("API-1 a state directory whose socket path is too long, or that is no directory, is refused with its name", async () => {
  const long = join(here.home, "x".repeat(120))
  const tooLong = await here.start(["status"], { DROVER_HOME: long }).end
  expect(tooLong).toMatchObject({ code: 2, stdout: "" })
  expect(tooLong.stderr).toContain(long)
  const doctor = await here.start(["doctor", "--json"], { DROVER_HOME: long }).end
  expect(doctor.code).toBe(1)
  const rows: ReadonlyArray<{ readonly name: string; readonly status: string }> = JSON.parse(doctor.stdout)
  expect(rows.find(({ name }) => name === "state directory")?.status).toBe("fail")

  const file = join(here.folder, "a-file")
  await mkdir(here.folder, { recursive: true })
  await writeFile(file, "")
  await here.write("ok.toml", '[[task]]\nname = "a"\nprompt = "true"\nagent = "sh"\n')
  const noDirectory = await here.start(["run", "ok.toml"], { DROVER_HOME: file }).end
  expect(noDirectory.code).toBe(1)
  expect(noDirectory.stderr).toContain(file)
})
