/**
 * Beside the loop: what is kept for long enough goes, once in a while. What can not be removed is logged, and ends nothing.
 */
import * as Effect from "effect/Effect"
import { Cadence } from "../config/Cadence.ts"
import { Configuration } from "../config/Configuration.ts"
import * as HookEvents from "./HookEvents.ts"
import * as Leftovers from "./Leftovers.ts"
import * as Mail from "./Mail.ts"
import * as Prune from "./Prune.ts"

const attempts = Effect.gen(function* () {
  const { retention } = yield* Configuration
  const { failed, keptBytes, removed } = yield* Prune.prune(retention, false)
  if (removed.length === 0 && failed.length === 0) return
  const bytes = removed.reduce((sum, each) => sum + each.bytes, 0)
  yield* Effect.logInfo(`retention: ${removed.length} removals made ${bytes} bytes free, ${keptBytes} are kept`)
  yield* Effect.forEach(failed, (error) => Effect.logWarning(`retention: ${error.message}`), { discard: true })
})

const hookEvents = Effect.gen(function* () {
  const { retention } = yield* Configuration
  const gone = yield* HookEvents.prune(retention, false)
  if (gone > 0) yield* Effect.logInfo(`retention: ${gone} hook events are forgotten`)
})

const mail = Effect.gen(function* () {
  const { retention } = yield* Configuration
  const gone = yield* Mail.prune(retention, false)
  if (gone > 0) yield* Effect.logInfo(`retention: ${gone} messages are forgotten`)
})

const told = <R>(effect: Effect.Effect<void, { readonly message: string }, R>): Effect.Effect<void, never, R> =>
  effect.pipe(
    Effect.catchAll((error) => Effect.logWarning(`retention: ${error.message}`)),
    Effect.catchAllDefect((defect) => Effect.logError(`retention: ${String(defect)}`))
  )

/** Never ends; the first time comes after as long as the others. */
export const run = Effect.flatMap(Cadence, ({ retention }) =>
  Effect.sleep(retention).pipe(
    Effect.zipRight(told(attempts)),
    Effect.zipRight(told(hookEvents)),
    Effect.zipRight(told(mail)),
    Effect.zipRight(told(Leftovers.sweep())),
    Effect.forever
  )
)
