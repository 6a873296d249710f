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

const within = (manager: ServiceUnit.Manager, environment: NodeJS.ProcessEnv) =>
  Effect.gen(function* () {
    const program = { node: process.execPath, entry: yield* entry }
    return yield* ServiceUnit.make(manager, yield* Places, program, environment)
  })

/** With the PATH of this shell. */
export const make = (manager: ServiceUnit.Manager = ServiceUnit.managerHere()) => within(manager, process.env)

/** With the PATH of the file that is there, if one is: whoever put it there chose that one, and any shell's is another. */
export const kept = Effect.gen(function* () {
  const unit = yield* make()
  const { file } = yield* ServiceUnit.look(unit)
  const path = file.text === null ? null : ServiceUnit.pathOf(unit.manager, file.text)
  return path === null ? unit : yield* within(unit.manager, { ...process.env, PATH: path })
})
