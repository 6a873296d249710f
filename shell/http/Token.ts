/**
 * What a client that does not come over the socket must know: a file of the state directory that its owner alone can read.
 * It is made once, and stays until somebody removes it.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto"
import { open, rename, rm, stat } from "node:fs/promises"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as SmallFile from "../process/SmallFile.ts"

/** It can not be read or made, or others can read it. */
export class TokenUnusable extends Data.TaggedError("TokenUnusable")<{
  readonly path: string
  readonly cause: unknown
}> {
  override get message(): string {
    return `the token ${this.path} can not be used: ${this.cause instanceof Error ? this.cause.message : String(this.cause)}`
  }
}

/** Of randomness; 256 bits can not be guessed. */
const bytes = 32
const form = /^[\w-]{43}$/

/** It has its name when it is whole: one that was killed over it must not leave a token that is none. */
const create = async (path: string): Promise<void> => {
  const fresh = `${path}.${process.pid}.new`
  await rm(fresh, { force: true })
  const file = await open(fresh, "wx", 0o600)
  try {
    await file.writeFile(`${randomBytes(bytes).toString("base64url")}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(fresh, path)
}

export const ensure = (path: string): Effect.Effect<string, TokenUnusable> =>
  Effect.tryPromise({
    try: async () => {
      if (SmallFile.read(path) === undefined) await create(path)
      const text = (SmallFile.read(path) ?? "").trim()
      if (!form.test(text)) throw new Error("it is not one of drover's; remove it, and a new one is made")
      if (((await stat(path)).mode & 0o077) !== 0)
        throw new Error("others can read it; remove it, and a new one is made")
      return text
    },
    catch: (cause) => new TokenUnusable({ path, cause })
  })

const digest = (text: string): Buffer => createHash("sha256").update(text).digest()

/** In a time that tells nothing about how much of it is right. */
export const isSame = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other))
