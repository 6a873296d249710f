/**
 * The start token: the file `start` in the folder of an attempt or run. Whoever creates it first decides, for good,
 * whether that attempt ever starts: the wrapper takes it, the supervisor revokes it.
 */
import { randomBytes } from "node:crypto"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { type FileHandle, link, open, rm } from "node:fs/promises"
import { join } from "node:path"
import * as SmallFile from "./SmallFile.ts"
import { startFile } from "./Wrapper.ts"
import { codeOf } from "./ErrorCode.ts"

export type StartToken = "free" | "taken" | "revoked"

/** The token could not be read or written (no folder, disk full, read-only): it must be taken to be in either state. */
export class StartTokenUnusable extends Data.TaggedError("StartTokenUnusable")<{
  readonly operation: "revoke" | "read"
  readonly path: string
  readonly cause: unknown
}> {
  override get message(): string {
    return `the start token ${this.path} can not be used (${this.operation}): ${String(this.cause)}`
  }
}

const revokedText = "revoked"

const pathOf = (directory: string): string => join(directory, startFile)

const syncAndClose = async (file: FileHandle): Promise<void> => {
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

const content = (directory: string): string | undefined => SmallFile.read(pathOf(directory))

/** Anything but the word is a start: an empty file is one that a wrapper is just taking, or has died over. */
const stateOf = (text: string | undefined): StartToken => {
  if (text === undefined) return "free"
  return text.trim() === revokedText ? "revoked" : "taken"
}

/**
 * The word is written first, and then gets the token's name: whoever revokes and dies over it, or is looked at while it
 * does, leaves no empty token, which would be a start.
 */
const create = async (directory: string): Promise<"revoked" | "taken"> => {
  const word = `${pathOf(directory)}.${randomBytes(8).toString("hex")}`
  try {
    const file = await open(word, "wx", 0o600)
    try {
      await file.writeFile(`${revokedText}\n`)
    } finally {
      await syncAndClose(file)
    }
    await link(word, pathOf(directory))
    await syncAndClose(await open(directory, "r"))
    return "revoked"
  } catch (cause) {
    if (codeOf(cause) !== "EEXIST") throw cause
    return stateOf(content(directory)) === "revoked" ? "revoked" : "taken"
  } finally {
    await rm(word, { force: true })
  }
}

/**
 * Makes sure that nothing starts from this folder any more, durably (file and folder are synced).
 * `taken`: too late, a start happened; adopt it or stop it. Once revoked, always revoked.
 */
export const revoke = (directory: string): Effect.Effect<"revoked" | "taken", StartTokenUnusable> =>
  Effect.tryPromise({
    try: () => create(directory),
    catch: (cause) => new StartTokenUnusable({ operation: "revoke", path: pathOf(directory), cause })
  }).pipe(Effect.uninterruptible)

const readContent = (directory: string): Effect.Effect<string | undefined, StartTokenUnusable> =>
  Effect.try({
    try: () => content(directory),
    catch: (cause) => new StartTokenUnusable({ operation: "read", path: pathOf(directory), cause })
  })

export const read = (directory: string): Effect.Effect<StartToken, StartTokenUnusable> =>
  Effect.map(readContent(directory), stateOf)

/** The pid of the wrapper that took the token, as it wrote it; a hint, to be checked against a marker. */
export const holder = (directory: string): Effect.Effect<Option.Option<number>, StartTokenUnusable> =>
  Effect.map(readContent(directory), (text) =>
    text !== undefined && /^[1-9]\d{0,9}\n?$/.test(text) ? Option.some(Number(text)) : Option.none()
  )
