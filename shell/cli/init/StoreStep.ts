/** The schema of the store as a step of `drover init --upgrade`: copied, then migrated, with the lock in hand. */
import { readdir } from "node:fs/promises"
import { basename, dirname, join } from "node:path"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { noHealing } from "../../../core/ownership/Classify.ts"
import { Places } from "../../config/Places.ts"
import { Ownership } from "../../ownership/Ownership.ts"
import { versions } from "../../store/Backup.ts"
import { NewerSchema } from "../../store/Store.ts"
import * as ExitCode from "../ExitCode.ts"
import * as Services from "../Services.ts"
import { idle, type Step } from "./Step.ts"

const what = "store"

/** The newest copy that opening it has made of that version. */
const copyOf = (database: string, version: number): Effect.Effect<string> =>
  Effect.promise(async () => {
    const names = await readdir(dirname(database))
    const prefix = `${basename(database)}.v${version}.`
    return join(
      dirname(database),
      names
        .filter((name) => name.startsWith(prefix) && name.endsWith(".bak"))
        .toSorted()
        .at(-1) ?? ""
    )
  })

/** Nobody supervises meanwhile: a supervisor of the older version could not read what it finds. */
const migrate = (database: string, found: number, known: number) =>
  Effect.scoped(
    Effect.gen(function* () {
      yield* (yield* Ownership).acquire(noHealing)
      yield* Layer.build(Services.existing)
      return `schema ${found} is now ${known}; as it was: ${yield* copyOf(database, found)}`
    })
  ).pipe(
    Effect.provide(Services.ownership),
    Effect.mapError((error) => ({ message: ExitCode.message(error) }))
  )

/** Fails with NewerSchema where a newer drover has worked: then nothing of it is this one's to renew. */
export const upgrade = Effect.gen(function* () {
  const { database } = yield* Places
  if (!(yield* Services.isStored)) return []
  const { found, known } = yield* versions(database)
  if (found === known) return [idle(what, database, "unchanged", `schema ${found}`)]
  if (found > known) return yield* new NewerSchema({ path: database, found, supported: known })
  const { refused } = yield* Effect.provide(
    Effect.flatMap(Ownership, ({ judge }) => judge(noHealing)),
    Services.ownership
  )
  if (refused !== null) {
    return [idle(what, database, "failed", `schema ${found} stays: ${refused.message}; ${refused.remedy}`)]
  }
  const step: Step<Places> = {
    what,
    path: database,
    was: "refreshed",
    note: `schema ${found} to ${known}, after a copy beside it`,
    apply: migrate(database, found, known)
  }
  return [step]
}).pipe(
  Effect.catchAll((error) =>
    error._tag === "NewerSchema"
      ? Effect.fail(error)
      : Effect.map(Places, ({ database }) => [idle(what, database, "failed", ExitCode.message(error))])
  )
)
