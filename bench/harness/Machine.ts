/** What a result was measured on: without it a number can not be compared with another. */
import { execFileSync } from "node:child_process"
import { statfsSync } from "node:fs"
import { availableParallelism, cpus, loadavg } from "node:os"
import Database from "better-sqlite3"
import * as Schema from "effect/Schema"
import { fdatasyncs } from "../references/RawFile.ts"

export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly node: string
  readonly sqlite: string
  /** The type of the file system under test, as statfs(2) numbers it. */
  readonly fs: string
  readonly fdatasyncP50Ms: number
  readonly loadavg: number
  readonly commit: string
}

/** `f_type` of statfs(2). */
const fileSystems: ReadonlyMap<number, string> = new Map([
  [0x01021994, "tmpfs"],
  [0xef53, "ext"],
  [0x58465342, "xfs"],
  [0x9123683e, "btrfs"],
  [0x794c7630, "overlay"]
])

export const fileSystemOf = (directory: string): string => {
  const { type } = statfsSync(directory)
  return fileSystems.get(type) ?? `0x${type.toString(16)}`
}

const sqliteVersion = (): string => {
  const database = new Database(":memory:")
  const row = database.prepare("SELECT sqlite_version() AS version").get()
  database.close()
  return Schema.decodeUnknownSync(Schema.Struct({ version: Schema.String }))(row).version
}

/** The commit that was built, as far as git can say. */
const commit = (): string => {
  try {
    return execFileSync("git", ["describe", "--always", "--dirty"], { encoding: "utf8", stdio: "pipe" }).trim()
  } catch {
    // Not a clone, or no git: the result says so and is still a result.
    return "unknown"
  }
}

export const describe = (directory: string): Machine => ({
  cpu: cpus()[0]?.model ?? "unknown",
  cores: availableParallelism(),
  node: process.version,
  sqlite: sqliteVersion(),
  fs: fileSystemOf(directory),
  fdatasyncP50Ms: Number(fdatasyncs(directory, 200).toFixed(3)),
  loadavg: Number((loadavg()[0] ?? Number.NaN).toFixed(2)),
  commit: commit()
})
