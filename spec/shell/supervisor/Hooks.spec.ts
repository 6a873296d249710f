/** Whether the agents that a supervisor starts are told to run its hooks, and what those are given. */
import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import { Store } from "../../../shell/store/Store.ts"
import { configuration, type Folder, scenario, submit, supervise, task, untilStage } from "./World.ts"

const done = JSON.stringify({ type: "result", subtype: "success", is_error: false, num_turns: 1, session_id: "s" })

/** Notes its arguments and, of its environment, where hooks leave their events. */
const program = (folder: Folder, name: string): string => {
  const path = join(folder.directory("bin"), name)
  const log = join(folder.path, name)
  const text = `#!/bin/sh
for each; do printf '%s\\n' "$each" >>${log}; done
echo "$DROVER_SPOOL $DROVER_SOCKET" >>${log}
echo '${done}'
`
  writeFileSync(path, text, { mode: 0o755 })
  return path
}

const agent = (folder: Folder, name: string, args: ReadonlyArray<string>) => ({
  name,
  kind: "claude-code" as const,
  command: program(folder, name),
  args,
  env: {},
  passEnv: [],
  model: null
})

/** Runs a task with each of two agents, one of which has settings of its own; answers what each of them noted. */
const worked = (folder: Folder) =>
  Effect.gen(function* () {
    const agents = [agent(folder, "plain", []), agent(folder, "own", ["--settings", "{}"])]
    const idOf = yield* submit(
      ...agents.map((each) => task(each.name, folder.directory(`work-${each.name}`), "", { spec: { agent: each } }))
    )
    const { stopAgents } = yield* supervise
    for (const { name } of agents) yield* untilStage(idOf(name), "Done")
    const store = yield* Store
    expect(yield* store.attempts(idOf("plain"))).toHaveLength(1)
    yield* stopAgents
    return { plain: folder.read("plain").trim().split("\n"), own: folder.read("own").trim().split("\n") }
  })

it("AGT-3 an agent that drover starts is told to run its hooks, which are told the spool and the socket, and keeps its own settings", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      const { own, plain } = yield* worked(folder)
      const { hook, socket, spool } = folder.places
      const settings: unknown = JSON.parse(plain[plain.indexOf("--settings") + 1] ?? "")
      expect(settings).toHaveProperty("hooks.Stop", [
        { hooks: [{ type: "command", command: `'${hook}' Stop # drover`, timeout: 3 }] }
      ])
      expect([plain.at(-1), own.at(-1)]).toEqual([`${spool} ${socket}`, `${spool} ${socket}`])
      expect(own.filter((word) => word === "--settings")).toHaveLength(1)
      expect(own[own.indexOf("--settings") + 1]).toBe("{}")
    })
  ))

it("AGT-3 no hooks are told to an agent where the program for them to run can not be written", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      mkdirSync(join(folder.places.hook, "somebody's"), { recursive: true })
      expect((yield* worked(folder)).plain).not.toContain("--settings")
    })
  ))

it("AGT-3 no hooks are told to an agent where the configuration says so", () =>
  scenario(
    (folder) =>
      Effect.gen(function* () {
        expect((yield* worked(folder)).plain).not.toContain("--settings")
      }),
    ({ places }) => {
      mkdirSync(dirname(places.configFile), { recursive: true })
      writeFileSync(places.configFile, "[hooks]\ninject = false\n")
      return configuration(places)
    }
  ))
