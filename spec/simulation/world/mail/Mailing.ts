/**
 * What must hold of the mailbox: judged by what was really sent, by what sessions were really shown and by the store's
 * rows, never by what a supervisor believes.
 */
import * as Schema from "effect/Schema"
import { mostInChain, mostMessages, mostText } from "../../../../core/mailbox/AtStop.ts"
import { operator } from "../../../../core/mailbox/Role.ts"
import { mostHops, mostPerRole, mostPerSender, windowMs } from "../../../../core/mailbox/Sending.ts"
import type { Row } from "../LedgerRow.ts"
import type { Reader } from "../Reader.ts"
import type { Session } from "./Session.ts"

const Delivery = Schema.Struct({
  id: Schema.Int,
  session: Schema.String,
  at: Schema.Number,
  printed: Schema.Int,
  confirmed_at: Schema.NullOr(Schema.Number),
  ended_at: Schema.NullOr(Schema.Number)
})
type Delivery = typeof Delivery.Type
const deliveriesOf = Schema.decodeUnknownSync(Schema.Array(Delivery))
const deliveriesSql = "SELECT id, session, at, printed, confirmed_at, ended_at FROM deliveries ORDER BY id"

const Message = Schema.Struct({
  id: Schema.String,
  role: Schema.String,
  sender: Schema.String,
  hop: Schema.Int,
  at: Schema.Number,
  task_id: Schema.NullOr(Schema.Int),
  state: Schema.String,
  delivery: Schema.NullOr(Schema.Int)
})
const messagesOf = Schema.decodeUnknownSync(Schema.Array(Message))
const holderIn = Schema.decodeUnknownSync(Schema.Struct({ id: Schema.String }))
const messageColumns = "id, role, sender, hop, at, task_id, state, delivery"

/** What somebody has sent. */
export interface Sent {
  readonly id: string
  readonly role: string
  readonly from: string
  readonly text: string
  /** Who sent it, where a session did; and how many answers had led to it as it did. */
  readonly by: Session | null
  readonly hop: number
  /** It says nothing but a stop word. */
  readonly isCourtesy: boolean
}

export interface Setting {
  readonly broken: (requirement: string, what: string) => void
  readonly lives: (session: Session) => boolean
  /** Whether nothing can prove any more that it is over: the machine had another name then. */
  readonly isBeyondProof: (session: Session) => boolean
  readonly wall: () => number
}

/** What a delivery was, as it was printed. */
const readFrame = (text: string) => {
  const [, id] = /\bdelivery (\d+)\./.exec(text) ?? []
  const [, task] = /\bdrover this task, #(\d+),/.exec(text) ?? []
  const [, directory = ""] = /^In the directory (\S+):$/m.exec(text) ?? []
  return {
    delivery: Number(id),
    directory,
    task: task === undefined ? null : Number(task),
    tokens: [...text.matchAll(/^\| (m\d+):/gm)].map(([, token = ""]) => token),
    count: [...text.matchAll(/^--- message \d+ of \d+, from /gm)].length
  }
}

export class Mailing {
  readonly counts = {
    "messages sent": 0,
    "messages refused": 0,
    "deliveries seen": 0,
    "deliveries seen again": 0,
    "deliveries that moved": 0,
    "messages lost twice": 0,
    "tasks given to sessions": 0
  }
  readonly #setting: Setting
  readonly #sent = new Map<string, Sent>()
  readonly #refused = new Set<string>()
  readonly #sessions = new Map<string, Session>()
  /** The newest of each role that drover knows of. */
  readonly #newest = new Map<string, Session>()
  /** The delivery that each message was seen in, and what sessions were shown each delivery. */
  readonly #seenIn = new Map<string, number>()
  readonly #shownTo = new Map<number, Set<string>>()
  /** What a session has shown to have seen, `session delivery`. */
  readonly #known = new Set<string>()
  /** Which task a delivery was for. */
  readonly #works = new Map<number, number>()
  #rows = new Map<number, Delivery>()

  constructor(setting: Setting) {
    this.#setting = setting
  }

  begun(session: Session): void {
    this.#sessions.set(session.id, session)
  }

  /** The hook of its beginning was heard to its end. */
  bound(session: Session, database: Reader | undefined): void {
    const { id, parent, role } = session
    // Of what a session has started, one whose starter was no holder, or is gone, may be like any other.
    if (parent === null || this.#holderOf(role, database) === id) this.#newest.set(role, session)
  }

  /** Of a starter that drover never heard of, or only later, it could not know. */
  #isKnownToBeWithin({ id }: Session, parent: Session, database: Reader): boolean {
    const sql =
      "SELECT 1 FROM sessions own JOIN sessions other ON other.bound < own.bound WHERE own.session = ? AND other.session = ?"
    return database.prepare(sql).all(id, parent.id).length > 0
  }

