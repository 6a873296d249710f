/**
 * Files in an attempt's folder that hold a word or a line. The agent can reach that folder: whatever it puts in their
 * place is read without waiting and within a limit, or is an error.
 */
import { constants } from "node:fs"
import { open } from "node:fs/promises"

/** Bytes; the longest of these files has some fifty. */
const most = 4096

/** Undefined when there is none. Rejects with the system's error, and where it is no plain file of at most 4 KiB. */
export const read = async (path: string): Promise<string | undefined> => {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      const about = await file.stat()
      if (!about.isFile()) throw new Error(`${path} is no plain file`)
      if (about.size > most) throw new Error(`${path} has ${about.size} bytes, at most ${most} are expected`)
      return await file.readFile("utf8")
    } finally {
      await file.close()
    }
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined
    throw cause
  }
}
