/** What is measured, from the outside: asked of the built program and of the supervisor that it runs. */
import { mkdirSync, readFileSync } from "node:fs"
import { createServer, request, type ServerResponse } from "node:http"
import { join } from "node:path"
import { afterAll, beforeAll, expect, it } from "vitest"
import { definitions } from "../../../core/metrics/Definition.ts"
import { type ReadFamily, read } from "../../core/metrics/Exposition.ts"
import { type Site, site, type Started, until } from "./Drover.ts"
import { freePort } from "./Port.ts"

let here: Site
let supervisor: Started
let port: number

const tasks = `
[defaults]
agent = "sh"
max_retries = 1
[[task]]
name = "twice"
prompt = """echo '{"type":"result","is_error":false,"total_cost_usd":0.25,"result":"ok"}'; exit"""
verify = [{ run = "test -e seen || { touch seen; false; }" }]
[[task]]
name = "broken"
prompt = "[ -e once ] || { touch once; exit 3; }; exit"
[[task]]
name = "later"
prompt = "true"
start = "manual"
`

interface Heard {
  readonly status: number
  readonly type: string
  readonly text: string
}

const ask = (
  at: string | number,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body: string | null = null
): Promise<Heard> =>
  new Promise((resolve, reject) => {
    const place = typeof at === "string" ? { socketPath: at } : { host: "127.0.0.1", port: at }
    const method = body === null ? "GET" : "POST"
    const asked = request({ ...place, path, headers, method, agent: false }, (response) => {
      const chunks: Array<Buffer> = []
      response.on("data", (chunk: Buffer) => chunks.push(chunk))
      response.once("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          type: response.headers["content-type"] ?? "",
          text: Buffer.concat(chunks).toString("utf8")
        })
      )
    })
    asked.once("error", reject)
    asked.end(body ?? "")
  })

const socket = (): string => join(here.home, "drover.sock")
const token = (): string => readFileSync(join(here.home, "token"), "utf8").trim()
const metrics = async (): Promise<string> => {
  const { code, stdout } = await here.run("metrics")
  expect(code).toBe(0)
  return stdout
}

/** `name label label` and its value. */
const valuesOf = (families: ReadonlyArray<ReadFamily>): Readonly<Record<string, number>> =>
  Object.fromEntries(
    families.flatMap(({ samples }) =>
      samples.map(({ labels, name, value }) => [[name, ...Object.values(labels)].join(" "), value])
    )
  )

const up = async (): Promise<void> => {
  supervisor = here.start(["up", "--json", "--listen", `127.0.0.1:${port}`])
  await until(async () => (await ask(socket(), "/metrics").catch(() => ({ status: 0 }))).status === 200)
  await until(async () => (await ask(port, "/metrics").catch(() => ({ status: 0 }))).status === 401)
}

const end = async (signal: "SIGTERM" | "SIGKILL"): Promise<void> => {
  supervisor.child.kill(signal)
  await supervisor.end
}

beforeAll(async () => {
  here = await site()
  port = await freePort()
  await here.write("tasks.toml", tasks)
}, 300_000)
afterAll(async () => {
  await end("SIGKILL")
  await here.remove()
})

const ofProcess = Object.values(definitions).flatMap(({ name, of }) => (of === "process" ? [name] : []))
const ofStore = Object.values(definitions).flatMap(({ name, of }) => (of === "store" ? [name] : []))

it("API-4 without a supervisor drover metrics tells what is stored, also where nothing is, and makes nothing", async () => {
  const families = read(await metrics())
  expect(families.map(({ name }) => name)).toEqual(ofStore.toSorted())
  expect(new Set(Object.values(valuesOf(families)))).toEqual(new Set([0]))
  const { metrics: told } = JSON.parse((await here.run("metrics", "--json")).stdout)
  expect(told).toHaveLength(ofStore.length)
  expect(here.isStored()).toBe(false)
})

