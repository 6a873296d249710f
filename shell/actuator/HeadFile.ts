/**
 * The commit that was checked out when an attempt began, in a file of the attempt's folder: whoever proves the attempt
 * dead, this supervisor or another, knows by it whether the attempt has committed anything.
 */
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { AttemptFolderUnwritable } from "../agents/Launch.ts"
import * as SmallFile from "../process/SmallFile.ts"

const name = "head"

/** Before the agent is started: afterwards it may have moved. */
export const write = (directory: string, head: string): Effect.Effect<void, AttemptFolderUnwritable> =>
  Effect.tryPromise({
    try: () => writeFile(join(directory, name), head, { mode: 0o600 }),
    catch: (cause) => new AttemptFolderUnwritable({ path: directory, cause })
  })

/** Null where nobody has written it, or no commit was looked for. */
export const read = (directory: string) =>
  Effect.try({
    try: () => SmallFile.read(join(directory, name)) ?? null,
    catch: (cause) => ({ message: `the file ${join(directory, name)} can not be read: ${String(cause)}` })
  })
