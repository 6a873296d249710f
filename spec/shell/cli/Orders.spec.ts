/** What commands have done: by a supervisor that answers, else in the store, each once and told the same way. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdir, rename } from "node:fs/promises"
import { createServer, type RequestListener } from "node:http"
import { join } from "node:path"
import { afterEach, expect, it } from "vitest"
import { asked } from "../http/World.ts"
import { type Answer, type Site, site, type Started, until } from "./Drover.ts"

const running = new Set<Started>()
const sites = new Set<Site>()

const here = async (): Promise<Site> => {
  const found = await site()
  sites.add(found)
  return found
}

afterEach(async () => {
  for (const { child, end } of running) {
    child.kill("SIGCONT")
    child.kill("SIGTERM")
    await end
  }
  running.clear()
  await Promise.all([...sites].map(({ remove }) => remove()))
  sites.clear()
})

const socketOf = ({ home }: Site): string => join(home, "drover.sock")

const isAnswering = (at: Site): Promise<boolean> =>
  asked(socketOf(at), "/healthz").then(
    ({ status }) => status === 200,
    () => false
  )

/** A supervisor that answers. */
const up = async (at: Site): Promise<Started> => {
  const started = at.start(["up"])
  running.add(started)
  await until(() => isAnswering(at))
  return started
}

const end = async (started: Started, signal: "SIGKILL" | "SIGTERM"): Promise<void> => {
  running.delete(started)
  started.child.kill(signal)
  await started.end
}

