/** The way to metrics over HTTP: a real socket and a real client. */
import { join } from "node:path"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { expect } from "vitest"
import type { Family } from "../../../core/metrics/Family.ts"
import * as Answer from "../../../shell/http/Answer.ts"
import * as Listener from "../../../shell/http/Listener.ts"
import * as MetricsRoute from "../../../shell/http/MetricsRoute.ts"
import { StoreUnavailable } from "../../../shell/store/Store.ts"
import { folder } from "../process/World.ts"
import * as Client from "./Client.ts"

/** A server that tells those families; answers how it is asked. */
const serving = (families: Effect.Effect<ReadonlyArray<Family>, StoreUnavailable>) =>
  Effect.gen(function* () {
    const path = join(yield* folder, "socket")
    const metrics = yield* MetricsRoute.make(families)
    yield* Listener.onPath(path, (request, response) =>
      MetricsRoute.isAsked(request)
        ? MetricsRoute.handle({ metrics }, request, response)
        : Answer.refused(response, 404, "there is nothing here")
    )
    return (url: string, asked: Client.Asked) => Effect.promise(() => Client.ask(path, url, "", asked))
  })

const json = { accept: "application/json" }

it.scopedLive("API-4 metrics are asked for by GET, as JSON by who accepts nothing else", () =>
  Effect.gen(function* () {
    const family: Family = { name: "a", type: "gauge", help: "b", samples: [{ labels: [["c", "d"]], value: 1 }] }
    const ask = yield* serving(Effect.succeed([family]))
    expect(yield* ask("/metrics", { method: "GET", headers: json })).toEqual({
      status: 200,
      body: { metrics: [family] }
    })
    expect((yield* ask("/metrics?name=a", { method: "GET", headers: json })).status).toBe(200)
    expect(yield* ask("/metrics", { method: "POST" })).toEqual({
      status: 405,
      body: { error: "metrics are asked for by GET" }
    })
    for (const url of ["/metrics/", "/metricsx", "/"]) expect((yield* ask(url, { method: "GET" })).status).toBe(404)
  })
)

it.scopedLive("API-4 why metrics can not be told is said, and nothing is told in part", () =>
  Effect.gen(function* () {
    const locked = new StoreUnavailable({ operation: "count", reason: "Locked", path: "drover.db", cause: null })
    const ask = yield* serving(locked)
    expect(yield* ask("/metrics", { method: "GET" })).toEqual({ status: 503, body: { error: locked.message } })
    const broken = yield* serving(Effect.die(new Error("a mistake")))
    const answer = yield* broken("/metrics", { method: "GET" })
    expect([answer.status, answer.body.error]).toEqual([503, expect.stringContaining("a mistake")])
  })
)
