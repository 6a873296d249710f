/**
 * What is durable beside the world itself: tasks, attention items, accounts, the drain. The only way in is
 * `write`, which refuses what does not fit and shows every row to the checks.
 */
import * as Either from "effect/Either"
import * as Account from "../../../../core/account/Account.ts"
import { type AccountChange, accountChanges } from "../../../../core/account/AccountChange.ts"
import type { TreeHash } from "../../../../core/execution/Execution.ts"
import type { Policy } from "../../../../core/policy/Policy.ts"
import { fold, type LedgerEntry, record, type Cause } from "../../../../core/task/Record.ts"
import type { TaskEvent } from "../../../../core/task/Apply.ts"
import type { TaskId } from "../../../../core/task/Identifiers.ts"
import type { Task } from "../../../../core/task/Task.ts"

const account = (accounts: Map<string, Account.Account>, entry: LedgerEntry): void => {
  for (const { account: id, event } of accountChanges(entry)) {
    accounts.set(id, Account.step(accounts.get(id) ?? Account.open(id), event))
  }
}

export const make = (
  created: ReadonlyArray<Task>,
  policy: Policy,
  onEntry: (entry: LedgerEntry) => void,
  onResumed: (account: string, at: number) => void,
  say: (line: string) => void
) => {
  const tasks = new Map<TaskId, Task>(created.map((task) => [task.id, task]))
  const ledger = new Map<TaskId, Array<TaskEvent>>(created.map(({ id }) => [id, []]))
  const attention = new Map<TaskId, Set<string>>(created.map(({ id }) => [id, new Set()]))
  const accounts = new Map<string, Account.Account>()
  /** What the last attempt of each task left in its directory. */
  const left = new Map<TaskId, TreeHash>()
  /** The rows of all tasks in the order in which they were written. */
  const rows: Array<{ readonly task: TaskId; readonly event: TaskEvent } | AccountChange> = []

  const tell = ({ after, before, cause, event }: LedgerEntry): void => {
    if (event._tag === "Respecified") return
    const { _tag } = event.event
    const [from, to] =
      event._tag === "StageMoved"
        ? [before.stage._tag, after.stage._tag]
        : [before.execution._tag, `${after.execution._tag} ${JSON.stringify(after.execution).slice(0, 90)}`]
    say(`  #${before.id} ${from} ─${_tag}(${cause})▶ ${to}`)
  }

  /** The next task, or null where the events do not fit. */
  const write = (task: Task, events: ReadonlyArray<TaskEvent>, cause: Cause): Task | null => {
    const result = record(task, events, cause, policy)
    if (Either.isLeft(result)) return null
    for (const entry of result.right.entries) {
      tell(entry)
      onEntry(entry)
      ledger.get(task.id)?.push(entry.event)
      rows.push({ task: task.id, event: entry.event })
      account(accounts, entry)
      if (entry.event._tag === "ExecutionMoved" && entry.event.event._tag === "VerifiedDead") {
        left.set(task.id, entry.event.event.facts.tree)
      }
    }
    tasks.set(task.id, result.right.task)
    return result.right.task
  }

  const taskOf = (id: TaskId): Task => {
    const task = tasks.get(id)
    if (task === undefined) throw new Error(`no task ${id}`)
    return task
  }

  /** The tasks whose ledger does not lead to what is stored. */
  const unfolded = (): ReadonlyArray<TaskId> =>
    created
      .filter((task) => JSON.stringify(fold(task, ledger.get(task.id) ?? [])) !== JSON.stringify(taskOf(task.id)))
      .map(({ id }) => id)

  /** A person lifts what holds an account up. */
  const resume = (id: string, at: number): void => {
    const row = accounts.get(id)
    if (row === undefined) return
    const event = { _tag: "Resumed", at } as const
    accounts.set(id, Account.step(row, event))
    onResumed(id, at)
    rows.push({ account: id, event })
    say(`  account ${id} ─Resumed(operator)▶ ${accounts.get(id)?.window._tag}`)
  }

  /** The accounts that the rows of all ledgers lead to, from the tasks as they were created. */
  const foldedAccounts = (): ReadonlyMap<string, Account.Account> => {
    const now = new Map<TaskId, Task>(created.map((task) => [task.id, task]))
    const folded = new Map<string, Account.Account>()
    for (const row of rows) {
      if ("account" in row) {
        folded.set(row.account, Account.step(folded.get(row.account) ?? Account.open(row.account), row.event))
        continue
      }
      const { event, task: id } = row
      const before = now.get(id)
      if (before === undefined) continue
      const result = record(before, [event], "tick", { maxQaRounds: Number.POSITIVE_INFINITY })
      if (Either.isLeft(result)) continue
      const [entry] = result.right.entries
      if (entry === undefined) continue
      account(folded, entry)
      now.set(id, entry.after)
    }
    return folded
  }

  return {
    write,
    resume,
    taskOf,
    tasks,
    attentionOf: (id: TaskId): Set<string> => attention.get(id) ?? new Set(),
    accounts,
    leftOf: (id: TaskId): TreeHash | null => left.get(id) ?? null,
    foldedAccounts,
    unfolded
  } as const
}

export type Shelf = ReturnType<typeof make>
