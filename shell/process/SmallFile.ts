/**
 * Files in an attempt's folder that hold a word or a line. The agent can reach that folder: whatever it puts in their
 * place is read without waiting and within a limit, or is an error.
 *
 * Read on the thread of the loop, as the store beside them is: some microseconds each, where the turns of a thread pool
 * are hundreds, and a restart reads two for every attempt (decision 18).
 */
import { closeSync, constants, fstatSync, openSync, readFileSync, statSync } from "node:fs"

/** Bytes; the longest of most of these files has some fifty. */
const usual = 4096

const contentOf = (descriptor: number, path: string, most: number): Buffer => {
  const about = fstatSync(descriptor)
  if (!about.isFile()) throw new Error(`${path} is no plain file`)
  if (about.size > most) throw new Error(`${path} has ${about.size} bytes, at most ${most} are expected`)
  return readFileSync(descriptor)
}

const opened = (path: string): number | undefined => {
  // Most of them are not there, and to fail takes five times as long as to look.
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return undefined
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined
    throw cause
  }
}

/** Undefined when there is none. Throws the system's error, and where it is no plain file of at most so many bytes. */
export const readBytes = (path: string, most = usual): Buffer | undefined => {
  const descriptor = opened(path)
  if (descriptor === undefined) return undefined
  try {
    return contentOf(descriptor, path, most)
  } finally {
    closeSync(descriptor)
  }
}

/** The same as text; bytes that are not UTF-8 are replaced. */
export const read = (path: string, most = usual): string | undefined => readBytes(path, most)?.toString("utf8")
