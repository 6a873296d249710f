/** The mailbox in memory. */
import * as Effect from "effect/Effect"
import type { DeliveryRow, MessageRow, SessionRow } from "./MailboxRows.ts"
import type { DeliveryQuery, MailboxReads, MailboxWrites, MessageQuery, SessionQuery } from "./MailboxTables.ts"
import type { Tables } from "./MemoryTables.ts"

const messages = (tables: Tables, query: MessageQuery): ReadonlyArray<MessageRow> => {
  const all = tables.messages.values()
  switch (query._tag) {
    case "Waiting":
      return all
        .filter(({ role, state }) => state === "waiting" && (query.role === null || query.role === role))
        .slice(0, query.limit)
    case "Ids":
      return all.filter(({ id }) => query.ids.includes(id))
    case "LatestOf":
      return all.filter(
        ({ task_id }, index) =>
          task_id !== null &&
          query.tasks.includes(task_id) &&
          !all.slice(index + 1).some((later) => later.task_id === task_id)
      )
    case "InDelivery":
      return all.filter(({ delivery }) => delivery === query.delivery)
  }
}

const isOpen = ({ ended_at }: DeliveryRow): number => (ended_at === null ? 1 : 0)

const deliveries = (tables: Tables, query: DeliveryQuery): ReadonlyArray<DeliveryRow> => {
  const all = tables.deliveries.values()
  switch (query._tag) {
    case "Ids":
      return all.filter(({ id }) => query.ids.includes(id)).toSorted((a, b) => a.id - b.id)
    case "LastOf":
      return all
        .filter(({ session }) => session === query.session)
        .toSorted((a, b) => isOpen(b) - isOpen(a) || b.at - a.at || b.id - a.id)
        .slice(0, 1)
    case "Orphan": {
      const isOver = (session: string): boolean => (tables.sessions.get(session)?.ended_at ?? null) !== null
      const hasWork = (id: number): boolean =>
        tables.messages.values().some(({ delivery, task_id }) => delivery === id && task_id !== null)
      return all
        .filter(({ confirmed_at, ended_at, role }) => role === query.role && confirmed_at === null && ended_at === null)
        .filter(({ id, session }) => isOver(session) && !hasWork(id))
        .toSorted((a, b) => a.id - b.id)
        .slice(0, 1)
    }
  }
}

const sessions = (tables: Tables, query: SessionQuery): ReadonlyArray<SessionRow> => {
  const all = tables.sessions.values().toSorted((a, b) => a.bound - b.bound)
  if (query._tag === "Ids") return all.filter(({ session }) => query.sessions.includes(session))
  const own = all.filter(({ role }) => query.role === null || role === query.role)
  return query._tag === "Open"
    ? own.filter(({ ended_at }) => ended_at === null)
    : own.filter(({ bound, role }) => !own.some((other) => other.role === role && other.bound > bound))
}

/** Before that moment its turn was over, or the session that had seen it. */
const isOver =
  (tables: Tables, before: number) =>
  ({ confirmed_at, ended_at, session }: DeliveryRow): boolean => {
    if (ended_at !== null) return ended_at < before
    const gone = tables.sessions.get(session)?.ended_at ?? null
    return confirmed_at !== null && confirmed_at < before && gone !== null && gone < before
  }

const settledBefore = (tables: Tables, before: number): ReadonlyArray<MessageRow> => {
  const over = new Set(
    tables.deliveries
      .values()
      .filter(isOver(tables, before))
      .map(({ id }) => id)
  )
  return tables.messages
    .values()
    .filter(({ settled_at, task_id }) => task_id === null && settled_at !== null && settled_at < before)
    .filter(({ delivery }) => delivery === null || over.has(delivery))
}

/** As `mailBefore` says. */
const forgetMail = (tables: Tables, before: number): void => {
  for (const { id } of settledBefore(tables, before)) tables.messages.delete(id)
  const all = tables.deliveries.values()
  const used = new Set(tables.messages.values().map(({ delivery }) => delivery))
  const latest = Math.max(0, ...all.map(({ id }) => id))
  const isLastOfOpen = ({ at, id, session }: DeliveryRow): boolean =>
    tables.sessions.get(session)?.ended_at === null &&
    !all.some((other) => other.session === session && (other.at > at || (other.at === at && other.id > id)))
  const going = all.filter(isOver(tables, before)).filter((row) => row.id < latest && !isLastOfOpen(row))
  for (const { id } of going) if (!used.has(id)) tables.deliveries.delete(id)
  const given = new Set(tables.deliveries.values().map(({ session }) => session))
  const holders = new Set(sessions(tables, { _tag: "Highest", role: null }).map(({ session }) => session))
  for (const { ended_at, session } of tables.sessions.values()) {
    const isGone = ended_at !== null && ended_at < before
    if (isGone && !given.has(session) && !holders.has(session)) tables.sessions.delete(session)
  }
}

export const reads = (tables: Tables): MailboxReads => ({
  messages: (query) => Effect.sync(() => messages(tables, query)),
  deliveries: (query) => Effect.sync(() => deliveries(tables, query)),
  sessions: (query) => Effect.sync(() => sessions(tables, query)),
  counts: ({ role, sender, since }) =>
    Effect.sync(() => {
      const recent = tables.messages.values().filter(({ at, task_id }) => at > since && task_id === null)
      return {
        to_role: recent.filter((row) => row.role === role).length,
        from_sender: recent.filter((row) => row.sender === sender).length
      }
    }),
  settledBefore: (before) => Effect.sync(() => settledBefore(tables, before).length),
  next: Effect.sync(() => ({
    delivery: Math.max(0, ...tables.deliveries.values().map(({ id }) => id)) + 1,
    bound: Math.max(0, ...tables.sessions.values().map(({ bound }) => bound)) + 1
  }))
})

/** Writes all; answers what is refused, or null. */
export const write = (tables: Tables, rows: MailboxWrites): string | null => {
  for (const row of rows.newMessages ?? []) {
    if (tables.messages.has(row.id)) return `two messages with the id ${row.id}`
    tables.messages.set(row.id, row)
  }
  for (const row of rows.deliveries ?? []) tables.deliveries.set(row.id, row)
  for (const row of rows.settledMessages ?? []) {
    const before = tables.messages.get(row.id)
    if (before?.state === "waiting") tables.messages.set(row.id, { ...before, ...row })
  }
  for (const { ended_at, id } of rows.endedDeliveries ?? []) {
    const delivery = tables.deliveries.get(tables.messages.get(id)?.delivery ?? 0)
    if (delivery !== undefined && delivery.ended_at === null) {
      tables.deliveries.set(delivery.id, { ...delivery, ended_at })
    }
  }
  for (const row of rows.sessions ?? []) tables.sessions.set(row.session, row)
  if (rows.mailBefore !== undefined) forgetMail(tables, rows.mailBefore)
  return null
}
