/**
 * Folders of attempts that the store has never begun, as they are after an older store was restored: it gives their numbers
 * again, and the exit record in one of them would be taken for that of an attempt that never ran.
 */
import { readdir, rename } from "node:fs/promises"
import * as Effect from "effect/Effect"
import { Places } from "../config/Places.ts"
import * as StartToken from "../process/StartToken.ts"
import { Store, type StoreError } from "../store/Store.ts"
import { StateUnusable } from "./AttemptFiles.ts"

type Trouble = StateUnusable | StoreError | StartToken.StartTokenUnusable

const name = /^\d{1,15}\.\d{1,15}$/

const attempting = <A>(operation: "read" | "set aside", path: string, work: () => Promise<A>) =>
  Effect.tryPromise({ try: work, catch: (cause) => new StateUnusable({ operation, path, cause }) })

/** Who is in `attempts` and in no row. An attempt is stored before its folder is made. */
const find = (folder: string): Effect.Effect<ReadonlyArray<string>, Trouble, Store> =>
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
    const unknown = attempts.filter((each) => !known.has(each))
    // What was revoked never starts, whoever that was for: the attempt after it does.
    return yield* Effect.filter(unknown, (each) =>
      Effect.map(StartToken.read(`${folder}/${each}`), (token) => token !== "revoked")
    )
  })

/** Gives them names under which nobody looks for them. Before anything is started; `epoch` is the present one. */
export const setAside = (epoch: number): Effect.Effect<void, Trouble, Store | Places> =>
  Effect.gen(function* () {
    const { attempts } = yield* Places
    for (const each of yield* find(attempts)) {
      const path = `${attempts}/${each}`
      const aside = `${path}.before-${epoch}`
      yield* attempting("set aside", path, () => rename(path, aside))
      yield* Effect.logWarning(`${path} is of no attempt that the store has begun: it is ${aside} now`)
    }
  })
