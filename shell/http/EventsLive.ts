/**
 * The events as they happen, as server-sent events: each once and in order, after the last one that a client has seen.
 * The store is the only memory of it: a stream holds one page, and goes on where its client says, in whatever process.
 */
import * as HttpApiBuilder from "@effect/platform/HttpApiBuilder"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { EventV1 } from "../../core/event/EventV1.ts"
import { Store, type StoreService } from "../store/Store.ts"
import { Api } from "./api/Api.ts"
import * as Problem from "./api/Problem.ts"
import * as Refused from "./Refused.ts"

/** Events that are read at once, and all of a stream that is ever held. */
const pageSize = 100
/** Milliseconds between two looks whether there is more. */
const intervalMs = 200
/** Milliseconds of silence until a comment shows that the stream is alive. */
const heartbeatMs = 15_000
/** Milliseconds after which a client that lost its stream is to come back. */
const retryMs = 1000
/** Streams at once: each looks into the store by itself. */
export const mostStreams = 64

/** Ends all streams that are open now, as at the end of what there is. */
export interface Streams {
  readonly ended: Effect.Effect<void>
}

const frame = (event: EventV1): string => `id: ${event.seq}\ndata: ${JSON.stringify(event)}\n\n`

class Ended extends Data.TaggedError("Ended") {}

/** What is to be sent next: the events after the last one, or, when there were none for long, a sign of life. */
const follow = (store: StoreService, since: number) => {
  let seq = since
  let seen: string | null = null
  let saidAt: number | null = null
  return Effect.gen(function* () {
    saidAt ??= yield* Clock.currentTimeMillis
    for (;;) {
      // Read before the events are: what is written after it makes it another.
      const version = yield* store.version
      if (version !== seen) {
        const page = yield* store.events(seq, pageSize)
        if (page.length < pageSize) seen = version
        if (page.length > 0) {
          seq = page.at(-1)?.seq ?? seq
          saidAt = yield* Clock.currentTimeMillis
          return page.map(frame)
        }
      }
      const now = yield* Clock.currentTimeMillis
      if (now - saidAt >= heartbeatMs) {
        saidAt = now
        return [": alive\n\n"]
      }
      yield* Effect.sleep(intervalMs)
    }
  })
}

const stream = (store: StoreService, since: number, { ended }: Streams) => {
  const page = Effect.mapError(follow(store, since), () => new Ended())
  return Stream.make(`retry: ${retryMs}\n\n`).pipe(
    Stream.concat(Stream.flattenIterables(Stream.repeatEffect(page))),
    Stream.interruptWhen(ended),
    // The store can not be read: the client comes back, and is told then.
    Stream.catchAll(() => Stream.empty),
    Stream.encodeText
  )
}

export const layer = (streams: Streams) =>
  HttpApiBuilder.group(Api, "events", (handlers) => {
    let open = 0
    /**
     * Taken by the stream itself, since one that is never run gives nothing back. Where others were faster since the answer
     * began it ends at once, and its client comes back.
     */
    const place = Stream.acquireRelease(
      Effect.sync(() => {
        const isFree = open < mostStreams
        if (isFree) open++
        return isFree
      }),
      (isFree) => Effect.sync(() => void (isFree && open--))
    )
    return handlers.handle("events", ({ headers, urlParams }) =>
      Effect.gen(function* () {
        const store = yield* Store
        const since = Number(headers["last-event-id"] ?? urlParams.since ?? 0)
        // One that can not be read is refused while that can still be said.
        yield* store.events(since, 1)
        if (open >= mostStreams) return yield* Effect.fail(Problem.unavailable("too many streams are open"))
        return HttpServerResponse.stream(
          Stream.flatMap(place, (isFree) => (isFree ? stream(store, since, streams) : Stream.empty)),
          {
            contentType: "text/event-stream",
            // Its end is the end of its connection: a server that ends has none to wait for.
            headers: { connection: "close" }
          }
        )
      }).pipe(Refused.broken)
    )
  })
