/**
 * Whether an attempt got anywhere: the content of its directory is another one, or it read a file that no attempt had
 * read before (EXE-7). Names tell nothing: the same names with other content are another content (EXE-11).
 */
import * as Schema from "effect/Schema"
import { type TreeHash, unaddressedTree } from "./Execution.ts"
import { hash } from "./TextHash.ts"

/** The files that were read, by a hash of their path. */
export const Reads = Schema.Struct({
  files: Schema.Array(Schema.String),
  /** This attempt has added to them. */
  grew: Schema.Boolean
})
export type Reads = typeof Reads.Type

export const noReads: Reads = { files: [], grew: false }

/** Files that are remembered. Whoever has read as many and goes on to read only gets nowhere any more. */
const most = 2048

/** What the attempts before have read, for one that follows them. */
export const begin = ({ files }: Reads): Reads => ({ files, grew: false })

export const read = (reads: Reads, path: string): Reads => {
  const name = hash(path).toString(36)
  return reads.files.length >= most || reads.files.includes(name)
    ? reads
    : { files: [...reads.files, name], grew: true }
}

/** The content of a directory when an attempt began and when it was over; null where nobody could look. */
export interface Trees {
  readonly before: TreeHash | null
  readonly after: TreeHash | null
}

const isAddressed = (tree: TreeHash | null): tree is TreeHash => tree !== null && tree !== unaddressedTree

/** Whether two contents are known to be different. */
export const isChanged = ({ after, before }: Trees): boolean =>
  isAddressed(before) && isAddressed(after) && before !== after

/** What can not be told is no lack of progress: where content has no address, or nobody could look, there is doubt. */
export const progressed = (trees: Trees, reads: Reads): boolean =>
  reads.grew || !isAddressed(trees.before) || !isAddressed(trees.after) || isChanged(trees)
