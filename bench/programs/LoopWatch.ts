/**
 * Not a program of its own: read by Node before a program that is measured from outside (`--import`). It watches what
 * holds up the loop of that program from the first SIGWINCH on, and at the second writes it to the file that
 * BENCH_LOOP_FILE names. That signal, because whoever does not know it is not harmed by it.
 */
import { renameSync, writeFileSync } from "node:fs"
import * as EventLoop from "../harness/EventLoop.ts"

const { BENCH_LOOP_FILE: file = "" } = process.env
let held: (() => EventLoop.Held) | null = null

process.on("SIGWINCH", () => {
  if (held === null) {
    held = EventLoop.watch()
    return
  }
  writeFileSync(`${file}.tmp`, JSON.stringify(held()))
  // Whoever waits for it finds it whole.
  renameSync(`${file}.tmp`, file)
})
