/**
 * A guard of the supervisor that hangs or dies, in a world where nothing else goes wrong any more: for more than an hour what
 * it looks at does not answer, or each of its turns ends by an error of drover's own. A person must be told within its bound, and told no more once it answers again; that no
 * task is stuck after, nor done without its checks, is what all else that is checked here says.
 */
import * as Schema from "effect/Schema"
import type { Dice } from "../../core/tick/simulation/Dice.ts"
import type { Loop, Process } from "../kernel/Loop.ts"
import type { Mechanism, Mechanisms } from "./Mechanisms.ts"
import type { Reader } from "./Reader.ts"

const minute = 60_000

/** Until it hangs: the supervisor has begun, and agents are at work. */
const afterMs = 3 * minute
const hangsMs = 75 * minute
/** Two looks at the guards find it, of three; and one more may be under way. */
const looksMs = 16 * minute

/** Which hangs, and how long it may be silent: five of its cadences. One that dies may be so until its next turn. */
interface Guard {
  readonly key: "lock" | "watchdog" | "ingest"
  readonly mechanism: Mechanism
  readonly dies: boolean
  readonly silentMs: number
}
const guards: readonly [Guard, ...ReadonlyArray<Guard>] = [
  { key: "lock", mechanism: "lock", dies: false, silentMs: 25 * minute },
  { key: "watchdog", mechanism: "attempts", dies: false, silentMs: 7.5 * minute },
  { key: "ingest", mechanism: "ingest", dies: false, silentMs: 40 * minute },
  { key: "watchdog", mechanism: "attempts", dies: true, silentMs: 1.5 * minute },
  { key: "ingest", mechanism: "ingest", dies: true, silentMs: 8 * minute }
]

const keysOf = Schema.decodeUnknownSync(Schema.Array(Schema.Struct({ key: Schema.String })))

export interface Setting {
  readonly loop: Loop
  readonly dice: Dice
  readonly mechanisms: Mechanisms
  readonly present: ReadonlySet<Process>
  readonly database: () => Reader | undefined
  readonly broken: (requirement: string, what: string) => void
  readonly say: (line: string) => void
}

export class Hanging {
  readonly counts = { "guards that hung": 0, "guards that died": 0, "guards told": 0 }
  readonly #setting: Setting
  readonly #guard: Guard
  #hung: { readonly process: Process } | null = null
  /** Nothing of it is left to be looked at. */
  isOver = false

  constructor(setting: Setting) {
    this.#setting = setting
    this.#guard = setting.dice.pick(guards)
  }

  begin(): void {
    this.#setting.loop.after(null, afterMs, () => this.#hang())
  }

  #hang(): void {
    const { loop, mechanisms, present, say } = this.#setting
    const [process] = present
    if (process === undefined) return void (this.isOver = true)
    const { dies, key, mechanism, silentMs } = this.#guard
    this.counts[dies ? "guards that died" : "guards that hung"] += 1
    this.#hung = { process }
    say(dies ? `the guard ${key} dies` : `what the guard ${key} looks at hangs`)
    if (dies) mechanisms.dies(process, mechanism, hangsMs, false)
    else mechanisms.hangs(process, mechanism, hangsMs)
    const running = this.#running()
    loop.after(null, silentMs + looksMs, () => this.#isTold(running))
    loop.after(null, hangsMs, () => say(`the guard ${key} is well again`))
    loop.after(null, hangsMs + looksMs, () => this.#isClear())
  }

  #isTold(before: ReadonlySet<string>): void {
    const { broken } = this.#setting
    const { dies, key } = this.#guard
    if (!this.#isThere()) return
    // Without an agent at work there is nothing to be looked at.
    if (key === "watchdog" && ![...this.#running()].some((each) => before.has(each))) return
    if (this.#isOpen()) this.counts["guards told"] += 1
    else
      broken(
        "GRD-2",
        `the guard ${key} ${dies ? "is dead" : "hangs"} for ${this.#guard.silentMs + looksMs} ms, and nobody is told`
      )
  }

  #isClear(): void {
    this.isOver = true
    if (this.#isThere() && this.#isOpen())
      this.#setting.broken("GRD-2", `the guard ${this.#guard.key} is well again, and that is not told`)
  }

  /** The supervisor that it is about. */
  #isThere(): boolean {
    return this.#hung !== null && this.#setting.present.has(this.#hung.process)
  }

  #isOpen(): boolean {
    return this.#keys("SELECT key FROM attention WHERE cleared_at IS NULL").has(`guard:${this.#guard.key}`)
  }

  /** Attempts whose process is there, as the store has it. */
  #running(): ReadonlySet<string> {
    return this.#keys(
      `SELECT id || '.' || (execution ->> '$.attempt.number') AS key FROM tasks
       WHERE execution ->> '$._tag' = 'Running' AND execution ->> '$.carrier._tag' = 'Process'`
    )
  }

  #keys(sql: string): ReadonlySet<string> {
    const rows = this.#setting.database()?.prepare(sql).all() ?? []
    return new Set(keysOf(rows).map(({ key }) => key))
  }
}
