/**
 * The story of the crash spec: batches are worked while their supervisor is killed again and again, stalled and
 * superseded, and while a person goes on giving commands; then it is left alone until nothing moves.
 */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { PCGRandom } from "effect/Utils"
import * as Batch from "./Batch.ts"
import { worktreesOf } from "./Landed.ts"
import { Person } from "./Person.ts"
import { ask, kill, type Site, siteIn, supervise, type Supervisor } from "./Program.ts"
import { install } from "./Scripts.ts"
import type { Armed } from "../torture/Armed.ts"
import { Boundaries } from "../torture/Boundaries.ts"
import { after, changes, sleep } from "./Waiting.ts"

export interface Options {
  readonly seed: number
  readonly kills: number
  readonly tasks: number
  /** Most supervisors kill or stop themselves, right before one of their effects; the program must be one that can. */
  readonly atBoundaries: boolean
}

export interface Story {
  readonly site: Site
  readonly batches: ReadonlyArray<Batch.Batch>
  readonly person: Person
  /** Seqs of the v1 stream as a reader met them, who came back again and again with the last one it had seen. */
  readonly readSeqs: ReadonlyArray<number>
  /** What should not have happened on the way; empty in the end. */
  readonly surprises: ReadonlyArray<string>
  readonly counts: {
    readonly kills: number
    /** Where supervisors killed and stopped themselves, and how often. */
    readonly boundaries: Boundaries["places"]
    readonly beforeWork: number
    readonly stalls: number
    readonly superseded: number
    readonly starts: number
    /** While it was killed, and until nothing moved any more. */
    readonly seconds: ReadonlyArray<number>
  }
}

export const policy = { maxConcurrent: 8, maxLaunchFailures: 50 } as const

const launchGraceMs = 1500

const config = (root: string): string => `
[policy]
max_concurrent = ${policy.maxConcurrent}
max_launch_failures = ${policy.maxLaunchFailures}
backoff_base_ms = 50
backoff_cap_ms = 400
stop_grace_ms = 200
launch_grace_ms = ${launchGraceMs}

[agents.keyed]
kind = "command"
command = "sh"
args = ["${root}/agent.sh", "${root}", "keyed", "agent", "${root}/journals/keyed", "ok:0.02", ""]
`

/** How long the end may take once nothing is killed any more; a bound for a fleet that is stuck, not a measure. */
const patienceMs = 400_000

/** After so many nothing is learnt any more. */
const mostSurprises = 20

/** How long a moment is waited for; as much longer again after each kill in a row that came before any work. */
const longestMs = 1200

/** Of the kills, the part that is to come after work has begun, on however busy a machine. */
const worked = 1 / 4

/** Between two owners a lock is not there, also between a look for it and a look into it. */
const textOf = (file: string): string => {
  try {
    return readFileSync(file, "utf8")
  } catch {
    return ""
  }
}

/** Everything a batch needs, in a folder of its own. */
const prepare = (): Site => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "drover-crash-")))
  for (const folder of ["journals", "children", "meetings", "work/keyed"])
    mkdirSync(join(root, folder), { recursive: true })
  install(root)
  writeFileSync(join(root, "config.toml"), config(root))
  writeFileSync(join(root, "pulse"), "")
  return siteIn(root)
}

export class Torture {
  readonly site = prepare()
  readonly person: Person
  readonly #random: PCGRandom
  readonly #boundaries: Boundaries
  readonly #options: Options
  readonly #batches: Array<Batch.Batch> = []
  readonly #surprises: Array<string> = []
  readonly #readSeqs: Array<number> = []
  readonly #superseded: Array<Supervisor> = []
  readonly #all: Array<Supervisor> = []
  #reading: Promise<void> = Promise.resolve()
  #stored = 0
  #kills = 0
  #beforeWork = 0
  /** Those of them since there was work. */
  #early = 0
  #stalls = 0

  constructor(options: Options) {
    this.#options = options
    this.#random = new PCGRandom(options.seed)
    this.person = new Person(this.site, new PCGRandom(options.seed, 1))
    this.#boundaries = new Boundaries(this.site.root, new PCGRandom(options.seed, 2))
  }

