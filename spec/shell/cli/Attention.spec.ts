/** What needs a person reaches one: the built program, a real program that is told, and a real server. */
import { existsSync, readFileSync } from "node:fs"
import { chmod, writeFile } from "node:fs/promises"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { expect, it } from "vitest"
import { declarations } from "../../../shell/guards/Declarations.ts"
import { type Sink, sink } from "../attention/Sink.ts"
import { isRunning } from "../supervisor/World.ts"
import { type Site, site, type Started, until } from "./Drover.ts"

const running = new Set<Started>()

const end = (started: Started, signal: NodeJS.Signals = "SIGTERM"): Promise<unknown> => {
  running.delete(started)
  started.child.kill(signal)
  return started.end
}

interface World extends Site {
  readonly sink: Sink
  /** The lines of what the program was told, each as JSON. */
  readonly told: () => ReadonlyArray<Readonly<Record<string, unknown>>>
  readonly configure: (text: string) => Promise<void>
  readonly up: () => Promise<Started>
}

const agents = `[policy]
backoff_base_ms = 1
stop_grace_ms = 500
[agents.sh]
kind = "command"
command = "sh"
`

const inactivityOff = `[guards.inactivity]
enabled = false
owner = "Ada"
reason = "slow models"
until = 2999-12-01T00:00:00Z
`

/** Runs the body in a folder of its own, with a program `tell` in it, and leaves nothing behind. */
const scenario = async (body: (here: World) => Promise<void>): Promise<void> => {
  const here = await site()
  const scope = Effect.runSync(Scope.make())
  const server = await Effect.runPromise(Scope.extend(sink, scope))
  const file = join(here.folder, "told")
  await here.write("tell", `#!/bin/sh\ncat >>"${file}"\n`)
  await chmod(join(here.folder, "tell"), 0o755)
  const world: World = {
    ...here,
    sink: server,
    told: () =>
      existsSync(file)
        ? readFileSync(file, "utf8")
            .split("\n")
            .filter((line) => line !== "")
            .map((line) => JSON.parse(line))
        : [],
    configure: (text) => writeFile(join(here.folder, "..", "config.toml"), agents + text),
    up: async () => {
      const started = here.start(["up"])
      running.add(started)
      await until(() => started.said().includes("supervising"))
      return started
    }
  }
  try {
    await body(world)
  } finally {
    await Promise.all([...running].map((each) => end(each)))
    await Effect.runPromise(Scope.close(scope, Exit.void))
    await here.remove()
  }
}

const command = ({ folder }: Site): string => `[attention]\ncommand = ${JSON.stringify(join(folder, "tell"))}\n`

interface Listed {
  readonly id: number
  readonly key: string
  readonly acknowledged_at: string | null
  readonly deliveries: ReadonlyArray<{ readonly channel: string; readonly state: string; readonly tries: number }>
}

const listed = async ({ run }: Site): Promise<ReadonlyArray<Listed>> =>
  JSON.parse((await run("attention", "--json")).stdout).attention

const states = async (here: Site): Promise<ReadonlyArray<string>> =>
  (await listed(here)).flatMap(({ deliveries, key }) =>
    deliveries.map((each) => `${key} ${each.channel} ${each.state}`)
  )

it("GRD-2 a guard that is off reaches the configured program and the webhook; acknowledged it is shown as such, and told nobody again", () =>
  scenario(async (here) => {
    await here.configure(`${command(here)}webhook = "${here.sink.url}/s3cret"\n${inactivityOff}`)
    const first = await here.up()
    await until(() => here.told().length > 0 && here.sink.requests.length > 0)
    const text = "the guard inactivity is off: until 2999-12-01T00:00:00.000Z, by Ada: slow models"
    expect(here.told()).toEqual([
      {
        v: 1,
        type: "attention",
        host: expect.any(String),
        title: "drover needs a person",
        text,
        count: 1,
        items: [
          {
            id: 1,
            key: "guard:inactivity",
            task_id: null,
            text,
            raised_at: expect.stringMatching(/Z$/),
            what_to_do: "drover guards, drover doctor",
            try: 1
          }
        ]
      }
    ])
    expect(here.sink.requests.map(({ body }) => JSON.parse(body))).toEqual(here.told())
    await until(async () => (await states(here)).every((state) => state.endsWith(" told")))
    await end(first)
    expect(readFileSync(join(here.home, "supervisor.log"), "utf8")).not.toContain("s3cret")

    const status = await here.run("status")
    expect(status.stdout).toContain("1 thing needs a person: drover attention")
    expect((await here.run("attention", "ack", "1")).stdout).toContain("1 acknowledged: the guard inactivity is off")
    expect((await here.run("attention", "ack", "1")).stdout).toMatch(/^1 acknowledged, since /)
    expect(await here.json("status", "--json")).toMatchObject({ attention: { open: 1, acknowledged: 1 } })
    expect((await here.run("attention")).stdout).toMatch(
      / 1 {2}\d\d:\d\d .*\(acknowledged \d\d:\d\d\) the guard inactivity is off/
    )

    // A channel that is new tells what is open, but not what somebody knows.
    await here.configure(`${command(here)}desktop = true\n${inactivityOff}`)
    const second = await here.up()
    // All but that guard, and promises, which nobody asked for.
    await until(
      async () =>
        JSON.parse((await here.run("guards", "--json")).stdout).summary["on-confirmed"] === declarations.length - 2
    )
    await end(second)
    expect(here.told()).toHaveLength(1)
    expect(await states(here)).toEqual(["guard:inactivity command told", "guard:inactivity webhook told"])
  }))

