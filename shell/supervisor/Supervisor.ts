/**
 * The supervisor: one loop that observes, decides and acts until it is told to end.
 */
import * as Context from "effect/Context"
import type * as Deferred from "effect/Deferred"
import type * as Effect from "effect/Effect"
import type { OwnershipRefused, OwnershipUnavailable } from "../ownership/OwnershipError.ts"
import type { Fenced, StoreError } from "../store/Store.ts"

export interface Options {
  /** Runs once, when the lock is taken, the epoch is new and the first tick is about to come. */
  readonly onReady: Effect.Effect<void>
  /** Completed by whoever wants every agent stopped: nothing new begins, and `supervise` ends when all are proved dead. */
  readonly stopAgents: Deferred.Deferred<void>
}

export class Supervisor extends Context.Tag("drover/Supervisor")<
  Supervisor,
  {
    /**
     * Takes the ownership of the state directory and reconciles. Interrupting it ends the loop after the step it is in
     * and leaves the agents running; a restart adopts them.
     */
    readonly supervise: (
      options: Options
    ) => Effect.Effect<void, OwnershipRefused | OwnershipUnavailable | StoreError | Fenced>
  }
>() {}
