/**
 * A file, and the folders above it, that only their owner may read: what is in a store is nobody else's business.
 */
import * as Fs from "node:fs/promises"
import { dirname, join } from "node:path"
import { codeOf } from "../process/ErrorCode.ts"

/**
 * Makes the file, empty, where there is none, in the state directory; SQLite gives its own files beside it the same mode.
 * Rejects with the system's error.
 */
export const create = async (file: string): Promise<void> => {
  await makeStateDirectory(dirname(file))
  const handle = await Fs.open(file, "a", 0o600)
  await handle.close()
}

/**
 * Makes the state directory where there is none. Rejects with the system's error.
 *
 * It may lie in a working tree that tasks work in. What is written there is nobody's work, or each verifier would find that
 * files have changed while it ran: so git passes over it. Where there was something before, that would hide what is not drover's.
 */
export const makeStateDirectory = async (folder: string): Promise<void> => {
  if (!(await makeFolder(folder)) && !(await isEmpty(folder))) return
  try {
    await Fs.writeFile(join(folder, ".gitignore"), "*\n", { mode: 0o600, flag: "wx" })
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error
  }
}

/** As one is that was only just made, also by who was killed then; who may not look leaves it as it is. */
const isEmpty = async (folder: string): Promise<boolean> => {
  const names = await Fs.readdir(folder).catch(() => ["?"])
  return names.length === 0
}

/**
 * Makes the folder, and those above it, where there are none; answers whether it has. Rejects with the system's error.
 *
 * Not `mkdir` with `recursive`: in Node 20 that never returns where the system says that a folder which is there is not
 * (`/proc`), and keeps the process from ending.
 */
export const makeFolder = async (folder: string): Promise<boolean> => {
  try {
    return await makeOne(folder)
  } catch (error) {
    const parent = dirname(folder)
    if (codeOf(error) !== "ENOENT" || parent === folder) throw error
    await makeFolder(parent)
    return await makeOne(folder)
  }
}

/** Another process may make the same one at the same time; what is there and is no folder is in the way. */
const makeOne = async (folder: string): Promise<boolean> => {
  try {
    await Fs.mkdir(folder, { mode: 0o700 })
    return true
  } catch (error) {
    if (codeOf(error) !== "EEXIST" || !(await Fs.stat(folder)).isDirectory()) throw error
    return false
  }
}
