/** docs/cli.md: every command, from the commands themselves. */
import * as Effect from "effect/Effect"
import * as Commands from "../../shell/cli/Commands.ts"
import * as ExitCode from "../../shell/cli/ExitCode.ts"
import * as Help from "../../shell/cli/Help.ts"
import { anchor, document, list, plain, table } from "./Markdown.ts"

export interface Documented {
  readonly name: string
  readonly group: Commands.Group
  readonly help: Help.Help
}

/** All of them, in the order of `drover --help`. */
export const commands = (): Promise<ReadonlyArray<Documented>> =>
  Promise.all(
    Object.entries(Commands.make(() => Effect.succeed(""))).map(async ([name, { group, load }]) => ({
      name,
      group,
      help: (await load()).help
    }))
  )

const usage = ({ help, name }: Documented): string => `    ${Help.usage(name, help)}`

/** What every command takes is said once, at the top. */
const isCommon = (name: string): boolean => name === "--json"

const entries = ({ args, options }: Help.Help): string => {
  const rows = [...args, ...options.filter(({ name }) => !isCommon(name))]
  if (rows.length === 0) return ""
  return table(
    ["argument or option", ""],
    rows.map(({ about, name }) => [`\`${name.replaceAll("|", String.raw`\|`)}\``, plain(about)])
  )
}

const told = (command: Documented): ReadonlyArray<string> => [
  `### ${command.name}`,
  `${plain(command.help.about)}.`,
  usage(command),
  entries(command.help)
]

export const render = (all: ReadonlyArray<Documented>): string =>
  document([
    `# Commands`,
    `Every command takes \`--json\` (one JSON document, or one object a line where it goes on), \`--help\`, and
\`--log-level LEVEL\` (debug, info, warning or error); \`drover --version\` prints the version. What is printed into a pipe has
no colours and is not redrawn; \`NO_COLOR\` and \`CI\` are respected on a terminal. This page is made from the commands by
\`npm run docs\`.`,
    list(
      Commands.groups.map((group) => {
        const names = all.filter((each) => each.group === group).map(({ name }) => `[${name}](${anchor(name)})`)
        return `${group}: ${names.join(" ")}`
      })
    ),
    `## Exit status`,
    table(
      ["status", "means"],
      ExitCode.meanings.map(([code, meaning]) => [code, meaning])
    ),
    `\`ingest\` never ends with 2, which agents read as "block".`,
    ...Commands.groups.flatMap((group) => [`## ${group}`, ...all.filter((each) => each.group === group).flatMap(told)])
  ])
