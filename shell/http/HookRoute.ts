/**
 * `POST /hooks/NAME`: what a hook tells, by plain `node:http`, acknowledged once it is durable. With the content type
 * `application/x-ndjson` each line is an event of that name; a line that is refused is named in the answer, and the rest
 * is kept.
 *
 * The answer to one event is `{}`: a program that reads it as the word of its hook is told nothing.
 */
import type { IncomingMessage, ServerResponse } from "node:http"
import * as HookEvent from "../../core/hook/HookEvent.ts"
import { type HookName, hookNames, isHookName } from "../../core/hook/HookName.ts"
import { inTurns } from "../hooks/InTurns.ts"
import type { ReceivedHookEvent } from "../store/Store.ts"
import * as Answer from "./Answer.ts"
import * as Body from "./Body.ts"
import type { EventBatch } from "./EventBatch.ts"

/** Bytes (contracts.md, "HTTP"). */
export const eventLimit = 1024 * 1024
export const batchLimit = 8 * 1024 * 1024

/** Events that wait to be written, and that one batch may hold: a disk that hangs must not fill the memory. */
export const mostWaiting = 20_000

/** A client that may send an event twice names it: the second one is the first one again. */
const sourceHeader = "x-drover-event"
const isSource = (text: string): boolean => /^[\x21-\x7e]{1,200}$/.test(text)

export interface Door {
  /** Epoch milliseconds. */
  readonly now: () => number
  readonly batch: EventBatch
}

const path = "/hooks/"

export const isAsked = ({ url }: IncomingMessage): boolean => url?.startsWith(path) === true

const isNdjson = ({ headers }: IncomingMessage): boolean =>
  /^application\/(?:x-)?ndjson\b/i.test(headers["content-type"] ?? "")

const unavailable = (response: ServerResponse, trouble: string): void =>
  Answer.refused(response, 503, trouble, {}, { "retry-after": "1" })

const crowded = (response: ServerResponse): void => unavailable(response, "too many events wait to be written")

/** The rest of the body is not read: the connection goes with it. */
const tooLarge = (response: ServerResponse, limit: number): void =>
  Answer.refused(response, 413, `the body is larger than ${limit} bytes`, {}, { connection: "close" })

const one = (door: Door, hook: HookName, text: string, request: IncomingMessage, response: ServerResponse): void => {
  if (text.trim() === "") return Answer.refused(response, 400, "the body is empty")
  const source = request.headers[sourceHeader] ?? null
  if (source !== null && (typeof source !== "string" || !isSource(source))) {
    return Answer.refused(response, 400, `${sourceHeader} is to be up to 200 printable characters`)
  }
  const event = { event: HookEvent.make(hook, text), at: door.now(), source }
  door.batch.add([event], (trouble) => (trouble === null ? Answer.ok(response) : unavailable(response, trouble)))
}

/** Lines of a text, counted no further than it matters. */
const hasMoreLines = (text: string, most: number): boolean => {
  let lines = 1
  for (let end = text.indexOf("\n"); end >= 0 && lines <= most; end = text.indexOf("\n", end + 1)) lines++
  return lines > most
}

/** Who else asks is answered meanwhile: 8 MiB may take a second. */
const many = async (door: Door, hook: HookName, text: string, response: ServerResponse): Promise<void> => {
  // With the end of the last one.
  if (hasMoreLines(text, mostWaiting + 1)) {
    return Answer.refused(response, 413, `the batch has more than ${mostWaiting} lines`)
  }
  const at = door.now()
  const events: Array<ReceivedHookEvent> = []
  const refused: Array<{ readonly line: number; readonly error: string }> = []
  const take = (line: string, index: number): void => {
    if (line.trim() === "") return
    if (Buffer.byteLength(line) <= eventLimit) events.push({ event: HookEvent.make(hook, line), at, source: null })
    else refused.push({ line: index + 1, error: `it is larger than ${eventLimit} bytes` })
  }
  await inTurns(text.split("\n"), ({ length }) => length, take)
  // Others may have come while its body was read.
  if (door.batch.size() > 0 && door.batch.size() + events.length > mostWaiting) return crowded(response)
  door.batch.add(events, (trouble) =>
    trouble === null ? Answer.ok(response, { stored: events.length, refused }) : unavailable(response, trouble)
  )
}

export const handle = (door: Door, request: IncomingMessage, response: ServerResponse): void => {
  const [name = ""] = (request.url ?? "").slice(path.length).split("?")
  if (request.method !== "POST") {
    return Answer.refused(response, 405, "events are sent by POST", {}, { allow: "POST" })
  }
  if (door.batch.size() >= mostWaiting) return crowded(response)
  if (!isHookName(name)) return Answer.refused(response, 404, "there is no hook of that name", { hooks: hookNames })
  const limit = isNdjson(request) ? batchLimit : eventLimit
  Body.read(request, limit, (body) => {
    if (body._tag === "Over") return tooLarge(response, limit)
    if (body._tag === "Broken") return
    if (isNdjson(request)) return void many(door, name, body.text, response)
    one(door, name, body.text, request, response)
  })
}
