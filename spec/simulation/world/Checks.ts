/**
 * What must hold at every step, apart from whatever the workload does: of the machine itself, as each program starts, and
 * of the ledger, as each transaction is committed. A broken promise is noted with its requirement.
 */
import { basename, dirname } from "node:path"
import * as Schema from "effect/Schema"
import { AttemptNumber, type TaskId } from "../../../core/task/Identifiers.ts"
import type { SpawnRequest } from "../../../shell/process/SpawnRequest.ts"
import type { Repositories } from "./git/Repositories.ts"
import type { Host } from "./Host.ts"
import { Landed } from "./Landed.ts"
import { Limits } from "./Limits.ts"
import { Mailing, type Setting as MailSetting } from "./mail/Mailing.ts"
import { rowsOf, stateOf } from "./LedgerRow.ts"
import type { Reader } from "./Reader.ts"
import { Sights } from "./Sights.ts"

export interface Violation {
  readonly requirement: string
  readonly what: string
}

const isNumber = Schema.is(AttemptNumber)
const Marked = Schema.Array(Schema.Struct({ marker: Schema.String, task_id: Schema.Int, number: Schema.Int }))
const markedOf = Schema.decodeUnknownSync(Marked)

/** `<attempt>` or `<attempt>.v1`. */
const rootOf = (marker: string): string => marker.replace(/\..*$/, "")

/** By the folder that it has. */
const kindOf = (folder: string): string =>
  folder.endsWith("/setup") ? "a setup" : /\/l\d+\/v\d+$/.test(folder) ? "a check of a landing" : "an agent"

/** As much of a marker as tells it from others. */
const short = (marker: string): string => marker.slice(0, 6) + marker.replace(/^[^.]*/, "")

/** Executions of which some process may live. */
const live: ReadonlySet<string> = new Set(["Launching", "Running", "Limited", "Stopping", "Verifying", "Landing"])

export class Checks {
  readonly violations: Array<Violation> = []
  /** Programs that began, transactions that were committed, ledger rows. */
  readonly counts = { programs: 0, agents: 0, commits: 0, rows: 0 }
  /** Called with the execution that a task has entered. */
  onEntered: (execution: string) => void = () => undefined
  /** Called as a program of a task begins. */
  onBegan: (marker: string, task: number, what: string) => void = () => undefined
  readonly landed: Landed
  readonly mailing: Mailing
  readonly limits = new Limits((requirement, what) => this.broken(requirement, what))
  readonly sights = new Sights((requirement, what) => this.broken(requirement, what))
  readonly #host: () => Host
  readonly #hasRecordedExit: (task: TaskId, attempt: AttemptNumber) => boolean
  readonly #isRevoked: (task: TaskId, attempt: AttemptNumber) => boolean
  /** `stage execution` of each task, as committed. */
  readonly #states = new Map<number, string>()
  /** How often each folder had a program that began, and whether one of a marker has. */
  readonly #starts = new Map<string, number>()
  readonly #begun = new Set<string>()
  /** The task of each attempt, by its marker, as the request for it said. */
  readonly #taskOf = new Map<string, number>()
  /** The folder of what was asked for last under a marker: a setup and its agent share one, as do checks of a landing. */
  readonly #folders = new Map<string, string>()
  readonly #revisions = new Map<number, number>()
  #seq = 0

  readonly #say: (line: string) => void

  constructor(options: {
    readonly host: () => Host
    readonly say: (line: string) => void
    readonly repositories: () => Repositories
    readonly onMoment: (moment: "arm" | "check") => void
    readonly hasRecordedExit: (task: TaskId, attempt: AttemptNumber) => boolean
    readonly isRevoked: (task: TaskId, attempt: AttemptNumber) => boolean
    readonly mail: Omit<MailSetting, "broken">
  }) {
    this.mailing = new Mailing({ ...options.mail, broken: (requirement, what) => this.broken(requirement, what) })
    this.landed = new Landed({ ...options, broken: (requirement, what) => this.broken(requirement, what) })
    this.#host = options.host
    this.#say = options.say
    this.#hasRecordedExit = options.hasRecordedExit
    this.#isRevoked = options.isRevoked
  }

  broken(requirement: string, what: string): void {
    this.#say(`BROKEN ${requirement} ${what}`)
    this.violations.push({ requirement, what })
  }

  states(): Iterable<string> {
    return this.#states.values()
  }

  stateOf(task: TaskId): string {
    return this.#states.get(task) ?? "backlog Idle"
  }

