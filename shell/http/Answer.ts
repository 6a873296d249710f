/** What a client is told: JSON where it asks for nothing else, and in words where something is wrong. */
import type { ServerResponse } from "node:http"
import { version } from "../config/ProgramVersion.ts"

const write = (response: ServerResponse, status: number, text: string, headers: Readonly<Record<string, string>>) => {
  // Its client may be gone by now.
  if (response.writableEnded || response.destroyed) return
  response.writeHead(status, {
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
    // By which `drover doctor` sees whether the supervisor is of another version than itself.
    server: `drover/${version}`,
    ...headers
  })
  response.end(text)
}

const send = (response: ServerResponse, status: number, body: unknown, headers: Readonly<Record<string, string>>) =>
  write(response, status, `${JSON.stringify(body)}\n`, { "content-type": "application/json", ...headers })

/** What is read by a program that knows another form. */
export const text = (response: ServerResponse, type: string, body: string): void =>
  write(response, 200, body, { "content-type": type })

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
