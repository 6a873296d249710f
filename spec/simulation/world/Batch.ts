/** The task file of the simulated fleet: it is submitted once, and again whenever somebody has edited it or added to it. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { type NewTask, Store } from "../../../shell/store/Store.ts"
import type { Dice } from "../../core/tick/simulation/Dice.ts"
import * as Tasks from "./Tasks.ts"

export class Batch {
  #tasks: ReadonlyArray<NewTask>
  /** All that it is to have, in the order of their numbers. */
  readonly #all: ReadonlyArray<NewTask>

  /** `first`: so many are in it from the beginning. */
  constructor(all: ReadonlyArray<NewTask>, first: number) {
    this.#all = all
    this.#tasks = all.slice(0, first)
  }

  /** How many tasks are still to come. */
  get left(): number {
    return Math.max(0, this.#all.length - this.#tasks.length)
  }

  /** So many more of them come. Nothing of it stays where it can not be stored. */
  grow(by: number) {
    return Effect.suspend(() => {
      const { length } = this.#tasks
      const grown = [...this.#tasks, ...this.#all.slice(length, length + by)]
      return Effect.map(this.#submit(grown), ({ tasks }) => {
        this.#tasks = grown
        return tasks.flatMap(({ name, was }) => (was === "unchanged" ? [] : [name]))
      })
    })
  }

  readonly submit = Effect.suspend(() => this.#submit(this.#tasks))

  /** A task is added or changed, or nothing was. What is refused is taken back: a task that has started stays as it is. */
  edit(dice: Dice) {
    const edited = this.#edited(dice)
    return Effect.map(Effect.option(this.#submit(edited)), (submitted) => {
      if (submitted._tag === "None") return "refused"
      this.#tasks = edited
      return submitted.value.tasks.filter(({ was }) => was !== "unchanged").map(({ name, was }) => `${name} ${was}`)
    })
  }

  #edited(dice: Dice): ReadonlyArray<NewTask> {
    const tasks = this.#tasks
    const index = dice.below(tasks.length)
    const chosen = tasks[index]
    if (chosen === undefined || dice.chance(0.2)) return tasks
    if (dice.chance(0.4)) return [...tasks, Tasks.draw(dice, tasks.length + 1)]
    const spec = { ...chosen.spec, prompt: `${chosen.spec.prompt}, and well`, priority: dice.below(3) }
    return tasks.with(index, { ...chosen, spec })
  }

  #submit(tasks: ReadonlyArray<NewTask>) {
    return Effect.gen(function* () {
      const store = yield* Store
      return yield* store.submit({ path: "/fleet.toml", again: false, tasks, at: yield* Clock.currentTimeMillis })
    })
  }
}
