/**
 * A submission, worked out inside its transaction: which tasks are new, changed or the same, and everything that is wrong
 * with them at once. All of it is stored or nothing, and the same again adds nothing (STO-5).
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { defaults } from "../../core/policy/Policy.ts"
import { BatchId, TaskId } from "../../core/task/Identifiers.ts"
import * as Record from "../../core/task/Record.ts"
import * as Spec from "../../core/task/Spec.ts"
import * as Task from "../../core/task/Task.ts"
import * as Codec from "./Codec.ts"
import * as DependencyGraph from "./DependencyGraph.ts"
import type { DriverFailure, Reads, Transaction } from "./Encoded.ts"
import * as EncodedChange from "./EncodedChange.ts"
import * as EventRows from "./EventRows.ts"
import * as Plan from "./Plan.ts"
import type * as Rows from "./Rows.ts"
import { type MalformedRow, type NewTask, type Submission, SubmissionRefused, type Submitted } from "./Store.ts"

type Problem = SubmissionRefused["problems"][number]

/** Where a task of the submission goes. */
interface Placed {
  readonly task: NewTask
  readonly id: TaskId
  /** `same`: its key is known, so it is that task whatever else it says. */
  readonly is: "new" | "stored" | "same"
}

/** A placed task with the ids it waits for, ascending, each once; null where one is unknown. */
interface Resolved extends Placed {
  readonly dependsOn: ReadonlyArray<TaskId> | null
}

type Failure = DriverFailure | MalformedRow

export const submit = (
  transaction: Transaction,
  submission: Submission
): Effect.Effect<Submitted, Failure | SubmissionRefused> =>
  Effect.gen(function* () {
    const next = yield* transaction.nextIds
    const { batch, isNew } = yield* chooseBatch(transaction, submission, next.batch)
    const rows =
      batch === null || isNew
        ? []
        : yield* transaction.tasks({
            _tag: "Filter",
            batch,
            ids: null,
            pipelines: null,
            doneBefore: null,
            after: null,
            limit: null
          })
    const stored = new Map<string, Rows.TaskRow>()
    for (const row of rows) stored.set((yield* Codec.submitted(row)).spec.name, row)

    const placed = yield* place(transaction, submission.tasks, stored, next.task)
    const problems = duplicates(placed)
    const resolved = yield* resolve(transaction, placed, stored, problems)
    const cycle = yield* DependencyGraph.findCycle(transaction, rows, resolved)
    if (cycle !== null) problems.push({ _tag: "Cycle", names: cycle })

    const head = yield* transaction.head([])
    const collected = new Plan.Collected(head.seq, new Set())
    const fresh: Array<Fresh> = []
    const tasks: Array<Submitted["tasks"][number]> = []
    for (const each of resolved) {
      const name = each.task.spec.name
      const row = each.is === "stored" ? stored.get(name) : undefined
      if (each.is === "same" || each.dependsOn === null) {
        tasks.push({ id: each.id, name, was: "unchanged" })
      } else if (row === undefined) {
        fresh.push(freshRows(each, each.dependsOn, batch, submission.at))
        collected.event(EventRows.transition(each.id, submission.at))
        tasks.push({ id: each.id, name, was: "added" })
      } else {
        const change = yield* respecify(row, each.task, each.dependsOn, submission.at)
        if (change === "AlreadyStarted") problems.push({ _tag: "AlreadyStarted", task: name, id: each.id })
        else if (change !== null) collected.change(change)
        tasks.push({ id: each.id, name, was: change === null ? "unchanged" : "updated" })
      }
    }
    if (problems.length > 0) return yield* new SubmissionRefused({ problems })

    const isBatchKept = batch !== null && isNew && submission.path !== null
    yield* transaction.write({
      ...collected.writes,
      batches: isBatchKept ? [{ id: batch, path: submission.path, at: submission.at }] : [],
      newTasks: fresh.map(({ task }) => task),
      specs: [...fresh.map(({ spec }) => spec), ...collected.specs]
    })
    return { batch: batch === null ? null : BatchId.make(batch), tasks }
  })

/** The batch of the path: the newest, or the next where there is none or a new one is asked for. */
const chooseBatch = (reads: Reads, { again, path }: Submission, next: number) =>
  Effect.gen(function* () {
    if (path === null) return { batch: null, isNew: false }
    const known = again ? Option.none<number>() : yield* reads.newestBatch(path)
    return { batch: Option.getOrElse(known, () => next), isNew: Option.isNone(known) }
  })

