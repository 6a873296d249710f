/** The `[evidence]` table of a repository's file: the commands that show that something was done there. */
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import type { Rules } from "../../core/commitment/Evidence.ts"
import * as Pattern from "../../core/commitment/Pattern.ts"
import type { ConfigProblem } from "./ConfigProblem.ts"
import * as Toml from "./Toml.ts"
import { Command } from "./Values.ts"

/** Its key for the commands that run the tests; every other one is a verb. */
const tests = "tests"

const Commands = Schema.Array(Command).annotations({ description: 'a list of commands, such as ["./deploy.sh *"]' })

export const EvidenceTable = Schema.Record({ key: Schema.String, value: Commands })

/** What a table's own schema can not say. */
export const problems = (document: Toml.Document): ReadonlyArray<ConfigProblem> => {
  const table = Toml.valueAt(document.data, ["evidence"])
  if (typeof table !== "object" || table === null) return []
  return Object.entries(table).flatMap(([verb, commands]) =>
    (Array.isArray(commands) ? commands : []).flatMap((command, index) => {
      const compiled = typeof command === "string" ? Pattern.compile(command) : Either.right(null)
      if (Either.isRight(compiled)) return []
      const path = ["evidence", verb, index]
      return [Toml.problem(document, "Value", path, `${JSON.stringify(command)} ${compiled.left}`)]
    })
  )
}

/** The rules of a table in which `problems` found none. */
export const resolve = (table: typeof EvidenceTable.Type = {}): Rules => {
  const patterns = (commands: ReadonlyArray<string>) =>
    commands.flatMap((command) => Either.match(Pattern.compile(command), { onLeft: () => [], onRight: (it) => [it] }))
  return {
    tests: patterns(table[tests] ?? []),
    deeds: Object.entries(table).flatMap(([verb, commands]) =>
      verb === tests ? [] : patterns(commands).map((pattern) => ({ verb, pattern }))
    )
  }
}
