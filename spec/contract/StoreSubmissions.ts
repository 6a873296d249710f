/** Submissions: what is new, changed or the same, and what is refused. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { expect } from "vitest"
import { Store, SubmissionRefused } from "../../shell/store/Store.ts"
import {
  contradictions,
  everything,
  existing,
  move,
  newTask,
  oneTask,
  specOf,
  submission,
  taskId
} from "../shell/store/World.ts"
import type { Live } from "./Live.ts"

export const submissions = (live: Live): void => {
  live("STO-5 a submission gives what is new an id and finds what is there, however often it comes", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const first = yield* store.submit(submission([newTask("a"), newTask("b", ["a"])]))
      const again = yield* store.submit(submission([newTask("b", ["a"]), newTask("a")]))
      const more = yield* store.submit(submission([newTask("c", ["b", "a"]), newTask("a")]))
      expect(first.tasks.map(({ was }) => was)).toEqual(["added", "added"])
      expect(again.batch).toBe(first.batch)
      expect(again.tasks).toEqual(first.tasks.toReversed().map((task) => ({ ...task, was: "unchanged" })))
      expect(more.tasks.map(({ id, name, was }) => [id, name, was])).toEqual([
        [3, "c", "added"],
        [1, "a", "unchanged"]
      ])
      expect((yield* store.tasks({})).map(({ dependsOn }) => dependsOn)).toEqual([[], [1], [1, 2]])
      expect(
        (yield* store.events(0, 10)).map(
          (event) => event.type === "task.transition" && [event.task_id, event.from, event.to]
        )
      ).toEqual([
        [1, "none", "backlog"],
        [2, "none", "backlog"],
        [3, "none", "backlog"]
      ])
      expect(yield* contradictions).toEqual([])
    })
  )

  live("STO-5 the same file again is a new batch only when that is asked for, and a single task is in none", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const first = yield* store.submit(submission([newTask("a")]))
      const second = yield* store.submit({ ...submission([newTask("a")]), again: true })
      const other = yield* store.submit(submission([newTask("a")], "/other.toml"))
      const alone = yield* store.submit(submission([newTask("a")], null))
      expect([first, second, other, alone].map(({ batch, tasks }) => [batch, tasks[0]?.id])).toEqual([
        [1, 1],
        [2, 2],
        [3, 3],
        [null, 4]
      ])
      expect(yield* store.batchOf("/tasks.toml")).toEqual(Option.some(2))
      expect(yield* store.batchOf("/none.toml")).toEqual(Option.none())
      expect((yield* store.submit(submission([newTask("a")]))).batch).toBe(2)
      expect((yield* store.tasks({ batch: existing(second.batch) })).map(({ id }) => id)).toEqual([2])
    })
  )

  live("STO-5 a changed task is updated while it waits, also by what it waits for", () =>
    Effect.gen(function* () {
      const store = yield* Store
      yield* store.submit(submission([newTask("a"), newTask("b")]))
      const { seq } = yield* store.open
      const changed = { ...newTask("b", ["a"]), spec: specOf("b", "do it better") }
      const submitted = yield* store.submit(submission([newTask("a"), changed]))
      expect(submitted.tasks.map(({ was }) => was)).toEqual(["unchanged", "updated"])
      const task = Option.getOrThrow(yield* store.task(taskId(2)))
      expect([task.spec.prompt, task.dependsOn, task.revision]).toEqual(["do it better", [1], 1])
      expect((yield* store.ledger(task.id)).map(({ cause, event }) => [cause, event._tag])).toEqual([
        ["submission", "Respecified"]
      ])
      expect(Option.getOrThrow(yield* store.created(task.id)).spec.prompt).toBe("do it")
      expect((yield* store.submit(submission([changed]))).tasks.map(({ was }) => was)).toEqual(["unchanged"])
      expect((yield* store.changedSince(seq)).tasks.map(({ id }) => id)).toEqual([2])
      expect(yield* contradictions).toEqual([])
    })
  )

  live("STO-5 a task that was demoted is still what was submitted", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const task = yield* oneTask("a")
      yield* store.write(move(task, [{ _tag: "Start" }, { _tag: "Demote" }]))
      expect((yield* store.submit(submission([newTask("a")]))).tasks).toMatchObject([{ was: "unchanged" }])
    })
  )

  live("STO-5 what is wrong with a submission is said all at once, and nothing of it is stored", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const task = yield* oneTask("started")
      yield* store.write(move(task, [{ _tag: "Start" }]))
      const before = yield* everything
      const refused = yield* Effect.flip(
        store.submit(
          submission([
            { ...newTask("started"), spec: specOf("started", "something else") },
            newTask("x", ["y", "nowhere"]),
            newTask("y", ["z"]),
            newTask("z", ["y"]),
            newTask("twice"),
            newTask("twice"),
            { ...newTask("good"), dependsOnIds: [taskId(77), task.id] }
          ])
        )
      )
      expect(refused).toBeInstanceOf(SubmissionRefused)
      expect(refused).toMatchObject({
        problems: [
          { _tag: "DuplicateName", task: "twice" },
          { _tag: "UnknownDependency", task: "x", dependency: "nowhere" },
          { _tag: "UnknownDependency", task: "good", dependency: "#77" },
          { _tag: "Cycle", names: ["y", "z"] },
          { _tag: "AlreadyStarted", task: "started", id: task.id }
        ]
      })
      expect(yield* everything).toEqual(before)
      const next = yield* store.submit(submission([newTask("good")]))
      expect(next.tasks).toMatchObject([{ name: "good", was: "added" }])
    })
  )

  live("STO-5 a circle through tasks that are stored, or of another batch, is a circle", () =>
    Effect.gen(function* () {
      const store = yield* Store
      yield* store.submit(submission([newTask("a"), newTask("b", ["a"])]))
      const other = yield* store.submit(submission([{ ...newTask("far"), dependsOnIds: [taskId(2)] }], "/far.toml"))
      const far = existing(other.tasks[0]).id
      const through = (task: Parameters<typeof submission>[0][number]) =>
        Effect.map(Effect.flip(store.submit(submission([task]))), (error) => "problems" in error && error.problems)
      expect(yield* through(newTask("a", ["b"]))).toEqual([{ _tag: "Cycle", names: ["a", "b"] }])
      expect(yield* through({ ...newTask("a"), dependsOnIds: [far] })).toEqual([
        { _tag: "Cycle", names: ["a", `#${far}`, "b"] }
      ])
      expect(yield* through(newTask("a", ["a"]))).toEqual([{ _tag: "Cycle", names: ["a"] }])
    })
  )

  live("STO-5 the same key is the same task, whatever else it says", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const keyed = { ...newTask("a"), key: "nightly" }
      const first = yield* store.submit(submission([keyed], null))
      const again = yield* store.submit(submission([{ ...keyed, spec: specOf("a", "other words") }], null))
      const inFile = yield* store.submit(submission([keyed, newTask("after", ["a"])]))
      expect(first.tasks).toMatchObject([{ id: 1, was: "added" }])
      expect(again.tasks).toMatchObject([{ id: 1, was: "unchanged" }])
      expect(inFile.tasks).toMatchObject([
        { id: 1, was: "unchanged" },
        { id: 2, was: "added" }
      ])
      expect((yield* store.tasks({})).map(({ dependsOn, spec }) => [spec.prompt, dependsOn])).toEqual([
        ["do it", []],
        ["do it", [1]]
      ])
    })
  )
}
