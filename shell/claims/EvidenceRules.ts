/** What a project says shows that something was done in it (`[evidence]` of its `.drover.toml`), read again after a while. */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Cache from "effect/Cache"
import * as Effect from "effect/Effect"
import { noRules, type Rules } from "../../core/commitment/Evidence.ts"
import * as RepositoryPolicy from "../config/RepositoryPolicy.ts"

/** Of directories that are at work at once. */
const mostDirectories = 100
const kept = "10 seconds"

/** A file that can not be used is logged, and shows nothing. */
export const make = Effect.gen(function* () {
  const fileSystem = yield* FileSystem.FileSystem
  const cache = yield* Cache.make({
    capacity: mostDirectories,
    timeToLive: kept,
    lookup: (directory: string): Effect.Effect<Rules> =>
      RepositoryPolicy.find(directory).pipe(
        Effect.map(({ evidence }) => evidence),
        Effect.catchAll(({ message }) =>
          Effect.as(Effect.logWarning(`no evidence patterns are used: ${message}`), noRules)
        ),
        Effect.provideService(FileSystem.FileSystem, fileSystem)
      )
  })
  return (directory: string | null): Effect.Effect<Rules> =>
    directory === null || !directory.startsWith("/") ? Effect.succeed(noRules) : cache.get(directory)
})
