/**
 * Code that says whether an answer is what the HttpApi says of it (`shell/http/api/Api.ts`), made by Ajv when the page is built: a page
 * may make no code of text, and decoding by the schemas themselves would bring all of Effect along.
 *
 * It looks as deep as the page reads. Of three or more tagged forms (stages, executions, events) the tag is looked at alone, and
 * formats and lengths of texts are not: they say what may be stored, not what can be shown.
 */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import * as HttpApi from "@effect/platform/HttpApi"
import { Ajv } from "ajv"
import standalone from "ajv/dist/standalone/index.js"
import * as JSONSchema from "effect/JSONSchema"

const left = new Set(["title", "description", "examples", "default", "format", "pattern"])
for (const what of ["Length", "Items", "imum"]) left.add(`min${what}`).add(`max${what}`)
for (const key of ["exclusiveMinimum", "exclusiveMaximum"]) left.add(key)

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value)
const mapped = (object, change) =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]))

/** The property that tells forms apart, where all of them have one. */
const tagOf = (forms) => {
  if (forms.length < 3 || !forms.every(({ properties }) => isObject(properties))) return undefined
  return Object.keys(forms[0].properties).find((key) => forms.every(({ properties }) => properties[key]?.enum))
}

const loosened = (schema) => {
  if (Array.isArray(schema)) return schema.map(loosened)
  if (!isObject(schema)) return schema
  const { anyOf } = schema
  const tag = Array.isArray(anyOf) ? tagOf(anyOf) : undefined
  if (tag !== undefined) {
    const words = anyOf.flatMap(({ properties }) => properties[tag].enum)
    return { type: "object", required: [tag], properties: { [tag]: { enum: words } } }
  }
  const kept = Object.entries(schema).filter(
    // What a later supervisor tells beside it does not matter.
    ([key, value]) => !left.has(key) && !(key === "additionalProperties" && value === false)
  )
  return Object.fromEntries(
    kept.map(([key, value]) => [key, key === "properties" ? mapped(value, loosened) : loosened(value)])
  )
}

/** The endpoints that the page asks, as its source names them. */
const namesIn = (folder) => {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => /\.tsx?$/.test(name))
  const texts = files.map((name) => readFileSync(join(folder, name), "utf8"))
  return new Set(texts.flatMap((text) => [...text.matchAll(/\bask\(\s*"(\w+)"/g)].map(([, name]) => name)))
}

/** A module whose `answers` has a function for each endpoint that the sources in `folder` ask. */
export const make = (api, folder) => {
  const definitions = {}
  const found = {}
  const wanted = namesIn(folder)
  HttpApi.reflect(api, {
    onGroup: () => {},
    onEndpoint: ({ endpoint: { name }, successes }) => {
      if (!wanted.delete(name)) return
      const [ast] = [...successes.values()].flatMap((success) =>
        success.ast._tag === "Some" ? [success.ast.value] : []
      )
      if (ast === undefined) throw new Error(`nothing is known of what ${name} answers`)
      found[name] = JSONSchema.fromAST(ast, { definitions, definitionPath: "#/$defs/" })
    }
  })
  if (wanted.size > 0) throw new Error(`the page asks what is not there: ${[...wanted].join(", ")}`)
  const answers = Object.fromEntries(Object.entries(found).map(([name, schema]) => [`answer ${name}`, schema]))
  const ajv = new Ajv({ code: { source: true, esm: true }, messages: false, strict: false, inlineRefs: false })
  ajv.addSchema({ $id: "api", $defs: mapped({ ...definitions, ...answers }, loosened) })
  const names = Object.keys(found)
  const code = standalone.default(ajv, Object.fromEntries(names.map((name) => [name, `api#/$defs/answer ${name}`])))
  if (code.includes("require(")) throw new Error("what looks at answers asks for a module of Node")
  return `${code}\nexport const answers = { ${names.join(", ")} }\n`
}
