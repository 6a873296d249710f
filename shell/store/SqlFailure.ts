/**
 * What SQLite's error codes mean to a user of the store (https://www.sqlite.org/rescode.html).
 */
import { SqlError } from "@effect/sql/SqlError"
import { DriverFailure } from "./Encoded.ts"

const reasons: ReadonlyArray<readonly [prefix: string, reason: DriverFailure["reason"]]> = [
  ["SQLITE_FULL", "Full"],
  ["SQLITE_READONLY", "ReadOnly"],
  ["SQLITE_PERM", "ReadOnly"],
  ["SQLITE_AUTH", "ReadOnly"],
  ["SQLITE_BUSY", "Locked"],
  ["SQLITE_LOCKED", "Locked"],
  ["SQLITE_PROTOCOL", "Locked"],
  ["SQLITE_CORRUPT", "Damaged"],
  ["SQLITE_NOTADB", "Damaged"],
  ["SQLITE_FORMAT", "Damaged"],
  ["SQLITE_CONSTRAINT", "Constraint"],
  ["ENOSPC", "Full"],
  ["EDQUOT", "Full"],
  ["EROFS", "ReadOnly"],
  ["EACCES", "ReadOnly"],
  ["EPERM", "ReadOnly"],
  ["ENOENT", "Missing"]
]

const codeOf = (cause: unknown): string =>
  typeof cause === "object" && cause !== null && "code" in cause && typeof cause.code === "string" ? cause.code : ""

/** The failure of a statement or of opening a file; the driver's own wrapping is taken off. */
export const failureOf = (error: unknown): DriverFailure => {
  const cause = error instanceof SqlError ? error.cause : error
  const code = codeOf(cause)
  const reason = reasons.find(([prefix]) => code === prefix || code.startsWith(`${prefix}_`))?.[1]
  return new DriverFailure({ reason: reason ?? "Other", cause })
}
