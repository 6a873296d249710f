/**
 * A lock record in a file: created whole and exclusively, read totally, and never put in another's place. A heartbeat
 * writes into the very file in which it read that it is the owner's, whatever has become of its name since: of a record
 * that was taken away meanwhile it makes nothing.
 */
import { createHash } from "node:crypto"
import { constants } from "node:fs"
import { type FileHandle, link, open, rename, rm, stat } from "node:fs/promises"
import { basename } from "node:path"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import type { Lock } from "../../core/ownership/Lock.ts"
import { heldOf, LockRecord } from "./LockRecord.ts"
import { OwnershipUnavailable } from "./OwnershipError.ts"

/** What lies under the path of a lock; `text` is what was read of it. */
export type Content =
  | { readonly _tag: "Absent" }
  | { readonly _tag: "Corrupt"; readonly text: string }
  | { readonly _tag: "Held"; readonly record: LockRecord; readonly text: string }

export type Present = Exclude<Content, { readonly _tag: "Absent" }>

/** A record is a few hundred bytes; a file beyond this is none. */
const longestRecord = 4096

/** Owners become parts of file names: what is not one of ours is damage, not a name. */
const ownerPattern = /^[0-9a-f-]{36}$/

const decode = Schema.decodeUnknownEither(
  Schema.parseJson(LockRecord.pipe(Schema.filter(({ owner }) => ownerPattern.test(owner))))
)
const encode = Schema.encodeSync(Schema.parseJson(LockRecord))

/** With room for what a heartbeat will write, so that a record never grows. */
const roomy = (record: LockRecord): string => {
  const most = Number.MAX_SAFE_INTEGER
  return padded(encode(record), Buffer.byteLength(encode({ ...record, epoch: most, heartbeatAt: most })) + 1)
}

const padded = (text: string, bytes: number): string =>
  text + " ".repeat(Math.max(0, bytes - Buffer.byteLength(text) - 1)) + "\n"

const contentOf = (text: string): Present =>
  Either.match(decode(text), {
    onLeft: () => ({ _tag: "Corrupt", text }),
    onRight: (record) => ({ _tag: "Held", record, text })
  })

export const lockOf = (content: Content): Lock =>
  content._tag === "Held" ? heldOf(content.record) : { _tag: content._tag }

/** In the form of an owner, as it becomes a part of file names. */
const digest = (text: string): string => createHash("sha256").update(text, "latin1").digest("hex").slice(0, 36)

/** Tells a record from every other, in the form of an owner: by its owner, or by what a damaged one holds. */
const nameOf = (content: Present): string => (content._tag === "Held" ? content.record.owner : digest(content.text))

/** Where whoever would take away the lock of that name must have a record of its own: beside the lock. */
export const claimOn = (lock: string, name: string): string => `${lock}.${name}`

/** The same for what lies at the path, the lock or somebody's claim: no name is longer for a claim upon claims. */
export const claimOf = (lock: string, path: string, observed: Present): string =>
  claimOn(lock, path === lock ? nameOf(observed) : digest(`${basename(path)}.${nameOf(observed)}`))

const hasCode = (cause: unknown, code: string): boolean =>
  cause instanceof Error && "code" in cause && cause.code === code

const attempting = <A>(
  operation: string,
  path: string,
  work: () => Promise<A>
): Effect.Effect<A, OwnershipUnavailable> =>
  Effect.uninterruptible(
    Effect.tryPromise({ try: work, catch: (cause) => new OwnershipUnavailable({ operation, path, cause }) })
  )

const within = async <A>(path: string, flags: number | string, work: (handle: FileHandle) => Promise<A>) => {
  const handle = await open(path, flags, 0o600)
  try {
    return await work(handle)
  } finally {
    await handle.close()
  }
}

/** Of a file that is too long for a record only so much that it can be known again. */
const readText = async (handle: FileHandle): Promise<string> => {
  const about = await handle.stat()
  // A device has no end, and no size that says so.
  if (!about.isFile()) throw new Error("it is no plain file")
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(longestRecord), 0, longestRecord, 0)
  return about.size <= longestRecord
    ? buffer.toString("utf8", 0, bytesRead)
    : `${about.size}\n${buffer.toString("latin1")}`
}

/** Without waiting, should something have put a pipe there. */
const readOnly = constants.O_RDONLY | constants.O_NONBLOCK
const readWrite = constants.O_RDWR | constants.O_NONBLOCK

