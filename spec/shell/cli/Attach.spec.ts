/** A person who goes on in the conversation of an agent, which a shell script plays, and its supervisor meanwhile. */
import { existsSync, readFileSync } from "node:fs"
import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { afterEach, beforeEach, expect, it } from "vitest"
import { isAlive } from "../agents/Alive.ts"
import { type Answer, type Site, site, type Started, until } from "./Drover.ts"

let here: Site
let claude: string
let supervisor: Started
const inFolder = (name: string): string => join(here.folder, name)

/**
 * Unattended it tells its session, which is stored at once because it then fails; the second time it works until it is
 * ended. A person finds a program that notes where and how it was started, and ends when the file `leave` is there.
 */
const program = (folder: string): string => `#!/bin/sh
case "$*" in
--version) echo "2.1.197 (Claude Code)"; exit ;;
--resume*)
  trap 'echo TERM >>${folder}/signals' TERM
  trap 'echo INT >>${folder}/signals' INT
  echo "$*|$(pwd)|$OWN|$USERS|$DROVER_ATTEMPT" >${folder}/person.new
  mv ${folder}/person.new ${folder}/person
  until [ -e ${folder}/leave ]; do sleep 0.02; done
  exit 3 ;;
esac
cat >/dev/null
echo $$ >>${folder}/pids
echo '{"type":"system","subtype":"init","session_id":"conversation-1"}'
[ $(wc -l <${folder}/pids) -gt 1 ] || exit 1
trap 'exit 0' INT TERM
while :; do sleep 0.02; done
`

beforeEach(async () => {
  here = await site()
  claude = inFolder("claude")
  await writeFile(claude, program(here.folder), { mode: 0o755 })
  await mkdir(inFolder("work"))
  await here.write(
    "tasks.toml",
    `[agents.vendor]
kind = "claude-code"
command = ${JSON.stringify(claude)}
env = { OWN = "of the agent" }
[agents.plain]
kind = "command"
command = "sh"
[defaults]
agent = "vendor"
prompt = "x"
cwd = "work"
verify = [{ run = "true" }]
[[task]]
name = "a"
[[task]]
name = "b"
depends_on = ["a"]
[[task]]
name = "elsewhere"
agent = "plain"
cwd = "."
prompt = "sleep 1000"
`
  )
  await here.run("submit", "--name", "first", "--prompt", "x", "--agent", "sh", "--upcoming")
  supervisor = here.start(["run", "tasks.toml"])
})
afterEach(async () => {
  supervisor.child.kill("SIGCONT")
  supervisor.child.kill("SIGTERM")
  await supervisor.end
  await here.run("down", "--stop-agents")
  await here.remove()
})

interface Shown {
  readonly stage: { readonly stage: string }
  readonly task: { readonly visit: number; readonly facts: object }
  readonly take_over: string | null
}
const shown = async (id: number): Promise<Shown> => JSON.parse((await here.run("show", String(id), "--json")).stdout)
const stageOf = async (id: number): Promise<string> => (await shown(id)).stage.stage
/** The task whose attempt has told its session. */
const a = 2
const [b, elsewhere] = [3, 4]
/** The first attempt tells its session and ends; the second one goes on with it, and stays. */
const told = `SELECT 1 FROM tasks
  WHERE id = ${a} AND execution ->> '$._tag' = 'Running'
    AND 2 = (SELECT count(*) FROM attempts WHERE task_id = tasks.id)
    AND EXISTS (SELECT 1 FROM attempts WHERE task_id = tasks.id AND progress ->> '$.session' IS NOT NULL)`
const untilTold = () => until(() => here.rows(told).length === 1)
const pids = (): ReadonlyArray<number> => readFileSync(inFolder("pids"), "utf8").trim().split("\n").map(Number)
const attached = (...args: ReadonlyArray<string>): Started =>
  here.start(["attach", String(a), ...args], { USERS: "of the user" })

it("AGT-6 attach prints how to go on when all that worked in the directory is proved dead, and freezes it and its neighbours alone", async () => {
  await untilTold()
  const before = await shown(a)
  const { code, stderr, stdout } = await attached("--json").end
  expect(pids().filter(isAlive)).toEqual([])
  expect([code, stderr]).toEqual([0, `waits until ${a}.2 is stopped and proved dead\n`])
  expect(JSON.parse(stdout)).toEqual({
    id: a,
    name: "a",
    stage: "frozen",
    session: "conversation-1",
    directory: inFolder("work"),
    command: `cd ${inFolder("work")} && ${claude} --resume conversation-1`,
    environment: ["OWN"],
    frozen: [a, b],
    give_back: `drover unfreeze ${a} ${b}`
  })
  expect(await Promise.all([a, b, elsewhere].map(stageOf))).toEqual(["frozen", "frozen", "coding"])
  expect(stdout).not.toContain("of the agent")

  // Once more: it is held already, and nothing is asked of anybody.
  const again = await attached().end
  expect(again).toMatchObject({ code: 0, stderr: "" })
  expect(again.stdout).toContain(`#${a} a is frozen already, and is left so; it goes on with: drover unfreeze ${a}`)
  expect(again.stdout).not.toContain("give it back")
  expect((await here.run("unfreeze", String(a))).code).toBe(0)
  const after = await shown(a)
  expect([after.stage, after.task.visit]).toEqual([before.stage, before.task.visit])
})

