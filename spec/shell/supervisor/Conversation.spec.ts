/** A vendor's program, played by a shell script: what a supervisor tells it, how it is ended, and how it goes on. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import { Store } from "../../../shell/store/Store.ts"
import { type Folder, scenario, submit, supervise, task, untilStage } from "./World.ts"

const record = (more: object): string => JSON.stringify({ session_id: "conversation-1", ...more })
const begins = record({ type: "system", subtype: "init" })
const done = record({ type: "result", subtype: "success", is_error: false, num_turns: 1, result: "Done." })

/**
 * Notes its arguments, its prompt and what signal it got. In a conversation that goes on it is done; in a new one it is
 * silent until it is ended, with a tool in a session of its own that notes a signal too.
 */
const program = (folder: Folder): string => {
  const path = join(folder.directory("bin"), "claude")
  const log = join(folder.path, "log")
  const text = `#!/bin/sh
echo "args: $*" >>${log}
cat >>${log}
echo >>${log}
echo '${begins}'
case "$*" in
*--resume*)
  echo '${done}'
  exit 0
  ;;
esac
# A shell's background process starts with INT ignored, and could not be seen to get it.
env --default-signal=INT setsid sh -c 'trap "echo tool interrupted >>${log}" INT; trap "exit 0" TERM; while :; do sleep 0.02; done' &
trap 'echo interrupted >>${log}; exit 0' INT
trap 'echo terminated >>${log}; exit 143' TERM
while :; do sleep 0.02; done
`
  writeFileSync(path, text, { mode: 0o755 })
  return path
}

const agent = (folder: Folder) => ({
  name: "claude",
  kind: "claude-code" as const,
  command: program(folder),
  args: ["--own"],
  env: {},
  passEnv: [],
  model: null
})

it("EXE-10 a vendor's program that falls silent is interrupted first, and goes on in its conversation", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      const spec = { agent: agent(folder), inactivitySecs: 1, maxRetries: 1, model: "opus" }
      const id = yield* submit(task("a", folder.directory("work"), "", { prompt: "Make it total.", spec }))
      const { stopAgents } = yield* supervise
      yield* untilStage(id("a"), "Done")
      const store = yield* Store
      const attempts = yield* store.attempts(id("a"))
      expect(attempts.map(({ attempt, outcome }) => [attempt.mode, outcome])).toEqual([
        ["Cold", "Stopped"],
        ["Warm", "Clean"]
      ])
      expect(attempts.map(({ progress }) => progress.session)).toEqual(["conversation-1", "conversation-1"])
      const log = folder.read("log")
      const [first = "", second = ""] = log.split("\n").filter((line) => line.startsWith("args: "))
      expect(first).toMatch(/--session-id [0-9a-f-]{36} --model opus --own$/)
      expect(second).toMatch(/--resume conversation-1 --model opus --own$/)
      // Only the program is interrupted: its tools are its own to end, and no TERM was needed.
      expect(log.split("\n").filter((line) => /(interrupted|terminated)$/.test(line))).toEqual(["interrupted"])
      const [, told = ""] = log.split("--resume")
      expect(log.split("Make it total.")).toHaveLength(2)
      expect(told).toContain("may have run to its end")
      yield* stopAgents
    })
  ))

it("AGT-2 a vendor's program that ends with status 0 and never says that it is done has not succeeded", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      const spec = { agent: { ...agent(folder), command: "/bin/true" }, maxRetries: 0 }
      const id = yield* submit(task("a", folder.directory("work"), "", { spec }))
      const { stopAgents } = yield* supervise
      yield* untilStage(id("a"), "Blocked")
      const store = yield* Store
      const outcomes = new Set((yield* store.attempts(id("a"))).map(({ outcome }) => outcome))
      expect(outcomes).toEqual(new Set(["Aborted"]))
      yield* stopAgents
    })
  ))
