/**
 * The program that does a task's work: how it is started, and whose output format it speaks.
 *
 * A definition is resolved when a task is submitted and stored with it, so that any later supervisor starts the same
 * program, whatever the configuration says by then.
 */
import * as Schema from "effect/Schema"
import type { Basis } from "../execution/Spend.ts"

/** `command` is any program: prompt on standard input, exit status is the outcome; the others are vendors' programs. */
export const Kind = Schema.Literal("command", "claude-code", "codex", "opencode")
export type Kind = typeof Kind.Type

export const AgentDefinition = Schema.Struct({
  /** What configuration files and people call it. */
  name: Schema.NonEmptyString,
  kind: Kind,
  /** An absolute path, or a name to be found in PATH. */
  command: Schema.NonEmptyString,
  /** Passed as they are; a relative path in them is relative to the task's directory, where the agent is started. */
  args: Schema.Array(Schema.String),
  /** Added to the agent's environment. */
  env: Schema.Record({ key: Schema.NonEmptyString, value: Schema.String }),
  /** Names of the supervisor's own variables that the agent gets too. */
  passEnv: Schema.Array(Schema.NonEmptyString),
  /** For tasks that name no model. */
  model: Schema.NullOr(Schema.NonEmptyString),
  /** Only one task at a time may have it; absent is no. */
  exclusive: Schema.optionalWith(Schema.Boolean, { exact: true }),
  /** Whose limits it is under: agents that name the same share them; absent is an account of its own, under its name. */
  account: Schema.optionalWith(Schema.NonEmptyString, { exact: true })
})
export type AgentDefinition = typeof AgentDefinition.Type

const commands: { readonly [K in Kind]: string | null } = {
  command: null,
  "claude-code": "claude",
  codex: "codex",
  opencode: "opencode"
}

/** The program of a kind when no command is given; null where only the user can know it. */
export const defaultCommand = (kind: Kind): string | null => commands[kind]

/**
 * What the costs count from that a kind of program reports. Claude Code begins at nought when it resumes a session, and
 * OpenCode tells of single steps; Codex counts its whole thread (`../shared/agents/FACTS.md` 1).
 */
export const spendBasis = (kind: Kind): Basis => {
  switch (kind) {
    case "command":
    case "codex":
      return "conversation"
    case "claude-code":
    case "opencode":
      return "run"
  }
}

const builtInOf = (kind: Kind, command: string): AgentDefinition => ({
  name: command,
  kind,
  command,
  args: [],
  env: {},
  passEnv: [],
  model: null
})

/** What answers to `brain` verifiers where no configuration names anything: the limits are those of the agent `claude`. */
export const defaultBrain: AgentDefinition = { ...builtInOf("claude-code", "claude"), name: "brain", account: "claude" }

/** The agents that exist without any configuration, each by the name of its program. */
export const builtIn: ReadonlyArray<AgentDefinition> = [
  builtInOf("claude-code", "claude"),
  builtInOf("codex", "codex"),
  builtInOf("opencode", "opencode")
]
