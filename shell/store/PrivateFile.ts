/**
 * A file, and the folders above it, that only their owner may read: what is in a store is nobody else's business.
 */
import * as Fs from "node:fs/promises"
import { dirname } from "node:path"
import { codeOf } from "../process/ErrorCode.ts"

/**
 * Makes the file, empty, where there is none; SQLite gives its own files beside it the same mode.
 * Rejects with the system's error.
 */
export const create = async (file: string): Promise<void> => {
  await makeFolder(dirname(file))
  const handle = await Fs.open(file, "a", 0o600)
  await handle.close()
}

/**
 * Makes the folder, and those above it, where there are none. Rejects with the system's error.
 *
 * Not `mkdir` with `recursive`: in Node 20 that never returns where the system says that a folder which is there is not
 * (`/proc`), and keeps the process from ending.
 */
export const makeFolder = async (folder: string): Promise<void> => {
  try {
    await makeOne(folder)
  } catch (error) {
    const parent = dirname(folder)
    if (codeOf(error) !== "ENOENT" || parent === folder) throw error
    await makeFolder(parent)
    await makeOne(folder)
  }
}

/** Another process may make the same one at the same time. */
const makeOne = async (folder: string): Promise<void> => {
  try {
    await Fs.mkdir(folder, { mode: 0o700 })
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error
  }
}
