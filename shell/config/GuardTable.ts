/**
 * The `[guards.KEY]` tables of a user's file. Who turns a load-bearing guard off says who answers for it, why, and until
 * when; a guard that no configuration turns off is refused by name.
 */
import * as Schema from "effect/Schema"
import { TomlDate } from "smol-toml"
import type { Config } from "../../core/guard/Config.ts"
import type { Declaration } from "../../core/guard/Declaration.ts"
import { declarations, switchOf } from "../guards/Declarations.ts"
import type { ConfigProblem } from "./ConfigProblem.ts"
import * as Toml from "./Toml.ts"
import { maybe, Prompt } from "./Values.ts"

/** A local time would mean another moment on another machine. */
const Moment = Schema.declare(
  (value): value is TomlDate => value instanceof TomlDate && value.isDateTime() && !value.isLocal() && value.isValid(),
  {
    description: "a moment with its offset, without quotes, such as 2026-12-01T00:00:00Z",
    jsonSchema: { type: "string" }
  }
)

const GuardTable = Schema.Struct({
  enabled: maybe(Schema.Boolean.annotations({ description: "true or false" }), "Whether the guard is on"),
  owner: maybe(Prompt, "Who answers for its being off"),
  reason: maybe(Prompt, "Why it is off"),
  until: maybe(Moment, "When it comes back on by itself")
})

/** Every guard has its table here, so that one that can not be turned off is not taken for a mistyped one. */
export const GuardTables = Schema.Struct(
  Object.fromEntries(declarations.map(({ key, title }) => [key, maybe(GuardTable, title)]))
)
export type GuardTables = typeof GuardTables.Type

const problemsOf = (document: Toml.Document, declaration: Declaration): ReadonlyArray<ConfigProblem> => {
  const path = ["guards", declaration.key]
  const table = Toml.valueAt(document.data, path)
  if (typeof table !== "object" || table === null) return []
  if (declaration.kind === "always-on") {
    return [Toml.problem(document, "Value", path, `the guard ${declaration.key} is always on: nothing turns it off`)]
  }
  if (declaration.configPath !== switchOf(declaration.key)) {
    return [
      Toml.problem(document, "Value", path, `the guard ${declaration.key} has its switch in ${declaration.configPath}`)
    ]
  }
  if (!declaration.loadBearing || Toml.valueAt(document.data, [...path, "enabled"]) !== false) return []
  const questions = { owner: "who answers for it", reason: "why", until: "when does it come back on" }
  return Object.entries(questions).flatMap(([key, question]) =>
    Toml.valueAt(document.data, [...path, key]) === undefined
      ? [Toml.problem(document, "Key", [...path, key], `missing key "${key}": ${declaration.key} is off, ${question}?`)]
      : []
  )
}

/** What a table's own schema can not say. */
export const problems = (document: Toml.Document): ReadonlyArray<ConfigProblem> =>
  declarations.flatMap((declaration) => problemsOf(document, declaration))

/** The tables as core reads them, for a document in which `problems` found none. */
export const resolve = (tables: GuardTables | undefined): Config => ({
  guards: Object.fromEntries(
    Object.entries(tables ?? {}).map(([key, table]) => {
      const { until, ...rest } = table ?? {}
      return [key, { ...rest, ...(until === undefined ? {} : { until: until.getTime() }) }]
    })
  )
})
