/**
 * What `df -P PATH` prints: the POSIX format, a heading and one line for the filesystem that holds the path.
 */

export interface DiskFree {
  readonly source: string
  readonly mountPoint: string
}

/** A source may have blanks in it (`map auto_home`), a mount point too; between them are numbers, or `-` for none. */
const row = /^(.*?) +(?:\d+|-) +(?:-?\d+|-) +(?:-?\d+|-) +(?:\d+%|-) +(\/.*)$/

/** Null for anything but one filesystem: then nothing is known. */
export const parse = (text: string): DiskFree | null => {
  const [, line = "", ...more] = text.split("\n").filter((found) => found.trim() !== "")
  const found = more.length > 0 ? null : row.exec(line)
  if (found === null) return null
  const [, source = "", mountPoint = ""] = found
  return { source, mountPoint }
}
