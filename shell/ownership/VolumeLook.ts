/**
 * Looks which filesystem holds a folder: `df -P` and the list of mounts, read beside the loop. A network filesystem
 * whose server is gone answers nobody, so that all of it has a limit; past it nothing is known.
 */
import { execFile } from "node:child_process"
import { readFile, realpath } from "node:fs/promises"
import { dirname } from "node:path"
import * as Effect from "effect/Effect"
import * as Mounts from "../../core/ownership/Mounts.ts"
import * as Volume from "../../core/ownership/Volume.ts"

const limit = "3 seconds"

/** A list of mounts of some thousand lines. */
const maxBuffer = 4 * 1024 * 1024

/** In the C locale, so that its heading and numbers are the standard's. */
const environment = (): NodeJS.ProcessEnv => ({
  PATH: `${process.env.PATH ?? ""}:/bin:/usr/bin:/sbin:/usr/sbin`,
  LC_ALL: "C"
})

/**
 * What a program prints; its failure is a failure. One that hangs in the kernel does not even die of KILL, so that its
 * end is not waited for, neither here nor when this process ends.
 */
const printed = (program: string, args: ReadonlyArray<string>): Effect.Effect<string, Error> =>
  Effect.async((resume) => {
    const child = execFile(program, args, { env: environment(), maxBuffer }, (error, text) =>
      resume(error === null ? Effect.succeed(text) : Effect.fail(error))
    )
    return Effect.sync(() => {
      child.kill("SIGKILL")
      child.stdout?.destroy()
      child.stderr?.destroy()
      child.unref()
    })
  })

/** Without links, as mount points are; of the nearest folder above it where there is none yet. */
const existing = async (path: string): Promise<string> => {
  try {
    return await realpath(path)
  } catch (cause) {
    const isMissing = cause instanceof Error && "code" in cause && cause.code === "ENOENT"
    if (!isMissing || dirname(path) === path) throw cause
    return existing(dirname(path))
  }
}

const mounts: Effect.Effect<ReadonlyArray<Mounts.Mount> | null> = Effect.tryPromise(() =>
  readFile("/proc/self/mounts", "utf8")
).pipe(
  Effect.map(Mounts.parse),
  Effect.orElse(() => Effect.map(printed("mount", []), Mounts.parseListing)),
  Effect.orElseSucceed(() => null)
)

export const look = (path: string): Effect.Effect<Volume.Volume> =>
  Effect.tryPromise(() => existing(path)).pipe(
    Effect.flatMap((folder) =>
      Effect.map(Effect.all([printed("df", ["-P", folder]), mounts]), ([diskFree, list]) =>
        Volume.examine(folder, diskFree, list)
      )
    ),
    Effect.orElseSucceed(() => Volume.unknown),
    Effect.timeoutTo({ duration: limit, onSuccess: (found) => found, onTimeout: () => Volume.unknown })
  )
