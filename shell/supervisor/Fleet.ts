/**
 * What the supervisor knows of the stored tasks: a copy that follows the store, by its own writes and by the events of
 * others. Never newer than the store; where it is older, a write is a Conflict and the task is read again.
 *
 * It also keeps in mind of which tasks anything is another since they were last asked for, and which of them may be
 * alive: so nobody has to go through all of them.
 */
import type * as Context from "effect/Context"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Account } from "../../core/account/Account.ts"
import type { AttemptRecord } from "../../core/execution/AttemptRecord.ts"
import { attemptOf, isLive } from "../../core/execution/Execution.ts"
import { isTerminal } from "../../core/stage/Projection.ts"
import { type AttemptNumber, TaskId } from "../../core/task/Identifiers.ts"
import type { Task } from "../../core/task/Task.ts"
import type { Verification } from "../../core/verify/Verification.ts"
import type { Change, Store } from "../store/Store.ts"
import type { Run } from "../verifiers/Verifiers.ts"
import { concerns } from "./Postbox.ts"

/** Attempts that are read at once: the memory that the rows of all take stays with the process as long as it runs. */
const readAtOnce = 1000

const none: ReadonlyArray<never> = []

const isSame = (a: ReadonlyArray<Account>, b: ReadonlyArray<Account>): boolean =>
  a.length === b.length && JSON.stringify(a) === JSON.stringify(b)

