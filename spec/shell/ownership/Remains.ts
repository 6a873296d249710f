/** What a supervisor that died may have left: its record, whole or torn, and those of others that died replacing it. */
import { readdir, readFile, utimes, writeFile } from "node:fs/promises"
import type { LockRecord } from "../../../shell/ownership/LockRecord.ts"
import { lockOf } from "./Folder.ts"

export const readLock = (home: string): Promise<LockRecord> =>
  readFile(lockOf(home), "utf8").then((text) => JSON.parse(text))

/** What lies in a state directory, without the copies that are kept of what was damaged. */
export const inUse = async (home: string): Promise<ReadonlyArray<string>> =>
  (await readdir(home)).filter((name) => !name.startsWith("supervisor.lock.damaged-"))

/** As many shapes as `leave` knows. */
export const shapes = 18

const owners = Array.from({ length: 4 }, (_, index) => `${index}`.repeat(36))

/** How many lay upon each other there: each was the lock of the one below it. */
export const depthOf = (shape: number): number => (shape >= 14 ? 1 : Math.min(owners.length, Math.floor(shape / 2)))

/** `dead` makes the record of an owner that is gone. */
export const leave = async (home: string, shape: number, dead: (owner: string) => LockRecord): Promise<void> => {
  const lock = lockOf(home)
  const [first = "", , , last = ""] = owners
  const write = (path: string, owner: string): Promise<void> => writeFile(path, JSON.stringify(dead(owner)))
  if (shape >= 14) {
    // A torn record, and one whose writer died before it had a name.
    await writeFile(lock, shape % 2 === 0 ? "" : JSON.stringify(dead(first)).slice(0, 50))
    if (shape < 16) return
    await writeFile(`${lock}.new-${last}`, "{")
    return utimes(`${lock}.new-${last}`, 0, 0)
  }
  // A lock, the lock of that lock's owner, and so on: as deep as a takeover goes, and nothing for the first shapes.
  let path = lock
  for (const owner of owners.slice(0, depthOf(shape))) {
    await write(path, owner)
    path = `${path}.${owner}`
  }
  if (shape >= 10) await write(`${lock}.old-${first}`, first)
  if (shape >= 12) await write(`${lock}.new-${last}`, last)
}
