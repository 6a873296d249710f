/**
 * Who has started this process: the agent's program that runs a hook, and those that it was started by. A few small files
 * of `/proc`, read at once, for a program that lives for milliseconds; where there is no `/proc` nobody is known.
 */
import { readFileSync } from "node:fs"
import { hostname } from "node:os"
import * as Option from "effect/Option"
import type { ProcessIdentity } from "../../core/execution/Process.ts"
import { parse } from "./ProcStat.ts"

interface Ancestor {
  readonly identity: ProcessIdentity
  /** The name that the kernel has for it. */
  readonly name: string
}

/** More would be a circle. */
const most = 64

/** What stands between an agent's program and its hook. */
const between = new Set(["sh", "bash", "dash", "zsh", "ash", "ksh", "fish", "busybox", "env", "timeout", "hook"])

const read = (path: string): string | null => {
  try {
    return readFileSync(path, "latin1")
  } catch {
    // It has ended meanwhile, or there is no such file here.
    return null
  }
}

const ancestors = (): ReadonlyArray<Ancestor> => {
  const bootId = read("/proc/sys/kernel/random/boot_id")?.trim() ?? ""
  const host = hostname()
  const found: Array<Ancestor> = []
  if (bootId === "" || host === "") return found
  for (let pid = process.ppid; pid > 1 && found.length < most;) {
    const text = read(`/proc/${pid}/stat`)
    const stat = text === null ? null : Option.getOrNull(parse(text))
    if (text === null || stat === null) break
    const name = text.slice(text.indexOf("(") + 1, text.lastIndexOf(")"))
    found.push({ name, identity: { host, pid, startTime: stat.startTime, bootId } })
    pid = stat.ppid
  }
  return found
}

export interface Ancestry {
  /** The agent's program; null where nobody is known. */
  readonly agent: ProcessIdentity | null
  /** Those above it, the nearest first. */
  readonly above: ReadonlyArray<ProcessIdentity>
}

export const look = (): Ancestry => {
  const all = ancestors()
  const first = all.findIndex(({ name }) => !between.has(name))
  const [agent = null, ...above] = first < 0 ? [] : all.slice(first).map(({ identity }) => identity)
  return { agent, above }
}

/** Whether that process is proved to be gone from this machine. */
export const isGone = (identity: ProcessIdentity): boolean => {
  if (identity.host !== hostname()) return false
  const bootId = read("/proc/sys/kernel/random/boot_id")?.trim() ?? ""
  if (bootId === "") return false
  if (bootId !== identity.bootId) return true
  const text = read(`/proc/${identity.pid}/stat`)
  const stat = text === null ? null : Option.getOrNull(parse(text))
  // A process that can not be read is no proof: one that is not there is.
  return stat === null ? read("/proc/self/stat") !== null : stat.startTime !== identity.startTime
}
