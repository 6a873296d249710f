/** Waiting, for stories that are made of real time. */
import { existsSync, watch } from "node:fs"

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Does this once that has been done. */
export const after = async (before: Promise<void>, work: () => Promise<void>): Promise<void> => {
  await before
  await work()
}

/** Settles at the `count`-th change in a folder, of that file or of any, within a millisecond or so; or when it is late. */
export const changes = async (folder: string, file: string | null, count: number, latestMs: number): Promise<void> => {
  if (!existsSync(folder)) return sleep(latestMs / 4)
  await new Promise<void>((resolve) => {
    let left = count
    const watcher = watch(folder, (_, name) => {
      if (file === null || name === file) left--
      if (left === 0) watcher.close()
    })
    const timer = setTimeout(() => watcher.close(), latestMs)
    watcher.once("close", () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
