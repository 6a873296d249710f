/** Sessions of the vendors' real programs with a role: mail is their next turn, and so is the work of a task. */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import Database from "better-sqlite3"
import { describe, expect, it } from "vitest"
import { built } from "../shell/cli/build.ts"
import { Model } from "./model/Server.ts"
import type { Step } from "./model/Step.ts"
import { until } from "./Site.ts"
import { environmentOf, programOf, settle, type Vendor } from "./Vendors.ts"

const programs = process.env.DROVER_AGENTS ?? ""

/** One turn, then it ends; a Stop hook may make others. */
const commands: { readonly [V in Exclude<Vendor, "opencode">]: ReadonlyArray<string> } = {
  "claude-code": ["-p", "[script talk] hello", "--dangerously-skip-permissions"],
  codex: [
    "exec",
    "--skip-git-repo-check",
    "--dangerously-bypass-approvals-and-sandbox",
    "--dangerously-bypass-hook-trust",
    "[script talk] hello"
  ]
}

interface Site {
  readonly work: string
  readonly model: Model
  readonly drover: (...args: ReadonlyArray<string>) => Promise<string>
  /** Starts a supervisor, ended with the site. */
  readonly supervise: () => void
  readonly session: () => ChildProcess
  readonly rows: (sql: string) => ReadonlyArray<unknown>
}

const site = async (
  vendor: Exclude<Vendor, "opencode">,
  script: ReadonlyArray<Step>,
  body: (site: Site) => Promise<void>
): Promise<void> => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "drover-mailbox-")))
  const [work, home] = [join(root, "work"), join(root, "state")]
  for (const folder of [work, home]) mkdirSync(folder)
  const model = new Model()
  const where = { programs, home: root, url: `http://127.0.0.1:${await model.listen()}` }
  const started: Array<ChildProcess> = []
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: root,
    LANG: "C.UTF-8",
    DROVER_HOME: home,
    DROVER_CONFIG: join(root, "config.toml"),
    ...environmentOf(vendor, where)
  }
  const start = (command: string, args: ReadonlyArray<string>, more: Readonly<Record<string, string>> = {}) => {
    const child = spawn(command, args, { cwd: work, env: { ...env, ...more }, stdio: ["ignore", "pipe", "inherit"] })
    started.push(child)
    return child
  }
  const drover = async (...args: ReadonlyArray<string>): Promise<string> => {
    const child = start(process.execPath, [built(), ...args])
    let said = ""
    child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text))
    await once(child, "close")
    expect([args, child.exitCode]).toEqual([args, 0])
    return said
  }
  try {
    settle(vendor, where)
    writeFileSync(join(root, "config.toml"), '[agents.sh]\nkind = "command"\ncommand = "sh"\n')
    model.script("talk", script)
    await drover("hooks", "install", "--agent", vendor === "codex" ? "codex" : "claude")
    await body({
      work,
      model,
      drover,
      supervise: () => void start(process.execPath, [built(), "up", "--json"]).stdout.resume(),
      session: () => {
        const child = start(programOf(vendor, where), commands[vendor], { DROVER_MAILBOX: "reviewer" })
        child.stdout.resume()
        return child
      },
      rows: (sql) => {
        const database = new Database(join(home, "drover.db"), { readonly: true })
        try {
          return database.prepare(sql).all()
        } finally {
          database.close()
        }
      }
    })
  } finally {
    for (const child of started) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      child.kill("SIGTERM")
      await once(child, "close")
    }
    model.close()
    rmSync(root, { recursive: true, force: true, maxRetries: 3 })
  }
}

const ended = async (child: ChildProcess): Promise<number | null> => {
  await until(() => child.exitCode !== null || child.signalCode !== null)
  return child.exitCode
}

describe.each(["claude-code", "codex"] as const)("%s", (vendor) => {
  it("MBX-1 mail: what was sent to the role of a session is its next turn, once, and its last words end the delivery", () => {
    const script = [{ text: "Hello." }, { sh: "echo looked >looked.txt" }, { text: "I looked at it." }]
    return site(vendor, script, async ({ drover, model, rows, session, work }) => {
      await drover("send", "reviewer", "please look at the parser", "--from", "coder")
      expect(await ended(session())).toBe(0)
      expect(existsSync(join(work, "looked.txt"))).toBe(true)
      const bodies = model.bodies.get("talk") ?? []
      expect(bodies[1]).toContain("| please look at the parser")
      expect(bodies).toHaveLength(3)
      expect(rows("SELECT chain, printed, ended_at > at AS ended, said FROM deliveries")).toEqual([
        { chain: 1, printed: 1, ended: 1, said: "I looked at it." }
      ])
      expect(rows("SELECT state, delivery FROM messages")).toEqual([{ state: "delivered", delivery: 1 }])
    })
  })

  it("MBX-4 a task of a role: the session that holds it is handed it, and what its turn left is verified", () => {
    const script = [
      { sh: "while ! test -e go; do sleep 0.1; done" },
      { text: "Hello." },
      { sh: "echo mended >mended.txt" },
      { text: "I mended it." }
    ]
    return site(vendor, script, async ({ drover, model, rows, session, supervise, work }) => {
      const child = session()
      await until(async () => (await drover("inbox", "--json")).includes('"session":"'))
      supervise()
      const prompt = `mend the lexer ${"x".repeat(20_000)} to its end`
      const asked = ["--role", "reviewer", "--agent", "sh", "--verify", "grep -q mended mended.txt"]
      await drover("submit", "--name", "t", "--prompt", prompt, ...asked)
      await until(() => rows("SELECT 1 FROM messages WHERE state = 'waiting'").length === 1)
      writeFileSync(join(work, "go"), "")
      expect(await ended(child)).toBe(0)
      await until(async () => (await drover("status", "--json")).includes('"DONE"'))
      // Codex cuts the middle out, and says where all of it is.
      const whole =
        vendor === "codex" ? "x to its end\\n\\nFull hook output saved to: " : `${"x".repeat(20_000)} to its end`
      expect(model.bodies.get("talk")?.at(-1)).toContain(whole)
      expect(rows("SELECT outcome, detail LIKE 'by the session %' AS carried FROM attempts")).toEqual([
        { outcome: "Clean", carried: 1 }
      ])
      expect(rows("SELECT verdict FROM verifications")).toEqual([{ verdict: "PASS" }])
    })
  })
})
