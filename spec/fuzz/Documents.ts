/** Valid inputs of each parser: what drover itself writes, what was recorded of the vendors' programs, and what users write. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { Marker } from "../../core/execution/AttemptRecord.ts"
import * as SessionPolicy from "../../core/policy/SessionPolicy.ts"
import type { Kind } from "../../core/task/AgentDefinition.ts"
import { TaskId } from "../../core/task/Identifiers.ts"
import { all } from "../core/agent/Recordings.ts"
import { secret } from "./Hostile.ts"

const hook = (fields: object): string => JSON.stringify({ session_id: "5f0c", cwd: "/work", ...fields })

export const hookBodies: ReadonlyArray<string> = [
  hook({ hook_event_name: "SessionStart", source: "startup", transcript_path: "/home/u/.claude/x.jsonl" }),
  hook({
    tool_name: "Bash",
    tool_use_id: "toolu_1",
    tool_input: { command: `curl -H "Authorization: Bearer ${secret}" x` }
  }),
  hook({
    tool_name: "Write",
    tool_input: { file_path: "a", content: "é\n\u0000".repeat(200) },
    api_key: 12_345,
    n: -1.5e3
  }),
  hook({ prompt: "go on", permission_mode: "default", nested: [{ a: [[], {}, null, true] }] }),
  JSON.stringify({ input: { sessionID: "ses_1", callID: "c", tool: "read" }, output: { args: { filePath: "x" } } }),
  JSON.stringify([1, "two", { password: secret }]),
  "no JSON at all",
  `{"session_id":"a","session_id":"b"}`
]

/** Of each kind of record the shortest. */
const recorded = (vendor: string): ReadonlyArray<string> => {
  const streams = all.flatMap(([name, { isStream, stdout }]) => (name === vendor && isStream ? [stdout] : []))
  const records = new Map<string, string>()
  for (const line of streams.flat()) {
    const kind = [...line.slice(0, 300).matchAll(/"(?:type|subtype|is_error)":("[^"]*"|true|false)/g)].map(
      ([each]) => each
    )
    if (line.length < (records.get(kind.join())?.length ?? Infinity)) records.set(kind.join(), line)
  }
  return [...records.values()]
}

const claude = [
  ...recorded("claude-code"),
  '{"type":"result","subtype":"error_during_execution","is_error":true,"session_id":"s","errors":["No conversation found with session ID: s"]}'
]

export const transcripts: Readonly<Record<Kind, ReadonlyArray<string>>> = {
  "claude-code": claude,
  codex: recorded("codex"),
  opencode: recorded("opencode"),
  command: [...claude.slice(-3), "compiling\nlinking\ndone", `${"word ".repeat(500)}\nVERDICT: PASS`]
}

export const sessionPolicies: ReadonlyArray<string> = (["ask", "deny"] as const).map((answer, index) =>
  SessionPolicy.render(
    {
      session: "5f0c",
      task: TaskId.make(10 ** (14 * index)),
      attempt: Marker.make("0123456789abcdef".repeat(2)),
      answer
    },
    "2026-11-27T14:05:09.000Z"
  )
)

const quickstart = readFileSync(join(import.meta.dirname, "../../docs/examples/quickstart/tasks.toml"), "utf8")

export const taskFiles: ReadonlyArray<string> = [
  quickstart,
  `[defaults]
agent = "codex"
model = "m"
[[task]]
name = "parser"
prompt = """
Write it.
"""
depends_on = ["lexer"]
max_retries = 2
timeout_min = 0.5
qa = "agent"
merge = "squash"
[[task.verify]]
run = "npm test"
[[task.verify]]
brain = "Is it done?"
timeout_min = 15
[[task]]
name = "lexer"
prompt = "x"
verify = [{ agent = "claude", prompt = "Look." }]
[agents.mine]
kind = "command"
command = "./run.sh"
args = ["a", "b"]
env = { API_KEY = "${secret}" }
pass_env = ["LANG"]
`
]

export const configurations: ReadonlyArray<string> = [
  `[policy]
max_concurrent = 3
max_strikes = 2
[prices.model]
input = 1.5
output = 2
[agents.mine]
kind = "claude-code"
command = "/opt/claude"
args = ["--verbose"]
account = "work"
[agents.mine.env]
ANTHROPIC_API_KEY = "${secret}"
[brain]
kind = "command"
command = "llm"
[guards.inactivity]
enabled = false
owner = "Ada"
reason = "slow models"
until = 2026-12-01T00:00:00Z
[http]
listen = "127.0.0.1:4711"
[retention]
logs_days = 30
[ownership]
auto_heal = true
[hooks]
inject = true
`,
  `policy = { max_concurrent = 1 }\n`
]

export const policies: ReadonlyArray<string> = [
  `[limits]
max_retries = 1
budget_usd = 0.5
[[verify]]
run = "make check"
[worktree]
setup = ["npm ci"]
`
]

export const exits: ReadonlyArray<string> = [
  '{"code":0,"signal":null,"at":1795190000}',
  '{"code":null,"signal":"SIGTERM","at":1795190000}'
]

export const stats: ReadonlyArray<string> = [
  "42 (node (x) y) S 1 42 42 0 -1 4194304 1 0 0 0 7 3 0 0 20 0 11 0 123456 1000 200 18446744073709551615 1 1 0 0 0 0 0 0 0",
  "7 (kthreadd) Z -1 -1 -1 0 -1 2097152 0 0 0 0 0 0 0 0 20 0 1 0 9 0 0"
]

export const environments: ReadonlyArray<string> = [
  `HOME=/root\0DROVER_ATTEMPT=0123456789abcdef0123456789abcdef\0PATH=/bin\0`,
  `DROVER_ATTEMPT=0123456789abcdef0123456789abcdef`
]

const started = "Thu Nov 26 10:20:30 2026"
export const listings: ReadonlyArray<string> = [
  `  PID\n`,
  `    1     0     1      0 ${started} Ss   /sbin/launchd\n  42     1    42  1a2b3c ${started} R+   node drover up\n`
]

export const words: ReadonlyArray<string> = [
  "All of it holds.\n\nVERDICT: PASS\n",
  "VERDICT: FAIL",
  "2.1.197 (Claude Code)",
  "codex-cli 0.169.0",
  "{ sec = 1763640000, usec = 12345 } Thu Nov 20 12:00:00 2026",
  "#42",
  "127.0.0.1:4711",
  "123.0.PreToolUse",
  "I'll run the tests and push the branch in 10 minutes. I have fixed `parse()`: done!",
  `for f in a b; do cat "$f" | sed -n '1,20p'; done && bash -lc 'git push origin "$(git branch --show-current)"'`
]

const program = `'/home/u/.local/state/drover/hook' PreToolUse # drover`
export const settings: ReadonlyArray<string> = [
  JSON.stringify(
    { model: "opus", hooks: { PreToolUse: [{ hooks: [{ type: "command", command: program, timeout: 3 }] }] } },
    null,
    2
  ),
  `{\n\t"hooks": {},\n\t"env": {"API_KEY": "${secret}"}\n}\n`,
  "{}"
]
