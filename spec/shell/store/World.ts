/** What the specs of the store share: folders, submissions, changes, and what a whole store says. */
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Account from "../../../core/account/Account.ts"
import { accountChanges } from "../../../core/account/AccountChange.ts"
import { type AttemptRecord, Marker, noProgress } from "../../../core/execution/AttemptRecord.ts"
import { defaults } from "../../../core/policy/Policy.ts"
import type { Stage } from "../../../core/stage/Stage.ts"
import type { StageEvent } from "../../../core/stage/StageEvent.ts"
import * as Apply from "../../../core/task/Apply.ts"
import type { TaskEvent } from "../../../core/task/Apply.ts"
import { AttemptNumber, RunNumber, TaskId } from "../../../core/task/Identifiers.ts"
import * as Record from "../../../core/task/Record.ts"
import type { Spec } from "../../../core/task/Spec.ts"
import type { Task } from "../../../core/task/Task.ts"
import type { Verification } from "../../../core/verify/Verification.ts"
import { type Change, type NewTask, Store, type Submission } from "../../../shell/store/Store.ts"

export const folder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "drover-store-"))),
  (path) => Effect.promise(() => rm(path, { recursive: true, force: true }))
)

export const specOf = (name: string, prompt = "do it"): Spec => ({
  name,
  prompt,
  cwd: "/repository",
  agent: { name: "tool", kind: "command", command: "tool", args: [], env: {}, passEnv: [], model: null },
  mailboxRole: null,
  model: null,
  maxRetries: 2,
  timeoutMin: 45,
  maxToolTurns: 80,
  inactivitySecs: 300,
  budgetUsd: null,
  priority: 0,
  isolate: "in-place",
  verify: []
})

export const newTask = (name: string, dependsOnNames: ReadonlyArray<string> = []): NewTask => ({
  spec: specOf(name),
  flow: { qa: "server", merge: "none", start: "auto" },
  dependsOnNames,
  dependsOnIds: [],
  upcoming: false,
  key: null
})

export const submission = (tasks: ReadonlyArray<NewTask>, path: string | null = "/tasks.toml"): Submission => ({
  path,
  again: false,
  tasks,
  at: 1000
})

/** Stores tasks of those names and answers them as they are stored. */
export const stored = (...names: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const store = yield* Store
    const { tasks } = yield* store.submit(submission(names.map((name) => newTask(name))))
    return yield* store.tasks({ ids: tasks.map(({ id }) => id) })
  })

/** The first task stored under that name. */
export const oneTask = (name = "one") => Effect.map(stored(name), ([task]) => existing(task))

export const existing = <A>(value: A | undefined | null): A => {
  if (value === undefined || value === null) throw new Error("it is not there")
  return value
}

const nothingElse = { attempt: null, verification: null, attention: [] } as const

/** What core makes of the events, or null where it refuses them. */
export const changeOf = (
  task: Task,
  events: ReadonlyArray<TaskEvent>,
  options: Partial<Change> = {}
): Change | null => {
  const recorded = Record.record(task, events, "tick", defaults)
  if (Either.isLeft(recorded)) return null
  return {
    epoch: null,
    at: 2000,
    task: task.id,
    expectedRevision: task.revision,
    recorded: recorded.right,
    ...nothingElse,
    ...options
  }
}

export const moved = (event: StageEvent): TaskEvent => ({ _tag: "StageMoved", event })

/** The change that these events of the stage make; core must allow them. */
export const move = (task: Task, events: ReadonlyArray<StageEvent>, options: Partial<Change> = {}): Change =>
  existing(changeOf(task, events.map(moved), options))

/** A change that writes other rows only. */
export const beside = (task: Task, options: Partial<Change>): Change => existing(changeOf(task, [], options))

/** Puts a task into any stage, as no history of core would: for the columns, not for the rules. */
export const inStage = (task: Task, stage: Stage, event: TaskEvent = moved({ _tag: "Start" })): Change => {
  const after = { ...task, stage, revision: task.revision + 1 }
  const entries = [{ revision: after.revision, event, cause: "tick", before: task, after } as const]
  return { ...beside(task, {}), recorded: { task: after, entries } }
}

const markerOf = (task: number, number: number): Marker =>
  Marker.make((task * 1_000_000 + number).toString(16).padStart(32, "0"))

export const attemptOf = (task: Task, number: number, options: Partial<AttemptRecord> = {}): AttemptRecord => ({
  task: task.id,
  attempt: {
    number: AttemptNumber.make(number),
    role: "coder",
    visit: task.visit,
    feedbackNumber: task.facts.feedbackNumber,
    mode: "Cold"
  },
  marker: markerOf(task.id, number),
  agent: "tool",
  process: null,
  treeBefore: null,
  treeAfter: null,
  progress: noProgress(1500),
  createdAt: 1500,
  startedAt: null,
  endedAt: null,
  outcome: null,
  detail: null,
  ...options
})

