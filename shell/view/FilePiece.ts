/** Bytes of a file that an agent can reach, read from where they are: a file of a gigabyte costs no more than is asked of it. */
import { constants } from "node:fs"
import { open } from "node:fs/promises"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"

export const newline = 0x0a

/** The file is there, and can not be read. */
export class OutputUnreadable extends Data.TaggedError("OutputUnreadable")<{
  readonly file: string
  readonly cause: unknown
}> {
  override get message(): string {
    return `${this.file} can not be read: ${this.cause instanceof Error ? this.cause.message : String(this.cause)}`
  }
}

export interface Piece {
  readonly bytes: Buffer
  /** Of the whole file. */
  readonly size: number
  readonly isThere: boolean
}

const nothing: Piece = { bytes: Buffer.alloc(0), size: 0, isThere: false }

/** The bytes that `choose` asks for, given the size of the file; none of a file that is not there. */
export const piece = (file: string, choose: (size: number) => { readonly from: number; readonly length: number }) =>
  Effect.tryPromise({
    try: async (): Promise<Piece> => {
      // The agent can reach it: a pipe in its place would be waited for, on one of the few threads that read files.
      const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK).catch(
        (cause: NodeJS.ErrnoException) => {
          if (cause.code === "ENOENT") return null
          throw cause
        }
      )
      if (handle === null) return nothing
      try {
        const about = await handle.stat()
        if (!about.isFile()) throw new Error("it is no plain file")
        const { size } = about
        const { from, length } = choose(size)
        const buffer = Buffer.alloc(Math.max(0, Math.min(length, size - from)))
        let filled = 0
        while (filled < buffer.length) {
          const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, from + filled)
          if (bytesRead === 0) break
          filled += bytesRead
        }
        return { bytes: buffer.subarray(0, filled), size, isThere: true }
      } finally {
        await handle.close()
      }
    },
    catch: (cause) => new OutputUnreadable({ file, cause })
  })
