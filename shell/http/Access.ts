/**
 * Who is let in over TCP: whoever knows the token, or a page of the board that has signed in; and who asks for this machine
 * by a name that only means it. A page in a browser that has a name lead here (DNS rebinding) asks for that name, and is
 * refused.
 */
import type { IncomingHttpHeaders } from "node:http"
import * as BoardCookie from "./BoardCookie.ts"
import type { BoardSessions, Session } from "./BoardSessions.ts"
import * as Token from "./Token.ts"

/** Why a request is refused. */
export interface Refusal {
  readonly status: 401 | 403
  readonly code: "unauthorized" | "forbidden"
  readonly error: string
}

/** One that came over that port, at `now` (epoch milliseconds). */
export interface Asked {
  readonly headers: IncomingHttpHeaders
  readonly url: string
  readonly port: number
  readonly now: number
}

const bearer = /^Bearer +(\S+)$/i

const forbidden = (error: string): Refusal => ({ status: 403, code: "forbidden", error })

/** Null: it asks by a name of this machine. */
export const nameless = ({ headers: { host = "" }, port }: Pick<Asked, "headers" | "port">): Refusal | null => {
  const names = ["127.0.0.1", "localhost", "[::1]"].map((name) => `${name}:${port}`)
  return names.includes(host.toLowerCase()) ? null : forbidden("that is no name of this machine")
}

/** Null: nothing says that a page of another origin has asked. Programs say nothing of all this. */
const foreign = ({ headers }: Pick<Asked, "headers">): Refusal | null => {
  const { host = "", origin } = headers
  const site = headers["sec-fetch-site"]
  const isOwn = origin === undefined || origin.toLowerCase() === `http://${host.toLowerCase()}`
  // A page of another port of this machine is same-site, and another origin.
  if (isOwn && (site === undefined || site === "same-origin")) return null
  return forbidden("a page of another origin asks")
}

/** What the page has no use for: what hooks tell, links for other browsers, and what a session says. */
const isClosedToPages = (url: string): boolean => {
  const [path = ""] = url.split("?")
  return path.startsWith("/hooks/") || path === "/api/board/links" || path.startsWith("/action-claim/")
}

/** The header in which a page sends its half of the session: no form of another page can send it. */
const keyHeader = "x-drover-board"

/** What a page says it has signed in with, good or not; null: no page asks. A half that it does not send is empty. */
export const session = ({ headers, port }: Pick<Asked, "headers" | "port">): Session | null => {
  const key = headers[keyHeader]
  if (headers.authorization !== undefined || typeof key !== "string") return null
  return { cookie: BoardCookie.read(headers, port) ?? "", key }
}

const refusedPage = (asked: Asked, own: Session, sessions: BoardSessions, token: string): Refusal | null => {
  const elsewhere = foreign(asked)
  if (elsewhere !== null) return elsewhere
  if (!sessions.isOpen(own, token, asked.now)) {
    return { status: 401, code: "unauthorized", error: "signed out: drover board prints a link that signs in" }
  }
  return isClosedToPages(asked.url) ? forbidden("that is not for pages") : null
}

/** Null: it is let in. */
export const refusal = (asked: Asked, sessions: BoardSessions, token: string): Refusal | null => {
  const isNameless = nameless(asked)
  if (isNameless !== null) return isNameless
  const own = session(asked)
  if (own !== null) return refusedPage(asked, own, sessions, token)
  const [, given = ""] = bearer.exec(asked.headers.authorization ?? "") ?? []
  if (Token.isSame(given, token)) return null
  return {
    status: 401,
    code: "unauthorized",
    error: "the token is missing or wrong: Authorization: Bearer, and what is in the file `token`"
  }
}
