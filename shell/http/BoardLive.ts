/** The board over HTTP: cards, history, and links that sign in. */
import * as HttpApiBuilder from "@effect/platform/HttpApiBuilder"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as Arr from "effect/Array"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { Configuration } from "../config/Configuration.ts"
import * as FleetHistory from "../metrics/FleetHistory.ts"
import { nanoPerUsd } from "../store/CostShare.ts"
import { loopTurn } from "../store/LoopTurn.ts"
import { Store } from "../store/Store.ts"
import * as AccountJson from "../view/AccountJson.ts"
import { BoardCards } from "../view/BoardCards.ts"
import * as Moment from "../view/Moment.ts"
import * as PresentSupervisor from "../view/PresentSupervisor.ts"
import * as Spend from "../view/Spend.ts"
import { Api } from "./api/Api.ts"
import type * as BoardWire from "./api/BoardWire.ts"
import * as Problem from "./api/Problem.ts"
import type { Ports } from "./Ports.ts"
import * as Refused from "./Refused.ts"

/** The newest. */
const mostBatches = 200
/** Cards that become bytes in one turn of the loop. */
const writtenAtOnce = 1000

/** Cards are JSON already: they are put into the answer as they are, some at a time. */
const written = ({ cards, ...rest }: Omit<BoardWire.Board, "cards"> & { readonly cards: ReadonlyArray<string> }) =>
  Effect.gen(function* () {
    const parts = [Buffer.from(`${JSON.stringify(rest).slice(0, -1)},"cards":[`)]
    for (const [index, some] of Arr.chunksOf(cards, writtenAtOnce).entries()) {
      parts.push(Buffer.from((index === 0 ? "" : ",") + some.join(",")))
      yield* loopTurn
    }
    parts.push(Buffer.from("]}"))
    return HttpServerResponse.uint8Array(Buffer.concat(parts), { contentType: "application/json" })
  })

const board = (since: string | null) =>
  Effect.gen(function* () {
    const store = yield* Store
    const { policy } = yield* Configuration
    const look = yield* (yield* BoardCards).look(since)
    return yield* written({
      cursor: look.cursor,
      is_whole: look.isWhole,
      seq: look.seq,
      now: Moment.iso(look.now),
      cards: look.cards,
      gone: look.gone,
      left_out: look.leftOut,
      batches: (yield* store.batches(mostBatches)).map(({ at, id, path }) => ({
        id,
        path,
        submitted_at: Moment.iso(at)
      })),
      accounts: (yield* store.accounts).map(AccountJson.toJson),
      draining: yield* store.isDraining,
      running: look.running,
      max_concurrent: policy.maxConcurrent,
      supervisor: yield* PresentSupervisor.read(store)
    })
  }).pipe(Refused.broken)

const sampleJson = ({ at, ingests, running, ticks, waiting }: FleetHistory.Sample): BoardWire.Sample => ({
  at: Moment.iso(at),
  running,
  waiting: Object.fromEntries(waiting),
  ticks: ticks.count,
  tick_p50: ticks.p50,
  tick_p95: ticks.p95,
  ingests: ingests.count,
  ingest_p50: ingests.p50,
  ingest_p95: ingests.p95
})

const history = (
  samples: FleetHistory.FleetHistory["samples"],
  spend: Effect.Effect.Success<ReturnType<typeof Spend.make>>,
  hours: number
) =>
  Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const since = now - hours * Spend.hourMs
    const parts = yield* spend
    const answer: BoardWire.History = {
      now: Moment.iso(now),
      every: FleetHistory.everySeconds,
      samples: samples()
        .filter(({ at }) => at >= since)
        .map(sampleJson),
      spend: parts
        .filter(({ hour }) => hour + Spend.hourMs > since)
        .map(({ account, attempts, hour, isUnknown, nanoUsd }) => ({
          hour: Moment.iso(hour),
          account,
          cost_usd: nanoUsd / nanoPerUsd,
          attempts,
          cost_is_complete: !isUnknown
        }))
    }
    return answer
  }).pipe(Refused.broken)

const linkTo = (link: Ports["link"]) =>
  Effect.match(link, {
    onFailure: ({ message }) => Effect.fail(Problem.unavailable(message)),
    onSuccess: ({ board, expiresAt, url }) => Effect.succeed({ url, board, expires_at: Moment.iso(expiresAt) })
  }).pipe(Effect.flatten)

/** `link`: by which a browser signs in; `samples`: how the fleet did. */
export const layer = (link: Ports["link"], samples: FleetHistory.FleetHistory["samples"]) =>
  HttpApiBuilder.group(Api, "board", (handlers) =>
    Effect.gen(function* () {
      const spend = yield* Spend.make(yield* Store)
      return handlers
        .handle("board", ({ urlParams: { since = null } }) => board(since))
        .handle("history", ({ urlParams: { hours = "24" } }) => history(samples, spend, Number(hours)))
        .handle("boardLink", () => linkTo(link))
    })
  )
