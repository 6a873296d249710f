/**
 * The process table of Linux from `/proc`: all of it or an error, read a few files at a time off the event loop.
 */
import { close, closeSync, open, openSync, read, readFileSync, readSync } from "node:fs"
import { readdir, readFile } from "node:fs/promises"
import * as Option from "effect/Option"
import { isAlive, markerLength, markerVariable, type ProcessEntry } from "./ProcessTable.ts"
import { parse, type ProcStat } from "./ProcStat.ts"
import { killIfSame, type TableReader } from "./TableReader.ts"
import { codeOf } from "./ErrorCode.ts"

/** As many as libuv has threads for files; more would only queue, and crowd out the store's. */
const concurrency = 4

/** How often the listing is repeated for processes that came during the scan. */
const rounds = 8

const chunk = 16 * 1024

/** Longer than a line of stat can be: a name of 16 bytes and 51 numbers. */
const line = Buffer.alloc(2048)

/** The process ended while we looked, or (hidepid) it is not ours to see. */
const isGone = (cause: unknown): boolean => ["ENOENT", "ESRCH", "EACCES", "EPERM"].includes(String(codeOf(cause)))

/**
 * On the loop on purpose: the kernel answers in some microseconds without waiting for any lock of that process (unlike
 * `environ`), and nothing can come between such a look and a signal.
 */
const look = (pid: number): ProcStat | undefined => {
  let text: string
  try {
    const file = openSync(`/proc/${pid}/stat`, "r")
    try {
      text = line.toString("latin1", 0, readSync(file, line, 0, line.length, 0))
    } finally {
      closeSync(file)
    }
  } catch (cause) {
    if (isGone(cause)) return undefined
    throw cause
  }
  const stat = parse(text)
  if (Option.isNone(stat)) throw new Error(`/proc/${pid}/stat is not understood: ${JSON.stringify(text)}`)
  return stat.value ?? undefined
}

/**
 * Off the loop, since it waits for a process that is busy with its memory. Callbacks cost half of what the promises of
 * `node:fs` do, and this is most of a look. A read that comes short is at the end.
 */
const readEnvironment = (pid: number): Promise<Buffer> =>
  new Promise((succeed, fail) => {
    open(`/proc/${pid}/environ`, "r", (unopened, file) => {
      if (unopened !== null) return fail(unopened)
      const parts: Array<Buffer> = []
      const next = (): void => {
        const part = Buffer.allocUnsafe(chunk)
        read(file, part, 0, chunk, null, (unread, length) => {
          parts.push(part.subarray(0, length))
          if (unread === null && length === chunk) return next()
          close(file, () => (unread === null ? succeed(Buffer.concat(parts)) : fail(unread)))
        })
      }
      next()
    })
  })

const needle = `${markerVariable}=`

/** The value of the variable in an environment block (NUL after each entry); the first counts, as for getenv(3). */
export const markerOf = (environment: string): string | null => {
  const start = environment.startsWith(needle) ? 0 : environment.indexOf(`\0${needle}`) + 1
  if (start === 0 && !environment.startsWith(needle)) return null
  const value = start + needle.length
  const end = environment.indexOf("\0", value)
  const marker = environment.slice(value, end < 0 ? undefined : end)
  return marker === "" || marker.length > markerLength ? null : marker
}

/** null: no marker, or an environment that we may not read, which our own processes' always is not. */
const readMarker = async (pid: number): Promise<{ readonly marker: string | null; readonly empty: boolean }> => {
  try {
    const environment = await readEnvironment(pid)
    return { marker: markerOf(environment.toString("latin1")), empty: environment.length === 0 }
  } catch (cause) {
    if (isGone(cause)) return { marker: null, empty: false }
    throw cause
  }
}

const inspect = async (pid: number): Promise<ProcessEntry | undefined> => {
  const stat = look(pid)
  if (stat === undefined) return undefined
  const { kernelThread, ...seen } = stat
  if (kernelThread || !isAlive(stat)) return { ...seen, marker: null }
  let found = await readMarker(pid)
  // In the middle of an exec the environment is empty for some microseconds.
  if (found.empty) found = await readMarker(pid)
  return { ...seen, marker: found.marker }
}

const pids = async (): Promise<ReadonlyArray<number>> =>
  (await readdir("/proc")).filter((name) => /^[1-9]\d*$/.test(name)).map(Number)

const inspectAll = async (todo: ReadonlyArray<number>, found: Map<number, ProcessEntry>): Promise<void> => {
  let next = 0
  const worker = async (): Promise<void> => {
    for (let pid = todo[next++]; pid !== undefined; pid = todo[next++]) {
      const entry = await inspect(pid)
      if (entry !== undefined) found.set(pid, entry)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
}

/**
 * Lists again until a listing shows nobody new, so that a process whose parent ended while we looked is not missed.
 * On a machine that never rests the last of the rounds is taken; a stop therefore looks twice.
 */
const readTable = async (): Promise<ReadonlyArray<ProcessEntry>> => {
  const found = new Map<number, ProcessEntry>()
  const listed = new Set<number>()
  for (let round = 0; round < rounds; round++) {
    const fresh = (await pids()).filter((pid) => !listed.has(pid))
    if (fresh.length === 0) break
    fresh.forEach((pid) => listed.add(pid))
    await inspectAll(fresh, found)
  }
  // A /proc of another pid namespace would answer about other processes.
  if (!found.has(process.pid)) throw new Error("/proc does not show this very process")
  return [...found.values()]
}

export const isAvailable = (): boolean => {
  try {
    return readFileSync("/proc/self/stat", "latin1").startsWith(`${process.pid} (`)
  } catch {
    return false
  }
}

export const readBootId = async (): Promise<string> => {
  const id = (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim()
  if (id === "") throw new Error("/proc/sys/kernel/random/boot_id is empty")
  return id
}

export const reader: TableReader = {
  read: readTable,
  look: async (pid) => look(pid),
  signal: async (process, signal, target) => killIfSame(process, look(process.pid), signal, target)
}
