/** L7: what is on the disk of a fleet that is done, and of hook events, once the log is carried over into the file. */
import { statSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as HookEvent from "../../core/hook/HookEvent.ts"
import type { Place, Sample, Scenario } from "../Scenario.ts"
import { at, eventOf } from "../workload/HookEvents.ts"
import { withStore } from "../workload/Stores.ts"
import { groupsOf } from "../workload/Tasks.ts"
import { lives } from "./Lifecycle.ts"

const tasks = 10_000
const events = 10_000
const payloadBytes = 1000
/** Events of one transaction, as 64 clients make them. */
const group = 50
const megabyte = 1e6

const perByte = "bytes for each of an event"

const subject = async ({ directory }: Place): Promise<Sample> => {
  const [ofTasks, ofEvents, empty] = ["tasks.db", "events.db", "empty.db"].map((name) => join(directory, name))
  if (ofTasks === undefined || ofEvents === undefined || empty === undefined) throw new Error("there are three files")
  await withStore(empty, () => Effect.void)
  await withStore(ofTasks, (store) => lives(store, tasks))
  const received = Array.from({ length: events }, (_, number) => ({
    event: HookEvent.make("PostToolUse", eventOf(number, payloadBytes)),
    at,
    source: null
  }))
  await withStore(ofEvents, (store) =>
    Effect.forEach(groupsOf(received, group), (some) => store.keepHookEvents(some), { discard: true })
  )
  const payload = received.reduce((sum, { event }) => sum + Buffer.byteLength(event.payload), 0)
  const bytesOf = (file: string): number => statSync(file).size - statSync(empty).size
  return { value: bytesOf(ofTasks) / megabyte, details: { [perByte]: bytesOf(ofEvents) / payload }, counters: {} }
}

export const storeSize: Scenario = {
  id: "L7",
  title: "the store of 10,000 tasks of 1 KB that are done, and of 10,000 hook events of 1,000 bytes",
  kind: "disk",
  unit: "MB",
  better: "lower",
  subjectIs: "process",
  rounds: 1,
  subject: { name: "Store", run: subject },
  references: [],
  goals: [
    { id: "L7", reference: null, relation: "atMost", limit: 18 },
    { id: "L7 events", reference: null, detail: perByte, relation: "atMost", limit: 1.5 }
  ]
}
