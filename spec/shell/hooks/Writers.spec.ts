/** Many hooks at once, as a fleet of agents runs them, while a supervisor reads or none does. */
import { createHash } from "node:crypto"
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { expect } from "vitest"
import { hookNames } from "../../../core/hook/HookName.ts"
import * as Spool from "../../../shell/hooks/Spool.ts"
import * as SpoolFile from "../../../shell/hooks/SpoolFile.ts"
import { shells, type Site, site } from "./Site.ts"

const writers = 16
const each = 8
const sizes = [300, 4 * 1024, 60 * 1024, 300 * 1024]

const digest = (text: string): string => createHash("sha256").update(text).digest("hex")

/** Every event is another; half of them look, at any place where a write may break off, like the end of one. */
const eventOf = (index: number): string => {
  const size = sizes[index % sizes.length] ?? 0
  const filling = index % 2 === 0 ? "\n.\n" : '{"text":"é"}\n'
  return `event ${index}\n${filling.repeat(size)}`.slice(0, size)
}

const events = Array.from({ length: writers * each }, (_, index) => eventOf(index))

const isWhole = (path: string, name: string): boolean =>
  !existsSync(path) || readFileSync(path, "latin1").endsWith(SpoolFile.end(name))

const writeAll = (here: Site) =>
  Effect.forEach(
    events,
    (event, index) =>
      Effect.promise(async () => {
        const shell = shells[index % shells.length] ?? []
        const hook = hookNames[index % hookNames.length] ?? ""
        expect(await here.call(shell, [hook], event)).toEqual({ code: 0, said: "" })
      }),
    { concurrency: writers, discard: true }
  )

const expectAll = (stored: ReadonlyArray<Spool.Spooled>, told: ReadonlyArray<string> = events) => {
  expect(stored.map(({ body }) => digest(body)).toSorted()).toEqual(told.map(digest).toSorted())
  expect(new Set(stored.map(({ id }) => id)).size).toBe(told.length)
}

it.scopedLive(
  "ING-2 sixteen writers of up to 300 KiB lose and tear nothing while a supervisor reads: each event is stored once and whole",
  () =>
    Effect.gen(function* () {
      const here = yield* site
      const stored: Array<Spool.Spooled> = []
      let unfinished = 0
      // One writer is slower than all others together: there is always a file that is being written.
      const slow = "1.0.Stop"
      mkdirSync(here.spool, { recursive: true })
      writeFileSync(join(here.spool, slow), "event of ")
      const drain = Spool.drain(here.spool, (group) =>
        Effect.sync(() => {
          stored.push(...group)
          unfinished += here.names().filter((name) => !isWhole(join(here.spool, name), name)).length
        })
      )
      let isOver = false
      const reader = Effect.map(drain, ({ bad }) => expect(bad).toBe(0)).pipe(Effect.repeat({ while: () => !isOver }))
      const writers = Effect.zipRight(
        writeAll(here),
        Effect.sync(() => (isOver = true))
      )
      yield* Effect.all([reader, writers], { concurrency: 2 })
      appendFileSync(join(here.spool, slow), `the slow one${SpoolFile.end(slow)}`)
      expect(yield* drain).toMatchObject({ bad: 0, waiting: 0 })
      expectAll(stored, [...events, "event of the slow one"])
      expect(unfinished).toBeGreaterThan(0)
      expect(here.names()).toEqual([])
    })
)

it.scopedLive("ING-2 events of sixteen writers wait for a supervisor that comes later", () =>
  Effect.gen(function* () {
    const here = yield* site
    yield* writeAll(here)
    expect(here.names()).toHaveLength(events.length)
    const stored: Array<Spool.Spooled> = []
    yield* Spool.drain(here.spool, (group) => Effect.sync(() => void stored.push(...group)))
    expectAll(stored)
  })
)
