/**
 * `drover show`: everything about one task.
 */
import * as Command from "@effect/cli/Command"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { commandLine } from "../../agents/TakeOver.ts"
import { isLive } from "../../../core/execution/Execution.ts"
import { AttemptRecord } from "../../../core/execution/AttemptRecord.ts"
import type { AgentDefinition } from "../../../core/task/AgentDefinition.ts"
import { Task } from "../../../core/task/Task.ts"
import { attemptId } from "../../../core/task/Identifiers.ts"
import type { Task as TaskValue } from "../../../core/task/Task.ts"
import { Verification } from "../../../core/verify/Verification.ts"
import * as Verifier from "../../../core/verify/Verifier.ts"
import { Store } from "../../store/Store.ts"
import * as Conversation from "../Conversation.ts"
import { NoSuchTask } from "../ExitCode.ts"
import * as FleetView from "../FleetView.ts"
import * as Flags from "../Flags.ts"
import * as Moment from "../Moment.ts"
import * as Money from "../Money.ts"
import { Output } from "../Output.ts"
import * as Services from "../Services.ts"
import * as Table from "../Table.ts"
import * as TaskRow from "../TaskRow.ts"
import { oneLine, pad, plain } from "../Text.ts"
import * as Verbs from "../Verbs.ts"

interface Found {
  readonly now: number
  readonly seen: FleetView.Seen
  readonly dependencies: ReadonlyArray<FleetView.Seen>
  readonly attempts: ReadonlyArray<AttemptRecord>
  readonly verifications: ReadonlyArray<Verification>
  /** Where the work of a task is that is worked on apart; null for one that is not, or not yet. */
  readonly worktree: string | null
  /** How a person goes on in the conversation of its last attempt, while no agent is at it; null where there is none. */
  readonly takeOver: string | null
}

/** Two programs in one conversation tear it in two: not while an agent may be at work in it. */
const takeOver = (
  { execution, spec }: TaskValue,
  attempts: ReadonlyArray<AttemptRecord>,
  directory: string | null
): string | null => {
  const found = Conversation.latestOf(spec, attempts)
  return found === null || directory === null || isLive(execution)
    ? null
    : commandLine(found.agent, found.session, directory)
}

const read = (text: string) =>
  Effect.gen(function* () {
    const store = yield* Store
    const policy = yield* Services.policy
    const id = yield* Flags.parseId(text)
    const task = yield* store.task(id)
    if (Option.isNone(task)) return yield* new NoSuchTask({ id })
    const now = yield* Clock.currentTimeMillis
    const { tasks: atWork } = yield* store.overview(policy.maxConcurrent * 2)
    const view = FleetView.make(yield* FleetView.around(store, policy, now, [task.value], atWork))
    const dependencies = task.value.dependsOn.length === 0 ? [] : yield* store.tasks({ ids: task.value.dependsOn })
    const attempts = yield* store.attempts(id)
    const { directory, worktree } = yield* Conversation.workplaceOf(task.value)
    return {
      now,
      seen: view.see(task.value),
      dependencies: dependencies.map(view.see),
      attempts,
      verifications: yield* store.verifications(id),
      worktree,
      takeOver: takeOver(task.value, attempts, directory)
    }
  })

/** What a definition puts into its agent's environment is often a key: its name is shown, and not its value. */
const withoutValues = (env: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.keys(env).map((name) => [name, "redacted"]))

const encodeTask = (task: TaskValue): typeof Task.Encoded => {
  const encoded = Schema.encodeSync(Task)(task)
  const { agent, roleAgents, verify } = encoded.spec
  const hidden = <A extends { readonly env: Readonly<Record<string, string>> }>(definition: A) => ({
    ...definition,
    env: withoutValues(definition.env)
  })
  const verifiers = verify.map((each) =>
    each._tag === "Run" || each.definition === undefined ? each : { ...each, definition: hidden(each.definition) }
  )
  const others = {
    ...(roleAgents?.qa === undefined ? {} : { qa: hidden(roleAgents.qa) }),
    ...(roleAgents?.merger === undefined ? {} : { merger: hidden(roleAgents.merger) })
  }
  const roles = roleAgents === undefined ? {} : { roleAgents: others }
  return { ...encoded, spec: { ...encoded.spec, agent: hidden(agent), ...roles, verify: verifiers } }
}

const toJson = ({ attempts, seen, takeOver, verifications, worktree }: Found) => ({
  ...TaskRow.toJson(seen),
  legal: Verbs.legal(seen.task),
  next_command: Verbs.nextCommand(seen.task),
  task: encodeTask(seen.task),
  attempts: attempts.map((each) => Schema.encodeSync(AttemptRecord)(each)),
  verifications: verifications.map((each) => Schema.encodeSync(Verification)(each)),
  worktree,
  take_over: takeOver
})

const flow = ({ flow, spec }: TaskValue): string =>
  [`judged by ${flow.qa}`, `merge ${flow.merge}`, `start ${flow.start}`, spec.isolate].join(", ")

/** Where it lands, and as which commit it has. */
const landing = ({ spec: { target }, stage }: TaskValue): string => {
  const done = stage._tag === "Done" && stage.landing._tag === "Merged" ? `, landed as ${stage.landing.commit}` : ""
  return target === undefined ? "" : `${target.branch} of ${target.repository}${done}`
}

