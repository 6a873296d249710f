/** Whether a process lives, by its number alone: of one that a spec has just seen. */
import { existsSync, readFileSync } from "node:fs"

/** A zombie that nobody has reaped yet is dead; without /proc nothing tells it, and it soon is. */
const isZombie = (pid: number): boolean =>
  existsSync(`/proc/${pid}/stat`) && /\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"))
export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return !isZombie(pid)
  } catch {
    return false
  }
}
