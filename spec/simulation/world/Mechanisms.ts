/**
 * What a supervisor is made of, as it hangs or dies: what one of its mechanisms asks the world for is not answered for long,
 * or ends by an error of drover's own, once or each time. Of any other fiber of a supervisor the reading of a clock dies.
 */
import * as Dice from "../../core/tick/simulation/Dice.ts"
import { Defect } from "../kernel/Defect.ts"
import type { Deed, Loop, Process } from "../kernel/Loop.ts"
import type { Faults } from "./Faults.ts"
import type { Hooks } from "./Hooks.ts"
import type { Reader } from "./Reader.ts"

const minute = 60_000

const isOf = {
  lock: ({ kind, what }: Deed, lock: string) => kind === "disk" && what.includes(lock),
  attempts: ({ kind, what }: Deed) => kind === "look" && what === "processes",
  trees: ({ kind, what }: Deed) => kind === "look" && what !== "processes",
  starts: ({ kind }: Deed) => kind === "spawn",
  stops: ({ kind }: Deed) => kind === "signal",
  git: ({ kind }: Deed) => kind === "git",
  /** Those who tell stop, or what takes it in dies. */
  ingest: () => false
} satisfies Record<string, (deed: Deed, lock: string) => boolean>
export type Mechanism = keyof typeof isOf

/** What is asked of a disk fails, it does not die: that the lock's own fiber dies is what `clock` is for. */
const dying = ["attempts", "trees", "starts", "stops", "git", "ingest"] as const
const hanging = ["lock", ...dying] as const

/** So many die once the faults have stopped, while all comes to rest; and so long each waits for what it dies of. */
const deathsAtRest = 12
const withinMs = 25 * minute
const diesWithinMs = 3 * minute

/** At which of its deeds one dies: others than the first look after a moment do too. */
const deeds = [1, 1, 2, 4, 12] as const

interface Trouble {
  readonly process: Process
  readonly mechanism: Mechanism
  /** By the loop's time. */
  readonly until: number
}

export interface Setting {
  readonly now: () => number
  readonly lock: string
  /** What sends hook events stops for so long, or what takes them in dies: once, or each time. */
  readonly hangHooks: (forMs: number) => void
  readonly failHooks: (forMs: number, isOnce: boolean, onDied: () => void) => void
  /** One has died, of what. */
  readonly onDied: (what: string) => void
}

export class Mechanisms {
  readonly #setting: Setting
  #hung: Trouble | null = null
  /** `left`: at which of its deeds from now on it dies, once; null: at each. */
  #dying: (Trouble & { left: number | null }) | null = null
  /** After how many readings of its clock a fiber of a supervisor dies. */
  readonly #readings = new Map<Process, number>()
  /** Of a mechanism that dies each time the first is counted. */
  #hasDied = false

  constructor(setting: Setting) {
    this.#setting = setting
  }

  /** One of a supervisor hangs; the answer is which. */
  hang(process: Process, dice: Dice.Dice): Mechanism {
    const mechanism = dice.pick(hanging)
    this.hangs(process, mechanism, minute * (1 + dice.below(40)))
    return mechanism
  }

  hangs(process: Process, mechanism: Mechanism, forMs: number): void {
    if (mechanism === "ingest") return this.#setting.hangHooks(forMs)
    this.#hung = { process, mechanism, until: this.#setting.now() + forMs }
  }

  /** One of a supervisor dies; the answer is which. */
  die(process: Process, dice: Dice.Dice): Mechanism | "clock" {
    if (dice.chance(0.4)) {
      this.#readings.set(process, 1 + dice.below(dice.pick([3, 30, 300])))
      return "clock"
    }
    const mechanism = dice.pick(dying)
    this.dies(process, mechanism, minute * (1 + dice.below(20)), dice.chance(0.5) ? dice.pick(deeds) : null)
    return mechanism
  }

  /** Within that time, once, at the `left`th of its deeds, or at each of them (null). */
  dies(process: Process, mechanism: Mechanism, forMs: number, left: number | null): void {
    this.#hasDied = false
    if (mechanism === "ingest") return this.#setting.failHooks(forMs, left !== null, () => this.#died("ingest"))
    this.#dying = { process, mechanism, until: this.#setting.now() + forMs, left }
  }

  /** Some of it dies once, each by itself, while supervisors are not killed any more: what goes on has to see to it. */
  dieLater(loop: Loop, present: ReadonlySet<Process>, dice: Dice.Dice): void {
    for (let left = deathsAtRest; left > 0; left--) {
      const own = Dice.make(dice.throw())
      loop.after(null, own.below(withinMs), () => {
        const [process] = present
        if (process === undefined) return
        if (own.chance(0.2)) this.#readings.set(process, 1 + own.below(30))
        else this.dies(process, own.pick(dying), diesWithinMs, own.pick(deeds))
      })
    }
  }

  end(): void {
    this.#hung = null
    this.#dying = null
    this.#readings.clear()
  }

  /** How long a deed of that process has to wait, milliseconds. */
  delayOf(process: Process | null, deed: Deed): number {
    const hung = this.#hung
    const { lock, now } = this.#setting
    if (hung === null || hung.process !== process || now() >= hung.until) return 0
    return isOf[hung.mechanism](deed, lock) ? hung.until - now() : 0
  }

  /** Throws where it is in a deed that a mechanism dies. */
  look(process: Process, deed: Deed): void {
    const dying = this.#dying
    const { lock, now } = this.#setting
    if (dying === null || dying.process !== process || now() >= dying.until) return
    if (!isOf[dying.mechanism](deed, lock)) return
    if (dying.left !== null && --dying.left > 0) return
    if (dying.left !== null) this.#dying = null
    this.#died(dying.mechanism)
    throw new Defect(`${deed.kind} ${deed.what}`)
  }

  /** Throws where it is at a reading of its clock that a fiber dies. */
  asked(process: Process): void {
    const left = this.#readings.get(process)
    if (left === undefined) return
    this.#readings.set(process, left - 1)
    if (left > 1) return
    this.#readings.delete(process)
    this.#hasDied = false
    this.#died("clock")
    throw new Defect("what time is it?")
  }

  #died(what: string): void {
    if (this.#hasDied) return
    this.#hasDied = true
    this.#setting.onDied(what)
  }
}

export interface Attached {
  readonly loop: Loop
  readonly faults: Faults
  readonly hooks: Hooks
  readonly lock: string
  readonly say: (line: string) => void
}

/** Those of the supervisors of a loop, counted with the other faults. */
export const attach = ({ faults, hooks, lock, loop, say }: Attached): Mechanisms => {
  const mechanisms = new Mechanisms({
    now: () => loop.now,
    lock,
    hangHooks: (forMs) => hooks.hang(forMs),
    failHooks: (...how) => hooks.fail(...how),
    onDied: (what) => {
      say(`what dies: ${what}`)
      faults.onHit("guard dies")
      faults.count(`died: ${what}`)
    }
  })
  faults.hangs = (deed) => mechanisms.delayOf(loop.current, deed)
  faults.dies = (process, deed) => mechanisms.look(process, deed)
  loop.onAsked = (process) => mechanisms.asked(process)
  return mechanisms
}

/** Whether a person is told of a supervisor that ended so. */
export const isTold = (why: string, database: Reader | undefined): boolean =>
  !why.includes("Defect") ||
  database?.prepare("SELECT 1 FROM attention WHERE key = 'supervisor:died' AND cleared_at IS NULL").get() !== undefined