/** Somebody else on the socket; what was asked of it. */
const pretending = async (at: Site, answer: RequestListener) => {
  await mkdir(at.home, { recursive: true })
  const requests: Array<string> = []
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`)
    request.resume()
    request.once("end", () => answer(request, response))
  })
  await new Promise<void>((resolve) => server.listen(socketOf(at), resolve))
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { requests, close }
}

const saying =
  (status: number, body: unknown): RequestListener =>
  (_, response) =>
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body))

const submit = (at: Site, name: string, ...more: ReadonlyArray<string>): Promise<Answer> =>
  at.run("submit", "--name", name, "--prompt", "true", "--agent", "sh", "--upcoming", ...more)

interface Transition {
  readonly type: string
  readonly task_id: number
  readonly cause: { readonly event: string }
}

/** The events that were written of a kind, by task. */
const transitions = async (at: Site, event: string): Promise<ReadonlyArray<number>> => {
  const { stdout } = await at.run("events")
  return stdout
    .split("\n")
    .filter((line) => line.includes('"task.transition"'))
    .map((line): Transition => JSON.parse(line))
    .filter(({ cause }) => cause.event === event)
    .map((each) => each.task_id)
}

/** Whether commands say the same with a supervisor and without one; nothing that is in the store moves by itself. */
const compare = async (commands: ReadonlyArray<ReadonlyArray<string>>): Promise<void> => {
  const [alone, supervised] = [await here(), await here()]
  for (const each of [alone, supervised]) {
    await submit(each, "one")
    await submit(each, "two")
  }
  await up(supervised)
  for (const command of commands) {
    const [one, other] = await Promise.all([alone.run(...command), supervised.run(...command)])
    const about = (answer: Answer, { folder }: Site) =>
      JSON.stringify(answer)
        .replaceAll(folder, "")
        .replaceAll(/"at\\":\d+/g, "")
    expect([command, about(other, supervised)]).toEqual([command, about(one, alone)])
  }
  const stages = async (at: Site) => {
    const { tasks }: { tasks: ReadonlyArray<{ name: string; stage: { at?: number } }> } = JSON.parse(
      (await at.run("status", "--all", "--json")).stdout
    )
    return tasks.map(({ name, stage: { at: _, ...stage } }) => ({ name, stage }))
  }
  expect(await stages(supervised)).toEqual(await stages(alone))
}

it("API-7 a task is moved, or is not, and that is told, the same with a supervisor and without one", () =>
  compare([
    ["freeze", "1", "99", "#2"],
    ["approve", "1"],
    ["unfreeze", "1", "--json"],
    ["block", "1", "--reason", "not yet"],
    ["unblock", "1", "--budget", "-2"],
    ["landed", "1"],
    ["landed", "1", "--commit", "xyz"],
    ["supersede", "1", "--by", "1"],
    ["supersede", "1", "--by", "77"],
    ["supersede", "1", "--by", "2", "--json"],
    ["archive", "1"],
    ["archive", "1"]
  ]))

it("API-7 a task is stored, admission closed and an account resumed, the same with a supervisor and without one", () =>
  compare([
    ["drain"],
    ["undrain", "--json"],
    ["submit", "--name", "a", "--prompt", "true", "--agent", "sh", "--upcoming", "--key", "k", "--verify", "true"],
    ["submit", "--name", "b", "--prompt", "true", "--agent", "sh", "--upcoming", "--json"],
    ["submit", "--name", "c", "--prompt", "true", "--agent", "sh", "--key", "k", "--verify", "true"],
    ["submit", "--name", "x", "--prompt", "true", "--agent", "shh"],
    ["submit", "--name", "x", "--prompt", "true", "--agent", "sh", "--depends-on", "99"],
    ["submit", "--name", "x", "--prompt", "true", "--agent", "sh", "--cwd", "nowhere"],
    ["resume-account", "nobody"]
  ]))

it("API-7 who answers on the socket is asked, and what it answers is told; the store is not touched", async () => {
  const at = await here()
  const moved = { id: 7, name: "x", state: "PENDING", stage: { stage: "frozen", resumeTo: { stage: "backlog" } } }
  const stranger = await pretending(at, (request, response) => {
    if (request.url === "/api/tasks") saying(200, { id: 7, name: "x", was: "added", warnings: [] })(request, response)
    else if (request.url === "/api/drain") saying(200, { draining: true })(request, response)
    else if (request.url === "/api/tasks/7/freeze") saying(200, moved)(request, response)
    else saying(409, { error: "no", code: "not_legal", legal: ["freeze"] })(request, response)
  })
  try {
    expect((await submit(at, "x")).stdout).toBe("#7\n")
    expect(await at.run("drain", "--json")).toMatchObject({ code: 0, stdout: '{"draining":true}\n' })
    expect(await at.run("freeze", "7")).toMatchObject({ code: 0, stdout: "#7 x: frozen\n" })
    expect(await at.run("approve", "7")).toMatchObject({ code: 1, stderr: "no\n" })
    expect(stranger.requests).toEqual([
      "POST /api/tasks",
      "POST /api/drain",
      "POST /api/tasks/7/freeze",
      "POST /api/tasks/7/approve"
    ])
    expect(at.isStored()).toBe(false)
  } finally {
    await stranger.close()
  }
})

it("API-7 what answers with nothing that is understood is left alone: the store is there", async () => {
  const at = await here()
  for (const name of ["one", "two", "three", "four", "five"]) await submit(at, name)
  const answers: ReadonlyArray<RequestListener> = [
    saying(404, { error: "there is nothing here" }),
    saying(503, { error: "the disk is full", code: "unavailable" }),
    saying(200, "what?"),
    (_, response) => response.end("<html>"),
    (request) => request.socket.destroy()
  ]
  for (const [index, answer] of answers.entries()) {
    const stranger = await pretending(at, answer)
    expect(await at.run("freeze", String(index + 1))).toMatchObject({ code: 0, stderr: "" })
    await stranger.close()
  }
  expect(await transitions(at, "Freeze")).toEqual([1, 2, 3, 4, 5])
})

it("STO-5 what a supervisor has done that did not answer is not done again, and a submission is one task", async () => {
  const at = await here()
  for (const name of ["one", "two"]) await submit(at, name)
  await at.run("triage", "1", "2")
  await at.run("start", "1", "2")
  // It does what it is asked, by the store, and then says nothing: as one that is killed between the two.
  let stored = ""
  const inner = async (...args: ReadonlyArray<string>) => {
    const aside = `${socketOf(at)}.aside`
    await rename(socketOf(at), aside)
    const answer = await at.run(...args)
    await rename(aside, socketOf(at))
    return answer
  }
  const stranger = await pretending(at, (request) => {
    const dies = async () => {
      stored = (await inner("retry", "1")).stdout
      request.socket.destroy()
    }
    void dies()
  })
  try {
    expect(await at.run("retry", "1")).toMatchObject({ code: 0, stdout: "#1 one: coding\n" })
    expect(stored).toBe("#1 one: coding\n")
  } finally {
    await stranger.close()
  }
  // Retry is legal again and again: only by looking is it known to be done.
  expect(await transitions(at, "Retry")).toEqual([1])
})

it("API-7 a supervisor that hangs holds nobody up for long, and does nothing late when it wakes", async () => {
  const at = await here()
  await at.run("drain")
  for (const name of ["one", "two"]) await submit(at, name)
  const supervisor = await up(at)
  supervisor.child.kill("SIGSTOP")
  expect(await at.run("triage", "1")).toMatchObject({ code: 0, stdout: "#1 one: backlog\n" })
  expect(await submit(at, "three")).toMatchObject({ code: 0, stdout: "#3\n" })
  expect((await at.run("undrain")).code).toBe(0)
  expect((await at.run("drain")).code).toBe(0)
  expect(await at.run("guards", "--json")).toMatchObject({ code: 0 })
  supervisor.child.kill("SIGCONT")
  await until(() => isAnswering(at))
  // Whatever waited in its socket has been read when this is answered.
  expect(await at.run("freeze", "2")).toMatchObject({ code: 0, stdout: "#2 two: frozen\n" })
  expect(await transitions(at, "Triage")).toEqual([1])
  const status = await at.json("status", "--json")
  expect(status).toMatchObject({ draining: true })
  expect((await at.run("status", "--json")).stdout.match(/"name":"three"/g)).toHaveLength(1)
})

it("STO-3 whenever a supervisor is killed over what commands ask of it, each is done once", async () => {
  const at = await here()
  const ids = Array.from({ length: 12 }, (_, index) => index + 1)
  const tasks = ids.map((id) => `[[task]]\nname = "t${id}"\n`).join("")
  await at.write("t.toml", `[defaults]\nagent = "sh"\nprompt = "true"\nstart = "manual"\n${tasks}`)
  expect((await at.run("run", "t.toml")).code).toBe(5)
  for (let round = 0; round < 2; round++) {
    const supervisor = await up(at)
    const some = ids.slice(round * 6, round * 6 + 6)
    const answers = some.map((id) => at.run("freeze", String(id)))
    await Promise.race(answers.slice(0, round + 1))
    await end(supervisor, "SIGKILL")
    for (const { code, stderr } of await Promise.all(answers)) expect([code, stderr]).toEqual([0, ""])
  }
  expect((await transitions(at, "Freeze")).toSorted((a, b) => a - b)).toEqual(ids)
})

/** What curl reads of the events after that one, and when it has ended. */
const curl = (at: Site, since: number) => {
  const child = spawn(
    "curl",
    ["-sN", "--unix-socket", socketOf(at), "-H", `Last-Event-ID: ${since}`, "http://drover/api/events"],
    { stdio: ["ignore", "pipe", "ignore"] }
  )
  let text = ""
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text += chunk))
  const ids = () => [...text.matchAll(/^id: (\d+)\n/gm)].map(([, id]) => Number(id))
  return { child, ids, end: once(child, "close") }
}

it("API-3 a stream that curl reads again after its supervisor was killed or ended goes on where it was", async () => {
  const at = await here()
  await at.run("drain")
  const all: Array<number> = []
  for (const signal of ["SIGKILL", "SIGTERM", "SIGKILL"] as const) {
    const supervisor = await up(at)
    const follower = curl(at, all.at(-1) ?? 0)
    await submit(at, signal)
    const last = (await at.run("events")).stdout.trimEnd().split("\n").length
    await until(() => (follower.ids().at(-1) ?? 0) >= last)
    await end(supervisor, signal)
    await follower.end
    all.push(...follower.ids())
  }
  expect(all).toEqual(all.map((_, index) => index + 1))
  // Each has begun, and was given a task.
  expect(all.length).toBeGreaterThanOrEqual(6)
})