  #holderOf(role: string, database: Reader | undefined): string | null {
    const row = database?.prepare("SELECT session AS id FROM sessions WHERE role = ? ORDER BY bound DESC").get(role)
    return row === undefined ? null : holderIn(row).id
  }

  sent(message: Sent): void {
    this.counts["messages sent"] += 1
    // What a session answers to what it was given has one hop more, until a person speaks to it. Drover tells senders by
    // their role: of one that was replaced it goes by what its successor was given, and so do those who answer it.
    const { by, hop, id } = message
    const isJudged = by === null || by === this.#newest.get(by.role)
    this.#sent.set(id, isJudged ? message : { ...message, hop: 0 })
    if (isJudged && hop > mostHops) this.#broken("MBX-2", `${id} is answer ${hop} in a row`)
  }

  refused(id: string): void {
    this.counts["messages refused"] += 1
    this.#refused.add(id)
  }

  /** A hook of that session has printed this, and the session reads it. */
  shown(session: Session, text: string, database: Reader): void {
    const { count, delivery, directory, task, tokens } = readFrame(text)
    const what = `delivery ${delivery} to ${session.id}`
    const earlier = this.#shownTo.get(delivery)
    this.#shownTo.set(delivery, new Set(earlier).add(session.id))
    this.counts[earlier === undefined ? "deliveries seen" : "deliveries seen again"] += 1
    if (this.#known.has(`${session.id} ${delivery}`))
      this.#broken("MBX-1", `${what}: it has seen it, and goes on by it`)
    if (task !== null) this.#works.set(delivery, task)
    if (task !== null && earlier === undefined) this.counts["tasks given to sessions"] += 1
    if (task !== null && earlier !== undefined && !earlier.has(session.id))
      this.#broken("MBX-4", `${what}: #${task} was given to another session`)
    const rows = messagesOf(
      database.prepare(`SELECT ${messageColumns} FROM messages WHERE delivery = ? ORDER BY seq`).all(delivery)
    )
    if (rows.length === 0) this.#broken("MBX-1", `${what}: the store has no message in it`)
    const expected = rows.flatMap(({ id, task_id }) =>
      task_id === null && this.#sent.get(id)?.isCourtesy !== true ? [id] : []
    )
    if (expected.join() !== tokens.join())
      this.#broken("MBX-1", `${what} shows ${tokens.join()}, and the store has ${expected.join()} in it`)
    for (const { id, role } of rows) {
      const before = this.#seenIn.get(id)
      this.#seenIn.set(id, delivery)
      if (before !== undefined && before !== delivery) this.#broken("MBX-1", `${what}: ${id} was in delivery ${before}`)
      if (role !== session.role) this.#broken("MBX-5", `${what}: ${id} is for ${role}, it is ${session.role}`)
    }
    const length = rows.reduce((sum, { id }) => sum + (this.#sent.get(id)?.text.length ?? 0), 0)
    if (count > mostMessages || (count > 1 && length > mostText))
      this.#broken("MBX-1", `${what}: ${count} messages, ${length} characters`)
    if (task !== null && rows.length !== 1) this.#broken("MBX-4", `${what}: work is not alone in it`)
    session.chain += 1
    if (session.chain > mostInChain) this.#broken("MBX-2", `${what} is the ${session.chain}th in a row`)
    const row = deliveriesOf(database.prepare(deliveriesSql).all()).find(({ id }) => id === delivery)
    this.#isHolders(session, row?.printed === 1, what, database)
    const hop = Math.max(0, ...rows.map(({ hop: stored, id }) => this.#sent.get(id)?.hop || stored))
    session.shown = { at: row?.at ?? this.#setting.wall(), hop }
    session.delivery = delivery
    session.work = task === null ? null : { task, directory }
  }

  /** What waits is for the newest that began, and for nothing that it has started itself. */
  #isHolders(session: Session, isFresh: boolean, what: string, database: Reader): void {
    const { parent, role } = session
    if (parent !== null && this.#setting.lives(parent) && this.#isKnownToBeWithin(session, parent, database))
      this.#broken("MBX-5", `${what}: it was started by ${parent.id}, and has its role`)
    const newest = this.#newest.get(role)
    if (isFresh && newest !== undefined && newest !== session && this.#setting.lives(newest))
      this.#broken("MBX-5", `${what}: ${newest.id} began later, and lives`)
  }

  /** A stop that ran to its end has told that the session went on by what it was shown. */
  went({ delivery, id }: Session): void {
    if (delivery !== null) this.#known.add(`${id} ${delivery}`)
  }

  /** After each hook: what is confirmed is not printed again, and what a session has stays its own while it lives. */
  look(database: Reader): void {
    const rows = deliveriesOf(database.prepare(deliveriesSql).all())
    for (const row of rows) {
      const before = this.#rows.get(row.id)
      if (before === undefined) continue
      const isSettled = before.confirmed_at !== null || before.ended_at !== null
      if (isSettled && row.printed > before.printed)
        this.#broken("MBX-1", `delivery ${row.id} was seen, and is printed again`)
      if (row.session === before.session) continue
      this.counts["deliveries that moved"] += 1
      const owner = this.#sessions.get(before.session)
      if (owner !== undefined && this.#setting.lives(owner))
        this.#broken("MBX-1", `delivery ${row.id} goes from ${owner.id}, which lives, to ${row.session}`)
      if (this.#works.has(row.id)) this.#broken("MBX-4", `delivery ${row.id} is work, and goes to ${row.session}`)
    }
    this.#rows = new Map(rows.map((row) => [row.id, row]))
  }

  /** A program of a task begins. */
  started(task: number, what: string): void {
    for (const session of this.#sessions.values()) {
      if (session.work?.task !== task || !session.isInTurn || !this.#setting.lives(session)) continue
      this.#broken("EXE-1", `#${task} gets ${what} while the session ${session.id} works at it`)
    }
  }

  /** What is launched has no message that a session could take, or works by. */
  row({ execution, task_id: task }: Row, database: Reader): void {
    if (execution._tag !== "Launching") return
    const open = messagesOf(
      database
        .prepare(
          `SELECT ${messageColumns} FROM messages m WHERE task_id = ? AND (state = 'waiting' OR EXISTS
             (SELECT 1 FROM deliveries d WHERE d.id = m.delivery AND d.ended_at IS NULL))`
        )
        .all(task)
    )
    for (const { id, state } of open) this.#broken("EXE-1", `#${task} is launched, and its message ${id} is ${state}`)
  }

  /** What has not come to anybody yet. */
  unsettled(database: Reader): ReadonlyArray<string> {
    const rows = messagesOf(database.prepare(`SELECT ${messageColumns} FROM messages WHERE state = 'waiting'`).all())
    const waiting = rows.flatMap(({ id, role }) =>
      role === operator || this.#sent.get(id)?.isCourtesy === true ? [] : [`${id} for ${role} waits`]
    )
    const open = deliveriesOf(database.prepare(deliveriesSql).all()).flatMap(
      ({ confirmed_at, ended_at, id, session }) => {
        const owner = this.#sessions.get(session)
        const isOpen = confirmed_at === null && ended_at === null
        return isOpen && (owner === undefined || !this.#setting.isBeyondProof(owner))
          ? [`delivery ${id} of ${session} is not known to be seen`]
          : []
      }
    )
    return [...waiting, ...open]
  }

  /** By the rows in the end: each message that was accepted is there, and was seen in its delivery; none was too many. */
  atRest(database: Reader): void {
    const rows = messagesOf(database.prepare(`SELECT ${messageColumns} FROM messages ORDER BY seq`).all())
    const stored = new Map(rows.map((row) => [row.id, row]))
    const deliveries = new Map(deliveriesOf(database.prepare(deliveriesSql).all()).map((row) => [row.id, row]))
    for (const [id, { isCourtesy, role }] of this.#sent) {
      const row = stored.get(id)
      if (row === undefined) this.#broken("MBX-1", `${id} was accepted, and is not there`)
      else if (row.delivery !== null && role !== operator) {
        const delivery = deliveries.get(row.delivery)
        const isLost = delivery?.confirmed_at != null && this.#seenIn.get(id) !== row.delivery
        // Decision 26: what was lost on its way counts as seen where drover did not hear either that a person spoke.
        if (isLost && this.#sessions.get(delivery.session)?.isUnheard === true) this.counts["messages lost twice"] += 1
        else if (isLost)
          this.#broken("MBX-1", `${id} is in delivery ${row.delivery}, which counts as seen: nobody was shown it`)
      } else if (row.state === "waiting" && !isCourtesy && role !== operator)
        this.#broken("MBX-1", `${id} for ${role} waits`)
    }
    for (const id of this.#refused) if (stored.has(id)) this.#broken("MBX-2", `${id} was refused, and is there`)
    const talk = rows.filter(({ task_id }) => task_id === null)
    talk.forEach(({ at, hop, id, role, sender }, index) => {
      const within = talk.slice(0, index).filter((other) => other.at > at - windowMs)
      if (hop > mostHops) this.#broken("MBX-2", `${id} has hop ${hop}`)
      if (within.filter((other) => other.sender === sender).length >= mostPerSender)
        this.#broken("MBX-2", `${id} is one too many from ${sender}`)
      if (within.filter((other) => other.role === role).length >= mostPerRole)
        this.#broken("MBX-2", `${id} is one too many to ${role}`)
    })
    const open = new Set(
      Schema.decodeUnknownSync(Schema.Array(Schema.Struct({ key: Schema.String })))(
        database.prepare("SELECT key FROM attention WHERE cleared_at IS NULL").all()
      ).map(({ key }) => key)
    )
    const isTold = open.has("mailbox:operator")
    if (!isTold && rows.some(({ role, state }) => role === operator && state === "waiting"))
      this.#broken("MBX-1", "a person's mail waits, and the person is not told")
  }

  #broken(requirement: string, what: string): void {
    this.#setting.broken(requirement, what)
  }
}
