/** What is known of a worktree that drover has made, in a file beside it: written before the worktree is. */
import { mkdir, open, readdir, rename } from "node:fs/promises"
import { dirname, join } from "node:path"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { TaskId } from "../../core/task/Identifiers.ts"
import * as SmallFile from "../process/SmallFile.ts"

export const WorktreeRecord = Schema.Struct({
  task: TaskId,
  /** Of the worktrees of a task each has its own: a late removal hits its own path alone. */
  number: Schema.Int.pipe(Schema.positive()),
  /** The folder that all worktrees of its repository share. */
  repository: Schema.NonEmptyString,
  /** The top of the work tree that it was made of, and from there to the task's directory. */
  source: Schema.NonEmptyString,
  prefix: Schema.String,
  branch: Schema.NonEmptyString,
  /** The commit that the branch began at. */
  base: Schema.NonEmptyString,
  /** All of it is there; until then nobody has worked in it. */
  isMade: Schema.Boolean,
  /** Its setup has run to its end. */
  isSetUp: Schema.Boolean,
  /** All of it is kept, by that ref or without one: from then on it only goes. */
  kept: Schema.NullOr(
    Schema.Struct({
      ref: Schema.NullOr(Schema.String),
      /** Its work has landed. */
      isLanded: Schema.optionalWith(Schema.Boolean, { exact: true })
    })
  ),
  /** Once it was taken away: the ref that holds what was not committed, and whether its branch has anything of it. */
  gone: Schema.NullOr(
    Schema.Struct({
      ref: Schema.NullOr(Schema.String),
      hasBranch: Schema.Boolean,
      /** The ref that holds the commits of what has landed. */
      landed: Schema.optionalWith(Schema.String, { exact: true })
    })
  )
})
export type WorktreeRecord = typeof WorktreeRecord.Type

const Stored = Schema.parseJson(WorktreeRecord)
const decode = Schema.decodeUnknownEither(Stored)
const encode = Schema.encodeSync(Stored)

const suffix = ".json"

export const nameOf = ({ number, task }: Pick<WorktreeRecord, "number" | "task">): string => `${task}.${number}`

const fileOf = (folder: string, record: Pick<WorktreeRecord, "number" | "task">): string =>
  join(folder, nameOf(record) + suffix)

/** Bytes: four paths of a system, with room. */
const longest = 64 * 1024

/** What the system says of something that was put in the place of a record. */
const trapCodes: ReadonlySet<unknown> = new Set([undefined, "EISDIR", "ELOOP", "ENODEV", "ENXIO"])

/** Undefined where it is gone by now, null where it is no record. Throws where nobody can tell. */
const readOne = (file: string): WorktreeRecord | null | undefined => {
  let text: string | undefined
  try {
    text = SmallFile.read(file, longest)
  } catch (cause) {
    if (trapCodes.has(cause instanceof Error && "code" in cause ? cause.code : undefined)) return null
    throw cause
  }
  return text === undefined ? undefined : Either.getOrNull(decode(text))
}

/** Of each that is there. One that can not be read is damage, and no reason to forget the others. */
export const readAll = async (
  folder: string
): Promise<{ readonly records: ReadonlyArray<WorktreeRecord>; readonly damaged: ReadonlyArray<string> }> => {
  const names = await readdir(folder).catch((cause: unknown) => {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return []
    throw cause
  })
  const records: Array<WorktreeRecord> = []
  const damaged: Array<string> = []
  for (const name of names.filter((each) => each.endsWith(suffix))) {
    const record = readOne(join(folder, name))
    if (record === undefined) continue
    if (record !== null && nameOf(record) + suffix === name) records.push(record)
    else damaged.push(join(folder, name))
  }
  return { records, damaged }
}

/** Durable, whole or not at all. */
export const write = async (folder: string, record: WorktreeRecord): Promise<void> => {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const file = fileOf(folder, record)
  const handle = await open(`${file}.new`, "w", 0o600)
  try {
    await handle.writeFile(encode(record))
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(`${file}.new`, file)
  const above = await open(dirname(file), "r")
  try {
    await above.sync()
  } finally {
    await above.close()
  }
}

/** Where its work is, for people; `folder` is that of all worktrees. */
export const describe = (folder: string, record: WorktreeRecord): string => {
  const { branch, gone, repository } = record
  if (gone === null) return `${join(folder, nameOf(record))}, branch ${branch}`
  const parts = [
    ...(gone.hasBranch ? [`branch ${branch}`] : []),
    ...(gone.landed === undefined ? [] : [`what landed ${gone.landed}`]),
    ...(gone.ref === null ? [] : [`uncommitted ${gone.ref}`])
  ]
  return parts.length === 0
    ? "taken away, and nothing was done in it"
    : `taken away, kept in ${repository}: ${parts.join(", ")}`
}
