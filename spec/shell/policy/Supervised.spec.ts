/** A task whose agent's tools need a person's leave: its policy is there before the agent is, and goes with it. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import { Marker } from "../../../core/execution/AttemptRecord.ts"
import { render } from "../../../core/policy/SessionPolicy.ts"
import { TaskId } from "../../../core/task/Identifiers.ts"
import { Guards } from "../../../shell/guards/Guards.ts"
import { said } from "../../../shell/hooks/PolicyScript.ts"
import { Store } from "../../../shell/store/Store.ts"
import {
  configuration,
  type Folder,
  operate,
  scenario,
  submit,
  supervise,
  task,
  until,
  untilStage,
  untilTrue
} from "../supervisor/World.ts"

const done = JSON.stringify({ type: "result", subtype: "success", is_error: false, num_turns: 1, session_id: "s" })

/**
 * Notes which policies are there as it begins and what the hook says of a tool in its session, with and without its
 * environment; then it waits for the file `go`.
 */
const program = (folder: Folder): string => {
  const path = join(folder.directory("bin"), "agent")
  const { hook, sessionPolicies } = folder.places
  const text = `#!/bin/sh
session=none
for each; do
  case $before in --session-id | --resume) session=$each ;; esac
  before=$each
done
ls '${sessionPolicies}' >'${folder.path}/listed'
event='{"session_id":"'$session'","tool_name":"Bash"}'
{
  printf '%s' "$event" | '${hook}' PreToolUse
  printf '%s' "$event" | env -i '${hook}' PreToolUse
} >'${folder.path}/said'
echo "$session $DROVER_ATTEMPT" >'${folder.path}/names'
until [ -e '${folder.path}/go' ]; do sleep 0.02; done
echo '${done}'
`
  writeFileSync(path, text, { mode: 0o755 })
  return path
}

const agent = (folder: Folder, kind: "claude-code" | "codex", args: ReadonlyArray<string> = []) => ({
  name: kind,
  kind,
  command: program(folder),
  args,
  env: {},
  passEnv: [],
  model: null
})

const files = ({ places }: Folder): ReadonlyArray<string> =>
  existsSync(places.sessionPolicies) ? readdirSync(places.sessionPolicies) : []

const begun = (folder: Folder) => untilTrue(() => existsSync(join(folder.path, "names")))

const line = (folder: Folder, name: string): string => folder.read(name).trim()

it("API-5 a session of Claude Code is held from its first tool on, over a restart of the supervisor, and let go when it is over", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      const spec = { approve: "manual" as const, agent: agent(folder, "claude-code") }
      const id = yield* submit(task("a", folder.directory("work"), "", { spec }))
      const first = yield* supervise
      yield* begun(folder)
      const [session = "", attempt = ""] = line(folder, "names").split(" ")
      expect(session).toMatch(/^[0-9a-f]{8}-/)
      const file = `${session}_${attempt}.json`
      expect(line(folder, "listed")).toBe(file)
      const ask = said("ask")
      expect(line(folder, "said").split("\n")).toEqual([ask, ask])
      const policy: unknown = JSON.parse(readFileSync(join(folder.places.sessionPolicies, file), "utf8"))
      expect(policy).toMatchObject({ task_id: id("a"), approve_mode: "force_manual", answer: "ask", attempt })
      yield* first.end
      expect(files(folder)).toEqual([file])
      const second = yield* supervise
      yield* until(id("a"), ({ execution }) => execution._tag === "Running")
      expect(files(folder)).toEqual([file])
      writeFileSync(join(folder.path, "go"), "")
      yield* untilStage(id("a"), "Done")
      yield* untilTrue(() => files(folder).length === 0)
      yield* second.stopAgents
    })
  ))

it("API-5 a session of Codex, which names it itself, is held by its attempt, and its tools are denied", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      const spec = { approve: "manual" as const, maxRetries: 0, agent: agent(folder, "codex") }
      const id = yield* submit(task("a", folder.directory("work"), "", { spec }))
      const { stopAgents } = yield* supervise
      yield* begun(folder)
      const [, attempt = ""] = line(folder, "names").split(" ")
      expect(files(folder)).toEqual([`${attempt}.json`])
      // Without its environment it is a session that nobody knows.
      expect(line(folder, "said").split("\n")).toEqual([said("deny")])
      writeFileSync(join(folder.path, "go"), "")
      yield* untilStage(id("a"), "Blocked")
      yield* untilTrue(() => files(folder).length === 0)
      yield* stopAgents
    })
  ))

