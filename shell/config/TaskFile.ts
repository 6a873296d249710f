/**
 * A task file, and one task from a command line: decoded, checked and resolved whole, or refused with every problem.
 */
import { dirname } from "node:path"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import * as AgentTable from "./AgentTable.ts"
import * as BrainTable from "./BrainTable.ts"
import { findCycle } from "../../core/task/Dependencies.ts"
import type { TaskId } from "../../core/task/Identifiers.ts"
import type { UsedProgram } from "../agents/VendorVersions.ts"
import type { NewTask } from "../store/Store.ts"
import { ConfigInvalid, type ConfigProblem, ConfigUnreadable, arrange } from "./ConfigProblem.ts"
import { Configuration, withAgents } from "./Configuration.ts"
import type { Path } from "./KeyPositions.ts"
import { nearest } from "./Nearest.ts"
import { type Draft, resolve } from "./TaskResolution.ts"
import { TaskTable, verifyProblems } from "./TaskTable.ts"
import * as Toml from "./Toml.ts"
import { maybe } from "./Values.ts"

/** The whole file as it is written. */
export const TaskFileSchema = Schema.Struct({
  task: maybe(Schema.Array(TaskTable), "The tasks"),
  defaults: maybe(TaskTable, "Values for every task that does not say otherwise"),
  agents: maybe(AgentTable.AgentTables, "Agents of this file; they take the place of the user's with their names"),
  brain: maybe(BrainTable.BrainTable, "What this file's `brain` verifiers ask; it takes the place of the user's")
}).annotations({ title: "drover task file" })

export interface TaskFile {
  /** Links resolved: the identity of its batch. */
  readonly path: string
  readonly tasks: ReadonlyArray<NewTask>
  /** For people, each with its place. */
  readonly warnings: ReadonlyArray<string>
  /** The vendors' programs that do the work, each once: they can be asked for their versions. */
  readonly programs: ReadonlyArray<UsedProgram>
}

/** Where the value that holds for a task's key is written: in the task, in the defaults, or nowhere. */
const written = (document: Toml.Document, index: number, key: string): Path => {
  const own: Path = ["task", index, key]
  if (Toml.valueAt(document.data, own) !== undefined) return own
  const common: Path = ["defaults", key]
  return Toml.valueAt(document.data, common) === undefined ? ["task", index] : common
}

const textAt = (document: Toml.Document, path: Path): string | null => {
  const value = Toml.valueAt(document.data, path)
  return typeof value === "string" ? value : null
}

const missingKeys = (document: Toml.Document, list: unknown): ReadonlyArray<ConfigProblem> => {
  if (list === undefined || (Array.isArray(list) && list.length === 0)) {
    return [Toml.problem(document, "Key", [], "there is no [[task]] in this file")]
  }
  if (!Array.isArray(list)) return []
  return list.flatMap((task, index) =>
    ["name", "prompt"].flatMap((key) =>
      typeof task === "object" && task !== null && written(document, index, key).at(-1) !== key
        ? [Toml.problem(document, "Key", ["task", index, key], `missing key ${JSON.stringify(key)}`)]
        : []
    )
  )
}

/** Each of them costs a walk over the whole file; the others are told when these are mended. */
const most = 20

