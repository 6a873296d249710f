/** What is written for systemd, read by systemd's own programs where they are, and by a reader of its manual's rules. */
import { execFileSync, spawnSync } from "node:child_process"
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import fc from "fast-check"
import { expect, it } from "vitest"
import type { Service } from "../../../shell/service/Service.ts"
import { render } from "../../../shell/service/SystemdUnit.ts"
import { temporaryFolder } from "../config/TaskFiles.ts"
import * as Words from "./Words.ts"

const service = fc.record({
  about: Words.path,
  command: fc.tuple(Words.path, Words.path, Words.word).map((words): ReadonlyArray<string> => words),
  environment: fc.dictionary(Words.variable, Words.word)
})

const linesOf = (unit: string, key: string): ReadonlyArray<string> =>
  unit
    .split("\n")
    .filter((line) => line.startsWith(`${key}=`))
    .map((line) => line.slice(key.length + 1))

/** systemd.syntax(7), "Quoting", and systemd.unit(5), "Specifiers": what is in double quotes, escapes and `%%` undone. */
const words = (line: string): ReadonlyArray<string> => {
  const found: Array<string> = []
  let rest = line
  while (rest !== "") {
    const [whole, inner] = /^"((?:[^"\\]|\\["\\])*)"(?: |$)/.exec(rest) ?? []
    if (whole === undefined || inner === undefined) throw new Error(`no quoted word: ${rest}`)
    const text = inner.replaceAll(/\\(["\\])/g, "$1")
    if (/%/.test(text.replaceAll("%%", ""))) throw new Error(`a specifier: ${text}`)
    found.push(text.replaceAll("%%", "%"))
    rest = rest.slice(whole.length)
  }
  return found
}

/** What is started in the end: where systemd takes no such program, a shell takes its place by it. */
const started = (line: string): ReadonlyArray<string> => {
  const isPlain = line.startsWith(":")
  const all = words(isPlain ? line.slice(1) : line)
  if (!isPlain) expect(all.join("")).not.toContain("$")
  if (all[0] !== "/bin/sh") return all
  expect(all.slice(1, 3)).toEqual(["-c", 'exec "$0" "$@"'])
  return all.slice(3)
}

it("PRC-1 a unit of systemd says every path and variable as it is, whatever is in it", () => {
  fc.assert(
    fc.property(service, (given: Service) => {
      const unit = render(given)
      expect(linesOf(unit, "ExecStart").map(started)).toEqual([given.command])
      expect(linesOf(unit, "Environment").map(words)).toEqual(
        Object.entries(given.environment).map(([name, value]) => [`${name}=${value}`])
      )
      const [first] = words((linesOf(unit, "ExecStart")[0] ?? "").replace(/^:/, ""))
      expect(first).not.toMatch(/["'\\]/)
    })
  )
})

it("PRC-1 with a unit of systemd agents outlive the supervisor, and an agent that the kernel ends takes nobody with it", () => {
  const unit = render({ about: "/s", command: ["/n", "/d", "up"], environment: {} })
  for (const line of ["KillMode=process", "OOMPolicy=continue", "Restart=on-failure", "RestartPreventExitStatus=2 4"])
    expect(unit.split("\n")).toContain(line)
  expect(unit.split("\n").filter((line) => line.startsWith("KillMode"))).toHaveLength(1)
})

const verifier = "/usr/bin/systemd-analyze"
const manager = ["/lib/systemd/systemd", "/usr/lib/systemd/systemd"].find((each) => existsSync(each))

const runtime = (folder: string): string => {
  const path = join(folder, "run")
  mkdirSync(path, { recursive: true, mode: 0o777 })
  return path
}

it.skipIf(!existsSync(verifier))(
  "PRC-1 systemd-analyze verify finds nothing wrong with a unit whose paths have all that is special, and sees a program that is not there",
  () => {
    const folder = temporaryFolder()
    const verify = (text: string) => {
      const file = join(folder, "drover.service")
      writeFileSync(file, text)
      const { status, stderr, stdout } = spawnSync(
        verifier,
        ["verify", "--user", "--man=no", "--recursive-errors=no", file],
        { encoding: "utf8", env: { PATH: process.env.PATH, XDG_RUNTIME_DIR: runtime(folder) } }
      )
      return { status, said: stdout + stderr }
    }
    for (const special of ["plain", "a b", "%n%%", "$HOME", "é&<x>", `it's "q" \\e`]) {
      const inner = join(folder, special)
      mkdirSync(inner)
      const node = join(inner, "node")
      writeFileSync(node, "")
      chmodSync(node, 0o755)
      const text = render({ about: inner, command: [node, node, "up", "--wait"], environment: { PATH: inner } })
      expect([special, verify(text)]).toEqual([special, { status: 0, said: "" }])
    }
    const gone = join(folder, "a b %", "gone")
    const missing = verify(render({ about: "/", command: [gone, "up"], environment: {} }))
    expect(missing.said).toContain(`Command ${gone} is not executable`)
  }
)

/** The words of a command line as systemd prints them: in quotes, where something in them needs it. */
const printed = (line: string): ReadonlyArray<string> =>
  [...line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, bare]) =>
    quoted === undefined ? (bare ?? "") : quoted.replaceAll(/\\(.)/g, "$1")
  )

it.skipIf(manager === undefined)(
  "PRC-1 systemd itself reads every argument and variable of a unit as it was given",
  () => {
    const folder = temporaryFolder()
    chmodSync(folder, 0o755)
    const given = {
      about: "/",
      // What it prints of others is cut or escaped in another way.
      command: ["/bin/true", ...fc.sample(Words.path, 100)],
      environment: Object.fromEntries(fc.sample(Words.word, 100).map((value, index) => [`V${index}`, value]))
    }
    writeFileSync(join(folder, "drover.service"), render(given), { mode: 0o644 })
    const path = runtime(folder)
    chmodSync(path, 0o777)
    // It does not do this for root.
    const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}
    const dump = execFileSync(manager ?? "", ["--user", "--test", "--unit=drover.service", "--log-target=null"], {
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
      env: {
        PATH: process.env.PATH,
        HOME: path,
        XDG_RUNTIME_DIR: path,
        SYSTEMD_UNIT_PATH: `${folder}:/lib/systemd/user`
      },
      ...user
    })
    const own = dump.slice(dump.indexOf("-> Unit drover.service:")).split("-> Unit ")[1] ?? ""
    const [, command = ""] = /Command Line: (.*)/.exec(own) ?? []
    expect(printed(command)).toEqual(given.command)
    const environment = [...own.matchAll(/^\s*Environment: (.*)$/gm)].map(([, each]) => each)
    expect(environment).toEqual(Object.entries(given.environment).map(([name, value]) => `${name}=${value}`))
    expect(own).toMatch(/KillMode: process$/m)
  }
)
