/** Changes of tasks: all at once or nothing, on the revision that was read, by whoever holds the epoch. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { expect } from "vitest"
import { Marker } from "../../core/execution/AttemptRecord.ts"
import { AttemptNumber } from "../../core/task/Identifiers.ts"
import { Conflict, Fenced, Store } from "../../shell/store/Store.ts"
import {
  attemptOf,
  beside,
  contradictions,
  everything,
  existing,
  move,
  oneTask,
  stored,
  taskId,
  verificationOf
} from "../shell/store/World.ts"
import { type Live, supervised } from "./Live.ts"

export const changes = (live: Live): void => {
  live("STO-1 a change brings the task, its ledger, its other rows and their events at once", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const task = yield* oneTask()
      const epoch = yield* supervised()
      const { seq } = yield* store.open
      const change = move(task, [{ _tag: "Start" }, { _tag: "Block", reason: { _tag: "NoProgress" } }], {
        epoch,
        attempt: { record: attemptOf(task, 1), phase: "created" },
        verification: verificationOf(task, 1, { verdict: "FAIL", endedAt: 1650, costUsd: 0.5 }),
        attention: [{ _tag: "Raise", key: "stuck/1", text: "it is stuck" }]
      })
      yield* store.write(change)
      expect(yield* store.task(task.id)).toEqual(Option.some(change.recorded.task))
      expect(
        (yield* store.ledger(task.id)).map(({ revision, event, cause, at }) => ({ revision, event, cause, at }))
      ).toEqual(change.recorded.entries.map(({ revision, event, cause }) => ({ revision, event, cause, at: 2000 })))
      expect(yield* store.attempts(task.id)).toEqual([attemptOf(task, 1)])
      expect(yield* store.verifications(task.id)).toEqual([change.verification])
      expect(yield* store.attention).toMatchObject([
        { key: "stuck/1", task: task.id, text: "it is stuck", raisedAt: 2000 }
      ])
      const at = "1970-01-01T00:00:02.000Z"
      const about = { v: 1, at, task_id: task.id }
      expect(yield* store.events(seq, 100)).toMatchObject([
        {
          ...about,
          seq: seq + 1,
          type: "task.transition",
          from: "backlog",
          to: "coding",
          cause: { event: "Start", by: "tick" }
        },
        {
          ...about,
          seq: seq + 2,
          type: "task.transition",
          from: "coding",
          to: "blocked",
          execution: { _tag: "Idle" }
        },
        { ...about, seq: seq + 3, type: "task.escalated", addressed_to: "operator" },
        {
          ...about,
          seq: seq + 4,
          type: "task.attempt",
          attempt_id: "1.1",
          phase: "created",
          agent: "tool",
          session_id: null
        },
        { ...about, seq: seq + 5, type: "task.verification", verdict: "FAIL", cost_usd: 0.5, duration_ms: 50 },
        { ...about, seq: seq + 6, type: "attention.raised", key: "stuck/1", text: "it is stuck" }
      ])
    })
  )

  live("STO-1 a change of what another has changed meanwhile is a conflict that leaves no trace", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const task = yield* oneTask()
      yield* store.write(move(task, [{ _tag: "Start" }]))
      const before = yield* everything
      const late = move(task, [{ _tag: "Abandon", at: 9 }], {
        attempt: { record: attemptOf(task, 1), phase: "created" },
        attention: [{ _tag: "Raise", key: "k", text: "t" }]
      })
      expect(yield* Effect.flip(store.write(late))).toEqual(new Conflict({ task: task.id, expected: 0, found: 1 }))
      expect(yield* Effect.flip(store.write(beside(task, { attempt: late.attempt })))).toBeInstanceOf(Conflict)
      const nobody = { ...late, task: taskId(99) }
      expect(yield* Effect.flip(store.write(nobody))).toEqual(
        new Conflict({ task: taskId(99), expected: 0, found: null })
      )
      expect(yield* everything).toEqual(before)
    })
  )

  live("STO-1 of many that change one revision at once exactly one wins", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const task = yield* oneTask()
      const change = move(task, [{ _tag: "Start" }])
      const answers = yield* Effect.all(
        Array.from({ length: 20 }, () => Effect.either(store.write(change))),
        { concurrency: "unbounded" }
      )
      expect(answers.filter(Either.isRight)).toHaveLength(1)
      expect(yield* store.ledger(task.id)).toHaveLength(1)
      expect(yield* contradictions).toEqual([])
    })
  )

  live("STO-1 in a group each change stands or conflicts by itself, on what those before it left", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const [a, b, c] = (yield* stored("a", "b", "c")).map(existing)
      const [first, second, third] = [existing(a), existing(b), existing(c)]
      const started = move(first, [{ _tag: "Start" }])
      const answers = yield* store.writeAll([
        started,
        move(second, [{ _tag: "Start" }]),
        move(first, [{ _tag: "Freeze" }]),
        move(started.recorded.task, [{ _tag: "Freeze" }]),
        { ...move(third, [{ _tag: "Start" }]), expectedRevision: 3 }
      ])
      expect(answers.map(Either.isRight)).toEqual([true, true, false, true, false])
      expect((yield* store.tasks({})).map(({ stage, revision }) => [stage._tag, revision])).toEqual([
        ["Frozen", 2],
        ["Coding", 1],
        ["Backlog", 0]
      ])
      expect(yield* contradictions).toEqual([])
    })
  )

  live("STO-1 more changes than one transaction takes are all made, in their order", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const tasks = yield* stored(...Array.from({ length: 150 }, (_, index) => `t${index}`))
      const started = tasks.map((task) => move(task, [{ _tag: "Start" }]))
      const frozen = started.map(({ recorded }) => move(recorded.task, [{ _tag: "Freeze" }]))
      const answers = yield* store.writeAll([...started, ...frozen])
      expect(answers.filter(Either.isRight)).toHaveLength(300)
      expect(yield* contradictions).toEqual([])
    })
  )

  live("STO-1 whoever holds an older epoch writes nothing at all; a person's command needs none", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const [first, second] = yield* stored("a", "b")
      const task = existing(first)
      const old = yield* supervised()
      yield* store.write(
        move(task, [{ _tag: "Start" }], { epoch: old, attempt: { record: attemptOf(task, 1), phase: "created" } })
      )
      const present = yield* supervised(2)
      expect(present).toBe(old + 1)
      const before = yield* everything
      const late = move(existing(second), [{ _tag: "Start" }], { epoch: old })
      const fenced = new Fenced({ epoch: old, present })
      expect(yield* Effect.flip(store.write(late))).toEqual(fenced)
      expect(yield* Effect.flip(store.writeAll([{ ...late, epoch: present }, late]))).toEqual(fenced)
      expect(yield* Effect.flip(store.heartbeat(old, 3))).toEqual(fenced)
      const note = {
        task: task.id,
        number: AttemptNumber.make(1),
        progress: { ...attemptOf(task, 1).progress, offset: 5 }
      }
      expect(yield* Effect.flip(store.noteProgress(old, [note]))).toEqual(fenced)
      expect(yield* everything).toEqual(before)
      yield* store.write({ ...late, epoch: null })
      expect(yield* store.ledger(late.task)).toHaveLength(1)
    })
  )

  live("STO-1 an epoch that was never taken is no epoch", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const task = yield* oneTask()
      const change = move(task, [{ _tag: "Start" }], { epoch: 1 })
      expect(yield* Effect.flip(store.write(change))).toEqual(new Fenced({ epoch: 1, present: 0 }))
    })
  )

  live("STO-1 the same attempt can not be created twice, and a marker belongs to one attempt", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const [first, second] = (yield* stored("a", "b")).map(existing)
      const [a, b] = [existing(first), existing(second)]
      const created = beside(a, { attempt: { record: attemptOf(a, 1), phase: "created" } })
      yield* store.write(created)
      expect(yield* Effect.flip(store.write(created))).toBeInstanceOf(Conflict)
      const started = attemptOf(a, 1, {
        startedAt: 1700,
        process: { host: "h", pid: 5, startTime: "9", bootId: "b" }
      })
      yield* store.write(beside(a, { attempt: { record: started, phase: "started" } }))
      expect(yield* store.attempts(a.id)).toEqual([started])

      const stolen = beside(b, { attempt: { record: attemptOf(b, 1, { marker: started.marker }), phase: "created" } })
      const good = beside(b, { attempt: { record: attemptOf(b, 2), phase: "created" } })
      const answers = yield* Effect.all(
        [stolen, good].map((change) => Effect.either(store.write(change))),
        {
          concurrency: "unbounded"
        }
      )
      expect(answers.map(Either.isRight)).toEqual([false, true])
      expect(answers[0]).toMatchObject({ left: { _tag: "StoreUnavailable" } })
      expect(yield* store.attempts(b.id)).toEqual([attemptOf(b, 2)])
      expect(yield* store.attemptByMarker(started.marker)).toEqual(Option.some(started))
      expect(yield* store.attemptByMarker(Marker.make("f".repeat(32)))).toEqual(Option.none())
    })
  )
}
