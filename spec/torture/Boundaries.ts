/** The driver's side of kills at boundaries: what a supervisor is told, and where those before it have died. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { PCGRandom } from "effect/Utils"
import type { Armed } from "./Armed.ts"

export class Boundaries {
  /** Kills by `effect × action`. */
  readonly kills = new Map<string, number>()
  readonly #random: PCGRandom
  readonly #files: Omit<Armed, "seed">

  constructor(root: string, random: PCGRandom) {
    this.#random = random
    this.#files = { counts: join(root, "boundaries.json"), note: join(root, "boundary") }
  }

  /** The environment of a supervisor that is to kill itself. */
  arm(): Readonly<Record<string, string>> {
    rmSync(this.#files.note, { force: true })
    writeFileSync(this.#files.counts, JSON.stringify(Object.fromEntries(this.kills)))
    const armed: Armed = { ...this.#files, seed: this.#random.integer(2 ** 31) }
    return { DROVER_BOUNDARIES: JSON.stringify(armed) }
  }

  /** Counts where the last one that was armed killed itself, if it did. */
  collect(): void {
    if (!existsSync(this.#files.note)) return
    const place = readFileSync(this.#files.note, "utf8")
    this.kills.set(place, (this.kills.get(place) ?? 0) + 1)
  }
}
