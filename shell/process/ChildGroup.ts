/** The process group that a child of ours leads. */
import type { ChildProcess } from "node:child_process"

/** Signals all of it, as long as its leader is not reaped. */
export const endGroup = ({ exitCode, pid, signalCode }: ChildProcess, signal: "SIGKILL" | "SIGTERM"): void => {
  // Once it is reaped its number may be somebody else's.
  if (pid === undefined || exitCode !== null || signalCode !== null) return
  try {
    process.kill(-pid, signal)
  } catch {
    // It has ended by itself just now: macOS does not let a zombie be signalled.
  }
}
