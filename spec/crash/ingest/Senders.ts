/**
 * Programs that tell events by every way in while supervisors come and go, and what each of them was promised: an event
 * that was acknowledged may be forgotten by its sender.
 */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { ask } from "../../shell/http/Client.ts"
import { commandLine, type Site } from "../Program.ts"
import { sleep } from "../Waiting.ts"

const hook = "PostToolUse"

/**
 * How an event of a sender can be told from one that comes again: by a name in its request, by the use of a tool that it
 * tells of, or not at all, and then it is sent once, whatever becomes of it.
 */
const kinds = ["named", "used", "bare"] as const

export type Way = "socket" | "port" | "hook" | "ingest"

/** Events of each way in, by their ids. */
export interface Told {
  readonly sent: Set<string>
  readonly acknowledged: Set<string>
}

export interface Senders {
  readonly told: Readonly<Record<Way, Told>>
  readonly acknowledged: () => number
  /** No new event is begun; settles when the last ones are acknowledged. */
  readonly leave: () => Promise<void>
}

interface Options {
  readonly site: Site
  readonly port: number
  /** Null while it does not exist yet. */
  readonly token: () => string | null
  /** Milliseconds between two events of one sender over HTTP, at least: their number says how many come in a second. */
  readonly paceMs: number
  readonly senders: Readonly<Record<Way, number>>
}

/** Between two tries, and two events of one sender that starts a process for each. */
const againMs = 5
const processPaceMs = 20

const idOf = (way: Way, sender: number, turn: number): string => `${way}.${sender}.${turn}`

const bodyOf = (id: string, sender: string, isUsed: boolean): string =>
  JSON.stringify({
    session_id: sender,
    ...(isUsed && { tool_use_id: id }),
    drover_event: id,
    tool_input: { command: "npm test" }
  })

/** Runs a program to its end with that on standard input; its exit code. */
const run = async (site: Site, command: string, args: ReadonlyArray<string>, input: string): Promise<number | null> => {
  const child = spawn(command, args, { cwd: site.root, env: site.environment, stdio: ["pipe", "ignore", "ignore"] })
  child.stdin.on("error", () => undefined).end(input)
  await once(child, "exit")
  return child.exitCode
}

/** Until it is done. */
const again = async (send: () => Promise<boolean>): Promise<true> => {
  do await sleep(againMs)
  while (!(await send()))
  return true
}

export const start = ({ paceMs, port, senders, site, token }: Options): Senders => {
  const home = join(site.root, "home")
  const empty = (): Told => ({ sent: new Set(), acknowledged: new Set() })
  const told = { socket: empty(), port: empty(), hook: empty(), ingest: empty() }
  const leaving = new AbortController()

  const post = async (way: "socket" | "port", id: string, body: string, isNamed: boolean): Promise<boolean> => {
    const secret = way === "port" ? token() : null
    const headers = {
      ...(secret !== null && { authorization: `Bearer ${secret}` }),
      ...(isNamed && { "x-drover-event": id })
    }
    const at = way === "port" ? port : join(home, "drover.sock")
    const answer = await ask(at, `/hooks/${hook}`, body, { headers }).catch(() => null)
    return answer?.status === 200
  }

  /** One event after the other; one that can be told again is sent until it is acknowledged. */
  const overHttp = async (way: "socket" | "port", sender: number): Promise<void> => {
    for (let turn = 0; !leaving.signal.aborted; turn++) {
      const begun = Date.now()
      const id = idOf(way, sender, turn)
      const kind = kinds[turn % kinds.length]
      const body = bodyOf(id, `${way}.${sender}`, kind === "used")
      told[way].sent.add(id)
      const send = (): Promise<boolean> => post(way, id, body, kind === "named")
      const isKept = (await send()) || (kind !== "bare" && (await again(send)))
      if (isKept) told[way].acknowledged.add(id)
      await sleep(Math.max(isKept ? 0 : againMs, paceMs - (Date.now() - begun)))
    }
  }

  /** It is acknowledged by the program's end, whether a supervisor runs or not. */
  const byProcess = async (way: "hook" | "ingest", sender: number): Promise<void> => {
    const [command, args] =
      way === "hook" ? [join(home, "hook"), [hook]] : [process.execPath, commandLine(["ingest", "--hook", hook])]
    // The first supervisor writes the program that hooks run.
    while (!existsSync(join(home, "hook")) && !leaving.signal.aborted) await sleep(againMs)
    for (let turn = 0; !leaving.signal.aborted; turn++) {
      const id = idOf(way, sender, turn)
      told[way].sent.add(id)
      const code = await run(site, command, args, bodyOf(id, `${way}.${sender}`, false))
      if (code === 0) told[way].acknowledged.add(id)
      await sleep(processPaceMs)
    }
  }

  const numbers = (way: Way): ReadonlyArray<number> => Array.from({ length: senders[way] }, (_, sender) => sender)
  const all = Promise.all([
    ...numbers("socket").map((sender) => overHttp("socket", sender)),
    ...numbers("port").map((sender) => overHttp("port", sender)),
    ...numbers("hook").map((sender) => byProcess("hook", sender)),
    ...numbers("ingest").map((sender) => byProcess("ingest", sender))
  ])
  return {
    told,
    acknowledged: () => Object.values(told).reduce((sum, { acknowledged }) => sum + acknowledged.size, 0),
    leave: async () => {
      leaving.abort()
      await all
    }
  }
}
