/**
 * One row of `drover doctor`: what was looked at, how it is, and what to do where something is wrong.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import { oneLine } from "../Text.ts"

/** `advisory`: it works as far as is known, and a person had better look; `skipped`: it does not matter here. */
export type Status = "pass" | "advisory" | "fail" | "skipped"

export interface Check {
  readonly name: string
  readonly status: Status
  readonly text: string
  /** What to do about it; null where nothing is wrong. */
  readonly remedy: string | null
}

const row =
  (status: Status) =>
  (name: string, text: string, remedy: string): Check => ({ name, status, text, remedy })

export const good = (name: string, text: string): Check => ({ name, status: "pass", text, remedy: null })

export const bad = row("fail")
export const advisory = row("advisory")
export const skipped = row("skipped")

/** For programs; a row that passes has no remedy. */
export const toJson = ({ name, remedy, status, text }: Check) => ({
  name,
  status,
  text,
  ...(remedy === null ? {} : { remedy })
})

/** Longer than everything that is looked at has by itself. */
const limit = "20 seconds"

const tags: ReadonlySet<unknown> = new Set(["StoreUnavailable", "NewerSchema", "MalformedRow"])

/** The store's own row says what is the matter with it, once for all. */
const isOfStore = (error: unknown): boolean =>
  typeof error === "object" && error !== null && "_tag" in error && tags.has(error._tag)

/** A look at one thing. One that fails, breaks or does not end is a row that fails, and no other look knows of it. */
export const look = <E, R>(
  name: string,
  effect: Effect.Effect<Check | ReadonlyArray<Check>, E, R>
): Effect.Effect<ReadonlyArray<Check>, never, R> =>
  effect.pipe(
    Effect.map((found) => ("name" in found ? [found] : found)),
    Effect.timeoutFail({ duration: limit, onTimeout: () => new Error(`nothing was found out within ${limit}`) }),
    Effect.catchAllCause((cause) => {
      const error = Cause.squash(cause)
      if (isOfStore(error)) {
        return Effect.succeed([skipped(name, "not known: the store can not be read", "see the row of the store")])
      }
      const said = error instanceof Error && error.message !== "" ? error.message : String(error)
      return Effect.succeed([bad(name, `could not be looked at: ${oneLine(said)}`, "see the message, or report this")])
    })
  )