it("API-5 a task that does not ask for it has no policy, and what is left of others is swept at the start", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      const { sessionPolicies } = folder.places
      const left = {
        session: "old",
        task: TaskId.make(77),
        attempt: Marker.make("a".repeat(32)),
        answer: "ask" as const
      }
      mkdirSync(sessionPolicies, { recursive: true })
      writeFileSync(join(sessionPolicies, "old.json"), render(left, "2026-11-27T00:00:00.000Z"))
      writeFileSync(
        join(sessionPolicies, "mine.json"),
        render({ ...left, task: TaskId.make(1) }, "2026-11-27T00:00:00.000Z")
      )
      writeFileSync(join(sessionPolicies, "torn.json"), "{")
      writeFileSync(join(sessionPolicies, ".old.1.part"), "{")
      const id = yield* submit(
        task("a", folder.directory("work"), "", { spec: { agent: agent(folder, "claude-code") } })
      )
      const { stopAgents } = yield* supervise
      yield* begun(folder)
      expect([line(folder, "listed"), line(folder, "said")]).toEqual(["", ""])
      writeFileSync(join(folder.path, "go"), "")
      yield* untilStage(id("a"), "Done")
      expect(files(folder)).toEqual([])
      yield* stopAgents
    })
  ))

it("GRD-3 the guard session-policy is blind while a file can not be written, and the task waits for it to be", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      const { sessionPolicies } = folder.places
      const guards = yield* Guards
      const isBlind = (): boolean => JSON.stringify(guards.read("session-policy")).includes('"blind":true')
      // Something else has its name.
      mkdirSync(dirname(sessionPolicies), { recursive: true })
      writeFileSync(sessionPolicies, "")
      const { stopAgents } = yield* supervise
      expect(guards.read("session-policy")).toMatchObject({ status: { enabled: true, blind: true } })
      rmSync(sessionPolicies)
      const spec = { approve: "manual" as const, agent: agent(folder, "claude-code") }
      const id = yield* submit(task("a", folder.directory("work"), "", { spec }))
      yield* begun(folder)
      expect(isBlind()).toBe(false)
      writeFileSync(join(folder.path, "go"), "")
      yield* untilStage(id("a"), "Done")
      rmSync(sessionPolicies, { recursive: true })
      writeFileSync(sessionPolicies, "")
      const other = yield* submit(task("b", folder.directory("other"), "", { spec: { ...spec, maxRetries: 0 } }))
      yield* untilTrue(isBlind)
      // Whose trouble it was has ended.
      yield* operate(other("b"), { _tag: "Abandon", at: Date.now() })
      yield* untilTrue(() => !isBlind())
      yield* stopAgents
    })
  ))

/** The reason for which its task stands still. */
const refused = (folder: Folder, args: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const store = yield* Store
    const spec = { approve: "manual" as const, agent: agent(folder, "claude-code", args) }
    const id = yield* submit(task("a", folder.directory("work"), "", { spec }))
    const { stopAgents } = yield* supervise
    yield* untilStage(id("a"), "Blocked")
    yield* stopAgents
    expect(existsSync(join(folder.path, "names"))).toBe(false)
    return (yield* store.attempts(id("a"))).map(({ detail }) => detail)
  })

const why = expect.arrayContaining([expect.stringContaining(`approve = "manual" needs drover's hooks`)])

it("API-5 an agent that would not run the hooks is not started where a person is to allow its tools", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      expect(yield* refused(folder, ["--settings", "{}"])).toEqual(why)
    })
  ))

it("API-5 nor is one that is told of no hooks", () =>
  scenario(
    (folder) =>
      Effect.gen(function* () {
        expect(yield* refused(folder, [])).toEqual(why)
      }),
    ({ places }) => {
      mkdirSync(dirname(places.configFile), { recursive: true })
      writeFileSync(places.configFile, "[hooks]\ninject = false\n[policy]\nbackoff_base_ms = 1\n")
      return configuration(places)
    }
  ))
