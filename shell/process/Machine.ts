/**
 * A scripted machine for specs and simulations: processes that live by a virtual clock, with real folders. What a
 * program does is told in advance; signals, sessions, orphans, start tokens and exit records behave as on a real one.
 */
import { appendFileSync, renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { ProcessEntry } from "./ProcessTable.ts"
import type { SpawnRequest } from "./SpawnRequest.ts"
import type { Signal, Target } from "./TableReader.ts"
import { exitFile, startFile } from "./Wrapper.ts"

/** What one process does; times in milliseconds, Infinity for never. */
export interface Behaviour {
  /** Until it ends by itself. */
  readonly runsMs: number
  /** The share of a processor that it uses (default 0). */
  readonly busy?: number
  /** From TERM to its end (default 0). */
  readonly termMs?: number
  /** From INT to its end, which is by itself with that status; without one it does not care. */
  readonly int?: { readonly afterMs: number; readonly exit: number }
  /** From KILL to its end (default 0); Infinity is a process that nothing ends. */
  readonly killMs?: number
  /** Begins stopped, as by SIGSTOP. */
  readonly stopped?: boolean
  readonly children?: ReadonlyArray<Child>
}

export interface Child extends Behaviour {
  /** After its parent's start (default 0), if that still lives. */
  readonly afterMs?: number
  /** A session and group of its own (setsid). */
  readonly ownSession?: boolean
  /** Its environment was cleared. */
  readonly unmarked?: boolean
  /** Left to pid 1 at once, as by a double fork. */
  readonly orphaned?: boolean
}

export interface Program extends Behaviour {
  /** How long the wrapper is held up before it takes the start token (default 0). */
  readonly startMs?: number
  /** The status at its own end (default 0). */
  readonly exit?: number
  readonly writes?: ReadonlyArray<{ readonly afterMs: number; readonly stdout?: string; readonly stderr?: string }>
  /** Called at its own end, before the exit is recorded; not when it is killed. */
  readonly ends?: () => void
  /**
   * How long the wrapper is still in the table once it has recorded the exit (default 0): as one that runs, but without
   * its environment, which the kernel takes from a process first.
   */
  readonly lingersMs?: number
}

/** What a spawn request starts on this machine, or why nothing. */
export type Script = (request: SpawnRequest) => Program | "ProgramNotFound" | "Other"

type Ended = { readonly code: number; readonly signal: null } | { readonly code: null; readonly signal: string }

interface Running extends ProcessEntry {
  ppid: number
  state: string
  marker: string | null
  readonly behaviour: Behaviour
  readonly bornAt: number
  readonly ended: (how: Ended, now: number) => void
  termPending: boolean
}

interface Due {
  readonly at: number
  readonly order: number
  readonly act: (now: number) => void
}

const endless: Behaviour = { runsMs: Number.POSITIVE_INFINITY }

export class Machine {
  readonly host: string
  readonly bootId: string
  readonly script: Script
  /** Set to make every look at the table fail with this cause. */
  unreadable: string | undefined = undefined
  /** What its clock shows, in epoch milliseconds, for the moments that it is told. */
  readonly #wall: (now: number) => number
  readonly #processes = new Map<number, Running>()
  readonly #startListeners = new Set<(marker: string) => void>()
  readonly #exitListeners = new Set<(marker: string, parent: number) => void>()
  #due: Array<Due> = []
  #counter = 1
  #now = 0

  constructor(options: {
    readonly host?: string
    readonly bootId?: string
    readonly script: Script
    readonly wall?: (now: number) => number
  }) {
    this.host = options.host ?? "machine"
    this.bootId = options.bootId ?? "boot"
    this.script = options.script
    this.#wall = options.wall ?? ((now) => now)
    this.#add(
      { pid: 1, ppid: 0, pgid: 1, sid: 1, marker: null },
      { ...endless, termMs: Number.POSITIVE_INFINITY, killMs: Number.POSITIVE_INFINITY }
    )
  }

  /** All processes that live. */
  get processes(): ReadonlyArray<ProcessEntry> {
    return [...this.#processes.values()].map(
      ({ behaviour, bornAt, pid, ppid, pgid, sid, startTime, state, marker }) => {
        const cpuMs = (behaviour.busy ?? 0) * (this.#now - bornAt)
        return { pid, ppid, pgid, sid, startTime, state, marker, cpuMs }
      }
    )
  }

  /** The next moment at which something happens here, Infinity when nothing is to. */
  get nextAt(): number {
    return this.#due[0]?.at ?? Number.POSITIVE_INFINITY
  }

  /** A supervisor (or any process of a neighbour) comes to be. */
  enter(
    entry: { readonly ppid?: number; readonly pgid?: number; readonly sid?: number; readonly marker?: string } = {}
  ): number {
    const pid = this.#newPid()
    const { ppid = 1, pgid = pid, sid = pid, marker = null } = entry
    this.#add({ pid, ppid, pgid, sid, marker }, endless)
    return pid
  }

  /** That process is no more; what it started lives on. */
  leave(pid: number): void {
    this.#remove(pid)
  }

  /** Told the marker when a program has got its start token and begins. */
  onStart(listener: (marker: string) => void): () => void {
    this.#startListeners.add(listener)
    return () => this.#startListeners.delete(listener)
  }

  onExit(listener: (marker: string, parent: number) => void): () => void {
    this.#exitListeners.add(listener)
    return () => this.#exitListeners.delete(listener)
  }

  /** Lets everything happen that is due by `now`, in order. */
  advance(now: number): void {
    this.#now = now
    for (let next = this.#due[0]; next !== undefined && next.at <= now; next = this.#due[0]) {
      this.#due.shift()
      next.act(next.at)
    }
  }

  /** Starts the wrapper; the program follows when it has taken the token. */
  spawn(request: SpawnRequest, program: Program, supervisor: number, now: number): ProcessEntry {
    const pid = this.#newPid()
    const wrapper = this.#add(
      { pid, ppid: supervisor, pgid: pid, sid: pid, marker: request.marker },
      { runsMs: Number.POSITIVE_INFINITY, termMs: Number.POSITIVE_INFINITY },
      () => undefined
    )
    for (const file of [request.stdout, request.stderr]) appendFileSync(file, "")
    this.#at(now + (program.startMs ?? 0), (at) => this.#take(wrapper, request, program, at))
    this.advance(now)
    return wrapper
  }

  /** False when that process does not live any more. */
  signal(process: ProcessEntry, signal: Signal, target: Target, now: number): boolean {
    const running = this.#processes.get(process.pid)
    if (running === undefined || running.startTime !== process.startTime) return false
    if (target === "group" && running.pgid !== running.pid) return false
    const hit =
      target === "process" ? [running] : [...this.#processes.values()].filter((one) => one.pgid === running.pid)
    for (const one of hit) this.#deliver(one, signal, now)
    this.advance(now)
    return true
  }

  #deliver(process: Running, signal: Signal, now: number): void {
    const end = (delay: number): void => this.#at(now + delay, (at) => this.#end(process, { code: null, signal }, at))
    if (signal === "SIGKILL") return end(process.behaviour.killMs ?? 0)
    if (signal === "SIGCONT") {
      if (process.state === "T") process.state = "S"
      if (!process.termPending) return
      process.termPending = false
      return this.#deliver(process, "SIGTERM", now)
    }
    if (signal === "SIGINT") {
      const { int } = process.behaviour
      if (int === undefined) return
      return this.#at(now + int.afterMs, (at) => this.#end(process, { code: int.exit, signal: null }, at))
    }
    if (process.state === "T") process.termPending = true
    else end(process.behaviour.termMs ?? 0)
  }

  #take(wrapper: Running, request: SpawnRequest, program: Program, now: number): void {
    if (!this.#lives(wrapper)) return
    try {
      writeFileSync(join(request.directory, startFile), `${wrapper.pid}\n`, { flag: "wx" })
    } catch {
      return this.#endWrapper(wrapper, request)
    }
    const main = this.#add({ ...wrapper, pid: this.#newPid(), ppid: wrapper.pid }, program, (how, at) => {
      if (!this.#lives(wrapper)) return
      const record = join(request.directory, exitFile)
      writeFileSync(`${record}.${wrapper.pid}`, JSON.stringify({ ...how, at: Math.floor(this.#wall(at) / 1000) }))
      renameSync(`${record}.${wrapper.pid}`, record)
      wrapper.marker = null
      this.#at(at + (program.lingersMs ?? 0), () => this.#endWrapper(wrapper, request))
    })
    for (const listener of this.#startListeners) listener(request.marker)
    this.#live(main, now)
    for (const { afterMs, stdout, stderr } of program.writes ?? []) {
      this.#at(now + afterMs, () => {
        if (!this.#lives(main)) return
        if (stdout !== undefined) appendFileSync(request.stdout, stdout)
        if (stderr !== undefined) appendFileSync(request.stderr, stderr)
      })
    }
    this.#at(now + program.runsMs, (at) => {
      if (!this.#lives(main)) return
      program.ends?.()
      this.#end(main, { code: program.exit ?? 0, signal: null }, at)
    })
  }

  #endWrapper(wrapper: Running, request: SpawnRequest): void {
    if (!this.#lives(wrapper)) return
    const parent = wrapper.ppid
    this.#remove(wrapper.pid)
    for (const listener of this.#exitListeners) listener(request.marker, parent)
  }

  /** Its children, and theirs. */
  #live(process: Running, now: number): void {
    for (const child of process.behaviour.children ?? []) {
      this.#at(now + (child.afterMs ?? 0), (at) => {
        if (!this.#lives(process)) return
        const pid = this.#newPid()
        const own = child.ownSession === true
        const started = this.#add(
          {
            pid,
            ppid: child.orphaned === true ? 1 : process.pid,
            pgid: own ? pid : process.pgid,
            sid: own ? pid : process.sid,
            marker: child.unmarked === true ? null : process.marker
          },
          child
        )
        this.#live(started, at)
        this.#at(at + child.runsMs, (end) => this.#end(started, { code: 0, signal: null }, end))
      })
    }
  }

  #lives(process: Running): boolean {
    return this.#processes.get(process.pid) === process
  }

  #end(process: Running, how: Ended, now: number): void {
    if (!this.#lives(process)) return
    this.#remove(process.pid)
    process.ended(how, now)
  }

  #remove(pid: number): void {
    this.#processes.delete(pid)
    for (const process of this.#processes.values()) if (process.ppid === pid) process.ppid = 1
  }

  #newPid(): number {
    this.#counter += 1
    return this.#counter
  }

  #add(
    entry: Pick<ProcessEntry, "pid" | "ppid" | "pgid" | "sid" | "marker">,
    behaviour: Behaviour,
    ended: Running["ended"] = () => undefined
  ): Running {
    const { pid, ppid, pgid, sid, marker } = entry
    const state = behaviour.stopped === true ? "T" : "S"
    // Pids are not used twice here, so the pid's number also tells the start.
    const running = {
      pid,
      ppid,
      pgid,
      sid,
      marker,
      startTime: String(1000 + pid),
      state,
      behaviour,
      bornAt: this.#now,
      ended,
      termPending: false
    }
    this.#processes.set(pid, running)
    return running
  }

  #at(at: number, act: Due["act"]): void {
    if (at === Number.POSITIVE_INFINITY) return
    const due = { at, order: this.#counter++, act }
    const index = this.#due.findIndex((other) => other.at > at)
    this.#due.splice(index < 0 ? this.#due.length : index, 0, due)
  }
}
