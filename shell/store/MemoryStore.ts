/**
 * The store without a file, for specs and simulations: the same rules over the same rows, gone with its scope.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import {
  DriverFailure,
  type AttemptQuery,
  type Driver,
  type Reads,
  type TaskQuery,
  type Transaction,
  heldStages,
  type Telling
} from "./Encoded.ts"
import * as MemoryBoard from "./MemoryBoard.ts"
import * as MemoryCosts from "./MemoryCosts.ts"
import * as MemoryMailbox from "./MemoryMailbox.ts"
import * as MemoryTallies from "./MemoryTallies.ts"
import { type Numbered, specKey, type StoredTask, Tables } from "./MemoryTables.ts"
import { tellingsBefore, write } from "./MemoryWrites.ts"
import * as Migrations from "./Migrations.ts"
import type * as Rows from "./Rows.ts"
import { Store, type Standing } from "./Store.ts"
import * as Typed from "./Typed.ts"

const present = <Key, Row>(table: { readonly get: (key: Key) => Row | undefined }, keys: Iterable<Key>) =>
  [...new Set(keys)].flatMap((key) => {
    const row = table.get(key)
    return row === undefined ? [] : [row]
  })

const byId = <Row extends { readonly id: number }>(rows: ReadonlyArray<Row>): ReadonlyArray<Row> =>
  rows.toSorted((a, b) => a.id - b.id)

const matches = (task: StoredTask, query: Extract<TaskQuery, { readonly _tag: "Filter" }>): boolean =>
  (query.ids === null || query.ids.includes(task.id)) &&
  (query.batch === null || query.batch === task.batch_id) &&
  (query.pipelines === null || (task.pipeline !== null && query.pipelines.includes(task.pipeline))) &&
  (query.doneBefore === null || (task.done_at !== null && task.done_at <= query.doneBefore)) &&
  (query.after === null || task.id > query.after)

const reads = (tables: Tables): Reads => {
  const last = (key: Numbered): number => tables.highest.get(key) ?? 0

  const eventsAfter = (seq: number, limit: number): ReadonlyArray<Rows.NewEventRow> => {
    const found: Array<Rows.NewEventRow> = []
    for (let at = Math.max(seq, 0) + 1; at <= last("seq") && found.length < limit; at++) {
      found.push(...present(tables.events, [at]))
    }
    return found
  }

  const stageOf = ({ stage_json }: StoredTask): string => String(JSON.parse(stage_json).stage)
  const executionOf = ({ execution }: StoredTask): string => String(JSON.parse(execution)._tag)
  const current = () => tables.tasks.values().filter((task) => task.pipeline !== "archived")
  const rank = (task: StoredTask): number =>
    executionOf(task) !== "Idle" ? 0 : heldStages.includes(stageOf(task)) ? 1 : task.is_open ? 2 : 3

  const standings = (): ReadonlyArray<Standing> => {
    const counts = new Map<string, Standing>()
    for (const task of current()) {
      const [stage, execution] = [stageOf(task), executionOf(task)]
      const count = (counts.get(`${stage} ${execution}`)?.count ?? 0) + 1
      counts.set(`${stage} ${execution}`, { stage, execution, count })
    }
    return [...counts.keys()].toSorted().flatMap((key) => counts.get(key) ?? [])
  }

  /** The tasks that those events are about. */
  const changed = (events: ReadonlyArray<Rows.NewEventRow>): ReadonlyArray<StoredTask> =>
    byId(
      present(
        tables.tasks,
        events.flatMap(({ task_id, type }) => (type === "task.transition" && task_id !== null ? [task_id] : []))
      )
    )

  const select = (query: TaskQuery | Telling): ReadonlyArray<StoredTask> => {
    switch (query._tag) {
      case "Ids":
        return byId(present(tables.tasks, query.ids))
      case "Open":
        return byId(tables.tasks.values().filter(({ id, is_open }) => is_open && id > query.after)).slice(
          0,
          query.limit
        )
      case "Filter": {
        const found = byId(tables.tasks.values().filter((task) => matches(task, query)))
        return query.limit === null ? found : found.slice(0, query.limit)
      }
      case "Telling":
        return current()
          .toSorted((a, b) => rank(a) - rank(b) || a.id - b.id)
          .slice(0, query.limit)
    }
  }

  const taskRow = (task: StoredTask): ReadonlyArray<Rows.TaskRow> =>
    present(tables.specs, [specKey(task.id, task.spec_revision)]).map(({ flow, spec }) => ({
      ...task,
      spec,
      submitted_flow: flow
    }))

  const attempts = (query: AttemptQuery): ReadonlyArray<Rows.AttemptRow> => {
    switch (query._tag) {
      case "OfTask":
        return tables.attempts.get(query.task) ?? []
      case "LatestOf":
        return present(
          tables.attempts,
          query.tasks.toSorted((a, b) => a - b)
        ).flatMap((rows) => rows.slice(-1))
      case "Session":
        return tables.tasks
          .values()
          .flatMap(({ id }) => tables.attempts.get(id) ?? [])
          .filter(({ progress }) => JSON.parse(progress).session === query.session)
          .toSorted((a, b) => a.created_at - b.created_at)
          .slice(-1)
      case "Marker":
        return present(tables.markers, [query.marker]).flatMap(({ number, task }) =>
          (tables.attempts.get(task) ?? []).filter((row) => row.number === number)
        )
    }
  }

  const eventRow = (event: Rows.NewEventRow): Rows.EventRow => {
    const moved = tables.transitionsBySeq.get(event.seq)
    const task = event.task_id === null ? undefined : tables.tasks.get(event.task_id)
    return {
      ...event,
      event: moved?.event ?? null,
      cause: moved?.cause ?? null,
      from_stage: moved?.from_stage ?? null,
      stage_json: moved?.stage_json ?? null,
      execution: moved?.execution ?? null,
      upcoming: task?.upcoming ?? null
    }
  }

  return {
    head: (tasks) =>
      Effect.sync(() => ({
        seq: last("seq"),
        epoch: last("epoch"),
        revisions: new Map(present(tables.tasks, tasks).map(({ id, revision }) => [id, revision]))
      })),
    standings: Effect.sync(standings),
    costs: (batch) => Effect.sync(() => MemoryCosts.read(tables, batch)),
    tallyRows: (query) =>
      Effect.sync(() =>
        (query._tag === "After"
          ? byId(tables.tasks.values().filter(({ id }) => id > query.id)).slice(0, query.limit)
          : changed(eventsAfter(query.from, query.to - query.from))
        ).map(MemoryTallies.taskRow)
      ),
    verdicts: ({ from, to }) => Effect.sync(() => MemoryTallies.verdicts(eventsAfter(from, to - from))),
    retries: ({ from, to }) => Effect.sync(() => MemoryTallies.retries(tables, eventsAfter(from, to - from))),
    tasks: (query) => Effect.sync(() => select(query).flatMap(taskRow)),
    changed: (seq) =>
      Effect.sync(() =>
        changed(eventsAfter(seq, Number.POSITIVE_INFINITY)).map(({ id, revision }) => ({ id, revision }))
      ),
    origin: (id) =>
      Effect.sync(() => {
        const [task] = present(tables.tasks, [id])
        const [spec] = present(tables.specs, [specKey(id, 0)])
        return task === undefined || spec === undefined ? null : { ...task, ...spec }
      }),
    dependencies: (tasks) => Effect.sync(() => byId(present(tables.tasks, tasks))),
    tasksByKey: (keys) =>
      Effect.sync(() =>
        tables.tasks.values().flatMap(({ id, key }) => (key !== null && keys.includes(key) ? [{ id, key }] : []))
      ),
    attempts: (query) => Effect.sync(() => attempts(query)),
    existingAttempts: (names) =>
      Effect.sync(
        () =>
          new Set(
            names.filter((name) => {
              const [task, number] = name.split(".").map(Number)
              return (tables.attempts.get(task ?? 0) ?? []).some((row) => row.number === number)
            })
          )
      ),
    verifications: (task) => Effect.sync(() => tables.verifications.get(task) ?? []),
    transitions: (task) => Effect.sync(() => tables.transitions.get(task) ?? []),
    events: (since, limit) => Effect.sync(() => eventsAfter(since, limit).map(eventRow)),
    accounts: Effect.sync(() => tables.accounts.values().toSorted((a, b) => (a.id < b.id ? -1 : 1))),
    openAttention: Effect.sync(() => byId(tables.attention.values())),
    tellings: Effect.sync(() => {
      const open = new Set(tables.attention.values().map(({ id }) => id))
      return tables.tellings
        .values()
        .filter(({ attention_id }) => open.has(attention_id))
        .toSorted((a, b) => a.attention_id - b.attention_id || (a.channel < b.channel ? -1 : 1))
    }),
    tellingsBefore: (before) => Effect.sync(() => tellingsBefore(tables, before).length),
    openAttentionKeys: (keys) => Effect.sync(() => new Set(keys.filter((key) => tables.attention.has(key)))),
    guards: Effect.sync(() => tables.guards.values().toSorted((a, b) => (a.key < b.key ? -1 : 1))),
    hookEvents: ({ limit, session, since }) =>
      Effect.sync(() =>
        byId(tables.hookEvents.values())
          .filter(({ id, session_id }) => id > since && (session === null || session_id === session))
          .slice(0, limit)
      ),
    staleHookEvents: ({ before, limit, most }) =>
      Effect.sync(() => {
        const rows = byId(tables.hookEvents.values())
        const newest = rows.at(-1)?.id ?? 0
        return rows.slice(0, limit).flatMap(({ at, id }) => (at < before || id <= newest - most ? [id] : []))
      }),
    commitments: ({ endedSince, ids, sessions, topics }) =>
      Effect.sync(() =>
        byId(tables.commitments.values()).filter(
          ({ ended_at, id, is_open, session, topic }) =>
            ids.includes(id) ||
            (is_open === 1 && (topics.includes(topic) || (session !== null && sessions.includes(session)))) ||
            (ended_at !== null && endedSince !== null && ended_at >= endedSince && topics.includes(topic))
        )
      ),
    allCommitments: (most) =>
      Effect.sync(() => {
        const rows = byId(tables.commitments.values())
        const ended = rows.filter(({ is_open }) => is_open === 0)
        const last = ended.toSorted((a, b) => (b.ended_at ?? 0) - (a.ended_at ?? 0) || b.id - a.id).slice(0, most)
        return byId([...rows.filter(({ is_open }) => is_open === 1), ...last])
      }),
    openCommitments: Effect.sync(() => tables.commitments.values().filter(({ is_open }) => is_open === 1).length),
    unverified: (limit) => Effect.sync(() => byId(tables.unverified.values()).slice(-limit)),
    lastHookEvent: (session) =>
      Effect.sync(() => byId(tables.hookEvents.values()).findLast(({ session_id }) => session_id === session) ?? null),
    mailbox: MemoryMailbox.reads(tables),
    board: MemoryBoard.reads(tables),
    newestBatch: (path) =>
      Effect.sync(() => {
        const ids = tables.batches.values().flatMap((batch) => (batch.path === path ? [batch.id] : []))
        return ids.length === 0 ? Option.none() : Option.some(Math.max(...ids))
      }),
    setting: (name) => Effect.sync(() => tables.settings.get(name) ?? null),
    supervisor: Effect.sync(() => tables.supervisors.get(last("epoch")) ?? null),
    supervisorOf: (epoch) => Effect.sync(() => tables.supervisors.get(epoch) ?? null),
    nextIds: Effect.sync(() => ({
      batch: last("batch") + 1,
      task: last("task") + 1,
      commitment: last("commitment") + 1,
      hookEvent: last("hookEvent") + 1
    }))
  }
}

