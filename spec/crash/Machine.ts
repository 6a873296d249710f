/**
 * A look at the machine's processes by other eyes than drover's own: what still lives of a batch, and the end of it.
 */
import { readdirSync, readFileSync, readlinkSync } from "node:fs"

export interface Alive {
  readonly pid: number
  readonly why: string
  readonly command: string
}

const orNull = (look: () => string): string | null => {
  try {
    return look()
  } catch {
    // Gone, or not ours to look at.
    return null
  }
}

/** Start time in ticks since boot, or null for one that is gone or a zombie (proc_pid_stat(5), fields 3 and 22). */
export const bornAt = (pid: number): string | null => {
  const stat = orNull(() => readFileSync(`/proc/${pid}/stat`, "utf8"))
  const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ")
  const state = fields?.[0]
  return state === undefined || state === "Z" || state === "X" ? null : (fields?.[19] ?? null)
}

/** Processes that carry a marker, work below `root`, or were told of it; `except` are the spec's own. */
export const belonging = (
  root: string,
  isMarker: (marker: string) => boolean,
  except: ReadonlySet<number>
): ReadonlyArray<Alive> => {
  const pids = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
  return pids.flatMap((pid): ReadonlyArray<Alive> => {
    if (except.has(pid) || bornAt(pid) === null) return []
    const command = orNull(() => readFileSync(`/proc/${pid}/cmdline`, "utf8"))?.replaceAll("\0", " ") ?? ""
    const environment = orNull(() => readFileSync(`/proc/${pid}/environ`, "utf8")) ?? ""
    const marker = /(?:^|\0)DROVER_ATTEMPT=([^\0]*)/.exec(environment)?.[1]
    const cwd = orNull(() => readlinkSync(`/proc/${pid}/cwd`)) ?? ""
    const tell = (why: string): ReadonlyArray<Alive> => [{ pid, why, command }]
    if (marker !== undefined && isMarker(marker)) return tell(`marker ${marker}`)
    if (cwd === root || cwd.startsWith(`${root}/`)) return tell(`works in ${cwd}`)
    return command.includes(root) ? tell("was told of the batch") : []
  })
}

/** KILL for exactly that process; a pid that is another's by now is left alone. */
export const end = (pid: number, born: string): void => {
  if (bornAt(pid) !== born) return
  try {
    process.kill(pid, "SIGKILL")
  } catch {
    // It was quicker.
  }
}
