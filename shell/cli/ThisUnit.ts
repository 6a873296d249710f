/** The unit of this program for the places that it works in. */
import { realpath } from "node:fs/promises"
import * as Effect from "effect/Effect"
import { Places } from "../config/Places.ts"
import * as ServiceUnit from "../service/ServiceUnit.ts"

/** Without links: a link to it may be another's tomorrow. */
const entry = Effect.promise(() => {
  const path = process.argv[1] ?? ""
  return realpath(path).catch(() => path)
})

export const make = (manager: ServiceUnit.Manager = ServiceUnit.managerHere()) =>
  Effect.gen(function* () {
    const program = { node: process.execPath, entry: yield* entry }
    return yield* ServiceUnit.make(manager, yield* Places, program, process.env)
  })
