/** What a store's file is made of: its tables with their indexes, by size, and what is free in it. Looks at every page. */
import * as Effect from "effect/Effect"
import { type Answer, DriverFailure } from "../store/DriverFailure.ts"
import * as SqlConnection from "../store/SqlConnection.ts"
import { failureOf } from "../store/SqlFailure.ts"

interface TableUsage {
  readonly name: string
  readonly rows: number
  /** Of its pages and those of its indexes. */
  readonly bytes: number
}

export interface FileUsage {
  readonly bytes: number
  /** Pages that hold nothing any more, and are used again before the file grows. */
  readonly freeBytes: number
  /** The largest first. */
  readonly tables: ReadonlyArray<TableUsage>
}

/** An index belongs to its table; the table of all tables is in none. */
const sizesSql = `SELECT coalesce(s.tbl_name, d.name) AS owner, sum(d.pgsize)
  FROM dbstat d LEFT JOIN sqlite_schema s ON s.name = d.name WHERE d.aggregate = TRUE GROUP BY owner`

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

export const read = (file: string): Answer<FileUsage> =>
  Effect.scoped(
    Effect.gen(function* () {
      const client = yield* SqlConnection.client({ file, readonly: true })
      const ask = (sql: string) => Effect.mapError(client.unsafe(sql).values, failureOf)
      const number = (sql: string) =>
        Effect.flatMap(ask(sql), ([row]) => {
          const value = Number(row?.[0])
          return Number.isFinite(value)
            ? Effect.succeed(value)
            : new DriverFailure({ reason: "Other", cause: new Error(`${sql} answered no number`) })
        })
      const pageSize = yield* number("PRAGMA page_size")
      const tables: Array<TableUsage> = []
      for (const [table, bytes] of yield* ask(sizesSql)) {
        const name = String(table)
        tables.push({ name, rows: yield* number(`SELECT count(*) FROM ${quoted(name)}`), bytes: Number(bytes) })
      }
      return {
        bytes: (yield* number("PRAGMA page_count")) * pageSize,
        freeBytes: (yield* number("PRAGMA freelist_count")) * pageSize,
        tables: tables.toSorted((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1))
      }
    })
  )
