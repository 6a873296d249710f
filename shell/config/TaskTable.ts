/**
 * The keys of a `[[task]]` and of its `[[task.verify]]`, as they are written; none is needed here, `[defaults]` may have
 * it.
 */
import * as Schema from "effect/Schema"
import type { NewTask } from "../store/Store.ts"
import * as Flow from "../../core/task/Flow.ts"
import * as Spec from "../../core/task/Spec.ts"
import * as Verifier from "../../core/verify/Verifier.ts"
import type { ConfigProblem } from "./ConfigProblem.ts"
import type { Path } from "./KeyPositions.ts"
import * as Toml from "./Toml.ts"
import {
  Command,
  Count,
  Dollars,
  maybe,
  Minutes,
  Model,
  Name,
  PositiveCount,
  Prompt,
  RoleName,
  Seconds,
  Whole
} from "./Values.ts"

export const VerifyTable = Schema.Struct({
  run: maybe(Command, "A shell command in the task's directory; exit status 0 passes"),
  brain: maybe(Prompt, "A prompt to the configured model command"),
  agent: maybe(Name, "An agent that judges, with `prompt`"),
  prompt: maybe(Prompt, "What `agent` is asked"),
  model: maybe(Model, "Which model `brain` or `agent` uses, instead of the one of its definition"),
  budget_usd: maybe(Dollars, "US dollars that one run of `brain` or `agent` may cost"),
  timeout_min: maybe(Minutes, "Minutes until the verifier is stopped; 15 if nothing is said"),
  step: maybe(Verifier.Step, "What it is for: who mends it when it fails on landing; `test` if nothing is said")
})
export type VerifyTable = typeof VerifyTable.Type

const Folder = Command.annotations({ description: "a path: a text that is not blank, without NUL" })

export const TaskTable = Schema.Struct({
  name: maybe(Name, "Unique in the file"),
  prompt: maybe(Prompt, "What the agent is asked to do"),
  cwd: maybe(Folder, "The directory to work in, relative to this file"),
  depends_on: maybe(Schema.Array(Name), "Names of tasks that must be done first"),
  agent: maybe(Name, "Which agent does it"),
  qa_agent: maybe(Name, 'Which agent judges where qa = "agent"; that of [roles.qa], else `agent`, if nothing is said'),
  merge_agent: maybe(Name, "Which agent merges conflicts; that of [roles.merger], else `agent`, if nothing is said"),
  role: maybe(
    RoleName,
    "The role of a long-lived session that does it; an agent does it where no session takes it in time"
  ),
  model: maybe(Model, "Which model the agent uses"),
  max_retries: maybe(Count, "Attempts after the first"),
  timeout_min: maybe(Minutes, "Minutes of active time of one attempt"),
  max_tool_turns: maybe(PositiveCount, "Turns of one attempt that use a tool"),
  inactivity_secs: maybe(Seconds, "Seconds without progress until an attempt is stopped"),
  budget_usd: maybe(Dollars, "US dollars over all attempts and verifiers"),
  priority: maybe(Whole, "Larger goes first"),
  qa: maybe(Flow.Flow.fields.qa, "Who judges the work: the verifiers, then an agent, or then a person"),
  merge: maybe(Flow.Flow.fields.merge, "Whether the work is landed"),
  base: maybe(Name, "The branch that squashed work lands on; the one that is checked out in `cwd` if nothing is said"),
  isolate: maybe(Spec.Spec.fields.isolate, "Where the work is done; squash implies worktree"),
  approve: maybe(
    Schema.Literal("inherit", "manual"),
    "Whether each use of a tool needs a person's leave, or what the agent's own arguments say"
  ),
  start: maybe(Flow.Flow.fields.start, "Whether it starts by itself"),
  verify: maybe(Schema.Array(VerifyTable), "Checks in order; they replace those of [defaults]")
})
export type TaskTable = typeof TaskTable.Type

