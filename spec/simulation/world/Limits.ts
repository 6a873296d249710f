/**
 * What must hold of the accounts at a provider, by the ledger alone: nothing is launched under an account that is limited
 * or paused, and after a limit one goes first, alone, until it has shown that the provider serves the account again
 * (TCK-10).
 */
import * as Schema from "effect/Schema"
import type { Row } from "./LedgerRow.ts"
import type { Reader } from "./Reader.ts"

/** What the simulated supervisors have seen of an account. */
interface Seen {
  /** Nothing is launched before then; and when that was told. */
  until: number
  toldAt: number
  pausedAt: number | null
  /** What the store said last. */
  isPaused: boolean
  /** It waits for a proof, that this attempt tries to give; null: whoever comes next. */
  trial: string | null
  waits: boolean
}

type Event = NonNullable<Row["event"]["event"]>

const accountOf = Schema.decodeUnknownSync(Schema.Struct({ account: Schema.NonEmptyString }))
const pauseOf = Schema.decodeUnknownSync(Schema.UndefinedOr(Schema.Struct({ pause: Schema.NullOr(Schema.String) })))
const NumberOf = Schema.Struct({ number: Schema.Int })
const isNumbered = Schema.is(NumberOf)

const needsPerson = (cause: string | undefined): boolean => cause === "authentication" || cause === "billing"

const launched = Schema.decodeUnknownSync(Schema.Struct({ role: Schema.String }))
const roleOf = (attempt: unknown): string => launched(attempt).role

/** What an attempt that ended by itself shows of its account. */
const proofs: ReadonlySet<string> = new Set(["Clean", "Forced", "Aborted"])
/** What ends a trial without a proof. */
const ends: ReadonlySet<string> = new Set(["Ended", "Stop", "LaunchFailed", "VerifiedDead", "Withdrawn", "SessionGone"])

export class Limits {
  /** Limits that were told of, and attempts that tried alone whether one was over. */
  readonly counts = { limits: 0, canaries: 0 }
  readonly #broken: (requirement: string, what: string) => void
  readonly #accounts = new Map<string, Seen>()
  readonly #accountOfTask = new Map<number, string>()

  constructor(broken: (requirement: string, what: string) => void) {
    this.#broken = broken
  }

  /** Before the rows of a transaction: a person may have let accounts in again, which no ledger tells. */
  committed(database: Reader): void {
    for (const [id, seen] of this.#accounts) {
      const row = pauseOf(database.prepare("SELECT pause FROM accounts WHERE id = ?").get(id))
      const isPaused = row !== undefined && row.pause !== null
      // What is left of a limit is lifted with the pause.
      if (seen.isPaused && !isPaused) Object.assign(seen, { until: 0, pausedAt: null, trial: null, waits: true })
      seen.isPaused = isPaused
    }
  }

  row({ at, event: { event }, task_id: task }: Row, database: Reader): void {
    if (event === undefined) return
    // Before it starts, a task may be given to another agent; and a role may have one of its own.
    const begins = event._tag === "Launch" || event._tag === "Assign"
    if (begins) this.#look(task, roleOf(event.attempt), database)
    const seen = this.#seen(task, database)
    const attempt = `${task}.${isNumbered(event.attempt) ? event.attempt.number : event.attempt}`
    if (begins) this.#launched(seen, attempt, event.at ?? at)
    const limit = limitOf(event)
    if (limit !== null) return this.#told(seen, limit, at)
    if (seen.trial !== attempt) return
    if (
      event._tag === "Sustained" ||
      event._tag === "TurnEnded" ||
      (event._tag === "Ended" && proofs.has(event.how?._tag ?? ""))
    )
      seen.waits = false
    else if (ends.has(event._tag)) seen.trial = null
  }

  #launched(seen: Seen, attempt: string, at: number): void {
    if (seen.pausedAt !== null && at > seen.pausedAt)
      this.#broken("TCK-10", `#${attempt} begins, its account is paused`)
    if (!seen.waits) return
    // What was decided before a limit was told may be written after it, in the same millisecond too; and a clock may have
    // been set back since. It is the one that goes first all the same, where nobody does yet.
    const isNew = at > seen.toldAt
    if (isNew && at < seen.until)
      this.#broken("TCK-10", `#${attempt} begins ${seen.until - at} ms before its limit ends`)
    if (seen.trial === null) this.counts.canaries += 1
    else if (isNew) this.#broken("TCK-10", `#${attempt} begins beside the canary #${seen.trial}`)
    else return
    seen.trial = attempt
  }

  #told(seen: Seen, { cause, until }: Limit, at: number): void {
    this.counts.limits += 1
    if (needsPerson(cause)) seen.pausedAt ??= at
    else {
      // A limit that was proved to be over says nothing any more, whatever the clock shows.
      const before = seen.waits ? seen.until : 0
      Object.assign(seen, { until: Math.max(before, until), toldAt: at, trial: null, waits: true })
    }
  }

  #seen(task: number, database: Reader): Seen {
    const id = this.#accountOfTask.get(task) ?? this.#look(task, "coder", database)
    const known = this.#accounts.get(id)
    if (known !== undefined) return known
    const seen: Seen = { until: 0, toldAt: 0, pausedAt: null, isPaused: false, trial: null, waits: false }
    this.#accounts.set(id, seen)
    return seen
  }

  #look(task: number, role: string, database: Reader): string {
    const { account } = accountOf(
      database
        .prepare(
          `SELECT coalesce(agent ->> '$.account', agent ->> '$.name') AS account
           FROM (SELECT coalesce(spec -> ('$.roleAgents.' || ?), spec -> '$.agent') AS agent
                 FROM task_specs WHERE task_id = ? ORDER BY revision DESC LIMIT 1)`
        )
        .get(role, task)
    )
    this.#accountOfTask.set(task, account)
    return account
  }
}

interface Limit {
  readonly until: number
  readonly cause: string | undefined
}

const limitOf = ({ _tag, cause, facts, how, resumeAt }: Event): Limit | null => {
  if (_tag === "RateLimited" && typeof resumeAt === "number") return { until: resumeAt, cause }
  if (_tag === "Ended" && how?._tag === "Limited") return { until: how.resumeAt ?? 0, cause: how.cause }
  // A refusal that its end told of already may have been lifted since.
  const found = _tag === "VerifiedDead" ? facts?.limit : undefined
  return found === undefined || needsPerson(found.cause) ? null : found
}
