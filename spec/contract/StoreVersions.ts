/** How a store tells, without being read, that there is something to read. */
import * as Effect from "effect/Effect"
import { expect } from "vitest"
import { AttemptNumber } from "../../core/task/Identifiers.ts"
import { Store } from "../../shell/store/Store.ts"
import {
  attemptOf,
  beside,
  existing,
  move,
  newTask,
  oneTask,
  submission,
  verificationOf
} from "../shell/store/World.ts"
import { type Live, supervised } from "./Live.ts"
import { bind, mailOf, send, stop } from "./Mail.ts"

const toolUse = {
  hook: "PreToolUse",
  sessionId: "s1",
  toolName: "Bash",
  toolUseId: "t",
  cwd: null,
  payload: "{}"
} as const

export const versions = (live: Live): void => {
  live("TCK-7 whatever is written, the store has another version after it, and none where nothing is", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const task = yield* oneTask()
      const epoch = yield* supervised()
      const writes = [
        store.write(move(task, [{ _tag: "Freeze" }])),
        store.noteAttention(1, null, [{ _tag: "Raise", key: "disk", text: "full" }]),
        store.setDraining(true),
        store.heartbeat(epoch, 5),
        store.endEpoch(epoch, 6)
      ]
      for (const write of writes) {
        const before = yield* store.version
        expect(yield* store.version).toBe(before)
        yield* Effect.all([store.open, store.events(0, 9), store.ledger(task.id), store.isDraining])
        expect(yield* store.version).toBe(before)
        yield* write
        expect(yield* store.version).not.toBe(before)
      }
    })
  )

  live(
    "PRF-2 of what is written a supervisor is told what it can not know, and of nothing that it has written itself",
    () =>
      Effect.gen(function* () {
        const store = yield* Store
        const task = yield* oneTask()
        const epoch = yield* supervised()
        const moved = move(task, [{ _tag: "Freeze" }], { epoch })
        const taken = yield* Effect.cached(Effect.map(stop("s1"), mailOf))
        const work = { task: task.id, attempt: AttemptNumber.make(1), visit: task.visit }
        const asking = { id: "1.1", role: "reviewer", from: "drover", text: "do it", hop: 0, at: 1000, work }
        const others = (yield* store.submit(submission([newTask("b"), newTask("c")], null))).tasks.map(({ id }) => id)
        const [b, c] = yield* store.tasks({ ids: others })
        // Committed together: a person's order with a change of the supervisor's.
        const mixed = store.writeAll([
          move(existing(b), [{ _tag: "Freeze" }], { epoch }),
          move(existing(c), [{ _tag: "Freeze" }])
        ])
        const known = [
          store.write(moved),
          store.write(
            beside(moved.recorded.task, { epoch, attempt: { record: attemptOf(task, 1), phase: "created" } })
          ),
          store.write(beside(moved.recorded.task, { epoch, verification: verificationOf(task, 1) })),
          store.noteProgress(epoch, [
            { task: task.id, number: AttemptNumber.make(1), progress: attemptOf(task, 1).progress }
          ]),
          store.noteAttention(1, null, [{ _tag: "Raise", key: "disk", text: "full" }]),
          store.keepHookEvents([{ event: toolUse, at: 3, source: null }]),
          store.heartbeat(epoch, 5)
        ]
        const foreign = [
          // What it has done with mail it reads again: who has that is the store's to say.
          store.write(beside(moved.recorded.task, { epoch, mail: { _tag: "Put", message: asking } })),
          store.write(beside(moved.recorded.task, { epoch, mail: { _tag: "End", id: asking.id } })),
          store.write(move(moved.recorded.task, [{ _tag: "Unfreeze" }])),
          store.submit(submission([newTask("another")])),
          mixed,
          store.setDraining(true),
          bind("s1"),
          send(),
          store.hearSessions([{ session: "s1", hook: "UserPromptSubmit", at: 7 }]),
          taken,
          Effect.flatMap(taken, ({ delivery }) => store.confirmDelivery(delivery.id, 8)),
          store.endSession("s1", 9)
        ]
        for (const write of known) {
          const before = yield* store.foreignVersion
          yield* write
          expect(yield* store.foreignVersion).toBe(before)
        }
        for (const write of foreign) {
          const before = yield* store.foreignVersion
          yield* write
          expect(yield* store.foreignVersion).not.toBe(before)
        }
      })
  )
}
