/** How whatever belongs to one landing is called in a folder: `42.l7`. */
import { readdir } from "node:fs/promises"
import { RunNumber, TaskId } from "../../core/task/Identifiers.ts"

/** A landing of which something is there. */
export interface Left {
  readonly task: TaskId
  readonly run: RunNumber
}

/** Those that a name in the list is of; the form has a group for the task and one for the run. */
export const among = (names: ReadonlyArray<string>, form: RegExp): ReadonlyArray<Left> =>
  names.flatMap((name) => {
    const { run, task } = form.exec(name)?.groups ?? {}
    return task === undefined ? [] : [{ task: TaskId.make(Number(task)), run: RunNumber.make(Number(run)) }]
  })

/** Those that have something in the folder, where there is one. */
export const inFolder = async (folder: string): Promise<ReadonlyArray<Left>> => {
  const names = await readdir(folder).catch((cause: unknown): ReadonlyArray<string> => {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return []
    throw cause
  })
  return among(names, /^(?<task>\d+)\.l(?<run>\d+)$/)
}
