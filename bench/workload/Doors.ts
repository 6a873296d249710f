/**
 * The way in over HTTP on a Unix socket, onto a store's file: as drover has it, and as it could have been made. All keep the
 * same rows, redacted and with what is lifted from them, and acknowledge them when they are on the disk.
 */
import * as Effect from "effect/Effect"
import * as EventBatch from "../../shell/http/EventBatch.ts"
import * as HookRoute from "../../shell/http/HookRoute.ts"
import * as Listener from "../../shell/http/Listener.ts"
import * as HookEventRows from "../../shell/store/HookEventRows.ts"
import * as SqlStore from "../../shell/store/SqlStore.ts"
import * as Typed from "../../shell/store/Typed.ts"
import * as PlatformServer from "../references/PlatformServer.ts"
import * as RawEvents from "../references/RawEvents.ts"
import * as RawSqlite from "../references/RawSqlite.ts"
import { at } from "./HookEvents.ts"

const manners = ["drover", "a transaction each", "platform server"] as const
export type Manner = (typeof manners)[number]

export const isManner = (text: string): text is Manner => manners.some((each) => each === text)

/** Events that are accepted at once, as `IngestLive` has it. */
const acceptedAtOnce = 1000

/** Each event in a transaction of its own, by a statement that is prepared once: only the grouping is left out. */
const alone = (file: string): EventBatch.EventBatch => {
  const database = RawSqlite.open(file)
  const durable = RawSqlite.transactions(database)
  const insert = RawEvents.writer(database)
  return {
    add: (events, done) => {
      for (const event of events) durable(() => insert(HookEventRows.encode(event)))
      done(null)
    },
    size: () => 0
  }
}

/** Served until the scope is closed; the store that it fills. */
export const open = (manner: Manner, file: string, socket: string) =>
  Effect.gen(function* () {
    const store = yield* Effect.flatMap(SqlStore.driver({ file }), Typed.make)
    const batch =
      manner === "a transaction each" ? alone(file) : yield* EventBatch.make(store.keepHookEvents, acceptedAtOnce)
    const door: HookRoute.Door = { batch, now: () => at }
    if (manner === "platform server") yield* PlatformServer.onPath(socket, door)
    else yield* Listener.onPath(socket, (request, response) => HookRoute.handle(door, request, response))
    return store
  })