  /** A program is asked for. */
  requested(request: SpawnRequest): void {
    const { directory, env, marker } = request
    this.landed.requested(request)
    this.#folders.set(marker, directory)
    const attempt = basename(marker.includes(".") ? dirname(directory) : directory)
    this.#taskOf.set(rootOf(marker), Number(env.DROVER_TASK ?? attempt.split(".")[0]))
  }

  /** A program has its start token, and begins. */
  readonly started = (marker: string): void => {
    this.counts.programs += 1
    const isRun = marker.includes(".")
    const folder = this.#folders.get(marker) ?? ""
    const what = isRun ? "a verifier" : kindOf(folder)
    if (what === "an agent") this.counts.agents += 1
    const starts = (this.#starts.get(folder) ?? 0) + 1
    this.#starts.set(folder, starts)
    this.#begun.add(marker)
    if (starts > 1) this.broken("EXE-1", `${marker} was started ${starts} times in ${folder}`)
    const task = this.#taskOf.get(rootOf(marker))
    this.#say(`#${task} ${what} begins: ${short(marker)}`)
    this.landed.started(marker)
    if (task !== undefined) {
      this.mailing.started(task, what)
      this.onBegan(marker, task, what)
    }
    for (const other of this.#host().machine.processes) {
      // A wrapper that has not got its token yet may never get it, and does nothing without.
      if (other.marker === null || other.marker === marker || !this.#begun.has(other.marker)) continue
      if (this.#taskOf.get(rootOf(other.marker)) !== task) continue
      if (isRun && rootOf(other.marker) === rootOf(marker) && !other.marker.includes(".")) {
        this.broken("EXE-14", `#${task} gets a verifier beside a process of the agent it judges`)
      } else this.broken("EXE-1", `#${task} gets a program beside one of ${other.marker}`)
    }
  }

  /** What was just committed, by that process. */
  committed(database: Reader, by: string): void {
    this.counts.commits += 1
    this.limits.committed(database)
    const rows = rowsOf(
      database
        .prepare(
          "SELECT seq, task_id, revision, at, event, execution, stage_json FROM transitions WHERE seq > ? ORDER BY seq"
        )
        .all(this.#seq)
    )
    for (const row of rows) {
      const { event, execution, revision, seq, task_id: task } = row
      const state = stateOf(execution)
      this.counts.rows += 1
      this.#seq = seq
      const before = this.#revisions.get(task) ?? 0
      if (revision !== before + 1) this.broken("STO-2", `#${task} goes from revision ${before} to ${revision}`)
      this.#revisions.set(task, revision)
      this.#states.set(task, `${row.stage_json.stage} ${state}`)
      this.onEntered(state)
      this.#say(`#${task} ${event.event?._tag ?? event._tag}: ${state}`)
      this.landed.row(row, by, database)
      this.limits.row(row, database)
      this.sights.row(row, by)
      this.mailing.row(row, database)
      const ended = event.event
      if (ended?.how?._tag === "Lost" && isNumber(ended.attempt) && this.#hasRecordedExit(task, ended.attempt)) {
        this.broken("TCK-4", `#${task}.${ended.attempt} is lost, though its wrapper recorded how it ended`)
      }
      if (ended?.how?._tag === "Lost" && isNumber(ended.attempt) && this.#isRevoked(task, ended.attempt)) {
        this.broken("EXE-12", `#${task}.${ended.attempt} is lost and uses an attempt, though its start was revoked`)
      }
      const died = event.event?._tag === "VerifiedDead" || event.event?._tag === "LaunchFailed"
      if (died || !live.has(execution._tag)) this.#isQuiet(task, database, `${event.event?._tag} to ${execution._tag}`)
    }
  }

  /** Whatever the store says is over has no process. */
  #isQuiet(task: number, database: Reader, what: string): void {
    const markers = markedOf(
      database
        .prepare("SELECT marker, task_id, number FROM attempts WHERE task_id = ? ORDER BY number DESC LIMIT 3")
        .all(task)
    )
    // Who was overtaken may start a wrapper late: it finds its token revoked, and does nothing.
    const alive = this.#host().machine.processes.filter(
      ({ marker }) =>
        marker !== null && this.#begun.has(marker) && markers.some((attempt) => attempt.marker === rootOf(marker))
    )
    for (const { marker, pid } of alive)
      this.broken("EXE-2", `#${task}: ${what}, and process ${pid} of ${marker} lives`)
  }
}