const place = (
  reads: Reads,
  tasks: ReadonlyArray<NewTask>,
  stored: ReadonlyMap<string, Rows.TaskRow>,
  firstId: number
): Effect.Effect<ReadonlyArray<Placed>, Failure> =>
  Effect.gen(function* () {
    const keys = tasks.flatMap(({ key }) => (key === null ? [] : [key]))
    const byKey = new Map<string, number>()
    if (keys.length > 0) for (const { id, key } of yield* reads.tasksByKey(keys)) byKey.set(key, id)
    let nextId = firstId
    return tasks.map((task): Placed => {
      const known = task.key === null ? undefined : byKey.get(task.key)
      if (known !== undefined) return { task, id: TaskId.make(known), is: "same" }
      const row = stored.get(task.spec.name)
      const id = row === undefined ? nextId++ : row.id
      if (task.key !== null) byKey.set(task.key, id)
      return { task, id: TaskId.make(id), is: row === undefined ? "new" : "stored" }
    })
  })

/** Names that several tasks of the submission want. */
const duplicates = (placed: ReadonlyArray<Placed>): Array<Problem> => {
  const owners = new Map<string, TaskId>()
  const twice = new Set<string>()
  for (const { id, is, task } of placed) {
    const owner = owners.get(task.spec.name)
    if (owner !== undefined && (is !== "same" || owner !== id)) twice.add(task.spec.name)
    owners.set(task.spec.name, id)
  }
  return [...twice].map((task) => ({ _tag: "DuplicateName", task }))
}

const resolve = (
  reads: Reads,
  placed: ReadonlyArray<Placed>,
  stored: ReadonlyMap<string, Rows.TaskRow>,
  problems: Array<Problem>
): Effect.Effect<ReadonlyArray<Resolved>, DriverFailure> =>
  Effect.gen(function* () {
    const byName = new Map<string, TaskId>()
    for (const [name, row] of stored) byName.set(name, TaskId.make(row.id))
    for (const { id, task } of placed) byName.set(task.spec.name, id)
    const ids = placed.flatMap(({ is, task }) => (is === "same" ? [] : task.dependsOnIds))
    const { revisions } = yield* reads.head(ids)
    return placed.map((each): Resolved => {
      if (each.is === "same") return { ...each, dependsOn: null }
      const { spec, dependsOnIds, dependsOnNames } = each.task
      const found = new Set<TaskId>()
      const unknown: Array<string> = []
      for (const name of dependsOnNames) {
        const id = byName.get(name)
        if (id === undefined) unknown.push(name)
        else found.add(id)
      }
      for (const id of dependsOnIds) {
        if (revisions.has(id)) found.add(id)
        else unknown.push(`#${id}`)
      }
      for (const dependency of new Set(unknown)) {
        problems.push({ _tag: "UnknownDependency", task: spec.name, dependency })
      }
      return { ...each, dependsOn: unknown.length > 0 ? null : [...found].toSorted((a, b) => a - b) }
    })
  })

interface Fresh {
  readonly task: Rows.NewTaskRow
  readonly spec: Rows.SpecRow
}

const freshRows = ({ id, task }: Placed, dependsOn: ReadonlyArray<TaskId>, batch: number | null, at: number): Fresh => {
  const { flow, spec, upcoming, key } = task
  const created = Task.create({ id, batch: null, spec, flow, dependsOn, upcoming, createdAt: at })
  const asked = { flow: Codec.write.flow(flow), depends_on: Codec.write.dependsOn(dependsOn) }
  return {
    task: {
      ...asked,
      id,
      batch_id: batch,
      key,
      name: spec.name,
      upcoming: upcoming ? 1 : 0,
      stage_json: Codec.write.stage(created.stage),
      execution: Codec.write.execution(created.execution),
      facts: Codec.write.facts(created.facts),
      created_at: at
    },
    spec: { ...asked, task_id: id, revision: 0, spec: Codec.write.spec(spec) }
  }
}

/** What a stored task becomes by what is asked for now: null where that is what was asked for before. */
const respecify = (row: Rows.TaskRow, asked: NewTask, dependsOn: ReadonlyArray<TaskId>, at: number) =>
  Effect.gen(function* () {
    const { spec, flow } = asked
    const before = yield* Codec.submitted(row)
    const isSame =
      Codec.canonical({ ...before, spec: Spec.asked(before.spec) }) ===
      Codec.canonical({ spec: Spec.asked(spec), flow, dependsOn })
    if (isSame) return null
    const task = yield* Codec.task(row)
    const event = { _tag: "Respecified", spec, flow, dependsOn } as const
    const recorded = Record.record(task, [event], "submission", defaults)
    if (Either.isLeft(recorded)) return "AlreadyStarted"
    return EncodedChange.encode({
      epoch: null,
      at,
      task: task.id,
      expectedRevision: task.revision,
      recorded: recorded.right,
      attempt: null,
      verification: null,
      attention: []
    })
  })
