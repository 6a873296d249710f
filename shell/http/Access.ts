/**
 * Who is let in over TCP: whoever knows the token, and asks for this machine by a name that only means it. A page in a
 * browser that has a name lead here (DNS rebinding) asks for that name, and is refused.
 */
import type { IncomingMessage } from "node:http"
import type { Address } from "../config/HttpTable.ts"
import * as Token from "./Token.ts"

/** Why a request is refused. */
export interface Refusal {
  readonly status: 401 | 403
  readonly code: "unauthorized" | "forbidden"
  readonly error: string
}

const bearer = /^Bearer +(\S+)$/i

/** Null: it is let in. */
export const refusal = (
  { headers: { authorization = "", host = "" } }: Pick<IncomingMessage, "headers">,
  { port }: Address,
  token: string
): Refusal | null => {
  const names = ["127.0.0.1", "localhost", "[::1]"].map((name) => `${name}:${port}`)
  if (!names.includes(host.toLowerCase()))
    return { status: 403, code: "forbidden", error: "that is no name of this machine" }
  const [, given = ""] = bearer.exec(authorization) ?? []
  if (Token.isSame(given, token)) return null
  return {
    status: 401,
    code: "unauthorized",
    error: "the token is missing or wrong: Authorization: Bearer, and what is in the file `token`"
  }
}
