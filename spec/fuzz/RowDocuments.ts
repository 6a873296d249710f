/** The columns of the store that hold JSON: what drover writes there, and what it reads of any text in its place. */
import * as Either from "effect/Either"
import fc from "fast-check"
import { noProgress } from "../../core/execution/AttemptRecord.ts"
import * as AgentStream from "../../core/agent/AgentStream.ts"
import * as Stage from "../../core/stage/Stage.ts"
import * as Task from "../../core/task/Task.ts"
import * as Codec from "../../shell/store/Codec.ts"
import * as EventRows from "../../shell/store/EventRows.ts"
import * as GuardRows from "../../shell/store/GuardRows.ts"
import type * as Rows from "../../shell/store/Rows.ts"
import type { MalformedRow } from "../../shell/store/Store.ts"
import { stages } from "../core/arbitraries/Examples.ts"
import * as Words from "../core/arbitraries/Words.ts"
import { attemptOf, specOf, taskId } from "../shell/store/World.ts"
import { transcripts } from "./Documents.ts"

interface Column {
  readonly name: string
  readonly table: string
  readonly documents: ReadonlyArray<string>
  /** JSON of the value that a column's text stands for. */
  readonly decode: (text: string) => Either.Either<string, MalformedRow>
}

/** Always the same ones: what is varied is how they are damaged. */
const some = <A>(values: fc.Arbitrary<A>, count: number): ReadonlyArray<A> =>
  fc.sample(values, { numRuns: count, seed: 6 })

const task = Task.create({
  id: taskId(1),
  batch: null,
  spec: {
    ...specOf("one"),
    target: { repository: "/r/.git", branch: "main", prefix: "", isNamed: true },
    setup: ["npm ci"],
    verify: [
      { _tag: "Run", command: "npm test", timeoutMin: 15 },
      { _tag: "Brain", prompt: "Is it?", timeoutMin: 1, definition: specOf("x").agent, budgetUsd: 1 }
    ]
  },
  flow: { qa: "agent", merge: "squash", start: "auto" },
  dependsOn: [],
  upcoming: false,
  createdAt: 1
})

const taskRow: Rows.TaskRow = {
  id: 1,
  batch_id: null,
  revision: 0,
  visit: 1,
  spec: Codec.write.spec(task.spec),
  flow: Codec.write.flow(task.flow),
  depends_on: "[2,3]",
  stage_json: Codec.write.stage(task.stage),
  execution: Codec.write.execution(task.execution),
  facts: Codec.write.facts(task.facts),
  created_at: 1,
  submitted_flow: Codec.write.flow(task.flow)
}

const ofTask = (
  column: "spec" | "flow" | "depends_on" | "stage_json" | "execution" | "facts",
  documents: ReadonlyArray<string>,
  write: (read: Task.Task) => string
): Column => ({
  name: `${column} of a task`,
  table: "tasks",
  documents,
  decode: (text) => Either.map(Codec.task({ ...taskRow, [column]: text }), write)
})

const record = attemptOf(task, 1)
const process = { host: "h", pid: 7, startTime: "123", bootId: "b" }
const attemptRow = Codec.attemptRow({ ...record, process })

const progresses = Object.entries(transcripts).map(([, lines]) =>
  lines.reduce((known, line) => AgentStream.fold(known, line, 1000), noProgress(0))
)

const transition: Rows.TransitionRow = {
  seq: 1,
  task_id: 1,
  revision: 1,
  event: "",
  cause: "tick",
  at: 1,
  from_stage: "backlog",
  stage_json: taskRow.stage_json,
  execution: taskRow.execution
}

const windows = [`{"_tag":"Open"}`, Codec.accountRow({ id: "a", window: { _tag: "Open" }, pause: null }).window]

const eventRow = {
  seq: 1,
  at: 1,
  task_id: null,
  event: null,
  cause: null,
  from_stage: null,
  stage_json: null,
  execution: null,
  upcoming: null
}

/** What the columns of its row say. */
const envelope: ReadonlySet<string> = new Set(["v", "seq", "type", "at", "task_id"])

export const rows: ReadonlyArray<Column> = [
  ofTask("spec", [taskRow.spec], ({ spec }) => Codec.write.spec(spec)),
  ofTask("flow", [taskRow.flow], ({ flow }) => Codec.write.flow(flow)),
  ofTask("depends_on", ["[]", "[2,3]"], ({ dependsOn }) => JSON.stringify(dependsOn)),
  ofTask(
    "stage_json",
    stages.map((stage) => Codec.write.stage(stage)),
    ({ stage }) => JSON.stringify(Stage.encode(stage))
  ),
  ofTask(
    "execution",
    some(Words.execution, 15).map((each) => Codec.write.execution(each)),
    ({ execution }) => Codec.write.execution(execution)
  ),
  ofTask("facts", [taskRow.facts], ({ facts }) => Codec.write.facts(facts)),
  {
    name: "event of the ledger",
    table: "transitions",
    documents: some(Words.taskEvent, 20).map((each) => Codec.write.event(each)),
    decode: (event) => Either.map(Codec.ledger({ ...transition, event }), (row) => Codec.write.event(row.event))
  },
  {
    name: "process of an attempt",
    table: "attempts",
    documents: [Codec.write.process(process)],
    decode: (text) =>
      Either.map(Codec.attempt({ ...attemptRow, process: text }), (read) => JSON.stringify(read.process))
  },
  {
    name: "progress of an attempt",
    table: "attempts",
    documents: progresses.map((each) => Codec.write.progress(each)),
    decode: (text) =>
      Either.map(Codec.attempt({ ...attemptRow, progress: text }), (read) => Codec.write.progress(read.progress))
  },
  {
    name: "window of an account",
    table: "accounts",
    documents: windows,
    decode: (window) =>
      Either.map(Codec.account({ id: "a", window, pause: null }), (read) => Codec.write.window(read.window))
  },
  {
    name: "override of a guard",
    table: "guards",
    documents: [`{"owner":"Ada","reason":"slow","until":5000}`],
    decode: (override) =>
      Either.map(
        GuardRows.decode({ key: "k", posture: "off", reason: "r", is_on: 0, override, since: 1, at: 2 }),
        (read) => JSON.stringify(read.override)
      )
  },
  {
    name: "body of an event",
    table: "events",
    documents: [EventRows.started(1, "h", 2, 3), EventRows.raised(null, "k", "text", 1), EventRows.stopped(4, 1)].map(
      ({ body }) => body ?? ""
    ),
    decode: (body) => {
      const type = body.includes('"pid"')
        ? "supervisor.started"
        : body.includes("text")
          ? "attention.raised"
          : "supervisor.stopped"
      return Either.map(EventRows.decode({ ...eventRow, type, body }), (event) =>
        JSON.stringify(Object.fromEntries(Object.entries(event).filter(([name]) => !envelope.has(name))))
      )
    }
  }
]
