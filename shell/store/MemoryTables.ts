/**
 * The tables of a store in memory, with a way back: what a failed transaction changed is undone, newest first.
 */
import type { BatchRow } from "./BoardTables.ts"
import type { DeliveryRow, MessageRow, SessionRow } from "./MailboxRows.ts"
import type * as Rows from "./Rows.ts"

/** What a database would derive from the other columns. */
export interface Derived {
  readonly pipeline: string | null
  readonly done_at: number | null
  readonly is_open: boolean
}

export interface StoredTask extends Omit<Rows.TaskUpdateRow, "spec_revision">, Derived {
  readonly batch_id: number | null
  readonly key: string | null
  readonly upcoming: 0 | 1
  readonly created_at: number
  readonly spec_revision: number
}

/** A map that notes how to undo each change. */
class Table<Key, Row> {
  private readonly rows = new Map<Key, Row>()
  private readonly undo: Array<() => void>

  constructor(undo: Array<() => void>) {
    this.undo = undo
  }

  get(key: Key): Row | undefined {
    return this.rows.get(key)
  }

  has(key: Key): boolean {
    return this.rows.has(key)
  }

  values(): ReadonlyArray<Row> {
    return [...this.rows.values()]
  }

  set(key: Key, row: Row): void {
    const before = this.rows.get(key)
    this.undo.push(() => (before === undefined ? this.rows.delete(key) : this.rows.set(key, before)))
    this.rows.set(key, row)
  }

  delete(key: Key): void {
    const before = this.rows.get(key)
    if (before === undefined) return
    this.undo.push(() => this.rows.set(key, before))
    this.rows.delete(key)
  }
}

/** What is numbered, and gives no number twice. */
export type Numbered = "batch" | "task" | "seq" | "epoch" | "hookEvent" | "commitment" | "unverified" | "attention"

/** Every table, and the list of what the running transaction did. */
export class Tables {
  /** How many transactions there were. */
  commits = 0
  readonly undo: Array<() => void> = []
  readonly batches = new Table<number, BatchRow>(this.undo)
  readonly tasks = new Table<number, StoredTask>(this.undo)
  /** Of each task, by revision. */
  readonly specs = new Table<string, Rows.SpecRow>(this.undo)
  readonly transitions = new Table<number, ReadonlyArray<Rows.TransitionRow>>(this.undo)
  readonly transitionsBySeq = new Table<number, Rows.TransitionRow>(this.undo)
  readonly events = new Table<number, Rows.NewEventRow>(this.undo)
  readonly attempts = new Table<number, ReadonlyArray<Rows.AttemptRow>>(this.undo)
  readonly markers = new Table<string, { readonly task: number; readonly number: number }>(this.undo)
  readonly verifications = new Table<number, ReadonlyArray<Rows.VerificationRow>>(this.undo)
  readonly accounts = new Table<string, Rows.AccountRow>(this.undo)
  readonly attention = new Table<string, Rows.OpenAttentionRow>(this.undo)
  /** By item and channel. */
  readonly tellings = new Table<string, Rows.TellingRow>(this.undo)
  readonly settings = new Table<string, string>(this.undo)
  readonly supervisors = new Table<number, Rows.SupervisorRow>(this.undo)
  readonly guards = new Table<string, Rows.GuardRow>(this.undo)
  readonly messages = new Table<string, MessageRow>(this.undo)
  readonly deliveries = new Table<number, DeliveryRow>(this.undo)
  readonly sessions = new Table<string, SessionRow>(this.undo)
  readonly hookEvents = new Table<number, Rows.HookEventRow>(this.undo)
  /** What is there once, however often it comes. */
  readonly hookEventKeys = new Table<string, number>(this.undo)
  readonly commitments = new Table<number, Rows.CommitmentRow>(this.undo)
  readonly unverified = new Table<number, Rows.UnverifiedRow>(this.undo)
  /** The highest of each that was ever given. */
  readonly highest = new Table<Numbered, number>(this.undo)

  commit(): void {
    this.commits += 1
    this.undo.length = 0
  }

  rollback(): void {
    for (const step of this.undo.splice(0).toReversed()) step()
  }
}

export const specKey = (task: number, revision: number): string => `${task}@${revision}`
