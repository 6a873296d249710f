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
const leastAgeMs = 15 * 60_000

/** What goes away by itself meanwhile, or is another user's, is left alone. */
const isLeft = async (path: string, now: number): Promise<boolean> => {
  try {
    const about = await lstat(path)
    return about.isDirectory() && about.uid === process.getuid?.() && now - about.mtimeMs >= leastAgeMs
  } catch {
    return false
  }
}

/** Removes them. */
export const sweep = (folder: string = tmpdir()): Effect.Effect<void, StateUnusable> =>
  Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    yield* Effect.tryPromise({
      try: async () => {
        for (const name of await readdir(folder)) {
          const path = join(folder, name)
          if (name.startsWith(temporaryPrefix) && (await isLeft(path, now)))
            await rm(path, { recursive: true, force: true })
        }
      },
      catch: (cause) => new StateUnusable({ operation: "remove", path: join(folder, temporaryPrefix), cause })
    })
  })
