/**
 * Rows to values and back, through core's schemas. A row that does not decode is a `MalformedRow` that names table, row
 * and column; there are no defaults (STG-11).
 */
import * as Either from "effect/Either"
import type * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import * as Accounts from "../../core/account/Account.ts"
import * as Attempts from "../../core/execution/AttemptRecord.ts"
import { Execution } from "../../core/execution/Execution.ts"
import { ProcessIdentity } from "../../core/execution/Process.ts"
import { encode as encodeStage, Stage } from "../../core/stage/Stage.ts"
import type * as StageValue from "../../core/stage/Stage.ts"
import { TaskEvent } from "../../core/task/Apply.ts"
import { Facts } from "../../core/task/Facts.ts"
import { Flow } from "../../core/task/Flow.ts"
import { BatchId, TaskId } from "../../core/task/Identifiers.ts"
import { Spec } from "../../core/task/Spec.ts"
import * as Task from "../../core/task/Task.ts"
import { Verification } from "../../core/verify/Verification.ts"
import { explain } from "./Explain.ts"
import { decoder, reader, writer } from "./JsonColumn.ts"
import type * as Rows from "./Rows.ts"
import { readSpec } from "./SpecColumn.ts"
import { type AttentionItem, type LedgerRow, MalformedRow } from "./Store.ts"

/** Stages live long and are written with every move. Values are never modified. */
const stageWriter = () => {
  const texts = new WeakMap<StageValue.Stage, string>()
  return (value: StageValue.Stage): string => {
    const text = texts.get(value) ?? JSON.stringify(encodeStage(value))
    texts.set(value, text)
    return text
  }
}

const DependsOn = Schema.Array(TaskId)
const read = {
  spec: readSpec,
  flow: reader(Flow, 64),
  dependsOn: reader(DependsOn, 256),
  stage: reader(Stage, 256),
  execution: reader(Execution, 256),
  facts: reader(Facts, 256),
  event: reader(TaskEvent),
  process: reader(ProcessIdentity),
  progress: reader(Attempts.Progress),
  window: reader(Accounts.Window, 64),
  pause: reader(Accounts.Pause)
}

/** The JSON texts of values. */
export const write = {
  spec: writer(Spec),
  flow: writer(Flow),
  dependsOn: writer(DependsOn),
  stage: stageWriter(),
  execution: writer(Execution),
  facts: writer(Facts),
  event: writer(TaskEvent),
  process: writer(ProcessIdentity),
  progress: writer(Attempts.Progress),
  window: writer(Accounts.Window),
  pause: writer(Accounts.Pause)
}

const Asked = Schema.Struct({ spec: Spec, flow: Flow, dependsOn: DependsOn })
const AskedText = Schema.parseJson(Asked)

/** A text that is the same for what is asked for in other words of the same meaning: keys in one order, no key too many. */
export const canonical = (asked: typeof Asked.Type): string => Schema.encodeSync(AskedText)(asked)

export type Decoded<A> = Either.Either<A, MalformedRow>

/** Names where a value stood that does not decode. */
export const named = <A>(
  table: string,
  row: string | number,
  place: string | null,
  result: Either.Either<A, ParseResult.ParseError>
): Decoded<A> =>
  Either.mapLeft(
    result,
    (error) =>
      new MalformedRow({
        table,
        row: String(row),
        detail: place === null ? explain(error) : `${place}: ${explain(error)}`
      })
  )

const ids = decoder(
  Schema.Struct({
    id: TaskId,
    batch: Schema.NullOr(BatchId),
    revision: Schema.Int.pipe(Schema.nonNegative()),
    visit: Schema.Int.pipe(Schema.positive()),
    createdAt: Schema.Finite
  })
)

export const task = (row: Rows.TaskRow): Decoded<Task.Task> =>
  Either.gen(function* () {
    const named_ = <A>(place: string, result: Either.Either<A, ParseResult.ParseError>) =>
      named("tasks", row.id, place, result)
    const { batch, createdAt, id, revision, visit } = yield* named_(
      "id",
      ids({
        id: row.id,
        batch: row.batch_id,
        revision: row.revision,
        visit: row.visit,
        createdAt: row.created_at
      })
    )
    return {
      id,
      batch,
      revision,
      spec: yield* named_("spec", read.spec(row.spec)),
      flow: yield* named_("flow", read.flow(row.flow)),
      dependsOn: yield* named_("depends_on", read.dependsOn(row.depends_on)),
      stage: yield* named_("stage_json", read.stage(row.stage_json)),
      visit,
      execution: yield* named_("execution", read.execution(row.execution)),
      facts: yield* named_("facts", read.facts(row.facts)),
      createdAt
    }
  })

/** What was submitted last for a stored task, for comparison with what is submitted now. */
export const submitted = (
  row: Rows.TaskRow
): Decoded<{ readonly spec: Spec; readonly flow: Flow; readonly dependsOn: ReadonlyArray<TaskId> }> =>
  Either.all({
    spec: named("tasks", row.id, "spec", read.spec(row.spec)),
    flow: named("task_specs", row.id, "flow", read.flow(row.submitted_flow)),
    dependsOn: named("tasks", row.id, "depends_on", read.dependsOn(row.depends_on))
  })

export const dependencies = (row: {
  readonly id: number
  readonly depends_on: string
}): Decoded<ReadonlyArray<TaskId>> => named("tasks", row.id, "depends_on", read.dependsOn(row.depends_on))

