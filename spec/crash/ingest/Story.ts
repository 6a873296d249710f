/**
 * Supervisors that are killed again and again while events come by every way in and a fleet of tasks is worked on; then one
 * that is left alone until all is taken in and done.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync
} from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { PCGRandom } from "effect/Utils"
import { ask, kill, type Site, siteIn, supervise, type Supervisor } from "../Program.ts"
import { changes, sleep } from "../Waiting.ts"
import * as Senders from "./Senders.ts"

export interface Story {
  readonly site: Site
  readonly told: Senders.Senders["told"]
  readonly tasks: ReadonlyArray<string>
  readonly kills: number
  /** Supervisors that were killed before they had acknowledged anything. */
  readonly early: number
  readonly seconds: number
  /** What should not have happened on the way; empty in the end. */
  readonly surprises: ReadonlyArray<string>
}

/** 48 senders over HTTP with 10 ms between two events of each: up to 4,800 events a second. */
const senders = { socket: 40, port: 8, hook: 3, ingest: 1 }
const paceMs = 10

const config = (port: number): string => `
[http]
listen = "127.0.0.1:${port}"

[policy]
max_concurrent = 4
max_launch_failures = 50
backoff_base_ms = 50
backoff_cap_ms = 400
stop_grace_ms = 200
launch_grace_ms = 1500

[agents.noted]
kind = "command"
command = "sh"
args = ["-c", "pwd >>../../starts; sleep 0.1"]
`

const patienceMs = 120_000
const longestMs = 600

const taskFile = (names: ReadonlyArray<string>): string =>
  names
    .map((name) => `[[task]]\nname = "${name}"\nprompt = "Do it."\nagent = "noted"\ncwd = "work/${name}"\n`)
    .map((text) => `${text}verify = [{ run = "true" }]\n`)
    .join("\n")

/** A port that nobody has at this moment. */
const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0))
    })
  })

const prepare = (names: ReadonlyArray<string>, port: number): Site => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "drover-crash-ingest-")))
  for (const name of names) mkdirSync(join(root, "work", name), { recursive: true })
  writeFileSync(join(root, "config.toml"), config(port))
  writeFileSync(join(root, "tasks.toml"), taskFile(names))
  return siteIn(root)
}

/** `onSite` is told the folder before anything is started in it. */
export const tell = async (seed: number, kills: number, onSite: (site: Site) => void): Promise<Story> => {
  const random = new PCGRandom(seed)
  const tasks = Array.from({ length: 8 + Math.ceil(kills / 2) }, (_, index) => `t${index}`)
  const port = await freePort()
  const site = prepare(tasks, port)
  onSite(site)
  const home = join(site.root, "home")
  const begun = Date.now()
  const surprises: Array<string> = []
  // The first one brings the tasks; once an agent works on one, all of them are stored.
  const first = supervise(site, ["run", "tasks.toml"])
  while (!existsSync(join(site.root, "starts")) && !first.isOver()) await sleep(5)
  await kill(first)
  const token = join(home, "token")
  const load = Senders.start({
    site,
    port,
    token: () => (existsSync(token) ? readFileSync(token, "utf8").trim() : null),
    paceMs,
    senders
  })
  const up = (): Supervisor => supervise(site, ["up"])

  /** Waits until so many events more came in by the socket, or it is over; or for a while, where that is said. */
  const more = async ({ isOver }: Supervisor, count: number, latestMs = Number.POSITIVE_INFINITY): Promise<void> => {
    const until = load.told.socket.acknowledged.size + count
    const latest = Date.now() + latestMs
    while (load.told.socket.acknowledged.size < until && !isOver() && Date.now() < latest) await sleep(2)
  }

  /** Waits for a moment to kill: at the start; or, once it takes events in, right at a commit or at a file of the spool, soon, or some hundred events later. */
  const moment = async (supervisor: Supervisor): Promise<void> => {
    const kind = random.integer(6)
    if (kind === 0) return sleep(random.integer(400))
    await more(supervisor, 1)
    if (kind === 1) return changes(home, "drover.db-wal", 1 + random.integer(20), longestMs)
    if (kind === 2) return changes(join(home, "spool"), null, 1 + random.integer(8), longestMs)
    if (kind === 3) return sleep(random.integer(450))
    return more(supervisor, random.integer(1500), 3 * longestMs)
  }

  let early = 0
  for (let killed = 0; killed < kills && surprises.length === 0; killed++) {
    const before = load.told.socket.acknowledged.size
    const supervisor = up()
    await moment(supervisor)
    if (supervisor.isOver()) surprises.push(`up ended by itself with ${supervisor.child.exitCode}`)
    await kill(supervisor)
    if (load.told.socket.acknowledged.size === before) early++
  }
  const deadline = Date.now() + patienceMs
  const last = up()
  await load.leave()
  const spooled = (): number => readdirSync(join(home, "spool")).filter((name) => name !== "bad").length
  while (spooled() > 0 && Date.now() < deadline && !last.isOver()) await sleep(20)
  if (spooled() > 0) surprises.push(`${spooled()} events stay in the spool`)
  const done = await ask(site, ["run", "tasks.toml"])
  if (done.code !== 0) surprises.push(`run: ${done.code}: ${done.stderr}`)
  const down = await ask(site, ["down"])
  if (down.code !== 0) surprises.push(`down: ${down.code}: ${down.stderr}`)
  await last.ended
  return {
    site,
    told: load.told,
    tasks,
    kills,
    early,
    seconds: Math.round((Date.now() - begun) / 1000),
    surprises
  }
}

export const remove = ({ root }: Site): void => rmSync(root, { recursive: true, force: true })
