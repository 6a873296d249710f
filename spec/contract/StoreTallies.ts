/** What is counted for metrics against all that is stored, read one by one: at any moment, and however often it was asked. */
import * as Effect from "effect/Effect"
import fc from "fast-check"
import { expect } from "vitest"
import type { AttemptRecord } from "../../core/execution/AttemptRecord.ts"
import type { Execution } from "../../core/execution/Execution.ts"
import { taskState } from "../../core/stage/TaskState.ts"
import type { Task } from "../../core/task/Task.ts"
import type { Verification } from "../../core/verify/Verification.ts"
import type { Tallies } from "../../shell/store/Tallies.ts"
import { Store } from "../../shell/store/Store.ts"
import { someEvent } from "../shell/store/Histories.ts"
import { attemptOf, beside, changeOf, existing, move, stored, verificationOf } from "../shell/store/World.ts"
import { type Live, supervised } from "./Live.ts"

/** Whether a process of an agent may be there that drover started; what a session carries has none. */
const isAtWork = (execution: Execution): boolean =>
  (execution._tag === "Running" && execution.carrier._tag !== "Session") ||
  (execution._tag === "Limited" && execution.carrier !== null && execution.carrier._tag !== "Session") ||
  (execution._tag === "Stopping" && execution.subject._tag === "Agent" && execution.carrier?._tag !== "Session")

const counted = (words: Iterable<string>): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {}
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1
  return counts
}

const added = (pairs: Iterable<readonly [word: string, count: number]>): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {}
  for (const [word, count] of pairs) if (count !== 0) counts[word] = (counts[word] ?? 0) + count
  return counts
}

const told = ({ nanoUsd, retries, seq, tasks, verdicts }: Tallies) => ({
  seq,
  nanoUsd,
  tasks: added(tasks.map(({ count, hasAgent, state }) => [`${state} ${hasAgent}`, count])),
  verdicts: added(verdicts.map(({ count, kind, verdict }) => [`${kind} ${verdict}`, count])),
  retries: added(retries.map(({ cause, count }) => [cause, count]))
})

/** The same by looking at each task and each event. */
const recounted = Effect.gen(function* () {
  const store = yield* Store
  const tasks = yield* store.tasks({})
  const events = yield* store.events(0, 100_000)
  return {
    seq: events.at(-1)?.seq ?? 0,
    nanoUsd: tasks.reduce((sum, { facts }) => sum + Math.trunc(facts.spentUsd * 1e9 + 0.5), 0),
    tasks: counted(tasks.map(({ execution, stage }) => `${taskState(stage, execution)} ${isAtWork(execution)}`)),
    verdicts: counted(
      events.flatMap((event) => (event.type === "task.verification" ? [`${event.kind} ${event.verdict}`] : []))
    )
  }
})

/** Its verdict, some of them; of which kind and word, the choice says. */
const verdictOf = (task: Task, run: number, choice: number): Verification | null => {
  const kind = (["Run", "Brain", "Agent"] as const)[choice % 3] ?? "Run"
  const verdict = (["PASS", "FAIL", "ERROR", "TIMEOUT", "LIMITED", null] as const)[choice % 6] ?? null
  return choice % 4 === 0 ? null : verificationOf(task, run, { kind, verdict, endedAt: verdict === null ? null : 1900 })
}

/** The task after it has cost some more; fractions of a billionth of a dollar among it. */
const costing = (task: Task, choice: number): Task => ({
  ...task,
  facts: { ...task.facts, spentUsd: task.facts.spentUsd + (choice % 3) * choice * 1.7e-9 }
})

/** Attempts of one task, one after the other, the runs of its verifiers, and the cause of each that is a retry. */
interface Life {
  readonly attempts: ReadonlyArray<
    Partial<AttemptRecord["attempt"]> & Pick<Partial<AttemptRecord>, "detail" | "outcome">
  >
  readonly verdicts?: ReadonlyArray<readonly [attempt: number, verdict: Verification["verdict"]]>
  readonly causes: ReadonlyArray<string>
}

const lives: Readonly<Record<string, Life>> = {
  "one attempt is no retry": { attempts: [{ outcome: "Clean" }], causes: [] },
  "each ending is a cause": {
    attempts: [
      { outcome: "Forced" },
      { outcome: "LaunchFailed", detail: "no such program" },
      { outcome: "Aborted" },
      { outcome: "Limited" },
      { outcome: "Lost" },
      {}
    ],
    causes: ["Forced", "LaunchFailed", "Aborted", "Limited", "Lost"]
  },
  "why it was stopped is": { attempts: [{ outcome: "Stopped", detail: "Inactive" }, {}], causes: ["Inactive"] },
  "a clean end that was not enough was not passed": { attempts: [{ outcome: "Clean" }, {}], causes: ["Verdict"] },
  "what was judged was retried for its verdict, however it ended": {
    attempts: [{ outcome: "Forced" }, {}],
    verdicts: [[1, "FAIL"]],
    causes: ["Verdict"]
  },
  "a limit of a verifier and a pass are no reasons": {
    attempts: [{ outcome: "Forced" }, {}],
    verdicts: [
      [1, "LIMITED"],
      [1, "PASS"]
    ],
    causes: ["Forced"]
  },
  "a commit that is missing is one": {
    attempts: [{ outcome: "Clean" }, { mode: "CommitOnly" }],
    verdicts: [[1, "FAIL"]],
    causes: ["Uncommitted"]
  },
  "a reminder is no retry, and what comes after it is one for what was judged": {
    attempts: [
      { outcome: "Clean" },
      { mode: "Nudge", outcome: "Clean" },
      { mode: "Cold", outcome: "Forced" },
      { mode: "Nudge", outcome: "Limited" },
      {}
    ],
    verdicts: [
      [2, "FAIL"],
      [4, "TIMEOUT"]
    ],
    causes: ["Verdict", "Verdict"]
  },
  "what only verifies is no attempt at the work, and its verdicts are about the work before": {
    attempts: [{ outcome: "Forced" }, { mode: "VerifyOnly" }, {}],
    verdicts: [[2, "TIMEOUT"]],
    causes: ["Verdict"]
  },
  "another visit, another role and another feedback are other work": {
    attempts: [
      { outcome: "Clean" },
      { role: "qa", outcome: "Clean" },
      { role: "qa", visit: 9, outcome: "Clean" },
      { role: "qa", visit: 9, feedbackNumber: 9 }
    ],
    causes: []
  }
}

