/**
 * Folders for temporary files that a look at a tree made, and that a supervisor which was killed in it has left: they can
 * hold a copy of all files that had changed.
 */
import { lstat, readdir, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { temporaryPrefix } from "../git/Trees.ts"
import { StateUnusable } from "./AttemptFiles.ts"

/** No look takes so long: whoever made an older one is gone. */
export const leastAgeMs = 15 * 60_000

/** What goes away by itself meanwhile, or is another user's, is left alone. */
const isLeft = async (path: string, now: number): Promise<boolean> => {
  try {
    const about = await lstat(path)
    return about.isDirectory() && about.uid === process.getuid?.() && now - about.mtimeMs >= leastAgeMs
  } catch {
    return false
  }
}

/** Their paths. */
export const find = (folder: string = tmpdir()): Effect.Effect<ReadonlyArray<string>, StateUnusable> =>
  Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    return yield* Effect.tryPromise({
      try: async () => {
        const found: Array<string> = []
        for (const name of await readdir(folder)) {
          const path = join(folder, name)
          if (name.startsWith(temporaryPrefix) && (await isLeft(path, now))) found.push(path)
        }
        return found
      },
      catch: (cause) => new StateUnusable({ operation: "read", path: join(folder, temporaryPrefix), cause })
    })
  })

/** Removes them. */
export const sweep = (folder: string = tmpdir()): Effect.Effect<void, StateUnusable> =>
  Effect.flatMap(find(folder), (paths) =>
    Effect.forEach(
      paths,
      (path) =>
        Effect.tryPromise({
          try: () => rm(path, { recursive: true, force: true }),
          catch: (cause) => new StateUnusable({ operation: "remove", path, cause })
        }),
      { discard: true }
    )
  )
