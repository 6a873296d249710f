/**
 * What a user asked for: the durable, immutable part of a task.
 */
import * as Schema from "effect/Schema"
import * as Verifier from "../verify/Verifier.ts"
import { AgentDefinition } from "./AgentDefinition.ts"

const Count = Schema.Int.pipe(Schema.nonNegative())
const Positive = Schema.Number.pipe(Schema.positive(), Schema.finite())

/** A branch of a repository, and where in it a task's directory is. */
export const Target = Schema.Struct({
  /** The folder that all worktrees of the repository share: an absolute path, links resolved. */
  repository: Schema.NonEmptyString,
  /** Without `refs/heads/`. */
  branch: Schema.NonEmptyString,
  /** From the top of a work tree to the task's directory, with a slash at its end; empty at the top. */
  prefix: Schema.String,
  /** The user has named the branch; else it is the one that was checked out when the task was stored. */
  isNamed: Schema.optionalWith(Schema.Literal(true), { exact: true })
})
export type Target = typeof Target.Type

const RoleAgents = Schema.Struct({
  qa: Schema.optionalWith(AgentDefinition, { exact: true }),
  merger: Schema.optionalWith(AgentDefinition, { exact: true })
})

export const Spec = Schema.Struct({
  /** Unique within its batch. */
  name: Schema.NonEmptyString,
  prompt: Schema.String,
  /** An absolute path, links resolved. */
  cwd: Schema.NonEmptyString,
  /** As it was resolved when the task was submitted. */
  agent: AgentDefinition,
  /** Who judges (`qa`) and who merges (`merger`), where that is another than `agent`; absent is `agent`. */
  roleAgents: Schema.optionalWith(RoleAgents, { exact: true }),
  /** The role of a long-lived session whose mailbox takes the work, instead of a fresh process. */
  mailboxRole: Schema.NullOr(Schema.NonEmptyString),
  model: Schema.NullOr(Schema.NonEmptyString),
  maxRetries: Count,
  /** Minutes of active time of one attempt. */
  timeoutMin: Positive,
  /** Turns of one attempt that used a tool. */
  maxToolTurns: Schema.Int.pipe(Schema.positive()),
  /** Seconds without any progress of one attempt. */
  inactivitySecs: Positive,
  /** US dollars over all attempts and verifiers; null is no limit. */
  budgetUsd: Schema.NullOr(Positive),
  /** Larger goes first. */
  priority: Schema.Int,
  isolate: Schema.Literal("in-place", "worktree"),
  /** No tool of its agent runs unless a person allows it; absent: as the agent's own arguments have it. */
  approve: Schema.optionalWith(Schema.Literal("manual"), { exact: true }),
  /** Where squashed work lands; there where the flow merges. */
  target: Schema.optionalWith(Target, { exact: true }),
  /** Shell commands that make a fresh worktree ready; absent is none. */
  setup: Schema.optionalWith(Schema.Array(Schema.NonEmptyString), { exact: true }),
  verify: Schema.Array(Verifier.Verifier)
})
export type Spec = typeof Spec.Type

/** What of it was asked for: a branch that nobody has named may be another at the next look, and it is the same task. */
export const asked = ({ target, ...spec }: Spec): Spec =>
  target === undefined ? spec : { ...spec, target: target.isNamed === true ? target : { ...target, branch: "HEAD" } }

/** The values of a task file that says nothing; the agent by its name. */
export const defaults = {
  agent: "claude",
  maxRetries: 2,
  timeoutMin: 45,
  maxToolTurns: 80,
  inactivitySecs: 300,
  priority: 0,
  isolate: "in-place"
} as const
