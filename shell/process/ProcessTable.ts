/**
 * One look at every process of this machine, indexed so that any number of attempts can be answered from it.
 */
import * as Data from "effect/Data"
import type { ProcessIdentity } from "../../core/execution/Process.ts"

/** The variable by which everything that an attempt starts can be found again. */
export const markerVariable = "DROVER_ATTEMPT"

/** The longest marker that is looked at; ours are far shorter, and a foreign value must not cost time. */
export const markerLength = 200

export interface ProcessEntry {
  readonly pid: number
  readonly ppid: number
  readonly pgid: number
  /** 0 where the system does not tell. */
  readonly sid: number
  /** A decimal number: ticks since boot (Linux) or epoch seconds (ps). */
  readonly startTime: string
  /** The first letter that ps shows. */
  readonly state: string
  /** The value of DROVER_ATTEMPT, null where there is none or where we may not look. */
  readonly marker: string | null
  /** Processor time of it and of its children that it has waited for, milliseconds; left out where nobody tells. */
  readonly cpuMs?: number
}

export interface ProcessTable {
  readonly host: string
  readonly bootId: string
  /** The pid of the supervisor that looked. */
  readonly self: number
  /** Everything found, zombies included. */
  readonly processes: ReadonlyArray<ProcessEntry>
  readonly byPid: ReadonlyMap<number, ProcessEntry>
  readonly byParent: ReadonlyMap<number, ReadonlyArray<ProcessEntry>>
  readonly byGroup: ReadonlyMap<number, ReadonlyArray<ProcessEntry>>
  readonly bySession: ReadonlyMap<number, ReadonlyArray<ProcessEntry>>
  /** By the very marker: those of an attempt's runs (`<attempt>.v1`) are others. */
  readonly byMarker: ReadonlyMap<string, ReadonlyArray<ProcessEntry>>
}

/** The table could not be read, or not wholly: nothing follows about any process, least of all that it is gone. */
export class ProcessTableUnreadable extends Data.TaggedError("ProcessTableUnreadable")<{
  readonly operation: string
  readonly cause: unknown
}> {
  override get message(): string {
    return `the process table can not be read: ${this.operation}: ${String(this.cause)}`
  }
}

/** A zombie runs nothing and only waits for its parent to look. */
export const isAlive = (entry: { readonly state: string }): boolean => !/^[ZXx]/.test(entry.state)

export const identityOf = (table: ProcessTable, entry: ProcessEntry): ProcessIdentity => ({
  host: table.host,
  pid: entry.pid,
  startTime: entry.startTime,
  bootId: table.bootId
})

/** The process of that identity, dead or alive, if the table holds it; a pid that was used again is not it. */
export const find = (table: ProcessTable, identity: ProcessIdentity): ProcessEntry | undefined => {
  const entry = table.byPid.get(identity.pid)
  return entry?.startTime === identity.startTime && table.bootId === identity.bootId && table.host === identity.host
    ? entry
    : undefined
}

/** The process of that identity, if it still runs. */
export const findAlive = (table: ProcessTable, identity: ProcessIdentity): ProcessEntry | undefined => {
  const entry = find(table, identity)
  return entry !== undefined && isAlive(entry) ? entry : undefined
}

const add = <K>(index: Map<K, Array<ProcessEntry>>, key: K, entry: ProcessEntry): void => {
  const entries = index.get(key)
  if (entries === undefined) index.set(key, [entry])
  else entries.push(entry)
}

/** Builds the indexes over what a reader found; of two entries with one pid the first stays. */
export const make = (seen: {
  readonly host: string
  readonly bootId: string
  readonly self: number
  readonly processes: Iterable<ProcessEntry>
}): ProcessTable => {
  const byPid = new Map<number, ProcessEntry>()
  const byParent = new Map<number, Array<ProcessEntry>>()
  const byGroup = new Map<number, Array<ProcessEntry>>()
  const bySession = new Map<number, Array<ProcessEntry>>()
  const byMarker = new Map<string, Array<ProcessEntry>>()
  for (const entry of seen.processes) {
    if (byPid.has(entry.pid)) continue
    byPid.set(entry.pid, entry)
    add(byParent, entry.ppid, entry)
    add(byGroup, entry.pgid, entry)
    if (entry.sid > 0) add(bySession, entry.sid, entry)
    if (entry.marker !== null) add(byMarker, entry.marker, entry)
  }
  return { ...seen, processes: [...byPid.values()], byPid, byParent, byGroup, bySession, byMarker }
}
