/** What is removed of a store and a folder that the program itself has filled. */
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as TestClock from "effect/TestClock"
import { expect } from "vitest"
import { AttemptNumber, TaskId } from "../../../core/task/Identifiers.ts"
import * as Configuration from "../../../shell/config/Configuration.ts"
import { make as makePlaces, Places } from "../../../shell/config/Places.ts"
import * as AttemptFiles from "../../../shell/retention/AttemptFiles.ts"
import * as Keeper from "../../../shell/retention/Keeper.ts"
import { prune } from "../../../shell/retention/Prune.ts"
import * as SqlStore from "../../../shell/store/SqlStore.ts"
import { type Site, site } from "../cli/Drover.ts"

const day = 86_400_000

/** Two tasks that end, one of which had two attempts, and one that is blocked. */
const batch = `
defaults = { agent = "sh", cwd = "." }
[[task]]
name = "printer"
prompt = "head -c 5000 /dev/zero; echo >&2 done"
verify = [{ run = "head -c 700 /dev/zero" }]
[[task]]
name = "second"
prompt = "test -e flag && exit 0; touch flag; exit 1"
max_retries = 1
[[task]]
name = "blocked"
prompt = "head -c 3000 /dev/zero; exit 1"
max_retries = 0
`

/** Where that batch was worked. */
const worked = Effect.acquireRelease(
  Effect.promise(async () => {
    const here = await site()
    await here.write("tasks.toml", batch)
    expect((await here.run("run", "tasks.toml")).code).toBe(5)
    return here
  }),
  (here) => Effect.promise(() => here.remove())
)

type StoreAndPlaces = Layer.Layer.Success<ReturnType<typeof SqlStore.layer>> | Places

const within =
  (here: Site) =>
  <A, E>(effect: Effect.Effect<A, E, StoreAndPlaces>): Effect.Effect<A, unknown> => {
    const places = Either.getOrThrow(makePlaces({ DROVER_HOME: here.home }))
    return Effect.provide(
      effect,
      Layer.merge(Layer.succeed(Places, places), Layer.orDie(SqlStore.layer({ file: places.database })))
    )
  }

const attempts = (here: Site) => Effect.promise(async () => (await readdir(join(here.home, "attempts"))).toSorted())

/** Of one attempt; what a link leads to is not in it. */
const files = (here: Site, attempt: string) =>
  Effect.promise(async () =>
    (await readdir(join(here.home, "attempts", attempt), { recursive: true }))
      .filter((name) => !name.startsWith("link/"))
      .toSorted()
  )

const forever = { attemptsMs: 1e12, logsMs: 1e12, logsBytes: Number.POSITIVE_INFINITY }

it.scoped("STO-8 a dry run finds what would go, of ended tasks alone, and removes nothing", () =>
  Effect.gen(function* () {
    const here = yield* worked
    yield* TestClock.setTime(Date.now())
    expect(yield* within(here)(prune(forever, false))).toMatchObject({ removed: [], failed: [] })
    const all = yield* within(here)(prune({ ...forever, attemptsMs: 0 }, true))
    expect(all.removed.map(({ attempt, task }) => `${task}.${attempt}`).toSorted()).toEqual(["1.1", "2.1", "2.2"])
    const whole = yield* within(here)(prune(forever, true))
    const bytes = all.removed.reduce((sum, each) => sum + each.bytes, 0)
    expect(whole.keptBytes - bytes).toBe(all.keptBytes)
    expect(yield* attempts(here)).toEqual(["1.1", "2.1", "2.2", "3.1"])
  })
)

