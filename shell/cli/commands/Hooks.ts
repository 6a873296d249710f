/**
 * `drover hooks`: puts drover's hooks into the settings of the agents' own programs, takes them away, or says how they
 * stand. Agents that drover starts need none of it, but for OpenCode.
 */
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { ensureStateDirectory, Places } from "../../config/Places.ts"
import * as HookScript from "../../hooks/HookScript.ts"
import * as HookInstallation from "../../hooks/HookInstallation.ts"
import { type Agent, agents, type Scope, scopes } from "../../hooks/SettingsPlaces.ts"
import { find, isExecutable } from "../../process/Program.ts"
import { Failed, UsageError } from "../ExitCode.ts"
import * as Flags from "../Flags.ts"
import * as HooksView from "../HooksView.ts"
import { Output } from "../Output.ts"
import * as Services from "../Services.ts"
import * as Table from "../Table.ts"
import { plain } from "../Text.ts"

const operations = ["install", "remove", "status"] as const

const options = {
  operation: Args.choice<(typeof operations)[number]>(
    operations.map((name) => [name, name]),
    { name: "operation" }
  ).pipe(Args.withDescription("install, remove or status")),
  agent: Options.choice("agent", agents).pipe(
    Options.withDescription("Only this one: claude, codex or opencode"),
    Options.optional
  ),
  scope: Options.choice("scope", scopes).pipe(
    Options.withDescription("user (else install and remove take it) or project: this folder"),
    Options.optional
  ),
  isDryRun: Options.boolean("dry-run").pipe(Options.withDescription("Show what would change, and change nothing")),
  json: Flags.json
}

interface Wanted {
  readonly agents: ReadonlyArray<Agent>
  readonly scope: Option.Option<Scope>
  readonly isDryRun: boolean
  readonly json: boolean
}

const surroundings = Effect.gen(function* () {
  const { hook } = yield* Places
  const around: HookInstallation.Surroundings = { environment: process.env, cwd: process.cwd(), program: hook }
  return { ...around, isProgramThere: yield* Effect.promise(() => isExecutable(hook)) }
})

type Surroundings = Effect.Effect.Success<typeof surroundings>

/** Who can not run any hook. */
const missing = (chosen: ReadonlyArray<Agent>): Effect.Effect<ReadonlyArray<Agent>> =>
  Effect.filter(chosen, (agent) =>
    Effect.promise(async () => (await find(agent, process.env.PATH, process.cwd())) === undefined)
  )

const remarks = ({ isProgramThere, program }: Surroundings, gone: ReadonlyArray<Agent>): ReadonlyArray<string> => [
  ...(isProgramThere
    ? []
    : [`the program that hooks run is not there yet: ${plain(program)}; drover hooks install and drover up write it`]),
  ...gone.map((agent) => `${agent} is not in PATH`)
]

const status = Effect.fnUntraced(function* ({ agents: chosen, json, scope }: Wanted) {
  const output = yield* Output
  const around = yield* surroundings
  const gone = yield* missing(chosen)
  const places = chosen.flatMap((agent) =>
    Option.match(scope, { onNone: () => scopes, onSome: (one) => [one] }).map((each) =>
      HookInstallation.placeOf(agent, each, around)
    )
  )
  const rows = yield* Effect.forEach(places, (place) =>
    Effect.map(Effect.either(HookInstallation.standing(place, around)), (found) => ({
      ...place,
      hooks: Either.getOrElse(found, () => "unreadable" as const),
      problem: Either.match(found, { onLeft: ({ message }) => message, onRight: () => null })
    }))
  )
  if (json) {
    return yield* output.json({
      program: { path: around.program, is_there: around.isProgramThere },
      hooks: rows.map(({ agent, hooks, path, problem, scope }) => ({
        agent,
        scope,
        file: path,
        hooks,
        problem,
        has_program: !gone.includes(agent)
      }))
    })
  }
  const cells = rows.map(({ agent, hooks, path, scope }) => [agent, scope, hooks, plain(path)])
  const more = [
    ...rows.flatMap(({ problem }) => (problem === null ? [] : [plain(problem)])),
    ...(rows.some(({ hooks }) => hooks === "stale")
      ? ["stale ones are of another drover or state directory: drover hooks install renews them"]
      : []),
    ...remarks(around, gone)
  ]
  const table = Table.lines(HooksView.columns, cells, output.size()?.columns ?? null)
  yield* output.line([...table, ...(more.length === 0 ? [] : ["", ...more])].join("\n"))
})

