/**
 * From what a task says to what can be stored: its directory, its agent and its repository's policy are looked up, and
 * all that is not there is told at once.
 */
import { resolve as resolvePath } from "node:path"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { AgentDefinition } from "../../core/task/AgentDefinition.ts"
import { defaults } from "../../core/task/Spec.ts"
import type { UsedProgram } from "../agents/VendorVersions.ts"
import { find as findProgram } from "../process/Program.ts"
import type { NewTask } from "../store/Store.ts"
import { budgetDoubt, type Priced } from "./BudgetDoubt.ts"
import { type ConfigInvalid, type ConfigProblem, type ConfigUnreadable, format } from "./ConfigProblem.ts"
import type { Agents } from "./Configuration.ts"
import { nearest } from "./Nearest.ts"
import * as Repository from "../git/Repository.ts"
import * as RepositoryPolicy from "./RepositoryPolicy.ts"
import { newTask, type TaskTable, unsupportedVerifiers } from "./TaskTable.ts"

/** A task whose own keys are right. */
export interface Draft {
  /** The defaults filled in. */
  readonly table: TaskTable
  readonly name: string
  readonly prompt: string
  readonly dependsOnIds: NewTask["dependsOnIds"]
  readonly upcoming: boolean
  readonly key: string | null
  /** A problem at a key of the task, wherever that was written. */
  readonly problem: (
    kind: ConfigProblem["kind"],
    key: keyof TaskTable | readonly ["verify", number],
    message: string,
    suggestion?: string | null
  ) => ConfigProblem
}

export interface Surroundings {
  /** What a relative `cwd` is relative to: absolute, links resolved. */
  readonly folder: string
  readonly agents: Agents
  /** PATH. */
  readonly searchPath: string | undefined
  readonly priced: Priced
}

export interface Resolved {
  readonly tasks: ReadonlyArray<NewTask>
  /** With any, the tasks are not to be stored. */
  readonly problems: ReadonlyArray<ConfigProblem>
  /** For people, each with its place. */
  readonly warnings: ReadonlyArray<string>
  /** The vendors' programs that do the work, each once. */
  readonly programs: ReadonlyArray<UsedProgram>
}

const unsupported = ({ table, problem }: Draft): ReadonlyArray<ConfigProblem> => {
  const not = (key: keyof TaskTable): ReadonlyArray<ConfigProblem> => [
    problem("Unsupported", key, `${key} = ${JSON.stringify(table[key])} is not supported by this version yet`)
  ]
  return [
    ...(table.role === undefined ? [] : not("role")),
    ...(table.merge === "squash" ? not("merge") : []),
    ...unsupportedVerifiers(table.verify ?? [], (index, message) => problem("Unsupported", ["verify", index], message))
  ]
}

const agentOf = (draft: Draft, agents: Agents): Either.Either<AgentDefinition, ConfigProblem> => {
  const name = draft.table.agent ?? defaults.agent
  const agent = agents.get(name)
  if (agent === undefined) {
    const known = [...agents.keys()]
    const meant = nearest(name, known)
    const list = meant === null ? ` (known: ${known.join(", ")})` : ""
    return Either.left(draft.problem("Environment", "agent", `there is no agent ${JSON.stringify(name)}${list}`, meant))
  }
  return Either.right(agent)
}

/** As many names as fit a line. */
const list = (drafts: ReadonlyArray<Draft>): string => {
  const names = drafts.slice(0, 5).map((draft) => draft.name)
  return names.join(", ") + (drafts.length > names.length ? ` and ${drafts.length - names.length} more` : "")
}

const about = (drafts: ReadonlyArray<Draft>, key: keyof TaskTable, message: string): ReadonlyArray<string> =>
  drafts.slice(0, 1).map((first) => format(first.problem("Value", key, `warning: ${message}: ${list(drafts)}`)))

const warnings = (tasks: ReadonlyArray<readonly [Draft, NewTask]>, priced: Priced): ReadonlyArray<string> => {
  const unverified = tasks.filter(([, { spec }]) => spec.verify.length === 0).map(([draft]) => draft)
  const doubtful = new Map<string, Array<Draft>>()
  for (const [draft, { spec }] of tasks) {
    const { agent, budgetUsd, model } = spec
    const doubt = budgetUsd === null ? null : budgetDoubt(agent.kind, model ?? agent.model, priced)
    if (doubt !== null) doubtful.set(doubt, [...(doubtful.get(doubt) ?? []), draft])
  }
  return [
    ...about(unverified, "verify", "without a verifier the work will be shown as unverified"),
    ...[...doubtful].flatMap(([doubt, drafts]) => about(drafts, "budget_usd", doubt))
  ]
}

type Lookup<A> = (key: string) => Effect.Effect<A, ConfigInvalid | ConfigUnreadable, FileSystem.FileSystem>

/** Command, PATH and directory; compared by value. */
type ProgramKey = readonly [command: string, path: string | undefined, cwd: string]

/** A file has many tasks and few directories and programs: each is looked up once. */
interface Lookups {
  readonly directory: (path: string) => Effect.Effect<Either.Either<string, string>, never, FileSystem.FileSystem>
  readonly policy: Lookup<RepositoryPolicy.RepositoryPolicy>
  readonly program: (wanted: ProgramKey) => Effect.Effect<string | undefined>
  /** Why no worktree can be made of a directory; null where one can. */
  readonly inseparable: (directory: string) => Effect.Effect<string | null>
}

