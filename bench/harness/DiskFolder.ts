/** A folder of a run's own on the disk under test; a folder in memory is refused, since nothing there is ever synced. */
import { mkdtemp, rm } from "node:fs/promises"
import { join, resolve } from "node:path"
import * as Machine from "./Machine.ts"

/** The exit status: 0 where `use` says that all is well, 1 where it does not, 2 where no folder can be had there. */
export const within = async (
  where: string,
  name: string,
  use: (folder: string) => Promise<boolean>
): Promise<number> => {
  const directory = resolve(where)
  if (Machine.fileSystemOf(directory) === "tmpfs") {
    console.error(`${directory} is in memory, where nothing is ever synced: name a folder on a disk by --dir`)
    return 2
  }
  const folder = await mkdtemp(join(directory, `${name}-`))
  try {
    return (await use(folder)) ? 0 : 1
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
