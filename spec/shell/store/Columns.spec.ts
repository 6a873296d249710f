/** What stands in the columns of the SQLite tables, beside what the service says of them. */
import { it } from "@effect/vitest"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import fc from "fast-check"
import { describe, expect } from "vitest"
import { isTerminal, pipeline, status } from "../../../core/stage/Projection.ts"
import * as Stage from "../../../core/stage/Stage.ts"
import { transition } from "../../../core/stage/Transition.ts"
import { Task } from "../../../core/task/Task.ts"
import * as Either from "effect/Either"
import { layer } from "../../../shell/store/SqlStore.ts"
import { MalformedRow, Store } from "../../../shell/store/Store.ts"
import { stages } from "../../core/arbitraries/Examples.ts"
import * as Words from "../../core/arbitraries/Words.ts"
import { raw } from "./Raw.ts"
import { attemptOf, beside, existing, folder, inStage, oneTask, stored, verificationOf } from "./World.ts"

const file = Effect.map(folder, (path) => join(path, "drover.db"))

const withStore = <A, E>(path: string, use: Effect.Effect<A, E, Store>) => Effect.provide(use, layer({ file: path }))

/** JSON knows one zero. */
const throughJson = (stage: Stage.Stage): Stage.Stage => Words.throughJson(Stage.Stage, stage)

