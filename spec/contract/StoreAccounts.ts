/** Accounts: changed by the rows of their tasks' ledgers, in the same transaction, or by a person. */
import * as Effect from "effect/Effect"
import { expect } from "vitest"
import type { ExecutionEvent } from "../../core/execution/ExecutionEvent.ts"
import type { TaskEvent } from "../../core/task/Apply.ts"
import { AttemptNumber } from "../../core/task/Identifiers.ts"
import type { Task } from "../../core/task/Task.ts"
import { Store } from "../../shell/store/Store.ts"
import { changeOf, contradictions, everything, existing, moved, stored } from "../shell/store/World.ts"
import type { Live } from "./Live.ts"

const process = { host: "here", pid: 12, startTime: "34", bootId: "b" }
const attempt = AttemptNumber.make(1)
const move = (event: ExecutionEvent): TaskEvent => ({ _tag: "ExecutionMoved", event })

const launch = (task: Task, trial?: true): ReadonlyArray<TaskEvent> => [
  moved({ _tag: "Start" }),
  move({
    _tag: "Launch",
    attempt: { number: attempt, role: "coder", visit: task.visit + 1, feedbackNumber: 1, mode: "Cold" },
    preparing: false,
    at: 10,
    ...(trial === true ? { trial } : {})
  }),
  move({ _tag: "Started", attempt, process, at: 11 })
]
const limited = (resumeAt: number) => move({ _tag: "RateLimited", attempt, process, resumeAt, at: 20 })
const refused = move({
  _tag: "Ended",
  attempt,
  how: { _tag: "Limited", resumeAt: 20, cause: "authentication" },
  at: 20
})

const write = (task: Task, ...events: ReadonlyArray<TaskEvent>) =>
  Effect.gen(function* () {
    const change = existing(changeOf(task, events))
    yield* (yield* Store).write(change)
    return change.recorded.task
  })

export const accounts = (live: Live): void => {
  live("TCK-10 the limit that an attempt met is its account's by the same write, and every snapshot has it", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const [first, second] = yield* stored("a", "b")
      expect(yield* store.accounts).toEqual([])
      const running = yield* write(existing(first), ...launch(existing(first)))
      expect(yield* store.accounts).toEqual([])
      const { seq } = yield* store.open
      yield* write(running, limited(500))
      const row = { id: "tool", window: { _tag: "Limited", until: 500 }, pause: null }
      expect(yield* store.accounts).toEqual([row])
      expect((yield* store.open).accounts).toEqual([row])
      expect((yield* store.changedSince(seq)).accounts).toEqual([row])
      const events = yield* store.events(seq, 9)
      expect(events.map(({ type }) => type)).toEqual(["task.transition", "account.changed"])
      expect(events[1]).toMatchObject({ account: "tool", cause: { event: "LimitSeen", by: "ledger" }, ...rowOf(row) })

      const canary = yield* write(existing(second), ...launch(existing(second), true))
      expect((yield* store.accounts)[0]?.window).toMatchObject({ _tag: "Canary", canary: { task: canary.id } })
      yield* write(canary, move({ _tag: "Sustained", attempt, at: 900 }))
      expect((yield* store.accounts)[0]?.window).toEqual({ _tag: "Ramp", width: 2 })
      expect(yield* contradictions).toEqual([])
    })
  )

  live("TCK-10 a change that conflicts leaves the account as it was", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const [first] = yield* stored("a")
      const task = existing(first)
      const late = existing(changeOf(task, [...launch(task), limited(500)]))
      yield* write(task, ...launch(task))
      const before = yield* everything
      yield* Effect.flip(store.write(late))
      expect(yield* everything).toEqual(before)
    })
  )

  live("TCK-10 of limits that are told together the latest holds, in whatever group they are committed", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const tasks = yield* stored("a", "b", "c")
      const changes = tasks.map((task, n) =>
        existing(changeOf(task, [...launch(task), limited([700, 900, 800][n] ?? 0)]))
      )
      yield* store.writeAll(changes)
      expect((yield* store.accounts)[0]?.window).toEqual({ _tag: "Limited", until: 900 })
      expect(yield* contradictions).toEqual([])
    })
  )

  live("TCK-10 an account that is not let in is paused and a person is told, until a person resumes it", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const [first] = yield* stored("a")
      const task = existing(first)
      yield* write(task, ...launch(task), refused)
      expect(yield* store.accounts).toMatchObject([{ id: "tool", window: { _tag: "Open" }, pause: { since: 20 } }])
      expect(yield* store.attention).toMatchObject([{ key: "account:tool:paused", task: null }])
      expect(yield* contradictions).toEqual([])

      expect(yield* store.resumeAccount("nobody", 60)).toBe(false)
      expect(yield* store.resumeAccount("tool", 60)).toBe(true)
      expect(yield* store.accounts).toEqual([{ id: "tool", window: { _tag: "Limited", until: 60 }, pause: null }])
      expect(yield* store.attention).toEqual([])
      const events = yield* store.events(0, 99)
      expect(events.at(-2)).toMatchObject({ type: "account.changed", cause: { event: "Resumed", by: "operator" } })
      expect(events.at(-1)).toMatchObject({ type: "attention.cleared", key: "account:tool:paused", task_id: null })
      expect(yield* store.resumeAccount("tool", 70)).toBe(true)
      expect((yield* store.events(0, 99)).length).toBe(events.length)
      expect(yield* contradictions).toEqual([])
    })
  )
}

const rowOf = ({ pause, window }: { readonly window: object; readonly pause: null }) => ({ pause, window })
