/**
 * Folders of attempts that the store has never begun, as they are after an older store was restored: it gives their numbers
 * again, and the exit record in one of them would be taken for that of an attempt that never ran.
 */
import { readdir, rename } from "node:fs/promises"
import * as Effect from "effect/Effect"
import { Places } from "../config/Places.ts"
import { Store, type StoreError } from "../store/Store.ts"
import { StateUnusable } from "./AttemptFiles.ts"

const name = /^\d{1,15}\.\d{1,15}$/

const attempting = <A>(operation: "read" | "set aside", path: string, work: () => Promise<A>) =>
  Effect.tryPromise({ try: work, catch: (cause) => new StateUnusable({ operation, path, cause }) })

/** Who is in `attempts` and in no row. An attempt is stored before its folder is made. */
const find = (folder: string): Effect.Effect<ReadonlyArray<string>, StateUnusable | StoreError, Store> =>
  Effect.gen(function* () {
    const store = yield* Store
    const names = yield* attempting("read", folder, () =>
      readdir(folder).catch((cause: unknown) => {
        if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return []
        throw cause
      })
    )
    const attempts = names.filter((each) => name.test(each))
    if (attempts.length === 0) return []
    const known = yield* store.existingAttempts(attempts)
    return attempts.filter((each) => !known.has(each))
  })

/** Gives them names under which nobody looks for them. Before anything is started; `epoch` is the present one. */
export const setAside = (epoch: number): Effect.Effect<void, StateUnusable | StoreError, Store | Places> =>
  Effect.gen(function* () {
    const { attempts } = yield* Places
    for (const each of yield* find(attempts)) {
      const path = `${attempts}/${each}`
      const aside = `${path}.before-${epoch}`
      yield* attempting("set aside", path, () => rename(path, aside))
      yield* Effect.logWarning(`${path} is of no attempt that the store has begun: it is ${aside} now`)
    }
  })
