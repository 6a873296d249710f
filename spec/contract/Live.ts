/** How the parts of a contract say what they promise of any store. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { Store } from "../../shell/store/Store.ts"

/** One promise, on a fresh store. */
export type Live = (title: string, body: () => Effect.Effect<void, unknown, Store | Scope.Scope>) => void

/** Takes the next epoch. */
export const supervised = (at = 1) => Effect.flatMap(Store, (store) => store.takeEpoch({ host: "here", pid: 7, at }))
