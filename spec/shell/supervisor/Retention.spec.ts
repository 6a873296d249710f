/** What a supervisor does beside its loop: it removes what is kept for long enough. */
import { existsSync } from "node:fs"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { expect, it } from "vitest"
import * as Retention from "../../../core/retention/Retention.ts"
import { AttemptNumber } from "../../../core/task/Identifiers.ts"
import { Cadence } from "../../../shell/config/Cadence.ts"
import { configured, scenario, submit, supervise, task, until, untilStage, untilTrue } from "./World.ts"

/** It looks for what is old many times a second, and everything is as soon as it has ended. */
const eager = () =>
  Layer.merge(
    configured({ retention: { ...Retention.defaults, attemptsMs: 1 } }),
    Layer.succeed(Cadence, {
      store: 250,
      attempts: 1000,
      runs: 500,
      guards: 1000,
      heartbeat: 5000,
      promises: 5000,
      sessions: 2000,
      archival: 60_000,
      retention: 50
    })
  )

it("STO-8 a running supervisor removes what is old enough by itself, and leaves what is at work alone", () =>
  scenario(
    (folder) =>
      Effect.gen(function* () {
        const idOf = yield* submit(
          task("asleep", folder.directory("a"), "exec sleep 600"),
          task("done", folder.directory("b"), "echo done")
        )
        const { stopAgents } = yield* supervise
        yield* until(idOf("asleep"), ({ execution }) => execution._tag === "Running")
        yield* untilStage(idOf("done"), "Done")
        const first = AttemptNumber.make(1)
        yield* untilTrue(() => !existsSync(folder.places.attempt(idOf("done"), first)))
        expect(existsSync(folder.places.attempt(idOf("asleep"), first))).toBe(true)
        yield* stopAgents
      }),
    eager
  ))
