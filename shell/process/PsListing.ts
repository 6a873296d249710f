/**
 * What `ps` prints, as process entries, for systems without `/proc`: total parsers that refuse what they do not
 * understand, since a line skipped would be a process called absent.
 */
import * as Either from "effect/Either"
import { markerLength, markerVariable, type ProcessEntry } from "./ProcessTable.ts"

/** The columns of the listing that `parse` reads, and of the one that shows environments. */
export const columns = "pid=,ppid=,pgid=,sess=,lstart=,state=,command="
export const environmentColumns = "pid=,lstart=,command="

const lstart = String.raw`[A-Za-z]{3} ([A-Za-z]{3}) +(\d{1,2}) (\d{2}):(\d{2}):(\d{2}) (\d{4})`
const entryLine = new RegExp(String.raw`^ *(\d{1,10}) +(\d{1,10}) +(\d{1,10}) +(\S+) +${lstart} +(\S+)(?: +(.*))?$`)
const environmentLine = new RegExp(String.raw`^ *(\d{1,10}) +${lstart}(?: +(.*))?$`)
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

/** `lstart` of a ps that runs with LC_ALL=C and TZ=UTC, as epoch seconds; undefined when it is no date. */
const seconds = (parts: ReadonlyArray<string | undefined>): string | undefined => {
  const [month, day, hour, minute, second, year] = parts
  const index = months.indexOf(month ?? "")
  const at = Date.UTC(Number(year), index, Number(day), Number(hour), Number(minute), Number(second)) / 1000
  return index < 0 || Number.isNaN(at) || at < 0 ? undefined : String(at)
}

const lines = (text: string): ReadonlyArray<string> => text.split("\n").filter((line) => line.trim() !== "")

/** What stands behind each command in the listing that shows environments, by pid and start. */
const environments = (text: string): ReadonlyMap<string, string> => {
  const found = new Map<string, string>()
  for (const line of lines(text)) {
    const match = environmentLine.exec(line)
    const startTime = match === null ? undefined : seconds(match.slice(2, 8))
    if (match !== null && startTime !== undefined) found.set(`${match[1]} ${startTime}`, match[8] ?? "")
  }
  return found
}

const assignment = new RegExp(String.raw`(?:^| )${markerVariable}=(\S+)`)

/** Only what follows the command is its environment: an argument that reads like the variable marks nothing. */
const markerOf = (command: string, withEnvironment: string | undefined): string | null => {
  if (withEnvironment?.startsWith(command) !== true) return null
  const marker = assignment.exec(withEnvironment.slice(command.length))?.[1] ?? null
  return marker === null || marker.length > markerLength ? null : marker
}

/** Left: the first line that is not understood. `sess` is an address on some systems, which is told as session 0. */
export const parse = (
  listing: string,
  environmentListing: string
): Either.Either<ReadonlyArray<ProcessEntry>, string> => {
  const found: Array<ProcessEntry> = []
  const byProcess = environments(environmentListing)
  for (const line of lines(listing)) {
    const match = entryLine.exec(line)
    const startTime = match === null ? undefined : seconds(match.slice(5, 11))
    if (match === null || startTime === undefined) return Either.left(line)
    found.push({
      pid: Number(match[1]),
      ppid: Number(match[2]),
      pgid: Number(match[3]),
      sid: /^\d{1,10}$/.test(match[4] ?? "") ? Number(match[4]) : 0,
      startTime,
      state: (match[11] ?? "?").slice(0, 1),
      marker: markerOf(match[12] ?? "", byProcess.get(`${match[1]} ${startTime}`))
    })
  }
  return Either.right(found)
}

/** A boot's id from `sysctl -n kern.boottime`, `{ sec = 1763640000, usec = 12345 } Thu …`: its second. */
export const parseBootTime = (text: string): Either.Either<string, string> => {
  const second = /\bsec = (\d{1,15})\b/.exec(text)?.[1]
  return second === undefined ? Either.left(text) : Either.right(second)
}
