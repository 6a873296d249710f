/**
 * Asks the supervisor. Names, paths, what is sent and what comes back are those of the HttpApi (`shell/http/api/Api.ts`): its types
 * here, its paths and what looks at its answers from the build (decision 34).
 */
import { answers } from "virtual:answers"
import type { HttpApi } from "@effect/platform/HttpApi"
import type { HttpApiEndpoint } from "@effect/platform/HttpApiEndpoint"
import type { HttpApiGroup } from "@effect/platform/HttpApiGroup"
import type { Brand } from "effect/Brand"
import type { Api } from "../../http/api/Api.ts"
import * as Key from "./Key.ts"

type Groups<A> = A extends HttpApi<infer _Id, infer G, infer _E, infer _R> ? G : never
type Endpoint = HttpApiGroup.Endpoints<Groups<typeof Api>>
type Named<Name extends string> = HttpApiEndpoint.WithName<Endpoint, Name>
export type Name = HttpApiEndpoint.Name<Endpoint>

/** Numbers and texts have no brands on the wire. */
type Plain<T> =
  T extends Brand<infer _>
    ? T extends number
      ? number
      : string
    : T extends ReadonlyArray<infer E>
      ? ReadonlyArray<Plain<E>>
      : T extends object
        ? { readonly [K in keyof T]: Plain<T[K]> }
        : T

type Part<K extends string, T> = [T] extends [never] ? object : { readonly [P in K]: Plain<T> }
type Query<T> = [T] extends [never] ? object : { readonly query?: { readonly [K in keyof T]?: Plain<T[K]> } }

export type Asked<N extends Name> = Part<"path", HttpApiEndpoint.PathParsed<Named<N>>> &
  Query<HttpApiEndpoint.UrlParams<Named<N>>> &
  Part<"body", HttpApiEndpoint.Payload<Named<N>>>
export type Answer<N extends Name> = HttpApiEndpoint.Success<Named<N>>

/** Why there is no answer. `away`: nobody answers, or nobody can answer now; `unreadable`: what came is no such answer. */
export interface Refusal {
  readonly kind: "away" | "signed-out" | "refused" | "unreadable"
  readonly error: string
}

export type Outcome<A> = { readonly ok: true; readonly value: A } | { readonly ok: false; readonly why: Refusal }

const endpoints = ENDPOINTS

interface Loose {
  readonly path?: Readonly<Record<string, unknown>>
  readonly query?: Readonly<Record<string, unknown>>
  readonly body?: unknown
}

const coded = (value: unknown): string => encodeURIComponent(String(value))

/** The address of an endpoint, filled in. */
export const address = (name: Name, { path = {}, query = {} }: Loose): string => {
  const place = endpoints[name]?.path ?? "/"
  const filled = place.replaceAll(/:([a-z]+)/gi, (_, key: string) => coded(path[key]))
  const pairs = Object.entries(query).flatMap(([key, value]) =>
    value === undefined ? [] : [value].flat().map((each) => `${coded(key)}=${coded(each)}`)
  )
  return pairs.length === 0 ? filled : `${filled}?${pairs.join("&")}`
}

/** Null where it is no JSON; no answer is null. */
const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const errorOf = (body: unknown, status: number): string =>
  typeof body === "object" && body !== null && "error" in body && typeof body.error === "string"
    ? body.error
    : `the answer was ${status}`

const refusal = (status: number, body: unknown): Refusal => {
  const error = errorOf(body, status)
  if (status === 401) return { kind: "signed-out", error }
  return status === 503 ? { kind: "away", error } : { kind: "refused", error }
}

/** Milliseconds after which an answer is not waited for any more. */
const patience = 20_000

const unreadable: Refusal = {
  kind: "unreadable",
  error: "The supervisor answered what this page can not read. It may be of another version: load the page again."
}

/** What a browser says of a request that nobody answered. */
const away: Refusal = { kind: "away", error: "nobody answers" }

export const ask = async <N extends Name>(
  name: N,
  asked: Asked<N>,
  signal: AbortSignal = AbortSignal.timeout(patience)
): Promise<Outcome<Answer<N>>> => {
  // oxlint-disable-next-line typescript/consistent-type-assertions -- of a name that is not known yet no compiler can say which parts it has
  const loose = asked as Loose
  try {
    const response = await fetch(address(name, loose), {
      method: endpoints[name]?.method ?? "GET",
      headers: {
        "x-drover-board": Key.read(),
        ...(loose.body === undefined ? {} : { "content-type": "application/json" })
      },
      ...(loose.body === undefined ? {} : { body: JSON.stringify(loose.body) }),
      cache: "no-store",
      signal
    })
    const text = await response.text()
    const body = parsed(text)
    if (!response.ok) return { ok: false, why: refusal(response.status, body) }
    if (answers[name]?.(body) !== true) return { ok: false, why: unreadable }
    // oxlint-disable-next-line typescript/consistent-type-assertions -- the boundary: it was looked at by the schema that this type is of
    return { ok: true, value: body as Answer<N> }
  } catch {
    return { ok: false, why: away }
  }
}
