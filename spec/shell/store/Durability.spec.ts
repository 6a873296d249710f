/** The store under SIGKILL: a program that writes is killed at random moments, again and again on the same file. */
import { it } from "@effect/vitest"
import { build } from "esbuild"
import { spawn } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import fc from "fast-check"
import { describe, expect } from "vitest"
import { layer } from "../../../shell/store/SqlStore.ts"
import { Store } from "../../../shell/store/Store.ts"
import { contradictions, everything, existing, folder } from "./World.ts"

const root = join(import.meta.dirname, "../../..")

/** The writer as one program; beside node_modules, where it finds the driver. */
const program = Effect.gen(function* () {
  const directory = yield* Effect.acquireRelease(
    Effect.promise(() => mkdtemp(join(root, "node_modules", ".drover-spec-"))),
    (path) => Effect.promise(() => rm(path, { recursive: true, force: true }))
  )
  const outfile = join(directory, "KilledWriter.cjs")
  yield* Effect.promise(() =>
    build({
      entryPoints: [join(import.meta.dirname, "KilledWriter.ts")],
      bundle: true,
      platform: "node",
      target: "node20",
      external: ["better-sqlite3"],
      outfile,
      logLevel: "error"
    })
  )
  return outfile
})

/** Runs the writer until it was killed; answers the lines it had said by then. */
const killed = (script: string, file: string, seed: number, afterLines: number): Promise<ReadonlyArray<string>> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, file, String(seed)], { stdio: ["ignore", "pipe", "pipe"] })
    let said = ""
    let complained = ""
    child.stderr.setEncoding("utf8").on("data", (text: string) => (complained += text))
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      said += text
      if (said.split("\n").length > afterLines) child.kill("SIGKILL")
    })
    child.on("error", reject)
    child.on("close", (_, signal) =>
      signal === "SIGKILL"
        ? resolve(said.split("\n").slice(0, -1))
        : reject(new Error(`it ended by itself: ${complained}`))
    )
  })

describe("a store whose program is killed", () => {
  it.scopedLive("STO-3 SIGKILL at any moment loses no acknowledged write, doubles none and leaves none by half", () =>
    Effect.gen(function* () {
      const script = yield* program
      const file = join(yield* folder, "drover.db")
      const acknowledged = new Map<number, number>()
      const submitted: Array<string> = []
      let kills = 0
      for (const lines of fc.sample(fc.integer({ min: 1, max: 150 }), 6)) {
        for (const line of yield* Effect.promise(() => killed(script, file, ++kills, lines))) {
          const [what = "", detail = ""] = line.split(" ")
          if (what === "new") submitted.push(detail)
          else if (what !== "ready") acknowledged.set(Number(what), Number(detail))
        }
        const all = yield* Effect.provide(
          Effect.gen(function* () {
            const store = yield* Store
            expect((yield* store.inspect).problems).toEqual([])
            expect(yield* contradictions).toEqual([])
            return yield* everything
          }),
          layer({ file })
        )
        const names = new Map(all.tasks.map((task) => [task.spec.name, task]))
        expect(names.size).toBe(all.tasks.length)
        for (const name of submitted) expect(names.get(`${name}b`)?.dependsOn).toEqual([existing(names.get(name)).id])
        const revisions = new Map(all.tasks.map((task) => [Number(task.id), task.revision]))
        for (const [id, revision] of acknowledged) expect(revisions.get(id)).toBeGreaterThanOrEqual(revision)
        // Each change made one attempt, named after its first revision, and raised one item: none is there without the rest.
        const begun = all.ledgers.flat().filter(({ cause }) => cause === "tick")
        const made = new Set(begun.map(({ task, revision }) => `${task}/${revision}`))
        expect(new Set(all.attempts.flat().map(({ task, attempt }) => `${task}/${attempt.number}`))).toEqual(made)
        expect(new Set(all.attention.map(({ key }) => key).filter((key) => !key.startsWith("account:")))).toEqual(made)
      }
      expect(acknowledged.size).toBeGreaterThan(10)
    })
  )
})
