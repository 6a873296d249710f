/** The supervisor's copy of the store: whatever others write, and whichever read fails in between, it catches up. */
import { isDeepStrictEqual } from "node:util"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import fc from "fast-check"
import { expect } from "vitest"
import { isLive } from "../../../core/execution/Execution.ts"
import type { TaskId } from "../../../core/task/Identifiers.ts"
import type { Verifier } from "../../../core/verify/Verifier.ts"
import { layerMemory } from "../../../shell/store/MemoryStore.ts"
import { type Change, type NewTask, Store, StoreUnavailable } from "../../../shell/store/Store.ts"
import * as Fleet from "../../../shell/supervisor/Fleet.ts"
import { someEvent } from "../store/Histories.ts"
import { attemptOf, changeOf, existing, newTask, specOf, submission, verificationOf } from "../store/World.ts"

const verify: ReadonlyArray<Verifier> = [{ _tag: "Run", command: "npm test", timeoutMin: 1 }]
const named = (name: string, after: ReadonlyArray<string> = []): NewTask => ({
  ...newTask(name, after),
  spec: { ...specOf(name), verify }
})

/** What is written of a task, or null: the rows beside it come with the events that are about them. */
const change = (id: TaskId, choice: number, epoch: number | null = null) =>
  Effect.gen(function* () {
    const store = yield* Store
    const [task] = yield* store.tasks({ ids: [id] })
    if (task === undefined) return null
    const event = someEvent(task, choice)
    const made = event === null ? null : changeOf(task, [event], { epoch })
    if (made === null || event === null) return null
    const began = event._tag === "ExecutionMoved" ? event.event : null
    const begun = began?._tag === "Launch" || began?._tag === "VerifyBegin" ? began.attempt : null
    const isNew = begun !== null && (yield* store.existingAttempts([`${id}.${begun.number}`])).size === 0
    const written: Change = {
      ...made,
      attempt: isNew ? { record: { ...attemptOf(task, begun.number), attempt: begun }, phase: "created" } : null,
      verification: began?._tag === "RunBegin" ? verificationOf(task, began.run, { attempt: began.attempt }) : null
    }
    yield* store.write(written)
    return written
  })

/** The store whose so-many-th read from now fails, once. */
const failing = (store: typeof Store.Service) => {
  let left = Number.POSITIVE_INFINITY
  const guarded = <A extends ReadonlyArray<unknown>, B, E>(read: (...args: A) => Effect.Effect<B, E>) => {
    return (...args: A): Effect.Effect<B, E | StoreUnavailable> =>
      Effect.suspend((): Effect.Effect<B, E | StoreUnavailable> => {
        left -= 1
        if (left !== 0) return read(...args)
        return new StoreUnavailable({ operation: "read", path: "", reason: "Locked", cause: "planned" })
      })
  }
  const { changedSince, latestAttempts, tasks, verifications } = store
  return {
    failAt: (read: number): void => void (left = read),
    store: {
      ...store,
      changedSince: guarded(changedSince),
      latestAttempts: guarded(latestAttempts),
      tasks: guarded(tasks),
      verifications: guarded(verifications)
    }
  }
}

const view = (fleet: Fleet.Fleet, ids: ReadonlyArray<TaskId>) => ({
  accounts: fleet.accounts(),
  live: fleet
    .live()
    .map(({ id }) => id)
    .toSorted((a, b) => a - b),
  tasks: ids.map((id) => {
    const task = existing(fleet.taskOf(id))
    return { task, record: fleet.recordOf(task), run: fleet.runOf(task) }
  })
})

const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ task: fc.nat({ max: 2 }), choice: fc.nat({ max: 40 }) }) },
    { weight: 1, arbitrary: fc.record({ failAt: fc.integer({ min: 1, max: 5 }) }) }
  ),
  { maxLength: 60, size: "max" }
)

it.scoped.prop(
  "TCK-8 a refresh that failed half-way is made up for by the next: the copy says of every task what one that is new says",
  [steps],
  ([steps]) =>
    Effect.gen(function* () {
      const store = yield* Store
      const batch = submission([named("first"), named("second", ["first"]), named("third", ["second"])])
      const ids = (yield* store.submit(batch)).tasks.map(({ id }) => id)
      const flaky = failing(store)
      const fleet = yield* Fleet.make(flaky.store)
      for (const step of steps) {
        if ("failAt" in step) {
          flaky.failAt(step.failAt)
          yield* Effect.either(fleet.refresh)
          flaky.failAt(Number.POSITIVE_INFINITY)
        } else yield* change(existing(ids[step.task]), step.choice)
      }
      yield* fleet.refresh
      const open = (yield* store.tasks({})).map(({ id }) => id)
      const fresh = yield* Fleet.make(store)
      // One that is new does not know what has ended.
      const known = open.filter((id) => fresh.taskOf(id) !== null)
      expect(view(fleet, known)).toEqual(view(fresh, known))
      const live = (yield* store.tasks({})).filter(({ execution }) => isLive(execution)).map(({ id }) => id)
      expect(view(fleet, []).live).toEqual(live)
    }).pipe(Effect.provide(layerMemory))
)

it.scoped.prop(
  "PRF-2 what the supervisor has written it does not read back, and what others have written it does",
  [
    fc.array(
      fc.record({
        task: fc.nat({ max: 2 }),
        choice: fc.nat({ max: 40 }),
        isOwn: fc.boolean(),
        isRestart: fc.nat({ max: 9 }).map((chance) => chance === 0)
      }),
      { maxLength: 60, size: "max" }
    )
  ],
  ([changes]) =>
    Effect.gen(function* () {
      const store = yield* Store
      const epoch = yield* store.takeEpoch({ host: "here", pid: 7, at: 1 })
      const batch = submission([named("first"), named("second", ["first"]), named("third", ["second"])])
      const ids = (yield* store.submit(batch)).tasks.map(({ id }) => id)
      const read: Array<TaskId> = []
      let looks = 0
      const noting: typeof store = {
        ...store,
        changedSince: (seq, isKnown) =>
          Effect.tap(store.changedSince(seq, isKnown), ({ tasks }) => {
            looks += 1
            read.push(...tasks.map(({ id }) => id))
          })
      }
      const begin = Effect.tap(Fleet.make(noting), ({ refresh }) => refresh)
      let fleet = yield* begin
      // As the loop does.
      let version = yield* store.foreignVersion
      for (const { choice, isOwn, isRestart, task } of changes) {
        if (isRestart) fleet = yield* begin
        read.length = 0
        looks = 0
        const accounts = yield* store.accounts
        const written = yield* change(existing(ids[task]), choice, isOwn ? epoch : null)
        if (isOwn && written !== null) fleet.written(written)
        const found = yield* store.foreignVersion
        if (found !== version) yield* fleet.refresh
        version = found
        // An account has the limits of all tasks: what one more makes of it is the store's to say.
        const isKnown = isOwn && isDeepStrictEqual(yield* store.accounts, accounts)
        expect(looks).toBe(written !== null && !isKnown ? 1 : 0)
        expect(read).toEqual(isOwn || written === null ? [] : [written.task])
        const fresh = yield* Fleet.make(store)
        const open = ids.filter((id) => fresh.taskOf(id) !== null)
        expect(view(fleet, open)).toEqual(view(fresh, open))
      }
    }).pipe(Effect.provide(layerMemory))
)
