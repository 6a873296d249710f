/** The files of the folder of a run: what must be known of it by whoever looks at it after a restart. */
import { mkdir, rename, writeFile } from "node:fs/promises"
import { join } from "node:path"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type { TreeHash } from "../../core/execution/Execution.ts"
import type { Ending } from "../../core/verify/Verdict.ts"
import * as SmallFile from "../process/SmallFile.ts"

/** The folder of a run could not be written or read. */
export class RunFolderUnusable extends Data.TaggedError("RunFolderUnusable")<{
  readonly operation: string
  readonly path: string
  readonly cause: unknown
}> {
  override get message(): string {
    return `the folder of the run can not be used (${this.operation}): ${this.path}: ${String(this.cause)}`
  }
}

/** What a run prints; of a judge, its standard error is apart. */
export const outputFile = "output.log"
const promptFile = "prompt.md"
const treeFile = "tree"
/** There once a run is to be stopped: how its processes are ended then says nothing about the work. */
const stopFile = "expired"

/** Why a run is stopped before it has ended by itself. */
export type Cut = Extract<Ending, { readonly _tag: "TimedOut" | "OverBudget" }>

const attempting = <A>(operation: string, path: string, work: () => Promise<A>) =>
  Effect.tryPromise({ try: work, catch: (cause) => new RunFolderUnusable({ operation, path, cause }) })

/** Whole or not at all. */
const replace = async (file: string, text: string): Promise<void> => {
  await writeFile(`${file}.tmp`, text, { mode: 0o600 })
  await rename(`${file}.tmp`, file)
}

/** Makes the folder, and notes the tree as it is when the run begins. */
export const prepare = (directory: string, tree: TreeHash): Effect.Effect<void, RunFolderUnusable> =>
  attempting("prepare", directory, async () => {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    await replace(join(directory, treeFile), tree)
  })

/** The tree that was there when the run began. */
export const readTree = (directory: string): Effect.Effect<TreeHash, RunFolderUnusable> =>
  Effect.flatMap(
    attempting("read tree", directory, async () => SmallFile.read(join(directory, treeFile))),
    (tree) =>
      tree === undefined
        ? new RunFolderUnusable({ operation: "read tree", path: directory, cause: `${treeFile} is not there` })
        : Effect.succeed(tree)
  )

/** Writes what is asked; answers the file. */
export const writePrompt = (directory: string, text: string): Effect.Effect<string, RunFolderUnusable> => {
  const file = join(directory, promptFile)
  return Effect.as(
    attempting("write the prompt", directory, () => replace(file, text)),
    file
  )
}

/** Before it is stopped: a supervisor that comes after must not take what the stop did to it for its verdict. */
export const noteCut = (directory: string, { _tag }: Cut): Effect.Effect<void, RunFolderUnusable> =>
  attempting("note why it is stopped", directory, () => replace(join(directory, stopFile), _tag))

/** Why it was to be stopped; null while it is not. */
export const readCut = (directory: string): Effect.Effect<Cut | null, RunFolderUnusable> =>
  Effect.map(
    attempting("look why it was stopped", directory, async () => SmallFile.read(join(directory, stopFile))),
    (why) => (why === undefined ? null : { _tag: why === "OverBudget" ? "OverBudget" : "TimedOut" })
  )
