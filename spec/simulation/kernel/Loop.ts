/**
 * The one thread that everything in the simulation runs on: whose turn it is, which of the operations under way ends
 * next, and what time it is. All of it follows from the seed: nothing here waits for the real clock or the real disk.
 *
 * A process (`Process`) is a supervisor, or a person's command. Whatever it does to the world outside passes `step`
 * first, which is where it can be killed: from then on none of its code has any effect, as after SIGKILL.
 */
import { make as makeHeap, outside, peek, type Placed, remove, settle } from "../../../core/tick/reconciler/Heap.ts"
import type { Dice } from "../../core/tick/simulation/Dice.ts"

/** An effect on the world outside: `write /state/a`, `sql COMMIT`, `spawn #4.1`. */
export interface Deed {
  readonly kind: "disk" | "git" | "sql" | "spawn" | "signal" | "look" | "print"
  readonly what: string
}

interface Job {
  readonly owner: Process | null
  readonly run: () => void
  /** Its end lets code run that waits for a promise. */
  readonly resolves: boolean
}

export class Process {
  readonly name: string
  isDead = false
  /** Its last write was under way when it was killed: a part of it is on the disk. */
  isTorn = false
  /** What waits until it goes on, while it is stopped as by SIGSTOP; null while it runs. */
  held: Array<Job> | null = null
  /** How many effects it had. */
  deeds = 0
  /** What is to be done when it is killed: closing what the system closes for it. */
  readonly onDeath: Array<() => void> = []

  constructor(name: string) {
    this.name = name
  }

  kill(): void {
    if (this.isDead) return
    this.isDead = true
    for (const close of this.onDeath) close()
  }
}

/** Thrown where a dead process would go on; nothing that catches it can do anything any more. */
class Dead extends Error {
  override readonly name = "Dead"
}

interface Timer extends Placed {
  readonly at: number
  readonly order: number
  readonly owner: Process | null
  readonly run: () => void
}

/** A turn of the real event loop: by its end every promise that could settle has. */
const turn = (): Promise<void> => new Promise((resolve) => globalThis.setImmediate(resolve))

/** Of the latest effects. */
const remembered = 40

/** So many turns without any time passing are a loop that never ends. */
const mostTurns = 200_000

export class Loop {
  /** Milliseconds that have passed in this world; no clock of a process shows them. */
  now = 0
  current: Process | null = null
  /** How long an operation takes, in milliseconds. */
  latencyOf: (deed: Deed) => number = () => 0
  /** Looks at each effect before it happens: it may kill the process, or throw what the system would answer. */
  onDeed: (process: Process, deed: Deed) => void = () => undefined
  /** A fiber of a process is about to read the clock, which it may die of. */
  onAsked: (process: Process) => void = () => undefined
  readonly #dice: Dice
  readonly #tasks: Array<Job> = []
  readonly #operations: Array<Job> = []
  readonly #timers = makeHeap<Timer>((a, b) => a.at < b.at || (a.at === b.at && a.order < b.order))
  readonly #lately: Array<string> = []
  #steps = 0
  #taken = 0
  #order = 0

  constructor(dice: Dice) {
    this.#dice = dice
  }

  /** Passed by every effect of the current process before it happens. */
  step(deed: Deed): void {
    const { current } = this
    if (current === null) return
    if (current.isDead) throw new Dead()
    current.deeds += 1
    this.#lately[this.#steps++ % remembered] = `${current.name}: ${deed.kind} ${deed.what}`
    this.onDeed(current, deed)
    // Whoever looked at the deed may have killed it.
    if (this.#isDead(current)) throw new Dead()
  }

  /** The latest effects, the last one first. */
  lately(): ReadonlyArray<string> {
    return Array.from(this.#lately, (_, back) => this.#lately[(this.#steps - 1 - back) % remembered] ?? "")
  }

  #isDead({ isDead }: Process): boolean {
    return isDead
  }

  /** That process does nothing for so long, and does not know of it. */
  hold(process: Process, forMs: number): void {
    if (process.held !== null || process.isDead) return
    process.held = []
    this.after(null, forMs, () => {
      const { held } = process
      process.held = null
      this.#tasks.push(...(held ?? []))
    })
  }

  /** Runs when it is that process's turn. */
  post(owner: Process | null, run: () => void): void {
    this.#tasks.push({ owner, run, resolves: false })
  }

  /**
   * An operation of the current process that ends some time, before or after others that are under way. `tear` does a part
   * of it, should the process be killed in the middle.
   */
  request<A>(deed: Deed, work: () => A, tear: () => void = () => undefined): Promise<A> {
    const owner = this.current
    return new Promise((resolve, reject) => {
      const run = (): void => {
        try {
          this.step(deed)
          resolve(work())
        } catch (cause) {
          // Nobody is told what became of the operations of a dead process.
          if (!(cause instanceof Dead)) return reject(cause)
          if (owner?.isTorn !== true) return
          owner.isTorn = false
          tear()
        }
      }
      const job = { owner, run, resolves: true }
      const latency = this.latencyOf(deed)
      if (latency === 0) this.#operations.push(job)
      else this.after(null, latency, () => void this.#operations.push(job))
    })
  }

  /** Runs so many milliseconds later; answers how to take it back. */
  after(owner: Process | null, delay: number, run: () => void): () => void {
    const timer: Timer = { at: this.now + Math.max(0, delay), order: this.#order++, owner, run, place: outside }
    settle(this.#timers, timer)
    return () => remove(this.#timers, timer)
  }

  /** Runs until it is told to stop, or nothing is left to do. */
  async run(isOver: () => boolean): Promise<void> {
    let turns = 0
    let at = this.now
    while (!isOver()) {
      if (this.now !== at) {
        at = this.now
        turns = 0
      } else if (++turns > mostTurns) throw new Error(`${mostTurns} turns at one moment: something never ends`)
      const job = this.#next()
      if (job !== undefined) {
        await this.#do(job)
        continue
      }
      await turn()
      if (this.#tasks.length > this.#taken || this.#operations.length > 0) continue
      const timer = peek(this.#timers)
      if (timer === undefined) return
      remove(this.#timers, timer)
      this.now = Math.max(this.now, timer.at)
      this.post(timer.owner, timer.run)
    }
  }

  async #do({ owner, resolves, run }: Job): Promise<void> {
    if (owner?.isDead === true) return
    if (owner !== null && owner.held !== null) return void owner.held.push({ owner, resolves, run })
    // Code that waits for a promise runs as the process whose promise it was.
    if (owner !== this.current) {
      await turn()
      this.current = owner
    }
    run()
    // As deep as a chain of promises goes behind one operation; what is deeper runs before the process changes.
    if (resolves) for (let depth = 0; depth < 12; depth++) await undefined
  }

  /** Tasks in their order, and operations in any: a disk answers when it likes. */
  #next(): Job | undefined {
    const { length } = this.#operations
    const hasTask = this.#tasks.length > this.#taken
    if (length > 0 && (!hasTask || this.#dice.chance(0.2))) {
      const [operation] = this.#operations.splice(length === 1 ? 0 : this.#dice.below(length), 1)
      return operation
    }
    if (!hasTask) return undefined
    const task = this.#tasks[this.#taken++]
    if (this.#taken > 1024) {
      this.#tasks.splice(0, this.#taken)
      this.#taken = 0
    }
    return task
  }
}
