/**
 * Which processes belong to an attempt: a total function over one table. It errs on the neighbour's side: a pid that
 * was used again owns nothing, and the supervisor, its ancestors and pid 1 are in nobody's set.
 */
import type { ProcessIdentity } from "../../core/execution/Process.ts"
import { find, isAlive, type ProcessEntry, type ProcessTable } from "./ProcessTable.ts"

export interface Ownership {
  /** Owns the processes that carry exactly this marker. */
  readonly marker: string
  /** The process that was started for it; it brings in its group and its session. */
  readonly root?: ProcessIdentity | undefined
  /** Seen in this set before: still owned where they live, though their parents may be gone. */
  readonly known?: Iterable<ProcessIdentity> | undefined
}

/** Decimal numbers of any length, in order. */
const startedBefore = (a: ProcessEntry, b: ProcessEntry): boolean =>
  a.startTime.length === b.startTime.length ? a.startTime < b.startTime : a.startTime.length < b.startTime.length

/** The supervisor, all that it descends from, and pid 1. */
const untouchable = (table: ProcessTable): ReadonlySet<number> => {
  const pids = new Set<number>()
  for (let pid: number | undefined = table.self; pid !== undefined && !pids.has(pid);) {
    pids.add(pid)
    pid = table.byPid.get(pid)?.ppid
  }
  return pids.add(0).add(1)
}

/** Those who can be told by themselves: by marker, by identity, and by the group and session that the root leads. */
const direct = (table: ProcessTable, ownership: Ownership): ReadonlyArray<ProcessEntry> => {
  const found = [...(table.byMarker.get(ownership.marker) ?? [])]
  for (const identity of ownership.known ?? []) {
    const entry = find(table, identity)
    if (entry !== undefined) found.push(entry)
  }
  const root = ownership.root === undefined ? undefined : find(table, ownership.root)
  if (root !== undefined) {
    found.push(root)
    // A dead leader still names its group as long as it is a zombie. Once reaped, its number may lead another group.
    if (root.pgid === root.pid) found.push(...(table.byGroup.get(root.pid) ?? []))
    if (root.sid === root.pid) found.push(...(table.bySession.get(root.pid) ?? []))
  }
  return found
}

/** The living processes of the set, each once, in no order. */
export const ownedBy = (table: ProcessTable, ownership: Ownership): ReadonlyArray<ProcessEntry> => {
  const seen = new Set(untouchable(table))
  const owned: Array<ProcessEntry> = []
  const take = (entry: ProcessEntry): void => {
    if (seen.has(entry.pid)) return
    seen.add(entry.pid)
    owned.push(entry)
  }
  direct(table, ownership).forEach(take)
  // `owned` grows while it is walked: the descendants of descendants.
  for (const parent of owned) {
    for (const child of table.byParent.get(parent.pid) ?? []) {
      // The table is not read in one instant: a "parent" younger than its child has only taken over the pid.
      if (!startedBefore(child, parent)) take(child)
    }
  }
  return owned.filter(isAlive)
}
