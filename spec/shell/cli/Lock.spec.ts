/** What a person sees of the lock: refusals that can not be overlooked, waiting for it, and what heals it. */
import { readFile, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { afterEach, beforeEach, expect, it } from "vitest"
import * as SqlStore from "../../../shell/store/SqlStore.ts"
import { Store } from "../../../shell/store/Store.ts"
import { type Site, site, until } from "./Drover.ts"

let here: Site

beforeEach(async () => {
  here = await site()
  // Makes the state directory.
  await here.json("undrain", "--json")
})
afterEach(() => here.remove())

const lock = (): string => join(here.home, "supervisor.lock")

/** A machine that was renamed while its supervisor was killed: it has no id, and its process is of another boot. */
const leaveForeignLock = (heartbeatAt: number) =>
  writeFile(
    lock(),
    JSON.stringify({
      owner: "0".repeat(36),
      process: { host: "mac.lan", pid: 4242, startTime: "7", bootId: "earlier" },
      acquiredAt: 1,
      hostId: null,
      epoch: 3,
      heartbeatAt
    })
  )

const configured = async (text: string) => {
  const file = join(here.folder, "config.toml")
  await writeFile(file, text)
  return { DROVER_CONFIG: file }
}

interface Row {
  readonly name: string
  readonly status: string
  readonly text: string
  readonly remedy?: string
}

const doctor = async (environment = {}): Promise<(name: string) => Row | undefined> => {
  const { stdout } = await here.start(["doctor", "--json"], environment).end
  const rows: ReadonlyArray<Row> = JSON.parse(stdout)
  return (name) => rows.find((row) => row.name === name)
}

const logged = async (text: string): Promise<number> =>
  (await readFile(join(here.home, "supervisor.log"), "utf8").catch(() => "")).split(text).length - 1

it("OWN-6 a refusal is status 4 of up and run, a row of doctor with a remedy, and a line in the log; the lock stays", async () => {
  await leaveForeignLock(1)
  const before = await readFile(lock(), "utf8")
  await here.write("tasks.toml", '[[task]]\nname = "a"\nprompt = "true"\nagent = "sh"\n')
  for (const command of [["up"], ["run", "tasks.toml"]]) {
    const { code, stderr } = await here.run(...command)
    expect(code).toBe(4)
    expect(stderr).toMatch(
      /another host owns this state directory \(process 4242 on mac\.lan, without a sign of life for/
    )
    expect(stderr).toContain("auto_heal = true in [ownership]")
  }
  const row = (await doctor())("lock")
  expect(row?.status).toBe("fail")
  expect(row?.text).toContain("process 4242 on mac.lan")
  expect(row?.remedy).toContain(`remove ${lock()}`)
  expect(await logged("refused: a supervisor on another host")).toBe(2)
  expect(await readFile(lock(), "utf8")).toBe(before)
})

it("OWN-6 run follows another host's supervisor as long as that beats in the store, and goes on when the lock is free", async () => {
  await leaveForeignLock(1)
  await here.write("tasks.toml", '[[task]]\nname = "a"\nprompt = "true"\nagent = "sh"\n')
  await Store.pipe(
    Effect.flatMap((store) => store.takeEpoch({ host: "mac.lan", pid: 4242, at: Date.now() })),
    Effect.provide(SqlStore.layer({ file: join(here.home, "drover.db") })),
    Effect.runPromise
  )
  const run = here.start(["run", "tasks.toml"])
  await until(async () => (await logged("refused: a supervisor on another host")) === 1)
  expect(run.child.exitCode).toBeNull()
  await rm(lock())
  expect((await run.end).code).toBe(0)
  expect(await logged("refused: a supervisor on another host")).toBe(1)
})

it("OWN-6 up --wait says once what it waits for, and supervises as soon as the lock can be had", async () => {
  const up = here.start(["up", "--json"])
  await until(() => up.said().includes("supervisor.started"))
  const waiting = here.start(["up", "--wait"])
  await until(async () => (await logged("refused: another supervisor")) === 1)
  const lockRow = (await doctor())("lock")
  expect([lockRow?.status, lockRow?.remedy]).toEqual(["pass", undefined])
  expect(lockRow?.text).toMatch(
    new RegExp(`^supervised by process ${up.child.pid} on .+, epoch 1, last sign of life \\d+ s ago$`)
  )
  await here.json("down", "--json")
  expect((await up.end).code).toBe(0)
  await until(() => waiting.said().includes(`(process ${waiting.child.pid})`))
  await here.json("down", "--json")
  const { code, stderr } = await waiting.end
  expect(code).toBe(0)
  expect(stderr.match(/waiting: another supervisor owns/g)).toHaveLength(1)
  expect(await logged("refused: another supervisor")).toBe(1)
})

it("OWN-5 a renamed machine's lock is taken over when auto_heal is on and all is proved; in dry run it is only said", async () => {
  await leaveForeignLock(1)
  const dry = await configured("[ownership]\nauto_heal = true\ndry_run = true\n")
  const found = await doctor(dry)
  const isLocal = found("filesystem")?.text.startsWith("local") === true
  expect(found("host")?.status).toBe("pass")
  const refused = await here.start(["up"], dry).end
  expect(refused.code).toBe(4)
  expect(refused.stderr).toMatch(isLocal ? /in dry run/ : /can not be proved|another host owns/)
  expect(found("lock")?.text).toContain(refused.stderr.split(";")[0])

  const heal = await configured("[ownership]\nauto_heal = true\n")
  if (!isLocal) return
  await leaveForeignLock(Date.now())
  expect((await here.start(["up"], heal).end).stderr).toContain("its last sign of life is too recent")
  await leaveForeignLock(Date.now() - 5 * 60_000)
  expect((await doctor(heal))("lock")?.text).toContain("which is gone; the next supervisor takes it over")
  const up = here.start(["up"], heal)
  await until(() => up.said().includes("supervising"))
  await here.json("down", "--json")
  expect((await up.end).code).toBe(0)
  expect(await logged("the lock of process 4242 on mac.lan was taken away")).toBe(1)
})
