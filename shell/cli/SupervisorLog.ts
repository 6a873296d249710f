/**
 * Writes what a supervisor logs to `supervisor.log`, in the background, and keeps the newest 30 MB in three files.
 */
import { appendFile, rename, stat } from "node:fs/promises"
import * as Array from "effect/Array"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as LogLevel from "effect/LogLevel"
import * as Logger from "effect/Logger"

/** Bytes after which a file is put aside, and how many that were put aside are kept. */
const fileBytes = 10 * 1024 * 1024
const keptFiles = 2

const interval = "200 millis"

const sizeOf = async (file: string): Promise<number> => {
  try {
    return (await stat(file)).size
  } catch {
    // It is not there yet, or can not be looked at: then the write that follows says so.
    return 0
  }
}

/** `log` becomes `log.1`, that `log.2`, and what was `log.2` is gone. */
const rotate = async (file: string): Promise<void> => {
  for (let number = keptFiles; number > 0; number--) {
    const from = number === 1 ? file : `${file}.${number - 1}`
    await rename(from, `${file}.${number}`).catch((cause: unknown) => {
      if (!(cause instanceof Error && "code" in cause && cause.code === "ENOENT")) throw cause
    })
  }
}

/** Where a command logs that supervises nothing: logs never mix with what was asked for. */
export const standardError = Logger.withConsoleError(Logger.logfmtLogger)

/** What an error says that is logged, and nothing of what is no error. */
const errorText = Logger.make(({ logLevel, message }) =>
  LogLevel.greaterThanEqual(logLevel, LogLevel.Error) ? Array.ensure(message).map(String).join(" ") : null
)

/**
 * In place of the log on standard error. There errors are told as well, each once until another comes; a log that can not
 * be written ends nothing, and is told once.
 */
export const layer = (
  file: string,
  complain: (text: string) => Effect.Effect<void>,
  limits: { readonly bytes: number } = { bytes: fileBytes }
): Layer.Layer<never> => {
  let hasComplained = false
  const write = (lines: ReadonlyArray<string>) =>
    Effect.tryPromise(async () => {
      if ((await sizeOf(file)) >= limits.bytes) await rotate(file)
      await appendFile(file, lines.map((line) => `${line}\n`).join(""), { mode: 0o600 })
    }).pipe(
      Effect.catchAll(({ cause }) => {
        if (hasComplained) return Effect.void
        hasComplained = true
        return complain(`the log ${file} can not be written: ${String(cause)}`)
      })
    )
  let told: string | null = null
  const tell = (error: string | null) => {
    if (error === null || error === told) return Effect.void
    told = error
    return complain(error)
  }
  return Logger.replaceScoped(
    standardError,
    Logger.batched(Logger.zip(Logger.logfmtLogger, errorText), interval, (entries) =>
      entries.length === 0
        ? Effect.void
        : Effect.zipRight(
            Effect.forEach(entries, ([, error]) => tell(error)),
            write(entries.map(([line]) => line))
          )
    )
  )
}
