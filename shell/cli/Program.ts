/**
 * The command line as a whole: finds the command that is meant, loads it alone, runs it, and turns its end into an exit
 * status and at most one message.
 */
import * as CliConfig from "@effect/cli/CliConfig"
import * as HelpDoc from "@effect/cli/HelpDoc"
import * as ValidationError from "@effect/cli/ValidationError"
import * as Cause from "effect/Cause"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import { nearest } from "../config/Nearest.ts"
import { version } from "../config/ProgramVersion.ts"
import * as Commands from "./Commands.ts"
import type { Shell } from "./commands/Completions.ts"
import * as ExitCode from "./ExitCode.ts"
import { paint } from "./Colour.ts"
import * as Help from "./Help.ts"
import { Output, type OutputService } from "./Output.ts"
import * as SupervisorLog from "./SupervisorLog.ts"
import { pad, plain } from "./Text.ts"

const isName = (word: string | undefined): word is Commands.Name => word !== undefined && Object.hasOwn(commands, word)

const load = (name: Commands.Name) => Effect.promise<Commands.Loaded>(() => commands[name].load())

const all = Effect.suspend(() => Effect.forEach(Object.keys(commands).filter(isName), load))

/** Loading every command is for this alone. */
const script = (shell: Shell): Effect.Effect<string> =>
  Effect.flatMap(all, (loaded) => Commands.completions(loaded, shell))

const commands: Commands.Commands = Commands.make(script)

const overview = ({ hasColour }: OutputService): string => {
  const title = (text: string): string => (hasColour ? paint(text, "bold") : text)
  const names = Object.keys(commands).filter(isName)
  const longest = Math.max(...names.map((name) => name.length))
  const sections = Commands.groups.flatMap((group) => [
    "",
    title(group),
    ...names
      .filter((name) => commands[name].group === group)
      .map((name) => `  ${pad(name, longest)}  ${commands[name].about}`)
  ])
  return [
    `drover ${version}: a durable supervisor for fleets of coding agents`,
    "",
    `${title("Usage")}  drover COMMAND [options]      drover COMMAND --help tells more`,
    ...sections,
    "",
    "Every command has --json, --help and --log-level LEVEL; drover --version prints the version.",
    "Exit status: 0 done, 1 failed, 2 invalid input, 3 no such thing, 4 refused, 5 needs a person."
  ].join("\n")
}

/** Options of the library itself that take a value. */
const withValue = new Set(["--log-level", "--completions"])

/** The first argument that is neither an option nor the value of one. */
const commandWord = (args: ReadonlyArray<string>): string | undefined =>
  args.find((arg, index) => !arg.startsWith("-") && !withValue.has(args[index - 1] ?? ""))

/** What the library would print, without colours where there are none; what it says of a mistake is said once, by us. */
const quietConsole = (output: OutputService) =>
  Effect.map(Console.consoleWith(Effect.succeed), (console): Console.Console => ({
    ...console,
    log: (...parts) => {
      const text = parts.map(String).join(" ")
      return output.line(output.hasColour ? text : plain(text))
    },
    error: () => Effect.void
  }))

const parse = (args: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const output = yield* Output
    const [, ...rest] = args
    if (args[0] === "help")
      return yield* isName(rest[0]) ? one(rest[0], [rest[0], "--help"]) : output.line(overview(output))
    const word = commandWord(args)
    if (isName(word)) return yield* one(word, args)
    if (word !== undefined) {
      const meant = nearest(word, Object.keys(commands))
      const hint = meant === null ? "; drover --help lists them" : `: did you mean ${JSON.stringify(meant)}?`
      const message = `there is no command ${JSON.stringify(word)}${hint}`
      return yield* new ExitCode.UsageError({ message })
    }
    if (args.includes("--version")) return yield* output.line(version)
    const unknown = args.find((arg) => arg.startsWith("-") && arg !== "--help" && arg !== "-h" && arg !== "--log-level")
    if (unknown !== undefined) {
      return yield* new ExitCode.UsageError({ message: `${unknown} needs a command; drover --help lists them` })
    }
    return yield* output.line(overview(output))
  })

const see = (name: Commands.Name): string => `drover ${name} --help tells more`

/** Loads one command and runs it. */
const one = (name: Commands.Name, args: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const output = yield* Output
    const { help, run } = yield* load(name)
    if (args.includes("--help") || args.includes("-h")) return yield* output.line(Help.render(name, help))
    const unknown = Help.unknownOption(help, args)
    if (unknown !== null) {
      const meant = nearest(unknown, Help.optionNames(help))
      const hint = meant === null ? `; ${see(name)}` : `: did you mean ${meant}?`
      return yield* new ExitCode.UsageError({ message: `drover ${name}: there is no option ${unknown}${hint}` })
    }
    const last = args.at(-1) ?? ""
    // The library takes an option that can be repeated, and has no value, for none at all.
    if (Help.takesValue(help, last)) {
      return yield* new ExitCode.UsageError({ message: `drover ${name}: ${last} needs a value; ${see(name)}` })
    }
    return yield* run(Help.optionsFirst(name, help, args)).pipe(
      Effect.catchIf(ValidationError.isValidationError, (error) =>
        Effect.fail(new ExitCode.UsageError({ message: `drover ${name}: ${explain(error)}; ${see(name)}` }))
      )
    )
  })

/** The library's words for a mistake. */
const explain = (error: ValidationError.ValidationError): string => {
  const said = plain(HelpDoc.toAnsiText(error.error))
    .trim()
    .replaceAll(/\s*\n\s*/g, " ")
  const unknown = /^Received unknown argument: '(.*)'$/.exec(said)?.[1]
  return unknown === undefined ? said : `nothing is expected here: ${unknown}`
}

const libraryConfig = CliConfig.layer({ showBuiltIns: false, showTypes: true })

const logger = Logger.replace(Logger.defaultLogger, SupervisorLog.standardError)

/** Runs the arguments after `drover`; the message of a failure is printed, its exit status is the value. */
export const run = (args: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const output = yield* Output
    const console = yield* quietConsole(output)
    const exit = yield* Effect.exit(Effect.withConsole(parse(args), console))
    if (Exit.isSuccess(exit)) return ExitCode.done
    const failure = Cause.failureOption(exit.cause)
    if (Option.isNone(failure)) return yield* Effect.failCause(exit.cause)
    const said = ExitCode.message(failure.value)
    if (said !== "") yield* output.error(said)
    const word = commandWord(args)
    const isHook = word === "ingest" || (word === "inbox" && args.some((arg) => arg.startsWith("--hook")))
    return ExitCode.codeOf(failure.value, isHook)
  }).pipe(Effect.provide(Layer.merge(libraryConfig, logger)))
