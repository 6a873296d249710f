/**
 * What lay in a spool and was no event: it is set aside for a person to look at, in `bad/` beside the events, the newest
 * of it alone.
 */
import { lstat, mkdir, readdir, rename, rm } from "node:fs/promises"
import { badFolder } from "./SpoolLook.ts"
import { codeOf } from "../process/ErrorCode.ts"

/** How much is kept. */
const mostEntries = 100
const mostBytes = 64 * 1024 * 1024

/** `0000000042.whatever-it-was`: the larger the number, the newer. */
const pattern = /^(\d{10})\./

/** A folder of ours, whatever has been put in its place. */
const make = async (path: string): Promise<void> => {
  try {
    await mkdir(path, { mode: 0o700 })
  } catch (cause) {
    if (codeOf(cause) !== "EEXIST") throw cause
    if ((await lstat(path)).isDirectory()) return
    await rm(path, { force: true })
    await mkdir(path, { mode: 0o700 })
  }
}

const setAsideOne = async (folder: string, name: string, to: string): Promise<boolean> => {
  try {
    await rename(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name, "latin1")]), to)
    return true
  } catch (cause) {
    if (codeOf(cause) !== "ENOENT") throw cause
    return false
  }
}

/** Removes what is beyond the limits: the oldest first, and what is too large beside what is newer. */
const bound = async (folder: string, names: ReadonlyArray<string>): Promise<void> => {
  let bytes = 0
  for (const [index, name] of names.toReversed().entries()) {
    const path = `${folder}/${name}`
    const { size } = await lstat(path)
    if (index < mostEntries && bytes + size <= mostBytes) bytes += size
    else await rm(path, { recursive: true, force: true })
  }
}

/** Moves what has those names (a character for each byte), and says how much was there. Rejects with the system's error. */
export const setAside = async (folder: string, names: ReadonlyArray<string>): Promise<number> => {
  if (names.length === 0) return 0
  const into = `${folder}/${badFolder}`
  await make(into)
  // What a person puts there is not ours to remove.
  const kept = (await readdir(into)).filter((name) => pattern.test(name)).toSorted()
  let last = Number(pattern.exec(kept.at(-1) ?? "")?.[1] ?? 0)
  let moved = 0
  for (const name of names) {
    const plain = `${String(++last).padStart(10, "0")}.${name.replaceAll(/[^A-Za-z0-9._-]/g, "_").slice(0, 100)}`
    if (!(await setAsideOne(folder, name, `${into}/${plain}`))) continue
    kept.push(plain)
    moved++
  }
  await bound(into, kept)
  return moved
}
