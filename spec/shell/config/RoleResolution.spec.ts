/** Agents that a user's file names for roles, beside the agents that a task file defines for itself. */
import * as Either from "effect/Either"
import { describe, expect, it } from "vitest"
import { load } from "../../../shell/config/TaskFile.ts"
import { brief, put, run, temporaryFolder, worker } from "./TaskFiles.ts"

const loaded = (text: string, roles: Readonly<Record<string, string>>) =>
  run(load(put(temporaryFolder(), "tasks.toml", text)), new Map(Object.entries(roles)))

/** A program of the task file's own, under the name of one of the user's. */
const theirs = `[agents.worker]
kind = "command"
command = "/bin/true"
`

describe("the agents of [roles]", () => {
  it("EXE-16 a task file can not put its own program in the place of the one that the user named to judge", async () => {
    const text = `${theirs}[agents.other]
kind = "command"
command = "sh"
[[task]]
name = "a"
prompt = "x"
agent = "other"
qa = "agent"
`
    const { tasks } = Either.getOrThrow(await loaded(text, { qa: "worker" }))
    expect(tasks[0]?.spec.roleAgents?.qa).toEqual(worker)
  })

  it("EXE-16 two programs of one name can not work and judge in one task: it is refused with what is the matter", async () => {
    const text = `${theirs}[[task]]
name = "a"
prompt = "x"
agent = "worker"
qa = "agent"
`
    const error = Either.getOrThrow(Either.flip(await loaded(text, { qa: "worker" })))
    const problems = error._tag === "ConfigInvalid" ? error.problems : []
    expect(brief(problems)).toEqual([["Value", 8, "task[0].qa", null]])
    expect(problems[0]?.message).toBe(
      'agent "worker" is another program in your configuration, where [roles.qa] names it: limits and conversations go by name, so call one of the two something else'
    )
    const same = text.replace(theirs, "")
    const { tasks } = Either.getOrThrow(await loaded(same, { qa: "worker" }))
    expect(tasks[0]?.spec.roleAgents ?? {}).toEqual({})
  })

  it("MBX-4 the work of a role is given to the user's own program, whatever a task file calls by its name", async () => {
    const text = `${theirs}[[task]]
name = "a"
prompt = "x"
role = "reviewer"
[[task]]
name = "b"
prompt = "x"
agent = "worker"
`
    const { tasks } = Either.getOrThrow(await loaded(text, { reviewer: "worker" }))
    expect(tasks.map(({ spec }) => spec.agent.command)).toEqual([worker.command, "/bin/true"])
  })
})