describe("the columns of a task", () => {
  it.scopedLive("STG-5 stage, pipeline, status and openness are derived in the table as core derives them", () =>
    Effect.gen(function* () {
      const path = yield* file
      const all = [...stages, ...fc.sample(Words.stage, 200)].map(throughJson)
      yield* withStore(
        path,
        Effect.gen(function* () {
          const store = yield* Store
          const tasks = yield* stored(...all.map((_, index) => `t${index}`))
          yield* store.writeAll(tasks.map((task, index) => inStage(task, existing(all[index]))))
          expect((yield* store.tasks({})).map(({ stage }) => stage)).toEqual(all)
        })
      )
      const [rows] = yield* raw(path, "SELECT stage, pipeline, status, done_at, is_open FROM tasks ORDER BY id")
      expect(rows).toEqual(
        all.map((stage) => ({
          stage: Stage.encode(stage).stage,
          pipeline: pipeline(stage),
          status: status(stage),
          done_at: stage._tag === "Done" ? stage.at : null,
          is_open: isTerminal(stage) ? 0 : 1
        }))
      )
    })
  )

  it.scopedLive("STG-5 a task keeps everything it is through the tables", () =>
    Effect.gen(function* () {
      const path = yield* file
      const values = fc.sample(Words.task, 60).map((task) => Words.throughJson(Task, task))
      const tasks = yield* withStore(
        path,
        Effect.gen(function* () {
          const store = yield* Store
          const tasks = yield* stored(...values.map((_, index) => `t${index}`))
          const changed = tasks.map((task, index) => {
            const { stage, visit, execution, facts, flow, dependsOn } = existing(values[index])
            const after = { ...task, stage, visit, execution, facts, flow, dependsOn, revision: 1 }
            const event = { _tag: "StageMoved", event: { _tag: "Start" } } as const
            return {
              ...beside(task, {}),
              recorded: { task: after, entries: [{ revision: 1, event, cause: "tick", before: task, after }] as const }
            }
          })
          yield* store.writeAll(changed)
          return changed.map(({ recorded }) => recorded.task)
        })
      )
      expect(
        yield* withStore(
          path,
          Effect.flatMap(Store, (store) => store.tasks({}))
        )
      ).toEqual(tasks)
    })
  )

  it.scopedLive("STG-3 what was put aside comes back exactly after the task was stored and loaded", () =>
    Effect.gen(function* () {
      const path = yield* file
      const flow = { qa: "server", merge: "squash", start: "auto" } as const
      const ways = stages.flatMap((stage) =>
        (
          [
            [{ _tag: "Freeze" }, { _tag: "Unfreeze" }],
            [
              { _tag: "Block", reason: { _tag: "OverTime" } },
              { _tag: "Unblock", budgetUsd: null }
            ],
            [
              { _tag: "HoldForReview", reason: "have a look" },
              { _tag: "Approve", at: 3 }
            ]
          ] as const
        ).flatMap(([aside, back]) => {
          const held = Option.getOrNull(Either.getRight(transition(flow, stage, aside)))
          return held === null ? [] : [{ stage, held, back }]
        })
      )
      expect(ways.length).toBeGreaterThan(50)
      yield* withStore(
        path,
        Effect.gen(function* () {
          const store = yield* Store
          const tasks = yield* stored(...ways.map((_, index) => `t${index}`))
          yield* store.writeAll(tasks.map((task, index) => inStage(task, existing(ways[index]).held)))
        })
      )
      const tasks = yield* withStore(
        path,
        Effect.flatMap(Store, (store) => store.tasks({}))
      )
      const back = tasks.map((task, index) =>
        Either.getOrNull(transition(flow, task.stage, existing(ways[index]).back))
      )
      expect(back).toEqual(ways.map(({ stage }) => stage))
    })
  )

  const damages = [
    ["stage", `UPDATE tasks SET stage_json = '{"stage":"resting"}'`, "tasks", "1", "stage_json"],
    [
      "stage inside a hold",
      `UPDATE tasks SET stage_json = '{"stage":"frozen","resumeTo":{"stage":"odd"}}'`,
      "tasks",
      "1",
      "stage_json"
    ],
    ["execution", `UPDATE tasks SET execution = '{"_tag":"Dreaming"}'`, "tasks", "1", "execution"],
    [
      "verifier",
      `UPDATE task_specs SET spec = json_set(spec, '$.verify', json('[{"_tag":"Oracle"}]'))`,
      "tasks",
      "1",
      "spec"
    ],
    ["word of an execution", `UPDATE tasks SET execution = '{"_tag":{"toString":null}}'`, "tasks", "1", "execution"],
    [
      "number",
      `UPDATE task_specs SET spec = replace(spec, '"timeoutMin":45', '"timeoutMin":1e999')`,
      "tasks",
      "1",
      "spec"
    ],
    ["flow", `UPDATE tasks SET flow = json_set(flow, '$.qa', 'nobody')`, "tasks", "1", "flow"],
    ["facts", `UPDATE tasks SET facts = json_remove(facts, '$.strikes')`, "tasks", "1", "facts"]
  ] as const

  for (const [what, statement, table, row, place] of damages) {
    it.scopedLive(
      `STG-11 an unknown stored ${what} is an error that names table, row and column, wherever it is read`,
      () =>
        Effect.gen(function* () {
          const path = yield* file
          yield* withStore(path, oneTask())
          yield* raw(path, statement)
          yield* withStore(
            path,
            Effect.gen(function* () {
              const store = yield* Store
              for (const read of [store.open, store.tasks({}), store.changedSince(0)]) {
                const error = yield* Effect.flip<unknown, unknown, never>(read)
                expect(error).toBeInstanceOf(MalformedRow)
                expect(error).toMatchObject({ table, row, detail: expect.stringContaining(place) })
                expect(String(error)).toContain(`the row ${row} of the table ${table}`)
              }
            })
          )
        })
    )
  }

  it.scopedLive("STG-11 an unknown word in a ledger row, an attempt, a verification or an event names its row", () =>
    Effect.gen(function* () {
      const path = yield* file
      const task = yield* withStore(
        path,
        Effect.gen(function* () {
          const store = yield* Store
          const task = yield* oneTask()
          yield* store.write({
            ...inStage(task, { _tag: "Coding", feedback: null }),
            attempt: { record: attemptOf(task, 1), phase: "created" },
            verification: verificationOf(task, 1)
          })
          return task
        })
      )
      yield* raw(
        path,
        `UPDATE transitions SET event = '{"_tag":"StageMoved","event":{"_tag":"Levitate"}}'`,
        `UPDATE attempts SET mode = 'Lukewarm'`,
        `UPDATE verifications SET kind = 'Oracle'`,
        `UPDATE events SET type = 'task.daydream' WHERE seq = 3`
      )
      yield* withStore(
        path,
        Effect.gen(function* () {
          const store = yield* Store
          const rows = []
          for (const read of [
            store.ledger(task.id),
            store.attempts(task.id),
            store.verifications(task.id),
            store.events(2, 9)
          ]) {
            const error = yield* Effect.flip<unknown, unknown, never>(read)
            rows.push(error instanceof MalformedRow ? [error.table, error.row] : error)
          }
          expect(rows).toEqual([
            ["transitions", "1@1"],
            ["attempts", "1.1"],
            ["verifications", "1.1.v1"],
            ["events", "3"]
          ])
        })
      )
    })
  )

  it.scopedLive("STG-11 an unknown posture of a guard, or an override that is none, names its row", () =>
    Effect.gen(function* () {
      const path = yield* file
      const guard = (posture: string, override: string) =>
        `INSERT OR REPLACE INTO guards VALUES ('lock', '${posture}', 'r', 1, ${override}, 1, 2)`
      for (const [row, detail] of [
        [guard("on-holiday", "NULL"), "posture"],
        [guard("off", `'{"owner":"Ada"}'`), "override"]
      ] as const) {
        yield* withStore(path, Store)
        yield* raw(path, row)
        const error = yield* Effect.flip(
          withStore(
            path,
            Effect.flatMap(Store, (store) => store.guards)
          )
        )
        expect(error).toMatchObject({ table: "guards", row: "lock", detail: expect.stringContaining(detail) })
      }
    })
  )

  it.scopedLive("STO-5 an id is not given again, not even when the task it named is gone", () =>
    Effect.gen(function* () {
      const path = yield* file
      yield* withStore(path, stored("a", "b"))
      yield* raw(path, "DELETE FROM task_specs", "DELETE FROM tasks", "DELETE FROM batches")
      const [task] = yield* withStore(path, stored("a"))
      expect([task?.id, task?.batch]).toEqual([3, 2])
    })
  )
})