it("GRD-2 a supervisor that is killed while it tells is followed by one that ends the program and tells once more", () =>
  scenario(async (here) => {
    const pids = join(here.folder, "pids")
    const file = join(here.folder, "told")
    await here.write(
      "tell",
      `#!/bin/sh\ncat >>"${file}"\necho $$ >>"${pids}"\n[ -e "${here.folder}/go" ] || exec sleep 600\n`
    )
    await here.configure(command(here) + inactivityOff)
    const first = await here.up()
    await until(() => existsSync(pids) && readFileSync(pids, "utf8").includes("\n"))
    await end(first, "SIGKILL")
    const pid = Number(readFileSync(pids, "utf8"))
    expect(isRunning(pid)).toBe(true)
    await here.write("go", "")
    const second = await here.up()
    await until(async () => (await states(here)).join() === "guard:inactivity command told")
    expect(isRunning(pid)).toBe(false)
    const tries = here.told().flatMap(({ items }) => (Array.isArray(items) ? items.map((item) => item.try) : []))
    expect(tries).toEqual([1, 2])
    await end(second)
    await end(await here.up())
    expect(here.told()).toHaveLength(2)
  }))

it("GRD-2 run tells what its tasks need before it ends", () =>
  scenario(async (here) => {
    await here.configure(command(here))
    await here.write("tasks.toml", `[[task]]\nname = "a"\nprompt = "exit 3"\nagent = "sh"\nmax_retries = 0\n`)
    expect((await here.run("run", "tasks.toml")).code).toBe(5)
    expect(here.told()).toMatchObject([
      { title: "drover: #1 needs a person", items: [{ key: "task:1:held", task_id: 1, what_to_do: "drover retry 1" }] }
    ])
    expect((await here.run("attention")).stdout).toContain("→ drover retry 1")
  }))

it("GRD-2 a test is told by every channel, and what became of it is said; doctor has a row for them", () =>
  scenario(async (here) => {
    await here.configure("")
    const none = await here.run("attention", "test")
    expect([none.code, none.stderr]).toEqual([1, expect.stringContaining("no channel is configured")])
    expect((await here.run("doctor")).stdout).toMatch(/^skip {2}telling +no channel is configured/m)

    await here.configure(`${command(here)}webhook = "${here.sink.url}/"\n`)
    const both = await here.run("attention", "test")
    expect([both.code, both.stdout]).toEqual([
      0,
      expect.stringMatching(/^command: told, in .*\nwebhook: told, in .*\n$/)
    ])
    expect(here.told()).toMatchObject([{ type: "test", title: "drover: a test", count: 1 }])
    expect((await here.run("doctor")).stdout).toMatch(/^ok {4}telling +command, webhook$/m)
    expect(here.isStored()).toBe(false)

    here.sink.answer = 503
    const { code, stdout } = await here.run("attention", "test", "--json")
    expect(code).toBe(1)
    const { host } = new URL(here.sink.url)
    expect(JSON.parse(stdout)).toEqual({
      channels: [
        { channel: "command", told: true, ms: expect.any(Number), why: null },
        { channel: "webhook", told: false, ms: expect.any(Number), why: `${host} answered 503` }
      ]
    })
    await here.configure(`[attention]\ncommand = "no-such-program"\n`)
    expect((await here.run("doctor")).stdout).toMatch(
      /^FAIL {2}telling +not found or not executable: no-such-program$/m
    )
  }))

it("GRD-2 an item that is not open, and words that are none, are refused", () =>
  scenario(async (here) => {
    expect((await here.run("attention")).stdout).toBe("nobody is needed\n")
    expect((await here.run("attention", "ack", "1")).code).toBe(3)
    await here.configure(command(here) + inactivityOff)
    const supervisor = await here.up()
    await until(() => here.told().length > 0)
    await end(supervisor)
    const half = await here.run("attention", "ack", "1", "9", "9", "--json")
    expect([half.code, half.stderr]).toEqual([3, expect.stringContaining("not open (any more): 9;")])
    expect(JSON.parse(half.stdout)).toMatchObject({ acknowledged: [{ id: 1, key: "guard:inactivity" }] })
    for (const args of [["ack"], ["ack", "x"], ["ack", "0"], ["test", "1"], ["acknowledge", "1"]]) {
      expect([args, (await here.run("attention", ...args)).code]).toEqual([args, 2])
    }
  }))
