/** One vendor's agent in a folder and a home of its own, under the built program, with a model that does as it is told. */
import { execFileSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect } from "vitest"
import type { FoundTask } from "../crash/Found.ts"
import * as Found from "../crash/Found.ts"
import * as Machine from "../crash/Machine.ts"
import { kill, type Site as Program, siteIn, supervise, type Supervisor } from "../crash/Program.ts"
import { sleep } from "../crash/Waiting.ts"
import { Model } from "./model/Server.ts"
import type { Step } from "./model/Step.ts"
import { agentTable, settle, type Vendor } from "./Vendors.ts"

const programs = process.env.DROVER_AGENTS ?? ""

const policy = `
[policy]
backoff_base_ms = 50
backoff_cap_ms = 400
stop_grace_ms = 1000
limit_fallback_ms = 3000
`

/** A condition that comes true; the limit is for what hangs. */
export const until = async (holds: () => boolean | Promise<boolean>, limitMs = 120_000): Promise<void> => {
  const latest = Date.now() + limitMs
  while (!(await holds())) {
    if (Date.now() > latest) throw new Error("what was waited for did not come")
    await sleep(20)
  }
}

export interface Asked {
  readonly script: ReadonlyArray<Step>
  /** A shell command that judges the work. */
  readonly verify: string
  /** More keys of the task, and more of the agent's environment. */
  readonly task?: string
  readonly env?: Readonly<Record<string, string>>
  /** Two tasks at once, `task` and `twin`, each in a worktree of its own of one repository. */
  readonly isTwofold?: boolean
  /** More of the configuration. */
  readonly config?: string
  /** What is committed lands on the branch that is checked out in the repository. */
  readonly lands?: boolean
}

export interface Site {
  readonly work: string
  readonly model: Model
  readonly program: Program
  readonly start: () => Supervisor
  /** Works the task to its end, and says what became of it. */
  readonly end: () => Promise<FoundTask>
  readonly found: (name?: string) => Promise<FoundTask>
}

const names = ({ isTwofold }: Asked): ReadonlyArray<string> => (isTwofold === true ? ["task", "twin"] : ["task"])

const table = (name: string, work: string, { isTwofold, lands, task = "", verify }: Asked): string => `
[[task]]
name = "${name}"
agent = "vendor"
cwd = "${work}"
prompt = "[script ${name}] Do the task."
verify = [{ run = ${JSON.stringify(verify)} }]
isolate = "${isTwofold === true ? "worktree" : "in-place"}"
merge = "${lands === true ? "squash" : "none"}"
${task}
`

/** A repository with one commit. */
const commit = (work: string): void => {
  const who = ["-c", "user.name=user", "-c", "user.email=user@localhost"]
  execFileSync("git", ["init", "-q", "-b", "main"], { cwd: work })
  execFileSync("git", [...who, "commit", "-q", "--allow-empty", "-m", "first"], { cwd: work })
}

/** Makes it, does something in it, looks that nothing is left of it, and takes it away. */
export const site = async (vendor: Vendor, asked: Asked, body: (site: Site) => Promise<void>): Promise<void> => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "drover-agents-")))
  const work = join(root, "work")
  const model = new Model()
  const supervisors: Array<Supervisor> = []
  try {
    for (const folder of ["home", "work"]) mkdirSync(join(root, folder))
    const where = { programs, home: root, url: `http://127.0.0.1:${await model.listen()}` }
    for (const name of names(asked)) model.script(name, asked.script)
    if (asked.isTwofold === true || asked.lands === true) commit(work)
    settle(vendor, where)
    writeFileSync(join(root, "config.toml"), policy + (asked.config ?? "") + agentTable(vendor, where, asked.env ?? {}))
    writeFileSync(
      join(root, "tasks.toml"),
      names(asked)
        .map((name) => table(name, work, asked))
        .join("")
    )
    const program = siteIn(root)
    const found = async (name = "task"): Promise<FoundTask> => {
      const task = (await Found.read(program)).byName.get(name)
      if (task === undefined) throw new Error("the task is not stored")
      return task
    }
    const start = (): Supervisor => {
      const supervisor = supervise(program, ["run", join(root, "tasks.toml")])
      supervisors.push(supervisor)
      return supervisor
    }
    const end = async (): Promise<FoundTask> => {
      const run = start()
      await until(run.isOver)
      expect([run.child.exitCode, readFileSync(join(root, "supervisors.log"), "utf8")]).toEqual([0, expect.anything()])
      return found()
    }
    await body({ work, model, program, start, end, found })
    for (const supervisor of supervisors) expect(supervisor.isOver()).toBe(true)
    expect(Machine.belonging(root, () => false, new Set([process.pid]))).toEqual([])
  } catch (cause) {
    // What the programs said is gone with the folder.
    const log = join(root, "supervisors.log")
    console.log(existsSync(log) ? readFileSync(log, "utf8").slice(-2000) : "nothing was started")
    for (const attempt of [1, 2]) {
      for (const file of ["stderr.log", "stdout.jsonl"]) {
        const path = join(root, `home/attempts/1.${attempt}/${file}`)
        if (existsSync(path)) console.log(path, readFileSync(path, "utf8").slice(-1500))
      }
    }
    throw cause
  } finally {
    for (const supervisor of supervisors) if (!supervisor.isOver()) await kill(supervisor)
    for (const { pid } of Machine.belonging(root, () => false, new Set([process.pid]))) {
      const born = Machine.bornAt(pid)
      if (born !== null) Machine.end(pid, born)
    }
    model.close()
    rmSync(root, { recursive: true, force: true })
  }
}
