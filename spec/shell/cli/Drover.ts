/** The built program in a folder of its own, with an environment of its own. */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync } from "node:fs"
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import Database from "better-sqlite3"
import { built } from "./build.ts"

const program = built()

export interface Answer {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Started {
  readonly child: ChildProcess
  readonly end: Promise<Answer>
  /** All of standard output so far. */
  readonly said: () => string
}

export interface Site {
  /** Where commands are run; `home` is beside it, not in it. */
  readonly folder: string
  readonly home: string
  readonly start: (
    args: ReadonlyArray<string>,
    environment?: Readonly<Record<string, string>>,
    input?: string | Uint8Array
  ) => Started
  readonly run: (...args: ReadonlyArray<string>) => Promise<Answer>
  /** The same with something on standard input. */
  readonly feed: (input: string | Uint8Array, ...args: ReadonlyArray<string>) => Promise<Answer>
  /** The answer of a command that must succeed. */
  readonly json: (...args: ReadonlyArray<string>) => Promise<unknown>
  readonly write: (name: string, content: string | Uint8Array) => Promise<void>
  /** Rows of the store, by other eyes than drover's; none before there is a store. A wait asks here: a start costs more. */
  readonly rows: (sql: string) => ReadonlyArray<unknown>
  /** Whether anything was ever stored. */
  readonly isStored: () => boolean
  readonly remove: () => Promise<void>
}

/** Agents that are plain programs, and waits short enough for a spec. */
const configuration = `
[policy]
backoff_base_ms = 1
stop_grace_ms = 500
[agents.sh]
kind = "command"
command = "sh"
`

export const site = async (): Promise<Site> => {
  const root = await realpath(await mkdtemp(join(tmpdir(), "drover-cli-")))
  const folder = join(root, "work")
  const home = join(root, "home")
  const temporary = join(root, "tmp")
  await mkdir(folder)
  // What others have left in theirs is told by doctor, and swept by a supervisor.
  await mkdir(temporary)
  await writeFile(join(root, "config.toml"), configuration)
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: root,
    TMPDIR: temporary,
    DROVER_HOME: home,
    DROVER_CONFIG: join(root, "config.toml")
  }
  const start: Site["start"] = (args, environment = {}, input = "") => {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: folder,
      env: { ...env, ...environment },
      stdio: ["pipe", "pipe", "pipe"]
    })
    // Who does not read what it is given closes it.
    child.stdin.on("error", () => {}).end(input)
    const said = { stdout: "", stderr: "" }
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (text: string) => {
        said[name] += text
      })
    }
    const end = once(child, "close").then(() => ({ code: child.exitCode, ...said }))
    return { child, end, said: () => said.stdout }
  }
  const run: Site["run"] = (...args) => start(args).end
  const file = join(home, "drover.db")
  const rows: Site["rows"] = (sql) => {
    if (!existsSync(file)) return []
    const database = new Database(file, { readonly: true })
    try {
      return database.prepare(sql).all()
    } finally {
      database.close()
    }
  }
  return {
    folder,
    home,
    start,
    run,
    feed: (input, ...args) => start(args, {}, input).end,
    json: async (...args) => {
      const { code, stderr, stdout } = await run(...args)
      if (code !== 0) throw new Error(`drover ${args.join(" ")}: ${code}\n${stderr}`)
      return JSON.parse(stdout)
    },
    write: (name, content) => writeFile(join(folder, name), content),
    rows,
    isStored: () => existsSync(file),
    remove: () => rm(root, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** Waits until it holds; the limit of the spec ends a wait in vain. */
export const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 25))
}
