/**
 * The content of a task's directory, by address: the same files give the same tree, one changed byte, mode or new file
 * another. Looking changes nothing: git writes to an index and an object folder of its own that are thrown away.
 */
import { copyFile, mkdir, mkdtemp, rm, stat, utimes } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Target } from "../../core/task/Spec.ts"
import { type TreeState, unaddressed } from "../../core/tick/World.ts"
import * as Git from "./Git.ts"

/** The content of a directory can not be told now; nothing follows about whether it changed. */
export class TreeUnreadable extends Data.TaggedError("TreeUnreadable")<{
  readonly operation: string
  readonly path: string
  readonly cause: unknown
}> {
  override get message(): string {
    const why = this.cause instanceof Error ? this.cause.message : String(this.cause)
    return `the content of ${this.path} can not be read (${this.operation}): ${why}`
  }
}

export interface Look extends TreeState {
  /** The commit that is checked out; left out where nobody asks for commits. */
  readonly head?: string
}

export class Trees extends Context.Tag("drover/Trees")<
  Trees,
  {
    /**
     * The tree of a directory as it is now: files that are tracked, or neither tracked nor ignored. Outside a git work
     * tree, where git ignores the directory as a whole, and where there is none any more, `unaddressed`. A submodule
     * counts by its commit. `target`: what is to land there must be committed, so that it tells of commits as well.
     */
    readonly look: (cwd: string, target?: Target) => Effect.Effect<Look, TreeUnreadable>
  }
>() {}

/** How the folder of a look, or of a rescue, begins, among the system's temporary files. */
export const temporaryPrefix = "drover-tree-"

/** A look that takes longer hangs on a file system or a filter program. */
export const limitMs = 30_000

/** A look keeps a core and the disk busy; more at once only wait for each other. */
const looksAtOnce = 2

interface Place {
  readonly cwd: string
  /** Absolute paths of the repository's own. */
  readonly index: string
  readonly objects: string
  /** From the top of the work tree, with a slash at its end; empty at the top. */
  readonly prefix: string
}

const attempting = <A>(operation: string, path: string, work: () => Promise<A>): Effect.Effect<A, TreeUnreadable> =>
  Effect.tryPromise({ try: work, catch: (cause) => new TreeUnreadable({ operation, path, cause }) })

const isDirectory = async (path: string): Promise<boolean> => {
  try {
    return (await stat(path)).isDirectory()
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && (cause.code === "ENOENT" || cause.code === "ENOTDIR")) return false
    throw cause
  }
}

/** git's answer, whatever its status. */
const ask = (
  path: string,
  cwd: string,
  args: ReadonlyArray<string>,
  env: Readonly<Record<string, string>> = {},
  manner: Git.Manner = {}
) =>
  Effect.mapError(
    Git.run(args, cwd, path, env, manner),
    (cause) => new TreeUnreadable({ operation: `git ${args[0]}`, path: cwd, cause })
  )

export const refused = (cwd: string, operation: string, { status, stderr }: Git.Answer) =>
  new TreeUnreadable({ operation, path: cwd, cause: stderr.trim() || `git ended with status ${status}` })

/** Where the directory lies in its repository; null outside of one. */
export const locate = Effect.fnUntraced(function* (path: string, cwd: string) {
  // Found before git is asked, which would name the wrong thing. It was looked and nothing is there: that is known, and
  // what comes next in it, a check or an attempt, says so when it can not begin.
  if (!(yield* attempting("look", cwd, () => isDirectory(cwd)))) return null
  const args = ["--is-inside-work-tree", "--git-path", "index", "--git-path", "objects", "--show-prefix"]
  const answer = yield* ask(path, cwd, ["rev-parse", "--path-format=absolute", ...args])
  // git gives the same status for a damaged repository, which must not pass for none.
  if (answer.status !== 0 && answer.stderr.includes("not a git repository (or any ")) return null
  if (answer.status !== 0) return yield* refused(cwd, "find the repository", answer)
  const [isInside, index, objects, prefix, rest, ...more] = answer.stdout.split("\n")
  if (isInside !== "true") return null
  if (index === undefined || objects === undefined || prefix === undefined || rest !== "" || more.length > 0) {
    return yield* new TreeUnreadable({ operation: "find the repository", path: cwd, cause: "a path with a newline" })
  }
  const place: Place = { cwd, index, objects, prefix }
  if (prefix === "") return place
  const ignored = yield* ask(path, cwd, ["check-ignore", "-q", "."])
  if (ignored.status === 0) return null
  if (ignored.status !== 1) return yield* refused(cwd, "ask what is ignored", ignored)
  return place
})

/** Not by a scope: an interruption that comes while a finalizer of one runs is lost (decision 21). */
const inTemporary = <A>(
  cwd: string,
  use: (folder: string) => Effect.Effect<A, TreeUnreadable>
): Effect.Effect<A, TreeUnreadable> =>
  Effect.acquireUseRelease(
    attempting("make a folder", cwd, async () => {
      const folder = await mkdtemp(join(tmpdir(), temporaryPrefix))
      await mkdir(join(folder, "objects"))
      return folder
    }),
    use,
    (folder) =>
      Effect.catchAll(
        attempting("remove a folder", folder, () => rm(folder, { recursive: true, force: true })),
        (error) => Effect.logWarning(error.message)
      )
  )

/**
 * The repository's index, so that git need not read files that have not changed since. It keeps its time: git reads a
 * file again when it was changed no earlier than the index was written, and a copy with a time of its own would hide
 * such a change. Whole seconds, rounded down, only make git read more.
 */
