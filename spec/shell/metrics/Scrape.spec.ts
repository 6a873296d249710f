/** A scrape of a store that others write: what it costs them, and what it says. */
import { readFileSync } from "node:fs"
import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import { expect } from "vitest"
import { render } from "../../../core/metrics/Exposition.ts"
import type { Family } from "../../../core/metrics/Family.ts"
import { fromStore } from "../../../core/metrics/Figures.ts"
import * as CountedIngest from "../../../shell/metrics/CountedIngest.ts"
import { HeldTasks } from "../../../shell/metrics/HeldTasks.ts"
import * as Scrape from "../../../shell/metrics/Scrape.ts"
import { layer } from "../../../shell/store/SqlStore.ts"
import { type ReceivedHookEvent, Store, StoreUnavailable } from "../../../shell/store/Store.ts"
import * as HookEvent from "../../../core/hook/HookEvent.ts"
import { read } from "../../core/metrics/Exposition.ts"
import { existing, folder, move, stored, verificationOf } from "../store/World.ts"

const places = Effect.map(folder, (path) => ({ database: join(path, "drover.db"), spool: join(path, "spool") }))

const open = (file: string) => Effect.map(Layer.build(layer({ file })), (context) => Context.get(context, Store))

const storeNames = new Set(
  fromStore(
    { states: new Map(), nanoUsd: 0, retries: new Map(), verdicts: [], agentsRunning: 0, commitmentsOpen: 0, epoch: 0 },
    []
  ).map(({ name }) => name)
)

const ofStore = (families: ReadonlyArray<Family>) => families.filter(({ name }) => storeNames.has(name))

const valueOf = (families: ReadonlyArray<Family>, name: string, ...labels: ReadonlyArray<string>): number | undefined =>
  read(render(families))
    .flatMap(({ samples }) => samples)
    .find((sample) => sample.name === name && JSON.stringify(Object.values(sample.labels)) === JSON.stringify(labels))
    ?.value

it.scoped("API-4 a scrape writes nothing: not a byte of the store, its log among it, is another after it", () =>
  Effect.gen(function* () {
    const here = yield* places
    const store = yield* open(here.database)
    const tasks = yield* Effect.provideService(stored("a", "b", "c"), Store, store)
    const scrape = yield* Scrape.make(here)
    // The first one opens a connection, and the memory that connections share is for none to keep.
    yield* scrape
    yield* store.writeAll(tasks.map((task) => move(task, [{ _tag: "Start" }])))
    const bytes = () => [here.database, `${here.database}-wal`].map((path) => readFileSync(path).toString("base64"))
    const before = { bytes: bytes(), version: yield* store.version }
    expect(before.bytes.every((text) => text.length > 100)).toBe(true)
    const again = yield* Scrape.make(here)
    expect(valueOf(yield* again, "drover_tasks_by_state", "READY")).toBe(3)
    expect({ bytes: bytes(), version: yield* store.version }).toEqual(before)
  })
)

it.scoped("API-4 who has scraped before and who scrapes for the first time are told the same of the store", () =>
  Effect.gen(function* () {
    const here = yield* places
    const store = yield* open(here.database)
    const old = yield* Scrape.make(here)
    const tasks = yield* Effect.provideService(stored("a", "b", "c"), Store, store)
    yield* old
    const verification = verificationOf(existing(tasks[0]), 1, { verdict: "FAIL", endedAt: 1900 })
    yield* store.write(move(existing(tasks[0]), [{ _tag: "Start" }], { verification }))
    yield* store.takeEpoch({ host: "here", pid: 1, at: 1 })
    // What was told within a second is told again.
    yield* TestClock.adjust("2 seconds")
    const fresh = yield* Scrape.make(here)
    const [one, other] = yield* Effect.all([old, fresh])
    expect(ofStore(one)).toEqual(ofStore(other))
    expect(valueOf(one, "drover_verifications_total", "Run", "FAIL")).toBe(1)
    expect(valueOf(one, "drover_supervisor_epoch")).toBe(1)
  })
)

