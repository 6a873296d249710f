/** Messages, deliveries and sessions as rows, and back; a row that means nothing is malformed. */
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { ProcessIdentity } from "../../core/execution/Process.ts"
import type { Delivery, Message, MessageState, Work } from "../../core/mailbox/Message.ts"
import type { Session } from "../../core/mailbox/Session.ts"
import { AttemptNumber, TaskId } from "../../core/task/Identifiers.ts"
import * as Codec from "./Codec.ts"
import { decoder } from "./JsonColumn.ts"
import { MalformedRow } from "./StoreError.ts"

export interface MessageRow {
  readonly id: string
  readonly role: string
  readonly sender: string
  readonly body: string
  readonly hop: number
  readonly at: number
  readonly task_id: number | null
  readonly attempt: number | null
  readonly visit: number | null
  readonly state: string
  readonly delivery: number | null
  readonly settled_at: number | null
}

/** What becomes of a message that waits; one that does not wait is left alone. */
export interface SettledRow {
  readonly id: string
  readonly state: "delivered" | "withdrawn" | "expired"
  readonly delivery: number | null
  readonly settled_at: number
}

export interface DeliveryRow {
  readonly id: number
  readonly role: string
  readonly session: string
  readonly at: number
  readonly hop: number
  readonly chain: number
  readonly printed: number
  readonly confirmed_at: number | null
  readonly ended_at: number | null
  readonly said: string | null
}

/** `id`: of a message. */
export interface EndedRow {
  readonly id: string
  readonly ended_at: number
}

export interface SessionRow {
  readonly session: string
  readonly role: string
  readonly bound: number
  readonly at: number
  readonly cwd: string | null
  /** JSON of `ProcessIdentity`. */
  readonly process: string | null
  readonly spoken_at: number | null
  readonly ended_at: number | null
}

/** A message that nobody has taken yet. */
export const newMessage = ({ at, from, hop, id, role, text, work }: Omit<Message, "state">): MessageRow => ({
  id,
  role,
  sender: from,
  body: text,
  hop,
  at,
  task_id: work?.task ?? null,
  attempt: work?.attempt ?? null,
  visit: work?.visit ?? null,
  state: "waiting",
  delivery: null,
  settled_at: null
})

const isTaskId = Schema.is(TaskId)
const isAttemptNumber = Schema.is(AttemptNumber)

const workOf = ({ attempt, task_id, visit }: MessageRow): Work | null | undefined => {
  if (task_id === null) return null
  return isTaskId(task_id) && isAttemptNumber(attempt) && visit !== null ? { task: task_id, attempt, visit } : undefined
}

const stateOf = ({ delivery, settled_at: at, state }: MessageRow): MessageState | undefined => {
  if (state === "waiting") return { _tag: "Waiting" }
  if (at === null) return undefined
  if (state === "withdrawn") return { _tag: "Withdrawn", at }
  if (state === "expired") return { _tag: "Expired", at }
  return state === "delivered" && delivery !== null ? { _tag: "Delivered", delivery, at } : undefined
}

export const message = (row: MessageRow): Codec.Decoded<Message> => {
  const [state, work] = [stateOf(row), workOf(row)]
  if (state === undefined || work === undefined) {
    const detail = state === undefined ? `its state is ${row.state}` : "it asks for no attempt of a task"
    return Either.left(new MalformedRow({ table: "messages", row: row.id, detail }))
  }
  const { at, body: text, hop, id, role, sender: from } = row
  return Either.right({ id, role, from, text, hop, at, work, state })
}

export const deliveryRow = ({ confirmedAt, endedAt, ...rest }: Delivery): DeliveryRow => ({
  ...rest,
  confirmed_at: confirmedAt,
  ended_at: endedAt
})

export const delivery = (row: DeliveryRow): Codec.Decoded<Delivery> => {
  const { confirmed_at: confirmedAt, ended_at: endedAt, ...rest } = row
  return Either.right({ ...rest, confirmedAt, endedAt })
}

export const sessionRow = ({ endedAt, process, spokenAt, ...rest }: Session): SessionRow => ({
  ...rest,
  process: process === null ? null : JSON.stringify(process),
  spoken_at: spokenAt,
  ended_at: endedAt
})

const process = decoder(Schema.parseJson(ProcessIdentity))

export const session = (row: SessionRow): Codec.Decoded<Session> =>
  Either.gen(function* () {
    const { at, bound, cwd, ended_at: endedAt, role, session, spoken_at: spokenAt } = row
    return {
      session,
      role,
      bound,
      at,
      cwd,
      process: row.process === null ? null : yield* Codec.named("sessions", session, "process", process(row.process)),
      spokenAt,
      endedAt
    }
  })