/** Doubled and unknown names, and every cycle; it looks at what can be read, however wrong the rest may be. */
const nameProblems = (document: Toml.Document, count: number): ReadonlyArray<ConfigProblem> => {
  const problems = new Map<string, ConfigProblem>()
  const add = (path: Path, message: string, suggestion: string | null = null): void => {
    problems.set(Toml.keyText(path), Toml.problem(document, "Name", path, message, suggestion))
  }
  const first = new Map<string, number>()
  for (let index = 0; index < count; index++) {
    const name = textAt(document, written(document, index, "name"))
    if (name === null) continue
    const other = first.get(name)
    if (other === undefined) first.set(name, index)
    else {
      const { line } = document.place(["task", other, "name"])
      add(["task", index, "name"], `a task ${JSON.stringify(name)} is there already, in line ${line}`)
    }
  }
  const graph = new Map<string, ReadonlyArray<string>>()
  let unknown = 0
  for (const [name, index] of first) {
    const path = written(document, index, "depends_on")
    const list = Toml.valueAt(document.data, path)
    const wanted = Array.isArray(list) && path.at(-1) === "depends_on" ? list : []
    for (const [place, dependency] of wanted.entries()) {
      if (typeof dependency !== "string" || first.has(dependency)) continue
      const message = `there is no task ${JSON.stringify(dependency)} in this file`
      add([...path, place], message, unknown++ < most ? nearest(dependency, [...first.keys()]) : null)
    }
    graph.set(
      name,
      wanted.filter((each) => typeof each === "string")
    )
  }
  for (let cycles = 0; cycles < most; cycles++) {
    const cycle = findCycle(graph)
    if (cycle === null) break
    const [start = ""] = cycle
    const path = [...cycle, start].join(" → ")
    add(written(document, first.get(start) ?? 0, "depends_on"), `tasks that wait for each other: ${path}`)
    for (const name of cycle) graph.delete(name)
  }
  return [...problems.values()]
}

/** A task that names an agent for a role that it does not have: whoever wrote that expects it to work. */
const idleRoles = (
  document: Toml.Document,
  { defaults, task = [] }: typeof TaskFileSchema.Type
): ReadonlyArray<ConfigProblem> =>
  task.flatMap((own, index) => {
    const { merge, qa } = { ...defaults, ...own }
    const idle = (key: "qa_agent" | "merge_agent", needed: string): ReadonlyArray<ConfigProblem> =>
      own[key] === undefined
        ? []
        : [Toml.problem(document, "Key", ["task", index, key], `${key} goes with ${needed}, which this task has not`)]
    return [
      ...(qa === "agent" ? [] : idle("qa_agent", 'qa = "agent"')),
      ...(merge === "squash" ? [] : idle("merge_agent", 'merge = "squash"'))
    ]
  })

interface Decoded {
  readonly drafts: ReadonlyArray<Draft>
  readonly agents: ReturnType<typeof AgentTable.resolve>
  /** Null where the file has none. */
  readonly brain: ReturnType<typeof BrainTable.resolve>
}

/** Everything that can be said of a file without looking at anything else; `folder` is the one it is in. */
export const fromDocument = (document: Toml.Document, folder: string): Either.Either<Decoded, ConfigInvalid> => {
  const decoded = Toml.decode(TaskFileSchema, document)
  const list = Toml.valueAt(document.data, ["task"])
  const count = Array.isArray(list) ? list.length : 0
  const problems = [
    ...Either.match(decoded, { onLeft: (found) => found, onRight: () => [] }),
    ...AgentTable.problems(document),
    ...BrainTable.problems(document),
    ...missingKeys(document, list),
    ...nameProblems(document, count),
    ...verifyProblems(document, ["defaults", "verify"]),
    ...Array.from({ length: count }, (_, index) => verifyProblems(document, ["task", index, "verify"])).flat()
  ]
  if (Either.isLeft(decoded) || problems.length > 0) {
    return Either.left(new ConfigInvalid({ file: document.file, problems: arrange(problems) }))
  }
  const idle = idleRoles(document, decoded.right)
  if (idle.length > 0) return Either.left(new ConfigInvalid({ file: document.file, problems: idle }))
  const drafts = (decoded.right.task ?? []).map((own, index): Draft => {
    const table = { ...decoded.right.defaults, ...own }
    return {
      table,
      // `missingKeys` has made sure of both.
      name: table.name ?? "",
      prompt: table.prompt ?? "",
      dependsOnIds: [],
      upcoming: false,
      key: null,
      problem: (kind, key, message, suggestion = null) => {
        const path = typeof key === "string" ? written(document, index, key) : verifierPath(document, index, key[1])
        return Toml.problem(document, kind, path, message, suggestion)
      }
    }
  })
  const { agents, brain } = decoded.right
  return Either.right({
    drafts,
    agents: AgentTable.resolve(agents, folder),
    brain: brain === undefined ? null : BrainTable.resolve(brain, folder)
  })
}

