/**
 * What the state directory uses, by what it is used for, and how much of it `drover prune` would make free.
 */
import { readdir } from "node:fs/promises"
import { basename } from "node:path"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { Places } from "../../config/Places.ts"
import * as AttemptFiles from "../../retention/AttemptFiles.ts"
import { prune } from "../../retention/Prune.ts"
import { bad, type Check, good } from "./Check.ts"
import * as Services from "../Services.ts"
import * as Size from "../Size.ts"

const kinds = ["store", "copies of older stores", "attempts", "logs of supervisors", "other"] as const
type Kind = (typeof kinds)[number]

/** Bytes by kind. What is not there uses nothing. */
const usage = Effect.gen(function* () {
  const { attempts, database, log, stateDirectory } = yield* Places
  const entries = yield* Effect.tryPromise({
    try: () => readdir(stateDirectory, { withFileTypes: true }),
    catch: (cause) => new AttemptFiles.StateUnusable({ operation: "read", path: stateDirectory, cause })
  })
  const store = new Set(["", "-wal", "-shm"].map((suffix) => `${basename(database)}${suffix}`))
  const kindOf = (name: string): Kind => {
    if (store.has(name)) return "store"
    if (name.startsWith(basename(database))) return "copies of older stores"
    if (name === basename(attempts)) return "attempts"
    return name.startsWith(basename(log)) ? "logs of supervisors" : "other"
  }
  const found = new Map<Kind, number>()
  for (const entry of entries) {
    const kind = kindOf(entry.name)
    found.set(kind, (found.get(kind) ?? 0) + (yield* AttemptFiles.bytesOf(stateDirectory, entry)))
  }
  return found
})

/** What `drover prune` would make free now; nothing is removed. */
const spare = Effect.gen(function* () {
  const found = yield* Services.ifStored(Effect.flatMap(Services.retention, (retention) => prune(retention, true)))
  return Option.match(found, {
    onNone: () => 0,
    onSome: ({ removed }) => removed.reduce((sum, { bytes }) => sum + bytes, 0)
  })
})

export const check: Effect.Effect<Check, never, Effect.Effect.Context<typeof spare> | Places> = Effect.gen(
  function* () {
    const found = yield* Effect.either(usage)
    if (Either.isLeft(found)) {
      const { cause } = found.left
      const isMissing = cause instanceof Error && "code" in cause && cause.code === "ENOENT"
      return isMissing ? good("usage", "nothing yet") : bad("usage", found.left.message, "check that it can be read")
    }
    const each = kinds.flatMap((kind) => {
      const bytes = found.right.get(kind) ?? 0
      return bytes === 0 ? [] : [`${kind} ${Size.short(bytes)}`]
    })
    // What keeps it from being known is told by the rows of the store and of the configuration.
    const free = yield* Effect.orElseSucceed(spare, () => 0)
    if (free > 0) each.push(`${Size.short(free)} of it would go with drover prune`)
    return good("usage", each.length === 0 ? "nothing yet" : each.join(", "))
  }
)