it.scoped("API-4 two that scrape at once are told the same, from one look", () =>
  Effect.gen(function* () {
    const here = yield* places
    yield* open(here.database)
    const scrape = yield* Scrape.make(here)
    const [one, other] = yield* Effect.all([scrape, scrape], { concurrency: "unbounded" })
    expect(one).toBe(other)
  })
)

it.scoped("API-4 where there is no store a scrape fails with its path, and succeeds once there is one", () =>
  Effect.gen(function* () {
    const here = yield* places
    const scrape = yield* Scrape.make(here)
    const error = yield* Effect.flip(scrape)
    expect(error).toBeInstanceOf(StoreUnavailable)
    expect(error.message).toContain(here.database)
    yield* open(here.database)
    yield* TestClock.adjust("2 seconds")
    expect(valueOf(yield* scrape, "drover_supervisor_epoch")).toBe(0)
  })
)

it.scoped("API-4 files in the spool are counted as they lie there, what was set aside not among them", () =>
  Effect.gen(function* () {
    const here = yield* places
    yield* open(here.database)
    const depth = Effect.gen(function* () {
      return valueOf(yield* yield* Scrape.make(here), "drover_spool_depth")
    })
    expect(yield* depth).toBe(0)
    yield* Effect.promise(async () => {
      await mkdir(join(here.spool, "bad"), { recursive: true })
      for (const name of ["1.Stop", "2.Stop"]) await writeFile(join(here.spool, name), "")
    })
    expect(yield* depth).toBe(2)
  })
)

const events = (hook: "Stop" | "PreToolUse", count: number): ReadonlyArray<ReceivedHookEvent> =>
  Array.from({ length: count }, () => ({ event: HookEvent.make(hook, "{}"), at: 1, source: null }))

it.scoped("API-4 an event counts once it is durable, by its hook and its way, and one that is refused does not", () =>
  Effect.gen(function* () {
    const here = yield* places
    yield* open(here.database)
    const look = Effect.gen(function* () {
      const families = yield* yield* Scrape.make(here)
      const of = (hook: string, via: string) => valueOf(families, "drover_ingest_events_total", hook, via) ?? 0
      return {
        stops: of("Stop", "spool"),
        tools: of("PreToolUse", "port"),
        waits: valueOf(families, "drover_ingest_seconds_count") ?? 0
      }
    })
    const before = yield* look
    const full = new StoreUnavailable({ operation: "keep", reason: "Full", path: "x", cause: null })
    yield* CountedIngest.accept(() => Effect.void, "spool")(events("Stop", 3))
    yield* Effect.flip(CountedIngest.accept(() => full, "spool")(events("Stop", 5)))
    const clock = yield* Effect.clock
    const batch = (trouble: string | null) =>
      CountedIngest.batch({ size: () => 0, add: (_, done) => done(trouble) }, "port", clock)
    const answers: Array<string | null> = []
    batch(null).add(events("PreToolUse", 2), (trouble) => answers.push(trouble))
    batch("full").add(events("PreToolUse", 7), (trouble) => answers.push(trouble))
    expect(answers).toEqual([null, "full"])
    const after = yield* look
    expect(after).toEqual({ stops: before.stops + 3, tools: before.tools + 2, waits: before.waits + 2 })
  })
)

it.scoped("API-4 what a supervisor knows of waiting tasks is told while it runs, and no longer", () =>
  Effect.gen(function* () {
    const here = yield* places
    const store = yield* open(here.database)
    yield* Effect.provideService(stored("a", "b"), Store, store)
    const look = Effect.gen(function* () {
      const families = yield* yield* Scrape.make(here)
      return ["PENDING", "READY"]
        .map((state) => valueOf(families, "drover_tasks_by_state", state))
        .concat(valueOf(families, "drover_admission_waiting", "Slots"))
    })
    const tasks = yield* HeldTasks
    yield* Effect.scoped(
      Effect.gen(function* () {
        const [task] = yield* store.tasks({ limit: 1 })
        const waiting = () => [[existing(task), { _tag: "Slots", held: 1, limit: 1 }] as const]
        yield* tasks.register({ waiting, unprovable: () => [], live: () => 0 })
        expect(yield* look).toEqual([1, 1, 1])
      })
    )
    expect(yield* look).toEqual([0, 2, 0])
  })
)
