/** Models and agents that judge, played by shell scripts under a supervisor. */
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { execFileSync } from "node:child_process"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import type { AgentDefinition } from "../../../core/task/AgentDefinition.ts"
import type { Judge } from "../../../core/verify/Verifier.ts"
import { Store } from "../../../shell/store/Store.ts"
import {
  configured,
  type Folder,
  isRunning,
  scenario,
  type stored,
  submit,
  supervise,
  task,
  until,
  untilStage,
  untilTrue
} from "./World.ts"

/** A program that a script plays; a vendor's, where it prints that vendor's records. */
const played = (folder: Folder, script: string, more: Partial<AgentDefinition> = {}): AgentDefinition => {
  const command = join(folder.directory("bin"), `judge-${more.name ?? "brain"}`)
  writeFileSync(command, `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  return { name: "brain", kind: "command", command, args: [], env: {}, passEnv: [], model: null, ...more }
}

const brain = (definition: AgentDefinition, more: Partial<Judge> = {}): Judge => ({
  prompt: "Is it total?",
  timeoutMin: 1,
  definition,
  ...more,
  _tag: "Brain"
})

const agent = (definition: AgentDefinition, more: Partial<Judge> = {}): Judge => ({
  prompt: "Is it total?",
  timeoutMin: 1,
  definition,
  ...more,
  _tag: "Agent",
  agent: definition.name
})

const record = (more: object): string => `printf '%s\\n' '${JSON.stringify({ session_id: "s", ...more })}'`
const begins = record({ type: "system", subtype: "init" })
const answers = (text: string, more: object = {}): string =>
  record({ type: "result", subtype: "success", is_error: false, num_turns: 1, result: text, ...more })

/** Waits for its end, should anything keep it from being stopped. */
const waits = "while :; do sleep 0.02; done"

const judged = Effect.fnUntraced(function* (id: Parameters<typeof stored>[0]) {
  const store = yield* Store
  return (yield* store.verifications(id)).map(({ attempt, detail, verdict }) => [attempt, verdict, detail])
})

it("EXE-16 a brain that fails the work is told of to the next attempt, and asked again about what that makes of it", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      const cwd = folder.directory("work")
      execFileSync("git", ["init", "-q"], { cwd })
      // It reads no file: what it judges by is what it is shown.
      const judge = played(
        folder,
        `cat >asked; mv asked ${folder.path}/asked.$(ls ${folder.path} | grep -c asked); ` +
          `if grep -q '^+finished' ${folder.path}/asked.*; then echo fine; echo 'VERDICT: PASS'; ` +
          `else echo 'It is not finished.'; echo 'VERDICT: FAIL'; fi; echo`
      )
      const work = `cat >${folder.path}/prompt.txt; if grep -q 'It is not finished' ${folder.path}/prompt.txt; then echo finished >>a.txt; else echo begun >a.txt; fi`
      const id = yield* submit(task("a", cwd, work, { prompt: "Finish it.", spec: { verify: [brain(judge)] } }))
      yield* supervise
      yield* untilStage(id("a"), "Done")
      expect(yield* judged(id("a"))).toEqual([
        [1, "FAIL", "VERDICT: FAIL"],
        [2, "PASS", "VERDICT: PASS"]
      ])
      const [first, second] = [folder.read("asked.0"), folder.read("asked.1")]
      for (const asked of [first, second]) expect(asked).toContain("Finish it.")
      expect([first.includes("+begun"), first.includes("+finished")]).toEqual([true, false])
      expect([second.includes("+begun"), second.includes("+finished")]).toEqual([true, true])
      const told = readFileSync(
        join(folder.places.attempt(id("a"), (yield* lastAttempt(id("a"))).number), "prompt.md"),
        "utf8"
      )
      expect(told).toContain(
        "The check did not pass (VERDICT: FAIL): Is it total?\n\nIt is not finished.\nVERDICT: FAIL"
      )
    })
  ))

const lastAttempt = Effect.fnUntraced(function* (id: Parameters<typeof stored>[0]) {
  const store = yield* Store
  const last = (yield* store.attempts(id)).at(-1)
  if (last === undefined) throw new Error("there is no attempt")
  return last.attempt
})

it("EXE-16 a vendor's program judges by its last message, in the task's directory, and its cost is its task's", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      const judge = played(
        folder,
        `pwd >>${folder.path}/where; ${begins}; ${record({ type: "assistant", message: { id: "m", content: [{ type: "text", text: "VERDICT: FAIL" }] } })}; ` +
          answers("Read it all.\nVERDICT: PASS", { total_cost_usd: 0.25 }),
        { name: "critic", kind: "claude-code" }
      )
      const cwd = folder.directory("work")
      const id = yield* submit(task("a", cwd, "true", { spec: { verify: [agent(judge)] } }))
      yield* supervise
      const done = yield* untilStage(id("a"), "Done")
      const [verification] = yield* (yield* Store).verifications(id("a"))
      expect(verification).toMatchObject({
        verdict: "PASS",
        costUsd: 0.25,
        kind: "Agent",
        title: "critic: Is it total?"
      })
      expect(done.facts.spentUsd).toBe(0.25)
      expect(folder.read("where").trim()).toBe(cwd)
    })
  ))

it("EXE-16 a vendor's program that did not end well passes nothing, whatever it said", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      const said = record({
        type: "assistant",
        message: { id: "m", content: [{ type: "text", text: "VERDICT: PASS" }] }
      })
      const ends = {
        silent: `${begins}; ${said}`,
        failed: `${begins}; ${answers("VERDICT: PASS")}; exit 3`,
        error: `${begins}; ${record({ type: "result", is_error: true, result: "VERDICT: PASS" })}`
      }
      const tasks = Object.entries(ends).map(([name, script]) =>
        task(name, folder.directory(name), "true", {
          spec: { maxRetries: 0, verify: [agent(played(folder, script, { name, kind: "claude-code" }))] }
        })
      )
      const id = yield* submit(...tasks)
      yield* supervise
      for (const name of Object.keys(ends)) {
        const blocked = yield* untilStage(id(name), "Blocked")
        expect([name, (yield* judged(id(name))).map(([, verdict]) => verdict)]).toEqual([name, ["ERROR"]])
        // What it cost it did not say: that is not nothing.
        expect(blocked.facts.hasUnknownCost).toBe(true)
      }
    })
  ))

it("EXE-16 a judge that costs more than its budget is ended while it runs, with all it started, and has passed nothing", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      const judge = played(
        folder,
        `setsid sh -c 'echo $$ >${folder.path}/tool; ${waits}' & while [ ! -s ${folder.path}/tool ]; do sleep 0.02; done; ${begins}; ${answers("VERDICT: PASS", { total_cost_usd: 0.5 })}; ${waits}`,
        { name: "critic", kind: "claude-code" }
      )
      const verify = [agent(judge, { budgetUsd: 0.1, timeoutMin: 60 })]
      const id = yield* submit(task("a", folder.directory("work"), "true", { spec: { maxRetries: 0, verify } }))
      yield* supervise
      const blocked = yield* untilStage(id("a"), "Blocked")
      expect(yield* judged(id("a"))).toEqual([[1, "ERROR", "it has cost $0.5, which is more than its budget"]])
      expect(blocked.facts.spentUsd).toBe(0.5)
      expect(isRunning(Number(folder.read("tool")))).toBe(false)
    })
  ))

it("EXE-16 tokens cost what the prices of the verifier's own model say", () =>
  scenario(
    (folder) =>
      Effect.gen(function* () {
        const tokens = { input_tokens: 1_000_000, cached_input_tokens: 0, output_tokens: 0 }
        const script = [
          `echo '${JSON.stringify({ type: "thread.started", thread_id: "t" })}'`,
          `echo '${JSON.stringify({ type: "item.completed", item: { id: "i", type: "agent_message", text: "VERDICT: PASS" } })}'`,
          `echo '${JSON.stringify({ type: "turn.completed", usage: tokens })}'`
        ].join("\n")
        const judge = played(folder, script, { kind: "codex", model: "large" })
        const cwd = folder.directory("work")
        const id = yield* submit(task("a", cwd, "true", { spec: { verify: [brain(judge, { model: "small" })] } }))
        yield* supervise
        const done = yield* untilStage(id("a"), "Done")
        expect(done.facts.spentUsd).toBe(3)
      }),
    () =>
      configured({
        prices: new Map([
          ["small", { input: 3, output: 0, cacheRead: 0, cacheWrite: 0 }],
          ["large", { input: 100, output: 0, cacheRead: 0, cacheWrite: 0 }]
        ])
      })
  ))

it("EXE-16 a limit of a judge's provider is its account's, uses no attempt, and the judge is asked again after it", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      const store = yield* Store
      const limited =
        `now=$(date +%s%3N); until=$((now + 1500)); echo $until >${folder.path}/until; ` +
        `echo "{\\"type\\":\\"rate_limit_event\\",\\"rate_limit_info\\":{\\"status\\":\\"rejected\\",\\"resetsAt\\":$until}}"; exit 1`
      const judge = played(folder, `if [ ! -e ${folder.path}/until ]; then ${limited}; fi; echo 'VERDICT: PASS'`, {
        account: "judges"
      })
      const spec = { maxRetries: 0, verify: [brain(judge)] }
      const id = yield* submit(task("a", folder.directory("work"), "true", { spec }))
      yield* supervise
      const waiting = yield* until(
        id("a"),
        ({ execution }) => execution._tag === "Verifying" && execution.notBefore !== null
      )
      const end = Number(folder.read("until"))
      expect(waiting.execution).toMatchObject({ notBefore: end })
      expect(yield* store.accounts).toEqual([{ id: "judges", window: { _tag: "Limited", until: end }, pause: null }])
      yield* untilStage(id("a"), "Done")
      expect((yield* judged(id("a"))).map(([attempt, verdict]) => [attempt, verdict])).toEqual([
        [1, "LIMITED"],
        [1, "PASS"]
      ])
    })
  ))

it("EXE-16 a judge whose credentials are refused uses no attempt, and its account waits for a person", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      const store = yield* Store
      const refused = `${begins}; ${record({ type: "result", is_error: true, api_error_status: 401, result: "Invalid API key" })}; exit 1`
      const judge = played(folder, refused, { name: "critic", kind: "claude-code" })
      const spec = { maxRetries: 0, verify: [agent(judge)] }
      const id = yield* submit(task("a", folder.directory("work"), "true", { spec }))
      yield* supervise
      const held = yield* until(
        id("a"),
        ({ execution }) => execution._tag === "Verifying" && execution.notBefore !== null
      )
      expect(held.stage._tag).toBe("Coding")
      expect(yield* store.accounts).toMatchObject([
        { id: "critic", pause: { why: "the provider refused its credentials" } }
      ])
    })
  ))

it("EXE-14 a judge goes on while no supervisor runs, is adopted by the next, and is asked once", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      const go = join(folder.path, "go")
      const judge = played(
        folder,
        `echo begun >>${folder.path}/begun; while [ ! -e ${go} ]; do sleep 0.02; done; ${begins}; ${answers("VERDICT: PASS", { total_cost_usd: 0.25 })}; echo >${folder.path}/ended`,
        { kind: "claude-code" }
      )
      const id = yield* submit(task("a", folder.directory("work"), "true", { spec: { verify: [brain(judge)] } }))
      const first = yield* supervise
      yield* untilTrue(() => existsSync(join(folder.path, "begun")))
      yield* first.end
      writeFileSync(go, "")
      yield* untilTrue(() => existsSync(join(folder.path, "ended")))
      yield* supervise
      const done = yield* untilStage(id("a"), "Done")
      expect(folder.read("begun")).toBe("begun\n")
      expect(yield* judged(id("a"))).toEqual([[1, "PASS", "VERDICT: PASS"]])
      expect(done.facts.spentUsd).toBe(0.25)
    })
  ))

it("EXE-15 an agent that changes what it judges has passed nothing: the list begins anew", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      const cwd = folder.directory("work")
      execFileSync("git", ["init", "-q"], { cwd })
      const judge = played(folder, "echo x >>mess.txt; echo 'VERDICT: PASS'", { name: "critic" })
      const spec = { maxRetries: 0, verify: [agent(judge)] }
      const id = yield* submit(task("a", cwd, "echo work >a.txt", { spec }))
      yield* supervise
      const blocked = yield* untilStage(id("a"), "Blocked")
      expect((yield* judged(id("a"))).map(([, verdict]) => verdict)).toEqual(["PASS", "PASS", "PASS"])
      expect(blocked.facts.feedback).toContain("files changed while they ran")
    })
  ))

it("PRC-4 a judge may print any amount: what is kept of it is bounded once its verdict is stored", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      const judge = played(
        folder,
        "head -c 5000000 /dev/zero | tr '\\0' 'x' | fold -w 1000; echo; echo 'VERDICT: PASS'"
      )
      const id = yield* submit(task("a", folder.directory("work"), "true", { spec: { verify: [brain(judge)] } }))
      yield* supervise
      yield* untilStage(id("a"), "Done")
      const [verification] = yield* (yield* Store).verifications(id("a"))
      if (verification === undefined) throw new Error("nothing was judged")
      const output = join(folder.places.run(id("a"), verification.attempt, verification.run), "output.log")
      yield* untilTrue(() => readFileSync(output).length <= 64 * 1024)
      expect(readFileSync(output, "utf8").endsWith("VERDICT: PASS\n")).toBe(true)
    })
  ))
