/** Stores of every version that there was, under the program as it is built: migrated, killed in the middle of it, worked on. */
import { execFile, spawn } from "node:child_process"
import { once } from "node:events"
import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { promisify } from "node:util"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { beforeAll, expect } from "vitest"
import { migrations, supportedBy } from "../../../shell/store/Migrations.ts"
import { layer } from "../../../shell/store/SqlStore.ts"
import { Store } from "../../../shell/store/Store.ts"
import type { Armed } from "../../torture/Armed.ts"
import { site } from "../cli/Drover.ts"
import { goldenOf } from "./Golden.ts"
import { raw } from "./Raw.ts"
import { contradictions, everything, folder } from "./World.ts"

const latest = supportedBy(migrations)
const versions = migrations.map(({ version }) => version)
const program = "dist/torture/drover.cjs"

beforeAll(async () => {
  await promisify(execFile)(process.execPath, ["spec/torture/bundle.mjs"])
})

/** A command that writes, on a store in a folder of its own; it dies at that one of its effects, if it has so many. */
const dies = async (home: string, at: number): Promise<boolean> => {
  const armed: Armed = { signal: "SIGKILL", seed: 1, at, counts: join(home, "counts"), note: join(home, "note") }
  await writeFile(armed.counts, "{}")
  const child = spawn(process.execPath, [program, "drain"], {
    stdio: ["ignore", "ignore", "pipe"],
    env: {
      PATH: process.env.PATH,
      HOME: home,
      DROVER_HOME: join(home, "state"),
      DROVER_BOUNDARIES: JSON.stringify(armed)
    }
  })
  let stderr = ""
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text))
  await once(child, "close")
  if (child.signalCode === "SIGKILL") return true
  expect([child.exitCode, stderr]).toEqual([0, ""])
  return false
}

const whole = (file: string) =>
  Effect.provide(
    Effect.gen(function* () {
      const { problems, schema } = yield* (yield* Store).inspect
      return { problems, schema, contradictions: yield* contradictions, all: yield* everything }
    }),
    layer({ file })
  )

/** `npm run crash` asks for all of them, for each kill is a start of the program. */
const killed = versions.filter(
  (version) => version < latest && (version === 1 || process.env.DROVER_KILLS !== undefined)
)

for (const version of killed) {
  it.scopedLive(
    `STO-2 a migration of schema ${version} that is killed before any of its effects is done by the next program, and no copy is half`,
    () =>
      Effect.gen(function* () {
        const home = yield* folder
        const fresh = join(home, "fresh.db")
        yield* Effect.promise(() => copyFile(goldenOf(version), fresh))
        const expected = yield* whole(fresh)
        expect(expected).toMatchObject({ problems: [], schema: latest, contradictions: [] })
        const state = join(home, "state")
        yield* Effect.promise(() => mkdir(state, { mode: 0o700 }))
        let kills = 0
        const places = new Set<string>()
        for (let at = 1; ; at++) {
          const file = join(state, "drover.db")
          yield* Effect.promise(async () => {
            for (const name of await readdir(state)) await promisify(execFile)("rm", ["-f", join(state, name)])
            await copyFile(goldenOf(version), file)
          })
          if (!(yield* Effect.promise(() => dies(home, at)))) break
          kills += 1
          places.add(yield* Effect.promise(() => readFile(join(home, "note"), "utf8")))
          expect(yield* whole(file)).toEqual(expected)
          const copies = (yield* Effect.promise(() => readdir(state))).filter((name) => name.endsWith(".bak"))
          expect(copies.length).toBeGreaterThan(0)
          for (const copy of copies) {
            const [[schema] = []] = yield* raw(join(state, copy), "SELECT value FROM meta WHERE name = 'schema'")
            expect([copy, String(Object.values(schema ?? {})[0])]).toEqual([copy, String(version)])
          }
        }
        expect(kills).toBeGreaterThan(5)
        expect([...places].some((place) => place.startsWith("sql COMMIT"))).toBe(true)
        expect([...places].some((place) => place.startsWith("rename"))).toBe(true)
      }),
    600_000
  )
}

it.each(versions)(
  "STO-2 a store of schema %i goes on: it is listed, admission is opened, and a new batch is done under it",
  async (version) => {
    const here = await site()
    try {
      await mkdir(here.home, { mode: 0o700 })
      await copyFile(goldenOf(version), join(here.home, "drover.db"))
      // What only reads says that it must be migrated first.
      expect((await here.run("status")).code).toBe(version < latest ? 1 : 0)
      expect((await here.run("undrain")).code).toBe(0)
      const listed = await here.json("status", "--json")
      const ids = version < 3 ? [1, 2, 3, 4] : [1, 2, 3, 4, 5]
      expect(listed).toMatchObject({ tasks: ids.map((id) => ({ id })) })
      expect(listed).toMatchObject({ tasks: [{ state: "DONE" }, ...ids.slice(1).map(() => ({}))] })
      await here.write(
        "more.toml",
        '[[task]]\nname = "more"\nagent = "sh"\nprompt = "true"\nverify = [{ run = "true" }]\n'
      )
      expect(await here.run("run", "more.toml")).toMatchObject({ code: 0 })
      expect((await here.run("doctor")).stdout).toContain(`schema ${latest}`)
    } finally {
      await here.remove()
    }
  }
)
