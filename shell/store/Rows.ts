/**
 * The rows of the store as every driver keeps them: numbers and texts alone, JSON not yet read.
 *
 * A column that ends a line of JSON is named in its comment; times are milliseconds since 1970.
 */

export interface TaskRow {
  readonly id: number
  readonly batch_id: number | null
  readonly revision: number
  readonly visit: number
  /** JSON of `Spec`, `Flow`, the ids it depends on, `Stage` in its wire form, `Execution`, `Facts`. */
  readonly spec: string
  readonly flow: string
  readonly depends_on: string
  readonly stage_json: string
  readonly execution: string
  readonly facts: string
  readonly created_at: number
  /** The flow as it was submitted last: what `Demote` did to it since is not in here. */
  readonly submitted_flow: string
}

/** A new task; its state is that of `Task.create`. */
export interface NewTaskRow {
  readonly id: number
  readonly batch_id: number | null
  readonly key: string | null
  readonly name: string
  readonly upcoming: 0 | 1
  readonly stage_json: string
  readonly execution: string
  readonly facts: string
  readonly flow: string
  readonly depends_on: string
  readonly created_at: number
}

/** What was asked for at a revision: 0 when the task was created, later ones when it was submitted anew. Append-only. */
export interface SpecRow {
  readonly task_id: number
  readonly revision: number
  readonly spec: string
  readonly flow: string
  readonly depends_on: string
}

/** The state of a task that is there already. */
export interface TaskUpdateRow {
  readonly id: number
  readonly revision: number
  readonly visit: number
  readonly stage_json: string
  readonly execution: string
  readonly facts: string
  readonly flow: string
  readonly depends_on: string
  /** The revision of its `SpecRow`; null leaves it. */
  readonly spec_revision: number | null
}

/** How a task was created. */
export interface OriginRow {
  readonly id: number
  readonly batch_id: number | null
  readonly upcoming: number
  readonly spec: string
  readonly flow: string
  readonly depends_on: string
  readonly created_at: number
}

/** One row of the ledger; `seq` is that of its event. */
export interface TransitionRow {
  readonly seq: number
  readonly task_id: number
  readonly revision: number
  /** JSON of `TaskEvent`. */
  readonly event: string
  readonly cause: string
  readonly at: number
  /** The wire word before, and JSON of both states after. */
  readonly from_stage: string
  readonly stage_json: string
  readonly execution: string
}

export interface AttemptRow {
  readonly task_id: number
  readonly number: number
  readonly role: string
  readonly visit: number
  readonly feedback_number: number
  readonly mode: string
  readonly marker: string
  readonly agent: string
  /** JSON of `ProcessIdentity`. */
  readonly process: string | null
  readonly tree_before: string | null
  readonly tree_after: string | null
  /** JSON of `Progress`. */
  readonly progress: string
  readonly created_at: number
  readonly started_at: number | null
  readonly ended_at: number | null
  readonly outcome: string | null
  readonly detail: string | null
}

export interface ProgressRow {
  readonly task_id: number
  readonly number: number
  readonly progress: string
}

export interface VerificationRow {
  readonly task_id: number
  readonly run: number
  readonly attempt: number
  readonly position: number
  readonly kind: string
  readonly title: string
  readonly digest: string
  readonly started_at: number
  readonly ended_at: number | null
  readonly verdict: string | null
  readonly detail: string | null
  readonly tree: string | null
  readonly output: string | null
  readonly cost_usd: number | null
}

/** An event as it is stored: `body` is JSON of its own fields, null where the ledger row or the new task says it all. */
export interface NewEventRow {
  readonly seq: number
  readonly type: string
  readonly at: number
  readonly task_id: number | null
  readonly body: string | null
}

/** An event with what it refers to: a ledger row, or how its task was created. */
export interface EventRow extends NewEventRow {
  readonly event: string | null
  readonly cause: string | null
  readonly from_stage: string | null
  readonly stage_json: string | null
  readonly execution: string | null
  readonly upcoming: number | null
}

export interface AccountRow {
  readonly id: string
  /** JSON of the account's `Window` and `Pause`. */
  readonly window: string
  readonly pause: string | null
}

export interface AttentionRow {
  readonly key: string
  readonly task_id: number | null
  readonly text: string
  readonly raised_at: number
}

/** One that is open; `id` is given as it is stored. */
export interface OpenAttentionRow extends AttentionRow {
  readonly id: number
  readonly acknowledged_at: number | null
}

export interface TellingRow {
  readonly attention_id: number
  readonly channel: string
  readonly state: string
  readonly tries: number
  readonly failures: number
  readonly at: number
  readonly detail: string | null
}

export interface SupervisorRow {
  readonly epoch: number
  readonly host: string
  readonly pid: number
  readonly started_at: number
  readonly heartbeat_at: number
  readonly ended_at: number | null
}

export interface GuardRow {
  readonly key: string
  readonly posture: string
  readonly reason: string
  readonly is_on: 0 | 1
  /** JSON of `Override`. */
  readonly override: string | null
  readonly since: number
  readonly at: number
}

/** What is told by a hook; `id` is given as it is stored. */
export interface NewHookEventRow {
  readonly session_id: string | null
  readonly hook: string
  readonly tool_name: string | null
  readonly tool_use_id: string | null
  readonly cwd: string | null
  readonly payload: string
  readonly at: number
  readonly source: string | null
}

export interface HookEventRow extends NewHookEventRow {
  readonly id: number
}

export interface CommitmentRow {
  readonly id: number
  readonly topic: string
  readonly session: string | null
  readonly is_open: 0 | 1
  /** When it was opened, and when it ended: null while it is open. */
  readonly opened_at: number
  readonly ended_at: number | null
  /** JSON of `Commitment`. */
  readonly body: string
}

/** A claim that something was done, which nothing showed; `id` is given as it is stored. */
export interface NewUnverifiedRow {
  readonly at: number
  readonly session: string | null
  /** JSON of `Unverified`. */
  readonly body: string
}

export interface UnverifiedRow extends NewUnverifiedRow {
  readonly id: number
}
