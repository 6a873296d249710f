/** Records of the vendors' programs with anything at all in their fields, and what single ones mean. */
import fc from "fast-check"
import { expect, it } from "vitest"
import { events, fold, plain, type Rules } from "../../../core/agent/AgentStream.ts"
import * as Trouble from "../../../core/agent/Trouble.ts"
import { noProgress, type Progress } from "../../../core/execution/AttemptRecord.ts"

const kinds = ["command", "claude-code", "codex", "opencode"] as const
const rules = (kind: Rules["kind"]): Rules => ({ ...plain, kind })
const line = (record: unknown): string => JSON.stringify(record)
const told = (kind: Rules["kind"], record: unknown) => events(line(record), 0, rules(kind))

const types = [
  ["system", "assistant", "user", "result", "rate_limit_event", "stream_event", "control_request", "control_response"],
  ["thread.started", "turn.started", "item.started", "item.completed", "turn.completed", "turn.failed", "error"],
  ["step_start", "text", "tool_use", "step_finish", "error", "reasoning"]
].flat()
const word = fc.constantFrom(
  "",
  "x",
  "tool_use",
  "tool_result",
  "command_execution",
  "agent_message",
  "stop",
  "bash",
  "read",
  "completed"
)
const leaf = fc.oneof(word, fc.constantFrom(0, 1, -1, 1e300, 401, 429, 0.5), fc.jsonValue())
const names = [
  "id",
  "type",
  "text",
  "message",
  "content",
  "usage",
  "item",
  "part",
  "error",
  "tokens",
  "state",
  "input",
  "status",
  "reason",
  "tool",
  "messageID",
  "sessionID",
  "session_id",
  "thread_id",
  "data",
  "cache",
  "cost",
  "exit_code",
  "command",
  "num_turns"
]
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leaf,
    tie("object"),
    fc.array(tie("object"), { maxLength: 2 })
  ),
  object: fc.dictionary(fc.constantFrom(...names), tie("value"), { maxKeys: 6 })
}))
const record = fc
  .tuple(fc.constantFrom(...types), fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 8 }))
  .map(([type, fields]) => line({ ...fields, type }))

it("AGT-1 whatever the fields of a record hold, it is read within bounds, and nothing in it is believed that can not be", () => {
  fc.assert(
    fc.property(fc.constantFrom(...kinds), fc.array(record, { maxLength: 12 }), (kind, lines) => {
      const { costUsd, limit, session, tools, toolTurns, turns } = lines.reduce(
        (progress, each) => fold(progress, each, 1000, rules(kind)),
        noProgress(0)
      )
      expect(costUsd === null || (Number.isFinite(costUsd) && costUsd >= 0)).toBe(true)
      expect(limit === null || Number.isFinite(limit.until)).toBe(true)
      expect(session === null || (session !== "" && session.length <= 256)).toBe(true)
      expect([turns, toolTurns, tools.length].every((count) => count >= 0 && count <= lines.length * 8)).toBe(true)
    })
  )
})

it("AGT-1 a record of another vendor, or none, says nothing to a vendor's parser; to a command's every line is a word", () => {
  for (const kind of ["claude-code", "codex", "opencode"] as const) {
    expect([
      told(kind, { type: "unheard" }),
      events("plain text", 0, rules(kind)),
      events("{", 0, rules(kind))
    ]).toEqual([[], [], []])
  }
  expect(told("command", { type: "unheard" })).toMatchObject([{ _tag: "Said" }])
})

