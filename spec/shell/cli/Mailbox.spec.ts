/** The mailbox as sessions and people use it: the built program, its hook, real processes and one store. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import Database from "better-sqlite3"
import * as Effect from "effect/Effect"
import fc from "fast-check"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { mostPerSender } from "../../../core/mailbox/Sending.ts"
import * as SqlStore from "../../../shell/store/SqlStore.ts"
import { Store } from "../../../shell/store/Store.ts"
import { built } from "./build.ts"
import { type Answer, type Site, site, until } from "./Drover.ts"

let here: Site
beforeEach(async () => {
  here = await site()
})
afterEach(() => here.remove())

const event = (session: string, isContinuation = false, more: object = {}): string =>
  JSON.stringify({ session_id: session, cwd: here.folder, stop_hook_active: isContinuation, ...more })

const hook = (
  name: string,
  input: string | Uint8Array,
  role = "reviewer",
  more: Readonly<Record<string, string>> = {}
) => here.start(["inbox", "--hook", name], { DROVER_MAILBOX: role, ...more }, input).end

const stop = (session: string, isContinuation = false): Promise<Answer> => hook("Stop", event(session, isContinuation))
const begin = (session: string): Promise<Answer> => hook("SessionStart", event(session))

const silent = { code: 0, stdout: "", stderr: "" }

/** What a stop printed: the reason of its block; null where it printed nothing. */
const reasonOf = ({ code, stdout }: Answer): string | null => {
  expect(code).toBe(0)
  if (stdout === "") return null
  const { decision, reason } = JSON.parse(stdout)
  expect(decision).toBe("block")
  return String(reason)
}
const deliveryOf = (reason: string | null): string => /delivery (\d+)\./.exec(reason ?? "")?.[1] ?? ""

const send = async (text: string, ...more: ReadonlyArray<string>): Promise<void> => {
  expect((await here.run("send", "reviewer", text, ...more)).code).toBe(0)
}

/** The same until something is printed: on a busy machine a hook may give up at its limit. */
const told = async (session: string): Promise<string> => reasonOf(await stop(session)) ?? told(session)

const rows = (sql: string) => here.rows(sql)

