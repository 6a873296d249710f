/** The events that a person makes happen: the words for them, what is legal, and what is told when one is not. */
import * as Either from "effect/Either"
import { afterAll, beforeAll, expect, it } from "vitest"
import { rows } from "../../../core/stage/Transition.ts"
import * as Apply from "../../../core/task/Apply.ts"
import { TaskId } from "../../../core/task/Identifiers.ts"
import * as Verbs from "../../../shell/operator/Verbs.ts"
import { flows, stages } from "../../core/arbitraries/Examples.ts"
import { submitted } from "../../core/arbitraries/Tasks.ts"
import { type Site, site } from "./Drover.ts"

const words: Verbs.Words = {
  reason: "because",
  feedback: "do it again",
  budgetUsd: 5,
  commit: "0123abc",
  by: TaskId.make(7)
}
const names = Object.keys(Verbs.verbs).filter((name): name is Verbs.Name => Object.hasOwn(Verbs.verbs, name))

/** What only the machinery makes happen: it completes work, or follows from a failed landing. */
const notForPeople = ["GatesPassed", "GatesFailed", "MergeFailed", "RecoveryExhausted", "MergeReady"]

it("API-1 every event of the stage machine that is a person's has a word, and where it is legal the word is named", () => {
  const reached = new Set<string>()
  const wrong: Array<string> = []
  for (const flow of flows) {
    for (const stage of stages) {
      const task = { ...submitted(flow), stage }
      const legal = new Set(Verbs.legal(task))
      for (const name of names) {
        const verb: Verbs.Verb = Verbs.verbs[name]
        const moved = Apply.apply(task, { _tag: "StageMoved", event: Either.getOrThrow(verb.event(task, words, 1)) })
        if (legal.has(name) !== Either.isRight(moved)) wrong.push(`${name}: ${JSON.stringify(stage)}`)
        if (legal.has(name)) reached.add(Either.getOrThrow(verb.event(task, words, 1))._tag)
      }
    }
  }
  expect(wrong).toEqual([])
  expect(reached).toEqual(new Set(rows.map(({ on }) => on).filter((event) => !notForPeople.includes(event))))
})

it("API-1 the command that is named to go on is one that the task takes", () => {
  for (const stage of stages) {
    const task = { ...submitted({ qa: "server", merge: "none", start: "manual" }), stage }
    const next = Verbs.nextCommand(task)
    for (const [, word = ""] of next?.matchAll(/drover ([a-z-]+) 42/g) ?? []) {
      expect(Verbs.legal(task), `${stage._tag}`).toContain(word)
    }
  }
})

let here: Site
beforeAll(async () => {
  here = await site()
})
afterAll(() => here.remove())

const submit = (name: string, ...more: ReadonlyArray<string>) =>
  here.run("submit", "--name", name, "--prompt", "true", "--agent", "sh", ...more)
const state = async (id: string): Promise<unknown> => {
  const shown = await here.json("show", id, "--json")
  return typeof shown === "object" && shown !== null && "stage" in shown ? shown.stage : null
}

it("API-7 submit prints the id, and the same key again is the same task", async () => {
  expect(await submit("one", "--key", "k1")).toMatchObject({ code: 0, stdout: "#1\n" })
  expect(await submit("other", "--key", "k1")).toMatchObject({ code: 0, stdout: "#1 is there already\n" })
  expect((await submit("two", "--upcoming")).stdout).toBe("#2\n")
  expect((await submit("three", "--depends-on", "1")).stdout).toBe("#3\n")
  expect(await submit("four", "--depends-on", "99")).toMatchObject({ code: 2, stdout: "" })
})

it("API-1 an event that is not legal says why and what is, and changes nothing", async () => {
  const refused = await here.run("approve", "1")
  expect(refused).toMatchObject({ code: 1, stdout: "" })
  expect(refused.stderr).toContain("#1 is backlog; legal now: start, cancel, freeze, block, reject, supersede")
  expect(await state("1")).toEqual({ stage: "backlog" })
})

it("API-7 each word moves the task as its table says, and a chain of them comes back to where it was", async () => {
  const moves: ReadonlyArray<readonly [args: ReadonlyArray<string>, stage: string]> = [
    [["triage", "2"], "backlog"],
    [["freeze", "2"], "frozen"],
    [["unfreeze", "2"], "backlog"],
    [["block", "2", "--reason", "not yet"], "blocked"],
    [["retry", "2"], "backlog"],
    [["block", "2"], "blocked"],
    [["unblock", "2", "--budget", "3.5"], "backlog"],
    [["start", "2"], "coding"],
    [["hold", "2", "--reason", "let me look"], "review_hold"],
    [["send-back", "2", "--feedback", "more tests"], "coding"],
    [["retry", "2"], "coding"],
    [["demote", "2"], "backlog"],
    [["supersede", "2", "--by", "1"], "superseded"],
    [["reopen", "2"], "backlog"],
    [["reject", "2", "--reason", "no"], "rejected"],
    [["reopen", "2"], "backlog"],
    [["cancel", "2"], "abandoned"],
    [["archive", "2"], "archived"]
  ]
  for (const [args, stage] of moves) {
    const { code, stderr } = await here.run(...args)
    expect(code, `${stderr}`).toBe(0)
    if (args[0] === "hold") expect(await state("2")).toMatchObject({ stage, reason: "let me look" })
    if (args[0] === "send-back") expect(await state("2")).toEqual({ stage, feedback: "more tests" })
  }
  expect(await state("2")).toMatchObject({ stage: "archived", from: "Abandoned" })
})

it("API-7 several ids are moved each by itself, and the exit status is that of the first that was refused", async () => {
  const answer = await here.run("freeze", "1", "99", "#3", "2")
  expect(answer.code).toBe(3)
  expect(answer.stdout).toBe("#1 one: frozen\n#3 three: frozen\n")
  expect(answer.stderr).toMatch(/^there is no task #99\ncan not freeze #2: #2 is archived; nothing can be done/)
})

it("API-7 cancel takes a whole batch, and leaves what has ended", async () => {
  await here.write(
    "batch.toml",
    '[defaults]\nagent = "sh"\nprompt = "true"\n[[task]]\nname = "a"\n[[task]]\nname = "b"\nstart = "manual"\n'
  )
  expect((await here.run("run", "batch.toml")).code).toBe(5)
  const answer = await here.run("cancel", "--batch", "batch.toml")
  expect(answer).toMatchObject({ code: 0, stdout: "#5 b: abandoned\n" })
  expect((await here.run("cancel", "--batch", "77")).code).toBe(3)
})
