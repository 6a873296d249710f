/** The repository that a directory is in, as far as work apart from it needs to know. */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type { Target } from "../../core/task/Spec.ts"
import * as Git from "./Git.ts"

/** A task can not be worked on apart from this directory, in words for its user. */
export class NotSeparable extends Data.TaggedError("NotSeparable")<{ readonly cwd: string; readonly why: string }> {
  override get message(): string {
    return `no worktree can be made of ${this.cwd}: ${this.why}`
  }
}

/** Nothing can be landed there, in words for its user. */
export class NotLandable extends Data.TaggedError("NotLandable")<{ readonly cwd: string; readonly why: string }> {
  override get message(): string {
    return `work in ${this.cwd} can not be landed: ${this.why}`
  }
}

export interface Repository {
  /** The folder that all its worktrees share. */
  readonly common: string
  /** The top of the work tree that the directory is in. */
  readonly top: string
  /** From the top to the directory, with a slash at its end; empty at the top. */
  readonly prefix: string
  /** The commit that is checked out there. */
  readonly head: string
  /** The branch that is checked out there; null where none is. */
  readonly branch: string | null
}

const lines = (text: string): ReadonlyArray<string> => text.split("\n").slice(0, -1)

/** Looks for it with the git in `path`. */
export const find = (path: string, cwd: string): Effect.Effect<Repository, NotSeparable | Git.GitUnusable> =>
  Effect.gen(function* () {
    const refuse = (why: string) => new NotSeparable({ cwd, why })
    const asked = ["--is-bare-repository", "--is-inside-work-tree", "--git-common-dir"]
    const answer = yield* Git.run(["rev-parse", "--path-format=absolute", ...asked], cwd, path)
    if (answer.status !== 0) return yield* refuse("it is in no git repository")
    const [isBare, isInside, common] = lines(answer.stdout)
    if (isBare === "true") return yield* refuse("its repository is bare: nothing is checked out there")
    if (isInside !== "true" || common === undefined) return yield* refuse("it is in no work tree")
    const place = yield* Git.run(["rev-parse", "--path-format=absolute", "--show-toplevel", "--show-prefix"], cwd, path)
    const [top, prefix] = lines(place.stdout)
    if (place.status !== 0 || top === undefined || prefix === undefined) return yield* refuse(place.stderr.trim())
    const commit = yield* Git.run(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"], cwd, path)
    if (commit.status !== 0) return yield* refuse("its repository has no commit yet")
    const name = yield* Git.run(["symbolic-ref", "--quiet", "HEAD"], cwd, path)
    const branch = name.stdout.trim().startsWith(heads) ? name.stdout.trim().slice(heads.length) : null
    return { common, top, prefix, head: commit.stdout.trim(), branch }
  })

const heads = "refs/heads/"

/** Where work of this repository lands: on the branch of that name, or on the one that is checked out. */
export const targetOf = (
  path: string,
  cwd: string,
  { branch, common, prefix }: Repository,
  wanted: string | null
): Effect.Effect<Target, NotLandable | Git.GitUnusable> =>
  Effect.gen(function* () {
    const name = wanted ?? branch
    if (name === null)
      return yield* new NotLandable({ cwd, why: 'no branch is checked out there: name one with "base"' })
    const found = yield* Git.run(["rev-parse", "--verify", "--quiet", `${heads}${name}^{commit}`], cwd, path)
    if (found.status !== 0) return yield* new NotLandable({ cwd, why: `its repository has no branch ${name}` })
    return { repository: common, branch: name, prefix, ...(wanted === null ? {} : { isNamed: true }) }
  })