/** The answer, once the person's program has begun and ended. */
const visited = async (started: Started, meanwhile: () => Promise<unknown>): Promise<Answer> => {
  await until(() => existsSync(inFolder("person")))
  await meanwhile()
  await writeFile(inFolder("leave"), "")
  return started.end
}

it("AGT-6 --exec runs it in the directory with the variables of user and agent, and gives back exactly what it held", async () => {
  await untilTold()
  const before = await shown(a)
  const { code, stdout } = await visited(attached("--exec"), async () => {
    expect(pids().filter(isAlive)).toEqual([])
    expect(await stageOf(b)).toBe("frozen")
  })
  expect(code).toBe(0)
  expect(readFileSync(inFolder("person"), "utf8")).toBe(
    `--resume conversation-1|${inFolder("work")}|of the agent|of the user|\n`
  )
  expect(stdout).toContain(`${claude} ended with status 3\n#${a} a is given back: coding\n#${b} b is given back:`)
  const after = await shown(a)
  expect([after.stage, after.task.visit]).toEqual([before.stage, before.task.visit])
  // The attempt that made way is none that was used up, and another one begins.
  await until(() => pids().length > 2)
})

it("AGT-6 what somebody else has moved meanwhile is left as it is, and --keep leaves all", async () => {
  await untilTold()
  const moved = await visited(attached("--exec", "--json"), async () => {
    await here.run("unfreeze", String(b))
    await here.run("freeze", String(b))
  })
  expect(JSON.parse(moved.stdout)).toMatchObject({
    frozen: [a, b],
    given_back: [a],
    changed: [b],
    exit: { code: 3, signal: null }
  })
  expect(await stageOf(b)).toBe("frozen")
  const kept = await attached("--exec", "--keep").end
  expect(kept.stdout).toContain(`#${a} stays frozen; drover unfreeze ${a}`)
  expect(await stageOf(a)).toBe("frozen")
})

it("AGT-6 signals are the person's program's alone while it runs, and the task is given back after them", async () => {
  await untilTold()
  const started = attached("--exec")
  const answer = await visited(started, async () => {
    // A terminal sends this one to both.
    started.child.kill("SIGINT")
    started.child.kill("SIGINT")
    started.child.kill("SIGTERM")
    await until(() => existsSync(inFolder("signals")))
  })
  expect(answer.code).toBe(0)
  expect(readFileSync(inFolder("signals"), "utf8")).toBe("TERM\n")
  expect(answer.stdout).toContain("is given back")
})

it("AGT-6 interrupted while it waits, it says what stays frozen and how to give it back", async () => {
  await untilTold()
  // It still beats, and stops nothing.
  supervisor.child.kill("SIGSTOP")
  const started = attached()
  await until(
    () => here.rows(`SELECT 1 FROM tasks WHERE id = ${b} AND stage_json ->> '$.stage' = 'frozen'`).length === 1
  )
  started.child.kill("SIGINT")
  const { code, stderr, stdout } = await started.end
  expect([code, stdout]).toEqual([130, ""])
  expect(stderr).toContain(`#${a}, #${b} stay frozen; drover unfreeze ${a} ${b}\n`)
})

it("AGT-6 a stop that is not proved in time needs a person, and leaves frozen what was frozen", async () => {
  await untilTold()
  supervisor.child.kill("SIGSTOP")
  await writeFile(join(here.folder, "../config.toml"), "[policy]\nstop_grace_ms = 1\nsurvivor_attention_ms = 1\n")
  const { code, stderr, stdout } = await attached().end
  expect([code, stdout]).toEqual([5, ""])
  expect(stderr).toContain(`${a}.2 could not be proved dead for`)
  expect(stderr).toContain(`#${a}, #${b} stay frozen; drover unfreeze ${a} ${b}\n`)
  expect(await stageOf(a)).toBe("frozen")
})

it("AGT-6 without a conversation, a way to go on, or a supervisor to stop what runs it is refused, and nothing is held", async () => {
  await untilTold()
  expect(await here.run("attach", String(b))).toMatchObject({ code: 3, stdout: "" })
  const plain = await here.run("attach", String(elsewhere))
  expect([plain.code, plain.stderr]).toEqual([3, `#${elsewhere} elsewhere: there is no conversation to go on with\n`])
  expect((await here.run("attach", "99")).code).toBe(3)
  expect((await here.run("attach", String(a), "--keep")).code).toBe(2)
  supervisor.child.kill("SIGTERM")
  await supervisor.end
  const alone = await here.run("attach", String(a))
  expect([alone.code, alone.stdout]).toEqual([1, ""])
  expect(alone.stderr).toContain(`${a}.2 may still be at work, and no supervisor runs that could stop it`)
  expect(await stageOf(a)).toBe("coding")
  expect(pids().filter(isAlive)).toHaveLength(1)
})

it("AGT-6 a task that has ended needs no hold, but its directory does", async () => {
  await untilTold()
  await here.run("cancel", String(a))
  const { code, stdout } = await attached().end
  expect(code).toBe(0)
  expect(stdout).toContain(`#${a} a is abandoned: nothing works on it\n#${b} b is frozen too`)
  expect(stdout).toContain(`give it back: drover unfreeze ${b}\n`)
  expect(pids().filter(isAlive)).toEqual([])
})