describe("the hooks of a session with a role", () => {
  it("MBX-1 sixteen stops at once, of the session that holds the role and of one that does not: one delivery, once each message", async () => {
    await begin("s0")
    await begin("s1")
    for (const text of ["one", "two", "three"]) await send(text)
    const names = Array.from({ length: 16 }, (_, index) => (index % 2 === 0 ? "s0" : "s1"))
    const answers = await Promise.all(names.map((name) => stop(name)))
    // On a busy machine some of them give up at their limit: what they have claimed is told at the next stop.
    const reasons = [...answers.map(reasonOf), await told("s1")]
    for (const [index, name] of names.entries()) if (name === "s0") expect(reasons[index]).toBeNull()
    for (const reason of reasons) {
      if (reason === null) continue
      expect(deliveryOf(reason)).toBe("1")
      expect(reason.match(/^\| .*$/gm)).toEqual(["| one", "| two", "| three"])
    }
    expect(rows("SELECT count(*) AS deliveries FROM deliveries")).toEqual([{ deliveries: 1 }])
    expect(reasonOf(await stop("s1", true))).toBeNull()
  })

  it("MBX-1 whoever is killed between claim and print: the session is given it again, as the same delivery, and then no more", async () => {
    await begin("s1")
    const seen = new Set<string>()
    for (let round = 1; round <= 4; round++) {
      await send(`message ${round}`)
      const killed = here.start(["inbox", "--hook", "Stop"], { DROVER_MAILBOX: "reviewer" }, event("s1"))
      // As soon as the claim is there, or a little before or after: all of these are moments of a crash.
      await until(() => rows(`SELECT 1 FROM messages WHERE state = 'delivered'`).length >= round || round % 2 === 0)
      killed.child.kill("SIGKILL")
      await killed.end
      const reason = await told("s1")
      expect(reason).toContain(`| message ${round}`)
      expect(seen.has(deliveryOf(reason))).toBe(false)
      seen.add(deliveryOf(reason))
      await until(async () => {
        expect(reasonOf(await stop("s1", true))).toBeNull()
        return rows("SELECT 1 FROM deliveries WHERE ended_at IS NULL").length === 0
      })
    }
    const all = rows(`SELECT id, delivery FROM messages WHERE state = 'delivered'`)
    expect([all.length, new Set(all.map((row) => JSON.stringify(row))).size, seen.size]).toEqual([4, 4, 4])
  })

  it("MBX-5 an older session that makes its conversation shorter does not take the role back; one that is resumed does", async () => {
    const holder = async () => JSON.parse((await here.run("inbox", "--json")).stdout).roles[0].session
    const start = (session: string, source: string) => hook("SessionStart", event(session, false, { source }))
    await start("s1", "startup")
    await start("s2", "startup")
    await start("s1", "compact")
    expect(await holder()).toBe("s2")
    await start("s1", "resume")
    expect(await holder()).toBe("s1")
  })

  it("MBX-3 whatever stands on its input, a hook ends with 0 and prints nothing that is no decision", async () => {
    await begin("s1")
    await send("look")
    const inputs: ReadonlyArray<string | Uint8Array> = [
      "",
      "null",
      "{",
      "[]",
      "{}",
      `{"session_id":7}`,
      `{"session_id":"${"x".repeat(5000)}"}`,
      new Uint8Array([0, 255, 254, 10]),
      "x".repeat(300_000),
      ...fc.sample(fc.json(), 4)
    ]
    for (const input of inputs) {
      for (const { code, stdout } of await Promise.all([hook("Stop", input), hook("SessionStart", input)])) {
        expect([input, code, stdout]).toEqual([input, 0, ""])
      }
    }
    const names = ["PreToolUse", "SessionEnd", "nonsense"]
    const roles = ["", "operator", "drover", "a b", "x".repeat(99)]
    const answers = [
      ...names.map((name) => hook(name, event("s1"))),
      ...roles.map((role) => hook("Stop", event("s1"), role))
    ]
    for (const answer of await Promise.all(answers)) expect(answer).toEqual(silent)
    // An attempt of drover is no session, whatever its environment has.
    expect(await hook("Stop", event("s1"), "reviewer", { DROVER_ATTEMPT: "a" })).toEqual(silent)
    expect((await here.run("inbox", "--hook")).code).toBe(1)
    expect(await told("s1")).toContain("| look")
  })

  it("MBX-3 a store that is locked, damaged, newer or nowhere holds no session up, and nothing is lost", async () => {
    await begin("s1")
    await send("look")
    const file = join(here.home, "drover.db")
    const other = new Database(file)
    other.exec("BEGIN IMMEDIATE")
    const { code, stdout } = await stop("s1")
    expect([code, stdout]).toEqual([0, ""])
    other.exec("ROLLBACK")
    const bySchema = "WHERE name = 'schema'"
    other.exec(`UPDATE meta SET value = value + 9000 ${bySchema}`)
    expect(await stop("s1")).toMatchObject({ code: 0, stdout: "" })
    other.exec(`UPDATE meta SET value = CAST(value - 9000 AS INTEGER) ${bySchema}`)
    other.close()
    const away = { DROVER_HOME: "/proc/nowhere" }
    expect(await hook("Stop", event("s1"), "reviewer", away)).toMatchObject({ code: 0, stdout: "" })
    expect(await told("s1")).toContain("| look")
  })

  it("MBX-3 the program that hooks run keeps the event and asks the mailbox, for a session with a role alone", async () => {
    mkdirSync(join(here.home, "spool"), { recursive: true })
    expect((await here.run("hooks", "install", "--agent", "claude", "--scope", "project")).code).toBe(0)
    await send("look")
    const call = async (name: string, role: string, input: string): Promise<string> => {
      const env = { PATH: process.env.PATH ?? "", HOME: here.folder, DROVER_MAILBOX: role }
      const child = spawn(join(here.home, "hook"), [name], { env, stdio: ["pipe", "pipe", "inherit"] })
      let said = ""
      child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text))
      child.stdin.end(input)
      await once(child, "close")
      expect(child.exitCode).toBe(0)
      return said
    }
    expect(await call("SessionStart", "", event("s0"))).toBe("")
    expect(await call("Stop", "", event("s0"))).toBe("")
    expect(await here.json("inbox", "--json")).toMatchObject({
      roles: [{ role: "reviewer", session: null, waiting: 1 }]
    })
    expect(await call("SessionStart", "reviewer", event("s1"))).toBe("")
    expect(JSON.parse(await call("Stop", "reviewer", event("s1")))).toMatchObject({ decision: "block" })
    expect(await call("PreToolUse", "reviewer", event("s1"))).toBe("")
    const supervisor = here.start(["up", "--json"])
    const kept = () =>
      rows("SELECT session_id, hook FROM hook_events ORDER BY id").map((row) => Object.values(Object(row)).join(" "))
    await until(() => kept().length === 5)
    supervisor.child.kill("SIGTERM")
    await supervisor.end
    expect(kept()).toEqual(["s0 SessionStart", "s0 Stop", "s1 SessionStart", "s1 Stop", "s1 PreToolUse"])
    // Its work after the delivery has shown that it was seen.
    expect(await call("Stop", "reviewer", event("s1"))).toBe("")
  })
})

