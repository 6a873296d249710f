/**
 * `drover unit`: the file by which systemd or launchd keeps a supervisor running for this user: shows it, puts it in its
 * place, or takes it away.
 */
import { execFile } from "node:child_process"
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as SettingsFile from "../../hooks/SettingsFile.ts"
import * as ServiceUnit from "../../service/ServiceUnit.ts"
import { Failed, UsageError } from "../ExitCode.ts"
import * as Flags from "../Flags.ts"
import { Output } from "../Output.ts"
import * as Services from "../Services.ts"
import { plain } from "../Text.ts"
import * as ThisUnit from "../ThisUnit.ts"

const operations = ["print", "install", "remove"] as const

const options = {
  operation: Args.choice<(typeof operations)[number]>(
    operations.map((name) => [name, name]),
    { name: "operation" }
  ).pipe(Args.withDescription("print, install or remove")),
  manager: Options.choice("for", ServiceUnit.managers).pipe(
    Options.withDescription("systemd or launchd; that of this system when not given"),
    Options.optional
  ),
  now: Options.boolean("now").pipe(
    Options.withDescription("Run the commands that start it (install) or end it (remove) too")
  ),
  json: Flags.json
}

/** What a command of a service manager printed where it fails. */
const said = (program: string, args: ReadonlyArray<string>): Effect.Effect<void, Failed> =>
  Effect.async((resume) => {
    const child = execFile(program, args, (error, _, stderr) => {
      const why = stderr.trim() === "" ? error?.message : stderr.trim()
      resume(
        error === null
          ? Effect.void
          : new Failed({ message: `${[program, ...args].join(" ")}: ${plain(why ?? "failed")}` })
      )
    })
    return Effect.sync(() => child.kill())
  })

const runAll = (commands: ReadonlyArray<ReadonlyArray<string>>) =>
  Effect.forEach(commands, ([program = "", ...args]) => said(program, args), { discard: true })

/** What is not loaded can not be booted out, and need not be; where it could not for another reason, bootstrap says so. */
const bootAgain = (unit: ServiceUnit.Unit) =>
  Effect.zipRight(Effect.ignore(runAll(ServiceUnit.stopCommands(unit))), runAll(ServiceUnit.startCommands(unit)))

interface Wanted {
  readonly now: boolean
  readonly json: boolean
}

const install = Effect.fnUntraced(function* (unit: ServiceUnit.Unit, { json, now }: Wanted) {
  const output = yield* Output
  const { file, standing } = yield* ServiceUnit.look(unit)
  if (standing !== "current") yield* SettingsFile.write(file, unit.text)
  // What runs by the older file goes on by it until it is started again.
  const isAnew = standing === "outdated"
  const commands = isAnew ? ServiceUnit.restartCommands(unit) : ServiceUnit.startCommands(unit)
  const was = { absent: "written", current: "unchanged", outdated: "refreshed" } as const
  if (!json) yield* output.line(`${plain(unit.path)}: ${was[standing]}`)
  if (now) yield* isAnew && unit.manager === "launchd" ? bootAgain(unit) : runAll(commands)
  const next = now ? [] : commands.map((words) => words.join(" "))
  if (json) {
    return yield* output.json({
      manager: unit.manager,
      name: unit.name,
      path: unit.path,
      was: was[standing],
      started: now,
      next
    })
  }
  const linger =
    unit.manager === "systemd" ? ["so that it runs while you are not logged in: loginctl enable-linger"] : []
  const lines = now
    ? [isAnew ? "started again" : "started", ...linger]
    : [
        isAnew ? "to have it used, now and with every login:" : "to start it, now and with every login:",
        ...next.map((line) => `  ${line}`),
        ...linger
      ]
  yield* output.line(lines.join("\n"))
})

const remove = Effect.fnUntraced(function* (unit: ServiceUnit.Unit, { json, now }: Wanted) {
  const output = yield* Output
  const { file, standing } = yield* ServiceUnit.look(unit)
  const commands = ServiceUnit.stopCommands(unit)
  if (standing !== "absent") {
    if (now) yield* runAll(commands)
    yield* SettingsFile.write(file, null)
  }
  const was = standing === "absent" ? "absent" : "removed"
  const next = now || standing === "absent" ? [] : commands.map((words) => words.join(" "))
  if (json)
    return yield* output.json({ manager: unit.manager, name: unit.name, path: unit.path, was, stopped: now, next })
  yield* output.line(`${plain(unit.path)}: ${was === "absent" ? "not there" : was}`)
  if (next.length > 0)
    yield* output.line(
      ["to end it, and no more start it; agents go on:", ...next.map((line) => `  ${line}`)].join("\n")
    )
})

export const command = Command.make("unit", options, ({ json, manager, now, operation }) =>
  Effect.gen(function* () {
    const output = yield* Output
    const unit = yield* ThisUnit.make(Option.getOrUndefined(manager))
    if (operation === "install") return yield* install(unit, { json, now })
    if (operation === "remove") return yield* remove(unit, { json, now })
    if (now) return yield* new UsageError({ message: "print changes nothing: --now is for install and remove" })
    return yield* json ? output.json(unit) : output.raw(unit.text)
  }).pipe(
    Effect.catchTag("ServiceImpossible", "SettingsUnusable", ({ message }) => new Failed({ message })),
    Effect.provide(Services.places)
  )
)