const copyIndex = async (from: string, to: string): Promise<void> => {
  try {
    const seconds = Math.floor((await stat(from)).mtimeMs / 1000)
    await copyFile(from, to)
    await utimes(to, seconds, seconds)
  } catch (cause) {
    // A repository without a commit may have none yet.
    if (!(cause instanceof Error && "code" in cause && cause.code === "ENOENT")) throw cause
  }
}

/** A list of paths as git reads it: quoted, for a colon separates and a quote begins quoting. */
const quoted = (path: string): string => `"${path.replaceAll(/["\\]/g, (one) => `\\${one}`)}"`

/** Gives the files as they are now an index of their own, for as long as it is used: git is asked with that environment. */
export const whileStaged = <A>(
  path: string,
  { cwd, index, objects }: Place,
  manner: Git.Manner,
  use: (env: Readonly<Record<string, string>>) => Effect.Effect<A, TreeUnreadable>
): Effect.Effect<A, TreeUnreadable> =>
  inTemporary(cwd, (folder) =>
    Effect.gen(function* () {
      const env = {
        GIT_INDEX_FILE: join(folder, "index"),
        GIT_OBJECT_DIRECTORY: join(folder, "objects"),
        GIT_ALTERNATE_OBJECT_DIRECTORIES: quoted(objects)
      }
      yield* attempting("copy the index", cwd, () => copyIndex(index, env.GIT_INDEX_FILE))
      const added = yield* ask(path, cwd, ["add", "-A", "--sparse", "--", "."], env, manner)
      return yield* added.status === 0 ? use(env) : refused(cwd, "read the files", added)
    })
  )

const address = (path: string, place: Place, manner: Git.Manner): Effect.Effect<string, TreeUnreadable> =>
  whileStaged(path, place, manner, (env) =>
    Effect.gen(function* () {
      const { cwd, prefix } = place
      const within = prefix === "" ? [] : [`--prefix=${prefix}`]
      // Objects that a partial clone lacks are not fetched for an address.
      const written = yield* ask(path, cwd, ["write-tree", "--missing-ok", ...within], env, manner)
      if (written.status === 0) return written.stdout.trim()
      // A folder without files has no entry that could be found.
      const files = yield* ask(path, cwd, ["ls-files", "-z", "--", "."], env, manner)
      if (files.status !== 0 || files.stdout !== "") return yield* refused(cwd, "address the files", written)
      return yield* emptyTree(path, cwd)
    })
  )

/** The tree of a folder without files. */
const emptyTree = Effect.fnUntraced(function* (path: string, cwd: string) {
  const empty = yield* ask(path, cwd, ["hash-object", "-t", "tree", "/dev/null"])
  return empty.status === 0 ? empty.stdout.trim() : yield* refused(cwd, "address the files", empty)
})

/** What is committed: by whose rules a file is ignored is the user's business, and so it was the agent's. */
const users: Git.Manner = { isUsers: true }

const must = (path: string, cwd: string, args: ReadonlyArray<string>) =>
  Effect.filterOrElse(
    ask(path, cwd, args, {}, users),
    ({ status }) => status === 0,
    (answer) => refused(cwd, `git ${args[0]}`, answer)
  )

/** What of a work tree is committed, and how far that is ahead of where it is to land. */
const committed = Effect.fnUntraced(function* (path: string, { cwd, prefix }: Place, { branch }: Target) {
  const head = (yield* must(path, cwd, ["rev-parse", "--verify", "HEAD^{commit}"])).stdout.trim()
  const inHead = yield* ask(path, cwd, ["rev-parse", "--verify", "--quiet", `${head}:${prefix.replace(/\/$/, "")}`])
  const name = yield* ask(path, cwd, ["symbolic-ref", "--short", "--quiet", "HEAD"])
  const status = yield* must(path, cwd, ["status", "--porcelain", "-z", "--untracked-files=normal"])
  const base = yield* ask(path, cwd, ["rev-parse", "--verify", "--quiet", `refs/heads/${branch}^{commit}`], {}, users)
  // Of a branch that is gone the landing tells, in words.
  const not = base.status === 0 ? [`^${base.stdout.trim()}`] : []
  const ahead = yield* must(path, cwd, ["rev-list", "--count", head, ...not, "--"])
  return {
    head,
    headTree: inHead.status === 0 ? inHead.stdout.trim() : yield* emptyTree(path, cwd),
    isDirty: status.stdout !== "",
    work: { branch: name.stdout.trim() || head, commitsAhead: Number(ahead.stdout.trim()) }
  }
})

const make = Effect.gen(function* () {
  const path = process.env.PATH ?? "/usr/local/bin:/usr/bin:/bin"
  const permits = yield* Effect.makeSemaphore(looksAtOnce)
  const within = Effect.fnUntraced(function* (place: Place, target: Target | undefined) {
    if (target === undefined) return { ...unaddressed, tree: yield* address(path, place, {}) }
    const tree = yield* address(path, place, users)
    return { tree, ...(yield* committed(path, place, target)) }
  })
  const look = (cwd: string, target?: Target): Effect.Effect<Look, TreeUnreadable> =>
    locate(path, cwd).pipe(
      Effect.flatMap((place) => (place === null ? Effect.succeed<Look>(unaddressed) : within(place, target))),
      Effect.timeoutFail({
        duration: limitMs,
        onTimeout: () => new TreeUnreadable({ operation: "look", path: cwd, cause: `not done after ${limitMs} ms` })
      }),
      permits.withPermits(1)
    )
  return { look }
})

/** With the git that is in PATH. */
export const layer: Layer.Layer<Trees> = Layer.effect(Trees, make)

/** Directories as the map says at the moment of the look; any other is outside git. */
export const layerMemory = (map: ReadonlyMap<string, Look>): Layer.Layer<Trees> =>
  Layer.succeed(Trees, { look: (cwd) => Effect.sync(() => map.get(cwd) ?? unaddressed) })
