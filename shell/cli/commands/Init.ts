/**
 * `drover init`: sets up a machine and a folder: a task file with its schema, a configuration, hooks, and a unit. On a
 * terminal it asks; elsewhere flags say what is wanted. `--upgrade` brings what is there up to date, and no more.
 */
import { join } from "node:path"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Places } from "../../config/Places.ts"
import { type Agent, agents, scopes } from "../../hooks/SettingsPlaces.ts"
import { find } from "../../process/Program.ts"
import * as ServiceUnit from "../../service/ServiceUnit.ts"
import { ExitWith, failed, UsageError } from "../ExitCode.ts"
import * as Flags from "../Flags.ts"
import type { Answers, Given } from "../init/Answers.ts"
import * as FileSteps from "../init/FileSteps.ts"
import * as HookSteps from "../init/HookSteps.ts"
import * as Step from "../init/Step.ts"
import * as StoreStep from "../init/StoreStep.ts"
import * as UnitStep from "../init/UnitStep.ts"
import { Output } from "../Output.ts"
import * as Services from "../Services.ts"
import * as Signals from "../Signals.ts"

const options = {
  agent: Options.choice("agent", agents).pipe(
    Options.withDescription("A program that is to work for you"),
    Options.repeated
  ),
  hooks: Options.choice("hooks", [...scopes, "none"]).pipe(
    Options.withDescription("Install hooks for it: user, project (this folder) or none"),
    Options.optional
  ),
  maxConcurrent: Options.integer("max-concurrent").pipe(
    Options.withDescription("How many tasks may be worked on at once"),
    Options.optional
  ),
  unit: Options.boolean("unit").pipe(Options.withDescription("Write the unit that keeps a supervisor running")),
  yes: Options.boolean("yes").pipe(Options.withDescription("Ask nothing, on a terminal too")),
  force: Options.boolean("force").pipe(Options.withDescription("Write the task file anew, whatever is in it")),
  upgrade: Options.boolean("upgrade").pipe(Options.withDescription("Bring schema, hooks, unit and store up to date")),
  isDryRun: Options.boolean("dry-run").pipe(Options.withDescription("Say what would be written, and write nothing")),
  json: Flags.json
}

const interrupted = Signals.codeOf("SIGINT")

const inPath = (program: string) =>
  Effect.promise(async () => (await find(program, process.env.PATH, process.cwd())) !== undefined)

const look = Effect.gen(function* () {
  const { configFile } = yield* Places
  const manager = ServiceUnit.managerHere()
  const hasManager = yield* inPath(manager === "systemd" ? "systemctl" : "launchctl")
  return {
    agents: yield* Effect.filter(agents, inPath),
    configFile,
    hasConfiguration: yield* Services.isThere(configFile),
    hasTaskFile: yield* Services.isThere(join(process.cwd(), "tasks.toml")),
    manager: hasManager ? manager : null
  }
})

/** Where nobody is asked, what no flag says is not done, but for the task file. */
const unasked = (given: Given, found: Effect.Effect.Success<typeof look>, isAlone: boolean): Answers => ({
  agents: Option.getOrElse(given.agents, (): ReadonlyArray<Agent> => (Option.isSome(given.hooks) ? found.agents : [])),
  hooks: Option.getOrElse(given.hooks, () => null),
  maxConcurrent: Option.getOrElse(given.maxConcurrent, () => null),
  unit: Option.getOrElse(given.unit, () => false),
  // Alone it is what was asked for, and told where it can not be had.
  taskFile: Option.getOrElse(given.taskFile, () => isAlone || !found.hasTaskFile)
})

const setUp = ({ agents: chosen, hooks, maxConcurrent, taskFile, unit }: Answers, isForced: boolean) =>
  Effect.gen(function* () {
    const files = taskFile ? yield* FileSteps.taskFile(isForced ? "Force" : "New", chosen[0] ?? "shell") : []
    const isConfigured = chosen.length > 0 || maxConcurrent !== null
    const configuration = isConfigured ? yield* FileSteps.configuration(maxConcurrent, chosen) : []
    const installed = hooks === null ? [] : yield* HookSteps.install(chosen, hooks)
    const program = installed.length === 0 ? [] : yield* HookSteps.program(true)
    return [...files, ...configuration, ...program, ...installed, ...(yield* UnitStep.unit(unit))]
  })

const upgrades = Effect.gen(function* () {
  const [files, store] = [yield* FileSteps.upgrade, yield* StoreStep.upgrade]
  return [
    ...files,
    ...(yield* HookSteps.program(false)),
    ...(yield* HookSteps.upgrade),
    ...(yield* UnitStep.unit(false)),
    ...store
  ]
})

