/**
 * The built program, as a person starts it: commands to their end, and supervisors that can be killed at any moment.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { closeSync, existsSync, openSync } from "node:fs"
import { join, resolve } from "node:path"

/** The one of this tree; DROVER_PROGRAM names another, an installed one for example. */
const program = process.env.DROVER_PROGRAM ?? resolve(import.meta.dirname, "../../dist/bin/drover.cjs")

/** The arguments of node for a command. */
export const commandLine = (args: ReadonlyArray<string>): ReadonlyArray<string> => [program, ...args]

/** Where a fleet of its own lives: `root` has all, `root/home` the state. */
export interface Site {
  readonly root: string
  readonly environment: Readonly<Record<string, string>>
}

export const siteIn = (root: string): Site => {
  if (!existsSync(program)) throw new Error(`${program} is not there: run \`npm run build\` first`)
  return {
    root,
    environment: {
      PATH: process.env.PATH ?? "/usr/local/bin:/usr/bin:/bin",
      HOME: root,
      DROVER_HOME: join(root, "home"),
      DROVER_CONFIG: join(root, "config.toml"),
      NO_COLOR: "1"
    }
  }
}

export interface Answer {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command to its end. */
export const ask = async (site: Site, args: ReadonlyArray<string>): Promise<Answer> => {
  const child = spawn(process.execPath, commandLine(args), {
    cwd: site.root,
    env: site.environment,
    stdio: ["ignore", "pipe", "pipe"]
  })
  const said = { stdout: "", stderr: "" }
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      said[name] += text
    })
  }
  await once(child, "close")
  return { code: child.exitCode, ...said }
}

/** A running `up` or `run`. */
export interface Supervisor {
  readonly child: ChildProcess
  readonly startedAt: number
  /** Settles when it is over, by its own end or not. */
  readonly ended: Promise<void>
  readonly isOver: () => boolean
}

/** Starts a supervisor; what it prints is added to `root/supervisors.log`. */
export const supervise = (
  site: Site,
  args: ReadonlyArray<string>,
  more: Readonly<Record<string, string>> = {}
): Supervisor => {
  const log = openSync(join(site.root, "supervisors.log"), "a")
  const child = spawn(process.execPath, commandLine(args), {
    cwd: site.root,
    env: { ...site.environment, ...more },
    stdio: ["ignore", log, log]
  })
  closeSync(log)
  const ended = once(child, "exit").then(() => undefined)
  return { child, startedAt: Date.now(), ended, isOver: () => child.exitCode !== null || child.signalCode !== null }
}

/** SIGKILL for this supervisor alone; what it started is left as it is. */
export const kill = async ({ child, ended }: Supervisor): Promise<void> => {
  child.kill("SIGKILL")
  await ended
}
