/** The cookie of the board: one for each port, since all ports of a name share their cookies. */
import type { IncomingHttpHeaders } from "node:http"

const nameOf = (port: number): string => `drover-board-${port}`

/** Null where there is none. */
export const read = ({ cookie = "" }: IncomingHttpHeaders, port: number): string | null => {
  const start = `${nameOf(port)}=`
  const found = cookie.split(";").find((each) => each.trim().startsWith(start))
  return found === undefined ? null : found.trim().slice(start.length)
}

/** No script can read it, and no page of another site sends it. `maxAgeMs`: 0 takes it away. */
export const write = (value: string, port: number, maxAgeMs: number): string =>
  `${nameOf(port)}=${value}; Path=/; Max-Age=${Math.floor(maxAgeMs / 1000)}; HttpOnly; SameSite=Strict`
