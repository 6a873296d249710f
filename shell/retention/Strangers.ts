/**
 * Folders of attempts, and of the runs in them, that the store has never begun, as they are after an older store was
 * restored: it gives their numbers again, and the exit record in one of them would be taken for that of an attempt, or of a
 * verifier, that never ran.
 */
import { readdir, rename } from "node:fs/promises"
import * as Effect from "effect/Effect"
import { TaskId } from "../../core/task/Identifiers.ts"
import { Places } from "../config/Places.ts"
import * as StartToken from "../process/StartToken.ts"
import { Store, type StoreError } from "../store/Store.ts"
import { StateUnusable } from "./AttemptFiles.ts"
import { codeOf } from "../process/ErrorCode.ts"

type Trouble = StateUnusable | StoreError | StartToken.StartTokenUnusable

const attemptName = /^([1-9]\d{0,14})\.\d{1,15}$/
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

interface Run {
  /** `1.2/v7` */
  readonly path: string
  readonly task: TaskId
  readonly number: number
}

const runsIn = (folder: string, attempt: string): Effect.Effect<ReadonlyArray<Run>, StateUnusable> =>
  Effect.map(namesIn(`${folder}/${attempt}`), (names) =>
    names.flatMap((each): ReadonlyArray<Run> => {
      const task = attemptName.exec(attempt)?.[1]
      const number = runName.exec(each)?.[1]
      if (task === undefined || number === undefined) return []
      return [{ path: `${attempt}/${each}`, task: TaskId.make(Number(task)), number: Number(number) }]
    })
  )

/** The runs in these attempts that their tasks have not begun. A run is stored before its folder is made. */
const unbegun = Effect.fnUntraced(function* (folder: string, attempts: ReadonlyArray<string>) {
  const store = yield* Store
  const runs = (yield* Effect.forEach(attempts, (each) => runsIn(folder, each), { concurrency })).flat()
  if (runs.length === 0) return []
  const tasks = yield* store.tasks({ ids: [...new Set(runs.map(({ task }) => task))] })
  const next = new Map<TaskId, number>(tasks.map(({ facts, id }) => [id, facts.nextRun]))
  return runs.filter(({ number, task }) => number >= (next.get(task) ?? 1)).map(({ path }) => path)
})

/** Their paths in the folder of attempts: `1.2`, `1.1/v3`. An attempt is stored before its folder is made. */
export const find = (folder: string): Effect.Effect<ReadonlyArray<string>, Trouble, Store> =>
  Effect.gen(function* () {
    const store = yield* Store
    const attempts = (yield* namesIn(folder)).filter((each) => attemptName.test(each))
    if (attempts.length === 0) return []
    const known = yield* store.existingAttempts(attempts)
    const unknown = attempts.filter((each) => !known.has(each))
    const runs = yield* unbegun(
      folder,
      attempts.filter((each) => known.has(each))
    )
    // What was revoked never starts, whoever that was for: the attempt, or the run, after it does.
    return yield* Effect.filter([...unknown, ...runs], (each) =>
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
export const setAside = (epoch: number): Effect.Effect<void, Trouble, Store | Places> =>
  Effect.gen(function* () {
    const { attempts } = yield* Places
    for (const each of yield* find(attempts)) {
      const path = `${attempts}/${each}`
      const aside = yield* attempting("set aside", path, () => renameFree(path, epoch))
      yield* Effect.logWarning(`${path} is of nothing that the store has begun: it is ${aside} now`)
    }
  })
