/**
 * What lies in a spool, and what is in a file of it. An agent can write there: whatever it puts in the place of an event
 * is told apart without being waited for or followed.
 *
 * Looks and reads of small files happen on the thread of the loop, as those of `SmallFile` do (decision 18), some at a
 * time, with a turn of the loop in between.
 */
import { closeSync, constants, fstatSync, lstatSync, openSync, read, readSync } from "node:fs"
import { readdir } from "node:fs/promises"
import { promisify } from "node:util"
import { turn } from "./InTurns.ts"
import * as SpoolFile from "./SpoolFile.ts"
import { type Listed, settled } from "./SpoolOrder.ts"
import { codeOf } from "../process/ErrorCode.ts"

/** Files that are looked at, read or removed in one turn of the loop: less than a millisecond. */
export const turnFiles = 64

/** Bytes of a file that is read without the thread pool. */
const smallBytes = 16 * 1024

/** Where what can not be taken lies; the only folder that belongs into a spool. */
export const badFolder = "bad"

export interface Found {
  /** In order of time. */
  readonly files: ReadonlyArray<Listed>
  /** Names, a character for each byte, of what no writer has made. */
  readonly bad: ReadonlyArray<string>
}

const look = async (folder: string, isKnown: (name: string) => boolean): Promise<Found> => {
  const files: Array<Listed> = []
  const bad: Array<string> = []
  // As bytes: a name need not be UTF-8.
  const names = await readdir(folder, { encoding: "latin1" })
  for (const [index, name] of names.entries()) {
    if (index % turnFiles === turnFiles - 1) await turn()
    if (name === badFolder || isKnown(name)) continue
    const parsed = SpoolFile.parse(name)
    const about = parsed === null ? null : lstatSync(`${folder}/${name}`, { bigint: true, throwIfNoEntry: false })
    if (about === undefined) continue
    if (parsed !== null && about?.isFile() === true) files.push({ ...parsed, name, changed: about.mtimeNs })
    else bad.push(name)
  }
  return { files, bad }
}

/** All that lies in the spool and can be taken in order. Rejects with the system's error. */
export const list = async (folder: string): Promise<Found> => {
  const first = await look(folder, () => false)
  const known = new Set(first.files.map(({ name }) => name))
  if (known.size === 0) return first
  const second = await look(folder, (name) => known.has(name))
  return { files: settled(first.files, second.files), bad: first.bad }
}

export type Content =
  | { readonly _tag: "Whole"; readonly body: string; readonly bytes: number }
  /** Its end is not there: it is being written, or never will be. */
  | { readonly _tag: "Partial" }
  /** It became whole after it was listed, so it comes later. */
  | { readonly _tag: "Later" }
  /** Another reader was faster. */
  | { readonly _tag: "Gone" }
  | { readonly _tag: "Bad" }

const gone: Content = { _tag: "Gone" }
const bad: Content = { _tag: "Bad" }
const partial: Content = { _tag: "Partial" }
const later: Content = { _tag: "Later" }

/** What the system says of what is no file that we can read. */
const trapCodes: ReadonlySet<unknown> = new Set(["EACCES", "EISDIR", "ELOOP", "ENODEV", "ENXIO", "EPERM"])

const readInPool = promisify(read)

const fill = async (descriptor: number, bytes: Buffer): Promise<number> => {
  let filled = 0
  for (;;) {
    const some =
      bytes.length <= smallBytes
        ? readSync(descriptor, bytes, filled, bytes.length - filled, filled)
        : (await readInPool(descriptor, bytes, filled, bytes.length - filled, filled)).bytesRead
    filled += some
    if (some === 0 || filled === bytes.length) return filled
  }
}

const contentOf = async (descriptor: number, { changed, name }: Listed): Promise<Content> => {
  const before = fstatSync(descriptor)
  const end = SpoolFile.end(name)
  if (!before.isFile() || before.size > SpoolFile.longestBody + end.length) return bad
  const bytes = Buffer.allocUnsafe(before.size)
  const filled = await fill(descriptor, bytes)
  const body = filled - end.length
  if (body < 0 || bytes.toString("latin1", body, filled) !== end) return partial
  // After the end was seen, the time is its writer's last: read before, it could differ from that of the next read.
  if (fstatSync(descriptor, { bigint: true }).mtimeNs !== changed) return later
  return { _tag: "Whole", body: bytes.toString("utf8", 0, body), bytes: filled }
}

/** Rejects with the system's error where it says nothing of the file itself. */
export const content = async (folder: string, file: Listed): Promise<Content> => {
  let descriptor: number
  try {
    descriptor = openSync(
      `${folder}/${file.name}`,
      constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY
    )
  } catch (cause) {
    const code = codeOf(cause)
    if (code === "ENOENT") return gone
    if (trapCodes.has(code)) return bad
    throw cause
  }
  try {
    return await contentOf(descriptor, file)
  } finally {
    closeSync(descriptor)
  }
}
