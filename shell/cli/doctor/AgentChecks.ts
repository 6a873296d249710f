/** What `drover doctor` says of the programs of agents: those that exist without any configuration, and those of it. */
import * as Effect from "effect/Effect"
import * as AgentDefinition from "../../../core/task/AgentDefinition.ts"
import { doubt, install } from "../../agents/VendorVersions.ts"
import { ask } from "../../agents/VersionProbe.ts"
import { find } from "../../process/Program.ts"
import { advisory, bad, type Check, good, skipped } from "./Check.ts"
import * as Services from "../Services.ts"
import { plain } from "../Text.ts"

type Agent = AgentDefinition.AgentDefinition

const isConfigured = (agent: Agent): boolean => !AgentDefinition.builtIn.includes(agent)

/** Who has configured an agent wants to use it; the others exist whether somebody has their programs or not. */
const missing = (agent: Agent, name: string): Check => {
  const { command, kind } = agent
  const where = command.includes("/") ? "is not there or not executable" : "is not in PATH or not executable"
  const detail = `${command} ${where}`
  const remedy = kind === "command" ? `mend [agents.${agent.name}]` : install(kind)
  return isConfigured(agent)
    ? bad(name, detail, kind === "command" ? remedy : `${remedy}, or mend [agents.${agent.name}]`)
    : skipped(name, detail, `only where tasks use it: ${remedy}`)
}

const check = (agent: Agent): Effect.Effect<Check> =>
  Effect.gen(function* () {
    const { command, env, kind } = agent
    const name = `agent ${agent.name}`
    const cwd = process.cwd()
    const file = yield* Effect.promise(() => find(command, env.PATH ?? process.env.PATH, cwd))
    if (file === undefined) return missing(agent, name)
    if (kind === "command") return good(name, file)
    const program = { vendor: kind, agent, file, cwd }
    const answer = yield* ask(program)
    if (answer._tag === "Known") return good(name, `${answer.version.text}, ${file}`)
    const detail = plain(doubt(program, answer) ?? file)
    const row = answer._tag === "NoAnswer" && isConfigured(agent) ? bad : advisory
    return row(name, detail, answer._tag === "TooOld" ? install(kind) : `try ${file} --version; ${install(kind)}`)
  })

/** A row each, by name; with a configuration that can not be used, of those that need none. */
export const all = Effect.gen(function* () {
  const agents = yield* Effect.orElseSucceed(Services.agents, () => AgentDefinition.builtIn)
  return yield* Effect.forEach(agents, check, { concurrency: "unbounded" })
})