export const tallies = (live: Live): void => {
  live(
    "API-4 what is counted is all that is stored, after any history, and no count of what has happened ever falls",
    () =>
      Effect.gen(function* () {
        const store = yield* Store
        expect(told(yield* store.tallies)).toEqual({ seq: 0, nanoUsd: 0, tasks: {}, verdicts: {}, retries: {} })
        let last = told(yield* store.tallies)
        // Drawn at once: each time anew they would be the same.
        const choices = fc.sample(fc.nat(10_000), 3 * 12 * 4)
        const tasks = [...(yield* stored(...Array.from({ length: 12 }, (_, index) => `t${index}`)))]
        let run = 0
        for (let round = 0; round < 3; round++) {
          for (const [index, before] of tasks.entries()) {
            let task = before
            for (const choice of choices.splice(0, 4)) {
              const event = someEvent(task, choice)
              const verification = verdictOf(task, ++run, choice)
              const change = event === null ? null : changeOf(task, [event], { verification })
              if (change === null) break
              task = costing(change.recorded.task, choice)
              yield* store.write({ ...change, recorded: { ...change.recorded, task } })
            }
            tasks[index] = task
          }
          const now = told(yield* store.tallies)
          expect(now).toMatchObject(yield* recounted)
          expect(now.nanoUsd).toBeGreaterThanOrEqual(last.nanoUsd)
          for (const [word, count] of Object.entries(last.verdicts)) {
            expect(now.verdicts[word]).toBeGreaterThanOrEqual(count)
          }
          expect(told(yield* store.tallies)).toEqual(now)
          last = now
        }
        expect(last.nanoUsd).toBeGreaterThan(0)
      })
  )

  live("API-4 more tasks and events than are looked at in one go are counted all the same, each once", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const tasks = yield* stored(...Array.from({ length: 2100 }, (_, index) => `t${index}`))
      const half = tasks.slice(0, 1500)
      yield* store.writeAll(
        half.map((task) =>
          move(task, [{ _tag: "Start" }], { verification: verificationOf(task, 1, { verdict: "PASS", endedAt: 1900 }) })
        )
      )
      expect(told(yield* store.tallies)).toMatchObject(yield* recounted)
      const now = yield* store.tasks({ ids: half.map(({ id }) => id) })
      yield* store.writeAll(now.map((task) => move(task, [{ _tag: "Abandon", at: 3000 }])))
      const whole = told(yield* store.tallies)
      expect(whole).toMatchObject(yield* recounted)
      expect([whole.tasks, whole.verdicts]).toEqual([
        { "READY false": 600, "CANCELLED false": 1500 },
        { "Run PASS": 1500 }
      ])
    })
  )

  live("API-4 an attempt that takes up the work of another is a retry, by what became of that one", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const names = Object.keys(lives)
      const expected: Array<string> = []
      for (const task of yield* stored(...names)) {
        const { attempts, causes, verdicts = [] } = existing(lives[task.spec.name])
        for (const [index, { detail = null, outcome = null, ...own }] of attempts.entries()) {
          const record = attemptOf(task, index + 1)
          const begun = { ...record, attempt: { ...record.attempt, ...own } }
          yield* store.write(beside(task, { attempt: { record: begun, phase: "created" } }))
          for (const [run, [attempt, verdict]] of verdicts.entries()) {
            if (attempt !== index + 1) continue
            const verification = verificationOf(task, run + 1, {
              attempt: begun.attempt.number,
              verdict,
              endedAt: 1900
            })
            yield* store.write(beside(task, { verification }))
          }
          if (outcome !== null) {
            yield* store.write(
              beside(task, { attempt: { record: { ...begun, outcome, detail, endedAt: 1900 }, phase: "ended" } })
            )
          }
          // Asked at every step: the same attempt is counted once.
          yield* store.tallies
        }
        expected.push(...causes)
        expect([task.spec.name, told(yield* store.tallies).retries]).toEqual([task.spec.name, counted(expected)])
      }
    })
  )

  live("API-4 the present epoch and how guards stand are of the same moment", () =>
    Effect.gen(function* () {
      const store = yield* Store
      expect(yield* store.tallies).toMatchObject({ epoch: 0, guards: [] })
      yield* supervised()
      const epoch = yield* supervised()
      const note = { key: "lock", posture: "off", reason: "x", isOn: false, override: null, since: 1, at: 2 } as const
      yield* store.noteGuards(epoch, 2, { notes: [note], changed: [], attention: [] })
      expect(yield* store.tallies).toMatchObject({ epoch: 2, guards: [note] })
    })
  )
}
