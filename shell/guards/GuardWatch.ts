/**
 * Looks at all guards about once a second, beside the loop and never in its way: how each stands is written down when it
 * changes, and a load-bearing one that fails is brought to a person. Nothing but a newer supervisor ends it.
 */
import * as Clock from "effect/Clock"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { Config } from "../../core/guard/Config.ts"
import { nextEnd } from "../../core/guard/Effective.ts"
import type { Change } from "../../core/guard/Episode.ts"
import { posture, type Row } from "../../core/guard/Row.ts"
import { type Known, known, type Look, survey } from "../../core/guard/Survey.ts"
import { Cadence } from "../config/Cadence.ts"
import { Configuration } from "../config/Configuration.ts"
import { type Fenced, Store, type StoreError } from "../store/Store.ts"
import { declarations } from "./Declarations.ts"
import { Guards } from "./Guards.ts"

const tell = (change: Change): Effect.Effect<void> =>
  change._tag === "Raise" ? Effect.logWarning(change.text) : Effect.logInfo(`${change.key}: all is well again`)

/** How every guard stands at `now`; `boot` is what the configuration said when this supervisor began. */
export const rows = (
  guards: Context.Tag.Service<Guards>,
  config: Config,
  boot: Config,
  now: number
): ReadonlyArray<Row> =>
  declarations.map((declaration) => posture(declaration, config, boot, guards.read(declaration.key), now))

/** `boot`: what the configuration said of guards when this supervisor began; it is what runs. */
export const run = Effect.fnUntraced(function* (epoch: number, boot: Config) {
  const store = yield* Store
  const { guards: lookEveryMs } = yield* Cadence
  const guards = yield* Guards
  const { guardsNow } = yield* Configuration
  let before: Known | null = null
  let isTroubled = false

  const recall = Effect.gen(function* () {
    const open = yield* store.attention
    return known(
      yield* store.guards,
      open.map(({ key }) => key)
    )
  })

  const look = Effect.fnUntraced(function* (now: number) {
    const read = yield* Effect.either(guardsNow)
    const config = Either.getOrElse(read, () => boot)
    return {
      rows: rows(guards, config, boot, now),
      unreadable: Either.isLeft(read) ? `the configuration can not be read any more: ${read.left.message}` : null
    } satisfies Look
  })

  /** What a look led to is remembered once it is written: until then the next one leads to it again. */
  const once = Effect.gen(function* () {
    before ??= yield* recall
    const now = yield* Clock.currentTimeMillis
    const found = survey(before, yield* look(now), now)
    if (found.notes.length > 0 || found.attention.length > 0) yield* store.noteGuards(epoch, now, found)
    before = found.known
    isTroubled = false
    yield* Effect.forEach(found.attention, tell, { discard: true })
  })

  const pause = Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const end = nextEnd(declarations, boot, now)
    yield* Effect.sleep(end === null ? lookEveryMs : Math.min(lookEveryMs, end - now))
  })

  /** Told once: the loop says every second that the store can not be used. */
  const troubled = (error: StoreError): Effect.Effect<void> =>
    Effect.suspend(() => {
      const isNew = !isTroubled
      isTroubled = true
      return isNew ? Effect.logWarning(`how the guards stand is not written: ${error.message}`) : Effect.void
    })

  const turn: Effect.Effect<void, Fenced> = Effect.zipRight(pause, once).pipe(
    Effect.catchTags({ StoreUnavailable: troubled, MalformedRow: troubled })
  )
  return yield* Effect.forever(turn)
})
