/** A task whose work is judged by another program than the one that does it. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import type { AgentDefinition } from "../../../core/task/AgentDefinition.ts"
import { Store } from "../../../shell/store/Store.ts"
import { type Folder, scenario, submit, supervise, task, untilStage } from "./World.ts"

const says = (record: object): string => `echo '${JSON.stringify({ session_id: "s", ...record })}'`

/** Claude Code as a script plays it: it notes how it was started. */
const claude = (folder: Folder, name: string, says: string): AgentDefinition => {
  const command = join(folder.directory("bin"), name)
  const notes = `echo "${name} $DROVER_ROLE $DROVER_MODEL $*" >>${join(folder.path, "log")}\ncat >/dev/null\n`
  writeFileSync(command, `#!/bin/sh\n${notes}${says}\n`, { mode: 0o755 })
  return { name, kind: "claude-code", command, args: [], env: {}, passEnv: [], model: `${name}-model` }
}

const ended = (result: string, costUsd: number): string =>
  says({ type: "result", subtype: "success", is_error: false, num_turns: 1, result, total_cost_usd: costUsd })

it("EXE-8 an agent that was named for QA judges with its own model, under its own account, and goes on in no conversation of the coder's", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      const cwd = folder.directory("work")
      // It sends the work back once.
      const verdict = `if [ -e asked ]; then ${ended("VERDICT: PASS", 0.25)}; else touch asked; ${ended("VERDICT: FAIL", 0.25)}; fi`
      const coder = claude(folder, "coder", ended("Done.", 1))
      const judge = claude(folder, "judge", verdict)
      const spec = { agent: coder, model: "mine", roleAgents: { qa: judge } }
      const id = yield* submit(task("judged", cwd, "", { flow: { qa: "agent" }, spec, verify: ["true"] }))
      const { stopAgents } = yield* supervise
      yield* untilStage(id("judged"), "Done")
      const store = yield* Store
      const attempts = (yield* store.attempts(id("judged"))).filter(({ attempt }) => attempt.mode !== "VerifyOnly")
      expect(attempts.map(({ agent, attempt, progress }) => [attempt.role, agent, progress.costUsd])).toEqual([
        ["coder", "coder", 1],
        ["qa", "judge", 0.25],
        ["coder", "coder", 1],
        ["qa", "judge", 0.25]
      ])
      const started = folder.read("log").trimEnd().split("\n")
      expect(started.map((line) => line.split(" ").slice(0, 3).join(" "))).toEqual([
        "coder coder mine",
        "judge qa judge-model",
        "coder coder mine",
        "judge qa judge-model"
      ])
      expect(started.some((line) => line.includes("--resume"))).toBe(false)
      const shares = (yield* store.costs()).map(({ account, attempts, nanoUsd }) => [account, attempts, nanoUsd / 1e9])
      expect(shares).toEqual([
        ["coder", 2, 2],
        ["judge", 2, 0.5]
      ])
      yield* stopAgents
    })
  ))
