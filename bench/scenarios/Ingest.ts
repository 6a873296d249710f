/**
 * I1 to I4 and I6: events over HTTP on a Unix socket, acknowledged once they are on the disk. The subject's time has all of
 * it: HTTP, redaction, what is lifted, and a group commit of rows with their indexes.
 */
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as EventLoop from "../harness/EventLoop.ts"
import * as RawEvents from "../references/RawEvents.ts"
import { fdatasyncs } from "../references/RawFile.ts"
import { only, type Place, type Sample, type Scenario } from "../Scenario.ts"
import * as Doors from "../workload/Doors.ts"
import * as HookClient from "../workload/HookClient.ts"
import { countStatements } from "../workload/Stores.ts"

type Load = Omit<HookClient.Load, "socket" | "from">

const warmUp = 2000
const sixtyFour = { connections: 64, lines: 1 }
const eventsOf = ({ isQuick }: Place): number => (isQuick ? 10_000 : 40_000)

const perSecond = (events: number, tookMs: number): number => (events * 1000) / tookMs

/** The warm-up and then the load, into a new file; what is answered is of the load alone. */
const served = (
  manner: Doors.Manner,
  directory: string,
  load: Load,
  before = warmUp
): Promise<HookClient.Taken & { readonly held: EventLoop.Held }> =>
  Effect.gen(function* () {
    const socket = join(directory, "s")
    const store = yield* Doors.open(manner, join(directory, "store.db"), socket)
    yield* Effect.promise(() => HookClient.send({ ...load, socket, from: 0, count: before }))
    const held = EventLoop.watch()
    const taken = yield* Effect.promise(() => HookClient.send({ ...load, socket, from: before }))
    const answer = { ...taken, held: held() }
    const kept = yield* store.hookEvents({ since: 0, limit: 1_000_000 })
    const sent = before + load.count
    return kept.length === sent ? answer : yield* Effect.dieMessage(`${kept.length} of ${sent} events are kept`)
  }).pipe(Effect.scoped, Effect.runPromise)

/** Events a second. */
const rate =
  (manner: Doors.Manner, load: (place: Place) => Load) =>
  async (place: Place): Promise<Sample> => {
    const own = load(place)
    const { held, p99Ms, tookMs } = await served(manner, place.directory, own)
    const details = { "us per event": (tookMs * 1000) / own.count, "p99 ms of an answer": p99Ms, ...held }
    return { value: perSecond(own.count, tookMs), details, counters: {} }
  }

const raw =
  (bytes: number, batch: number) =>
  async (place: Place): Promise<Sample> => {
    const count = eventsOf(place)
    return only(perSecond(count, await RawEvents.run(join(place.directory, "raw.db"), { warmUp, count, bytes, batch })))
  }

/** The same with the commits counted, in a run of its own: how many come together depends on the moment. */
const grouped =
  (bytes: number) =>
  async (place: Place): Promise<Sample> => {
    const load = { ...sixtyFour, bytes, count: eventsOf(place) }
    const sample = await rate("drover", () => load)(place)
    const counted = countStatements()
    await Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const socket = join(place.directory, "c")
          yield* Doors.open("drover", join(place.directory, "counted.db"), socket)
          yield* Effect.promise(() => HookClient.send({ ...load, socket, from: 0, count: warmUp }))
        })
      )
    )
    const commits = (counted().commits * 1000) / warmUp
    return { ...sample, details: { ...sample.details, "commits per 1,000 events": commits } }
  }

const shared = { kind: "disk", unit: "events/s", better: "higher", subjectIs: "process" } as const

const ingestOf = (id: string, bytes: number): Scenario => ({
  ...shared,
  id,
  title: `hook events of ${bytes} bytes over HTTP, 64 clients`,
  subject: { name: "POST /hooks", run: grouped(bytes) },
  references: [{ name: "raw SQLite", run: raw(bytes, 100) }],
  goals: [{ id: "I1", reference: "raw SQLite", relation: "atLeast", limit: 0.55 }]
})

export const ingest: Scenario = { ...ingestOf("I1", 1000), inQuick: true }
export const smallIngest = ingestOf("I1-small", 400)
export const largeIngest = ingestOf("I1-large", 4000)

export const lines: Scenario = {
  ...shared,
  id: "I2",
  title: "hook events of 1,000 bytes as lines, 8 clients with 100 in a request",
  subject: {
    name: "POST /hooks, NDJSON",
    run: rate("drover", (place) => ({ connections: 8, lines: 100, bytes: 1000, count: eventsOf(place) }))
  },
  references: [{ name: "raw SQLite, 1,000 each", run: raw(1000, 1000) }],
  goals: [{ id: "I2", reference: "raw SQLite, 1,000 each", relation: "atLeast", limit: 0.5 }]
}

const single: Doors.Manner = "a transaction each"
const platform: Doors.Manner = "platform server"
const oneEach = (place: Place): Load => ({ ...sixtyFour, bytes: 1000, count: eventsOf(place) })

/** What takes longer gets less of it: it is a rate that is compared. */
const fewer = (place: Place): Load => ({ ...oneEach(place), count: eventsOf(place) / 4 })

export const groups: Scenario = {
  ...shared,
  id: "I3",
  title: "what grouping gains: 64 clients, and a transaction for each event",
  subject: { name: "POST /hooks", run: rate("drover", oneEach) },
  references: [{ name: single, run: rate(single, fewer) }],
  goals: [{ id: "I3", reference: single, relation: "atLeast", limit: 5 }]
}

export const plainHttp: Scenario = {
  ...shared,
  id: "I4",
  title: "what node:http gains: 64 clients, and the server of @effect/platform",
  subject: { name: "POST /hooks", run: rate("drover", oneEach) },
  references: [{ name: platform, run: rate(platform, fewer) }],
  goals: [{ id: "I4", reference: platform, relation: "atLeast", limit: 3 }]
}

const unloaded = async ({ directory, isQuick }: Place): Promise<Sample> => {
  const count = isQuick ? 2000 : 5000
  const load = { connections: 1, lines: 1, bytes: 1000, count }
  const { p50Ms, p99Ms } = await served("drover", directory, load, count / 2)
  return { value: p50Ms, details: { "p99 ms": p99Ms }, counters: {} }
}

const synced = "fdatasync"

export const acknowledgement: Scenario = {
  ...shared,
  id: "I6",
  title: "the answer to one event at a time, at the median",
  unit: "ms",
  better: "lower",
  subject: { name: "POST /hooks", run: unloaded },
  references: [{ name: synced, run: ({ directory }) => Promise.resolve(only(fdatasyncs(directory, 1000))) }],
  goals: [{ id: "I6", reference: synced, relation: "atMost", limit: 2.5 }]
}
