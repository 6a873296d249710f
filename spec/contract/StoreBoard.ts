/** What is read a page at a time against all of it, read at once. */
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
  existing,
  newTask,
  oneTask,
  specOf,
  stored,
  submission,
  verificationOf
} from "../shell/store/World.ts"
import { type Live, supervised } from "./Live.ts"

const hourMs = 3_600_000

/** Moves a task through some events, one change each; answers it as it is then. */
const lived = (choices: ReadonlyArray<number>) =>
  Effect.gen(function* () {
    const store = yield* Store
    let task = yield* oneTask()
    for (const [index, choice] of choices.entries()) {
      const event = someEvent(task, choice)
      const change = event === null ? null : changeOf(task, [event], { at: 2000 + index })
      if (change === null) break
      yield* store.write(change)
      task = existing((yield* store.tasks({ ids: [task.id] }))[0])
    }
    return task
  })

export const board = (live: Live): void => {
  live("BRD-5 pages of a ledger are all of it, the newest first, and each row says where it led", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const task = yield* lived([3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7])
      const all = (yield* store.ledger(task.id)).toReversed()
      expect(all.length).toBeGreaterThan(4)
      for (const limit of [1, 2, 3, all.length]) {
        const found = []
        for (let before: number | null = null; ;) {
          const page: Effect.Effect.Success<ReturnType<typeof store.ledgerPage>> = yield* store.ledgerPage({
            task: task.id,
            before,
            limit
          })
          found.push(...page)
          expect(page.length).toBeLessThanOrEqual(limit)
          before = page.at(-1)?.seq ?? null
          if (page.length < limit || before === null) break
        }
        expect(found.map(({ execution: _, from: _from, to: _to, ...row }) => row)).toEqual(all)
        // What one row led to is where the next one began.
        for (const [index, row] of found.slice(1).entries()) expect(found[index]?.from).toBe(row.to)
        expect(found[0]?.execution).toBe(task.execution._tag)
      }
      expect(yield* store.ledgerPage({ task: task.id, before: 1, limit: 10 })).toEqual([])
    })
  )

  live("BRD-5 pages of attempts are all of them, with the runs of those alone that are on the page", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const task = yield* oneTask()
      for (const number of [1, 2, 3, 4, 5]) {
        const attempt = { record: attemptOf(task, number), phase: "created" } as const
        yield* store.write(beside(task, { attempt }))
        const run = { attempt: AttemptNumber.make(number), output: number === 3 ? "what it said" : null }
        yield* store.write(beside(task, { verification: verificationOf(task, number, run) }))
      }
      const all = (yield* store.attempts(task.id)).toReversed()
      const first = yield* store.attemptsPage({ task: task.id, before: null, limit: 2 })
      const second = yield* store.attemptsPage({ task: task.id, before: 4, limit: 9 })
      expect([...first, ...second]).toEqual(all)
      const runs = yield* store.runsOf({ task: task.id, from: 2, to: 4 })
      expect(runs.map(({ hasOutput, output, run }) => [run, hasOutput, output])).toEqual([
        [2, false, null],
        [3, true, null],
        [4, false, null]
      ])
      const one = yield* store.runOf(task.id, 3)
      expect(Option.getOrNull(one)).toEqual((yield* store.verifications(task.id))[2])
      expect(yield* store.runOf(task.id, 9)).toEqual(Option.none())
    })
  )

  live("BRD-4 the tasks that moved in a range of events are those, each once", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const tasks = yield* stored("a", "b", "c", "d")
      yield* Effect.forEach(tasks, (task, index) => {
        const change = changeOf(task, [existing(someEvent(task, index))])
        return change === null ? Effect.void : store.write(change)
      })
      const events = yield* store.events(0, 1000)
      const last = yield* store.lastEvent
      expect(last).toBe(events.at(-1)?.seq)
      for (let from = 0; from <= last; from++) {
        for (let to = from; to <= last + 1; to++) {
          const moved = events.flatMap((event) =>
            event.type === "task.transition" && event.seq > from && event.seq <= to ? [event.task_id] : []
          )
          expect(yield* store.changedIn({ from, to })).toEqual([...new Set(moved)].toSorted((a, b) => a - b))
        }
      }
    })
  )

  live("BRD-5 batches are the newest so many, and the tasks of one its first so many", () =>
    Effect.gen(function* () {
      const store = yield* Store
      for (const [index, path] of ["/one", "/two", "/three"].entries()) {
        const tasks = [newTask("x"), newTask("y"), newTask("z")]
        yield* store.submit({ ...submission(tasks, path), at: 1000 + index })
      }
      const all = yield* store.batches(10)
      expect(all.map(({ at, path }) => [path, at])).toEqual([
        ["/one", 1000],
        ["/two", 1001],
        ["/three", 1002]
      ])
      expect(yield* store.batches(2)).toEqual(all.slice(1))
      const second = existing(all[1]).id
      const own = (yield* store.tasks({ batch: second })).map(({ id }) => id)
      expect(yield* store.tasksOf(second, 9)).toEqual(own)
      expect(yield* store.tasksOf(second, 2)).toEqual(own.slice(0, 2))
    })
  )

  live(
    "BRD-5 what was spent is told by the hour in which it ended and the account that paid, whatever the ranges",
    () =>
      Effect.gen(function* () {
        const store = yield* Store
        const epoch = yield* supervised()
        const agent = { ...specOf("x").agent, account: "team" }
        const judge = { ...agent, name: "judge", account: "judges" }
        const spec = {
          ...specOf("x"),
          agent,
          roleAgents: { qa: { ...agent, name: "qa", account: "qa-team" } },
          verify: [
            { _tag: "Run", command: "true", timeoutMin: 1 } as const,
            { _tag: "Brain", prompt: "?", timeoutMin: 1, definition: judge } as const
          ]
        }
        yield* store.submit(submission([{ ...newTask("x"), spec }]))
        const [task] = yield* store.tasks({})
        const own = existing(task)
        const ended = (number: number, costUsd: number | null, role: "coder" | "qa", at: number, isJudging = false) => {
          const record = attemptOf(own, number, { outcome: "Clean", endedAt: at })
          const mode = isJudging ? "VerifyOnly" : "Cold"
          const attempt = {
            ...record,
            attempt: { ...record.attempt, role, mode } as const,
            progress: { ...record.progress, costUsd }
          }
          return store.write(beside(own, { epoch, at, attempt: { record: attempt, phase: "ended" } }))
        }
        const judged = (run: number, index: number, costUsd: number | null, at: number) => {
          const kind = index === 0 ? "Run" : "Brain"
          const verification = verificationOf(own, run, { index, kind, verdict: "PASS", endedAt: at, costUsd })
          return store.write(beside(own, { epoch, at, verification }))
        }
        yield* ended(1, 0.5, "coder", 10)
        yield* judged(1, 0, null, 11)
        yield* judged(2, 1, 0.25, 12)
        yield* ended(2, 0.125, "coder", hourMs - 1)
        // No agent worked in it.
        yield* ended(4, null, "coder", hourMs - 1, true)
        yield* ended(3, null, "qa", hourMs)
        yield* judged(3, 1, null, hourMs + 5)
        const wanted = [
          { hour: 0, account: "judges", nanoUsd: 250_000_000, attempts: 0, isUnknown: false },
          { hour: 0, account: "team", nanoUsd: 625_000_000, attempts: 2, isUnknown: false },
          { hour: hourMs, account: "judges", nanoUsd: 0, attempts: 0, isUnknown: true },
          { hour: hourMs, account: "qa-team", nanoUsd: 0, attempts: 1, isUnknown: true }
        ]
        const last = yield* store.lastEvent
        expect(yield* store.spendIn({ from: 0, to: last })).toEqual(wanted)
        // Each event is in one range: the parts are the whole.
        const parts = yield* Effect.forEach(fc.sample(fc.integer({ min: 0, max: last }), 3), (cut) =>
          Effect.zipWith(store.spendIn({ from: 0, to: cut }), store.spendIn({ from: cut, to: last }), (a, b) => [
            ...a,
            ...b
          ])
        )
        for (const both of parts) {
          expect(both.reduce((sum, { nanoUsd }) => sum + nanoUsd, 0)).toBe(875_000_000)
          expect(both.reduce((sum, { attempts }) => sum + attempts, 0)).toBe(3)
        }
        const at = yield* store.eventSince(hourMs)
        expect(yield* store.spendIn({ from: at - 1, to: last })).toEqual(wanted.slice(2))
        expect(yield* store.eventSince(0)).toBe(1)
        expect(yield* store.eventSince(hourMs * 9)).toBe(last + 1)
      })
  )
}
