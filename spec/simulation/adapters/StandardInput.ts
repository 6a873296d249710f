/** What stands on the standard input of the current process in the simulation. */
import * as Effect from "effect/Effect"
import { universe } from "./Universe.ts"

export const standardInput: Effect.Effect<string> = Effect.sync(() => universe().caller().input)
