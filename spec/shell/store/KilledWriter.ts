/**
 * The program that `Durability.spec.ts` kills: eight writers change tasks as fast as they can, and each says what was
 * acknowledged, in one write to stdout, before it goes on. `node KilledWriter.cjs FILE SEED`.
 */
import { writeSync } from "node:fs"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { layer } from "../../../shell/store/SqlStore.ts"
import { Store } from "../../../shell/store/Store.ts"
import { someEvent } from "./Histories.ts"
import { attemptOf, changeOf, existing, newTask, submission } from "./World.ts"

const [file = "", seed = "1"] = process.argv.slice(2)

/** Numbers that only look random (Park and Miller's generator). */
const choices = (start: number): (() => number) => {
  let state = start % 2147483647 || 1
  return () => (state = (state * 48271) % 2147483647)
}

const say = (line: string): Effect.Effect<void> => Effect.sync(() => void writeSync(1, `${line}\n`))

const names = Array.from({ length: 24 }, (_, index) => `t${index}`)

const writer = (index: number) =>
  Effect.gen(function* () {
    const store = yield* Store
    const choose = choices(Number(seed) * 31 + index)
    const mine = (yield* store.tasks({})).filter(({ id }) => id % 8 === index)
    for (;;) {
      for (const { id } of mine) {
        const task = existing((yield* store.tasks({ ids: [id] }))[0])
        const event = someEvent(task, choose())
        const change =
          event === null
            ? null
            : changeOf(task, [event], {
                attempt: { record: attemptOf(task, task.revision + 1), phase: "created" },
                attention: [{ _tag: "Raise", key: `${id}/${task.revision + 1}`, text: "changed" }]
              })
        if (change === null) continue
        yield* store.write(change)
        yield* say(`${id} ${change.recorded.task.revision}`)
      }
      const extra = `${seed}-${index}-${choose()}`
      const submitted = yield* Effect.either(store.submit(submission([newTask(extra), newTask(`${extra}b`, [extra])])))
      if (Either.isRight(submitted)) yield* say(`new ${extra}`)
    }
  })

Effect.runFork(
  Effect.gen(function* () {
    const store = yield* Store
    yield* store.submit(submission(names.map((name) => newTask(name))))
    yield* say("ready")
    yield* Effect.all(
      Array.from({ length: 8 }, (_, index) => writer(index)),
      { concurrency: "unbounded" }
    )
  }).pipe(Effect.provide(layer({ file })))
)
