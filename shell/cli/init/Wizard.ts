/** The questions of `drover init` on a terminal: each is asked that no flag has answered. */
import * as NodeTerminal from "@effect/platform-node/NodeTerminal"
import * as Terminal from "@effect/platform/Terminal"
import * as Prompt from "@effect/cli/Prompt"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { defaults } from "../../../core/policy/Policy.ts"
import type { Agent, Scope } from "../../hooks/SettingsPlaces.ts"
import type { Answers, Given } from "./Answers.ts"

/** What was found of this machine before anything is asked. */
export interface Found {
  /** Whose programs are in PATH. */
  readonly agents: ReadonlyArray<Agent>
  readonly configFile: string
  readonly hasConfiguration: boolean
  readonly hasTaskFile: boolean
  /** Null where there is no service manager to ask about. */
  readonly manager: string | null
}

/** SGR of ECMA-48: colours and weights, nothing that moves the cursor. */
// oxlint-disable-next-line no-control-regex -- the escape character is what is looked for
const colours = /\u001b\[[\d;]*m/g

/** The person's terminal; without colours where none are wanted, which the library does not know. */
export const terminal = (hasColour: boolean): Layer.Layer<Terminal.Terminal> =>
  hasColour
    ? NodeTerminal.layer
    : Layer.provide(
        Layer.effect(
          Terminal.Terminal,
          Effect.map(Terminal.Terminal, (inner) =>
            Terminal.Terminal.of({ ...inner, display: (text) => inner.display(text.replaceAll(colours, "")) })
          )
        ),
        NodeTerminal.layer
      )

const answered = <A, E, R>(given: Option.Option<A>, ask: Effect.Effect<A, E, R>) =>
  Option.match(given, { onNone: () => ask, onSome: (value) => Effect.succeed(value) })

const which = (found: ReadonlyArray<Agent>) =>
  found.length === 0
    ? Effect.succeed<ReadonlyArray<Agent>>([])
    : Prompt.run(
        Prompt.multiSelect<Agent>({
          message: "Which of these programs are to work for you? (space selects)",
          selectAll: "all of them",
          selectNone: "none of them",
          inverseSelection: "the others",
          choices: found.map((agent) => ({ title: agent, value: agent, selected: true }))
        })
      )

const scopes: ReadonlyArray<Prompt.Prompt.SelectChoice<Scope | null>> = [
  { title: "no", value: null, description: "agents that drover starts tell it all the same, but for OpenCode" },
  { title: "for me", value: "user", description: "sessions that you start yourself, anywhere, tell drover too" },
  { title: "for this project", value: "project", description: "those in this folder" }
]

const whereHooks = (agents: ReadonlyArray<Agent>) =>
  agents.length === 0
    ? Effect.succeed(null)
    : Prompt.run(
        Prompt.select<Scope | null>({ message: "Install hooks into the settings of these programs?", choices: scopes })
      )

/** As many as anybody has run at once, and a guard against a slipped key. */
const mostAtOnce = 256

const howMany = ({ hasConfiguration }: Found) =>
  hasConfiguration
    ? Effect.succeed(null)
    : Prompt.run(
        Prompt.text({
          message: "How many tasks may be worked on at once?",
          default: String(defaults.maxConcurrent),
          validate: (text) =>
            /^[1-9]\d*$/.test(text.trim()) && Number(text) <= mostAtOnce
              ? Effect.succeed(text.trim())
              : Effect.fail(`a number from 1 to ${mostAtOnce}`)
        })
      ).pipe(Effect.map(Number))

const yesNo = (message: string, initial: boolean) => Prompt.run(Prompt.confirm({ message, initial }))

/** Asks what is not known; QuitException where the person leaves. */
export const ask = (given: Given, found: Found) =>
  Effect.gen(function* () {
    const agents = yield* answered(given.agents, which(found.agents))
    const hooks = yield* answered(given.hooks, whereHooks(agents))
    const maxConcurrent = yield* answered(given.maxConcurrent, howMany(found))
    const unit = yield* answered(
      given.unit,
      found.manager === null ? Effect.succeed(false) : yesNo(`Have ${found.manager} keep a supervisor running?`, false)
    )
    const taskFile = yield* answered(
      given.taskFile,
      found.hasTaskFile ? Effect.succeed(false) : yesNo("Write an example task file into this folder?", true)
    )
    return { agents, hooks, maxConcurrent, unit, taskFile } satisfies Answers
  })

/** The last question, after all that would be written was shown. */
export const isWanted = yesNo("Write this?", true)
