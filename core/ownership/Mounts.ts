/**
 * The mounted filesystems, as `/proc/mounts` (Linux) or `mount` (macOS, the BSDs) list them, in the order of mounting.
 */

export interface Mount {
  readonly source: string
  readonly point: string
  readonly fstype: string
  readonly options: ReadonlyArray<string>
}

/** Blanks, and what else would end a field, stand as three octal digits: `\040`. */
const unescape = (field: string): string =>
  field.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))

const present = <A>(value: A | null): value is A => value !== null

/** fstab(5): source, mount point, type and options, and two numbers. A line that is none is left out. */
const procLine = (line: string): Mount | null => {
  const [source = "", point = "", fstype = "", options] = line.split(/[ \t]+/).map(unescape)
  return options === undefined ? null : { source, point, fstype, options: options.split(",") }
}

/** `/dev/disk3s5 on /System/Volumes/Data (apfs, local, journaled)`. */
const listingRow = /^(.+?) on (\/.*) \(([^(),]+)(?:, ([^()]*))?\)$/

const listingLine = (line: string): Mount | null => {
  const found = listingRow.exec(line)
  if (found === null) return null
  const [, source = "", point = "", fstype = "", options = ""] = found
  return { source, point, fstype, options: options.split(", ") }
}

/** The text of `/proc/mounts`. */
export const parse = (text: string): ReadonlyArray<Mount> => text.split("\n").map(procLine).filter(present)

/** What `mount` prints on macOS and the BSDs. */
export const parseListing = (text: string): ReadonlyArray<Mount> => text.split("\n").map(listingLine).filter(present)

const holds = (point: string, path: string): boolean => point === "/" || path === point || path.startsWith(`${point}/`)

/** The mount that holds an absolute path without links: the longest mount point, and of equal ones the last. */
export const holding = (mounts: ReadonlyArray<Mount>, path: string): Mount | undefined => {
  let found: Mount | undefined
  for (const mount of mounts) {
    if (holds(mount.point, path) && mount.point.length >= (found?.point.length ?? 0)) found = mount
  }
  return found
}
