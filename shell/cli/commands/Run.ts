/**
 * `drover run`: stores a task file and brings it to its end, or to where it needs a person.
 */
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { isLive } from "../../../core/execution/Execution.ts"
import { Configuration } from "../../config/Configuration.ts"
import { ensureStateDirectory } from "../../config/Places.ts"
import { Store, type Submitted } from "../../store/Store.ts"
import type { TaskFile } from "../../config/TaskFile.ts"
import * as Batch from "../Batch.ts"
import * as DryRun from "../DryRun.ts"
import * as ExitCode from "../ExitCode.ts"
import * as Flags from "../Flags.ts"
import { Output } from "../Output.ts"
import * as Services from "../Services.ts"
import { codeOf } from "../Signals.ts"
import * as Summary from "../Summary.ts"
import * as Supervising from "../Supervising.ts"
import * as Table from "../Table.ts"
import * as VersionWarnings from "../VersionWarnings.ts"

interface Wanted {
  readonly file: string
  readonly again: boolean
  readonly isStopping: boolean
  readonly isJson: boolean
}

const plural = (count: number): string => `${count} task${count === 1 ? "" : "s"}`

/** `batch 3: 2 tasks added, 1 unchanged`. */
const report = ({ batch, tasks }: Submitted): string => {
  const parts = (["added", "updated", "unchanged"] as const).flatMap((was) => {
    const count = tasks.filter((task) => task.was === was).length
    return count === 0 ? [] : [`${plural(count)} ${was}`]
  })
  return `batch ${batch ?? "?"}: ${parts.join(", ")}`
}

/** How to go on after a signal, or after the agents were stopped. */
const goOn = (end: Batch.End, { file, isStopping }: Wanted): string => {
  const again = `go on: drover run ${file}`
  if (end._tag === "Stopped") return `every agent was stopped · ${again}`
  if (end.role === "Following") return `the other supervisor goes on · look: drover status --batch ${file} · ${again}`
  return isStopping
    ? `every agent is stopped · ${again}`
    : `agents that run go on without a supervisor · ${again} · stop them: drover down --stop-agents`
}

const work = (loaded: TaskFile, wanted: Wanted, tellVersions: Effect.Effect<void>) =>
  Effect.gen(function* () {
    const { again, file, isJson, isStopping } = wanted
    const output = yield* Output
    const store = yield* Store
    const since = yield* Clock.currentTimeMillis
    const submitted = yield* store.submit({ path: loaded.path, again, tasks: loaded.tasks, at: since })
    const { batch } = submitted
    if (batch === null) return yield* Effect.dieMessage("a task file is always a batch")
    if (!isJson) yield* output.line(report(submitted))
    yield* tellVersions

    const end = yield* Batch.watch({ file, batch, since, isStopping, isQuiet: isJson })
    const { look } = end
    const tasks = yield* Summary.read(store, look.batch.map(look.view.see), look.now)
    const signal = end._tag === "Signal" ? end.signal : null
    const code = signal === null ? Summary.exitCode(tasks) : codeOf(signal)
    const hint = end._tag === "Settled" ? null : goOn(end, wanted)
    if (isJson) {
      yield* output.json({
        batch,
        exit_code: code,
        signal,
        elapsed_ms: look.now - since,
        tasks: tasks.map(Summary.toJson)
      })
      if (hint !== null) yield* output.error(hint)
    } else {
      const others = [...look.tasks.values()].filter((task) => task.batch !== batch && isLive(task.execution)).length
      const isAlone = end._tag === "Settled" && end.role === "Here" && others > 0
      if (!output.isLive) yield* output.line("")
      yield* output.line(Summary.render(tasks, look.now - since, output.hasColour).join("\n"))
      if (isAlone) yield* output.line(`${plural(others)} of other batches still run, without a supervisor: drover up`)
      if (hint !== null) yield* output.line(hint)
    }
    if (code !== ExitCode.done) return yield* new ExitCode.ExitWith({ code })
  })

/** What is stored of the file's batch, and of all others. */
const stored = (path: string, again: boolean) =>
  Effect.gen(function* () {
    const store = yield* Store
    const batch = again ? Option.none() : yield* store.batchOf(path)
    const own = Option.isNone(batch) ? [] : yield* store.tasks({ batch: batch.value })
    const ids = new Set(own.map(({ id }) => id))
    const { tasks } = yield* store.open
    return { stored: own, others: tasks.filter(({ id }) => !ids.has(id)), isDraining: yield* store.isDraining }
  })

const dryRun = (loaded: TaskFile, { again, isJson }: Wanted) =>
  Effect.gen(function* () {
    const output = yield* Output
    const { policy } = yield* Configuration
    const found = Option.getOrElse(yield* Services.ifStored(stored(loaded.path, again)), () => ({
      stored: [],
      others: [],
      isDraining: false
    }))
    const now = yield* Clock.currentTimeMillis
    const tasks = DryRun.preview({ ...found, asked: loaded.tasks, policy, now })
    const columns = [{ title: "NAME", least: 8 }, { title: "WILL" }, { title: "AT FIRST", least: 10 }]
    const rows = tasks.map(({ first, name, will }) => [name, will, first])
    if (isJson) yield* output.json({ tasks })
    else
      yield* output.line(
        [...Table.lines(columns, rows, output.size()?.columns ?? null), "", "nothing was stored"].join("\n")
      )
    const refused = tasks.filter(({ will }) => will === "refuse").map(({ name }) => name)
    if (refused.length > 0) {
      const message = `changed, but started already: ${refused.join(", ")}; --again makes a new batch`
      return yield* new ExitCode.UsageError({ message })
    }
  })

const options = {
  file: Flags.taskFile,
  isDryRun: Options.boolean("dry-run").pipe(Options.withDescription("Show what would be done; store nothing")),
  again: Options.boolean("again").pipe(Options.withDescription("Make a new batch of the same file")),
  stopAgents: Flags.stopAgents("Stop every agent when interrupted; without it they go on"),
  json: Flags.json
}

export const command = Command.make("run", options, ({ again, file, isDryRun, json, stopAgents }) =>
  Effect.gen(function* () {
    const output = yield* Output
    const wanted: Wanted = { file, again, isStopping: stopAgents, isJson: json }
    const TaskFile = yield* Effect.promise(() => import("../../config/TaskFile.ts"))
    const loaded = yield* Effect.provide(TaskFile.load(file), Services.configuration)
    for (const warning of loaded.warnings) yield* output.error(warning)
    const tellVersions = yield* VersionWarnings.begin(loaded.programs)
    if (isDryRun)
      return yield* Effect.zipRight(tellVersions, Effect.provide(dryRun(loaded, wanted), Services.configuration))
    yield* ensureStateDirectory
    yield* Effect.provide(work(loaded, wanted, tellVersions), Supervising.layer)
  }).pipe(Effect.provide(Services.places))
)
