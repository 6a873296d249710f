/** The questions of `drover init`, answered by keys on a terminal that is played here. */
import * as Terminal from "@effect/platform/Terminal"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Mailbox from "effect/Mailbox"
import * as Option from "effect/Option"
import { expect, it } from "vitest"
import type { Answers, Given } from "../../../shell/cli/init/Answers.ts"
import * as Wizard from "../../../shell/cli/init/Wizard.ts"
import { plain } from "../../../shell/cli/Text.ts"

const nothing: Given = {
  agents: Option.none(),
  hooks: Option.none(),
  maxConcurrent: Option.none(),
  unit: Option.none(),
  taskFile: Option.none()
}

const found: Wizard.Found = {
  agents: ["claude", "codex"],
  configFile: "/c",
  hasConfiguration: false,
  hasTaskFile: false,
  manager: "systemd"
}

const keyOf = (text: string): Terminal.UserInput => {
  const isName = text.length > 1
  return {
    input: isName ? Option.none() : Option.some(text),
    key: { name: text, ctrl: text === "quit", meta: false, shift: false }
  }
}

/** The keys for each question, in their order; who has none for one has left. */
const answer = async (keys: ReadonlyArray<ReadonlyArray<string>>, given: Given, about: Wizard.Found) => {
  const shown: Array<string> = []
  const left = [...keys]
  const terminal = Terminal.Terminal.of({
    columns: Effect.succeed(100),
    rows: Effect.succeed(40),
    isTTY: Effect.succeed(true),
    readLine: Effect.dieMessage("no line is asked for"),
    display: (text) => Effect.sync(() => void shown.push(text)),
    readInput: Effect.gen(function* () {
      const mailbox = yield* Mailbox.make<Terminal.UserInput>()
      const next = left.shift()
      if (next === undefined) mailbox.unsafeDone(Exit.void)
      else mailbox.unsafeOfferAll(next.map(keyOf))
      return mailbox
    })
  })
  const result = await Wizard.ask(given, about).pipe(
    Effect.either,
    Effect.provide(Layer.mergeAll(Layer.succeed(Terminal.Terminal, terminal), NodeFileSystem.layer, NodePath.layer)),
    Effect.runPromise
  )
  return { answers: Either.getOrNull(result), shown: plain(shown.join("")), left }
}

const ask = async (
  keys: ReadonlyArray<ReadonlyArray<string>>,
  given = nothing,
  about = found
): Promise<Answers | null> => (await answer(keys, given, about)).answers

it("API-7 Enter to every question takes what was found, and installs nothing that nobody asked for", async () => {
  expect(await ask([["enter"], ["enter"], ["enter"], ["enter"], ["enter"]])).toEqual({
    agents: ["claude", "codex"],
    hooks: null,
    maxConcurrent: 4,
    unit: false,
    taskFile: true
  })
})

it("API-7 each question has the answer that was chosen", async () => {
  const keys = [["down", "down", "space", "enter"], ["down", "enter"], ["1", "2", "enter"], ["y"], ["n"]]
  expect(await ask(keys)).toEqual({
    agents: ["codex"],
    hooks: "user",
    maxConcurrent: 12,
    unit: true,
    taskFile: false
  })
})

it("API-7 a number that is none is asked for again", async () => {
  const { answers, shown } = await answer(
    [["0", "enter", "backspace", "7", "enter"]],
    {
      ...nothing,
      agents: Option.some([]),
      unit: Option.some(false),
      taskFile: Option.some(false)
    },
    found
  )
  expect(shown).toContain("a number from 1 to 256")
  expect(answers?.maxConcurrent).toBe(7)
})

it("API-7 what flags have said, what is there already and what this machine has not is not asked", async () => {
  const given: Given = {
    agents: Option.some(["claude"]),
    hooks: Option.some("project"),
    maxConcurrent: Option.some(2),
    unit: Option.some(true),
    taskFile: Option.some(true)
  }
  const said = { agents: ["claude"], hooks: "project", maxConcurrent: 2, unit: true, taskFile: true }
  expect(await answer([], given, found)).toEqual({ answers: said, shown: "", left: [] })
  const bare = { agents: [], configFile: "/c", hasConfiguration: true, hasTaskFile: true, manager: null }
  const none = { agents: [], hooks: null, maxConcurrent: null, unit: false, taskFile: false }
  expect(await answer([], nothing, bare)).toEqual({ answers: none, shown: "", left: [] })
})

it("API-7 who leaves in the middle has answered nothing", async () => {
  expect(await ask([["enter"], ["enter"]])).toBeNull()
})
