/** A supervisor in a process of its own that tries for a lock when it is told to, and says how it went. */
import { createInterface } from "node:readline"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { ownershipOf } from "./Folder.ts"

/** What a racer answers: the owner it became, or why not. */
export type Answer = { readonly owner: string } | { readonly refused: string }

const attempt = (home: string, scope: Scope.Scope): Promise<Answer> =>
  ownershipOf(home).pipe(
    Effect.flatMap(({ acquire }) => Scope.extend(acquire, scope)),
    Effect.map(({ owner }) => ({ owner })),
    Effect.catchAll((error) => Effect.succeed({ refused: "why" in error ? error.why : String(error) })),
    Effect.runPromise
  )

/** Reads `try <state directory>` and `release`; answers each with a line of JSON. Ends with its input. */
export const main = async (): Promise<void> => {
  let scope = Effect.runSync(Scope.make())
  const say = (value: unknown): boolean => process.stdout.write(`${JSON.stringify(value)}\n`)
  say("ready")
  for await (const line of createInterface({ input: process.stdin })) {
    if (line.startsWith("try ")) say(await attempt(line.slice("try ".length), scope))
    if (line !== "release") continue
    await Effect.runPromise(Scope.close(scope, Exit.void))
    scope = Effect.runSync(Scope.make())
    say("released")
  }
}
