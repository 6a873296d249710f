/** How a statement of a driver fails. */
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type { StoreUnavailable } from "./StoreError.ts"

/** A statement failed; the transaction around it turns it into a `StoreUnavailable` that says what was being done. */
export class DriverFailure extends Data.TaggedError("DriverFailure")<{
  readonly reason: StoreUnavailable["reason"] | "Constraint"
  readonly cause: unknown
}> {}

export type Answer<A> = Effect.Effect<A, DriverFailure>
