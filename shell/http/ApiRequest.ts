/** A request of `node:http` as the HttpApi takes it, or why it is refused before anything of it is looked at. */
import type { IncomingMessage } from "node:http"
import * as HttpApi from "@effect/platform/HttpApi"
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import { Api } from "./api/Api.ts"
import * as Header from "./api/Header.ts"
import * as Problem from "./api/Problem.ts"

/** A refusal as it is answered. */
export const json = (status: number, problem: Problem.Problem) => HttpServerResponse.unsafeJson(problem, { status })

/** The method and the pattern of each place. */
const places = (() => {
  const found: Array<{ readonly method: string; readonly pattern: RegExp }> = []
  HttpApi.reflect(Api, {
    onGroup: () => {},
    onEndpoint: ({ endpoint: { method, path } }) => {
      found.push({ method, pattern: new RegExp(`^${path.replaceAll(/:\w+/g, "[^/]+")}$`) })
    }
  })
  return [...found, ...["/openapi.json", "/docs"].map((path) => ({ method: "GET", pattern: new RegExp(`^${path}$`) }))]
})()

const allowedAt = (path: string): ReadonlyArray<string> => [
  ...new Set(places.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))
]

export const nowhere = (url: string) => {
  const [path = ""] = url.split("?")
  const allowed = allowedAt(path)
  if (allowed.length === 0) return json(404, Problem.notFound("there is nothing here; /docs lists what there is"))
  const error = `${path} is for ${allowed.join(" and ")}`
  return HttpServerResponse.setHeader(json(405, { error, code: "method_not_allowed" }), "allow", allowed.join(", "))
}

export type Asked =
  | { readonly _tag: "Understood"; readonly request: HttpServerRequest.HttpServerRequest }
  | { readonly _tag: "Refused"; readonly answer: HttpServerResponse.HttpServerResponse }

export const refused = (answer: HttpServerResponse.HttpServerResponse): Asked => ({ _tag: "Refused", answer })

/** What is heard of the headers. */
const passed = ["last-event-id", Header.deadline, Header.configuration] as const

/** No body that is understood is deeper; what looks at each level by a call of its own would come to its end. */
const deepest = 16

/** How deep lists and objects are in each other, in a text that is JSON. */
const isTooDeep = (text: string): boolean => {
  let depth = 0
  let isString = false
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]
    if (letter === '"') isString = !isString
    else if (isString) at += letter === "\\" ? 1 : 0
    else if (letter === "[" || letter === "{") depth++
    else if (letter === "]" || letter === "}") depth--
    if (depth > deepest) return true
  }
  return false
}

/** A request of `node:http`, and what was in it; an empty body is an empty object. */
export const understood = (request: IncomingMessage, text: string): Asked => {
  const { headers, method = "", url = "" } = request
  const invalid = (error: string): Asked => refused(json(400, Problem.invalid(error)))
  if (method !== "GET" && method !== "HEAD" && method !== "POST") return refused(nowhere(url))
  if (!url.startsWith("/")) return invalid("a path begins with /")
  const isPost = method === "POST"
  const body = text.trim() === "" ? "{}" : text
  if (isPost) {
    const type = headers["content-type"] ?? "application/json"
    if (!/^application\/json\s*(?:;|$)/i.test(type) && text.trim() !== "") {
      return refused(
        json(415, { error: "the body is to be JSON: Content-Type: application/json", code: "unsupported" })
      )
    }
    try {
      JSON.parse(body)
      if (isTooDeep(body)) return invalid(`the body is nested deeper than ${deepest} levels`)
    } catch (cause) {
      return invalid(`the body is no JSON: ${cause instanceof Error ? cause.message : String(cause)}`)
    }
  }
  try {
    const given = new Headers(isPost ? { "content-type": "application/json" } : {})
    for (const name of passed) {
      const value = headers[name]
      if (typeof value === "string") given.set(name, value)
    }
    const web = new Request(`http://drover${url}`, { method, headers: given, ...(isPost ? { body } : {}) })
    decodeURI(url)
    return { _tag: "Understood", request: HttpServerRequest.fromWeb(web) }
  } catch (cause) {
    return invalid(`the request is not understood: ${cause instanceof Error ? cause.message : String(cause)}`)
  }
}
