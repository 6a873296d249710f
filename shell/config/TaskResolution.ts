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
import { type Target } from "../../core/task/Spec.ts"
import type { UsedProgram } from "../agents/VendorVersions.ts"
import { find as findProgram } from "../process/Program.ts"
import type { NewTask } from "../store/Store.ts"
import { budgetDoubt, type Priced } from "./BudgetDoubt.ts"
import { type ConfigInvalid, type ConfigProblem, type ConfigUnreadable, format } from "./ConfigProblem.ts"
import * as Repository from "../git/Repository.ts"
import * as RepositoryPolicy from "./RepositoryPolicy.ts"
import { agentOf, confused, roleAgentsOf, unholdable, unsupported } from "./RoleResolution.ts"
import type { Roles } from "./RoleTable.ts"
import { newTask, type TaskTable, verifier } from "./TaskTable.ts"
import { type Programs } from "./VerifierResolution.ts"
import * as VerifierResolution from "./VerifierResolution.ts"

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
  /** What tasks and their verifiers may name. */
  readonly programs: Programs
  /** What the gates of a repository may name: a task file does not take the place of that. */
  readonly configured: Programs
  /** Which agent judges and which merges, and which does the work of a role where no session takes it. */
  readonly roles: Roles
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
  const doubt = (draft: Draft, what: string, { kind }: Pick<AgentDefinition, "kind">, model: string | null): void => {
    const why = budgetDoubt(kind, model, priced)
    if (why !== null) doubtful.set(what + why, [...(doubtful.get(what + why) ?? []), draft])
  }
  for (const [draft, { spec }] of tasks) {
    const { agent, budgetUsd, model, roleAgents = {}, verify } = spec
    if (budgetUsd !== null) {
      doubt(draft, "", agent, model ?? agent.model)
      for (const other of Object.values(roleAgents)) doubt(draft, `of agent ${other.name}, `, other, other.model)
    }
    for (const judge of verify) {
      if (judge._tag === "Run" || judge.budgetUsd === undefined || judge.definition === undefined) continue
      doubt(draft, "of a verifier, ", judge.definition, judge.model ?? judge.definition.model)
    }
  }
  return [
    ...about(unverified, "verify", "without a verifier the work will be shown as unverified"),
    ...[...doubtful].flatMap(([why, drafts]) =>
      about(drafts, why.startsWith("of a verifier") ? "verify" : "budget_usd", why)
    )
  ]
}

type Lookup<A> = (key: string) => Effect.Effect<A, ConfigInvalid | ConfigUnreadable, FileSystem.FileSystem>

/** Command, PATH and directory; compared by value. */
type ProgramKey = readonly [command: string, path: string | undefined, cwd: string]

/** Directory and branch; compared by value. */
type TargetKey = readonly [directory: string, base: string | null]

