/**
 * A lock record in a file: created whole and exclusively, read totally, never written over.
 */
import { constants } from "node:fs"
import { link, open, rename, rm, unlink } from "node:fs/promises"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { LockRecord, OwnershipUnavailable } from "./Ownership.ts"

/** What lies under the path of a lock. */
export type Content =
  | { readonly _tag: "Absent" }
  | { readonly _tag: "Corrupt" }
  | { readonly _tag: "Held"; readonly record: LockRecord }

/** A record is a few hundred bytes; a file beyond this is none. */
const longestRecord = 4096

/** Owners become parts of file names: what is not one of ours is damage, not a name. */
const ownerPattern = /^[0-9a-f-]{36}$/

const decode = Schema.decodeUnknownEither(
  Schema.parseJson(LockRecord.pipe(Schema.filter(({ owner }) => ownerPattern.test(owner))))
)
const encode = Schema.encodeSync(Schema.parseJson(LockRecord))

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

/** Without waiting, should something have put a pipe there. */
const readText = async (path: string): Promise<string | undefined> => {
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const { size } = await handle.stat()
    return size > longestRecord ? undefined : await handle.readFile("utf8")
  } finally {
    await handle.close()
  }
}

export const read = (path: string): Effect.Effect<Content, OwnershipUnavailable> =>
  attempting("read", path, async (): Promise<Content> => {
    try {
      return Either.match(decode(await readText(path)), {
        onLeft: () => ({ _tag: "Corrupt" }),
        onRight: (record) => ({ _tag: "Held", record })
      })
    } catch (cause) {
      if (hasCode(cause, "ENOENT")) return { _tag: "Absent" }
      throw cause
    }
  })

/**
 * Puts the record there unless anything is there: false then. It gets its name when it is whole and on disk, so that
 * neither a reader nor a power failure ever finds a part of it.
 */
export const create = (path: string, record: LockRecord): Effect.Effect<boolean, OwnershipUnavailable> =>
  attempting("create", path, async () => {
    const temporary = `${path}.new-${record.owner}`
    try {
      await writeDurably(temporary, encode(record))
      await link(temporary, path)
      return true
    } catch (cause) {
      if (hasCode(cause, "EEXIST")) return false
      throw cause
    } finally {
      await rm(temporary, { force: true })
    }
  })

const writeDurably = async (path: string, text: string): Promise<void> => {
  const handle = await open(path, "w", 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Removes the record of that owner; what names another stays. */
export const remove = (path: string, owner: string): Effect.Effect<void, OwnershipUnavailable> =>
  Effect.flatMap(read(path), (content) =>
    content._tag === "Held" && content.record.owner === owner
      ? attempting("remove", path, () => rm(path, { force: true }))
      : Effect.void
  )

/**
 * Takes a dead owner's record away: aside first, under a name that tells whose it was, and gone only when what was moved
 * is what was meant. False when it was another's, which is put back.
 */
export const takeAway = (path: string, observed: LockRecord): Effect.Effect<boolean, OwnershipUnavailable> => {
  const aside = `${path}.old-${observed.owner}`
  return attempting("move aside", path, () => moved(path, aside)).pipe(
    Effect.zipRight(read(aside)),
    Effect.flatMap((content) => {
      if (content._tag === "Absent") return Effect.succeed(false)
      if (content._tag === "Held" && content.record.owner === observed.owner) {
        return attempting("remove", aside, () => unlink(aside)).pipe(Effect.as(true))
      }
      return attempting("put back", path, async () => {
        await link(aside, path)
        await unlink(aside)
      }).pipe(Effect.as(false))
    })
  )
}

const moved = async (from: string, to: string): Promise<void> => {
  try {
    await rename(from, to)
  } catch (cause) {
    if (!hasCode(cause, "ENOENT")) throw cause
  }
}