describe("the program that hooks run", () => {
  it("MBX-3 it is the same whichever link drover was called by, and asks the drover of the PATH where that one is gone", async () => {
    const run = async (program: string, ...args: ReadonlyArray<string>) => {
      const env = { PATH: process.env.PATH ?? "", HOME: here.folder, DROVER_HOME: here.home }
      const child = spawn(process.execPath, [program, ...args], { env, stdio: ["ignore", "pipe", "inherit"] })
      let said = ""
      child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text))
      await once(child, "close")
      return said
    }
    const written = () => readFileSync(join(here.home, "hook"), "utf8")
    const [link, copy] = [join(here.folder, "drover"), join(here.folder, "installed", "drover.cjs")]
    symlinkSync(built(), link)
    mkdirSync(join(here.folder, ".claude"))
    const install = ["hooks", "install", "--agent", "claude"]
    await run(built(), ...install)
    const text = written()
    await run(link, ...install)
    expect(written()).toBe(text)
    expect(await run(link, "doctor")).toMatch(/^ok +hook program/m)

    cpSync(dirname(built()), dirname(copy), { recursive: true })
    await run(copy, ...install)
    expect(written()).not.toBe(text)
    const calls = (PATH: string) =>
      new Promise<string>((resolve) => {
        const env = { PATH, HOME: here.folder, DROVER_MAILBOX: "reviewer" }
        const child = spawn(join(here.home, "hook"), ["Stop"], { env, stdio: ["pipe", "pipe", "inherit"] })
        let said = ""
        child.stdout.setEncoding("utf8").on("data", (part: string) => (said += part))
        child.once("close", () => resolve(said))
        child.stdin.end(event("s1"))
      })
    // It is gone: an upgrade has put another in its place.
    rmSync(copy)
    const bin = join(here.folder, "bin")
    mkdirSync(bin)
    writeFileSync(join(bin, "drover"), `#!/bin/sh\ncat >/dev/null\necho "$@"\n`, { mode: 0o755 })
    expect(await calls(`${bin}:${process.env.PATH}`)).toBe("inbox --hook Stop\n")
  })
})

