/** What goes wrong, as long as faults are played: each at a moment and with a strength that the dice decide. */
import Sqlite from "better-sqlite3"
import type { Dice } from "../../core/tick/simulation/Dice.ts"
import type { Deed, Loop, Process } from "../kernel/Loop.ts"

const second = 1000
/** Of a slow disk: longer than a launch may stay unseen. */
const slowest = 20 * second

/** What a disk answers that can not take any more, or must not be written. */
interface DiskTrouble {
  readonly code: "ENOSPC" | "EROFS" | "EIO"
  readonly sqlite: string
}
const troubles: readonly [DiskTrouble, ...ReadonlyArray<DiskTrouble>] = [
  { code: "ENOSPC", sqlite: "SQLITE_FULL" },
  { code: "EROFS", sqlite: "SQLITE_READONLY" },
  { code: "EIO", sqlite: "SQLITE_IOERR" }
]

const reading = /^\s*(?:SELECT|PRAGMA|BEGIN$)/i
const writes = /^(?:(?:write|append)(?:File)?|mkdir|link|rename|truncate|open)\b/
/** What nobody can take away on a disk that is not merely full. */
const takesAway = /^(?:rm|unlink) \S*session-policy/
const writesContent = /^(?:write|append)(?:File)?\b/
/** What git is asked that writes nothing. */
const asksGit = /^(?:base|find|has|list|look|work)\b/
const writing = /^\s*(?:INSERT|UPDATE|DELETE|COMMIT|WITH)/i

/** Whom a kill is meant for. */
type Killing = "kill" | "hook killed"

/** What is counted where it hits. */
export type Hit = Killing | "torn write" | "guard dies"

export class Faults {
  /** How often each was played. */
  readonly counts = new Map<string, number>()
  /** A supervisor is about to be killed, or something of it to die. */
  onHit: (how: Hit) => void = () => undefined
  /** How long something that hangs makes a deed wait. */
  hangs: (deed: Deed) => number = () => 0
  /** Throws in a deed of a mechanism that dies. */
  dies: (process: Process, deed: Deed) => void = () => undefined
  readonly #loop: Loop
  readonly #dice: Dice
  #trouble: DiskTrouble | null = null
  #isBlind = false
  #isSlow = false
  /** Which process dies before which of its deeds. */
  readonly #doomed = new Map<Process, { readonly at: number; readonly kind: Killing }>()
  /** Which dies before it can say anything. */
  readonly #mute = new Set<Process>()
  /** Which dies in the middle of its next write. */
  readonly #tearing = new Set<Process>()

  constructor(loop: Loop, dice: Dice) {
    this.#loop = loop
    this.#dice = dice
    loop.latencyOf = (deed) =>
      this.hangs(deed) || (this.#isSlow && deed.kind !== "sql" && dice.chance(0.3) ? dice.below(slowest) : 0)
    loop.onDeed = (process, deed) => this.#look(process, deed)
  }

  count(name: string): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1)
  }

  /** It is killed before one of its next deeds. */
  doom(process: Process, within: number, dice: Dice, kind: Killing = "kill"): void {
    this.#doomed.set(process, { at: process.deeds + 1 + dice.below(within), kind })
  }

  /** It is killed in the middle of its next write to a file. */
  tear(process: Process): void {
    this.#tearing.add(process)
  }

  /** It is killed when it is about to print, after all that it did. */
  silence(process: Process): void {
    this.#mute.add(process)
  }

  fillDisk(forMs: number, dice: Dice): void {
    this.#trouble = dice.pick(troubles)
    this.count(`disk ${this.#trouble.code}`)
    this.#loop.after(null, forMs, () => (this.#trouble = null))
  }

  /** Operations of the disk take their time. */
  slowDisk(forMs: number): void {
    this.#isSlow = true
    this.#loop.after(null, forMs, () => (this.#isSlow = false))
  }

  /** Neither processes nor trees can be looked at. */
  blind(forMs: number): void {
    this.#isBlind = true
    this.#loop.after(null, forMs, () => (this.#isBlind = false))
  }

  end(): void {
    this.#trouble = null
    this.#isBlind = false
    this.#isSlow = false
    this.#doomed.clear()
    this.#mute.clear()
    this.#tearing.clear()
  }

  #look(process: Process, { kind, what }: Deed): void {
    const doom = this.#doomed.get(process)
    if (doom !== undefined && process.deeds >= doom.at) {
      this.#doomed.delete(process)
      this.onHit(doom.kind)
      this.count(`killed before ${kind} ${kind === "spawn" ? "" : (what.trim().split(/\s/)[0] ?? "")}`.trim())
      return process.kill()
    }
    if (kind === "print" && this.#mute.delete(process)) {
      this.onHit("hook killed")
      this.count("killed before it printed")
      return process.kill()
    }
    if (kind === "disk" && writesContent.test(what) && this.#tearing.delete(process)) {
      process.isTorn = true
      this.onHit("torn write")
      this.count("torn write")
      return process.kill()
    }
    this.dies(process, { kind, what })
    if (this.#isBlind && kind === "look") throw new Error("nothing can be looked at")
    const trouble = this.#trouble
    if (trouble === null) return
    const isWrite = writes.test(what) || (trouble.code !== "ENOSPC" && takesAway.test(what))
    if ((kind === "disk" && isWrite) || (kind === "git" && !asksGit.test(what))) {
      throw Object.assign(new Error(`${trouble.code}: ${what}`), { code: trouble.code })
    }
    const isHit = writing.test(what) || (trouble.code === "EIO" && reading.test(what) && this.#dice.chance(0.3))
    if (kind === "sql" && isHit) throw new Sqlite.SqliteError("the disk", trouble.sqlite)
  }
}
