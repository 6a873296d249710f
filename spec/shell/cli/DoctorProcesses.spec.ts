/** The rows of `drover doctor` about what lives and what does not: processes of attempts and of runs, the supervisor. */
import { existsSync, mkdirSync, utimesSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, beforeEach, expect, it } from "vitest"
import { doctor } from "./DoctorRows.ts"
import { type Site, site, type Started, until } from "./Drover.ts"

let here: Site
const started: Array<Started> = []
beforeEach(async () => {
  here = await site()
})
afterEach(async () => {
  // Only what one of the specs has started and not ended itself: each is a child of this process until it is waited for.
  for (const { child, end } of started.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL")
    await end
  }
  await here.remove()
})

const up = async (): Promise<Started> => {
  const supervisor = here.start(["up", "--json"])
  started.push(supervisor)
  await until(() => supervisor.said().includes("supervisor.started"))
  await until(() => existsSync(join(here.home, "drover.sock")))
  return supervisor
}

it("API-7 a verifier at work is no leftover of the attempt that it judges", async () => {
  const [begun, go] = [join(here.folder, "begun"), join(here.folder, "go")]
  // It ends when it is told to, or when this spec's folder is gone.
  const run = `touch ${begun}; while [ -e ${begun} ] && [ ! -e ${go} ]; do sleep 0.05; done`
  await here.write(
    "tasks.toml",
    `[[task]]\nname = "one"\nagent = "sh"\nprompt = "true"\n[[task.verify]]\nrun = '${run}'\n`
  )
  const batch = here.start(["run", "tasks.toml"])
  started.push(batch)
  await until(() => existsSync(begun))
  const { row } = await doctor(here)
  expect(row("agents").status).toBe("pass")
  // Other specs have processes on this machine too.
  expect(row("agents").text).toMatch(/^[1-9]\d* processes of attempts\b/)
  writeFileSync(go, "")
  expect((await batch.end).code).toBe(0)
})

it("API-7 a supervisor that was killed is not told to beat by its last word in the store", async () => {
  const supervisor = await up()
  const pid = supervisor.child.pid
  expect((await doctor(here)).row("guards").text).toContain("as the supervisor sees them")
  supervisor.child.kill("SIGKILL")
  await supervisor.end
  const { row } = await doctor(here)
  expect(row("lock").text).toContain(`left by process ${pid} on `)
  expect(row("supervisor")).toMatchObject({ status: "skipped", text: "none runs, and no task is open" })
  expect(row("guards").text).toContain("no supervisor runs")
})

it("STO-2 with a store that can not be read nobody says how many tasks are open, nor that none is", async () => {
  mkdirSync(here.home, { mode: 0o700 })
  writeFileSync(join(here.home, "drover.db"), "no database ".repeat(1000), { mode: 0o600 })
  const { row } = await doctor(here)
  expect(row("store").status).toBe("fail")
  expect(row("supervisor")).toMatchObject({ status: "skipped", remedy: "see the row of the store" })
  expect(row("supervisor").text).toBe("none runs; whether tasks are open is not known")
})

it("API-7 a command that doctor tells can be given to a shell as it is, whatever the state directory is called", async () => {
  const home = join(here.folder, "it's my state")
  mkdirSync(home, { mode: 0o755 })
  const env = { DROVER_HOME: home }
  const quoted = `'${home.replaceAll("'", String.raw`'\''`)}'`
  expect((await doctor(here, env)).row("state directory").remedy).toBe(`chmod 700 ${quoted}`)
  for (let index = 1; index <= 7; index++) {
    writeFileSync(join(home, `x${index}.new`), "")
    utimesSync(join(home, `x${index}.new`), 1, 1)
  }
  const { remedy } = (await doctor(here, env)).row("leftovers")
  const files = [1, 2, 3, 4, 5].map((index) => `'${join(home, `x${index}.new`).replaceAll("'", String.raw`'\''`)}'`)
  expect(remedy).toBe(`look at them, then remove them: rm -r ${files.join(" ")} (and 2 more)`)
})
