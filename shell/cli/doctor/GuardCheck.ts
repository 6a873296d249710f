/** What `drover doctor` says of the guards, all in one row. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { Places } from "../../config/Places.ts"
import { Store } from "../../store/Store.ts"
import * as GuardRows from "../../view/GuardRows.ts"
import * as GuardView from "../GuardView.ts"
import * as PresentSupervisor from "../../view/PresentSupervisor.ts"
import * as Services from "../Services.ts"
import { bad, good } from "./Check.ts"
import * as Running from "./Running.ts"

/** What a running supervisor noted of the guards; null where none runs. */
const noted = Effect.gen(function* () {
  const store = yield* Store
  const supervisor = yield* PresentSupervisor.read(store)
  return supervisor === null || (yield* Running.isGone(supervisor)) ? null : yield* store.guards
})

export const guards = Effect.gen(function* () {
  const { configFile } = yield* Places
  const config = yield* Effect.either(Services.guards)
  if (Either.isLeft(config))
    return bad("guards", "the configuration says nothing that can be read", `mend ${configFile}`)
  const now = yield* Clock.currentTimeMillis
  const notes = Option.getOrNull(yield* Services.ifStored(noted))
  const rows = GuardRows.seen(notes ?? [], config.right, now)
  const alarming = rows.filter(GuardView.isAlarming)
  const each = alarming.map(({ key, posture, reason }) => `${key} is ${posture}: ${reason}`)
  if (each.length > 0) return bad("guards", each.join("; "), `see drover guards, and [guards] in ${configFile}`)
  const where = notes === null ? "as configured; no supervisor runs" : "as the supervisor sees them"
  return good("guards", `${rows.length}, none fails (${where})`)
})