it("API-4 a supervisor tells of all that it does, over the socket, with the token over TCP, and by drover metrics", async () => {
  await up()
  expect((await here.run("run", "tasks.toml")).code).toBe(5)
  expect((await ask(socket(), "/hooks/Stop", {}, "{}")).status).toBe(200)
  const authorization = `Bearer ${token()}`
  expect((await ask(port, "/hooks/PreToolUse", { authorization }, "{}")).status).toBe(200)
  expect((await here.feed("{}", "ingest", "--hook", "SessionEnd")).code).toBe(0)
  const event = (hook: string, via: string) => `drover_ingest_events_total ${hook} ${via}`
  await until(async () => valuesOf(read(await metrics()))[event("SessionEnd", "spool")] === 1)

  expect((await ask(port, "/metrics")).status).toBe(401)
  expect((await ask(port, "/metrics", { authorization, host: "evil.example" })).status).toBe(403)
  const heard = await ask(port, "/metrics?x=1", { authorization })
  expect([heard.status, heard.type]).toEqual([200, "text/plain; version=0.0.4; charset=utf-8"])
  const families = read(heard.text)
  expect(families.map(({ name }) => name)).toEqual([...ofProcess, ...ofStore].toSorted())
  const values = valuesOf(families)
  expect(values).toMatchObject({
    "drover_tasks_by_state DONE": 2,
    "drover_tasks_by_state PENDING": 1,
    "drover_tasks_by_state READY": 0,
    drover_fleet_cost_usd_total: 0.5,
    "drover_retries_total Verdict": 1,
    "drover_retries_total Forced": 1,
    "drover_verifications_total Run FAIL": 1,
    "drover_verifications_total Run PASS": 1,
    "drover_verifier_pass_rate Run": 0.5,
    drover_agents_running: 0,
    drover_commitments_open: 0,
    drover_supervisor_epoch: 1,
    drover_spool_depth: 0,
    "drover_admission_waiting ManualStart": 1,
    "drover_admission_waiting Slots": 0,
    "drover_tick_actions_total Spawn": 4,
    "drover_tick_actions_total RunVerifier": 2,
    "drover_guard_posture lock off true": 0,
    "drover_guard_posture promises off false": 1,
    [event("Stop", "socket")]: 1,
    [event("Stop", "port")]: 0,
    [event("PreToolUse", "port")]: 1,
    [event("SessionEnd", "spool")]: 1,
    drover_ingest_seconds_count: 3
  })
  expect(values.drover_tick_seconds_count).toBeGreaterThan(3)
  expect(values.process_start_time_seconds).toBeLessThanOrEqual(Date.now() / 1000)
  const { metrics: told } = JSON.parse((await here.run("metrics", "--json")).stdout)
  expect(told).toHaveLength(families.length)
}, 300_000)

it("API-4 what the store counts does not fall over kill -9, and is told without a supervisor and by the next one alike", async () => {
  const before = valuesOf(read(await metrics()))
  await end("SIGKILL")
  const stored = read(await metrics())
  expect(stored.map(({ name }) => name)).toEqual(ofStore.toSorted())
  const alone = valuesOf(stored)
  expect(alone).toEqual(Object.fromEntries(Object.entries(before).filter(([key]) => key in alone)))
  await up()
  const after = valuesOf(read(await metrics()))
  expect(after).toMatchObject({ ...alone, drover_supervisor_epoch: 2 })
  expect((await here.run("start", "3")).code).toBe(0)
  await until(async () => valuesOf(read(await metrics()))["drover_tasks_by_state DONE"] === 3)
  expect((await here.run("archive", "1", "2", "3")).code).toBe(0)
  expect((await here.run("prune", "--older-than", "0d")).code).toBe(0)
  await end("SIGTERM")
  expect(valuesOf(read(await metrics()))).toMatchObject({
    ...Object.fromEntries(Object.entries(alone).filter(([key]) => key.includes("_total"))),
    "drover_tasks_by_state DONE": 3
  })
}, 300_000)

it("API-4 metrics says so where a supervisor is asked and refuses, or says nothing; where none listens the store is asked", async () => {
  const other = await site()
  const answers: Array<(response: ServerResponse) => void> = [
    (response) => response.writeHead(503).end("not now\n"),
    (response) => response.writeHead(200).write("# a half"),
    (response) => response.destroy()
  ]
  const server = createServer((_, response) => answers.shift()?.(response))
  try {
    mkdirSync(other.home, { recursive: true })
    await new Promise<void>((resolve) => server.listen(join(other.home, "drover.sock"), resolve))
    const said: Array<string> = []
    for (let turn = 0; turn < 3; turn++) {
      const { code, stderr, stdout } = await other.run("metrics")
      expect([code, stdout]).toEqual([1, ""])
      said.push(stderr.trim())
    }
    expect(said.map((each) => each.replace(/^.*?the supervisor/, "the supervisor"))).toEqual([
      "the supervisor can not be asked: it answered 503: not now",
      "the supervisor can not be asked: no whole answer came",
      "the supervisor can not be asked: no whole answer came"
    ])
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    expect((await other.run("metrics")).code).toBe(0)
  } finally {
    server.closeAllConnections()
    server.close()
    await other.remove()
  }
})