/** Rows in maps; a transaction that fails is undone. */
export const driver: Effect.Effect<Driver> = Effect.gen(function* () {
  const tables = new Tables()
  const turn = yield* Effect.makeSemaphore(1)
  const questions = reads(tables)
  const transaction: Transaction = {
    ...questions,
    write: (rows) =>
      Effect.suspend(() => {
        const refused = write(tables, rows)
        return refused === null
          ? Effect.void
          : Effect.fail(new DriverFailure({ reason: "Constraint", cause: new Error(refused) }))
      })
  }
  return {
    path: ":memory:",
    snapshot: (body) => turn.withPermits(1)(body(questions)),
    longSnapshot: (body) => turn.withPermits(1)(body(questions)),
    transact: (body) =>
      body(transaction).pipe(
        Effect.onExit((exit) => Effect.sync(() => (exit._tag === "Success" ? tables.commit() : tables.rollback()))),
        turn.withPermits(1)
      ),
    version: Effect.sync(() => String(tables.commits)),
    // Nobody else has it.
    theirs: Effect.succeed("0"),
    inspect: Effect.succeed({
      schema: Migrations.supportedBy(Migrations.migrations),
      bytes: 0,
      journalMode: "memory",
      synchronous: 0,
      problems: []
    })
  }
})

/** An empty store that lives as long as the layer's scope. */
export const layerMemory: Layer.Layer<Store> = Layer.scoped(Store, Effect.flatMap(driver, Typed.make))