const limits = ({ facts, spec }: TaskValue): string => {
  const budget = facts.budgetUsd ?? spec.budgetUsd
  return [
    `${spec.maxRetries} retries`,
    `${spec.timeoutMin} min an attempt`,
    ...(budget === null ? [] : [`$${budget.toFixed(2)}`])
  ].join(", ")
}

const attemptsTable = ({ attempts, now }: Found, limit: number | null): ReadonlyArray<string> =>
  Table.lines(
    [
      { title: "ATTEMPT" },
      { title: "AGENT" },
      { title: "MODE" },
      { title: "OUTCOME" },
      { title: "TIME", align: "right" },
      { title: "COST", align: "right" },
      { title: "DETAIL", least: 10 }
    ],
    attempts.map(({ agent, attempt, detail, endedAt, outcome, progress, startedAt, task }) => [
      attemptId(task, attempt.number),
      agent,
      attempt.mode,
      outcome ?? "",
      startedAt === null ? "" : Moment.length((endedAt ?? now) - startedAt),
      endedAt === null ? "" : Money.show({ usd: progress.costUsd ?? 0, isUnknown: progress.costUsd === null }),
      oneLine(detail ?? "")
    ]),
    limit
  )

const verificationsTable = ({ now, verifications }: Found, limit: number | null): ReadonlyArray<string> => {
  // A command costs nothing.
  const hasCost = verifications.some(({ kind }) => kind !== "Run")
  return Table.lines(
    [
      { title: "ATTEMPT", align: "right" },
      { title: "VERDICT" },
      { title: "TIME", align: "right" },
      ...(hasCost ? [{ title: "COST", align: "right" } as const] : []),
      { title: "VERIFIER", least: 10 },
      { title: "DETAIL", least: 8 }
    ],
    verifications.map((each) => [
      String(each.attempt),
      each.verdict ?? "running",
      Moment.length((each.endedAt ?? now) - each.startedAt),
      ...(hasCost ? [costOf(each)] : []),
      oneLine(each.title),
      oneLine(each.detail ?? "")
    ]),
    limit
  )
}

const costOf = ({ costUsd, endedAt, kind }: Verification): string =>
  kind === "Run" || endedAt === null ? "" : Money.show({ usd: costUsd ?? 0, isUnknown: costUsd === null })

const agentLine = (agent: AgentDefinition | undefined, model: string | null = null): string =>
  agent === undefined ? "" : [agent.name, model ?? agent.model ?? ""].filter((part) => part !== "").join(", ")

const render = (found: Found, limit: number | null): ReadonlyArray<string> => {
  const { dependencies, now, seen, verifications } = found
  const { task } = seen
  const { facts, spec } = task
  const field = (name: string, text: string): ReadonlyArray<string> => (text === "" ? [] : [`${pad(name, 12)}${text}`])
  const section = (title: string, lines: ReadonlyArray<string>): ReadonlyArray<string> =>
    lines.length === 0 ? [] : ["", title, ...lines.map((line) => `  ${line}`.trimEnd())]
  const isOver = seen.person !== null || seen.state === "PENDING"
  const feedback = facts.feedback === null ? [] : plain(facts.feedback).split("\n")
  return [
    `#${task.id} ${spec.name}`,
    ...field("state", [seen.state, TaskRow.note(seen)].filter((part) => part !== "").join(": ")),
    ...field("next", isOver ? (Verbs.nextCommand(task) ?? "") : ""),
    ...field("stage", `${task.stage._tag}, ${task.execution._tag}`),
    ...field("batch", task.batch === null ? "" : String(task.batch)),
    ...field("directory", spec.cwd),
    ...field("worktree", found.worktree ?? ""),
    ...field("take over", plain(found.takeOver ?? "")),
    ...field("agent", agentLine(spec.agent, spec.model)),
    ...field("qa agent", agentLine(spec.roleAgents?.qa)),
    ...field("merge agent", agentLine(spec.roleAgents?.merger)),
    ...field("flow", flow(task)),
    ...field("lands on", landing(task)),
    ...field("limits", limits(task)),
    ...field("cost", Money.show(TaskRow.costOf(task))),
    ...field("created", Moment.clock(task.createdAt, now)),
    ...field(
      "waits for",
      dependencies.map((each) => `#${each.task.id} ${each.task.spec.name} (${each.state})`).join(", ")
    ),
    ...section("prompt", plain(spec.prompt).trimEnd().split("\n")),
    ...section(
      "verifiers",
      spec.verify.map((verifier) => oneLine(Verifier.title(verifier)))
    ),
    ...(found.attempts.length === 0
      ? []
      : section("attempts", attemptsTable(found, limit === null ? null : limit - 2))),
    ...(verifications.length === 0
      ? []
      : section("verifications", verificationsTable(found, limit === null ? null : limit - 2))),
    ...(seen.state === "DONE" ? [] : section("last feedback", feedback)),
    "",
    `you can: ${Verbs.legal(task).join(", ") || "nothing any more"}`
  ]
}

const options = { id: Flags.id, json: Flags.json }

export const command = Command.make("show", options, ({ id, json }) =>
  Effect.gen(function* () {
    const output = yield* Output
    const found = yield* Services.ifStored(read(id))
    if (Option.isNone(found)) return yield* new NoSuchTask({ id: yield* Flags.parseId(id) })
    if (json) return yield* output.json(toJson(found.value))
    yield* output.line(render(found.value, output.size()?.columns ?? null).join("\n"))
  }).pipe(Effect.provide(Services.places))
)