it("AGT-1 records with nothing in them mean no more than their kind", () => {
  const tags = (kind: Rules["kind"], record: unknown) => told(kind, record).map(({ _tag }) => _tag)
  expect(tags("codex", { type: "item.completed", item: { type: "agent_message" } })).toEqual(["Said"])
  expect(tags("codex", { type: "item.completed", item: { type: "command_execution" } })).toEqual([])
  expect(tags("codex", { type: "item.completed", item: { id: "i", type: "command_execution", exit_code: 0 } })).toEqual(
    ["ToolEnded"]
  )
  expect(told("codex", { type: "turn.completed" })[0]).toMatchObject({ report: { tokens: null } })
  expect(told("codex", { type: "turn.completed", usage: { output_tokens: 3 } })[0]).toMatchObject({
    report: { tokens: { input: 0, output: 3 } }
  })
  expect(told("codex", { type: "turn.completed", usage: { input_tokens: 3 } })[0]).toMatchObject({
    report: { tokens: { input: 3, output: 0 } }
  })
  expect(told("codex", { type: "turn.failed" })).toMatchObject([
    { isError: true, text: null },
    { trouble: "unknown", waitMs: null }
  ])
  expect(tags("opencode", { type: "text" })).toEqual(["Said"])
  expect(told("opencode", { type: "step_finish", part: { reason: "stop" } })).toMatchObject([
    { report: { session: null, costUsd: null } },
    { _tag: "Result" }
  ])
  expect(tags("opencode", { type: "tool_use", part: { tool: "bash", state: { status: "completed" } } })).toEqual([
    "ToolStarted"
  ])
  expect(tags("opencode", { type: "tool_use", part: { tool: "write", state: { status: "completed" } } })).toEqual([
    "ToolStarted"
  ])
  expect(told("opencode", { type: "error", error: { name: "Odd" } })).toMatchObject([
    { text: "Odd" },
    { trouble: "unknown" }
  ])
  expect(
    tags("claude-code", { type: "user", message: { content: [{ type: "text" }, { type: "tool_result" }] } })
  ).toEqual([])
})

it("AGT-1 what a subagent of Claude Code says and does is a tool of the conversation, but for the files that it reads", () => {
  const content = [
    { type: "text", text: "from below" },
    { type: "tool_use", id: "t", name: "Read", input: { file_path: "/work/a" } },
    { type: "tool_use", id: "u", name: "Bash", input: {} }
  ]
  const nested = { type: "assistant", parent_tool_use_id: "task", message: { id: "m", content } }
  expect(told("claude-code", nested)).toEqual([{ _tag: "FileRead", path: "/work/a" }])
})

it("AGT-1 a status and a word of a vendor mean the same trouble, where both are known", () => {
  expect([400, 401, 402, 403, 404, 413, 429, 500, 503, 529].map(Trouble.ofStatus)).toEqual([
    "request",
    "authentication",
    "billing",
    "authentication",
    "request",
    "request",
    "rate",
    "server",
    "overload",
    "overload"
  ])
  expect([200, "429", null, undefined].map(Trouble.ofStatus)).toEqual([null, null, null, null])
  expect(["overloaded", "billing_error", "model_not_found", "no word", 7].map(Trouble.ofWord)).toEqual([
    "overload",
    "billing",
    "request",
    null,
    null
  ])
  expect((["usage", "rate", "overload", "authentication", "billing"] as const).every(Trouble.isLimit)).toBe(true)
  expect((["request", "server", "network", "unknown"] as const).some(Trouble.isLimit)).toBe(false)
})

it("AGT-1 an error of Claude Code that is no text is none, whatever it says of itself, and the others are read", () => {
  const errors = [{ toString: null, valueOf: null }, [[]], "No conversation found with session ID: s"]
  const read = fold(noProgress(0), line({ type: "result", is_error: true, errors }), 1, rules("claude-code"))
  expect(read).toMatchObject({ session: null, resultIsError: true, lastMessage: errors[2] })
})

it("AGT-1 an id of more than 256 characters is none: what is remembered of an attempt stays small", () => {
  const id = "x".repeat(257)
  const of = (kind: Rules["kind"], ...records: ReadonlyArray<object>) =>
    records.reduce<Progress>((known, record) => fold(known, line(record), 1, rules(kind)), noProgress(0))
  const content = [{ type: "tool_use", id, name: "Read" }]
  const claude = of("claude-code", { type: "system", session_id: id }, { type: "assistant", message: { id, content } })
  expect(claude).toMatchObject({ session: null, turn: null, toolTurn: null, tools: [], toolTurns: 1 })
  const codex = of(
    "codex",
    { type: "thread.started", thread_id: id },
    { type: "item.started", item: { id, type: "x" } }
  )
  expect(codex).toMatchObject({ session: null, tools: [], toolTurns: 1 })
  const step = { type: "step_finish", sessionID: id, part: { cost: 1, tokens: {} } }
  expect(of("opencode", step).spend.conversations).toMatchObject([{ session: null, total: { costUsd: 1 } }])
  expect(of("opencode", { ...step, sessionID: "s" }).spend.conversations).toMatchObject([{ session: "s" }])
})

it("EXE-9 minus nothing is nothing: what was counted is the same when it was stored", () => {
  const usage = `{"type":"turn.completed","usage":{"input_tokens":-0,"output_tokens":1}}`
  const { spend } = fold(noProgress(0), usage, 1, rules("codex"))
  expect(JSON.parse(JSON.stringify(spend))).toEqual(spend)
})
