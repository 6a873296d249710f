/**
 * What is kept of a program's output, however much there is: its head and its tail, as text, within a number of bytes.
 */
import { constants } from "node:fs"
import { type FileHandle, open, rename, rm, writeFile } from "node:fs/promises"
import * as Effect from "effect/Effect"
import { OutputUnreadable } from "../sensors/OutputUnreadable.ts"
import { boundaryAfter, boundaryBefore } from "../sensors/Utf8.ts"

/** Bytes that are kept when nothing else is said. */
const defaultLimitBytes = 64 * 1024

/** A file is rewritten only when that saves more than it costs. */
const worthShrinking = 4

/** Bytes of U+FFFD, which stands for each byte that is not UTF-8. */
const replacementBytes = 3

const attempting = <A>(operation: string, path: string, work: () => Promise<A>): Effect.Effect<A, OutputUnreadable> =>
  Effect.tryPromise({ try: work, catch: (cause) => new OutputUnreadable({ operation, path, cause }) })

/**
 * The text of a file: all of it when that is at most `limitBytes` of UTF-8, else its first and last part with a line
 * between them that says how many bytes were left out, the three together within the limit. Bytes that are not UTF-8
 * are replaced. A file that is not there holds nothing.
 */
export const readBounded = (file: string, limitBytes = defaultLimitBytes): Effect.Effect<string, OutputUnreadable> =>
  attempting("read", file, async () => (await using(file, (handle) => excerpt(handle, limitBytes))) ?? "")

/**
 * Rewrites a file that is larger than four times the limit to what `readBounded` gives of it; a reader sees the old file
 * or the new one. What a program that still has it open prints after that is lost.
 */
export const shrink = (file: string, limitBytes: number): Effect.Effect<void, OutputUnreadable> =>
  attempting("shrink", file, async () => {
    const text = await using(file, async (handle) => {
      const { size } = await handle.stat()
      return size > worthShrinking * limitBytes ? excerpt(handle, limitBytes) : undefined
    })
    if (text === undefined) return
    const whole = `${file}.shrunk`
    try {
      await writeFile(whole, text, { mode: 0o600 })
      await rename(whole, file)
    } catch (cause) {
      await rm(whole, { force: true })
      throw cause
    }
  })

/** Undefined when there is no such file. Opened without waiting, should something have put a pipe there. */
const using = async <A>(file: string, read: (handle: FileHandle) => Promise<A>): Promise<A | undefined> => {
  let handle: FileHandle
  try {
    handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined
    throw cause
  }
  try {
    return await read(handle)
  } finally {
    await handle.close()
  }
}

const excerpt = async (handle: FileHandle, limitBytes: number): Promise<string> => {
  const { size } = await handle.stat()
  if (size <= limitBytes) {
    const text = (await slice(handle, 0, size)).toString("utf8")
    if (Buffer.byteLength(text) <= limitBytes) return text
  }
  // As long as the line can be: no more is left out than there is.
  const room = Math.max(0, limitBytes - Buffer.byteLength(marker(size)))
  const head = await part(handle, 0, Math.ceil(room / 2), "head")
  const tail = await part(handle, size, Math.floor(room / 2), "tail")
  return `${head.text}${marker(size - head.bytes - tail.bytes)}${tail.text}`
}

const marker = (bytes: number): string => `\n… ${bytes} bytes left out …\n`

interface Part {
  readonly text: string
  /** Bytes of the file that the text stands for. */
  readonly bytes: number
}

/** Text of at most `room` bytes that begins (head) or ends (tail) at a position of the file. */
const part = async (handle: FileHandle, at: number, room: number, side: "head" | "tail"): Promise<Part> => {
  const decoded = (bytes: Buffer): Part => {
    const some =
      side === "head"
        ? bytes.subarray(0, bytes.length === 0 ? 0 : boundaryBefore(bytes, bytes.length - 1))
        : bytes.subarray(boundaryAfter(bytes, 0))
    return { text: some.toString("utf8"), bytes: some.length }
  }
  const bytes = await slice(handle, side === "head" ? at : Math.max(0, at - room), room)
  const whole = decoded(bytes)
  if (Buffer.byteLength(whole.text) <= room) return whole
  // Not text: every byte may need a replacement.
  const few = Math.floor(room / replacementBytes)
  return decoded(side === "head" ? bytes.subarray(0, few) : bytes.subarray(bytes.length - few))
}

/** Fewer bytes when the file ends before. */
const slice = async (handle: FileHandle, position: number, length: number): Promise<Buffer> => {
  const buffer = Buffer.allocUnsafe(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, position + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return buffer.subarray(0, filled)
}
