/**
 * All files of a work tree, whether git knows, ignores or can not hold them. Names are bytes: each is a string of one
 * character for each byte (latin1), relative to the top.
 */
import { lstat, readdir, readlink } from "node:fs/promises"

export interface Found {
  /** Regular files and symbolic links, with what tells one from another version of it without reading it. */
  readonly files: ReadonlyMap<string, Entry>
  /** Folders with something called `.git` in them: git does not look into those as into others. */
  readonly nested: ReadonlyArray<string>
}

export interface Entry {
  readonly mode: "100644" | "100755" | "120000"
  readonly stamp: string
}

export const bytesOf = (name: string): Buffer => Buffer.from(name, "latin1")

/** The path of a file on the disk. */
export const pathOf = (top: string, name: string): Buffer => Buffer.concat([Buffer.from(`${top}/`), bytesOf(name)])

const entryOf = async (path: Buffer): Promise<Entry | null> => {
  const found = await lstat(path)
  const { ctimeMs, mode, mtimeMs, size } = found
  const stamp = `${mode} ${size} ${mtimeMs} ${ctimeMs}`
  if (found.isSymbolicLink()) return { mode: "120000", stamp }
  // A pipe or a socket holds no bytes.
  return found.isFile() ? { mode: (mode & 0o100) === 0 ? "100644" : "100755", stamp } : null
}

export const textOfLink = (top: string, name: string): Promise<Buffer> =>
  readlink(pathOf(top, name), { encoding: "buffer" })

/** Walks from the top, whose own `.git` is git's. */
export const find = async (top: string): Promise<Found> => {
  const files = new Map<string, Entry>()
  const nested: Array<string> = []
  const folders = [""]
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const entries = await readdir(pathOf(top, folder), { withFileTypes: true, encoding: "buffer" })
    if (folder !== "" && entries.some(({ name }) => name.toString("latin1") === ".git")) {
      nested.push(folder)
      continue
    }
    for (const each of entries) {
      const name = each.name.toString("latin1")
      if (folder === "" && name === ".git") continue
      const path = folder === "" ? name : `${folder}/${name}`
      if (each.isDirectory()) folders.push(path)
      else {
        const entry = await entryOf(pathOf(top, path))
        if (entry !== null) files.set(path, entry)
      }
    }
  }
  return { files, nested: nested.toSorted() }
}

/** Beside whatever has that name. */
export const beside = (folder: string, taken: { readonly has: (name: string) => boolean }): string => {
  let name = `${folder}.tar`
  while (taken.has(name)) name = `${name}.tar`
  return name
}
