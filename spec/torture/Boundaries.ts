/** The driver's side of signals at boundaries: what a supervisor is told, and where those before it died or stopped. */
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { PCGRandom } from "effect/Utils"
import type { Armed } from "./Armed.ts"

/** What a landing does, from its beginning to its end. */
const landing = [
  "record LandBegin",
  "git worktree add",
  "git merge",
  "git commit-tree",
  "git update-ref --no-deref",
  "mkdir v#",
  "record Armed",
  "git update-ref -m",
  "git update-index",
  "git read-tree",
  "git update-ref -d",
  "rm #.l#",
  "git worktree remove",
  "record LandEnded"
] as const

export class Boundaries {
  /** How often, by `effect × action`. */
  readonly places = { SIGKILL: new Map<string, number>(), SIGSTOP: new Map<string, number>() } as const
  readonly #random: PCGRandom
  readonly #files: Pick<Armed, "counts" | "note">

  constructor(root: string, random: PCGRandom) {
    this.#random = random
    this.#files = { counts: join(root, "boundaries.json"), note: join(root, "boundary") }
  }

  /** The environment of a supervisor that is to send itself that signal. */
  arm(signal: Armed["signal"]): Readonly<Record<string, string>> {
    rmSync(this.#files.note, { force: true })
    writeFileSync(this.#files.counts, JSON.stringify(Object.fromEntries(this.places[signal])))
    const seed = this.#random.integer(2 ** 31)
    const deed = landing[this.#random.integer(3 * landing.length)]
    const armed: Armed = { ...this.#files, signal, seed, ...(deed === undefined ? {} : { of: `${deed} × landing` }) }
    return { DROVER_BOUNDARIES: JSON.stringify(armed) }
  }

  /** Whether the last one that was armed has come to its place. */
  get isReached(): boolean {
    return existsSync(this.#files.note) && statSync(this.#files.note).size > 0
  }

  /** Counts where the last one that was armed sent it to itself, if it did. */
  collect(signal: Armed["signal"]): void {
    if (!this.isReached) return
    const place = readFileSync(this.#files.note, "utf8")
    const places = this.places[signal]
    places.set(place, (places.get(place) ?? 0) + 1)
  }
}
