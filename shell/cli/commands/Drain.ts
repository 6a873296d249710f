/**
 * `drover drain` and `drover undrain`: close and open admission, durably. What runs goes on to its end.
 */
import * as Command from "@effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Flags from "../Flags.ts"
import * as Orders from "../Orders.ts"
import { Output } from "../Output.ts"
import * as Services from "../Services.ts"

const command = <Name extends string>(name: Name, isDraining: boolean, said: string) =>
  Command.make(name, { json: Flags.json }, ({ json }) =>
    Effect.gen(function* () {
      const output = yield* Output
      yield* Orders.setDraining(isDraining)
      yield* json ? output.json({ draining: isDraining }) : output.line(said)
    }).pipe(Effect.provide(Services.places))
  )

export const drain = command(
  "drain",
  true,
  "draining: what runs goes on, nothing new is admitted (drover undrain ends it)"
)
export const undrain = command("undrain", false, "admission is open")
