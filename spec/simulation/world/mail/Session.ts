/** A long-lived session of a person, as it really is: whatever drover believes of it. */
import type { ProcessIdentity } from "../../../../core/execution/Process.ts"
import type { Machine } from "../../../../shell/process/Machine.ts"
import type { Ancestry } from "../../../../shell/process/Ancestry.ts"
import type { Dice } from "../../../core/tick/simulation/Dice.ts"

/** Roles that sessions hold. */
export const roles = ["builder", "reviewer", "writer"] as const

/** A role that tasks name and nobody ever holds. */
export const heldByNobody = "nobody"

export interface Session {
  readonly id: string
  readonly role: string
  readonly cwd: string
  readonly dice: Dice
  readonly machine: Machine
  readonly process: ProcessIdentity
  /** The session in which a tool started this one. */
  readonly parent: Session | null
  isOver: boolean
  /** The hook of its beginning ran to its end: drover knows that it began. */
  isKnown: boolean
  /** Between a prompt, or what a stop gave it, and the end of what followed. */
  isInTurn: boolean
  /** Deliveries since a person spoke to it. */
  chain: number
  /** When a person last spoke to it, by the clock on the wall. */
  spokenAt: number | null
  /** Drover did not hear in time that a person spoke to it. */
  isUnheard: boolean
  /** What it was shown last: when that was taken by the clock on the wall, and how many answers had led to it. */
  shown: { readonly at: number; readonly hop: number } | null
  /** The delivery that it works by, until its next stop. */
  delivery: number | null
  /** The task that it works at, until its next stop. */
  work: { readonly task: number; readonly directory: string } | null
}

/** It is there, and so is its process. */
export const lives = ({ isOver, machine, process: { pid } }: Session, now: Machine): boolean =>
  !isOver && machine === now && machine.processes.some((entry) => entry.pid === pid)

/** What a hook of it finds above itself. */
export const ancestry = ({ machine, process }: Session): Ancestry => {
  const entries = new Map(machine.processes.map((entry) => [entry.pid, entry]))
  const above: Array<ProcessIdentity> = []
  const { bootId, host } = machine
  let pid = entries.get(process.pid)?.ppid ?? 1
  for (let entry = entries.get(pid); entry !== undefined && pid > 1; entry = entries.get(pid)) {
    above.push({ host, pid, startTime: entry.startTime, bootId })
    pid = entry.ppid
  }
  return { agent: process, above }
}

/** Whether that process is proved to be gone, as a hook on that machine sees it. */
export const isGone = ({ bootId, host, pid, startTime }: ProcessIdentity, machine: Machine): boolean => {
  if (host !== machine.host) return false
  return bootId !== machine.bootId || machine.processes.find((entry) => entry.pid === pid)?.startTime !== startTime
}
