/** What a disk takes to keep a kilobyte: nothing that is durable is faster. */
import { closeSync, fdatasyncSync, openSync, writeSync } from "node:fs"
import { join } from "node:path"
import { median } from "../harness/Statistics.ts"

/** Milliseconds at the median for the fdatasync after an append of 1 KiB, so often. */
export const fdatasyncs = (directory: string, times: number): number => {
  const file = openSync(join(directory, "fdatasync"), "w")
  const block = Buffer.alloc(1024, "x")
  const took = Array.from({ length: times }, () => {
    writeSync(file, block)
    const begun = performance.now()
    fdatasyncSync(file)
    return performance.now() - begun
  })
  closeSync(file)
  return median(took)
}
