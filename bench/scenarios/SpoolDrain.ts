/**
 * I7: what hooks left in the spool while nobody ran, until all of it is stored and the folder is empty: two looks, each file
 * opened without being followed and read to the line that says its end, redaction, commits, removal.
 */
import { mkdirSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as HookEvent from "../../core/hook/HookEvent.ts"
import * as Spool from "../../shell/hooks/Spool.ts"
import * as SpoolFile from "../../shell/hooks/SpoolFile.ts"
import { only, type Place, type Sample, type Scenario } from "../Scenario.ts"
import { eventOf } from "../workload/HookEvents.ts"
import { withStore } from "../workload/Stores.ts"

const bytes = 1000
const warmUp = 1000
const filesOf = ({ isQuick }: Place): number => (isQuick ? 5000 : 20_000)

/** A folder with files as the program for hooks leaves them. */
const fill = (directory: string, name: string, from: number, count: number): string => {
  const spool = join(directory, name)
  mkdirSync(spool)
  for (let number = from; number < from + count; number++) {
    const file = SpoolFile.format({ pid: number + 1, n: 0, hook: "PostToolUse" })
    writeFileSync(join(spool, file), eventOf(number, bytes) + SpoolFile.end(file))
  }
  return spool
}

const perSecond = (files: number, begun: number): number => (files * 1000) / (performance.now() - begun)

const subject = (place: Place): Promise<Sample> =>
  withStore(join(place.directory, "store.db"), (store) =>
    Effect.gen(function* () {
      const count = filesOf(place)
      const drain = (spool: string) =>
        Spool.drain(spool, (events) =>
          store.keepHookEvents(
            events.map(({ at, body, hook, id }) => ({ event: HookEvent.make(hook, body), at, source: id }))
          )
        )
      yield* drain(fill(place.directory, "first", 0, warmUp))
      const spool = fill(place.directory, "spool", warmUp, count)
      const begun = performance.now()
      const { stored } = yield* drain(spool)
      const value = perSecond(count, begun)
      if (stored !== count) return yield* Effect.dieMessage(`${stored} of ${count} files are stored`)
      return { value, details: { "us per file": 1_000_000 / value }, counters: {} }
    })
  )

/** All that a folder of JSON files costs, stored nowhere. */
const empty = (spool: string): void => {
  for (const name of readdirSync(spool)) {
    const file = join(spool, name)
    const text = readFileSync(file, "utf8")
    JSON.parse(text.slice(0, text.length - SpoolFile.end(name).length))
    unlinkSync(file)
  }
}

const raw = (place: Place): Promise<Sample> => {
  const count = filesOf(place)
  empty(fill(place.directory, "first", 0, warmUp))
  const spool = fill(place.directory, "spool", warmUp, count)
  const begun = performance.now()
  empty(spool)
  return Promise.resolve(only(perSecond(count, begun)))
}

const reference = "read, parse, unlink"

export const spoolDrain: Scenario = {
  id: "I7",
  title: "what hooks left in the spool, stored and removed",
  kind: "disk",
  unit: "files/s",
  better: "higher",
  subjectIs: "process",
  subject: { name: "Spool.drain", run: subject },
  references: [{ name: reference, run: raw }],
  goals: [{ id: "I7", reference, relation: "atLeast", limit: 0.3 }]
}
