/**
 * The program that `Revocation.spec.ts` kills: it makes folders and revokes their tokens as fast as it can, and says so
 * after the first. `node KilledRevoker.cjs FOLDER`.
 */
import { mkdirSync, writeSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as StartToken from "../../../shell/process/StartToken.ts"

const [root = "."] = process.argv.slice(2)

const revoke = (number: number): Effect.Effect<void, StartToken.StartTokenUnusable> =>
  Effect.suspend(() => {
    const directory = join(root, String(number))
    mkdirSync(directory)
    return StartToken.revoke(directory)
  }).pipe(
    Effect.tap(() => (number === 0 ? Effect.sync(() => void writeSync(1, "ready\n")) : Effect.void)),
    Effect.flatMap(() => revoke(number + 1))
  )

Effect.runFork(revoke(0))
