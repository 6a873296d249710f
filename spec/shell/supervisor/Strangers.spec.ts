/** Folders that another store has left where the attempts of this one will be. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import { AttemptNumber } from "../../../core/task/Identifiers.ts"
import { exitFile, startFile } from "../../../shell/process/Wrapper.ts"
import { Store } from "../../../shell/store/Store.ts"
import { scenario, submit, supervise, task, until, untilStage } from "./World.ts"

it("EXE-13 what an attempt of a store that was there before has left is no end of an attempt that has the same number", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      const work = folder.directory("a")
      const first = yield* submit(task("a", work, "touch done", { verify: ["true"] }))
      const attempt = folder.places.attempt(first("a"), AttemptNumber.make(1))
      mkdirSync(attempt, { recursive: true })
      writeFileSync(join(attempt, startFile), "4711\n")
      writeFileSync(join(attempt, exitFile), JSON.stringify({ code: 0, signal: null, at: 1 }))
      const { end } = yield* supervise
      yield* untilStage(first("a"), "Done")
      expect(existsSync(join(work, "done"))).toBe(true)
      yield* end
      // What is this store's own stays where it is.
      const second = yield* supervise
      expect(readdirSync(folder.places.attempts).toSorted()).toEqual(["1.1", "1.1.before-1"])
      const attempts = yield* Effect.flatMap(Store, (store) => store.attempts(first("a")))
      expect(attempts.map(({ outcome }) => outcome)).toEqual(["Clean"])
      yield* second.stopAgents
    })
  ))

it("EXE-13 what a verifier of a store that was there before has found is no verdict on the work of this one", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      const work = folder.directory("a")
      const spec = { maxRetries: 0 }
      const script = "until [ -e go ]; do sleep 0.05; done"
      const first = yield* submit(task("a", work, script, { verify: ["touch judged; false"], spec }))
      const id = first("a")
      const { end } = yield* supervise
      yield* until(id, ({ execution }) => execution._tag === "Running")
      yield* end
      // This store is of a moment before the first run; in the one that was there after it, all had passed and landed.
      const attempt = folder.places.attempt(id, AttemptNumber.make(1))
      const stranger = (name: string): void => {
        mkdirSync(join(attempt, name), { recursive: true })
        writeFileSync(join(attempt, name, startFile), "4711\n")
        writeFileSync(join(attempt, name, exitFile), JSON.stringify({ code: 0, signal: null, at: 1 }))
      }
      stranger("v1")
      stranger("l2")
      // A name that an earlier restore has taken.
      stranger("v1.before-2")
      const second = yield* supervise
      writeFileSync(join(work, "go"), "")
      yield* untilStage(id, "Blocked")
      expect(existsSync(join(work, "judged"))).toBe(true)
      const runs = readdirSync(attempt).filter((name) => /^[vl]\d/.test(name))
      expect(runs.toSorted()).toEqual(["l2.before-2", "v1", "v1.before-2", "v1.before-2.2"])
      yield* second.stopAgents
    })
  ))
