/** Work of tasks in the mailbox of any store: a message and an attempt at once, and one winner between claim and withdrawal. */
import * as Effect from "effect/Effect"
import { expect } from "vitest"
import { AttemptNumber } from "../../core/task/Identifiers.ts"
import type { Task } from "../../core/task/Task.ts"
import { type Change, Store } from "../../shell/store/Store.ts"
import { attemptOf, changeOf, existing, move, oneTask } from "../shell/store/World.ts"
import type { Live } from "./Live.ts"
import { bind, mailOf, send, stop, texts } from "./Mail.ts"

/** A change that gives the work of a task to a role. */
const assign = (task: Task): Change => {
  const number = AttemptNumber.make(1)
  const work = { task: task.id, attempt: number, visit: task.visit }
  const change = changeOf(
    task,
    [
      {
        _tag: "ExecutionMoved",
        event: { _tag: "Assign", attempt: attemptOf(task, 1).attempt, messageId: `${task.id}.1`, at: 1000 }
      }
    ],
    {
      attempt: { record: attemptOf(task, 1), phase: "created" },
      mail: {
        _tag: "Put",
        message: { id: `${task.id}.1`, role: "reviewer", from: "drover", text: "do it", hop: 0, at: 1000, work }
      }
    }
  )
  return existing(change)
}

const withdraw = (task: Task, as: "withdrawn" | "expired"): Change =>
  existing(
    changeOf(task, [{ _tag: "ExecutionMoved", event: { _tag: "Withdrawn", attempt: AttemptNumber.make(1) } }], {
      mail: { _tag: "TakeBack", id: `${task.id}.1`, as }
    })
  )

const assigned = Effect.fnUntraced(function* (name: string) {
  const store = yield* Store
  const task = yield* oneTask(name)
  yield* store.write(move(task, [{ _tag: "Start" }]))
  yield* store.write(assign(existing((yield* store.tasks({ ids: [task.id] }))[0])))
  return existing((yield* store.tasks({ ids: [task.id] }))[0])
})

export const workMail = (live: Live): void => {
  live("MBX-4 work of an attempt that is over is not handed over again, whether or not it was seen", () =>
    Effect.gen(function* () {
      const store = yield* Store
      yield* bind("s1")
      const task = yield* assigned("one")
      const first = mailOf(yield* stop("s1"))
      expect(mailOf(yield* stop("s1", { at: 2500 })).delivery.id).toBe(first.delivery.id)
      const end = existing(changeOf(task, [], { at: 2600, mail: { _tag: "End", id: `${task.id}.1` } }))
      yield* store.write(end)
      yield* store.write({ ...end, at: 2700 })
      expect((yield* store.workMail([task.id]))[0]?.delivery?.endedAt).toBe(2600)
      expect(yield* stop("s1", { at: 3000 })).toEqual({ _tag: "None", why: "NoMail" })
    })
  )

  live("MBX-4 work and its message are written together, and given alone to the session that holds the role", () =>
    Effect.gen(function* () {
      const store = yield* Store
      yield* bind("s1")
      yield* send({ text: "talk" })
      const task = yield* assigned("one")
      expect(task.execution).toMatchObject({ _tag: "Assigned", messageId: `${task.id}.1` })
      expect(texts(yield* stop("-reviewer", { isReader: true }))).toEqual(["talk"])
      expect(yield* stop("-reviewer", { isReader: true, isContinuation: true })).toMatchObject({ why: "NoMail" })
      const { delivery, messages } = mailOf(yield* stop("s1"))
      expect(messages.map(({ id }) => id)).toEqual([`${task.id}.1`])
      const [mail] = yield* store.workMail([task.id])
      expect(mail).toMatchObject({ message: messages[0], delivery, session: { session: "s1", endedAt: null } })
      yield* stop("s1", { at: 3000, isContinuation: true, said: "VERDICT: PASS" })
      const [ended] = yield* store.workMail([task.id])
      expect(ended?.delivery).toMatchObject({ endedAt: 3000, said: "VERDICT: PASS" })
    })
  )

  live("MBX-4 between a claim and a withdrawal exactly one wins, whichever comes first", () =>
    Effect.gen(function* () {
      const store = yield* Store
      yield* bind("s1")
      const outcomes = new Set<string>()
      for (let round = 0; round < 12; round++) {
        const task = yield* assigned(`t${round}`)
        const change = withdraw(task, round % 3 === 0 ? "withdrawn" : "expired")
        const claim = stop("s1", { at: 10_000 + round, isContinuation: true })
        const takeBack = Effect.either(store.write(change))
        const [claimed, taken] =
          round % 2 === 0
            ? yield* Effect.all([claim, takeBack], { concurrency: "unbounded" })
            : (yield* Effect.all([takeBack, claim], { concurrency: "unbounded" })).toReversed()
        const isClaimed = claimed !== undefined && claimed._tag === "Mail"
        const isTaken = taken !== undefined && taken._tag === "Right"
        expect([isClaimed, isTaken].filter(Boolean)).toEqual([true])
        outcomes.add(isClaimed ? "claimed" : "taken back")
        const [mail] = yield* store.workMail([task.id])
        const [now] = yield* store.tasks({ ids: [task.id] })
        expect([mail?.message.state._tag, now?.execution._tag]).toEqual(
          isClaimed ? ["Delivered", "Assigned"] : [round % 3 === 0 ? "Withdrawn" : "Expired", "Idle"]
        )
        if (isClaimed) yield* stop("s1", { at: 10_001 + round })
        yield* store.confirmDelivery(mail?.delivery?.id ?? 0, 1)
      }
      expect(outcomes.size).toBeGreaterThan(0)
    })
  )
}
