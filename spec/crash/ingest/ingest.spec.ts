/**
 * What was acknowledged is there, once, however often the supervisor is killed while it comes in. In `npm test` it is killed
 * 8 times; `npm run torture -- --ingest` kills it 200 times, and counts.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest"
import { fold } from "../../../core/task/Record.ts"
import * as SqlStore from "../../../shell/store/SqlStore.ts"
import { Store } from "../../../shell/store/Store.ts"
import * as Found from "../Found.ts"
import * as Machine from "../Machine.ts"
import type { Site } from "../Program.ts"
import type { Told, Way } from "./Senders.ts"
import * as Story from "./Story.ts"

const kills = Number(process.env.DROVER_KILLS ?? "8")
const limitMs = 180_000 + kills * 10_000

let site: Site
let story: Story.Story
let found: Found.Found
/** The ids of all stored events, in their order. */
let stored: ReadonlyArray<string>

const page = 1000

/** The id that a sender gave an event; what no sender has sent, as it is. */
const idOf = (payload: string): string => /"drover_event":"([^"]+)"/.exec(payload)?.[1] ?? payload

const events = ({ root }: Site): Promise<ReadonlyArray<string>> =>
  Effect.gen(function* () {
    const store = yield* Store
    const ids: Array<string> = []
    for (let since = 0; ;) {
      const some = yield* store.hookEvents({ since, limit: page })
      ids.push(...some.map(({ event }) => idOf(event.payload)))
      const last = some.at(-1)
      if (last === undefined) return ids
      since = last.id
    }
  }).pipe(Effect.provide(SqlStore.layer({ file: join(root, "home/drover.db"), readonly: true })), Effect.runPromise)

const ways = (): ReadonlyArray<readonly [string, Told]> => Object.entries(story.told)

const all = (what: keyof Told): ReadonlyArray<string> => ways().flatMap(([, told]) => [...told[what]])

const lost = (): ReadonlyArray<string> => {
  const known = new Set(stored)
  return all("acknowledged").filter((id) => !known.has(id))
}

/** Ids that are stored more than once. */
const doubled = (): ReadonlyArray<string> => {
  const known = new Set<string>()
  return stored.filter((id) => known.size === known.add(id).size)
}

const strange = (): ReadonlyArray<string> => {
  const known = new Set(all("sent"))
  return stored.filter((id) => !known.has(id))
}

/** Events that come before an earlier one of their sender. */
const disordered = (): ReadonlyArray<string> => {
  const latest = new Map<string, number>()
  return stored.filter((id) => {
    const [way = "", sender = "", turn = ""] = id.split(".")
    const before = latest.get(`${way}.${sender}`) ?? -1
    latest.set(`${way}.${sender}`, Number(turn))
    return Number(turn) <= before
  })
}

/** Tasks whose ledger is no unbroken line of moves, or leads to another state than is stored. */
const unfolded = (): ReadonlyArray<string> =>
  found.tasks
    .filter(({ created, ledger, task }) => {
      const isLine = ledger.every(({ revision }, index) => revision === index + 1)
      const end = fold(
        created,
        ledger.map(({ event }) => event)
      )
      return !isLine || JSON.stringify(end) !== JSON.stringify(task)
    })
    .map(({ task }) => task.spec.name)

const starts = (): ReadonlyArray<string> =>
  readFileSync(join(site.root, "starts"), "utf8")
    .trim()
    .split("\n")
    .map((path) => path.slice(path.lastIndexOf("/") + 1))

/** For `npm run torture -- --ingest`, which prints it. */
const counted = () => ({
  kills: story.kills,
  "kills before anything was taken in": story.early,
  seconds: story.seconds,
  ...Object.fromEntries(ways().map(([way, { acknowledged }]) => [`acknowledged by ${way}`, acknowledged.size])),
  "events sent": all("sent").length,
  "events stored": stored.length,
  "acknowledged events lost": lost().length,
  "events doubled": doubled().length,
  "events nobody sent": strange().length,
  "events out of their sender's order": disordered().length,
  "moves of tasks": found.tasks.reduce((sum, { ledger }) => sum + ledger.length, 0),
  "tasks whose ledger does not fold to them": unfolded().length
})

beforeAll(async () => {
  story = await Story.tell(inject("seed"), kills, (made) => {
    site = made
  })
  found = await Found.read(site)
  stored = await events(site)
  const counts = counted()
  if (process.env.DROVER_COUNTS !== undefined) {
    writeFileSync(process.env.DROVER_COUNTS, JSON.stringify({ killed: {}, stopped: {}, counts }))
  }
  console.log(`ingest: seed ${inject("seed")}, ${JSON.stringify(counts)}`)
}, limitMs)

afterAll(() => {
  if (site === undefined) return
  for (const { pid } of Machine.belonging(site.root, () => false, new Set([process.pid]))) {
    const born = Machine.bornAt(pid)
    if (born !== null) Machine.end(pid, born)
  }
  if (process.env.DROVER_KEEP === undefined) Story.remove(site)
  else console.log(`ingest: kept in ${site.root}`)
})

describe(`${kills} kills under load`, () => {
  it("STO-3 no supervisor and no command ended in any other way than it was told or killed", () => {
    expect(story.surprises).toEqual([])
    expect(found.problems).toEqual([])
  })

  it("ING-3 no event that was acknowledged by any way in is lost", () => {
    const some: ReadonlyArray<Way> = ["socket", "port", "hook", "ingest"]
    // Each way in has taken some in, or it would prove nothing of it.
    expect(some.filter((way) => story.told[way].acknowledged.size === 0)).toEqual([])
    expect(lost()).toEqual([])
  })

  it("ING-1 no event is stored twice, however often it was sent again, and none that nobody sent", () => {
    expect(doubled()).toEqual([])
    expect(strange()).toEqual([])
  })

  it("ING-1 the events of each sender are in the order in which it sent them", () => {
    expect(disordered()).toEqual([])
  })

  it("ING-2 nothing was taken for a broken event, and the spool is empty", () => {
    expect(readdirSync(join(site.root, "home/spool"))).toEqual([])
  })

  it("TCK-9 the moves that were made meanwhile are made once: each ledger is unbroken and folds to its task", () => {
    expect(unfolded()).toEqual([])
    expect(found.tasks.map(({ task }) => task.stage._tag)).toEqual(story.tasks.map(() => "Done"))
    expect(starts().toSorted()).toEqual([...story.tasks].toSorted())
  })

  it("STO-1 the v1 stream has no gap and no repeat", () => {
    const seqs = found.events.map(({ seq }) => seq)
    expect(seqs).toEqual(seqs.map((_, index) => index + 1))
  })
})
