/** What the loop knows of held sessions where the files themselves are not the trouble. */
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import { expect } from "vitest"
import { Marker } from "../../../core/execution/AttemptRecord.ts"
import { defaultFlow } from "../../../core/task/Flow.ts"
import { TaskId } from "../../../core/task/Identifiers.ts"
import { create } from "../../../core/task/Task.ts"
import { Guards, layer as guards } from "../../../shell/guards/Guards.ts"
import * as Held from "../../../shell/policy/Held.ts"
import { SessionPolicies } from "../../../shell/policy/SessionPolicies.ts"
import { specOf } from "../store/World.ts"

const spec = specOf("one")
const task = create({
  id: TaskId.make(1),
  batch: null,
  spec: { ...spec, approve: "manual", agent: { ...spec.agent, kind: "claude-code" } },
  flow: defaultFlow,
  dependsOn: [],
  upcoming: false,
  createdAt: 0
})

it.scoped(
  "GRD-2 a policy that could not be written for an error of ours is told by its guard like any other, until one is",
  () => {
    let isDead = true
    const policies = Layer.succeed(SessionPolicies, {
      write: () => Effect.suspend(() => (isDead ? Effect.die(new TypeError("no name")) : Effect.void)),
      clear: () => Effect.void,
      list: Effect.succeed([]),
      tidy: Effect.void
    })
    return Effect.gen(function* () {
      const { read } = yield* Guards
      const held = yield* Held.make(() => task)
      const hold = held.hold(task, "s1", Marker.make("a".repeat(32)))
      expect(Exit.isFailure(yield* Effect.exit(hold))).toBe(true)
      const status = { enabled: true, blind: true, reason: "TypeError: no name" }
      expect(read("session-policy")).toMatchObject({ status })
      isDead = false
      yield* hold
      expect(read("session-policy")).toMatchObject({ status: { enabled: true } })
      expect(read("session-policy")).not.toHaveProperty("status.blind")
    }).pipe(Effect.provide(Layer.merge(guards, policies)))
  }
)
