/**
 * Folders of attempts, and of the runs in them, that the store has never begun, as they are after an older store was
 * restored: it gives their numbers again, and the exit record in one of them would be taken for that of an attempt, or of a
 * verifier, that never ran.
 */
import { readdir, rename } from "node:fs/promises"
import * as Effect from "effect/Effect"
import type { Task } from "../../core/task/Task.ts"
import { Places } from "../config/Places.ts"
import * as StartToken from "../process/StartToken.ts"
import { Store, type StoreError } from "../store/Store.ts"
import { StateUnusable } from "./AttemptFiles.ts"
import { codeOf } from "../process/ErrorCode.ts"

type Trouble = StateUnusable | StoreError | StartToken.StartTokenUnusable

const attemptName = /^[1-9]\d{0,14}\.\d{1,15}$/
/** Of a verifier, or of a landing: a task gives its numbers to both. */
const runName = /^[vl](\d{1,15})$/

/** Folders that are looked at together; each waits for the disk, not for the processor. */
const concurrency = 16

const attempting = <A>(operation: "read" | "set aside", path: string, work: () => Promise<A>) =>
  Effect.tryPromise({ try: work, catch: (cause) => new StateUnusable({ operation, path, cause }) })

/** What is in a folder; nothing where there is none, or where it is no folder. */
const namesIn = (folder: string): Effect.Effect<ReadonlyArray<string>, StateUnusable> =>
  attempting("read", folder, () =>
    readdir(folder).catch((cause: unknown) => {
      if (codeOf(cause) === "ENOENT" || codeOf(cause) === "ENOTDIR") return []
      throw cause
    })
  )

/** The attempt in whose folder the runs of a task are that is next verified or landed. */
const latestOf = ({ facts: { nextAttempt }, id }: Task): string => `${id}.${Math.max(1, nextAttempt - 1)}`

/**
 * The runs in the latest attempt of a task that it has not begun. A run is stored before its folder is made. Earlier attempts
 * get no run any more, and tasks that are over none before they have another attempt.
 */
const unbegun = (folder: string, task: Task): Effect.Effect<ReadonlyArray<string>, StateUnusable> =>
  Effect.map(namesIn(`${folder}/${latestOf(task)}`), (names) =>
    names
      .filter((each) => Number(runName.exec(each)?.[1] ?? 0) >= task.facts.nextRun)
      .map((each) => `${latestOf(task)}/${each}`)
  )

/** Their paths in the folder of attempts: `1.2`, `1.1/v3`. An attempt is stored before its folder is made. `open`: all tasks that are. */
export const find = (folder: string, open: ReadonlyArray<Task>): Effect.Effect<ReadonlyArray<string>, Trouble, Store> =>
  Effect.gen(function* () {
    const store = yield* Store
    const attempts = (yield* namesIn(folder)).filter((each) => attemptName.test(each))
    if (attempts.length === 0) return []
    const known = yield* store.existingAttempts(attempts)
    const unknown = attempts.filter((each) => !known.has(each))
    const runs = yield* Effect.forEach(
      open.filter((task) => known.has(latestOf(task))),
      (task) => unbegun(folder, task),
      { concurrency }
    )
    // What was revoked never starts, whoever that was for: the attempt, or the run, after it does.
    return yield* Effect.filter([...unknown, ...runs.flat()], (each) =>
      Effect.map(StartToken.read(`${folder}/${each}`), (token) => token !== "revoked")
    )
  })

/** A name that nothing has: after a second restore an epoch is the name of an earlier one, too. */
const renameFree = async (path: string, epoch: number): Promise<string> => {
  for (let n = 1; ; n++) {
    const aside = `${path}.before-${epoch}${n === 1 ? "" : `.${n}`}`
    try {
      await rename(path, aside)
      return aside
    } catch (cause) {
      if (codeOf(cause) !== "ENOTEMPTY" && codeOf(cause) !== "EEXIST") throw cause
    }
  }
}

/** Gives them names under which nobody looks for them. Before anything is started; `epoch` is the present one. */
export const setAside = (epoch: number, open: ReadonlyArray<Task>): Effect.Effect<void, Trouble, Store | Places> =>
  Effect.gen(function* () {
    const { attempts } = yield* Places
    for (const each of yield* find(attempts, open)) {
      const path = `${attempts}/${each}`
      const aside = yield* attempting("set aside", path, () => renameFree(path, epoch))
      yield* Effect.logWarning(`${path} is of nothing that the store has begun: it is ${aside} now`)
    }
  })
