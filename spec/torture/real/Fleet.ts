/** A fleet of shell agents in a folder of its own, for the built program, and what became of it. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect } from "vitest"
import * as Found from "../../crash/Found.ts"
import * as Machine from "../../crash/Machine.ts"
import { kill, type Site, siteIn, supervise, type Supervisor } from "../../crash/Program.ts"
import { sleep } from "../../crash/Waiting.ts"

export interface Planned {
  readonly name: string
  /** What its agent does, in sh, with `$root`, after it has noted that it began. */
  readonly script: string
  readonly prompt?: string
}

const config = `
[policy]
max_concurrent = 8
backoff_base_ms = 50
backoff_cap_ms = 400
stop_grace_ms = 200
`

/** Each start of an agent is a line in `starts/NAME`, with the process that it is. */
const toml = (root: string, { name, prompt = "Do it.", script }: Planned): string => `
[agents.${name}]
kind = "command"
command = "/bin/sh"
args = ["-c", ${JSON.stringify(`root=${root}; echo "$$" >>${root}/starts/${name}; ${script}`)}]
[[task]]
name = "${name}"
prompt = ${JSON.stringify(prompt)}
agent = "${name}"
cwd = "work/${name}"
verify = [{ run = "true" }]
`

export interface Fleet {
  readonly site: Site
  readonly file: string
  readonly home: string
  readonly supervise: (args: ReadonlyArray<string>, environment?: Readonly<Record<string, string>>) => Supervisor
  /** Agents of that task that began. */
  readonly starts: (name: string) => number
  readonly log: () => string
}

/** Makes the folder, does something in it, looks that nothing is left of it, and takes it away. */
export const fleet = async (tasks: ReadonlyArray<Planned>, body: (fleet: Fleet) => Promise<void>): Promise<void> => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "drover-torture-")))
  const supervisors: Array<Supervisor> = []
  try {
    for (const folder of ["home", "starts", "work"]) mkdirSync(join(root, folder))
    for (const { name } of tasks) mkdirSync(join(root, "work", name))
    writeFileSync(join(root, "config.toml"), config)
    const file = join(root, "tasks.toml")
    writeFileSync(file, tasks.map((task) => toml(root, task)).join("\n"))
    const site = siteIn(root)
    const lines = (path: string): number => (existsSync(path) ? readFileSync(path, "utf8").split("\n").length - 1 : 0)
    await body({
      site,
      file,
      home: join(root, "home"),
      supervise: (args, environment) => {
        const supervisor = supervise(site, args, environment)
        supervisors.push(supervisor)
        return supervisor
      },
      starts: (name) => lines(join(root, "starts", name)),
      log: () => readFileSync(join(root, "supervisors.log"), "utf8")
    })
    for (const supervisor of supervisors) expect(supervisor.isOver()).toBe(true)
    expect(Machine.belonging(root, () => false, new Set([process.pid]))).toEqual([])
  } finally {
    for (const supervisor of supervisors) if (!supervisor.isOver()) await kill(supervisor)
    for (const { pid } of Machine.belonging(root, () => false, new Set([process.pid]))) {
      const born = Machine.bornAt(pid)
      if (born !== null) Machine.end(pid, born)
    }
    rmSync(root, { recursive: true, force: true })
  }
}

/** A condition that comes true; the limit is for what hangs. */
export const until = async (holds: () => boolean | Promise<boolean>, limitMs = 60_000): Promise<void> => {
  const latest = Date.now() + limitMs
  while (!(await holds())) {
    if (Date.now() > latest) throw new Error("what was waited for did not come")
    await sleep(10)
  }
}

/** Every task is done and verified, in a whole store, and each agent began as often as that. */
export const expectDone = async (
  { site, starts }: Fleet,
  attempts: Readonly<Record<string, number>>
): Promise<void> => {
  const { events, problems, tasks } = await Found.read(site)
  expect(problems).toEqual([])
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
  const stages = tasks.map(({ task: { execution, spec, stage } }) => [spec.name, stage._tag, execution._tag])
  expect(stages).toEqual(Object.keys(attempts).map((name) => [name, "Done", "Idle"]))
  const begun = Object.fromEntries(Object.keys(attempts).map((name) => [name, starts(name)]))
  expect(begun).toEqual(attempts)
}
