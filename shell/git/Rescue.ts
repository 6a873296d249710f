/**
 * Keeps every byte of a worktree before it is taken away (WRK-1): a commit with all its files, those included that git
 * ignores or would not hold, and a ref that holds the commit. Files that were made when the worktree was set up, and are
 * as they were, are left out: they are there again whenever that is done.
 */
import { execFile } from "node:child_process"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import * as Effect from "effect/Effect"
import * as Files from "./Files.ts"
import * as Git from "./Git.ts"
import { temporaryPrefix } from "./Trees.ts"
import { WorktreeFailed } from "./WorktreeService.ts"

/** The stamps of files that git does not track, as they were when the worktree was set up. */
export type Manifest = Readonly<Record<string, string>>

/** A list of paths may be long. */
const listBytes = 256 * 1024 * 1024

/** Looks and keeps again when something was changed meanwhile; whoever still writes after so many is somebody else. */
const most = 3

interface Place {
  /** Where git is looked for. */
  readonly path: string
  readonly top: string
}

const attempting = <A>(operation: string, path: string, work: () => Promise<A>): Effect.Effect<A, WorktreeFailed> =>
  Effect.tryPromise({ try: work, catch: (cause) => new WorktreeFailed({ operation, path, cause }) })

const ask = (
  { path, top }: Place,
  args: ReadonlyArray<string>,
  env: Readonly<Record<string, string>> = {},
  stdin: Uint8Array = new Uint8Array()
) =>
  Git.run(args, top, path, env, { isLasting: true, keptBytes: listBytes, encoding: "latin1", stdin }).pipe(
    Effect.mapError((cause) => new WorktreeFailed({ operation: `keep its work, git ${args[0]}`, path: top, cause })),
    Effect.flatMap(({ status, stderr, stdout }) =>
      status === 0
        ? Effect.succeed(stdout)
        : new WorktreeFailed({
            operation: `keep its work, git ${args[0]}`,
            path: top,
            cause: stderr.trim() || `status ${status}`
          })
    )
  )

const list = (text: string): ReadonlyArray<string> => text.split("\0").filter((name) => name !== "")

const found = (top: string) => attempting("look at all files", top, () => Files.find(top))

/** The files that git does not track, as they are now. */
export const manifest = (path: string, top: string): Effect.Effect<Manifest, WorktreeFailed> =>
  Effect.gen(function* () {
    const tracked = new Set(list(yield* ask({ path, top }, ["ls-files", "-z"])))
    const { files } = yield* found(top)
    return Object.fromEntries([...files].flatMap(([name, { stamp }]) => (tracked.has(name) ? [] : [[name, stamp]])))
  })