/** The real path of a directory, or what is wrong with it. */
const realDirectory = (path: string): Effect.Effect<Either.Either<string, string>, never, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fileSystem = yield* FileSystem.FileSystem
    const real = yield* fileSystem.realPath(path)
    const { type } = yield* fileSystem.stat(real)
    return type === "Directory" ? Either.right(real) : Either.left(`${path} is not a directory`)
  }).pipe(
    Effect.catchAll((cause) => {
      const isMissing = cause._tag === "SystemError" && cause.reason === "NotFound"
      return Effect.succeed(
        Either.left(isMissing ? `there is no directory ${path}` : `can not look at ${path}: ${cause.message}`)
      )
    })
  )

const lookups: Effect.Effect<Lookups> = Effect.gen(function* () {
  return {
    directory: yield* Effect.cachedFunction(realDirectory),
    policy: yield* Effect.cachedFunction(RepositoryPolicy.find),
    program: yield* Effect.cachedFunction(([command, path, cwd]: ProgramKey) =>
      Effect.promise(() => findProgram(command, path, cwd))
    ),
    inseparable: yield* Effect.cachedFunction((directory: string) =>
      Repository.find(process.env.PATH ?? "", directory).pipe(
        Effect.as(null),
        Effect.catchAll(({ message }) => Effect.succeed(message))
      )
    )
  }
})

const programOf = (agent: AgentDefinition, cwd: string, { searchPath }: Surroundings, { program }: Lookups) =>
  program(Data.tuple(agent.command, agent.env.PATH ?? searchPath, cwd))

const missingProgram = (
  draft: Draft,
  agent: AgentDefinition,
  cwd: string,
  surroundings: Surroundings,
  look: Lookups
): Effect.Effect<ReadonlyArray<ConfigProblem>> =>
  Effect.map(programOf(agent, cwd, surroundings, look), (found) => {
    if (found !== undefined) return []
    const where = agent.command.includes("/") ? "is not there or not executable" : "is not in PATH or not executable"
    const message = `the program of agent ${JSON.stringify(agent.name)}, ${agent.command}, ${where}`
    return [draft.problem("Environment", "agent", message)]
  })

const resolveOne = (
  draft: Draft,
  surroundings: Surroundings,
  look: Lookups
): Effect.Effect<
  { readonly task: NewTask | null; readonly problems: ReadonlyArray<ConfigProblem> },
  never,
  FileSystem.FileSystem
> =>
  Effect.gen(function* () {
    const problems = [...unsupported(draft)]
    const agent = agentOf(draft, surroundings.agents)
    // With a role no agent is started.
    if (Either.isLeft(agent) && draft.table.role === undefined) problems.push(agent.left)
    const directory = yield* look.directory(resolvePath(surroundings.folder, draft.table.cwd ?? "."))
    if (Either.isLeft(directory)) problems.push(draft.problem("Environment", "cwd", directory.left))
    if (Either.isRight(agent)) {
      const cwd = Either.getOrElse(directory, () => surroundings.folder)
      problems.push(...(yield* missingProgram(draft, agent.right, cwd, surroundings, look)))
    }
    if (Either.isLeft(directory)) return { task: null, problems }
    const isApart = draft.table.isolate === "worktree" || draft.table.merge === "squash"
    const hindrance = isApart ? yield* look.inseparable(directory.right) : null
    if (hindrance !== null) problems.push(draft.problem("Environment", "isolate", hindrance))
    const policy = yield* Effect.either(look.policy(directory.right))
    if (Either.isLeft(policy)) {
      const error = policy.left
      problems.push(
        ...(error._tag === "ConfigInvalid" ? error.problems : [draft.problem("Environment", "cwd", error.message)])
      )
    }
    if (Either.isLeft(agent) || Either.isLeft(policy)) return { task: null, problems }
    const task = newTask({ ...draft, cwd: directory.right, agent: agent.right })
    return { task: { ...task, spec: RepositoryPolicy.apply(policy.right, task.spec) }, problems }
  })

const vendorPrograms = (
  tasks: ReadonlyArray<readonly [Draft, NewTask]>,
  surroundings: Surroundings,
  look: Lookups
): Effect.Effect<ReadonlyArray<UsedProgram>> =>
  Effect.gen(function* () {
    const found = new Map<string, UsedProgram & { readonly drafts: Array<Draft> }>()
    for (const [draft, { spec }] of tasks) {
      const { agent, cwd } = spec
      if (agent.kind === "command") continue
      const file = yield* programOf(agent, cwd, surroundings, look)
      if (file === undefined) continue
      const drafts = found.get(file)?.drafts ?? []
      drafts.push(draft)
      const warning = (message: string): string => about(drafts, "agent", message).join()
      if (!found.has(file)) found.set(file, { vendor: agent.kind, agent, file, cwd, warning, drafts })
    }
    return [...found.values()]
  })

/** Looks up everything that the drafts name; what several of them share is told once. */
export const resolve = (
  drafts: ReadonlyArray<Draft>,
  surroundings: Surroundings
): Effect.Effect<Resolved, never, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const look = yield* lookups
    const each = yield* Effect.forEach(
      drafts,
      (draft) => Effect.map(resolveOne(draft, surroundings, look), (found) => ({ draft, ...found })),
      { concurrency: 8 }
    )
    const problems = new Map(each.flatMap((one) => one.problems).map((problem) => [format(problem), problem]))
    const tasks = each.flatMap(({ draft, task }) => (task === null ? [] : [[draft, task] as const]))
    return {
      tasks: tasks.map(([, task]) => task),
      problems: [...problems.values()],
      warnings: warnings(tasks, surroundings.priced),
      programs: yield* vendorPrograms(tasks, surroundings, look)
    }
  })