const originIds = decoder(Schema.Struct({ id: TaskId, batch: Schema.NullOr(BatchId), upcoming: Schema.Literal(0, 1) }))

export const origin = (row: Rows.OriginRow): Decoded<Task.Task> =>
  Either.gen(function* () {
    const { batch, id, upcoming } = yield* named(
      "tasks",
      row.id,
      null,
      originIds({ id: row.id, batch: row.batch_id, upcoming: row.upcoming })
    )
    return Task.create({
      id,
      batch,
      spec: yield* named("task_specs", row.id, "spec", read.spec(row.spec)),
      flow: yield* named("task_specs", row.id, "flow", read.flow(row.flow)),
      dependsOn: yield* named("task_specs", row.id, "depends_on", read.dependsOn(row.depends_on)),
      upcoming: upcoming === 1,
      createdAt: row.created_at
    })
  })

const words = new Map<StageValue.Tag, string>()

/** The wire word of a stage. */
export const wireWord = (value: StageValue.Stage): string => {
  const word = words.get(value._tag) ?? encodeStage(value).stage
  words.set(value._tag, word)
  return word
}

const causes = Schema.Literal("tick", "operator", "consequence", "submission")
const ledgerIds = decoder(Schema.Struct({ task: TaskId, cause: causes }))

export const ledger = (row: Rows.TransitionRow): Decoded<LedgerRow> =>
  Either.gen(function* () {
    const name = `${row.task_id}@${row.revision}`
    const { cause, task } = yield* named("transitions", name, null, ledgerIds({ task: row.task_id, cause: row.cause }))
    return {
      seq: row.seq,
      task,
      revision: row.revision,
      event: yield* named("transitions", name, "event", read.event(row.event)),
      cause,
      at: row.at
    }
  })

const attemptRecord = decoder(Attempts.AttemptRecord.pipe(Schema.omit("process", "progress")))

export const attempt = (row: Rows.AttemptRow): Decoded<Attempts.AttemptRecord> =>
  Either.gen(function* () {
    const name = `${row.task_id}.${row.number}`
    const rest = yield* named(
      "attempts",
      name,
      null,
      attemptRecord({
        task: row.task_id,
        attempt: {
          number: row.number,
          role: row.role,
          visit: row.visit,
          feedbackNumber: row.feedback_number,
          mode: row.mode
        },
        marker: row.marker,
        agent: row.agent,
        treeBefore: row.tree_before,
        treeAfter: row.tree_after,
        createdAt: row.created_at,
        startedAt: row.started_at,
        endedAt: row.ended_at,
        outcome: row.outcome,
        detail: row.detail
      })
    )
    return {
      ...rest,
      process: row.process === null ? null : yield* named("attempts", name, "process", read.process(row.process)),
      progress: yield* named("attempts", name, "progress", read.progress(row.progress))
    }
  })

export const attemptRow = (record: Attempts.AttemptRecord): Rows.AttemptRow => {
  const { feedbackNumber, mode, number, role, visit } = record.attempt
  return {
    task_id: record.task,
    number,
    role,
    visit,
    feedback_number: feedbackNumber,
    mode,
    marker: record.marker,
    agent: record.agent,
    process: record.process === null ? null : write.process(record.process),
    tree_before: record.treeBefore,
    tree_after: record.treeAfter,
    progress: write.progress(record.progress),
    created_at: record.createdAt,
    started_at: record.startedAt,
    ended_at: record.endedAt,
    outcome: record.outcome,
    detail: record.detail
  }
}

const decodeVerification = decoder(Verification)

export const verification = (row: Rows.VerificationRow): Decoded<Verification> =>
  named(
    "verifications",
    `${row.task_id}.${row.attempt}.v${row.run}`,
    null,
    decodeVerification({
      task: row.task_id,
      attempt: row.attempt,
      run: row.run,
      index: row.position,
      kind: row.kind,
      title: row.title,
      digest: row.digest,
      startedAt: row.started_at,
      endedAt: row.ended_at,
      verdict: row.verdict,
      detail: row.detail,
      tree: row.tree,
      output: row.output,
      costUsd: row.cost_usd
    })
  )

export const verificationRow = (value: Verification): Rows.VerificationRow => {
  const { attempt, costUsd, detail, digest, endedAt, index, kind, output, run, startedAt, task, title, tree, verdict } =
    value
  return {
    task_id: task,
    run,
    attempt,
    position: index,
    kind,
    title,
    digest,
    started_at: startedAt,
    ended_at: endedAt,
    verdict,
    detail,
    tree,
    output,
    cost_usd: costUsd
  }
}

export const account = (row: Rows.AccountRow): Decoded<Accounts.Account> =>
  Either.gen(function* () {
    return {
      id: row.id,
      window: yield* named("accounts", row.id, "window", read.window(row.window)),
      pause: row.pause === null ? null : yield* named("accounts", row.id, "pause", read.pause(row.pause))
    }
  })

export const accountRow = ({ id, pause, window }: Accounts.Account): Rows.AccountRow => ({
  id,
  window: write.window(window),
  pause: pause === null ? null : write.pause(pause)
})

const attentionIds = decoder(Schema.NullOr(TaskId))

export const attention = (row: Rows.OpenAttentionRow): Decoded<AttentionItem> =>
  Either.map(named("attention", row.key, "task_id", attentionIds(row.task_id)), (task) => ({
    id: row.id,
    key: row.key,
    task,
    text: row.text,
    raisedAt: row.raised_at,
    acknowledgedAt: row.acknowledged_at
  }))
