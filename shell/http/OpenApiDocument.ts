/** What drover can be asked, as OpenAPI 3.1: made from the definition (`api/Api.ts`), with what the definition can not say. */
import * as OpenApi from "@effect/platform/OpenApi"
import { Api } from "./api/Api.ts"

export type Json = null | boolean | number | string | ReadonlyArray<Json> | { readonly [key: string]: Json }

export const isObject = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** The library's own refusal, in whose place ours is (`ApiListener.ts`). */
const replaced = "HttpApiDecodeError"
const left: ReadonlySet<string> = new Set([replaced, "Issue", "PropertyKey"])
/** An operation that lists none would be one that asks for none, whatever holds for all. */
const isNoSecurity = (key: string, value: Json): boolean =>
  key === "security" && Array.isArray(value) && value.length === 0
const isReplaced = (value: Json): boolean => isObject(value) && value.$ref === `#/components/schemas/${replaced}`

/** What is taken in is taken strictly; what is told may have more some day. */
const strictly = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(strictly)
  if (!isObject(value)) return value
  const own = Object.fromEntries(Object.entries(value).map(([key, each]) => [key, strictly(each)]))
  return own.type === "object" && own.properties !== undefined ? { ...own, additionalProperties: false } : own
}

const invalidMeans = "The request is not understood, each wrong field is named; or the task can not be stored"

const mended = (value: Json): Json => {
  if (Array.isArray(value)) return value.filter((each) => !isReplaced(each)).map(mended)
  if (!isObject(value)) return value
  const entries = Object.entries(value).filter(([key, each]) => !left.has(key) && !isNoSecurity(key, each))
  const own = Object.fromEntries(
    entries.map(([key, each]) => {
      const own = mended(each)
      if (key === "requestBody") return [key, strictly(own)]
      // The library's own words would be there.
      return [key, key === "400" && isObject(own) ? { ...own, description: invalidMeans } : own]
    })
  )
  // A choice of one is none.
  const { anyOf, ...rest } = own
  const [only, ...more] = Array.isArray(anyOf) ? anyOf : []
  return only !== undefined && more.length === 0 && isObject(only) ? { ...rest, ...only } : own
}

const security = {
  components: {
    token: {
      type: "http",
      scheme: "bearer",
      description: "Over TCP: what is in the file `token` of the state directory. The socket asks for none."
    }
  },
  required: [{ token: [] }, {}]
} as const

/** The document, as it is served. */
export const make = (): { readonly [key: string]: Json } => {
  const spec = OpenApi.fromApi(Api, { additionalPropertiesStrategy: "allow" })
  const plain: Json = JSON.parse(JSON.stringify(spec))
  const document = mended(plain)
  if (!isObject(document)) return {}
  const { components = null } = document
  return {
    ...document,
    components: { ...(isObject(components) ? components : {}), securitySchemes: security.components },
    security: security.required
  }
}
