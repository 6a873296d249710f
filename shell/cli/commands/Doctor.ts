/**
 * `drover doctor`: looks at everything that drover rests on, changes nothing, and says of each row that is not well what
 * to do.
 */
import * as Command from "@effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import { type Colour, paint } from "../Colour.ts"
import * as AgentChecks from "../doctor/AgentChecks.ts"
import * as AttentionChecks from "../doctor/AttentionChecks.ts"
import { bad, type Check, look, type Status, toJson } from "../doctor/Check.ts"
import * as ConfigurationChecks from "../doctor/ConfigurationChecks.ts"
import * as DirectoryChecks from "../doctor/DirectoryChecks.ts"
import * as GitCheck from "../doctor/GitCheck.ts"
import * as GuardCheck from "../doctor/GuardCheck.ts"
import * as HookChecks from "../doctor/HookChecks.ts"
import * as MachineChecks from "../doctor/MachineChecks.ts"
import * as OwnershipChecks from "../doctor/OwnershipChecks.ts"
import * as ProcessChecks from "../doctor/ProcessChecks.ts"
import * as StoreChecks from "../doctor/StoreChecks.ts"
import * as SupervisorChecks from "../doctor/SupervisorChecks.ts"
import * as UnitCheck from "../doctor/UnitCheck.ts"
import * as UsageCheck from "../doctor/UsageCheck.ts"
import * as ExitCode from "../ExitCode.ts"
import * as Flags from "../Flags.ts"
import { Output } from "../Output.ts"
import * as Services from "../Services.ts"
import { pad, plain } from "../Text.ts"

const together = { concurrency: "unbounded" } as const

const joined = (rows: ReadonlyArray<ReadonlyArray<Check>>): ReadonlyArray<Check> => rows.flat()

/** What needs no state directory. */
const machine = Effect.map(
  Effect.all([look("node", MachineChecks.node), look("platform", MachineChecks.platform)], together),
  joined
)

const files = Effect.map(
  Effect.all(
    [
      look("state directory", DirectoryChecks.directory),
      look("disk", DirectoryChecks.disk),
      look("token", DirectoryChecks.token),
      look("configuration", ConfigurationChecks.configuration),
      look("repository", ConfigurationChecks.repository),
      look("usage", UsageCheck.check),
      look("leftovers", DirectoryChecks.leftovers),
      look("store", StoreChecks.store),
      look("telling", AttentionChecks.all)
    ],
    together
  ),
  joined
)

const tools = Effect.map(
  Effect.all(
    [look("agent programs", AgentChecks.all), look("git", GitCheck.git), look("unit", UnitCheck.unit)],
    together
  ),
  joined
)

/** What is seen of processes. */
const owned = Effect.map(
  Effect.all(
    [
      look("lock", OwnershipChecks.lock),
      look("host", OwnershipChecks.host),
      look("filesystem", OwnershipChecks.filesystem),
      look("supervisor", SupervisorChecks.supervisor),
      look("guards", GuardCheck.guards),
      look("agents", ProcessChecks.agents),
      look("clock", MachineChecks.clock),
      look("limits", MachineChecks.limits),
      look("spool", HookChecks.spool),
      look("hook program", HookChecks.program),
      look("hooks", HookChecks.settings)
    ],
    together
  ),
  joined
)

/** Without them none of its rows can be had; the others can. */
const withProcesses = Effect.scoped(
  Effect.gen(function* () {
    const opened = yield* Effect.either(Layer.build(Services.ownership))
    return Either.isRight(opened)
      ? yield* Effect.provide(owned, opened.right)
      : [bad("processes", opened.left.message, "check that /proc or ps can be read")]
  })
)

const checks = Effect.gen(function* () {
  const first = yield* machine
  const placed = yield* Effect.all([files, withProcesses, tools], together).pipe(
    Effect.map(joined),
    Effect.provide(Services.places),
    Effect.catchTag("SocketPathTooLong", (error) =>
      Effect.succeed([bad("state directory", error.message, "set DROVER_HOME to a shorter directory")])
    )
  )
  return [...first, ...placed]
})

const words: { readonly [S in Status]: readonly [word: string, colour: Colour] } = {
  pass: ["ok  ", "green"],
  advisory: ["note", "yellow"],
  fail: ["FAIL", "red"],
  skipped: ["skip", "dim"]
}

const render = (rows: ReadonlyArray<Check>, hasColour: boolean): ReadonlyArray<string> => {
  const longest = Math.max(...rows.map(({ name }) => name.length))
  return rows.flatMap(({ name, remedy, status, text }) => {
    const [word, colour] = words[status]
    const shown = hasColour ? paint(word, colour) : word
    return [
      `${shown}  ${pad(name, longest)}  ${plain(text)}`,
      ...(remedy === null ? [] : [`      ${pad("", longest)}  → ${plain(remedy)}`])
    ]
  })
}

/** `31 ok, 2 to look at, 1 fails`. */
const summary = (rows: ReadonlyArray<Check>): string => {
  const count = (status: Status): number => rows.filter((row) => row.status === status).length
  const failing = count("fail")
  return [
    `${count("pass")} ok`,
    ...(count("advisory") === 0 ? [] : [`${count("advisory")} to look at`]),
    ...(count("skipped") === 0 ? [] : [`${count("skipped")} skipped`]),
    failing === 1 ? "1 fails" : failing === 0 ? "none fails" : `${failing} fail`
  ].join(", ")
}

export const command = Command.make("doctor", { json: Flags.json }, ({ json }) =>
  Effect.gen(function* () {
    const output = yield* Output
    const rows = yield* checks
    yield* json
      ? output.json(rows.map(toJson))
      : output.line([...render(rows, output.hasColour), "", summary(rows)].join("\n"))
    if (rows.some(({ status }) => status === "fail")) return yield* new ExitCode.ExitWith({ code: ExitCode.failed })
  })
)
