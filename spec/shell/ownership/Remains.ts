/** What a supervisor that died may have left: its record, whole or torn, and those of others that died replacing it. */
import { readdir, readFile, utimes, writeFile } from "node:fs/promises"
import type { LockRecord } from "../../../shell/ownership/LockRecord.ts"
import * as LockFile from "../../../shell/ownership/LockFile.ts"
import { lockOf } from "./Folder.ts"

export const readLock = (home: string): Promise<LockRecord> =>
  readFile(lockOf(home), "utf8").then((text) => JSON.parse(text))

/** What lies in a state directory, without the copies that are kept of what was damaged. */
export const inUse = async (home: string): Promise<ReadonlyArray<string>> =>
  (await readdir(home)).filter((name) => !name.startsWith("supervisor.lock.damaged-"))

/** As many shapes as `leave` knows: chains of up to six, with more beside the longest, and damaged ones. */
export const shapes = 18

const [first, last] = ["0".repeat(36), "3".repeat(36)]

/** How many lay upon each other there: each would take away the one below it. */
const depthOf = (shape: number): number => (shape >= 14 ? 1 : Math.floor(shape / 2))

/** A lock, the claim upon it, the claim upon that one, and so on, each of an owner that died over the one before. */
export const leaveChain = async (
  home: string,
  count: number,
  recordOf: (owner: string) => LockRecord
): Promise<void> => {
  let path = lockOf(home)
  for (let index = 0; index < count; index++) {
    const record = recordOf(index.toString(16).repeat(36))
    await writeFile(path, JSON.stringify(record))
    path = LockFile.claimOf(lockOf(home), path, { _tag: "Held", record, text: "" })
  }
}

/** `dead` makes the record of an owner that is gone. */
export const leave = async (home: string, shape: number, dead: (owner: string) => LockRecord): Promise<void> => {
  const lock = lockOf(home)
  const write = (path: string, owner: string): Promise<void> => writeFile(path, JSON.stringify(dead(owner)))
  if (shape >= 14) {
    // A torn record, and one whose writer died before it had a name.
    await writeFile(lock, shape % 2 === 0 ? "" : JSON.stringify(dead(first)).slice(0, 50))
    if (shape < 16) return
    await writeFile(`${lock}.new-${last}`, "{")
    return utimes(`${lock}.new-${last}`, 0, 0)
  }
  await leaveChain(home, depthOf(shape), dead)
  if (shape >= 10) await write(`${lock}.old-${first}`, first)
  if (shape >= 12) await write(`${lock}.new-${last}`, last)
}
