/** Copies of a store that is worked on. */
import { existsSync, readdirSync, statSync, writeFileSync } from "node:fs"
import { copyFile } from "node:fs/promises"
import { join } from "node:path"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Ref from "effect/Ref"
import { expect } from "vitest"
import { backUp, versions } from "../../../shell/store/Backup.ts"
import { migrations, supportedBy } from "../../../shell/store/Migrations.ts"
import { layer } from "../../../shell/store/SqlStore.ts"
import { Store } from "../../../shell/store/Store.ts"
import { goldenOf } from "./Golden.ts"
import { folder } from "./World.ts"

const latest = supportedBy(migrations)

it.scopedLive(
  "STO-2 a backup of a store that is written to meanwhile has all that was durable before it, and is whole",
  () =>
    Effect.gen(function* () {
      const home = yield* folder
      const file = join(home, "drover.db")
      const source = layer({ file })
      yield* Effect.gen(function* () {
        const store = yield* Store
        const keep = (count: number) =>
          store.keepHookEvents(
            Array.from({ length: 100 }, (_, index) => ({
              event: {
                hook: "Stop" as const,
                payload: "x".repeat(2000),
                sessionId: `s${count}.${index}`,
                toolName: null,
                toolUseId: null,
                cwd: null
              },
              at: 1,
              source: `${count}.${index}`
            }))
          )
        const written = yield* Ref.make(0)
        const writer = yield* Effect.fork(
          Effect.forever(
            Effect.flatMap(Ref.get(written), (count) => Effect.zipRight(keep(count), Ref.set(written, count + 1)))
          )
        )
        yield* Effect.repeat(Effect.zipRight(Effect.yieldNow(), Ref.get(written)), { until: (count) => count > 20 })
        const before = yield* Ref.get(written)
        const path = join(home, "copy.db")
        const { bytes, schema } = yield* backUp(file, path)
        const after = yield* Ref.get(written)
        yield* Fiber.interrupt(writer)
        expect([schema, bytes, statSync(path).mode & 0o777]).toEqual([latest, statSync(path).size, 0o600])
        // What SQLite would need beside it is not there, and is not missed.
        expect(readdirSync(home).filter((name) => name.startsWith("copy"))).toEqual(["copy.db"])

        const kept = yield* Effect.provide(
          Effect.gen(function* () {
            const copy = yield* Store
            const { problems } = yield* copy.inspect
            expect(problems).toEqual([])
            return (yield* copy.hookEvents({ since: 0, limit: 1_000_000 })).length
          }),
          layer({ file: path })
        )
        expect(kept).toBeGreaterThanOrEqual(before * 100)
        expect(kept).toBeLessThanOrEqual((after + 1) * 100)
        // One moment: what is written together is copied together.
        expect(kept % 100).toBe(0)
      }).pipe(Effect.provide(source))
    })
)

it.scopedLive("STO-2 a backup is never written over a file, and one that fails leaves nothing", () =>
  Effect.gen(function* () {
    const home = yield* folder
    const file = join(home, "drover.db")
    const path = join(home, "copy.db")
    const missing = yield* Effect.flip(backUp(file, path))
    expect(missing).toMatchObject({ _tag: "StoreUnavailable", reason: "Missing" })
    yield* Effect.provide(Store, layer({ file }))
    writeFileSync(path, "mine")
    const refused = yield* Effect.flip(backUp(file, path))
    expect(refused.message).toContain("it is there already")
    const nowhere = yield* Effect.flip(backUp(file, join(home, "no/where.db")))
    expect(nowhere._tag).toBe("BackupFailed")
    writeFileSync(file, "no database at all, and long enough to be looked at as one")
    const damaged = yield* Effect.flip(backUp(file, join(home, "other.db")))
    expect(damaged).toMatchObject({ _tag: "StoreUnavailable", reason: "Damaged" })
    expect(readdirSync(home).filter((name) => name.includes("copy") || name.includes("other"))).toEqual(["copy.db"])
  })
)

it.scopedLive("STO-2 a store of another version is backed up as it is, and its version is known without a write", () =>
  Effect.gen(function* () {
    const home = yield* folder
    const file = join(home, "drover.db")
    yield* Effect.promise(() => copyFile(goldenOf(1), file))
    const before = statSync(file).mtimeMs
    expect(yield* versions(file)).toEqual({ found: 1, known: latest })
    const path = join(home, "copy.db")
    expect(yield* backUp(file, path)).toMatchObject({ schema: 1 })
    expect(yield* versions(path)).toMatchObject({ found: 1 })
    expect([statSync(file).mtimeMs, existsSync(`${path}.part`)]).toEqual([before, false])
  })
)

it.scopedLive(
  "STO-2 what backups that were killed have left is in the way of none, and of several at once one has the name",
  () =>
    Effect.gen(function* () {
      const home = yield* folder
      const file = join(home, "drover.db")
      const path = join(home, "copy.db")
      yield* Effect.provide(Store, layer({ file }))
      // As versions before this one have left them, and as this one does.
      for (const left of [`${path}.part`, `${path}.1.part`]) writeFileSync(left, "")
      const all = yield* Effect.all(
        Array.from({ length: 4 }, () => Effect.either(backUp(file, path))),
        { concurrency: "unbounded" }
      )
      const refused = all.filter(Either.isLeft).map(({ left }) => left.message)
      expect(refused).toEqual(Array.from({ length: 3 }, () => expect.stringContaining("it is there already")))
      expect(yield* versions(path)).toMatchObject({ found: latest })
      expect(readdirSync(home).filter((name) => name.startsWith("copy"))).toEqual([
        "copy.db",
        "copy.db.1.part",
        "copy.db.part"
      ])
    })
)
