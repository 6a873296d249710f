/**
 * Follows a file that a program appends to, line by line, from a byte offset that outlives this supervisor: whoever goes
 * on from the last returned offset misses no line and sees none twice. Memory is bounded by one line of `lineBytes` and
 * one chunk, whatever is printed; the program is never waited for.
 */
import { constants } from "node:fs"
import { type FileHandle, open, stat } from "node:fs/promises"
import * as Effect from "effect/Effect"
import { OutputUnreadable } from "./OutputUnreadable.ts"
import { boundaryBefore } from "./Utf8.ts"

/** Bytes of a longer line that are returned; the rest is skipped and told of at the line's end. */
export const lineBytes = 1024 * 1024

interface Lines {
  /** Complete lines without their newlines, bytes that are not UTF-8 replaced. */
  readonly lines: ReadonlyArray<string>
  /** The byte after the last newline that was returned by any call: where a later reader goes on. */
  readonly offset: number
  /** All that the file held when the call began has been read. */
  readonly isAtEnd: boolean
}

export interface Tail {
  /** Reads at most `maxBytes` more. A file that is not there yet holds nothing yet. */
  readonly read: (maxBytes: number) => Effect.Effect<Lines, OutputUnreadable>
  /**
   * The last line, which no newline ends, once; empty when there is none. It is not counted in the offset. Should the
   * program print on after all, what follows is returned as a line of its own.
   */
  readonly flush: Effect.Effect<string>
}

const newline = 0x0a

export const makeTail = (file: string, offset: number, limit = lineBytes): Tail => {
  /** The byte after the last newline, and the one after all that was read. */
  let start = offset
  let position = offset
  /** The beginning of the current line, at most `limit` bytes, and how many of the line were left out of it. */
  let kept: Array<Buffer> = []
  let keptBytes = 0
  let leftOut = 0

  const keep = (bytes: Buffer): void => {
    const some = bytes.subarray(0, limit - keptBytes)
    if (some.length > 0) kept.push(some)
    keptBytes += some.length
    leftOut += bytes.length - some.length
    // Or a line that comes a byte at a time would cost a buffer for each.
    if (kept.length > 256) kept = [Buffer.concat(kept, keptBytes)]
  }

  const take = (): string => {
    const bytes = Buffer.concat(kept, keptBytes)
    const end = leftOut === 0 ? keptBytes : boundaryBefore(bytes, keptBytes - 1)
    const text = bytes.toString("utf8", 0, end)
    const line = leftOut === 0 ? text : `${text}… ${leftOut + keptBytes - end} bytes left out`
    kept = []
    keptBytes = 0
    leftOut = 0
    return line
  }

  const split = (chunk: Buffer): ReadonlyArray<string> => {
    const lines: Array<string> = []
    let from = 0
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
      keep(chunk.subarray(from, end))
      lines.push(take())
      from = end + 1
      start = position + from
    }
    // A copy: a part would hold on to the whole chunk.
    const rest = chunk.subarray(from, from + limit - keptBytes)
    leftOut += chunk.length - from - rest.length
    keep(Buffer.from(rest))
    position += chunk.length
    return lines
  }

  const readMore = async (maxBytes: number): Promise<Lines> => {
    // Most looks find nothing new, and need not open anything.
    if ((await sizeOf(file)) <= position) return { lines: [], offset: start, isAtEnd: true }
    const handle = await openIfThere(file)
    if (handle === undefined) return { lines: [], offset: start, isAtEnd: true }
    try {
      const { size } = await handle.stat()
      const wanted = Math.min(size - position, Math.max(1, maxBytes))
      // A file that became shorter was cut by somebody else; what is gone was read.
      if (wanted <= 0) return { lines: [], offset: start, isAtEnd: true }
      const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(wanted), 0, wanted, position)
      const lines = split(buffer.subarray(0, bytesRead))
      return { lines, offset: start, isAtEnd: bytesRead === 0 || position >= size }
    } finally {
      await handle.close()
    }
  }

  // One at a time and to its end, for the state above moves with what was read.
  const permit = Effect.unsafeMakeSemaphore(1)
  const whole = <A, E>(work: Effect.Effect<A, E>) => Effect.uninterruptible(permit.withPermits(1)(work))
  return {
    read: (maxBytes) =>
      whole(
        Effect.tryPromise({
          try: () => readMore(maxBytes),
          catch: (cause) => new OutputUnreadable({ operation: "read", path: file, cause })
        })
      ),
    flush: whole(Effect.sync(take))
  }
}

/** Zero where there is none. */
const sizeOf = async (file: string): Promise<number> => {
  try {
    return (await stat(file)).size
  } catch (cause) {
    if (isMissing(cause)) return 0
    throw cause
  }
}

const isMissing = (cause: unknown): boolean => cause instanceof Error && "code" in cause && cause.code === "ENOENT"

/** Without waiting, should something have put a pipe there. */
const openIfThere = async (file: string): Promise<FileHandle | undefined> => {
  try {
    return await open(file, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (cause) {
    if (isMissing(cause)) return undefined
    throw cause
  }
}
