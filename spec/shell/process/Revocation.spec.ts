/** Start tokens under SIGKILL: a program that revokes them is killed at random moments. */
import { it } from "@effect/vitest"
import { build } from "esbuild"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdir, readdir } from "node:fs/promises"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import fc from "fast-check"
import { expect } from "vitest"
import * as StartToken from "../../../shell/process/StartToken.ts"
import { folder } from "./World.ts"

const bundled = async (directory: string): Promise<string> => {
  const outfile = join(directory, "KilledRevoker.cjs")
  const entryPoints = [join(import.meta.dirname, "KilledRevoker.ts")]
  await build({ entryPoints, bundle: true, platform: "node", target: "node20", outfile, logLevel: "error" })
  return outfile
}

/** Runs the revoker until it is killed, some milliseconds after its first token. */
const killed = async (script: string, root: string, after: number): Promise<void> => {
  const child = spawn(process.execPath, [script, root], { stdio: ["ignore", "pipe", "inherit"] })
  const ended = once(child, "exit")
  await once(child.stdout, "data")
  await new Promise((resolve) => setTimeout(resolve, after))
  child.kill("SIGKILL")
  await ended
}

it.scopedLive(
  "EXE-12 whoever is killed while it revokes a token leaves it free or revoked, and never one that looks taken",
  () =>
    Effect.gen(function* () {
      const directory = yield* folder
      const script = yield* Effect.promise(() => bundled(directory))
      let revoked = 0
      for (const [nth, after] of fc.sample(fc.integer({ min: 0, max: 20 }), 20).entries()) {
        const root = join(directory, String(nth))
        yield* Effect.promise(() => mkdir(root))
        yield* Effect.promise(() => killed(script, root, after))
        for (const name of yield* Effect.promise(() => readdir(root))) {
          const state = yield* StartToken.read(join(root, name))
          expect(state).not.toBe("taken")
          if (state === "revoked") revoked++
        }
      }
      expect(revoked).toBeGreaterThanOrEqual(20)
    })
)
