/**
 * What a running supervisor knows of the tasks that wait, for whoever asks: worked out when it is asked for. It is one for
 * a process, as Effect's own metrics are.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type Held, nothing } from "../../core/metrics/Held.ts"

interface Service {
  /** Until the scope ends `read` asks that; of several the last one that registered. */
  readonly register: (read: () => Held) => Effect.Effect<void, never, Scope.Scope>
  readonly read: () => Held
}

const make = (): Service => {
  const registered: Array<() => Held> = []
  return {
    register: (read) =>
      Effect.acquireRelease(
        Effect.sync(() => void registered.push(read)),
        () => Effect.sync(() => void registered.splice(registered.lastIndexOf(read), 1))
      ),
    read: () => registered.at(-1)?.() ?? nothing
  }
}

export class HeldTasks extends Context.Reference<HeldTasks>()("drover/HeldTasks", { defaultValue: make }) {}
