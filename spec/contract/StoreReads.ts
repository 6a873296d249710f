/** What is noted beside changes, and how all of it is read again. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import fc from "fast-check"
import { expect } from "vitest"
import { AttemptNumber } from "../../core/task/Identifiers.ts"
import { Store } from "../../shell/store/Store.ts"
import { someEvent } from "../shell/store/Histories.ts"
import {
  attemptOf,
  beside,
  changeOf,
  contradictions,
  existing,
  move,
  oneTask,
  stored,
  taskId,
  verificationOf
} from "../shell/store/World.ts"
import { type Live, supervised } from "./Live.ts"

export const reads = (live: Live): void => {
  live("STO-1 where reading got to is noted without an event, and what is noted of no attempt is passed over", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const task = yield* oneTask()
      const epoch = yield* supervised()
      yield* store.write(beside(task, { attempt: { record: attemptOf(task, 1), phase: "created" } }))
      yield* store.write(beside(task, { attempt: { record: attemptOf(task, 2), phase: "created" } }))
      const { seq } = yield* store.open
      const progress = { ...attemptOf(task, 2).progress, offset: 4096, session: "s-1", costUsd: 0.25 }
      yield* store.noteProgress(epoch, [
        { task: task.id, number: AttemptNumber.make(2), progress },
        { task: task.id, number: AttemptNumber.make(3), progress }
      ])
      expect(yield* store.latestAttempts([task.id, taskId(50)])).toEqual([attemptOf(task, 2, { progress })])
      expect(yield* store.attempts(task.id)).toEqual([attemptOf(task, 1), attemptOf(task, 2, { progress })])
      expect(yield* store.events(seq, 10)).toEqual([])
    })
  )

  live("STO-1 a verification is replaced by its next, and told once it has a verdict", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const task = yield* oneTask()
      const { seq } = yield* store.open
      const begun = verificationOf(task, 4)
      const ended = {
        ...begun,
        endedAt: 1900,
        verdict: "PASS",
        tree: "t1",
        output: "ok\n",
        detail: "status 0"
      } as const
      yield* store.write(beside(task, { verification: begun }))
      expect(yield* store.events(seq, 10)).toEqual([])
      yield* store.write(beside(task, { verification: ended }))
      yield* store.write(beside(task, { verification: verificationOf(task, 2) }))
      expect(yield* store.verifications(task.id)).toEqual([verificationOf(task, 2), ended])
      expect(yield* store.events(seq, 10)).toMatchObject([
        { type: "task.verification", verdict: "PASS", duration_ms: 300 }
      ])
    })
  )

  live("STO-1 what is open already is not raised again, and what is not open can not be cleared", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const task = yield* oneTask()
      const { seq } = yield* store.open
      const raise = { _tag: "Raise", key: "k", text: "first" } as const
      const clear = { _tag: "Clear", key: "k" } as const
      yield* store.noteAttention(5, null, [clear, raise, { ...raise, text: "second" }])
      yield* store.write(beside(task, { attention: [raise] }))
      expect(yield* store.attention).toMatchObject([{ key: "k", task: null, text: "first", raisedAt: 5 }])
      yield* store.write(beside(task, { attention: [clear, clear, raise, { ...raise, key: "l" }] }))
      expect((yield* store.attention).map(({ key, task }) => [key, task])).toEqual([
        ["k", task.id],
        ["l", task.id]
      ])
      yield* store.noteAttention(6, task.id, [clear])
      expect((yield* store.attention).map(({ key }) => key)).toEqual(["l"])
      expect((yield* store.events(seq, 20)).map(({ type }) => type)).toEqual([
        "attention.raised",
        "attention.cleared",
        "attention.raised",
        "attention.raised",
        "attention.cleared"
      ])
      expect(yield* contradictions).toEqual([])
    })
  )

  live("STO-1 a writer that gives up before its turn is not committed, those beside it are", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const [a, b] = (yield* stored("a", "b")).map(existing)
      const given = yield* Effect.fork(store.write(move(existing(a), [{ _tag: "Start" }])))
      const kept = yield* Effect.fork(store.write(move(existing(b), [{ _tag: "Start" }])))
      // Both wait now; the group is committed when this turn of the event loop ends.
      yield* Effect.yieldNow()
      yield* Effect.all([given.interruptAsFork(given.id()), kept.await])
      expect((yield* store.tasks({})).map(({ stage }) => stage._tag)).toEqual(["Backlog", "Coding"])
    })
  )

  live("API-3 the stream is read in pieces without gap or repeat", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const tasks = yield* stored("a", "b", "c")
      yield* store.writeAll(tasks.map((task) => move(task, [{ _tag: "Start" }, { _tag: "Freeze" }])))
      const all = yield* store.events(0, 1000)
      const pieces: Array<unknown> = []
      for (let since = 0; ; since = existing(pieces.length)) {
        const piece = yield* store.events(since, 2)
        if (piece.length === 0) break
        pieces.push(...piece)
      }
      expect(pieces).toEqual(all)
      expect(all.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
    })
  )

  live("STO-1 what is open is read whole and in order, however much there is, and the loop turns meanwhile", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const names = Array.from({ length: 1250 }, (_, index) => `task-${index}`)
      const tasks = yield* stored(...names)
      const over = tasks.filter((_, index) => index % 100 === 50)
      yield* store.writeAll(over.map((task) => move(task, [{ _tag: "Abandon", at: 100 }])))
      let turns = 0
      const count = (): void => {
        turns++
        next = setImmediate(count)
      }
      let next = setImmediate(count)
      const { tasks: found } = yield* store.open
      clearImmediate(next)
      expect(found).toEqual(tasks.filter((task) => !over.includes(task)))
      // Three pages.
      expect(turns).toBeGreaterThanOrEqual(3)
    })
  )

  live("STO-1 what is open, what changed and what a filter asks for are told from each other", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const [a, b, c, d] = (yield* stored("a", "b", "c", "d")).map(existing)
      const ends = [
        move(existing(a), [{ _tag: "Abandon", at: 100 }]),
        move(existing(b), [{ _tag: "Start" }, { _tag: "GatesPassed", visit: 2, at: 200, verified: true, work: null }]),
        move(existing(c), [{ _tag: "Start" }, { _tag: "Freeze" }])
      ]
      const { seq } = yield* store.open
      yield* store.writeAll(ends)
      const ids = (tasks: ReadonlyArray<{ readonly id: number }>) => tasks.map(({ id }) => id)
      expect(ids((yield* store.open).tasks)).toEqual([3, 4])
      const changed = yield* store.changedSince(seq)
      expect(ids(changed.tasks)).toEqual([1, 2, 3])
      // Whoever knows one as it is now need not be told; of an older one it is.
      const isKnown = (id: number, revision: number): boolean =>
        id === 1 ? revision === changed.tasks[0]?.revision : id === 2 && revision === 0
      expect(yield* store.changedSince(seq, isKnown)).toEqual({ ...changed, tasks: changed.tasks.slice(1) })
      expect(yield* store.changedSince(changed.seq)).toEqual({
        seq: changed.seq,
        accounts: [],
        tasks: [],
        isDraining: false
      })
      expect(ids(yield* store.tasks({ pipelines: ["coding", "done"] }))).toEqual([2, 3])
      expect(ids(yield* store.tasks({ pipelines: ["backlog", "coding"] }))).toEqual([3, 4])
      expect(ids(yield* store.tasks({ pipelines: [] }))).toEqual([])
      expect(ids(yield* store.tasks({ doneBefore: 199 }))).toEqual([])
      expect(ids(yield* store.tasks({ doneBefore: 200 }))).toEqual([2])
      expect(ids(yield* store.tasks({ after: existing(b).id }))).toEqual([3, 4])
      expect(ids(yield* store.tasks({ after: existing(a).id, limit: 2 }))).toEqual([2, 3])
      expect(ids(yield* store.tasks({ ids: [existing(d).id, existing(a).id, taskId(40)], limit: 1 }))).toEqual([1])
      expect(yield* store.task(taskId(40))).toEqual(Option.none())
      expect(yield* store.created(taskId(40))).toEqual(Option.none())
      const stopping = {
        ...existing(ends[0]).recorded.task,
        revision: 2,
        execution: { _tag: "Landing", run: existing(a).facts.nextRun, visit: 1, base: "b", candidate: null, since: 1 }
      } as const
      const live_ = { ...existing(ends[0]).recorded.task }
      yield* store.write({
        ...beside(live_, {}),
        recorded: {
          task: stopping,
          entries: [
            {
              revision: 2,
              event: existing(existing(ends[0]).recorded.entries[0]).event,
              cause: "tick",
              before: live_,
              after: stopping
            }
          ]
        }
      })
      expect(ids((yield* store.open).tasks)).toEqual([1, 3, 4])
    })
  )

  live("STO-1 epochs follow each other, and the supervisor is the one that took the last", () =>
    Effect.gen(function* () {
      const store = yield* Store
      expect(yield* store.supervisor).toEqual(Option.none())
      const first = yield* supervised(10)
      yield* store.heartbeat(first, 20)
      const row = { epoch: 1, host: "here", pid: 7, startedAt: 10, heartbeatAt: 20, endedAt: null }
      expect(yield* store.supervisor).toEqual(Option.some(row))
      const second = yield* supervised(30)
      yield* store.endEpoch(second, 40)
      yield* store.endEpoch(second, 50)
      yield* store.endEpoch(first, 60)
      expect(yield* store.supervisor).toMatchObject(Option.some({ epoch: 2, endedAt: 40 }))
      expect((yield* store.events(0, 10)).map((event) => [event.type, "epoch" in event && event.epoch])).toEqual([
        ["supervisor.started", 1],
        ["supervisor.started", 2],
        ["supervisor.stopped", 2],
        ["supervisor.stopped", 1]
      ])
    })
  )

  live("TCK-5 the drain flag stays as it was set", () =>
    Effect.gen(function* () {
      const store = yield* Store
      expect(yield* store.isDraining).toBe(false)
      yield* store.setDraining(true)
      expect(yield* store.isDraining).toBe(true)
      yield* store.setDraining(false)
      expect(yield* store.isDraining).toBe(false)
    })
  )

  live("TCK-9 whatever happens to a task, its ledger leads from how it was created to what is stored", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const tasks = yield* stored("a", "b", "c", "d")
      // One sample of them all: each sample begins with the same seed.
      const histories = fc.sample(fc.array(fc.nat(10_000), { minLength: 25, maxLength: 25 }), tasks.length)
      for (const [index, first] of tasks.entries()) {
        let task = first
        for (const choice of histories[index] ?? []) {
          const event = someEvent(task, choice)
          const change = event === null ? null : changeOf(task, [event])
          if (change === null) break
          yield* store.write(change)
          task = change.recorded.task
        }
        expect(yield* store.task(first.id)).toEqual(Option.some(task))
        expect((yield* store.ledger(first.id)).map(({ revision }) => revision)).toHaveLength(task.revision)
      }
      expect(yield* contradictions).toEqual([])
    })
  )
}