export const make = Effect.fnUntraced(function* (store: Context.Tag.Service<Store>) {
  const tasks = new Map<TaskId, Task>()
  const records = new Map<TaskId, AttemptRecord>()
  const verifications = new Map<TaskId, Verification>()
  const attention = new Map<TaskId, Set<string>>()
  const live = new Set<TaskId>()
  const changed = new Set<TaskId>()
  const mailed = new Set<TaskId>()
  /** Tasks that others wait for and that are not known: terminal before this supervisor began, or not there. */
  const missing = new Set<TaskId>()
  /** A mailbox may matter to a task that it did not matter to before. */
  let isMailNew = false
  let accounts: ReadonlyArray<Account> = []
  let isDraining = false
  let seq = 0

  const remember = (task: Task): void => {
    const { dependsOn, execution, id, stage } = task
    tasks.set(id, task)
    changed.add(id)
    if (isLive(execution)) live.add(id)
    else live.delete(id)
    if (!concerns(task)) mailed.delete(id)
    else if (!mailed.has(id)) {
      mailed.add(id)
      isMailNew = true
    }
    if (isTerminal(stage)) return
    for (const other of dependsOn) if (!tasks.has(other)) missing.add(other)
  }

  const rememberRecord = (record: AttemptRecord): void => {
    records.set(record.task, record)
    changed.add(record.task)
  }

  /** The rows beside a task that its execution is about. */
  const readRows = Effect.fnUntraced(function* (ids: ReadonlyArray<TaskId>) {
    for (const some of Arr.chunksOf(ids, readAtOnce)) {
      for (const record of yield* store.latestAttempts(some)) rememberRecord(record)
    }
    for (const id of ids) {
      const execution = tasks.get(id)?.execution
      if (execution?._tag !== "Verifying" || execution.run === null) continue
      const rows = yield* store.verifications(id)
      const current = rows.find(({ run }) => run === execution.run)
      if (current !== undefined) verifications.set(id, current)
    }
  })

  /** The record of its attempt or the row of its run is not known yet. */
  const isBehind = ({ execution, id }: Task): boolean => {
    const attempt = attemptOf(execution)
    if (attempt !== null && records.get(id)?.attempt.number !== attempt.number) return true
    const run = execution._tag === "Verifying" ? execution.run : null
    return run !== null && verifications.get(id)?.run !== run
  }

  /** There is nothing to read of it: most that has changed is what this supervisor has written. */
  const isKnown = (id: number, revision: number): boolean => {
    const task = tasks.get(TaskId.make(id))
    return task !== undefined && task.revision >= revision && !isBehind(task)
  }

  /** Takes what is newer, and reads the rows that belong to it. */
  const absorb = Effect.fnUntraced(function* (found: ReadonlyArray<Task>) {
    for (const task of found) {
      const known = tasks.get(task.id)
      if (known === undefined || known.revision < task.revision) remember(task)
    }
    const behind = found
      .map(({ id }) => id)
      .filter((id) => {
        const task = tasks.get(id)
        return task !== undefined && isBehind(task)
      })
    if (behind.length > 0) yield* readRows(behind)
  })

  const first = yield* store.open
  seq = first.seq
  accounts = first.accounts
  isDraining = first.isDraining
  for (const task of first.tasks) remember(task)
  yield* readRows(first.tasks.filter(({ execution }) => execution._tag !== "Idle").map(({ id }) => id))
  for (const { key, task } of yield* store.attention) {
    if (task !== null) attention.set(task, (attention.get(task) ?? new Set()).add(key))
  }

  /** Reads what others have changed since, and the tasks that those wait for. */
  const refresh = Effect.gen(function* () {
    const snapshot = yield* store.changedSince(seq, isKnown)
    yield* absorb(snapshot.tasks)
    // Not before: what could not be read is read again.
    seq = snapshot.seq
    isDraining = snapshot.isDraining
    if (!isSame(accounts, snapshot.accounts)) accounts = snapshot.accounts
    isMailNew = false
    if (missing.size === 0) return
    const ids = [...missing]
    yield* absorb(yield* store.tasks({ ids }))
    for (const id of ids) missing.delete(id)
  })

  /** Reads one task again: another writer was first. */
  const reread = Effect.fnUntraced(function* (id: TaskId) {
    const task = yield* store.task(id)
    if (Option.isSome(task)) yield* absorb([task.value])
  })

  /** Remembers what was written. */
  const written = ({ attempt, attention: changes, recorded, task: id, verification }: Change): void => {
    const known = tasks.get(id)
    if (known === undefined || known.revision < recorded.task.revision) remember(recorded.task)
    if (attempt !== null) rememberRecord(attempt.record)
    changed.add(id)
    if (verification !== null) verifications.set(id, verification)
    for (const change of changes) {
      const keys = attention.get(id) ?? new Set<string>()
      if (change._tag === "Raise") keys.add(change.key)
      else keys.delete(change.key)
      if (keys.size === 0) attention.delete(id)
      else attention.set(id, keys)
    }
  }

  /** The record of the attempt that a task's execution is about. */
  const recordOf = (task: Task): AttemptRecord | null => {
    const record = records.get(task.id)
    return record !== undefined && record.attempt.number === attemptOf(task.execution)?.number ? record : null
  }

  /** The record of the attempt before that one, where it is known. */
  const before = Effect.fnUntraced(function* (id: TaskId, attempt: AttemptNumber) {
    const all = yield* store.attempts(id)
    return all.filter((record) => record.attempt.number < attempt).at(-1) ?? null
  })

  /** The record of its latest attempt, read if it is not known: that of a task at rest is seldom needed. */
  const latestOf = Effect.fnUntraced(function* ({ facts, id }: Task) {
    if (!records.has(id) && facts.nextAttempt > 1) yield* readRows([id])
    return records.get(id) ?? null
  })

  /** The run that a task's verification is at, or null. */
  const runOf = (task: Task): Run | null => {
    const { execution } = task
    const record = recordOf(task)
    const verification = verifications.get(task.id)
    if (execution._tag !== "Verifying" || execution.run === null || record === null) return null
    const verifier = task.spec.verify[execution.index]
    if (verifier === undefined || verification?.run !== execution.run) return null
    return {
      task,
      marker: record.marker,
      attempt: execution.attempt.number,
      run: execution.run,
      index: execution.index,
      verifier,
      startedAt: verification.startedAt
    }
  }

  return {
    taskOf: (id: TaskId): Task | null => tasks.get(id) ?? null,
    all: (): ReadonlyArray<Task> => [...tasks.values()],
    /** Those that something may be alive of. */
    live: (): ReadonlyArray<Task> => [...live].flatMap((id) => tasks.get(id) ?? []),
    /** Those that a mailbox may matter to. */
    mailed: (): ReadonlyArray<Task> => [...mailed].flatMap((id) => tasks.get(id) ?? []),
    /** The same list as long as nothing in it is another. */
    accounts: (): ReadonlyArray<Account> => accounts,
    /** Admission is closed. */
    isDraining: (): boolean => isDraining,
    /** Something beside the store is another: what is seen of the task. */
    touch: (id: TaskId): void => void changed.add(id),
    isTouched: (id: TaskId): boolean => changed.has(id),
    hasChanged: (): boolean => changed.size > 0,
    /** The mail of some task has not been read yet, though nobody else has written anything. */
    isMailNew: (): boolean => isMailNew,
    /** The tasks of which anything is another since this was asked for. */
    takeChanged: (): ReadonlyArray<Task> => {
      const found = [...changed].flatMap((id) => tasks.get(id) ?? [])
      changed.clear()
      return found
    },
    attentionOf: (id: TaskId): ReadonlyArray<string> => {
      const keys = attention.get(id)
      return keys === undefined ? none : [...keys]
    },
    verificationOf: (id: TaskId): Verification | null => verifications.get(id) ?? null,
    absorb,
    refresh,
    reread,
    written,
    recordOf,
    latestOf,
    before,
    runOf
  } as const
})

export type Fleet = Effect.Effect.Success<ReturnType<typeof make>>
