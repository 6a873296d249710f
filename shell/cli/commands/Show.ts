/**
 * `drover show`: everything about one task.
 */
import * as Command from "@effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { AgentDefinition } from "../../../core/task/AgentDefinition.ts"
import { attemptId } from "../../../core/task/Identifiers.ts"
import type { Task as TaskValue } from "../../../core/task/Task.ts"
import type { Verification } from "../../../core/verify/Verification.ts"
import * as Verifier from "../../../core/verify/Verifier.ts"
import { NoSuchTask } from "../ExitCode.ts"
import * as Flags from "../Flags.ts"
import * as Moment from "../../view/Moment.ts"
import * as Money from "../../view/Money.ts"
import { Output } from "../Output.ts"
import * as Services from "../Services.ts"
import * as Table from "../Table.ts"
import * as TaskRow from "../TaskRow.ts"
import { type Found, read, toJson } from "../../view/TaskDocument.ts"
import * as TaskJson from "../../view/TaskJson.ts"
import { oneLine, pad, plain } from "../Text.ts"
import * as Verbs from "../../operator/Verbs.ts"

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
    ...field("cost", Money.show(TaskJson.costOf(task))),
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
    const wanted = yield* Flags.parseId(id)
    const found = yield* Services.ifStored(Effect.flatMap(Services.policy, (policy) => read(wanted, policy)))
    if (Option.isNone(found)) return yield* new NoSuchTask({ id: wanted })
    if (json) return yield* output.json(toJson(found.value))
    yield* output.line(render(found.value, output.size()?.columns ?? null).join("\n"))
  }).pipe(Effect.provide(Services.places))
)
