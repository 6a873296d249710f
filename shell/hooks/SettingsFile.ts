/**
 * Files of other programs' settings: read whole, and replaced whole or not at all. A symbolic link stays one: what it
 * leads to is replaced. A file of a project that a link leads out of that project is refused, for the project's author
 * says where it leads.
 */
import { constants } from "node:fs"
import { lstat, mkdir, open, readlink, realpath, rename, rm, stat } from "node:fs/promises"
import { basename, dirname, join, relative } from "node:path"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"

/** The file can not be used, and is as it was. */
export class SettingsUnusable extends Data.TaggedError("SettingsUnusable")<{
  readonly operation: "read" | "write"
  readonly path: string
  readonly cause: unknown
}> {
  override get message(): string {
    const why = this.cause instanceof Error ? this.cause.message : String(this.cause)
    return `can not ${this.operation} ${this.path}: ${why}`
  }
}

export interface SettingsFile {
  /** As it was asked for. */
  readonly path: string
  /** Without links. */
  readonly target: string
  /** Null: there is no such file. */
  readonly text: string | null
}

/** Far more than settings are. */
const mostBytes = 4 * 1024 * 1024

const isMissing = (cause: unknown): boolean => cause instanceof Error && "code" in cause && cause.code === "ENOENT"

/** None where there is no such file. */
const orNone = <A>(found: Promise<A>): Promise<A | undefined> =>
  found.catch((cause: unknown) => {
    if (isMissing(cause)) return undefined
    throw cause
  })

/** The path without links, of which the last parts need not be there. */
const resolved = async (path: string): Promise<string> => {
  const found = await orNone(realpath(path))
  if (found !== undefined) return found
  const link = await readlink(path).catch(() => undefined)
  if (link !== undefined) throw new Error(`it is a link to ${link}, where nothing is`)
  return join(await resolved(dirname(path)), basename(path))
}

const isWithin = (folder: string, path: string): boolean => !/^\.\.(?:\/|$)/.test(relative(folder, path))

const bytesOf = async (path: string): Promise<Buffer | null> => {
  // A pipe must not make anybody wait.
  const handle = await orNone(open(path, constants.O_RDONLY | constants.O_NONBLOCK))
  if (handle === undefined) return null
  try {
    const about = await handle.stat()
    if (!about.isFile()) throw new Error("it is no plain file")
    if (about.size > mostBytes) throw new Error(`it has more than ${mostBytes} bytes`)
    return await handle.readFile()
  } finally {
    await handle.close()
  }
}

/** Every byte of the text is one of the file's: a byte order mark too, and what is no UTF-8 is an error. */
const textOf = (bytes: Buffer): string => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)

/** `project` is the folder that it must not be out of; null for a file of the user's own. */
export const read = (path: string, project: string | null): Effect.Effect<SettingsFile, SettingsUnusable> =>
  Effect.tryPromise({
    try: async () => {
      const target = await resolved(path)
      if (project !== null && !isWithin(await realpath(project), target)) {
        throw new Error(`it leads out of the project, to ${target}`)
      }
      const bytes = await bytesOf(target)
      return { path, target, text: bytes === null ? null : textOf(bytes) }
    },
    catch: (cause) => new SettingsUnusable({ operation: "read", path, cause })
  })

const synced = async (folder: string): Promise<void> => {
  const handle = await open(folder, "r")
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const refuseIfChanged = async ({ target, text }: SettingsFile): Promise<void> => {
  const bytes = await bytesOf(target)
  const isSame = text === null || bytes === null ? text === bytes : bytes.equals(Buffer.from(text))
  if (!isSame) throw new Error("it was changed meanwhile: try again")
}

const replace = async (file: SettingsFile, text: string): Promise<void> => {
  const { target } = file
  await mkdir(dirname(target), { recursive: true })
  const before = await orNone(stat(target))
  const fresh = `${target}.${process.pid}.new`
  await rm(fresh, { force: true })
  try {
    const handle = await open(fresh, "wx", 0o666)
    try {
      await handle.writeFile(text)
      if (before !== undefined) {
        const { gid, uid } = await handle.stat()
        if (gid !== before.gid || uid !== before.uid) await handle.chown(before.uid, before.gid)
        await handle.chmod(before.mode & 0o7777)
      }
      await handle.sync()
    } finally {
      await handle.close()
    }
    await refuseIfChanged(file)
    await rename(fresh, target)
  } catch (cause) {
    await rm(fresh, { force: true })
    throw cause
  }
}

/** Puts the text in the place of what was read; null takes the file away. Mode and owner stay as they are. */
export const write = (file: SettingsFile, text: string | null): Effect.Effect<void, SettingsUnusable> =>
  Effect.tryPromise({
    try: async () => {
      if (text === null) {
        await refuseIfChanged(file)
        await rm(file.target)
        // A link that leads to nothing would be in the way of the next file.
        if (file.path !== file.target && (await orNone(lstat(file.path)))?.isSymbolicLink() === true)
          await rm(file.path)
      } else await replace(file, text)
      await synced(dirname(file.target))
    },
    catch: (cause) => new SettingsUnusable({ operation: "write", path: file.path, cause })
  })
