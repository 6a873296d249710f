/** Files of other versions: newer ones are left alone, older ones are copied and then brought up whole or not at all. */
import { it } from "@effect/vitest"
import * as Fs from "node:fs/promises"
import { dirname, join } from "node:path"
import * as Effect from "effect/Effect"
import { describe, expect } from "vitest"
import { type Migration, migrations, supportedBy } from "../../../shell/store/Migrations.ts"
import { layer } from "../../../shell/store/SqlStore.ts"
import { NewerSchema, Store, StoreUnavailable } from "../../../shell/store/Store.ts"
import {
  goldenAcknowledgedAt,
  goldenCommitments,
  goldenDeliveries,
  goldenGuards,
  goldenHookEvents,
  goldenOf,
  goldenUnverified,
  makeGolden
} from "./Golden.ts"
import { connected, raw } from "./Raw.ts"
import { contradictions, everything, folder, move, newTask, oneTask, stored, submission, taskId } from "./World.ts"

const file = Effect.map(folder, (path) => join(path, "drover.db"))
const bytes = (path: string) => Effect.promise(() => Fs.readFile(path))
const beside = (path: string) =>
  Effect.map(
    Effect.promise(() => Fs.readdir(dirname(path))),
    (names) => names.filter((name) => name !== ".gitignore" && !/-(?:wal|shm)$/.test(name)).toSorted()
  )

const latest = supportedBy(migrations)
const next: Migration = {
  version: latest + 1,
  statements: ["ALTER TABLE accounts ADD COLUMN note TEXT", "UPDATE accounts SET note = 'moved'"]
}

const openTwice = (path: string) => Effect.exit(Effect.provide(Store, layer({ file: path })))

