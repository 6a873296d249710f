/**
 * What must hold of every account, by books of its own: nothing begins before the end of a limit, then one alone, then
 * two, and one more for each that proved itself; and nobody waits for an account that is not the own.
 */
import type { Execution } from "../../../../core/execution/Execution.ts"
import type { TaskId } from "../../../../core/task/Identifiers.ts"
import type { LedgerEntry } from "../../../../core/task/Record.ts"
import type { Task } from "../../../../core/task/Task.ts"
import type { Wait } from "../../../../core/tick/Wait.ts"
import type { World } from "../../../../core/tick/World.ts"

interface Tools {
  readonly now: () => number
  readonly maxConcurrent: number
  readonly broken: (requirement: string, what: string) => void
  readonly cover: (what: string) => void
}

interface Book {
  limitedUntil: number
  isPaused: boolean
  /** How many at once; null: as many as there are places. */
  width: number | null
  /** The one that tries, while the width is one. */
  canary: string | null
  /** Attempts begun with or after a canary that have not proved anything yet. */
  readonly trials: Set<string>
  /** The tasks whose agent is at work. */
  readonly atWork: Set<TaskId>
}

const agentAtWork = (execution: Execution): boolean =>
  execution._tag === "Assigned" ||
  execution._tag === "Launching" ||
  execution._tag === "Running" ||
  (execution._tag === "Limited" && execution.carrier !== null) ||
  (execution._tag === "Stopping" && execution.subject._tag === "Agent")

const nameOf = ({ spec: { agent } }: Task): string => (agent.name === "bea" ? "bob" : agent.name)

export const make = ({ broken, cover, maxConcurrent, now }: Tools) => {
  const books = new Map<string, Book>()
  const bookOf = (task: Task): Book => {
    const known = books.get(nameOf(task))
    if (known !== undefined) return known
    const fresh: Book = {
      limitedUntil: 0,
      isPaused: false,
      width: null,
      canary: null,
      trials: new Set(),
      atWork: new Set()
    }
    books.set(nameOf(task), fresh)
    return fresh
  }

  const limit = (book: Book, until: number): void => {
    book.limitedUntil = Math.max(book.limitedUntil, until)
    book.width = 1
    book.canary = null
  }

  const onLaunch = (task: Task, book: Book, attempt: number): void => {
    const trial = `${task.id}.${attempt}`
    if (now() < book.limitedUntil) broken("TCK-10", `#${task.id} starts on a limited account`)
    if (book.isPaused) broken("TCK-10", `#${task.id} starts on a paused account`)
    if (book.width === 1) {
      if (book.canary !== null) broken("TCK-10", `#${task.id} starts beside a canary`)
      book.canary = trial
      cover("canary")
    } else if (book.width !== null && book.width < maxConcurrent) {
      if (book.atWork.size >= book.width) broken("TCK-10", `#${task.id} is one too many: ${book.width} at once`)
      cover("ramp")
    }
    if (book.width !== null && book.width < maxConcurrent) book.trials.add(trial)
  }

  const end = (book: Book, trial: string, isProof: boolean): void => {
    const isCanary = book.canary === trial
    if (isCanary) book.canary = null
    if (!book.trials.delete(trial) || !isProof || book.width === null || (book.width === 1 && !isCanary)) return
    book.width++
    cover("proof")
  }

  const onEntry = ({ after, before, event }: LedgerEntry): void => {
    if (event._tag !== "ExecutionMoved") return
    const book = bookOf(before)
    const { event: moved } = event
    const { execution } = before
    const number = "attempt" in execution ? execution.attempt.number : 0
    const trial = `${before.id}.${number}`
    switch (moved._tag) {
      case "Launch":
        onLaunch(before, book, moved.attempt.number)
        break
      case "RateLimited":
        // A trial that the provider answered with a no has shown what it could.
        book.trials.delete(trial)
        limit(book, moved.resumeAt)
        break
      case "Ended":
        if (moved.how._tag === "Limited" && moved.how.cause === "authentication") {
          book.isPaused = true
          cover("pause")
          end(book, trial, false)
        } else if (moved.how._tag === "Limited") limit(book, moved.how.resumeAt)
        else end(book, trial, moved.how._tag !== "Lost")
        break
      case "VerifiedDead":
        if (moved.facts.limit !== undefined) {
          limit(book, moved.facts.limit.until)
          cover("late limit")
        }
        break
      case "Sustained":
        end(book, trial, true)
        break
      case "Stop":
      case "LaunchFailed":
        end(book, trial, false)
        break
      default:
    }
    if (agentAtWork(after.execution)) book.atWork.add(after.id)
    else book.atWork.delete(after.id)
  }

  const onResumed = (account: string, at: number): void => {
    const book = books.get(account)
    if (book === undefined) return
    const isHeld = book.isPaused || (book.width === 1 && book.canary === null)
    if (isHeld && book.canary === null) {
      book.limitedUntil = Math.min(book.limitedUntil, at)
      book.width = 1
    }
    book.isPaused = false
  }

  /** Of every plan: who is told to wait for an account waits for the own, and for a reason that holds. */
  const planned = (world: World, waiting: ReadonlyMap<TaskId, Wait>): void => {
    for (const { task } of world.tasks) {
      const wait = waiting.get(task.id)
      const book = bookOf(task)
      const isOwn = task.execution._tag === "Limited" || task.execution._tag === "Verifying"
      if (wait?._tag === "Limited" && !isOwn && wait.until !== book.limitedUntil) {
        broken("TCK-10", `#${task.id} waits for a limit that is none of its account`)
      }
      if (wait?._tag === "AccountPaused" && !book.isPaused) {
        broken("TCK-10", `#${task.id} waits for an account that is not paused`)
      }
      if (wait?._tag === "Canary" && !(book.width === 1 && now() >= book.limitedUntil)) {
        broken("TCK-10", `#${task.id} waits for a canary that there is not`)
      }
      if (wait?._tag === "Ramp" && wait.width !== book.width) {
        broken("TCK-10", `#${task.id} waits for a ramp of ${wait.width}, and it is ${book.width}`)
      }
    }
  }

  return { onEntry, onResumed, planned } as const
}
