/** What every operation of the store may fail with. */
import * as Data from "effect/Data"

/** The file can not be read or written: full, read-only, locked longer than the busy time-out, or damaged. */
export class StoreUnavailable extends Data.TaggedError("StoreUnavailable")<{
  readonly operation: string
  readonly reason: "Full" | "ReadOnly" | "Locked" | "Damaged" | "Missing" | "Other"
  readonly path: string
  readonly cause: unknown
}> {
  override get message(): string {
    const detail = this.cause instanceof Error ? this.cause.message : String(this.cause)
    return `can not ${this.operation}: ${this.path} ${meaning[this.reason]} (${detail})`
  }
}

const meaning: { readonly [R in StoreUnavailable["reason"]]: string } = {
  Full: "is on a full disk",
  ReadOnly: "can not be written",
  Locked: "is locked by another program",
  Damaged: "is damaged or no store of drover",
  Missing: "is not there",
  Other: "can not be used"
}

/** A row can not be decoded; names the table and the row (STG-11). */
export class MalformedRow extends Data.TaggedError("MalformedRow")<{
  readonly table: string
  readonly row: string
  readonly detail: string
}> {
  override get message(): string {
    return `the row ${this.row} of the table ${this.table} can not be understood: ${this.detail}`
  }
}

export type StoreError = StoreUnavailable | MalformedRow
