/**
 * The help of one command on a screen: what the library knows of its options and arguments, a line each.
 */
import * as CliConfig from "@effect/cli/CliConfig"
import * as Command from "@effect/cli/Command"
import type * as HelpDoc from "@effect/cli/HelpDoc"
import type * as Span from "@effect/cli/HelpDoc/Span"
import { pad } from "./Text.ts"

interface Entry {
  /** `--state text...` or `<id>`. */
  readonly name: string
  readonly about: string
  /** It may be left out, as the library says. */
  readonly isOptional: boolean
}

export interface Help {
  readonly about: string
  readonly args: ReadonlyArray<Entry>
  readonly options: ReadonlyArray<Entry>
}

/** What the library says of every option or argument of a kind, and nobody needs to read. */
const boilerplate =
  /^(?:A user-defined piece of text\.|A true or false value\.|An? (?:integer|floating point number)\.|One of the following: .*|This (?:setting|option|argument) (?:is optional|may be repeated).*)$/

const spanText = (span: Span.Span): string => {
  switch (span._tag) {
    case "Sequence":
      return spanText(span.left) + spanText(span.right)
    case "Text":
    case "URI":
      return span.value
    default:
      return spanText(span.value)
  }
}

/** The paragraphs of a text, in order. */
const paragraphs = (doc: HelpDoc.HelpDoc): ReadonlyArray<string> => {
  switch (doc._tag) {
    case "Sequence":
      return [...paragraphs(doc.left), ...paragraphs(doc.right)]
    case "Header":
    case "Paragraph":
      return [spanText(doc.value).trim()]
    default:
      return []
  }
}

const aboutOf = (doc: HelpDoc.HelpDoc): string =>
  paragraphs(doc)
    .filter((line) => line !== "" && !boilerplate.test(line))
    .join(" ")

const isOptional = (doc: HelpDoc.HelpDoc): boolean => paragraphs(doc).includes("This setting is optional.")

/** `(-f, --follow)` without its parentheses. */
const nameOf = (name: string): string => name.replaceAll(/[()]/g, "")

/** Every definition in the order of the text. */
const definitions = (doc: HelpDoc.HelpDoc): ReadonlyArray<Entry> => {
  switch (doc._tag) {
    case "Sequence":
      return [...definitions(doc.left), ...definitions(doc.right)]
    case "DescriptionList":
      return doc.definitions.map(([name, about]) => ({
        name: nameOf(spanText(name)),
        about: aboutOf(about),
        isOptional: isOptional(about)
      }))
    default:
      return []
  }
}

export const of = <Name extends string, R, E, A>(command: Command.Command<Name, R, E, A>, about: string): Help => {
  const all = definitions(Command.getHelp(command, CliConfig.make({ showBuiltIns: false })))
  const isOption = ({ name }: Entry): boolean => name.startsWith("-")
  return { about, args: all.filter((entry) => !isOption(entry)), options: all.filter(isOption) }
}

/** The names of the options, such as `--state`. */
export const optionNames = ({ options }: Help): ReadonlyArray<string> =>
  options.flatMap(({ name }) => [...name.matchAll(/--?[a-z][a-z-]*/g)].map(([found]) => found))

/** Whether that is the name of an option that a value must follow. */
export const takesValue = ({ options }: Help, name: string): boolean =>
  options.some((option) => {
    const words = option.name.split(/[\s,]+/)
    // The words of a choice stand there too.
    return name.startsWith("-") && words.includes(name) && words.at(-1)?.startsWith("-") === false
  })

/** Options that every command has, of which the first takes a value. */
const common = ["--log-level", "--help", "-h"]

const isOption = (arg: string): boolean => /^--?[a-zA-Z]/.test(arg)

/** The first argument that looks like an option and is none; null when all are known. */
export const unknownOption = (help: Help, args: ReadonlyArray<string>): string | null => {
  const known = new Set([...optionNames(help), ...common])
  for (let index = 0; index < args.length; index++) {
    const [name = ""] = (args[index] ?? "").split("=")
    if (name === "--") return null
    if (!isOption(name)) continue
    if (!known.has(name)) return name
    if (args[index] === name && (takesValue(help, name) || name === common[0])) index++
  }
  return null
}

/**
 * The same arguments with all that are no options at the end, behind `--`: the library looks for no option behind an
 * argument that begins with a dash, as the `-` for standard input does.
 */
export const optionsFirst = (command: string, help: Help, args: ReadonlyArray<string>): ReadonlyArray<string> => {
  if (!args.some((arg) => arg.startsWith("-") && arg !== "--" && !isOption(arg))) return args
  const options: Array<string> = []
  const others: Array<string> = []
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? ""
    if (arg === "--") {
      others.push(...args.slice(index + 1))
      break
    }
    const isName = arg === command && !options.includes(command)
    if (!isName && !isOption(arg)) {
      others.push(arg)
      continue
    }
    options.push(arg)
    if (!takesValue(help, arg) && arg !== common[0]) continue
    index++
    options.push(...args.slice(index, index + 1))
  }
  return [...options, "--", ...others]
}

/** `drover attention [<operation> [<id>...]] [options]`: whatever follows an argument that may be left out may be too. */
export const usage = (name: string, { args }: Help): string => {
  const first = args.findIndex((arg) => arg.isOptional)
  const needed = first < 0 ? args : args.slice(0, first)
  const rest = args
    .slice(needed.length)
    .reduceRight((inner, arg) => `[${arg.name}${inner === "" ? "" : ` ${inner}`}]`, "")
  return ["drover", name, ...needed.map((arg) => arg.name), ...(rest === "" ? [] : [rest]), "[options]"].join(" ")
}

export const render = (name: string, help: Help): string => {
  const { about, args, options } = help
  const shown = [
    ...options,
    { name: "--log-level level", about: "Log from that level on: debug, info, warning, error" },
    { name: "--help, -h", about: "Show this" }
  ]
  const longest = Math.max(...[...args, ...shown].map((entry) => entry.name.length))
  const lines = (entries: ReadonlyArray<Omit<Entry, "isOptional">>) =>
    entries.map((entry) => `  ${pad(entry.name, longest)}  ${entry.about}`)
  return [usage(name, help), "", about, "", ...lines(args), ...(args.length === 0 ? [] : [""]), ...lines(shown)].join(
    "\n"
  )
}