export const verificationOf = (task: Task, run: number, options: Partial<Verification> = {}): Verification => ({
  task: task.id,
  attempt: AttemptNumber.make(1),
  run: RunNumber.make(run),
  index: 0,
  kind: "Run",
  title: "npm test",
  digest: "d1",
  startedAt: 1600,
  endedAt: null,
  verdict: null,
  detail: null,
  tree: null,
  output: null,
  costUsd: null,
  ...options
})

/** All that a store says, task by task: two of these are equal when nothing changed between them. */
export const everything = Effect.gen(function* () {
  const store = yield* Store
  const tasks = yield* store.tasks({})
  return {
    tasks,
    events: yield* store.events(0, 100_000),
    attention: yield* store.attention,
    deliveries: yield* store.deliveries,
    guards: yield* store.guards,
    accounts: yield* store.accounts,
    hookEvents: yield* store.hookEvents({ since: 0, limit: 100_000 }),
    ledgers: yield* Effect.forEach(tasks, ({ id }) => store.ledger(id)),
    created: yield* Effect.forEach(tasks, ({ id }) => Effect.map(store.created(id), Option.getOrNull)),
    attempts: yield* Effect.forEach(tasks, ({ id }) => store.attempts(id)),
    verifications: yield* Effect.forEach(tasks, ({ id }) => store.verifications(id)),
    supervisor: yield* store.supervisor,
    isDraining: yield* store.isDraining
  }
})

type Everything = Effect.Effect.Success<typeof everything>

/** The accounts that the rows of all ledgers lead to, with what a person did to them. */
const foldedAccounts = ({ created, events, ledgers, tasks }: Everything): ReadonlyArray<Account.Account> => {
  const accounts = new Map<string, Account.Account>()
  const happens = (id: string, event: Account.AccountEvent): void => {
    accounts.set(id, Account.step(accounts.get(id) ?? Account.open(id), event))
  }
  const now = new Map(tasks.map(({ id }, index) => [id, existing(created[index])]))
  const rows = ledgers.flat().map((row) => ({ seq: row.seq, row, account: null }))
  const resumed = events.flatMap((event) =>
    event.type === "account.changed" && event.cause.by === "operator"
      ? [{ seq: event.seq, row: null, account: { id: event.account, at: Date.parse(event.at) } }]
      : []
  )
  for (const { account, row } of [...rows, ...resumed].toSorted((a, b) => a.seq - b.seq)) {
    if (account !== null) happens(account.id, { _tag: "Resumed", at: account.at })
    if (row === null) continue
    const before = existing(now.get(row.task))
    const moved = Apply.apply(before, row.event)
    if (Either.isLeft(moved) || moved.right._tag === "Ignored") continue
    const after = moved.right.task
    now.set(row.task, after)
    const { cause, event, revision } = row
    for (const each of accountChanges({ revision, event, cause, before, after })) happens(each.account, each.event)
  }
  return [...accounts.values()].filter(({ id, ...rest }) => !isOpen({ id, ...rest })).toSorted(byId)
}

const byId = (a: Account.Account, b: Account.Account): number => (a.id < b.id ? -1 : 1)

/** As if nothing was ever heard of it. */
const isOpen = ({ pause, window }: Account.Account): boolean => pause === null && window._tag === "Open"

/** What is wrong with a whole store: a ledger that does not lead to its task, a gap in the stream, an event too many. */
export const contradictions = Effect.map(everything, (all) => {
  const wrong: Array<string> = []
  for (const [index, task] of all.tasks.entries()) {
    const created = existing(all.created[index])
    const ledger = existing(all.ledgers[index])
    const folded = Record.fold(
      created,
      ledger.map(({ event }) => event)
    )
    if (JSON.stringify(folded) !== JSON.stringify(task)) wrong.push(`#${task.id} is not what its ledger leads to`)
    if (ledger.some(({ revision }, at) => revision !== at + 1)) wrong.push(`the ledger of #${task.id} has a gap`)
    const told = all.events.flatMap((event) =>
      event.type === "task.transition" && event.task_id === task.id ? [event.seq] : []
    )
    const entered = ledger.map(({ seq }) => seq)
    if (JSON.stringify(told.slice(1)) !== JSON.stringify(entered))
      wrong.push(`the events of #${task.id} are not its ledger`)
  }
  const stored = all.accounts.filter((account) => !isOpen(account)).toSorted(byId)
  if (JSON.stringify(foldedAccounts(all)) !== JSON.stringify(stored)) {
    wrong.push("the accounts are not what the ledgers lead to")
  }
  const pauses = stored.flatMap(({ id, pause }) => (pause === null ? [] : [`account:${id}:paused`]))
  const told = all.attention.map(({ key }) => key).filter((key) => key.startsWith("account:"))
  if (JSON.stringify(pauses) !== JSON.stringify(told.toSorted())) wrong.push("a pause is told that is not there")
  if (all.events.some(({ seq }, at) => seq !== at + 1)) wrong.push("the stream has a gap or a repeat")
  return wrong
})

export const taskId = (id: number): TaskId => TaskId.make(id)