describe("the commands of the mailbox", () => {
  it("API-7 send says who will take it, reads standard input, and refuses with the code of its reason", async () => {
    expect((await here.run("send", "reviewer", "look")).stdout).toContain("no session holds that role now: it waits")
    await begin("s1")
    expect((await here.run("send", "reviewer", "look")).stdout).toContain("the session s1 is given it")
    expect((await here.feed("from a pipe\n", "send", "reviewer", "-", "--from", "coder")).code).toBe(0)
    const { messages } = Object(await here.json("inbox", "--json", "--role", "reviewer"))
    expect(messages).toMatchObject([
      { from: "operator", text: "look", hop: 1 },
      { from: "operator", text: "look" },
      { from: "coder", text: "from a pipe" }
    ])
    const refused = async (...args: ReadonlyArray<string>) => {
      const { code, stderr } = await here.run("send", ...args)
      return [code, stderr]
    }
    expect(await refused("no role", "x")).toEqual([2, expect.stringContaining('"no role" is no role')])
    expect(await refused("reviewer", " ")).toEqual([2, expect.stringContaining("empty")])
    expect(await refused("reviewer", "x".repeat(9000))).toEqual([2, expect.stringContaining("9000 characters")])
    // All but two of what a sender may send within a minute; then six programs at once.
    await Store.pipe(
      Effect.flatMap((store) =>
        Effect.forEach(Array.from({ length: mostPerSender - 2 }).keys(), (index) =>
          store.sendMessage({ id: `m${index}`, role: "reviewer", from: "noisy", text: "x", at: Date.now() })
        )
      ),
      Effect.provide(SqlStore.layer({ file: join(here.home, "drover.db") })),
      Effect.runPromise
    )
    const burst = Array.from({ length: 6 }, () => here.run("send", "reviewer", "x", "--from", "noisy"))
    const codes = (await Promise.all(burst)).map(({ code }) => code)
    expect(codes.toSorted()).toEqual([0, 0, 4, 4, 4, 4])
  })

  it("API-7 inbox shows without taking, and takes only when it is told to; what was printed is not printed again", async () => {
    expect((await here.run("inbox")).stdout).toBe("no session holds a role, and no mail waits\n")
    expect(here.isStored()).toBe(false)
    await send("look")
    await here.run("send", "operator", "which port?", "--from", "reviewer")
    expect((await here.run("attention")).stdout).toContain("reviewer has written to you")
    for (const args of [["inbox"], ["inbox", "--peek", "--role", "reviewer"]]) {
      expect((await here.run(...args)).stdout).toContain("operator: look")
    }
    const drained = await here.run("inbox", "--drain", "--role", "reviewer")
    expect(drained.stdout).toContain("| look")
    expect((await here.run("inbox", "--drain", "--role", "reviewer")).stdout).toBe("no mail\n")
    expect(await here.json("inbox", "--json", "--drain", "--role", "operator")).toMatchObject({
      role: "operator",
      messages: [{ from: "reviewer", text: "which port?" }]
    })
    expect((await here.run("attention")).stdout).toBe("nobody is needed\n")
    for (const args of [["--drain"], ["--drain", "--peek", "--role", "a"], ["--wait", "1"], ["--role", "a b"]]) {
      expect((await here.run("inbox", ...args)).code).toBe(2)
    }
    const strange = await here.run("inbox", "--drain", "--role", "reviewer", "--session", "s9")
    expect([strange.code, strange.stderr]).toEqual([1, "the session s9 does not hold the role reviewer\n"])
  })

  it("MBX-1 a session without a Stop hook asks for its mail, waits for it, and is given it once", async () => {
    await begin("s1")
    const asked = ["inbox", "--drain", "--wait", "60", "--json"]
    const waiting = here.start(asked, { DROVER_MAILBOX: "reviewer" })
    await send("late")
    const { stdout } = await waiting.end
    expect(JSON.parse(stdout)).toMatchObject({ session: "s1", delivery: 1, messages: [{ text: "late" }] })
    const next = await here.start(["inbox", "--drain"], { DROVER_MAILBOX: "reviewer" }).end
    expect(next.stdout).toBe("no mail\n")
  })

  it("MBX-4 submit takes a role, and a task file too", async () => {
    const asked = ["--role", "reviewer", "--agent", "sh", "--verify", "true"]
    const { code, stderr, stdout } = await here.run("submit", "--name", "a", "--prompt", "x", ...asked)
    expect([code, stdout, stderr]).toEqual([0, "#1\n", ""])
    expect((await here.run("submit", "--name", "b", "--prompt", "x", "--role", "operator", "--agent", "sh")).code).toBe(
      2
    )
    await here.write("tasks.toml", `[[task]]\nname = "c"\nprompt = "x"\nrole = "reviewer"\nagent = "sh"\n`)
    expect((await here.run("validate", "tasks.toml")).code).toBe(0)
  })
})
