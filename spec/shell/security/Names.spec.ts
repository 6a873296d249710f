/** Texts that would do something if a shell, a path or a terminal took them for what they look like. */
import { mkdir, readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { stringify } from "smol-toml"
import { expect, it } from "vitest"
import { site } from "../cli/Drover.ts"

const hostile = [
  "$(touch pwned)",
  "`touch pwned`",
  "; touch pwned",
  "x' ; touch pwned ; '",
  'x" ; touch pwned ; "',
  "| touch pwned",
  "&& touch pwned",
  "../../pwned",
  "-rf",
  "--help",
  "${IFS}touch",
  "%s%n",
  "~root",
  "*"
]

/** The agent writes down its arguments, each ended by NUL, and its environment. */
const agentOf = (index: number, text: string) => ({
  kind: "command",
  command: "sh",
  args: ["-c", 'printf "%s\\0" "$@" "$HOSTILE" "$PWD" > got; cat > asked', "sh", text, "", `a\nb ${text}`],
  account: text,
  env: { HOSTILE: `${text}\n${index}` }
})

it("SEC-3 names, prompts, arguments, environments and folders are handed on to the letter, and no shell reads them", async () => {
  const here = await site()
  try {
    const folders = hostile.map((text, index) => `${index} ${text.replaceAll("/", "_")}`)
    for (const folder of folders) await mkdir(join(here.folder, folder))
    const tasks = hostile.map((text, index) => ({
      name: text,
      prompt: `${text}\n${index}`,
      agent: `agent-${index}`,
      cwd: folders[index] ?? "",
      verify: [{ run: "test -e got" }]
    }))
    const agents = Object.fromEntries(hostile.map((text, index) => [`agent-${index}`, agentOf(index, text)]))
    await here.write("$(touch pwned).toml", stringify({ agents, task: tasks }))
    expect(await here.run("run", "$(touch pwned).toml")).toMatchObject({ code: 0 })
    for (const [index, text] of hostile.entries()) {
      const folder = join(here.folder, folders[index] ?? "")
      const got = (await readFile(join(folder, "got"), "utf8")).split("\0")
      expect(got).toEqual([text, "", `a\nb ${text}`, `${text}\n${index}`, folder, ""])
      expect(await readFile(join(folder, "asked"), "utf8")).toContain(`${text}\n${index}`)
    }
    const all = [
      ...(await readdir(here.folder, { recursive: true })),
      ...(await readdir(here.home, { recursive: true })),
      ...(await readdir(join(here.home, "..")))
    ]
    expect(all.filter((name) => /(?:^|\/)pwned$/.test(name))).toEqual([])
    // Whatever tasks are called, folders are called by numbers.
    const attempts = await readdir(join(here.home, "attempts"))
    expect(attempts.every((name) => /^\d+\.\d+$/.test(name))).toBe(true)
    expect(attempts).toHaveLength(hostile.length)
  } finally {
    await here.remove()
  }
})

it("SEC-3 what is no id, batch, age or account is refused by every command that takes one, and makes nothing", async () => {
  const here = await site()
  try {
    await here.write("tasks.toml", '[[task]]\nname = "one"\nagent = "sh"\nprompt = "true"\n')
    expect((await here.run("run", "tasks.toml")).code).toBe(0)
    const before = (await readdir(here.home, { recursive: true })).toSorted()
    for (const text of ["../1", "$(touch pwned)", "１"]) {
      for (const command of [["show"], ["logs"], ["cancel"], ["status", "--batch"], ["resume-account"]]) {
        const { code, stdout } = await here.run(...command, text)
        expect([command, text, [2, 3].includes(code ?? 0), stdout]).toEqual([command, text, true, ""])
      }
    }
    expect((await readdir(here.home, { recursive: true })).toSorted()).toEqual(before)
    expect(await readdir(here.folder)).toEqual(["tasks.toml"])
  } finally {
    await here.remove()
  }
})

it("SEC-3 what an agent prints, and what it is called, moves no cursor, also where a person reads it", async () => {
  const here = await site()
  try {
    const escape = String.raw`\033]0;owned\007\033[2Jgone\033[31m\r\b`
    await here.write(
      "tasks.toml",
      stringify({
        task: [
          {
            name: "one",
            agent: "sh",
            prompt: `printf '${escape}seen\\n'; printf '${escape}told\\n' >&2; exit 1`,
            max_retries: 0,
            verify: [{ run: "true" }]
          }
        ]
      })
    )
    const run = await here.run("run", "tasks.toml")
    const lines = [["logs", "1"], ["show", "1"], ["status"], ["attention"]]
    const answers = [run, ...(await Promise.all(lines.map((line) => here.run(...line))))]
    for (const { stderr, stdout } of answers) {
      // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
      expect((stdout + stderr).match(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g)).toBe(null)
    }
    expect(answers[1]?.stdout).toContain("seen")
  } finally {
    await here.remove()
  }
})