it.scoped(
  "STO-8 output goes and the rest of an attempt stays; a blocked task keeps all; what is no attempt's stays",
  () =>
    Effect.gen(function* () {
      const here = yield* worked
      const folder = join(here.home, "attempts")
      yield* Effect.promise(async () => {
        await mkdir(join(folder, "notes"))
        await writeFile(join(folder, "notes", "stdout.jsonl"), "mine")
        await writeFile(join(folder, "7.1"), "no folder")
        await symlink(here.folder, join(folder, "1.1", "link"))
      })
      yield* TestClock.setTime(Date.now() + day)
      const blocked = yield* files(here, "3.1")
      const { failed, removed } = yield* within(here)(prune({ ...forever, logsMs: day / 2 }, false))
      expect(failed).toEqual([])
      expect(removed.find(({ task }) => task === 1)).toMatchObject({ what: "logs", bytes: 5000 + 5 + 700 })
      const left = ["exit.json", "link", "prompt.md", "start", "v1", "v1/exit.json", "v1/start", "v1/tree"]
      expect(yield* files(here, "1.1")).toEqual(left)
      expect(yield* files(here, "3.1")).toEqual(blocked)
      const said = yield* Effect.promise(() => here.run("logs", "1"))
      expect(said).toMatchObject({ code: 0, stderr: "#1 printer: output was removed, as [retention] says: 1.1\n" })
      expect(yield* Effect.promise(() => here.json("logs", "1", "--json"))).toMatchObject({ removed: ["1.1"] })
      expect(yield* Effect.promise(() => here.json("logs", "3", "--json"))).toMatchObject({ removed: [] })
      // The whole goes later, and of the link not what it leads to.
      yield* within(here)(prune({ ...forever, attemptsMs: day / 2 }, false))
      expect(yield* attempts(here)).toEqual(["3.1", "7.1", "notes"])
      expect(yield* Effect.promise(() => readFile(join(here.folder, "tasks.toml"), "utf8"))).toBe(batch)
      // The rows stay.
      expect(yield* Effect.promise(() => here.json("show", "2", "--json"))).toMatchObject({ attempts: [{}, {}] })
    })
)

/** Its clock is in the future, and what others have in the temporary folder would be old to it. */
const ownTemporaryFolder = Effect.acquireRelease(
  Effect.sync(() => {
    const before = process.env.TMPDIR
    process.env.TMPDIR = mkdtempSync(join(tmpdir(), "drover-prune-spec-"))
    return { before, path: process.env.TMPDIR }
  }),
  ({ before, path }) =>
    Effect.sync(() => {
      if (before === undefined) delete process.env.TMPDIR
      else process.env.TMPDIR = before
      rmSync(path, { recursive: true, force: true })
    })
)

it.scoped("STO-8 a supervisor removes by itself what is old enough, as soon as it is", () =>
  Effect.gen(function* () {
    yield* ownTemporaryFolder
    const here = yield* worked
    const logged: Array<string> = []
    const logger = Logger.make(({ message }) => void logged.push(String(message)))
    const configuration = Layer.succeed(Configuration.Configuration, {
      ...Configuration.defaults,
      file: "",
      guardsNow: Effect.succeed({}),
      searchPath: ""
    })
    yield* TestClock.setTime(Date.now() + 29 * day)
    const keeper = yield* Effect.fork(
      within(here)(Effect.provide(Keeper.run, configuration)).pipe(
        Effect.provide(Logger.replace(Logger.defaultLogger, logger))
      )
    )
    const turn = Effect.zipRight(
      TestClock.adjust("1 hour"),
      Effect.promise(() => new Promise(setImmediate))
    )
    yield* Effect.repeat(turn, { until: () => logged.length > 0 })
    yield* TestClock.adjust("61 days")
    yield* Effect.repeat(turn, { until: () => logged.length > 1 })
    yield* Fiber.interrupt(keeper)
    // Of the second task nothing was printed.
    expect(logged).toEqual([
      expect.stringMatching(/^retention: 1 removals made 5705 bytes free, \d+ are kept$/),
      expect.stringMatching(/^retention: 3 removals made \d+ bytes free, \d+ are kept$/)
    ])
    expect(yield* attempts(here)).toEqual(["3.1"])
  })
)

it.effect("STO-8 what can not be removed is told by its path", () =>
  Effect.gen(function* () {
    const places = Either.getOrThrow(makePlaces({ DROVER_HOME: "/nowhere" }))
    const path = `/${"x".repeat(5000)}`
    const found = { task: TaskId.make(1), attempt: AttemptNumber.make(1), bytes: 0, logBytes: 0, logs: [path] }
    const error = yield* Effect.flip(AttemptFiles.remove(places, found, "logs"))
    expect(error.message).toContain(`can not remove ${path}: `)
    // What is not there is removed already.
    yield* AttemptFiles.remove(places, found, "attempt")
    expect(yield* AttemptFiles.find(places)).toEqual({ attempts: [], otherBytes: 0 })
  })
)
