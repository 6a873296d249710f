/**
 * Finds the file that a command name stands for, as execvp(3) would in the given environment and directory.
 */
import { constants } from "node:fs"
import { access, stat } from "node:fs/promises"
import { resolve } from "node:path"

/** Where shells look when PATH is not set. */
const defaultPath = "/usr/local/bin:/usr/bin:/bin"

/** Whether it is a file, and this process may run it. */
export const isExecutable = async (file: string): Promise<boolean> => {
  try {
    await access(file, constants.X_OK)
    return (await stat(file)).isFile()
  } catch {
    return false
  }
}

/** The absolute path of an executable file, or undefined. */
export const find = async (command: string, path: string | undefined, cwd: string): Promise<string | undefined> => {
  if (command === "") return undefined
  const folders = command.includes("/") ? [cwd] : (path ?? defaultPath).split(":")
  for (const folder of folders) {
    const file = resolve(cwd, folder, command)
    if (await isExecutable(file)) return file
  }
  return undefined
}

export const isDirectory = async (path: string): Promise<boolean> => {
  try {
    return (await stat(path)).isDirectory()
  } catch {
    return false
  }
}
