/**
 * I1: events over HTTP on a Unix socket, 64 clients with one event under way each, acknowledged once they are on the disk.
 * The subject's time has all of it: HTTP, redaction, what is lifted, and a group commit of rows with their indexes.
 */
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as HookEvent from "../../core/hook/HookEvent.ts"
import * as EventBatch from "../../shell/http/EventBatch.ts"
import * as HookRoute from "../../shell/http/HookRoute.ts"
import * as Listener from "../../shell/http/Listener.ts"
import * as HookEventRows from "../../shell/store/HookEventRows.ts"
import * as RawSqlite from "../references/RawSqlite.ts"
import { only, type Place, type Sample, type Scenario } from "../Scenario.ts"
import * as HookClient from "../workload/HookClient.ts"
import { eventOf } from "../workload/HookEvents.ts"
import { countStatements, type StoreService, withStore } from "../workload/Stores.ts"

const connections = 64
const batch = 100
const warmUpEvents = 2000
const at = 1_764_547_200_000
const eventsOf = ({ isQuick }: Place): number => (isQuick ? 10_000 : 40_000)

const perSecond = (events: number, tookMs: number): number => (events * 1000) / tookMs

/** Over a store in that file; answers milliseconds. */
const served = (
  file: string,
  socket: string,
  loads: ReadonlyArray<Pick<HookClient.Load, "count" | "from">>,
  bytes: number
) =>
  withStore(file, (store: StoreService) =>
    Effect.gen(function* () {
      const door = { batch: yield* EventBatch.make(store.keepHookEvents, 1000), now: () => at }
      yield* Listener.onPath(socket, (request, response) => HookRoute.handle(door, request, response))
      let took = 0
      for (const load of loads) {
        took = yield* Effect.promise(() => HookClient.send({ ...load, socket, connections, bytes }))
      }
      const kept = yield* store.hookEvents({ since: 0, limit: 1_000_000 })
      const sent = loads.reduce((sum, { count }) => sum + count, 0)
      if (kept.length !== sent) return yield* Effect.dieMessage(`${kept.length} of ${sent} events are kept`)
      return took
    }).pipe(Effect.scoped)
  )

const subject =
  (bytes: number) =>
  async (place: Place): Promise<Sample> => {
    const count = eventsOf(place)
    const loads = [
      { from: 0, count: warmUpEvents },
      { from: warmUpEvents, count }
    ]
    const tookMs = await served(join(place.directory, "store.db"), join(place.directory, "s"), loads, bytes)
    const counted = countStatements()
    await served(join(place.directory, "counted.db"), join(place.directory, "c"), loads.slice(0, 1), bytes)
    const { commits } = counted()
    // How many come together depends on the moment: a number for people, no counter that must be the same.
    return {
      value: perSecond(count, tookMs),
      details: { "us per event": (tookMs * 1000) / count, "commits per 1,000 events": (commits * 1000) / warmUpEvents },
      counters: {}
    }
  }

/** The same rows, made beforehand, by one prepared statement, a hundred a transaction. */
const raw =
  (bytes: number) =>
  async (place: Place): Promise<Sample> => {
    const count = eventsOf(place)
    const rows = Array.from({ length: warmUpEvents + count }, (_, number) =>
      HookEventRows.encode({ event: HookEvent.make("PostToolUse", eventOf(number, bytes)), at, source: null })
    )
    const file = join(place.directory, "raw.db")
    await withStore(file, () => Effect.void)
    const database = RawSqlite.open(file)
    const durable = RawSqlite.transactions(database)
    const names = Object.keys(rows[0] ?? {})
    const insert = database.prepare(
      `INSERT INTO hook_events (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")}) ON CONFLICT DO NOTHING`
    )
    const write = (from: number, to: number): void => {
      for (let first = from; first < to; first += batch) {
        durable(() => {
          for (const row of rows.slice(first, Math.min(first + batch, to))) insert.run(...Object.values(row))
        })
      }
    }
    write(0, warmUpEvents)
    const begun = performance.now()
    write(warmUpEvents, warmUpEvents + count)
    const took = performance.now() - begun
    database.close()
    return only(perSecond(count, took))
  }

const ingestOf = (id: string, bytes: number): Scenario => ({
  id,
  title: `hook events of ${bytes} bytes over HTTP, ${connections} clients`,
  kind: "disk",
  unit: "events/s",
  better: "higher",
  subjectIs: "process",
  subject: { name: "POST /hooks", run: subject(bytes) },
  references: [{ name: "raw SQLite", run: raw(bytes) }],
  goals: [{ id: "I1", reference: "raw SQLite", relation: "atLeast", limit: 0.55 }]
})

export const ingest = ingestOf("I1", 1000)
export const smallIngest = ingestOf("I1-small", 400)
export const largeIngest = ingestOf("I1-large", 4000)
