/**
 * A task's directory that goes away while somebody works in it: nothing waits for it for ever.
 */
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import { scenario, submit, supervise, task, untilStage } from "./World.ts"

const removed = 'rm -rf "$PWD"'

it("EXE-2 a directory that an agent or a verifier removes blocks its task with a word that names it", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      const spec = { maxRetries: 0 }
      const idOf = yield* submit(
        task("agent", folder.directory("one"), removed, { verify: ["true"], spec }),
        task("fails", folder.directory("two"), "true", { verify: [`${removed}; exit 1`], spec }),
        task("again", folder.directory("three"), "true", { verify: [`${removed}; exit 1`], spec: { maxRetries: 1 } })
      )
      yield* supervise
      const { stage } = yield* untilStage(idOf("agent"), "Blocked")
      expect(JSON.stringify(stage)).toContain("one")
      yield* untilStage(idOf("fails"), "Blocked")
      const again = yield* untilStage(idOf("again"), "Blocked")
      expect(JSON.stringify(again.stage)).toMatch(/LaunchFailed.*three/)
    })
  ))
