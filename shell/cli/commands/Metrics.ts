/**
 * `drover metrics`: what Prometheus would be told now: by the running supervisor, or by the store alone where none runs.
 */
import * as Command from "@effect/cli/Command"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { render } from "../../../core/metrics/Exposition.ts"
import { Places } from "../../config/Places.ts"
import { fromStore, nothingStored } from "../../metrics/Scrape.ts"
import { Store } from "../../store/Store.ts"
import * as FleetView from "../../view/FleetView.ts"
import * as Flags from "../Flags.ts"
import { Output } from "../Output.ts"
import * as Services from "../Services.ts"
import * as SupervisorSocket from "../SupervisorSocket.ts"

/** Without a supervisor: no more than is stored, in the states that `drover status` tells. */
const stored = Effect.gen(function* () {
  const store = yield* Store
  const { spool } = yield* Places
  const known = yield* FleetView.read(store, yield* Services.policy, yield* Clock.currentTimeMillis)
  return yield* fromStore(yield* store.tallies, FleetView.held(known).shifts, spool)
})

const families = Effect.gen(function* () {
  const found = yield* Services.ifStored(stored)
  return Option.isSome(found) ? found.value : yield* fromStore(nothingStored, [], (yield* Places).spool)
})

export const command = Command.make("metrics", { json: Flags.json }, ({ json }) =>
  Effect.gen(function* () {
    const output = yield* Output
    const told = yield* SupervisorSocket.text("/metrics", json ? "application/json" : "text/plain")
    if (told !== null) return yield* output.raw(told)
    const metrics = yield* families
    yield* json ? output.json({ metrics }) : output.raw(render(metrics))
  }).pipe(Effect.provide(Services.places))
)
