/**
 * Folders for temporary files of who was killed: those of a look at a tree can hold a copy of all files that had changed,
 * those of a profile one of the store.
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

/** How the folder of a profile begins. */
export const profilePrefix = "drover-profile-"

/** No profile takes a day, of whatever store. */
const kinds = [
  { prefix: temporaryPrefix, leastMs: leastAgeMs },
  { prefix: profilePrefix, leastMs: 24 * 60 * 60_000 }
]

/** What goes away by itself meanwhile, or is another user's, is left alone. */
const isLeft = async (path: string, before: number): Promise<boolean> => {
  try {
    const about = await lstat(path)
    return about.isDirectory() && about.uid === process.getuid?.() && about.mtimeMs <= before
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
          const kind = kinds.find(({ prefix }) => name.startsWith(prefix))
          if (kind !== undefined && (await isLeft(path, now - kind.leastMs))) found.push(path)
        }
        return found
      },
      catch: (cause) => new StateUnusable({ operation: "read", path: folder, cause })
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
