/**
 * The store over a driver: encodes what goes in, decodes what comes out, and commits in groups.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type { Account } from "../../core/account/Account.ts"
import type { AttemptRecord } from "../../core/execution/AttemptRecord.ts"
import { BatchId } from "../../core/task/Identifiers.ts"
import type { Task } from "../../core/task/Task.ts"
import * as Access from "./Access.ts"
import * as AttentionStore from "./AttentionStore.ts"
import * as BoardStore from "./BoardStore.ts"
import * as Codec from "./Codec.ts"
import * as CommitmentStore from "./CommitmentStore.ts"
import * as CostShare from "./CostShare.ts"
import type { AttemptQuery, Driver, DriverFailure, Reads, TaskQuery, Transaction } from "./Encoded.ts"
import { decodeAll } from "./DecodeAll.ts"
import * as EncodedChange from "./EncodedChange.ts"
import * as EpochStore from "./EpochStore.ts"
import * as EventRows from "./EventRows.ts"
import * as ForeignVersion from "./ForeignVersion.ts"
import * as GroupCommit from "./GroupCommit.ts"
import * as GuardRows from "./GuardRows.ts"
import * as HookEventStore from "./HookEventStore.ts"
import * as MailboxStore from "./MailboxStore.ts"
import * as Plan from "./Plan.ts"
import { presentSupervisor } from "./PresentSupervisor.ts"
import * as TallyStore from "./TallyStore.ts"
import { type Conflict, type Fenced, type MalformedRow, type Store } from "./Store.ts"
import { submit } from "./Submit.ts"
import { loopTurn } from "./LoopTurn.ts"

type Service = typeof Store.Service

/** Rows in one transaction: more would let others wait too long for their answer (PERFORMANCE, design rule 7). */
const rowLimit = 1000
/** Open tasks that are read in one turn of the loop: some 3 ms, for which the answers to hooks wait. */
const openAtOnce = 100

const first = <A>(values: ReadonlyArray<A>): Option.Option<A> => Option.fromNullable(values[0])

const drainingIn = (reads: Reads) => Effect.map(reads.setting(ForeignVersion.draining), (value) => value === "1")

const accountsIn = (reads: Reads) =>
  Effect.map(
    Effect.flatMap(reads.accounts, (rows) => decodeAll(rows, Codec.account)),
    (accounts): ReadonlyMap<string, Account> => new Map(accounts.map((each) => [each.id, each]))
  )

const commitIn = (transaction: Transaction, requests: ReadonlyArray<Plan.Request>) =>
  Effect.gen(function* () {
    const changes = requests.flat()
    const head = yield* transaction.head(changes.map((change) => change.task))
    const created = changes.flatMap(({ attempt }) => (attempt?.isNew === true ? [attempt.name] : []))
    const attempts = created.length === 0 ? new Set<string>() : yield* transaction.existingAttempts(created)
    const touched = changes.flatMap((change) => change.accounts.map(({ account }) => account))
    const accounts = touched.length === 0 ? new Map<string, Account>() : yield* accountsIn(transaction)
    const keys = [
      ...changes.flatMap((change) => change.attention.map(({ key }) => key)),
      ...new Set(touched.map(Plan.pausedKey))
    ]
    const attention = keys.length === 0 ? new Set<string>() : yield* transaction.openAttentionKeys(keys)
    const takenBack = changes.flatMap(({ mail }) => (mail?._tag === "TakeBack" ? [mail.id] : []))
    const messages = takenBack.length === 0 ? [] : yield* transaction.mailbox.messages({ _tag: "Ids", ids: takenBack })
    const settled = new Set(messages.flatMap(({ id, state }) => (state === "waiting" ? [] : [id])))
    const { outcomes, writes } = Plan.plan(requests, { head, attempts, attention, accounts, settled })
    yield* transaction.write(writes)
    return outcomes
  })

/** A row that the tables refuse fails its own request, not those it was to be committed with. */
const commitOver =
  ({ transact }: ForeignVersion.Counted) =>
  (
    requests: ReadonlyArray<Plan.Request>
  ): Effect.Effect<
    ReadonlyArray<Either.Either<Plan.Judged, Fenced | DriverFailure | MalformedRow>>,
    DriverFailure | MalformedRow
  > => {
    const together = (group: ReadonlyArray<Plan.Request>) =>
      transact(
        (tables) => commitIn(tables, group),
        // A person's command holds no epoch.
        group.every((request) => request.every(({ epoch }) => epoch !== null))
      )
    const alone = (request: Plan.Request) =>
      Effect.map(Effect.either(together([request])), (answer) =>
        Either.flatMap(answer, ([outcome = Either.right([])]) => outcome)
      )
    return Effect.catchIf(
      together(requests),
      (error) => Access.isFailure(error) && error.reason === "Constraint" && requests.length > 1,
      () => Effect.forEach(requests, alone)
    )
  }

