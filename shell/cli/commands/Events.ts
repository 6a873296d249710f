/**
 * `drover events`: the stream of what happened, version 1, one JSON object a line.
 */
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { EventV1 } from "../../../core/event/EventV1.ts"
import type { BatchId } from "../../../core/task/Identifiers.ts"
import { Store } from "../../store/Store.ts"
import { UsageError } from "../ExitCode.ts"
import * as EventStream from "../../view/EventStream.ts"
import * as Flags from "../Flags.ts"
import { Output } from "../Output.ts"
import * as Services from "../Services.ts"

/** Whether an event is about a task of the batch; tasks may join it while the stream is read. */
const ofBatch = (batch: BatchId) =>
  Effect.gen(function* () {
    const store = yield* Store
    const known = new Map<number, boolean>()
    return (event: EventV1) =>
      Effect.gen(function* () {
        if (!("task_id" in event) || event.task_id === null) return false
        const before = known.get(event.task_id)
        if (before !== undefined) return before
        const task = Option.getOrNull(yield* store.task(event.task_id))
        const isOfBatch = task?.batch === batch
        known.set(event.task_id, isOfBatch)
        return isOfBatch
      })
  })

const options = {
  since: Options.integer("since").pipe(
    Options.withDescription("Only what came after the event with that number"),
    Options.withDefault(0)
  ),
  follow: Options.boolean("follow").pipe(
    Options.withDescription("Go on with what is yet to happen, until interrupted")
  ),
  batch: Flags.batch,
  json: Options.boolean("json").pipe(Options.withDescription("It is always JSON"))
}

export const command = Command.make("events", options, ({ batch, follow, since }) =>
  Effect.gen(function* () {
    const output = yield* Output
    if (since < 0) return yield* new UsageError({ message: "--since takes the number of an event, 0 or more" })
    const print = Effect.gen(function* () {
      const filter = Option.isNone(batch)
        ? () => Effect.succeed(true)
        : yield* ofBatch(yield* Flags.findBatch(batch.value))
      const last = yield* EventStream.drain(since, (event) =>
        Effect.flatMap(filter(event), (isWanted) => (isWanted ? output.json(event) : Effect.void))
      )
      if (!follow) return last
      return yield* EventStream.follow(last, (event) =>
        Effect.flatMap(filter(event), (isWanted) => (isWanted ? output.json(event) : Effect.void))
      )
    })
    if (!follow) return yield* Effect.asVoid(Services.ifStored(print))
    return yield* Effect.asVoid(Effect.provide(print, Services.writable))
  }).pipe(Effect.provide(Services.places))
)