/** Not by a scope: an interruption that comes while a finalizer of one runs is lost (decision 21). */
const inTemporary = <A>(
  top: string,
  use: (folder: string) => Effect.Effect<A, WorktreeFailed>
): Effect.Effect<A, WorktreeFailed> =>
  Effect.acquireUseRelease(
    attempting("make a folder", top, () => mkdtemp(join(tmpdir(), temporaryPrefix))),
    use,
    (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
  )

/** Writes what is in the files as they are, byte for byte; answers an object for each, in their order. */
const blobs = Effect.fnUntraced(function* (place: Place, names: ReadonlyArray<string>) {
  const objects = new Map<string, string>()
  // Git reads a name to the end of its line.
  const [simple, odd] = [names.filter((name) => !name.includes("\n")), names.filter((name) => name.includes("\n"))]
  const input = Files.bytesOf(simple.map((name) => `./${name}\n`).join(""))
  const written = yield* ask(place, ["hash-object", "-w", "--no-filters", "--stdin-paths"], {}, input)
  for (const [index, object] of written.trim().split("\n").entries()) objects.set(simple[index] ?? "", object)
  for (const name of odd) {
    const content = yield* attempting("read", place.top, () => readFile(Files.pathOf(place.top, name)))
    objects.set(name, yield* blob(place, content))
  }
  return objects
})

const blob = (place: Place, content: Uint8Array) =>
  Effect.map(ask(place, ["hash-object", "-w", "--stdin"], {}, content), (id) => id.trim())

/** A folder that git would not look into, with all that is in it, as one file. */
const archivedIn = Effect.fnUntraced(function* (place: Place, folder: string, room: string) {
  const file = join(room, "nested.tar")
  yield* attempting("archive", place.top, async () => {
    const tar = promisify(execFile)("tar", ["--null", "-cf", file, "-T", "-"], { cwd: place.top })
    tar.child.stdin?.end(Files.bytesOf(`./${folder}\0`))
    await tar
  })
  return (yield* ask(place, ["hash-object", "-w", "--no-filters", "--", file])).trim()
})

const archived = (place: Place, folder: string) => inTemporary(place.top, (room) => archivedIn(place, folder, room))

/** The tree of everything that is there, and that of what was staged; null where that is in the middle of a merge. */
const treesIn = Effect.fnUntraced(function* (place: Place, setUp: Manifest, room: string) {
  const { top } = place
  const env = { GIT_INDEX_FILE: join(room, "index") }
  const staged = yield* Effect.option(ask(place, ["write-tree"]))
  const { files, nested } = yield* found(top)
  const inHead = new Set(list(yield* ask(place, ["ls-tree", "-r", "-z", "--name-only", "HEAD"])))
  const differing = new Set(
    list(yield* ask(place, ["diff", "-z", "--name-only", "--no-renames", "--no-ext-diff", "HEAD"]))
  )
  const isLost = ([name, { stamp }]: readonly [string, Files.Entry]): boolean =>
    inHead.has(name) ? differing.has(name) : setUp[name] !== stamp
  const kept = [...files].filter(isLost)
  const plain = kept.filter(([, { mode }]) => mode !== "120000").map(([name]) => name)
  const objects = yield* plain.length === 0 ? Effect.succeed(new Map<string, string>()) : blobs(place, plain)
  const entries = [...differing].filter((name) => inHead.has(name)).map((name) => `0 ${"0".repeat(40)}\t${name}`)
  for (const [name, { mode }] of kept) {
    const link = mode !== "120000" ? null : yield* attempting("read", top, () => Files.textOfLink(top, name))
    entries.push(`${mode} ${link === null ? objects.get(name) : yield* blob(place, link)}\t${name}`)
  }
  for (const folder of nested) {
    entries.push(`100644 ${yield* archived(place, folder)}\t${Files.beside(folder, files)}`)
  }
  yield* ask(place, ["read-tree", "HEAD"], env)
  const input = Files.bytesOf(entries.map((entry) => `${entry}\0`).join(""))
  yield* ask(place, ["update-index", "--add", "--replace", "-z", "--index-info"], env, input)
  const all = (yield* ask(place, ["write-tree"], env)).trim()
  return { all, staged: staged._tag === "Some" ? staged.value.trim() : null }
})

type Trees = Effect.Effect.Success<ReturnType<typeof treesIn>>

const trees = (place: Place, setUp: Manifest) => inTemporary(place.top, (room) => treesIn(place, setUp, room))

const committed = Effect.fnUntraced(function* (place: Place, headTree: string, { all, staged }: Trees) {
  const commit = (tree: string, message: string, ...parents: ReadonlyArray<string>) => {
    const of = ["HEAD", ...parents].flatMap((parent) => ["-p", parent])
    return Effect.map(ask(place, ["commit-tree", tree, ...of, "-m", message]), (id) => id.trim())
  }
  const isApart = staged !== null && staged !== headTree && staged !== all
  const index = isApart ? [yield* commit(staged, "What was staged in the worktree")] : []
  return yield* commit(all, "What was in the worktree when it was taken away", ...index)
})

/** Has `ref` hold all that is in the worktree at `top`; answers the commit, or null where HEAD has all of it already. */
export const keep = (
  path: string,
  top: string,
  ref: string,
  setUp: Manifest
): Effect.Effect<string | null, WorktreeFailed> =>
  Effect.gen(function* () {
    const place = { path, top }
    const headTree = (yield* ask(place, ["rev-parse", "HEAD^{tree}"])).trim()
    let now = yield* trees(place, setUp)
    for (let left = most; left > 0; left--) {
      const before = now
      const isWhole = before.all === headTree && (before.staged === null || before.staged === headTree)
      const commit = isWhole ? null : yield* committed(place, headTree, before)
      if (commit !== null) yield* ask(place, ["update-ref", ref, commit])
      now = yield* trees(place, setUp)
      if (now.all === before.all && now.staged === before.staged) return commit
    }
    return yield* new WorktreeFailed({
      operation: "keep its work",
      path: top,
      cause: "its files are still being changed"
    })
  })
