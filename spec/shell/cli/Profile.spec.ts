/** `drover profile` by the built program: what it measures, and that it leaves everything as it was. */
import { copyFileSync, existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import * as Schema from "effect/Schema"
import { expect, it } from "vitest"
import { steps } from "../../../shell/profile/Steps.ts"
import { goldenOf } from "../store/Golden.ts"
import { type Site, site } from "./Drover.ts"

const Profile = Schema.Struct({
  store: Schema.String,
  open_tasks: Schema.Number,
  actions: Schema.Number,
  decided_when_idle: Schema.Number,
  copied_ms: Schema.Positive,
  log_bytes: Schema.NonNegative,
  file: Schema.Struct({
    bytes: Schema.Positive,
    free_bytes: Schema.NonNegative,
    tables: Schema.Array(Schema.Struct({ name: Schema.String, rows: Schema.Number, bytes: Schema.Number }))
  }),
  steps: Schema.Array(
    Schema.Struct({
      step: Schema.Literal(...steps),
      about: Schema.NonNegative,
      times: Schema.Positive,
      median_ms: Schema.NonNegative,
      longest_ms: Schema.NonNegative,
      loop_held_ms: Schema.NonNegative
    })
  ),
  findings: Schema.Array(Schema.Struct({ what: Schema.String, remedy: Schema.NullOr(Schema.String) }))
})

/** One task is done, two could be started at once and one waits for them; each would leave a file. */
const fill = async (here: Site): Promise<void> => {
  await here.write("done.toml", '[[task]]\nname = "done"\nagent = "sh"\nprompt = "true"\n')
  expect((await here.run("run", "done.toml")).code).toBe(0)
  const submit = async (name: string, ...rest: ReadonlyArray<string>): Promise<void> => {
    const args = ["--name", name, "--agent", "sh", "--prompt", `touch ${name}`, ...rest]
    expect((await here.run("submit", ...args)).code).toBe(0)
  }
  await submit("a")
  await submit("b")
  await submit("c", "--depends-on", "2", "--depends-on", "3")
}

/** The store's files with their content; the index of its log is no content. */
const contentOf = (home: string): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(home)
      .filter((name) => name.startsWith("drover.db") && !name.endsWith("-shm"))
      .map((name) => [name, readFileSync(join(home, name), "latin1")] as const)
      // An empty log is none.
      .filter(([, content]) => content !== "")
  )

it("STO-9 a store is measured on a copy: it stays as it is to the byte, nothing is started, and nothing is left", async () => {
  const here = await site()
  try {
    await fill(here)
    const [before, shown] = [contentOf(here.home), (await here.run("status")).stdout]
    const others = (): ReadonlyArray<string> => readdirSync(here.home).filter((name) => !name.startsWith("drover.db"))
    const [beside, temporary] = [others(), join(here.folder, "../tmp")]
    const found = Schema.decodeUnknownSync(Profile)(await here.json("profile", "--json"))

    expect(contentOf(here.home)).toEqual(before)
    expect((await here.run("status")).stdout).toBe(shown)
    expect([
      others(),
      readdirSync(temporary),
      ["a", "b", "c"].filter((name) => existsSync(join(here.folder, name)))
    ]).toEqual([beside, [], []])
    expect(found.steps.map(({ step }) => step)).toEqual(steps)
    const about = (name: (typeof steps)[number]) => found.steps.find(({ step }) => step === name)?.about
    // The one that is done is not read; the two that could begin are decided about again, for they do not begin here.
    expect([found.open_tasks, about("load"), about("first tick"), about("tick of a hundred")]).toEqual([3, 3, 3, 3])
    expect(found.decided_when_idle).toBe(found.actions)
    expect(found.actions).toBeGreaterThan(0)
    for (const { longest_ms, median_ms } of found.steps) expect(longest_ms).toBeGreaterThanOrEqual(median_ms)
    const { bytes, free_bytes, tables } = found.file
    expect(tables.find(({ name }) => name === "tasks")).toMatchObject({ rows: 4 })
    // Every page of the file is one of a table or free.
    expect(tables.reduce((sum, table) => sum + table.bytes, free_bytes)).toBe(bytes)
    expect(bytes).toBe(statSync(join(here.home, "drover.db")).size)
  } finally {
    await here.remove()
  }
})

it("STO-9 a store by its path is measured, of an older version too, and a profile of the processor is written", async () => {
  const here = await site()
  try {
    const old = join(here.folder, "old.db")
    copyFileSync(goldenOf(1), old)
    const { code, stderr, stdout } = await here.run("profile", "--store", "old.db", "--cpu-profile", "it.cpuprofile")
    expect([code, stderr]).toEqual([0, ""])
    expect(stdout).toMatch(/^\S+old\.db: schema 1, [\d.]+ kB, log \(-wal\) 0 bytes; copied in/)
    expect(stdout).toMatch(/^read what is open +3 tasks +1 /m)
    expect(stdout).toMatch(/^a start takes [\d.]+ ms for 3 open tasks, \d+ % of it for /m)
    // Its copy was brought up to date, it was not.
    expect(readFileSync(old).equals(readFileSync(goldenOf(1)))).toBe(true)
    const profile: unknown = JSON.parse(readFileSync(join(here.folder, "it.cpuprofile"), "utf8"))
    expect(profile).toMatchObject({ nodes: expect.any(Array), samples: expect.any(Array) })
    expect(statSync(join(here.folder, "it.cpuprofile")).mode & 0o777).toBe(0o600)
  } finally {
    await here.remove()
  }
})

it("STO-9 what a profile needs and is not there is named, and what is there is not written over", async () => {
  const here = await site()
  try {
    expect(await here.run("profile")).toMatchObject({ code: 3, stdout: "" })
    expect(await here.run("profile", "--store", "no.db")).toMatchObject({ code: 3, stdout: "" })
    copyFileSync(goldenOf(1), join(here.folder, "old.db"))
    await here.write("mine", "mine, which is no store and is long enough to be looked at")
    const taken = await here.run("profile", "--store", "old.db", "--cpu-profile", "mine")
    expect([taken.code, taken.stdout, taken.stderr]).toEqual([1, "", expect.stringContaining("no profile was written")])
    expect(readFileSync(join(here.folder, "mine"), "utf8")).toMatch(/^mine,/)
    expect(await here.run("profile", "--store", "mine")).toMatchObject({ code: 1, stdout: "" })
    const nowhere = await here.run("profile", "--store", "old.db", "--directory", "no/where")
    expect([nowhere.code, nowhere.stderr]).toEqual([1, expect.stringContaining("no copy can be made in")])
  } finally {
    await here.remove()
  }
})