/** Says what became of every step; one that failed makes the whole fail. */
const told = (done: ReadonlyArray<Step.Done>, isDryRun: boolean, json: boolean) =>
  Effect.gen(function* () {
    const output = yield* Output
    if (json) yield* output.json({ dry_run: isDryRun, files: done.map(Step.toJson) })
    else yield* output.line(Step.lines(done, !isDryRun).join("\n"))
    if (done.some(({ was }) => was === "failed")) return yield* new ExitWith({ code: failed })
  })

interface Wanted {
  readonly given: Given
  readonly isAlone: boolean
  readonly isAsking: boolean
  readonly isForced: boolean
  readonly isDryRun: boolean
  readonly json: boolean
}

/** Asks, shows what would be written, and asks once more; null where the person does not want it. */
const asked = (wanted: Wanted, found: Effect.Effect.Success<typeof look>) =>
  Effect.gen(function* () {
    const output = yield* Output
    const Wizard = yield* Effect.promise(() => import("../init/Wizard.ts"))
    return yield* Effect.gen(function* () {
      if (found.agents.length === 0)
        yield* output.line(`none of ${agents.join(", ")} is in PATH: any command can be an agent (docs/agents.md)`)
      const steps = yield* setUp(yield* Wizard.ask(wanted.given, found), wanted.isForced)
      yield* output.line(["", ...Step.lines(steps, false), ""].join("\n"))
      const isToBeDone = wanted.isDryRun || steps.every(({ was }) => was === "unchanged") || (yield* Wizard.isWanted)
      return isToBeDone ? steps : null
    }).pipe(
      Effect.provide(Wizard.terminal(output.hasColour)),
      Effect.catchTag("QuitException", () =>
        Effect.zipRight(output.error("\nnothing was written"), new ExitWith({ code: interrupted }))
      )
    )
  })

const next = (done: ReadonlyArray<Step.Done>): string =>
  done.some(({ was, what }) => what === "task file" && was === "written")
    ? "next: drover run tasks.toml"
    : "next: drover doctor"

const begin = (wanted: Wanted) =>
  Effect.gen(function* () {
    const output = yield* Output
    const found = yield* look
    const { isDryRun, json } = wanted
    const steps = wanted.isAsking
      ? yield* asked(wanted, found)
      : yield* setUp(unasked(wanted.given, found, wanted.isAlone), wanted.isForced)
    if (steps === null) return yield* output.line("nothing was written")
    if (wanted.isAsking && isDryRun) return
    const done = isDryRun ? steps : yield* Step.carryOut(steps)
    yield* told(done, isDryRun, json)
    if (!json && !isDryRun) yield* output.line(next(done))
  })

const upgrade = (isDryRun: boolean, json: boolean) =>
  Effect.gen(function* () {
    const output = yield* Output
    const steps = yield* upgrades
    if (steps.length === 0 && !json) return yield* output.line("nothing of drover is here yet: drover init")
    yield* told(isDryRun ? steps : yield* Step.carryOut(steps), isDryRun, json)
  })

export const command = Command.make("init", options, (given) =>
  Effect.gen(function* () {
    const output = yield* Output
    const { agent, force, hooks, isDryRun, json, maxConcurrent, unit } = given
    const isAlone = agent.length === 0 && Option.isNone(hooks) && Option.isNone(maxConcurrent) && !unit
    if (force && given.upgrade) return yield* new UsageError({ message: "--force and --upgrade exclude each other" })
    if (given.upgrade) {
      if (!isAlone) return yield* new UsageError({ message: "--upgrade takes no choices: it renews what is there" })
      return yield* upgrade(isDryRun, json)
    }
    if (Option.isSome(maxConcurrent) && maxConcurrent.value < 1)
      return yield* new UsageError({ message: `--max-concurrent: ${maxConcurrent.value} is not above 0` })
    yield* begin({
      given: {
        agents: agent.length === 0 ? Option.none() : Option.some([...new Set(agent)]),
        hooks: Option.map(hooks, (scope) => (scope === "none" ? null : scope)),
        maxConcurrent,
        unit: unit ? Option.some(true) : Option.none(),
        taskFile: force ? Option.some(true) : Option.none()
      },
      isAlone,
      isAsking: output.isLive && process.stdin.isTTY && !given.yes && !json,
      isForced: force,
      isDryRun,
      json
    })
  }).pipe(Effect.provide(Services.places))
)
