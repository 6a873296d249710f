/** The parsers of a text, for a look at how their work grows with it; bundled by themselves, so that each block of them is counted. */
import * as Either from "effect/Either"
import * as AgentStream from "../../core/agent/AgentStream.ts"
import * as ActionClaim from "../../core/claim/index.ts"
import { noProgress } from "../../core/execution/AttemptRecord.ts"
import * as HookEvent from "../../core/hook/HookEvent.ts"
import { ownerIn } from "../../core/policy/SessionPolicy.ts"
import * as ShellLine from "../../core/shell-line/index.ts"
import type { Kind } from "../../core/task/AgentDefinition.ts"
import * as Verdict from "../../core/verify/Verdict.ts"
import * as Configuration from "../../shell/config/Configuration.ts"
import * as TaskFile from "../../shell/config/TaskFile.ts"
import * as Toml from "../../shell/config/Toml.ts"
import * as Settings from "../../shell/hooks/settings/Settings.ts"
import * as Exit from "../../shell/process/Exit.ts"
import { markerOf } from "../../shell/process/ProcFs.ts"
import * as ProcStat from "../../shell/process/ProcStat.ts"
import * as PsListing from "../../shell/process/PsListing.ts"

const transcript = (kind: Kind) => (text: string) =>
  text
    .split("\n")
    .reduce((known, line) => AgentStream.fold(known, line, 1, { ...AgentStream.plain, kind }), noProgress(0))

export const parsers: Readonly<Record<string, (text: string) => unknown>> = {
  "hook body": (text) => HookEvent.make("Stop", text),
  "transcript of command": transcript("command"),
  "transcript of claude-code": transcript("claude-code"),
  "transcript of codex": transcript("codex"),
  "transcript of opencode": transcript("opencode"),
  "config.toml": (text) => Either.flatMap(Toml.parse("c", text), Configuration.fromDocument),
  "task file": (text) => Either.flatMap(Toml.parse("t", text), (document) => TaskFile.fromDocument(document, "/")),
  settings: (text) => Settings.install("claude-code", text, "/hook"),
  "exit record": Exit.parse,
  "session policy": ownerIn,
  "verdict line": Verdict.ofText,
  claims: (text) => ActionClaim.classify(text),
  "shell line": ShellLine.parse,
  "stat line": ProcStat.parse,
  environment: markerOf,
  "listing of ps": (text) => PsListing.parse(text, text)
}
