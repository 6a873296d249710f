/**
 * What a system must offer so that processes can be known and signalled: `/proc` (ProcFs) or `ps` (Ps).
 */
import { isAlive, type ProcessEntry } from "./ProcessTable.ts"

export type Signal = "SIGINT" | "SIGTERM" | "SIGCONT" | "SIGKILL"

/** Alone, or with all of the group that it leads. */
export type Target = "process" | "group"

export interface Looked {
  readonly pgid: number
  readonly startTime: string
  readonly state: string
}

export interface TableReader {
  /** Every process; rejects when the whole can not be had, since a part of it would say "absent" of the rest. */
  readonly read: () => Promise<ReadonlyArray<ProcessEntry>>
  /** What is under that pid, a zombie too; undefined for nothing. With `/proc` it looks before it returns. */
  readonly look: (pid: number) => Promise<Looked | undefined>
  /** Signals that very process, looked at once more just before; false when it is another by now, gone or not ours. */
  readonly signal: (process: ProcessEntry, signal: Signal, target: Target) => Promise<boolean>
}

/** `kill`, false instead of an error: gone (ESRCH), or somebody else's (EPERM), which a later look will show. */
const kill = (pid: number, signal: Signal): boolean => {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}

/** The second half of `signal`: `now` is what is under the pid at this very moment. */
export const killIfSame = (process: ProcessEntry, now: Looked | undefined, signal: Signal, target: Target): boolean => {
  if (now === undefined || now.startTime !== process.startTime || !isAlive(now)) return false
  if (target === "process") return kill(process.pid, signal)
  return now.pgid === process.pid && kill(-process.pid, signal)
}