describe("the schema gate", () => {
  it.scopedLive(
    "STO-2 a store of a newer version is refused, naming both versions, and not one byte of it changes",
    () =>
      Effect.gen(function* () {
        const path = yield* file
        yield* Effect.provide(oneTask(), layer({ file: path }))
        yield* raw(path, "UPDATE meta SET value = '70' WHERE name = 'schema'", "PRAGMA wal_checkpoint(TRUNCATE)")
        const before = yield* bytes(path)
        for (const readonly of [true, false]) {
          const refused = yield* Effect.flip(Effect.provide(Store, layer({ file: path, readonly })))
          expect(refused).toEqual(new NewerSchema({ path, found: 70, supported: latest }))
          expect(String(refused)).toMatch(new RegExp(`schema 70.*knows ${latest}`))
        }
        expect((yield* bytes(path)).equals(before)).toBe(true)
        expect(yield* beside(path)).toEqual(["drover.db"])
      })
  )

  it.scopedLive("STO-2 a newer version that only the log of a killed program tells of is refused as well", () =>
    Effect.gen(function* () {
      const path = yield* file
      const killed = `${path}.killed`
      yield* Effect.provide(oneTask(), layer({ file: path }))
      const run = yield* connected(path)
      yield* run("UPDATE meta SET value = '70' WHERE name = 'schema'")
      // What is on the disk while the connection lives is what its death would leave.
      yield* Effect.promise(() => Fs.copyFile(path, killed))
      yield* Effect.promise(() => Fs.copyFile(`${path}-wal`, `${killed}-wal`))
      const before = [yield* bytes(killed), yield* bytes(`${killed}-wal`)]
      const refused = yield* Effect.flip(Effect.provide(Store, layer({ file: killed })))
      expect(refused).toEqual(new NewerSchema({ path: killed, found: 70, supported: latest }))
      expect([yield* bytes(killed), yield* bytes(`${killed}-wal`)]).toEqual(before)
    })
  )

  it.scopedLive("STO-2 an older store is copied beside itself and then migrated, nothing of it lost", () =>
    Effect.gen(function* () {
      const path = yield* file
      const before = yield* Effect.provide(
        Effect.zipRight(
          Effect.flatMap(stored("a", "b"), ([task]) =>
            Effect.flatMap(Store, (store) =>
              task === undefined ? Effect.void : store.write(move(task, [{ _tag: "Start" }]))
            )
          ),
          everything
        ),
        layer({ file: path })
      )
      const after = yield* Effect.provide(
        Effect.all([everything, Effect.flatMap(Store, (store) => store.inspect)]),
        layer({ file: path, migrations: [...migrations, next] })
      )
      expect(after[0]).toEqual(before)
      expect(after[1]).toMatchObject({ schema: latest + 1, problems: [] })
      const [copy, ...others] = (yield* beside(path)).filter((name) => name !== "drover.db")
      expect(others).toEqual([])
      expect(copy).toMatch(new RegExp(`^drover\\.db\\.v${latest}\\.\\d{8}T\\d{6}\\.\\d{3}Z\\.bak$`))
      const backup = join(dirname(path), copy ?? "")
      expect((yield* Effect.promise(() => Fs.stat(backup))).mode & 0o777).toBe(0o600)
      expect(yield* Effect.provide(everything, layer({ file: backup }))).toEqual(before)
    })
  )

  it.scopedLive(
    "STO-2 a migration that fails leaves the older store as it was, and a program that knows it opens it",
    () =>
      Effect.gen(function* () {
        const path = yield* file
        const before = yield* Effect.provide(Effect.zipRight(oneTask(), everything), layer({ file: path }))
        const broken = { version: latest + 1, statements: [...next.statements, "INSERT INTO nowhere VALUES (1)"] }
        const refused = yield* Effect.flip(
          Effect.provide(Store, layer({ file: path, migrations: [...migrations, broken] }))
        )
        expect(refused).toBeInstanceOf(StoreUnavailable)
        const [columns] = yield* raw(path, "SELECT name FROM pragma_table_info('accounts') WHERE name = 'note'")
        expect(columns).toEqual([])
        expect(yield* Effect.provide(everything, layer({ file: path }))).toEqual(before)
      })
  )

  it.scopedLive("STO-2 an older store is not migrated by a program that only reads", () =>
    Effect.gen(function* () {
      const path = yield* file
      yield* Effect.provide(oneTask(), layer({ file: path }))
      const refused = yield* Effect.flip(
        Effect.provide(Store, layer({ file: path, readonly: true, migrations: [...migrations, next] }))
      )
      expect(refused).toMatchObject({ _tag: "StoreUnavailable", reason: "Other" })
      expect(yield* beside(path)).toEqual(["drover.db"])
    })
  )

  it.scopedLive("STO-2 programs that open a store at once find it made or migrated once", () =>
    Effect.gen(function* () {
      const path = yield* file
      const all = yield* Effect.all(
        Array.from({ length: 4 }, () => openTwice(path)),
        { concurrency: "unbounded" }
      )
      expect(all.map(({ _tag }) => _tag)).toEqual(["Success", "Success", "Success", "Success"])
    })
  )

  it.runIf(process.env.DROVER_GOLDEN === "write")("the golden file is made", () => Effect.runPromise(makeGolden))

  it.each(migrations.map(({ version }) => version))(
    "STO-2 the golden file of schema %i opens, is copied if it is older, is whole, and goes on",
    (version) =>
      Effect.gen(function* () {
        const path = yield* file
        yield* Effect.promise(() => Fs.copyFile(goldenOf(version), path))
        yield* Effect.provide(
          Effect.gen(function* () {
            const store = yield* Store
            expect(yield* store.inspect).toMatchObject({ schema: latest, problems: [] })
            expect(yield* contradictions).toEqual([])
            const all = yield* everything
            expect(all.tasks.map(({ stage, execution, revision }) => [stage._tag, execution._tag, revision])).toEqual([
              ["Done", "Idle", 7],
              ["Blocked", "Idle", 2],
              ["Coding", "Running", 3],
              ["Backlog", "Idle", 1],
              ...(version < 3 ? [] : [["Coding", "Limited", 4]])
            ])
            expect(all.attempts.slice(0, 4).map((attempts) => attempts.length)).toEqual([1, 0, 1, 0])
            const limited = { id: "tool", window: { _tag: "Limited", until: 9000 }, pause: null }
            expect(all.accounts).toEqual(version < 3 ? [] : [limited])
            expect(all.attention).toMatchObject([{ id: 1, acknowledgedAt: version < 8 ? null : goldenAcknowledgedAt }])
            expect(all.deliveries).toEqual(version < 8 ? [] : goldenDeliveries)
            expect(yield* store.guards).toEqual(version < 2 ? [] : goldenGuards)
            const told = (yield* store.hookEvents({ since: 0, limit: 9 })).map(({ id: _, ...rest }) => rest)
            expect(told).toEqual(version < 5 ? [] : goldenHookEvents)
            expect(yield* store.commitments(9)).toEqual(version < 6 ? [] : goldenCommitments)
            expect(yield* store.unverifiedClaims(9)).toEqual(version < 6 ? [] : [goldenUnverified])
            const more = yield* store.submit(submission([newTask("one more")], "/golden.toml"))
            expect(more.tasks).toMatchObject([{ id: version < 3 ? 5 : 6, was: "added" }])
          }),
          layer({ file: path })
        )
        const copies = (yield* beside(path)).filter((name) => name.endsWith(".bak"))
        expect(copies.map((name) => name.split(".")[2])).toEqual(version < latest ? [`v${version}`] : [])
      }).pipe(Effect.scoped, Effect.runPromise)
  )

  it.scopedLive("STO-2 schema 3 keeps what attempts had told of sessions, costs and limits", () =>
    Effect.gen(function* () {
      const path = yield* file
      yield* Effect.promise(() => Fs.copyFile(goldenOf(2), path))
      const told = `json_set(progress, '$.session', 's', '$.costUsd', 1.25, '$.limitedUntil', 7000)`
      yield* raw(path, `UPDATE attempts SET progress = ${told} WHERE task_id = 1`)
      const attempts = yield* Effect.provide(
        Effect.flatMap(Store, (store) => store.attempts(taskId(1))),
        layer({ file: path })
      )
      expect(attempts).toMatchObject([
        {
          treeBefore: null,
          treeAfter: null,
          progress: {
            session: "s",
            costUsd: 1.25,
            limit: { until: 7000, cause: "usage" },
            reads: { files: [], grew: false },
            spend: { conversations: [{ session: "s", total: { costUsd: 1.25, tokens: null } }], closed: [] }
          }
        }
      ])
    })
  )

  it.scopedLive("STO-4 a file of something else is said to be no store, and left as it is", () =>
    Effect.gen(function* () {
      const path = yield* file
      yield* raw(path, "CREATE TABLE recipes (name TEXT)")
      const before = yield* bytes(path)
      expect(yield* Effect.flip(Effect.provide(Store, layer({ file: path })))).toMatchObject({
        reason: "Damaged",
        path
      })
      expect((yield* bytes(path)).equals(before)).toBe(true)
      yield* Effect.promise(() =>
        Fs.writeFile(path, "no database at all, but long enough to be taken for one ".repeat(40))
      )
      expect(yield* Effect.flip(Effect.provide(Store, layer({ file: path })))).toMatchObject({
        reason: "Damaged",
        path
      })
    })
  )

  it.scopedLive("STO-2 the file and its folder are made for their owner alone", () =>
    Effect.gen(function* () {
      const path = join(yield* folder, "state", "drover.db")
      const { journalMode, schema, synchronous } = yield* Effect.provide(
        Effect.flatMap(Store, (store) => store.inspect),
        layer({ file: path })
      )
      const mode = (of: string) =>
        Effect.map(
          Effect.promise(() => Fs.stat(of)),
          (stat) => stat.mode & 0o777
        )
      expect([yield* mode(dirname(path)), yield* mode(path)]).toEqual([0o700, 0o600])
      expect({ journalMode, schema, synchronous }).toEqual({ journalMode: "wal", schema: latest, synchronous: 2 })
      const again = yield* Effect.provide(
        Effect.flatMap(Store, (store) => store.inspect),
        layer({ file: path })
      )
      expect(again.synchronous).toBe(2)
    })
  )
})
