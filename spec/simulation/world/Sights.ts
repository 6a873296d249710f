/**
 * Nothing is decided by what nobody looks at any more: an attempt is stopped by its limits, and a trial is proved, only by a
 * supervisor that has looked at the processes within five of its looks (TCK-4).
 */
import type { Loop, Process } from "../kernel/Loop.ts"
import type { Row } from "./LedgerRow.ts"

/** Five looks; and so long one may take on a disk that is slow. */
const believedMs = 5 * 90_000
const slackMs = 100_000

/** By what was seen of a process; that of a session is over by its time alone. */
const limits: ReadonlySet<string> = new Set(["Inactive", "OverTime", "OverTurns", "OverBudget"])

export class Sights {
  /** Stops by a limit, and proved trials. */
  readonly counts = { "stopped by a limit": 0, "proved by going on": 0 }
  readonly #broken: (requirement: string, what: string) => void
  /** When each supervisor has looked last: by its clock, and by how long ago that is whatever the clock was set to since. */
  readonly #looks = new Map<string, { readonly wall: number; readonly ago: () => number }>()

  constructor(broken: (requirement: string, what: string) => void) {
    this.#broken = broken
  }

  looked({ name }: Process, loop: Pick<Loop, "now">, wall: number): void {
    const at = loop.now
    this.#looks.set(name, { wall, ago: () => loop.now - at })
  }

  row({ event: { event }, execution, task_id: task }: Row, by: string): void {
    if (event === undefined || event.at === undefined) return
    const isLimit = event._tag === "Stop" && limits.has(event.why ?? "") && execution.carrier?._tag === "Process"
    if (!isLimit && event._tag !== "Sustained") return
    this.counts[isLimit ? "stopped by a limit" : "proved by going on"] += 1
    const look = this.#looks.get(by)
    // A look may be under way as the clock is set.
    const ago = look === undefined ? Number.POSITIVE_INFINITY : Math.min(event.at - look.wall, look.ago())
    if (ago <= believedMs + slackMs) return
    const since = look === undefined ? "never" : `not for ${Math.round(ago / 1000)} s`
    this.#broken("TCK-4", `#${task}: ${event._tag} by ${by}, which has looked ${since}`)
  }
}
