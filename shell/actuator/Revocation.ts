/** Takes back what must not start any more, wherever it would have its files. */
import { mkdir } from "node:fs/promises"
import * as Effect from "effect/Effect"
import * as StartToken from "../process/StartToken.ts"

/** `taken`: too late, a start happened. The folder stays, for the token in it is what counts for whoever comes late. */
export const revoke = (
  directory: string
): Effect.Effect<"revoked" | "taken", { readonly message: string } | StartToken.StartTokenUnusable> =>
  Effect.zipRight(
    Effect.tryPromise({
      try: () => mkdir(directory, { recursive: true, mode: 0o700 }),
      catch: (cause) => ({ message: `the folder ${directory} can not be made: ${String(cause)}` })
    }),
    StartToken.revoke(directory)
  )
