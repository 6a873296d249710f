/** Actors that move one step at a time, one at a time, in an order that is given. */

/** Whose turn it is among those that can move, and for how many steps. */
export interface Turn {
  readonly actor: number
  readonly steps: number
  /** That one never moves again. */
  readonly isDeath: boolean
}

export class Turns {
  readonly #waiting = new Map<number, () => void>()
  #arrived: () => void = () => undefined

  /** Every step of an actor begins here. */
  gate(actor: number): Promise<void> {
    return new Promise((go) => {
      this.#waiting.set(actor, go)
      this.#arrived()
    })
  }

  /** Runs all to their ends, by the given turns first and evenly afterwards; `after` is told every step and death. */
  async run(
    actors: ReadonlyArray<() => Promise<void>>,
    turns: ReadonlyArray<Turn>,
    after: (dead: number | null) => void
  ): Promise<void> {
    const failures: Array<unknown> = []
    for (const [actor, live] of actors.entries()) {
      const whole = async (): Promise<void> => {
        await this.gate(actor)
        await live()
      }
      void whole()
        .catch((failure: unknown) => failures.push(failure))
        .then(() => this.#arrived())
    }
    for (let turn = 0; this.#waiting.size > 0 && failures.length === 0; turn++) {
      const waiting = [...this.#waiting.keys()].toSorted((a, b) => a - b)
      const { actor, isDeath, steps } = turns[turn] ?? { actor: turn, steps: 1, isDeath: false }
      const chosen = waiting[actor % waiting.length] ?? 0
      for (let step = 0; step < steps && this.#waiting.has(chosen); step++) {
        await this.#step(chosen)
        after(null)
      }
      if (isDeath && this.#waiting.delete(chosen)) after(chosen)
    }
    if (failures.length > 0) throw failures[0]
  }

  /** Over when the actor stands at its next gate, or has ended. */
  #step(actor: number): Promise<void> {
    const go = this.#waiting.get(actor)
    this.#waiting.delete(actor)
    return new Promise((arrived) => {
      this.#arrived = arrived
      go?.()
    })
  }
}
