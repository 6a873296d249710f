/**
 * What must hold of tasks with `approve = "manual"`: as long as anything of a started attempt lives, a file says that its
 * session is held, whole and for that very attempt; of one that is over no file is left in the end (API-5). By the disk
 * and the machine alone.
 */
import type { IFs } from "memfs"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import type { Host } from "./Host.ts"
import type { Reader } from "./Reader.ts"

const File = Schema.Struct({
  task_id: Schema.Int,
  approve_mode: Schema.Literal("force_manual"),
  written_at: Schema.NonEmptyString,
  answer: Schema.Literal("ask", "deny"),
  attempt: Schema.NonEmptyString
})
const fileOf = Schema.decodeUnknownEither(Schema.parseJson(File))

const isManual = Schema.is(Schema.Struct({ approve: Schema.Literal("manual") }))
const Attempt = Schema.UndefinedOr(Schema.Struct({ number: Schema.Int, current: Schema.NullOr(Schema.Int) }))
const attemptOf = Schema.decodeUnknownSync(Attempt)

export interface Setting {
  readonly host: () => Host
  readonly disk: IFs
  readonly folder: string
  readonly broken: (requirement: string, what: string) => void
}

export class HeldSessions {
  readonly counts = { "attempts held": 0 }
  readonly #setting: Setting
  /** The tasks of attempts that began and ask for it, by marker. */
  readonly #running = new Map<string, number>()

  constructor(setting: Setting) {
    this.#setting = setting
  }

  /** An agent begins. */
  started(marker: string, task: number, database: Reader): void {
    const row = database
      .prepare(
        "SELECT spec ->> '$.approve' AS approve FROM task_specs WHERE task_id = ? ORDER BY revision DESC LIMIT 1"
      )
      .get(task)
    if (!isManual(row)) return
    this.counts["attempts held"] += 1
    this.#running.set(marker, task)
    this.look()
  }

  look(): void {
    if (this.#running.size === 0) return
    const alive = new Set(this.#setting.host().machine.processes.map(({ marker }) => marker))
    const held = this.#files().flatMap(({ owner }) => (owner === null ? [] : [`${owner.task_id} ${owner.attempt}`]))
    for (const [marker, task] of this.#running) {
      if (!alive.has(marker)) this.#running.delete(marker)
      else if (!held.includes(`${task} ${marker}`)) {
        this.#running.delete(marker)
        this.#setting.broken("API-5", `#${task} is at work, and no file says that ${marker.slice(0, 6)} is held`)
      }
    }
  }

  /** When all has come to rest. */
  atRest(database: Reader): void {
    for (const { name, owner } of this.#files()) {
      const row =
        owner === null
          ? undefined
          : attemptOf(
              database
                .prepare(
                  `SELECT a.number AS number, t.execution ->> '$.attempt.number' AS current
                   FROM attempts a JOIN tasks t ON t.id = a.task_id WHERE a.marker = ?`
                )
                .get(owner.attempt)
            )
      if (row === undefined || row.number !== row.current)
        this.#setting.broken("API-5", `session-policy/${name} is left of an attempt that is over`)
    }
  }

  #files() {
    const { disk, folder } = this.#setting
    if (!disk.existsSync(folder)) return []
    return disk.readdirSync(folder).map((found) => {
      const name = String(found)
      const isFile = name.endsWith(".json")
      const read = isFile ? fileOf(String(disk.readFileSync(`${folder}/${name}`))) : null
      return { name, owner: read === null ? null : Either.getOrElse(read, () => null) }
    })
  }
}