  async run(): Promise<Story> {
    this.#nextBatch()
    const begun = Date.now()
    const { kills } = this.#options
    const isEnough = (): boolean => this.#kills >= kills && this.#kills - this.#beforeWork >= kills * worked
    while (!isEnough() && this.#surprises.length < mostSurprises) await this.#life()
    const left = Date.now()
    await this.#end()
    return {
      site: this.site,
      batches: this.#batches,
      person: this.person,
      readSeqs: this.#readSeqs,
      surprises: [...this.#surprises, ...this.person.surprises],
      counts: {
        kills: this.#kills,
        boundaries: this.#boundaries.places,
        beforeWork: this.#beforeWork,
        stalls: this.#stalls,
        superseded: this.#superseded.length,
        starts: this.#all.length,
        seconds: [left - begun, Date.now() - left].map((ms) => Math.round(ms / 1000))
      }
    }
  }

  /** Ends every supervisor of the story that still runs; also after a story that broke off. */
  async stop(): Promise<void> {
    this.person.leave()
    for (const supervisor of this.#all) if (!supervisor.isOver()) await kill(supervisor)
    await this.#reading
    await this.person.gone
  }

  #nextBatch(): void {
    const prefix = `b${this.#batches.length}t`
    const tasks = Batch.generate(this.#random, prefix, this.#options.tasks)
    const batch = Batch.write(this.#random, this.site.root, prefix, tasks)
    this.#batches.push(batch)
    this.person.attend(batch)
  }

  get #file(): string {
    return this.#batches.at(-1)?.file ?? ""
  }

  /** Starts what is to supervise next; a batch that was never worked on may not be stored yet. */
  #start(kind: "up" | "run", environment: Readonly<Record<string, string>> = {}): Supervisor {
    const supervisor = supervise(this.site, kind === "up" ? ["up"] : ["run", this.#file], environment)
    this.#all.push(supervisor)
    return supervisor
  }

  /** One supervisor from its start to its end. */
  async #life(): Promise<void> {
    const isStored = this.#stored === this.#batches.length
    const kind = isStored && this.#random.integer(3) === 0 ? "up" : "run"
    const before = this.#pulse()
    const signal = this.#options.atBoundaries ? this.#draw() : null
    let supervisor = this.#start(kind, signal === null ? {} : this.#boundaries.arm(signal))
    await (signal === null ? this.#moment(supervisor) : this.#boundary(supervisor, signal))
    if (this.#pulse() > before) this.#stored = this.#batches.length
    if (signal === "SIGKILL") {
      if (!supervisor.isOver()) await kill(supervisor)
      this.#boundaries.collect(signal)
      if (supervisor.child.signalCode === "SIGKILL") return this.#killed(before)
    } else {
      const isStopped = signal === "SIGSTOP" && this.#boundaries.isReached
      if (isStopped) this.#boundaries.collect(signal)
      // One that was stopped before an effect is overtaken there, or goes on.
      const often = isStopped ? 2 : 8
      if (kind === "up" && this.#random.integer(often) === 0) supervisor = await this.#supersede(supervisor)
      else if (isStopped || this.#random.integer(often) === 0) await this.#stall(supervisor)
    }
    if (supervisor.isOver()) {
      const { exitCode } = supervisor.child
      if (kind === "run" && exitCode === 5) this.#nextBatch()
      else this.#surprises.push(`${kind} ended by itself with ${exitCode}`)
      return
    }
    await kill(supervisor)
    this.#killed(before)
  }

  /** What a supervisor is to do to itself; null: what is done to it comes from outside. */
  #draw(): Armed["signal"] | null {
    const side = this.#random.integer(10)
    return side === 0 ? null : side < 3 ? "SIGSTOP" : "SIGKILL"
  }

  #killed(before: number): void {
    const isEarly = this.#pulse() === before
    this.#early = isEarly ? this.#early + 1 : 0
    if (isEarly) this.#beforeWork++
    this.#kills++
    if (this.#kills % 8 === 0) this.#read()
    if (this.#kills % 12 === 0) this.person.submit()
  }

  /** A machine that is busy needs more time to come to a moment. */
  get #longestMs(): number {
    return longestMs * (1 + this.#early)
  }

  #pulse(): number {
    return statSync(join(this.site.root, "pulse")).size
  }

  /** Waits for a moment to kill: soon after the start, some events of the work later, or right at a commit, a launch or a worktree. */
  async #moment(supervisor: Supervisor): Promise<void> {
    const home = join(this.site.root, "home")
    const { isOver } = supervisor
    const kind = this.#random.integer(6)
    if (kind > 0) await this.#ready(supervisor)
    switch (kind) {
      case 0:
        return sleep(this.#random.integer(300))
      case 1:
        return changes(home, "drover.db-wal", 1 + this.#random.integer(30), this.#longestMs)
      case 2:
        return changes(join(home, "attempts"), null, 1 + this.#random.integer(4), this.#longestMs)
      case 3:
        // A worktree comes or goes: an agent's, or that of a landing.
        await changes(join(home, "worktrees"), null, 1 + this.#random.integer(4), this.#longestMs)
        return sleep(this.#random.integer(150))
      default: {
        const until = this.#pulse() + 1 + this.#random.integer(6)
        const latest = Date.now() + this.#longestMs
        while (this.#pulse() < until && Date.now() < latest && !isOver()) await sleep(2)
        return sleep(this.#random.integer(40))
      }
    }
  }

  /** Waits until it has killed or stopped itself, or does so little that it may not any more. */
  async #boundary({ isOver }: Supervisor, signal: Armed["signal"]): Promise<void> {
    const latest = Date.now() + 3 * longestMs
    const isDone = (): boolean => isOver() || (signal === "SIGSTOP" && this.#boundaries.isReached)
    while (Date.now() < latest && !isDone()) await sleep(2)
  }

  /** The machine sleeps for a while. */
  async #stall({ child, isOver }: Supervisor): Promise<void> {
    if (isOver()) return
    this.#stalls++
    child.kill("SIGSTOP")
    await sleep(50 + this.#random.integer(300))
    child.kill("SIGCONT")
    await sleep(this.#random.integer(50))
  }

  /** It is paused, its lock is taken away by force, another one takes over, and then it wakes. */
  async #supersede(old: Supervisor): Promise<Supervisor> {
    old.child.kill("SIGSTOP")
    if (!this.#owns(old)) {
      old.child.kill("SIGCONT")
      return old
    }
    rmSync(this.#lock)
    this.#superseded.push(old)
    let next = this.#start("up")
    await this.#moment(next)
    await this.#ready(next)
    // Half of them sleep so long that what they were about to start has been given up.
    if (this.#random.integer(2) === 0) await sleep(launchGraceMs + 500)
    old.child.kill("SIGCONT")
    await this.#moment(next)
    // Who is paused in a transaction keeps the store locked, and that is said: exit code 4.
    if (next.child.exitCode === 4) {
      next = this.#start("up")
      await this.#moment(next)
    }
    return next
  }

  /** It has the lock, or has come to its end. */
  async #ready(supervisor: Supervisor): Promise<void> {
    while (!supervisor.isOver() && !this.#owns(supervisor)) await sleep(2)
  }

  get #lock(): string {
    return join(this.site.root, "home/supervisor.lock")
  }

  /** Whether the lock names it. */
  #owns({ child, isOver }: Supervisor): boolean {
    return !isOver() && textOf(this.#lock).includes(`"pid":${child.pid},`)
  }

  /** A reader of the stream comes back with the last number it saw. */
  #read(): void {
    this.#reading = after(this.#reading, async () => {
      const { code, stderr, stdout } = await ask(this.site, ["events", "--since", String(this.#readSeqs.at(-1) ?? 0)])
      if (code !== 0) this.#surprises.push(`events: ${code}: ${stderr}`)
      for (const line of stdout.split("\n")) if (line !== "") this.#readSeqs.push(Number(JSON.parse(line).seq))
    })
  }

  /** Whether the worktrees that are left belong to tasks that have not landed. */
  #areTidy(): boolean {
    const tasks = this.#batches.flatMap((batch) => batch.tasks)
    const repositories = new Set(tasks.flatMap(({ repository }) => (repository === null ? [] : [repository])))
    return [...repositories].every((repository) => {
      const staying = tasks.filter((task) => task.repository === repository && task.expected.end !== "Done")
      return worktreesOf(join(this.site.root, "work", repository)).length <= staying.length
    })
  }

  /** Nothing is killed any more: a supervisor, and one who follows the batch to its end. */
  async #end(): Promise<void> {
    const deadline = Date.now() + patienceMs
    const up = this.#start("up")
    // Or it is the other one that supervises, on a machine that is busy.
    await this.#ready(up)
    const follower = this.#start("run")
    const isSlow = (): boolean => Date.now() > deadline
    while (!follower.isOver() && !up.isOver() && !isSlow()) await sleep(10)
    if (follower.child.exitCode !== 5) {
      this.#surprises.push(`run ended with ${follower.child.exitCode} ${follower.child.signalCode}`)
    }
    this.person.leave()
    await this.person.gone
    while (!(await this.person.hasAll()) && !isSlow()) await sleep(100)
    for (const old of this.#superseded) {
      while (!old.isOver() && !isSlow()) await sleep(10)
      const { exitCode, signalCode } = old.child
      if (exitCode !== 4) this.#surprises.push(`a superseded supervisor ended with ${exitCode} ${signalCode}`)
    }
    // What has landed is recorded before its worktree has gone.
    while (!isSlow() && !this.#areTidy()) await sleep(100)
    const down = await ask(this.site, ["down"])
    if (down.code !== 0) this.#surprises.push(`down: ${down.code}: ${down.stderr}`)
    while (!up.isOver() && !isSlow()) await sleep(10)
    if (up.child.exitCode !== 0 && up.child.exitCode !== 143) {
      this.#surprises.push(`up ended with ${up.child.exitCode} ${up.child.signalCode}`)
    }
    this.#read()
    await this.#reading
  }
}