const verifierPath = (document: Toml.Document, index: number, item: number): Path => [
  ...written(document, index, "verify"),
  item
]

/**
 * Reads a task file. Mistakes in the file are told first; only a file without any is compared with what is on this
 * machine: directories, agents, their programs, the policy of each repository.
 */
export const load = (
  file: string
): Effect.Effect<TaskFile, ConfigInvalid | ConfigUnreadable, Configuration | FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fileSystem = yield* FileSystem.FileSystem
    const configuration = yield* Configuration
    const document = yield* Toml.read(file)
    const path = yield* Effect.mapError(
      fileSystem.realPath(file),
      (cause) => new ConfigUnreadable({ file, reason: "Other", cause })
    )
    const folder = dirname(path)
    const { drafts, agents, brain } = yield* fromDocument(document, folder)
    const resolved = yield* resolve(drafts, {
      folder,
      programs: {
        agents: withAgents(configuration.agents, agents),
        brain: brain ?? configuration.brain
      },
      configured: configuration,
      roles: configuration.roles,
      searchPath: configuration.searchPath,
      priced: configuration
    })
    if (resolved.problems.length > 0) return yield* new ConfigInvalid({ file, problems: arrange(resolved.problems) })
    const { programs, tasks, warnings } = resolved
    return { path, tasks, warnings, programs }
  })

/** What `drover submit` was told; null for what it was not. */
export interface SubmitFlags {
  readonly name: string
  readonly prompt: string
  /** Absolute, or relative to `folder`. */
  readonly cwd: string | null
  readonly agent: string | null
  readonly role: string | null
  readonly model: string | null
  /** Shell commands. */
  readonly verify: ReadonlyArray<string>
  readonly dependsOn: ReadonlyArray<TaskId>
  /** The same key again is the same task. */
  readonly key: string | null
  /** Stored, but not to be started before it is triaged. */
  readonly upcoming: boolean
}

/** One task from flags, checked as one of a file is; `folder` is the directory of the command. */
export const submitFlags = (
  flags: SubmitFlags,
  folder: string
): Effect.Effect<
  { readonly task: NewTask } & Pick<TaskFile, "warnings" | "programs">,
  ConfigInvalid,
  Configuration | FileSystem.FileSystem
> =>
  Effect.gen(function* () {
    const configuration = yield* Configuration
    const file = "drover submit"
    const { name, prompt, cwd, agent, role, model } = flags
    const data = Object.fromEntries(
      Object.entries({ name, prompt, cwd, agent, role, model, verify: flags.verify.map((run) => ({ run })) }).filter(
        ([, value]) => value !== null
      )
    )
    const document: Toml.Document = { file, data, place: () => ({ line: null, column: null }) }
    const table = yield* Effect.mapError(
      Toml.decode(TaskTable, document),
      (problems) => new ConfigInvalid({ file, problems })
    )
    const draft: Draft = {
      table,
      name,
      prompt,
      dependsOnIds: [...new Set(flags.dependsOn)],
      upcoming: flags.upcoming,
      key: flags.key,
      problem: (kind, key, message, suggestion = null) =>
        Toml.problem(document, kind, typeof key === "string" ? [key] : key, message, suggestion)
    }
    const { searchPath } = configuration
    const surroundings = {
      folder,
      programs: configuration,
      configured: configuration,
      roles: configuration.roles,
      searchPath,
      priced: configuration
    }
    const resolved = yield* resolve([draft], surroundings)
    const { problems, programs, tasks, warnings } = resolved
    const [task] = tasks
    if (task === undefined || problems.length > 0) return yield* new ConfigInvalid({ file, problems })
    return { task, warnings, programs }
  })
