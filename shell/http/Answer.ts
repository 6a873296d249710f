/** What a client is told: JSON, always, and in words where something is wrong. */
import type { ServerResponse } from "node:http"
import { version } from "../config/ProgramVersion.ts"

const send = (response: ServerResponse, status: number, body: unknown, headers: Readonly<Record<string, string>>) => {
  // Its client may be gone by now.
  if (response.writableEnded || response.destroyed) return
  const text = `${JSON.stringify(body)}\n`
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
    // By which `drover doctor` sees whether the supervisor is of another version than itself.
    server: `drover/${version}`,
    ...headers
  })
  response.end(text)
}

export const ok = (response: ServerResponse, body: Readonly<Record<string, unknown>> = {}): void =>
  send(response, 200, body, {})

/** `more`: what helps to do it right. */
export const refused = (
  response: ServerResponse,
  status: 400 | 401 | 403 | 404 | 405 | 413 | 503,
  error: string,
  more: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> = {}
): void => send(response, status, { error, ...more }, headers)
