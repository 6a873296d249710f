/** A start that somebody takes back while it is under way: another supervisor, which did not know yet that it is none any more. */
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import { AttemptNumber } from "../../../core/task/Identifiers.ts"
import { startFile } from "../../../shell/process/Wrapper.ts"
import { Store } from "../../../shell/store/Store.ts"
import { scenario, submit, supervise, task, untilStage } from "./World.ts"

it("EXE-12 a start that was taken back is a start that failed: it uses no attempt, and the next one does the work", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      const id = yield* submit(task("a", folder.directory("a"), "echo done", { spec: { maxRetries: 0 } }))
      const attempt = folder.places.attempt(id("a"), AttemptNumber.make(1))
      mkdirSync(attempt, { recursive: true })
      writeFileSync(join(attempt, startFile), "revoked\n")
      const { stopAgents } = yield* supervise
      yield* untilStage(id("a"), "Done")
      const attempts = yield* Effect.flatMap(Store, (store) => store.attempts(id("a")))
      expect(attempts.map(({ outcome }) => outcome)).toEqual(["LaunchFailed", "Clean"])
      expect(attempts[0]?.detail).toBe("its start was revoked")
      yield* stopAgents
    })
  ))
