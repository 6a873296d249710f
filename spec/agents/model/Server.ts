/**
 * A model on loopback that does as it is told. The prompt names a script, `[script NAME]`, and each request with tools is
 * answered by the next of its steps; the last one is given again and again. The name that stands last counts, so that a
 * conversation that goes on can be given another script.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import * as Schema from "effect/Schema"
import { completions } from "./Completions.ts"
import { message, messages } from "./Messages.ts"
import { responses } from "./Responses.ts"
import type { Protocol, Step } from "./Step.ts"

const Request = Schema.parseJson(
  Schema.Struct({
    model: Schema.optional(Schema.String),
    stream: Schema.optional(Schema.Boolean),
    tools: Schema.optional(Schema.Array(Schema.Unknown))
  })
)

const protocols: ReadonlyArray<readonly [RegExp, Protocol]> = [
  [/\/v1\/messages$/, messages],
  [/\/responses$/, responses],
  [/\/chat\/completions$/, completions]
]

const anthropicErrors: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  404: "not_found_error",
  429: "rate_limit_error",
  529: "overloaded_error"
}

export class Model {
  /** What was asked of each script: how many requests. */
  readonly asked = new Map<string, number>()
  /** The texts of all requests with tools, by script. */
  readonly bodies = new Map<string, Array<string>>()
  readonly #scripts = new Map<string, ReadonlyArray<Step>>()
  readonly #server = createServer((request, response) => this.#hear(request, response))
  #ids = 0

  script(name: string, steps: ReadonlyArray<Step>): void {
    this.#scripts.set(name, steps)
  }

  /** Answers at which port of 127.0.0.1 it listens. */
  listen(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.listen(0, "127.0.0.1", () => {
        const address = this.#server.address()
        if (address === null || typeof address === "string") reject(new Error("it listens on no port"))
        else resolve(address.port)
      })
    })
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  #hear(request: IncomingMessage, response: ServerResponse): void {
    let body = ""
    request.setEncoding("utf8").on("data", (text: string) => (body += text))
    request.on("end", () => {
      const path = request.url?.split("?")[0] ?? ""
      const protocol = protocols.find(([pattern]) => pattern.test(path))?.[1]
      if (request.method === "POST" && protocol !== undefined) return this.#answer(protocol, path, body, response)
      response.writeHead(request.method === "HEAD" ? 200 : 404, { "content-type": "application/json" })
      response.end(path.endsWith("count_tokens") ? `{"input_tokens":10}` : "{}")
    })
  }

  #next(body: string, hasTools: boolean): Step {
    // Titles of conversations and their like are asked for without tools.
    if (!hasTools) return { text: "ok" }
    const name = [...body.matchAll(/\[script ([\w.-]+)\]/g)].at(-1)?.[1] ?? ""
    const steps = this.#scripts.get(name)
    const at = this.asked.get(name) ?? 0
    this.asked.set(name, at + 1)
    this.bodies.set(name, [...(this.bodies.get(name) ?? []), body])
    return steps?.[Math.min(at, steps.length - 1)] ?? { status: 400, message: `there is no script ${name}` }
  }

  #answer(protocol: Protocol, path: string, body: string, response: ServerResponse): void {
    const { model = "model", stream = false, tools = [] } = Schema.decodeUnknownSync(Request)(body)
    const step = this.#next(body, tools.length > 0)
    if ("hang" in step) return
    if ("status" in step) {
      const type = path.endsWith("messages") ? (anthropicErrors[step.status] ?? "api_error") : "server_error"
      response.writeHead(step.status, { "content-type": "application/json", ...step.headers })
      response.end(JSON.stringify(step.body ?? { type: "error", error: { type, message: step.message } }))
      return
    }
    const answer =
      "cut" in step ? { text: step.cut, sh: null } : { text: step.text ?? null, sh: "sh" in step ? step.sh : null }
    const id = String(++this.#ids).padStart(12, "0")
    if (protocol === messages && !stream) {
      response.writeHead(200, { "content-type": "application/json" })
      response.end(JSON.stringify(message(model, id, answer)))
      return
    }
    const events = protocol(model, id, answer)
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" })
    for (const { data, event } of "cut" in step ? events.slice(0, Math.ceil(events.length / 2)) : events) {
      response.write(`${event === null ? "" : `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`)
    }
    if ("cut" in step) response.socket?.end()
    else response.end(protocol === completions ? "data: [DONE]\n\n" : "")
  }
}
