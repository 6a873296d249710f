/** What `drover doctor` says of the store, and of what is stored. */
import { stat } from "node:fs/promises"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { defaults } from "../../../core/policy/Policy.ts"
import { Places } from "../../config/Places.ts"
import { Store } from "../../store/Store.ts"
import * as AccountLine from "../AccountLine.ts"
import * as ExitCode from "../ExitCode.ts"
import * as Services from "../Services.ts"
import * as Size from "../Size.ts"
import { oneLine } from "../Text.ts"
import { advisory, bad, type Check, good, skipped } from "./Check.ts"

/** SQLite's number for FULL: a commit survives the loss of power. */
const full = 2

/** An account that a person must resume holds up all of its tasks; a limit ends by itself. */
const accounts = Effect.gen(function* () {
  const { maxConcurrent } = yield* Effect.orElseSucceed(Services.policy, () => defaults)
  const now = yield* Clock.currentTimeMillis
  const known = yield* (yield* Store).accounts
  const held = known.flatMap((account) => {
    const line = AccountLine.describe(account, { now, maxConcurrent })
    return line === null ? [] : [{ account, line }]
  })
  if (held.length === 0) return [good("accounts", "none is held up")]
  return held.map(({ account: { id, pause }, line }) =>
    pause === null
      ? good("accounts", line)
      : bad("accounts", `account ${id} is paused: ${pause.why}`, `mend that, then: drover resume-account ${id}`)
  )
})

/** How many of the open items are told in words. */
const mostItems = 3

const attention = Effect.gen(function* () {
  const items = yield* (yield* Store).attention
  if (items.length === 0) return good("attention", "nobody is needed")
  const told = items.slice(0, mostItems).map(({ text }) => oneLine(text))
  const more = items.length > mostItems ? `; and ${items.length - mostItems} more` : ""
  return advisory("attention", `${items.length} open: ${told.join("; ")}${more}`, "see drover attention")
})

/** What a write-ahead log shrinks to by itself is 16 MB (SqlStore); four times that is no moment's work. */
const mostLogBytes = 64 * 1024 * 1024

const log = Effect.gen(function* () {
  const { database } = yield* Places
  const bytes = yield* Effect.promise(() =>
    stat(`${database}-wal`).then(
      ({ size }) => size,
      () => 0
    )
  )
  const text = `write-ahead log ${Size.short(bytes)}`
  return bytes <= mostLogBytes
    ? good("store log", text)
    : advisory(
        "store log",
        `${text}: it does not shrink, so that something reads the store without an end`,
        "end what reads it (drover status --watch, another program's sqlite3), then: drover down, drover up"
      )
})

const stored = Effect.gen(function* () {
  const store = yield* Store
  const { bytes, journalMode, problems, schema } = yield* store.inspect
  const facts = `schema ${schema}, ${Size.short(bytes)}, journal ${journalMode}`
  const checked =
    problems.length > 0
      ? bad("store", problems.join("; "), "restore a backup (docs/operations.md)")
      : journalMode === "wal"
        ? good("store", facts)
        : advisory("store", `${facts}, as a restored backup has it`, "drover up sets it to wal")
  const drain = (yield* store.isDraining)
    ? advisory("admission", "draining: nothing new is admitted", "drover undrain")
    : good("admission", "open")
  return { isWal: journalMode === "wal", rows: [checked, yield* log, drain, ...(yield* accounts), yield* attention] }
})

/** As it is for whoever writes: each connection has a level of its own. Opened so, a store in WAL stays as it is. */
const durability = Effect.gen(function* () {
  const { synchronous } = yield* (yield* Store).inspect
  return synchronous === full
    ? good("durability", `synchronous ${synchronous} (FULL)`)
    : bad("durability", `synchronous is ${synchronous}, not ${full} (FULL)`, "report this: drover sets it itself")
})

const remedyOf = (error: { readonly _tag: string }): string =>
  error._tag === "NewerSchema"
    ? "use the newer drover, or restore the backup of before its upgrade (docs/operations.md)"
    : "see the message, and docs/operations.md"

/** Nothing is made, and a store of an older version is not migrated. */
export const store = Effect.gen(function* () {
  const { database } = yield* Places
  const read = yield* Effect.either(Services.ifStored(stored))
  if (Either.isLeft(read)) {
    const { left } = read
    const isOlder =
      left._tag === "StoreUnavailable" && ExitCode.message(left).includes("a command that writes migrates it")
    return [bad("store", ExitCode.message(left), isOlder ? "drover init --upgrade" : remedyOf(left))]
  }
  if (Option.isNone(read.right)) return [good("store", `${database}: nothing was stored yet`)]
  const { isWal, rows } = read.right.value
  if (!isWal) return [...rows, skipped("durability", "looked at once the store is in WAL", "drover up")]
  const level = yield* Effect.either(Effect.provide(durability, Services.existing))
  return [
    ...rows,
    Either.getOrElse(level, (error): Check => bad("durability", ExitCode.message(error), remedyOf(error)))
  ]
})