const readOnce = async (path: string): Promise<Content> => {
  try {
    return contentOf(await within(path, readOnly, readText))
  } catch (cause) {
    if (hasCode(cause, "ENOENT")) return { _tag: "Absent" }
    throw cause
  }
}

/** What seems damaged is read again: it may have been in the middle of a heartbeat. */
export const read = (path: string): Effect.Effect<Content, OwnershipUnavailable> =>
  attempting("read", path, async () => {
    const content = await readOnce(path)
    return content._tag === "Corrupt" ? readOnce(path) : content
  })

/**
 * Puts the record there unless anything is there: false then. It gets its name when it is whole and on disk, so that
 * neither a reader nor a power failure ever finds a part of it.
 */
export const create = (path: string, record: LockRecord): Effect.Effect<boolean, OwnershipUnavailable> =>
  attempting("create", path, async () => {
    const temporary = `${path}${newMark}${record.owner}`
    try {
      await within(temporary, "w", async (handle) => {
        await handle.writeFile(roomy(record))
        await handle.sync()
      })
      await link(temporary, path)
      return true
    } catch (cause) {
      if (hasCode(cause, "EEXIST")) return false
      throw cause
    } finally {
      await rm(temporary, { force: true })
    }
  })

const newMark = ".new-"

/**
 * Changes what the record of that owner says, in place; false when it is not there any more. It is checked and written
 * through one handle, and nothing is ever created here.
 */
export const refresh = (
  path: string,
  owner: string,
  change: Pick<LockRecord, "epoch" | "heartbeatAt">
): Effect.Effect<boolean, OwnershipUnavailable> =>
  attempting("refresh", path, async () => {
    try {
      return await within(path, readWrite, async (handle) => {
        const content = contentOf(await readText(handle))
        if (content._tag === "Corrupt" || content.record.owner !== owner) return false
        const text = padded(encode({ ...content.record, ...change }), Buffer.byteLength(content.text))
        await handle.write(text, 0, "utf8")
        return true
      })
    } catch (cause) {
      if (hasCode(cause, "ENOENT")) return false
      throw cause
    }
  })

/** Removes the record of that owner; what names another stays. For records that nothing depends on any more. */
export const remove = (path: string, owner: string): Effect.Effect<void, OwnershipUnavailable> =>
  Effect.flatMap(read(path), (content) =>
    content._tag === "Held" && content.record.owner === owner
      ? attempting("remove", path, () => rm(path, { force: true }))
      : Effect.void
  )

/** Removes what is left of a record whose writer died before it was whole; one that is younger may still be written. */
export const removeTorn = (path: string, olderThan: number): Effect.Effect<void, OwnershipUnavailable> =>
  attempting("remove", path, async () => {
    if (!path.includes(newMark)) return
    try {
      if ((await stat(path)).mtimeMs < olderThan) await rm(path, { force: true })
    } catch (cause) {
      // Its writer may just have finished with it.
      if (!hasCode(cause, "ENOENT")) throw cause
    }
  })

/** Where a record is moved to: what was an owner's is removed from there, what was damaged is kept. */
const asideOf = (path: string, observed: Present): string =>
  `${path}.${observed._tag === "Held" ? "old" : "damaged"}-${nameOf(observed)}`

/**
 * Takes a record away: aside first, under a name that tells whose it was, and gone only when what was moved is what was
 * observed, to the letter. False when it was another, or has beaten since: that is put back.
 */
export const takeAway = (path: string, observed: Present): Effect.Effect<boolean, OwnershipUnavailable> => {
  const aside = asideOf(path, observed)
  return attempting("move aside", path, async () => {
    if (!(await isMoved(path, aside))) return false
    const content = await readOnce(aside)
    if (content._tag === "Absent") return false
    if (content.text !== observed.text) {
      await putBack(aside, path)
      return false
    }
    // Whoever has the lock by now may have swept it away.
    if (observed._tag === "Held") await rm(aside, { force: true })
    return true
  })
}

const isMoved = async (from: string, to: string): Promise<boolean> => {
  try {
    await rename(from, to)
    return true
  } catch (cause) {
    if (hasCode(cause, "ENOENT")) return false
    throw cause
  }
}

/** Where somebody has taken the place meanwhile it stays theirs, and the other owner finds that it has lost. */
const putBack = async (aside: string, path: string): Promise<void> => {
  try {
    await link(aside, path)
  } catch (cause) {
    if (!hasCode(cause, "EEXIST") && !hasCode(cause, "ENOENT")) throw cause
  }
  await rm(aside, { force: true })
}
