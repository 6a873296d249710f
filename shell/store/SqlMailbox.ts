/** The mailbox over a SQL connection. */
import type { Connection } from "@effect/sql/SqlConnection"
import * as Effect from "effect/Effect"
import type { Answer } from "./Encoded.ts"
import type { MessageRow, SessionRow } from "./MailboxRows.ts"
import type { MailboxReads, MessageQuery } from "./MailboxTables.ts"
import { failureOf } from "./SqlFailure.ts"

const columns = "id, role, sender, body, hop, at, task_id, attempt, visit, state, delivery, settled_at"
const listed = "(SELECT value FROM json_each(?))"

const statement = (query: MessageQuery): { readonly sql: string; readonly params: ReadonlyArray<unknown> } => {
  const from = (condition: string, ...params: ReadonlyArray<unknown>) => ({
    sql: `SELECT ${columns} FROM messages WHERE ${condition}`,
    params
  })
  switch (query._tag) {
    case "Waiting":
      return query.role === null
        ? from(`state = 'waiting' ORDER BY seq LIMIT ?`, query.limit)
        : from(`state = 'waiting' AND role = ? ORDER BY seq LIMIT ?`, query.role, query.limit)
    case "Ids":
      return from(`id IN ${listed} ORDER BY seq`, JSON.stringify(query.ids))
    case "LatestOf":
      return from(
        `task_id IN ${listed} AND seq = (SELECT max(seq) FROM messages m WHERE m.task_id = messages.task_id) ORDER BY seq`,
        JSON.stringify(query.tasks)
      )
    case "InDelivery":
      return from(`delivery = ? ORDER BY seq`, query.delivery)
  }
}

const orphanSql = `SELECT d.* FROM deliveries d JOIN sessions s ON s.session = d.session
  WHERE d.role = ? AND d.confirmed_at IS NULL AND d.ended_at IS NULL AND s.ended_at IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.delivery = d.id AND m.task_id IS NOT NULL)
  ORDER BY d.id LIMIT 1`

/** Before that moment (`b`) its turn was over, or the session that had seen it. */
const isOver = `(d.ended_at < (SELECT t FROM b) OR (d.ended_at IS NULL AND d.confirmed_at < (SELECT t FROM b)
  AND EXISTS (SELECT 1 FROM sessions s WHERE s.session = d.session AND s.ended_at < (SELECT t FROM b))))`
/** What a session that may live was given last: its next answer, and its next stop, go by that. */
const isLastOfOpen = `(EXISTS (SELECT 1 FROM sessions s WHERE s.session = d.session AND s.ended_at IS NULL)
  AND NOT EXISTS (SELECT 1 FROM deliveries l WHERE l.session = d.session AND (l.at > d.at OR (l.at = d.at AND l.id > d.id))))`
const isForgotten = `m.task_id IS NULL AND m.settled_at < (SELECT t FROM b)
  AND (m.delivery IS NULL OR EXISTS (SELECT 1 FROM deliveries d WHERE d.id = m.delivery AND ${isOver}))`

/** Each takes the moment (`mailBefore`), and they go in this order. */
export const forgetMail: ReadonlyArray<string> = [
  `DELETE FROM messages AS m WHERE ${isForgotten}`,
  `DELETE FROM deliveries AS d WHERE ${isOver} AND d.id < (SELECT max(id) FROM deliveries) AND NOT ${isLastOfOpen}
     AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.delivery = d.id)`,
  `DELETE FROM sessions AS s WHERE s.ended_at < (SELECT t FROM b)
     AND s.bound < (SELECT max(bound) FROM sessions o WHERE o.role = s.role)
     AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.session = s.session)`
].map((sql) => `WITH b(t) AS (SELECT ?) ${sql}`)

export const reads = (connection: Connection): MailboxReads => {
  const all = <Row>(sql: string, params: ReadonlyArray<unknown>): Answer<ReadonlyArray<Row>> =>
    Effect.mapError(connection.execute(sql, params, undefined), failureOf)
  return {
    messages: (query) => {
      const { params, sql } = statement(query)
      return all<MessageRow>(sql, params)
    },
    deliveries: (query) => {
      switch (query._tag) {
        case "Ids":
          return all(`SELECT * FROM deliveries WHERE id IN ${listed} ORDER BY id`, [JSON.stringify(query.ids)])
        case "LastOf":
          return all(
            `SELECT * FROM deliveries WHERE session = ? ORDER BY ended_at IS NULL DESC, at DESC, id DESC LIMIT 1`,
            [query.session]
          )
        case "Orphan":
          return all(orphanSql, [query.role])
      }
    },
    sessions: (query) => {
      const from = (condition: string, ...params: ReadonlyArray<unknown>) =>
        all<SessionRow>(`SELECT * FROM sessions s WHERE ${condition} ORDER BY bound`, params)
      const isHighest = "bound = (SELECT max(bound) FROM sessions WHERE role = s.role)"
      switch (query._tag) {
        case "Ids":
          return from(`session IN ${listed}`, JSON.stringify(query.sessions))
        case "Highest":
          return query.role === null ? from(isHighest) : from(`role = ? AND ${isHighest}`, query.role)
        case "Open":
          return query.role === null ? from("ended_at IS NULL") : from("role = ? AND ended_at IS NULL", query.role)
      }
    },
    counts: ({ role, sender, since }) =>
      Effect.map(
        all<{ readonly to_role: number; readonly from_sender: number }>(
          `SELECT (SELECT count(*) FROM messages WHERE role = ? AND at > ? AND task_id IS NULL) AS to_role,
                  (SELECT count(*) FROM messages WHERE sender = ? AND at > ? AND task_id IS NULL) AS from_sender`,
          [role, since, sender, since]
        ),
        ([row]) => row ?? { to_role: 0, from_sender: 0 }
      ),
    settledBefore: (before) =>
      Effect.map(
        all<{ readonly count: number }>(
          `WITH b(t) AS (SELECT ?) SELECT count(*) AS count FROM messages m WHERE ${isForgotten}`,
          [before]
        ),
        ([row]) => row?.count ?? 0
      ),
    next: Effect.map(
      all<{ readonly delivery: number; readonly bound: number }>(
        `SELECT coalesce((SELECT max(id) FROM deliveries), 0) + 1 AS delivery,
                coalesce((SELECT max(bound) FROM sessions), 0) + 1 AS bound`,
        []
      ),
      ([row]) => row ?? { delivery: 1, bound: 1 }
    )
  }
}
