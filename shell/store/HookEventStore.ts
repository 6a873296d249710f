/** The part of the store that keeps what hooks have told: in groups, each once, and not for ever. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Scope from "effect/Scope"
import * as Access from "./Access.ts"
import { decodeAll } from "./DecodeAll.ts"
import type { Driver } from "./Encoded.ts"
import * as GroupCommit from "./GroupCommit.ts"
import * as HookEventRows from "./HookEventRows.ts"
import type * as Rows from "./Rows.ts"
import type { HookEventLimits, Store } from "./Store.ts"

type Service = Pick<typeof Store.Service, "hookEvents" | "keepHookEvents" | "pruneHookEvents" | "staleHookEvents">

/** Rows in one transaction, as of changes of tasks (PERFORMANCE, design rule 7). */
const rowLimit = 1000
/** Of those that go: each look for them is a transaction too. */
const prunedAtOnce = 500

export const make = (driver: Driver): Effect.Effect<Service, never, Scope.Scope> =>
  Effect.gen(function* () {
    const { during, reading, writing } = Access.make(driver)
    const keep = yield* GroupCommit.make({
      limit: rowLimit,
      commit: (groups: ReadonlyArray<ReadonlyArray<Rows.NewHookEventRow>>) =>
        Effect.as(
          driver.transact((transaction) => transaction.write({ hookEvents: groups.flat() })),
          groups.map(() => Either.void)
        )
    })
    const forget: (limits: HookEventLimits, done: number) => ReturnType<Service["pruneHookEvents"]> = (limits, done) =>
      Effect.flatMap(
        writing("prune hook events", (transaction) =>
          Effect.gen(function* () {
            const goneHookEvents = yield* transaction.staleHookEvents({ ...limits, limit: prunedAtOnce })
            if (goneHookEvents.length > 0) yield* transaction.write({ goneHookEvents })
            return goneHookEvents.length
          })
        ),
        (gone) => (gone < prunedAtOnce ? Effect.succeed(done + gone) : forget(limits, done + gone))
      )

    return {
      keepHookEvents: (events) =>
        events.length === 0
          ? Effect.void
          : Effect.suspend(() => keep(events.map(HookEventRows.encode), events.length)).pipe(
              during("keep hook events")
            ),
      hookEvents: ({ limit, session = null, since }) =>
        Effect.flatMap(
          reading("read hook events", (reads) => reads.hookEvents({ since, session, limit })),
          (rows) => decodeAll(rows, HookEventRows.decode)
        ),
      pruneHookEvents: (limits) => forget(limits, 0),
      staleHookEvents: (limits) =>
        Effect.map(
          reading("count hook events", (reads) => reads.staleHookEvents({ ...limits, limit: 2 ** 31 })),
          (ids) => ids.length
        )
    }
  })
