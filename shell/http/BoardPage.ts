/**
 * The page of the board over TCP, by plain `node:http`: its files, which anybody may have, since nothing of the fleet is in
 * them; and the exchange of a code for a session. Everything that the page shows it asks for as a client (`Access.ts`).
 */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http"
import { version } from "../config/ProgramVersion.ts"
import * as Access from "./Access.ts"
import * as Answer from "./Answer.ts"
import * as BoardCookie from "./BoardCookie.ts"
import type { BoardFile, BoardFiles } from "./BoardFiles.ts"
import { type BoardSessions, sessionMs } from "./BoardSessions.ts"
import * as Compression from "./Compression.ts"

export interface Door {
  readonly sessions: BoardSessions
  readonly token: string
  /** Epoch milliseconds. */
  readonly now: () => number
  readonly files: () => Promise<BoardFiles>
}

/** Nothing but what is served here is loaded or asked, and no text becomes a script or a style, whoever wrote it. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'"
].join("; ")

const always: OutgoingHttpHeaders = {
  "content-security-policy": policy,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  server: `drover/${version}`
}

export const signInPath = "/board/sign-in"
const signOutPath = "/board/sign-out"

const pathOf = ({ url = "" }: IncomingMessage): string => url.split("?")[0] ?? ""

/** The page itself is at each of its own paths. */
const isPage = (path: string): boolean => path === "/" || path === "/board" || path.startsWith("/board/")

export const isAsked = (request: IncomingMessage): boolean => {
  const path = pathOf(request)
  return isPage(path) || path.startsWith("/assets/") || path.startsWith("/favicon.")
}

const sendFile = (file: BoardFile, request: IncomingMessage, response: ServerResponse): void => {
  const headers: OutgoingHttpHeaders = {
    ...always,
    etag: file.etag,
    vary: "accept-encoding",
    "cache-control": file.isForEver ? "public, max-age=31536000, immutable" : "no-cache"
  }
  if (request.headers["if-none-match"] === file.etag) {
    response.writeHead(304, headers)
    response.end()
    return
  }
  const compressed = Compression.isWanted(request) ? file.compressed : null
  const bytes = compressed ?? file.bytes
  response.writeHead(200, {
    ...headers,
    "content-type": file.type,
    "content-length": bytes.length,
    ...(compressed === null ? {} : { "content-encoding": "gzip" })
  })
  response.end(request.method === "HEAD" ? undefined : bytes)
}

const serve = async ({ files }: Door, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  if (request.method !== "GET" && request.method !== "HEAD") {
    const code = "method_not_allowed"
    return Answer.refused(response, 405, "the page is asked for by GET", { code }, { allow: "GET, HEAD" })
  }
  try {
    const path = pathOf(request)
    const file = (await files()).get(isPage(path) ? "/" : path)
    if (response.destroyed) return
    if (file === undefined) return Answer.refused(response, 404, "there is nothing here", { code: "not_found" })
    sendFile(file, request, response)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    Answer.refused(response, 503, `the page of the board is not there: ${why}`, { code: "unavailable" })
  }
}

const moved = (response: ServerResponse, location: string, cookie: string | null): void => {
  response.writeHead(303, {
    ...always,
    location,
    "cache-control": "no-store",
    ...(cookie === null ? {} : { "set-cookie": cookie })
  })
  response.end()
}

/** Only a person's browser that goes there uses a code up: not a preview, and no picture of another page. */
const isVisit = ({ headers, method }: IncomingMessage): boolean =>
  method === "GET" &&
  [undefined, "navigate"].includes(headers["sec-fetch-mode"]) &&
  [undefined, "document"].includes(headers["sec-fetch-dest"]) &&
  !/prefetch/i.test(`${String(headers["sec-purpose"])} ${String(headers["purpose"])}`)

const signIn = (door: Door, port: number, request: IncomingMessage, response: ServerResponse): void => {
  if (!isVisit(request)) {
    return Answer.refused(response, 403, "a link that signs in is opened by a person", { code: "forbidden" })
  }
  const code = new URLSearchParams((request.url ?? "").split("?")[1] ?? "").get("code") ?? ""
  const session = door.sessions.redeem(code, door.token, door.now())
  if (session === null) return moved(response, "/#refused", null)
  moved(response, `/#key=${session.key}`, BoardCookie.write(session.cookie, port, sessionMs))
}

const signOut = (door: Door, port: number, request: IncomingMessage, response: ServerResponse): void => {
  if (request.method !== "POST") {
    return Answer.refused(
      response,
      405,
      "a session is ended by POST",
      { code: "method_not_allowed" },
      { allow: "POST" }
    )
  }
  const now = door.now()
  const asked = { headers: request.headers, url: request.url ?? "", port, now }
  const refusal = Access.refusal(asked, door.sessions, door.token)
  if (refusal !== null) return Answer.refused(response, refusal.status, refusal.error, { code: refusal.code })
  const own = Access.session(asked)
  if (own !== null) door.sessions.end(own, door.token, now)
  response.writeHead(204, { ...always, "cache-control": "no-store", "set-cookie": BoardCookie.write("", port, 0) })
  response.end()
}

/** One that asks by a name of this machine. */
export const handle = (door: Door, port: number, request: IncomingMessage, response: ServerResponse): void => {
  const path = pathOf(request)
  if (path === signInPath) return signIn(door, port, request, response)
  if (path === signOutPath) return signOut(door, port, request, response)
  void serve(door, request, response)
}
