/** What must be true in the end: every task at rest or with a person who knows, and the ledgers tell how it came. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { accountOf } from "../../../core/account/Account.ts"
import { fold } from "../../../core/task/Record.ts"
import type { TaskId } from "../../../core/task/Identifiers.ts"
import type { Task } from "../../../core/task/Task.ts"
import { needsPerson, survivorsKey } from "../../../core/tick/Attention.ts"
import { isSettled, stuckOn } from "../../../core/tick/Stuck.ts"
import { Store, type StoreError } from "../../../shell/store/Store.ts"
import type { Violation } from "./Checks.ts"

/** The tasks that are not where they can stay, and why each is not. */
export const unsettled = (maxConcurrent: number): Effect.Effect<ReadonlyArray<string>, StoreError, Store> =>
  Effect.gen(function* () {
    const store = yield* Store
    const all = yield* store.tasks({})
    const tasks = new Map<TaskId, Task>(all.map((task) => [task.id, task]))
    const keys = new Set((yield* store.attention).map(({ key }) => key))
    const accounts = yield* store.accounts
    const windows = new Map(accounts.map(({ id, window }) => [id, window]))
    const pausedAccounts = new Set(accounts.filter(({ pause }) => pause !== null).map(({ id }) => id))
    const paused = new Set(all.filter((task) => pausedAccounts.has(accountOf(task))).map(({ id }) => id))
    // Nothing ends the session of a person, nor proves it over where its host has another name: they are told.
    const unprovable = new Set(
      all.flatMap(({ execution, id }) =>
        execution._tag === "Stopping" && execution.carrier?._tag === "Session" && keys.has(survivorsKey(id)) ? [id] : []
      )
    )
    const fleet = { tasks, maxConcurrent, paused, unprovable, windows }
    return all.flatMap((task) => {
      const { execution, id, stage } = task
      if (!isSettled(fleet, task)) {
        return [`#${id} does not come to rest: ${stage._tag}, ${execution._tag}, stuck on ${stuckOn(fleet, task)}`]
      }
      return needsPerson(task) !== null && !keys.has(`task:${id}:held`)
        ? [`#${id} waits for a person, who is not told`]
        : []
    })
  })

/** Ledgers that do not lead to the state of their task (TCK-9), and events that are missing (STO-2). */
export const history: Effect.Effect<ReadonlyArray<Violation>, StoreError, Store> = Effect.gen(function* () {
  const store = yield* Store
  const found: Array<Violation> = []
  for (const task of yield* store.tasks({})) {
    const created = yield* store.created(task.id)
    const rows = yield* store.ledger(task.id)
    const folded = Option.isSome(created)
      ? fold(
          created.value,
          rows.map(({ event }) => event)
        )
      : null
    if (JSON.stringify(folded) !== JSON.stringify(task)) {
      found.push({ requirement: "TCK-9", what: `the ledger of #${task.id} does not lead to its state` })
    }
  }
  let last = 0
  for (;;) {
    const events = yield* store.events(last, 1000)
    for (const { seq } of events) {
      if (seq !== last + 1) found.push({ requirement: "STO-2", what: `event ${last + 1} is missing` })
      last = seq
    }
    if (events.length === 0) return found
  }
})
