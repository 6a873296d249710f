/** What `drover doctor` says of the files that a user has written. */
import { basename } from "node:path"
import * as Effect from "effect/Effect"
import { Places } from "../../config/Places.ts"
import * as Services from "../Services.ts"
import { bad, good, skipped } from "./Check.ts"

export const configuration = Effect.gen(function* () {
  const { configFile } = yield* Places
  const isThere = yield* Services.isThere(configFile)
  return yield* Effect.scoped(Effect.provide(Effect.void, Services.configuration)).pipe(
    Effect.match({
      onFailure: ({ message }) => bad("configuration", message, `mend ${configFile}`),
      onSuccess: () =>
        good("configuration", isThere ? configFile : `${configFile} is not there: everything is as it is by itself`)
    })
  )
})

/** That of the repository in which doctor is run: there, tasks are under it. */
export const repository = Effect.gen(function* () {
  const name = "repository"
  const cwd = process.cwd()
  const { fileName, find, rootOf } = yield* Effect.promise(() => import("../../config/RepositoryPolicy.ts"))
  const root = yield* rootOf(cwd)
  if (root === null) return skipped(name, `${cwd} is in no git repository`, "nothing is to be done")
  return yield* Effect.match(find(cwd), {
    onFailure: ({ message }) => bad(name, message, `mend ${fileName} in ${root}`),
    onSuccess: ({ gates, limits, setup }) => {
      const bounds = Object.values(limits).filter((each) => each !== null).length
      const counts = [`${gates.length} gates`, `${bounds} limits`, `${setup.length} lines of setup`]
      return good(
        name,
        `${basename(root)}: ${gates.length + bounds + setup.length === 0 ? "no policy of its own" : counts.join(", ")}`
      )
    }
  })
})