/** A request's changes in as few pieces as the row limit allows. */
const pieces = (changes: ReadonlyArray<EncodedChange.EncodedChange>): ReadonlyArray<Plan.Request> => {
  const all: Array<Array<EncodedChange.EncodedChange>> = []
  let weight = Number.POSITIVE_INFINITY
  for (const change of changes) {
    weight += change.weight
    if (weight > rowLimit) {
      all.push([])
      weight = change.weight
    }
    all.at(-1)?.push(change)
  }
  return all
}

const weigh = (request: Plan.Request): number => request.reduce((sum, { weight }) => sum + weight, 0)

/** The typed store over a driver, for as long as the scope is open. */
export const make = (uncounted: Driver): Effect.Effect<Service, never, Scope.Scope> =>
  Effect.gen(function* () {
    const counted = ForeignVersion.make(uncounted)
    const driver: Driver = { ...uncounted, transact: (body) => counted.transact(body) }
    const commit = yield* GroupCommit.make({ limit: rowLimit, commit: commitOver(counted) })

    const { during, reading, readingLong, writing } = Access.make(driver)

    const tasks = (operation: string, query: TaskQuery) =>
      Effect.flatMap(
        reading(operation, (reads) => reads.tasks(query)),
        (rows) => decodeAll(rows, Codec.task)
      )
    const changedSince = (since: number, isKnown: (id: number, revision: number) => boolean = () => false) =>
      Effect.gen(function* () {
        const { accounts, isDraining, rows, seq } = yield* reading("read changed tasks", (reads) =>
          Effect.gen(function* () {
            const { seq } = yield* reads.head([])
            const ids = (yield* reads.changed(since)).flatMap(({ id, revision }) => (isKnown(id, revision) ? [] : [id]))
            const rows = ids.length === 0 ? [] : yield* reads.tasks({ _tag: "Ids", ids })
            return { seq, rows, accounts: yield* reads.accounts, isDraining: yield* drainingIn(reads) }
          })
        )
        const values: ReadonlyArray<Task> = yield* decodeAll(rows, Codec.task)
        return { seq, tasks: values, accounts: yield* decodeAll(accounts, Codec.account), isDraining }
      })
    /** Of one moment, a page in a turn of the loop: the memory that all rows take at once stays with the process as long as it runs. */
    const open = readingLong("read open tasks", (reads) =>
      Effect.gen(function* () {
        const { seq } = yield* reads.head([])
        const accounts = yield* decodeAll(yield* reads.accounts, Codec.account)
        const isDraining = yield* drainingIn(reads)
        const values: Array<Task> = []
        let after = 0
        for (let isMore = true; isMore; yield* loopTurn) {
          const rows = yield* reads.tasks({ _tag: "Open", after, limit: openAtOnce })
          values.push(...(yield* decodeAll(rows, Codec.task)))
          after = rows.at(-1)?.id ?? after
          isMore = rows.length === openAtOnce
        }
        return { seq, tasks: values, accounts, isDraining }
      })
    )
    const attempts = (operation: string, query: AttemptQuery) =>
      Effect.flatMap(
        reading(operation, (reads) => reads.attempts(query)),
        (rows): Effect.Effect<ReadonlyArray<AttemptRecord>, MalformedRow> => decodeAll(rows, Codec.attempt)
      )

    const writeAll: Service["writeAll"] = (changes) =>
      Effect.sync(() => pieces(changes.map(EncodedChange.encode))).pipe(
        Effect.flatMap((requests) =>
          Effect.forEach(requests, (request) => commit(request, weigh(request)), {
            concurrency: requests.length === 1 ? 1 : "unbounded"
          })
        ),
        Effect.map((judged) => judged.flat()),
        during("write changes")
      )

    const service: Service = {
      submit: (submission) => writing("submit tasks", (transaction) => submit(transaction, submission)),

      write: (change) =>
        Effect.suspend(() => {
          const encoded = EncodedChange.encode(change)
          return commit([encoded], encoded.weight)
        }).pipe(
          Effect.flatMap(([outcome = Either.void]): Either.Either<void, Conflict> => outcome),
          during("write a change")
        ),
      writeAll,
      noteProgress: (epoch, notes) =>
        writing("note progress", (transaction) =>
          Effect.zipRight(
            presentSupervisor(transaction, epoch),
            Effect.suspend(() =>
              transaction.write({
                progress: notes.map(({ task, number, progress }) => ({
                  task_id: task,
                  number,
                  progress: Codec.write.progress(progress)
                }))
              })
            )
          )
        ),
      noteGuards: (epoch, at, survey) =>
        writing("note guards", (transaction) =>
          Effect.zipRight(
            presentSupervisor(transaction, epoch),
            Effect.suspend(() => GuardRows.note(transaction, at, survey))
          )
        ),

      task: (id) => Effect.map(tasks("read a task", { _tag: "Ids", ids: [id] }), first),
      tasks: ({ after = null, batch = null, doneBefore = null, ids = null, limit = null, pipelines = null }) =>
        tasks("read tasks", { _tag: "Filter", after, batch, doneBefore, ids, limit, pipelines }),
      overview: (limit) =>
        Effect.gen(function* () {
          const { rows, standings } = yield* reading("read an overview", (reads) =>
            Effect.all({ standings: reads.standings, rows: reads.tasks({ _tag: "Telling", limit }) })
          )
          return { standings, tasks: yield* decodeAll(rows, Codec.task) }
        }),
      costs: (batch) =>
        Effect.map(
          reading("add up costs", (reads) => reads.costs(batch ?? null)),
          (rows) => rows.map(CostShare.fromRow)
        ),
      open,
      changedSince,
      attempts: (task) => attempts("read attempts", { _tag: "OfTask", task }),
      latestAttempts: (ids) => attempts("read latest attempts", { _tag: "LatestOf", tasks: ids }),
      existingAttempts: (names) => reading("look for attempts", (reads) => reads.existingAttempts(names)),
      attemptOfSession: (session) => Effect.map(attempts("find an attempt", { _tag: "Session", session }), first),
      attemptByMarker: (marker) => Effect.map(attempts("find an attempt", { _tag: "Marker", marker }), first),
      verifications: (task) =>
        Effect.flatMap(
          reading("read verifications", (reads) => reads.verifications(task)),
          (rows) => decodeAll(rows, Codec.verification)
        ),
      ledger: (task) =>
        Effect.flatMap(
          reading("read the ledger", (reads) => reads.transitions(task)),
          (rows) => decodeAll(rows, Codec.ledger)
        ),
      created: (task) =>
        Effect.flatMap(
          reading("read how a task was created", (reads) => reads.origin(task)),
          (row) => Effect.map(decodeAll(row === null ? [] : [row], Codec.origin), first)
        ),
      events: (since, limit) =>
        Effect.flatMap(
          reading("read events", (reads) => reads.events(since, limit)),
          (rows) => decodeAll(rows, EventRows.decode)
        ),
      accounts: Effect.flatMap(
        reading("read accounts", (reads) => reads.accounts),
        (rows) => decodeAll(rows, Codec.account)
      ),
      resumeAccount: (id, at) =>
        writing("resume an account", (transaction) =>
          Effect.gen(function* () {
            const accounts = yield* accountsIn(transaction)
            if (!accounts.has(id)) return false
            const open = yield* transaction.openAttentionKeys([Plan.pausedKey(id)])
            const { seq } = yield* transaction.head([])
            const collected = new Plan.Collected(seq, open, accounts)
            collected.account({ account: id, event: { _tag: "Resumed", at } }, "operator", at)
            yield* transaction.write(collected.writes)
            return true
          })
        ),
      ...AttentionStore.make(driver),
      guards: Effect.flatMap(
        reading("read guards", (reads) => reads.guards),
        (rows) => decodeAll(rows, GuardRows.decode)
      ),
      ...(yield* HookEventStore.make(driver)),
      ...CommitmentStore.make(driver),
      ...(yield* TallyStore.make(driver)),
      ...MailboxStore.make(driver),
      ...BoardStore.make(driver),
      batchOf: (path) =>
        Effect.map(
          reading("find a batch", (reads) => reads.newestBatch(path)),
          Option.map(BatchId.make)
        ),

      isDraining: reading("read the drain flag", drainingIn),
      setDraining: (isDraining) =>
        writing("set the drain flag", (transaction) =>
          transaction.write({ settings: [{ name: ForeignVersion.draining, value: isDraining ? "1" : "0" }] })
        ),

      ...EpochStore.make(driver),

      version: during("look whether anything is new")(driver.version),
      foreignVersion: during("look whether anything is new")(counted.version),
      inspect: during("inspect the store")(driver.inspect)
    }
    return service
  })