/** What a verifier's own schema can not say: exactly one of run, brain and agent. */
export const verifyProblems = (document: Toml.Document, path: Path): ReadonlyArray<ConfigProblem> => {
  const list = Toml.valueAt(document.data, path)
  if (!Array.isArray(list)) return []
  return list.flatMap((value, index) => {
    const item = [...path, index]
    // What is no table, or has a key that is no verifier's, is told by the schema.
    if (typeof value !== "object" || value === null) return []
    if (Object.keys(value).some((key) => !Object.hasOwn(VerifyTable.fields, key))) return []
    const has = (key: string): boolean => Toml.valueAt(document.data, [...item, key]) !== undefined
    const kinds = ["run", "brain", "agent"].filter(has)
    if (kinds.length !== 1) {
      const got = kinds.length === 0 ? "none" : kinds.join(" and ")
      return [
        Toml.problem(document, "Key", item, `a verifier has exactly one of run, brain and agent, this one: ${got}`)
      ]
    }
    if (has("agent") && !has("prompt")) {
      return [
        Toml.problem(document, "Key", [...item, "prompt"], 'missing key "prompt": what is the verifying agent asked?')
      ]
    }
    if (has("prompt") && !has("agent")) {
      return [Toml.problem(document, "Key", [...item, "prompt"], `prompt goes with agent, not with ${kinds.join()}`)]
    }
    return ["model", "budget_usd"]
      .filter((key) => has("run") && has(key))
      .map((key) => Toml.problem(document, "Key", [...item, key], `${key} goes with brain or agent, not with run`))
  })
}

/** A table in which `verifyProblems` found none as a verifier, its program not yet looked up; none for another. */
export const verifier = (table: VerifyTable): ReadonlyArray<Verifier.Verifier> => {
  const timeoutMin = table.timeout_min ?? Verifier.defaultTimeoutMin
  const { run, brain, agent, prompt, model, budget_usd: budgetUsd } = table
  const common = { timeoutMin, ...(table.step === undefined ? {} : { step: table.step }) }
  const limits = {
    ...common,
    ...(model === undefined ? {} : { model }),
    ...(budgetUsd === undefined ? {} : { budgetUsd })
  }
  if (run !== undefined) return [{ _tag: "Run", command: run, ...common }]
  if (brain !== undefined) return [{ _tag: "Brain", prompt: brain, ...limits }]
  if (agent !== undefined && prompt !== undefined) return [{ _tag: "Agent", agent, prompt, ...limits }]
  return []
}

/** The task that a whole table describes, once its directory and agent are known. */
export const newTask = (options: {
  readonly table: TaskTable
  readonly name: string
  readonly prompt: string
  readonly cwd: string
  readonly agent: Spec.Spec["agent"]
  /** Those of its roles that are others. */
  readonly roleAgents: NonNullable<Spec.Spec["roleAgents"]>
  /** Where it lands; null where nothing is. */
  readonly target: Spec.Target | null
  readonly dependsOnIds: NewTask["dependsOnIds"]
  readonly upcoming: boolean
  readonly key: string | null
}): NewTask => {
  const { table } = options
  const merge = table.merge ?? Flow.defaultFlow.merge
  return {
    spec: {
      name: options.name,
      prompt: options.prompt,
      cwd: options.cwd,
      agent: options.agent,
      ...(Object.keys(options.roleAgents).length === 0 ? {} : { roleAgents: options.roleAgents }),
      mailboxRole: table.role ?? null,
      model: table.model ?? null,
      maxRetries: table.max_retries ?? Spec.defaults.maxRetries,
      timeoutMin: table.timeout_min ?? Spec.defaults.timeoutMin,
      maxToolTurns: table.max_tool_turns ?? Spec.defaults.maxToolTurns,
      inactivitySecs: table.inactivity_secs ?? Spec.defaults.inactivitySecs,
      budgetUsd: table.budget_usd ?? null,
      priority: table.priority ?? Spec.defaults.priority,
      isolate: merge === "squash" ? "worktree" : (table.isolate ?? Spec.defaults.isolate),
      ...(table.approve === "manual" ? { approve: "manual" as const } : {}),
      ...(options.target === null ? {} : { target: options.target }),
      verify: (table.verify ?? []).flatMap(verifier)
    },
    flow: { qa: table.qa ?? Flow.defaultFlow.qa, merge, start: table.start ?? Flow.defaultFlow.start },
    dependsOnNames: [...new Set(table.depends_on)],
    dependsOnIds: options.dependsOnIds,
    upcoming: options.upcoming,
    key: options.key
  }
}
