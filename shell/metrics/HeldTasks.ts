/**
 * What a running supervisor knows of the tasks that wait, for whoever asks: worked out when it is asked for. It is one for
 * a process, as Effect's own metrics are.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type Held, held, nothing } from "../../core/metrics/Held.ts"
import type { Task } from "../../core/task/Task.ts"
import type { Wait } from "../../core/tick/Wait.ts"

/** Asked from memory; its cost follows what exists. */
interface Known {
  /** The tasks that do not move, and why. */
  readonly waiting: () => Iterable<readonly [task: Task, wait: Wait]>
  /** Of whom a person was told that they could not be stopped. */
  readonly unprovable: () => ReadonlyArray<Task>
  /** How many tasks have something at work. */
  readonly live: () => number
}

interface Service {
  /** Until the scope ends it is asked; of several the last one that registered. */
  readonly register: (known: Known) => Effect.Effect<void, never, Scope.Scope>
  /** The same, counted; nothing where nobody supervises. */
  readonly read: () => Held
  /** Null where nobody supervises in this process. */
  readonly known: () => Known | null
}

/** One that nothing else in the process shares: where there are several supervisors in one. */
export const make = (): Service => {
  const registered: Array<Known> = []
  return {
    register: (known) =>
      Effect.acquireRelease(
        Effect.sync(() => void registered.push(known)),
        () => Effect.sync(() => void registered.splice(registered.lastIndexOf(known), 1))
      ),
    read: () => {
      const known = registered.at(-1)
      return known === undefined ? nothing : held(known.waiting(), known.unprovable())
    },
    known: () => registered.at(-1) ?? null
  }
}

export class HeldTasks extends Context.Reference<HeldTasks>()("drover/HeldTasks", { defaultValue: make }) {}