/** Shows what changes in one file, and then changes it. */
const carryOut = Effect.fnUntraced(function* (
  operation: HookInstallation.Operation,
  place: HookInstallation.Place,
  around: Surroundings,
  { isDryRun, json }: Wanted
) {
  const output = yield* Output
  const change = yield* HookInstallation.change(operation, place, around)
  const diff = HooksView.diff(change)
  if (!json && diff !== "") yield* output.line(HooksView.shown(diff, output.hasColour))
  if (!isDryRun) yield* HookInstallation.apply(change)
  if (!json) yield* output.line(HooksView.outcome(operation, place, change, isDryRun))
  return { ...place, diff }
})

const writeProgram = Effect.zipRight(
  ensureStateDirectory,
  Effect.flatMap(Places, (places) =>
    Effect.mapError(HookScript.install(places), ({ message }) => new Failed({ message }))
  )
)

const operate = Effect.fnUntraced(function* (operation: HookInstallation.Operation, wanted: Wanted) {
  const output = yield* Output
  // Before any entry names it.
  if (operation === "install" && !wanted.isDryRun) yield* writeProgram
  const around = yield* surroundings
  const scope = Option.getOrElse(wanted.scope, () => "user" as const)
  const results = yield* Effect.forEach(wanted.agents, (agent) => {
    const place = HookInstallation.placeOf(agent, scope, around)
    return Effect.map(Effect.either(carryOut(operation, place, around, wanted)), (result) => ({ place, result }))
  })
  const problems = results.flatMap(({ result }) => (Either.isLeft(result) ? [plain(result.left.message)] : []))
  const gone = yield* missing(wanted.agents)
  if (wanted.json) {
    yield* output.json({
      operation,
      dry_run: wanted.isDryRun,
      program: { path: around.program, is_there: around.isProgramThere },
      hooks: results.map(({ place, result }) => ({
        agent: place.agent,
        scope: place.scope,
        file: place.path,
        changed: Either.isRight(result) && result.right.diff !== "",
        diff: Either.match(result, { onLeft: () => null, onRight: ({ diff }) => diff }),
        problem: Either.match(result, { onLeft: ({ message }) => message, onRight: () => null }),
        has_program: !gone.includes(place.agent)
      }))
    })
  } else if (operation === "install") {
    const caveats = results.flatMap(({ place, result }) =>
      Either.isRight(result) ? [HooksView.caveat(place.agent)].filter((each) => each !== null) : []
    )
    const more = [...caveats, ...remarks(around, gone)]
    if (more.length > 0) yield* output.line(["", ...more].join("\n"))
  }
  if (problems.length > 0) return yield* new Failed({ message: problems.join("\n") })
})

export const command = Command.make("hooks", options, ({ agent, isDryRun, json, operation, scope }) =>
  Effect.gen(function* () {
    const chosen = Option.match(agent, { onNone: () => agents, onSome: (one) => [one] })
    const wanted: Wanted = { agents: chosen, scope, isDryRun, json }
    if (operation !== "status") return yield* operate(operation, wanted)
    if (isDryRun)
      return yield* new UsageError({ message: "status changes nothing: --dry-run is for install and remove" })
    return yield* status(wanted)
  }).pipe(Effect.provide(Services.places))
)