/** A file has many tasks and few directories and programs: each is looked up once. */
interface Lookups {
  readonly directory: (path: string) => Effect.Effect<Either.Either<string, string>, never, FileSystem.FileSystem>
  readonly policy: Lookup<RepositoryPolicy.RepositoryPolicy>
  readonly program: (wanted: ProgramKey) => Effect.Effect<string | undefined>
  /** Of a directory that a worktree is to be made of; left is why none can be made. */
  readonly repository: (directory: string) => Effect.Effect<Either.Either<Repository.Repository, string>>
  /** The branch that work in a directory lands on; left is why nothing can land. */
  readonly target: (place: TargetKey) => Effect.Effect<Either.Either<Target, string>>
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

/** What came of a look, or why it could not be had, in words. */
const inWords = <A>(look: Effect.Effect<A, { readonly message: string }>): Effect.Effect<Either.Either<A, string>> =>
  Effect.map(
    Effect.either(look),
    Either.mapLeft(({ message }) => message)
  )

const lookups: Effect.Effect<Lookups> = Effect.gen(function* () {
  const path = process.env.PATH ?? ""
  const repository = yield* Effect.cachedFunction((directory: string) => inWords(Repository.find(path, directory)))
  return {
    repository,
    target: yield* Effect.cachedFunction(([directory, base]: TargetKey) =>
      Effect.flatMap(
        repository(directory),
        Either.match({
          onLeft: (why) => Effect.succeed(Either.left(why)),
          onRight: (found) => inWords(Repository.targetOf(path, directory, found, base))
        })
      )
    ),
    directory: yield* Effect.cachedFunction(realDirectory),
    policy: yield* Effect.cachedFunction(RepositoryPolicy.find),
    program: yield* Effect.cachedFunction(([command, path, cwd]: ProgramKey) =>
      Effect.promise(() => findProgram(command, path, cwd))
    )
  }
})

const programOf = (
  { command, env }: AgentDefinition,
  cwd: string,
  { searchPath }: Surroundings,
  { program }: Lookups
) => program(Data.tuple(command, env.PATH ?? searchPath, cwd))

/** Why a program can not be started; null where it can. `who`: whose it is. */
const missingProgram = (
  who: string,
  agent: AgentDefinition,
  cwd: string,
  surroundings: Surroundings,
  look: Lookups
): Effect.Effect<string | null> =>
  Effect.map(programOf(agent, cwd, surroundings, look), (found) => {
    if (found !== undefined) return null
    const { command } = agent
    const where = command.includes("/") ? "is not there or not executable" : "is not in PATH or not executable"
    return `the program of ${who}, ${command}, ${where}`
  })

/** The verifiers of a task, each with its place. */
const written = ({ problem, table }: Draft): ReadonlyArray<RepositoryPolicy.Gate> =>
  (table.verify ?? []).flatMap(verifier).map((each, index) => ({
    verifier: each,
    problem: (kind, message, suggestion = null) => problem(kind, ["verify", index], message, suggestion)
  }))

/** A verifier with its program, and what is wrong with it, told by `problem`. */
const resolveVerifier = Effect.fnUntraced(function* (
  { problem, verifier: asked }: RepositoryPolicy.Gate,
  programs: Programs,
  cwd: string,
  surroundings: Surroundings,
  look: Lookups
) {
  const found = VerifierResolution.resolve(asked, programs)
  if (Either.isLeft(found)) {
    const { kind, message, suggestion } = found.left
    return { verifier: asked, problems: [problem(kind, message, suggestion)] }
  }
  const resolved = found.right
  if (resolved._tag === "Run" || resolved.definition === undefined) return { verifier: resolved, problems: [] }
  const who = VerifierResolution.called(resolved)
  const missing = yield* missingProgram(who, resolved.definition, cwd, surroundings, look)
  return { verifier: resolved, problems: missing === null ? [] : [problem("Environment", missing)] }
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
    const agent = agentOf(draft, surroundings)
    if (Either.isLeft(agent)) problems.push(agent.left)
    const directory = yield* look.directory(resolvePath(surroundings.folder, draft.table.cwd ?? "."))
    if (Either.isLeft(directory)) problems.push(draft.problem("Environment", "cwd", directory.left))
    const cwd = Either.getOrElse(directory, () => surroundings.folder)
    const verifiersOf = (all: ReadonlyArray<RepositoryPolicy.Gate>, programs: Programs) =>
      Effect.forEach(all, (one) => resolveVerifier(one, programs, cwd, surroundings, look))
    const own = yield* verifiersOf(written(draft), surroundings.programs)
    if (Either.isRight(agent)) {
      const who = `agent ${JSON.stringify(agent.right.name)}`
      const missing = yield* missingProgram(who, agent.right, cwd, surroundings, look)
      if (missing !== null) problems.push(draft.problem("Environment", "agent", missing))
    }
    const roles = roleAgentsOf(draft, surroundings)
    problems.push(...roles.problems)
    if (Either.isRight(agent)) problems.push(...confused(draft, agent.right, roles.found))
    for (const { definition, key } of roles.found) {
      const missing = yield* missingProgram(
        `agent ${JSON.stringify(definition.name)}`,
        definition,
        cwd,
        surroundings,
        look
      )
      if (missing !== null) problems.push(draft.problem("Environment", key, missing))
    }
    problems.push(...own.flatMap((each) => each.problems))
    if (Either.isLeft(directory)) return { task: null, problems }
    const { base = null, isolate, merge } = draft.table
    const isApart = isolate === "worktree" || merge === "squash"
    const repository = isApart ? yield* look.repository(directory.right) : null
    if (repository !== null && Either.isLeft(repository)) {
      problems.push(draft.problem("Environment", merge === "squash" ? "merge" : "isolate", repository.left))
    }
    const lands = merge === "squash" && repository !== null && Either.isRight(repository)
    const target = lands ? yield* look.target(Data.tuple(directory.right, base)) : null
    if (target !== null && Either.isLeft(target)) {
      problems.push(draft.problem("Environment", base === null ? "merge" : "base", target.left))
    }
    const policy = yield* Effect.either(look.policy(directory.right))
    if (Either.isLeft(policy)) {
      const error = policy.left
      problems.push(
        ...(error._tag === "ConfigInvalid" ? error.problems : [draft.problem("Environment", "cwd", error.message)])
      )
    }
    problems.push(
      ...unholdable(draft, [
        ...Either.match(agent, { onLeft: () => [], onRight: (own) => [own] }),
        ...roles.found.map(({ definition }) => definition)
      ])
    )
    if (Either.isLeft(agent) || Either.isLeft(policy)) return { task: null, problems }
    const landing = target === null ? null : Either.getOrNull(target)
    const roleAgents = Object.fromEntries(
      roles.found.flatMap(({ definition, role }) =>
        definition.name === agent.right.name ? [] : [[role, definition] as const]
      )
    )
    const task = newTask({ ...draft, cwd: directory.right, agent: agent.right, roleAgents, target: landing })
    const gates = yield* verifiersOf(policy.right.gates, surroundings.configured)
    problems.push(...gates.flatMap((each) => each.problems))
    const whole = { ...task.spec, verify: own.map(({ verifier }) => verifier) }
    const verifiers = gates.map(({ verifier }) => verifier)
    return { task: { ...task, spec: RepositoryPolicy.apply(policy.right, verifiers, whole) }, problems }
  })

const vendorPrograms = (
  tasks: ReadonlyArray<readonly [Draft, NewTask]>,
  surroundings: Surroundings,
  look: Lookups
): Effect.Effect<ReadonlyArray<UsedProgram>> =>
  Effect.gen(function* () {
    const found = new Map<string, UsedProgram & { readonly drafts: Array<Draft> }>()
    const used = tasks.flatMap(
      ([
        draft,
        {
          spec: { agent, cwd, roleAgents = {}, verify }
        }
      ]) => {
        const judges = verify.flatMap((each) => (each._tag === "Run" ? [] : (each.definition ?? [])))
        return [agent, ...Object.values(roleAgents), ...judges].map((definition) => ({ draft, agent: definition, cwd }))
      }
    )
    for (const { agent, cwd, draft } of used) {
      if (agent.kind === "command") continue
      const file = yield* programOf(agent, cwd, surroundings, look)
      if (file === undefined) continue
      const drafts = found.get(file)?.drafts ?? []
      if (!drafts.includes(draft)) drafts.push(draft)
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
