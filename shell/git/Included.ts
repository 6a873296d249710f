/**
 * Files that git does not track and that work needs all the same: those that `.worktreeinclude` at the top of a work tree
 * names, in the manner of `.gitignore`, are copied into a new worktree.
 */
import { constants, copyFile, lstat, mkdir, readlink, realpath, stat, symlink } from "node:fs/promises"
import { basename, dirname, join, sep } from "node:path"
import * as Effect from "effect/Effect"
import * as Git from "./Git.ts"
import { WorktreeFailed } from "./WorktreeService.ts"

const fileName = ".worktreeinclude"

const listBytes = 64 * 1024 * 1024

const isMissing = (cause: unknown): boolean => cause instanceof Error && "code" in cause && cause.code === "ENOENT"

/** Where a folder really is, or would be: that of the nearest above it that is there. */
const placeOf = async (folder: string): Promise<string> => {
  try {
    return await realpath(folder)
  } catch (cause) {
    if (!isMissing(cause)) throw cause
    return join(await placeOf(dirname(folder)), basename(folder))
  }
}

/** As it is, and nowhere but below `to`: a folder on the way may be a link that leads out of it. */
const copyOne = async (from: string, to: string, name: string): Promise<void> => {
  const source = join(from, name)
  const target = join(to, name)
  const folder = await placeOf(dirname(target))
  const top = await realpath(to)
  if (folder !== top && !folder.startsWith(top + sep)) return
  await mkdir(dirname(target), { recursive: true })
  const found = await lstat(source)
  if (found.isSymbolicLink()) await symlink(await readlink(source), target)
  else if (found.isFile()) await copyFile(source, target, constants.COPYFILE_EXCL)
}

/** Copies from the top of one work tree to that of another; what is there already stays. */
export const copy = (path: string, from: string, to: string): Effect.Effect<void, WorktreeFailed> =>
  Effect.gen(function* () {
    const failed = (cause: unknown) => new WorktreeFailed({ operation: `copy what ${fileName} names`, path: to, cause })
    const attempting = <A>(work: () => Promise<A>) => Effect.tryPromise({ try: work, catch: failed })
    const isThere = yield* attempting(() =>
      stat(join(from, fileName)).then(
        () => true,
        (cause: unknown) => {
          if (isMissing(cause)) return false
          throw cause
        }
      )
    )
    if (!isThere) return
    const args = ["ls-files", "-z", "--others", "--ignored", `--exclude-from=${fileName}`]
    const answer = yield* Effect.mapError(Git.run(args, from, path, {}, { keptBytes: listBytes }), failed)
    if (answer.status !== 0) return yield* failed(answer.stderr.trim())
    for (const name of answer.stdout.split("\0")) {
      if (name === "" || name.endsWith("/")) continue
      yield* attempting(() =>
        copyOne(from, to, name).catch((cause: unknown) => {
          if (!(cause instanceof Error && "code" in cause && cause.code === "EEXIST")) throw cause
        })
      )
    }
  })
