/**
 * The work trees that have a branch checked out: whoever moves the branch leaves them behind, and a user who works in one
 * must lose nothing by it.
 */
import { readdir, readFile, stat } from "node:fs/promises"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import type { Target } from "../../core/task/Spec.ts"
import * as Git from "./Git.ts"
import { LandingFailed } from "./LandingService.ts"

const heads = "refs/heads/"

const isMissing = (cause: unknown): boolean =>
  cause instanceof Error && "code" in cause && (cause.code === "ENOENT" || cause.code === "ENOTDIR")

const orWhereMissing = async <A>(work: Promise<A>, missing: A): Promise<A> => {
  try {
    return await work
  } catch (cause) {
    if (isMissing(cause)) return missing
    throw cause
  }
}

const failed = (operation: string, path: string) => (cause: unknown) => new LandingFailed({ operation, path, cause })

const attempting = <A>(operation: string, path: string, work: () => Promise<A>): Effect.Effect<A, LandingFailed> =>
  Effect.tryPromise({ try: work, catch: failed(operation, path) })

/** A checkout with its own folder of git. */
interface Checkout {
  readonly top: string
  readonly own: string
}

const ask = (path: string, cwd: string, args: ReadonlyArray<string>, manner: Git.Manner = {}) =>
  Effect.mapError(Git.run(args, cwd, path, {}, { isUsers: true, ...manner }), failed(`git ${args[0]}`, cwd))

const must = (path: string, cwd: string, args: ReadonlyArray<string>, manner: Git.Manner = {}) =>
  Effect.flatMap(ask(path, cwd, args, manner), ({ status, stderr, stdout }) =>
    status === 0
      ? Effect.succeed(stdout)
      : Effect.fail(failed(`git ${args[0]}`, cwd)(stderr.trim() || `status ${status}`))
  )

const listBytes = 16 * 1024 * 1024

/** Those that have the branch checked out and are there. */
const find = Effect.fnUntraced(function* (path: string, { branch, repository }: Target) {
  const listing = yield* must(path, repository, ["worktree", "list", "--porcelain", "-z"], { keptBytes: listBytes })
  const checkouts: Array<Checkout> = []
  for (const block of listing.split("\0\0")) {
    const lines = block.split("\0")
    const top = lines.find((line) => line.startsWith("worktree "))?.slice("worktree ".length)
    if (top === undefined || !lines.includes(`branch ${heads}${branch}`)) continue
    const isThere = yield* attempting("look", top, () => orWhereMissing(stat(top), null))
    if (isThere === null) continue
    const own = (yield* must(path, top, ["rev-parse", "--absolute-git-dir"])).trim()
    checkouts.push({ top, own })
  }
  return checkouts
})

/** What a user may be in the middle of, by the file that git keeps for it. */
const operations: ReadonlyArray<readonly [file: string, name: string]> = [
  ["MERGE_HEAD", "a merge"],
  ["CHERRY_PICK_HEAD", "a cherry-pick"],
  ["REVERT_HEAD", "a revert"],
  ["BISECT_LOG", "a bisection"]
]

const underWay = async ({ own }: Checkout): Promise<string | null> => {
  for (const [file, name] of operations) {
    if ((await orWhereMissing(stat(join(own, file)), null)) !== null) return name
  }
  return null
}

/** The work tree, or the folder of git, where the branch is being rebased: then none has it checked out. */
const rebasing = async ({ branch, repository }: Target): Promise<string | null> => {
  const linked = await orWhereMissing(readdir(join(repository, "worktrees")), [])
  for (const own of [repository, ...linked.map((name) => join(repository, "worktrees", name))]) {
    for (const kind of ["rebase-merge", "rebase-apply"]) {
      const name = await orWhereMissing(readFile(join(own, kind, "head-name"), "utf8"), "")
      if (name.trim() === heads + branch) return own
    }
  }
  return null
}

/**
 * Why the branch must not be moved now, in words for whoever can change that; null where nothing is in the way. `to`: each
 * checkout must be able to follow to that commit.
 */
export const hindrance = (
  path: string,
  target: Target,
  step: { readonly from: string; readonly to: string } | null
): Effect.Effect<string | null, LandingFailed> =>
  Effect.gen(function* () {
    const { branch, repository } = target
    const rebased = yield* attempting("look for a rebase", repository, () => rebasing(target))
    if (rebased !== null) return `finish the rebase of ${branch} (${rebased})`
    for (const checkout of yield* find(path, target)) {
      const { top } = checkout
      const operation = yield* attempting("look", top, () => underWay(checkout))
      if (operation !== null) return `finish ${operation} in ${top}, where ${branch} is checked out`
      const changed = yield* must(path, top, ["status", "--porcelain", "-z", "--untracked-files=no"])
      if (changed !== "") {
        return `commit or stash the changes in ${top}, where ${branch} is checked out`
      }
      if (step === null) continue
      const follows = yield* ask(path, top, ["read-tree", "-m", "-u", "-n", step.from, step.to])
      if (follows.status !== 0)
        return `${top}, where ${branch} is checked out, can not follow: ${follows.stderr.trim()}`
    }
    return null
  })

/**
 * Brings each checkout from one commit to the other; git itself keeps what is neither, and refuses what would be lost.
 * Whoever has moved the branch on meanwhile has seen to them: one that comes late would take a checkout back.
 */
export const follow = (path: string, target: Target, from: string, to: string): Effect.Effect<void, LandingFailed> =>
  Effect.gen(function* () {
    const tip = yield* must(path, target.repository, ["rev-parse", "--verify", heads + target.branch])
    if (tip.trim() !== to) return
    for (const { top } of yield* find(path, target)) {
      // Its status says that files are changed, which the next command finds out more exactly.
      yield* ask(path, top, ["update-index", "-q", "--refresh"], { isLasting: true })
      yield* must(path, top, ["read-tree", "-m", "-u", from, to], { isLasting: true })
    }
  })
