/**
 * What became of a repository on whose branch tasks have landed, by git itself and by the ledger.
 */
import { createHash } from "node:crypto"
import { spawnSync } from "node:child_process"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import type { ExecutionEvent } from "../../core/execution/ExecutionEvent.ts"
import type { MergeFailureKind } from "../../core/stage/MergeFailureKind.ts"
import type { FoundTask } from "./Found.ts"
import { notes } from "./Lands.ts"

const run = (cwd: string, args: ReadonlyArray<string>) => {
  const { status, stderr, stdout } = spawnSync("git", args, { cwd, encoding: "utf8", maxBuffer: 2 ** 26 })
  return { status, said: `${stdout}${stderr}`.trim() }
}

const git = (cwd: string, ...args: ReadonlyArray<string>): string => {
  const { said, status } = run(cwd, args)
  if (status !== 0) throw new Error(`git ${args.join(" ")} in ${cwd}: ${said}`)
  return said
}

const linesOf = (text: string): ReadonlyArray<string> => text.split("\n").filter((line) => line !== "")

interface Commit {
  readonly hash: string
  /** As the trailer names it. */
  readonly task: string
}

export interface Landed {
  /** What the branch has beside its first commit, and how many of all have several parents. */
  readonly commits: ReadonlyArray<Commit>
  readonly merges: ReadonlyArray<string>
  /** Of the user's checkout. */
  readonly status: string
  readonly notes: string
  /** Of the branch, by name. */
  readonly files: ReadonlyMap<string, string>
  /** Refs by which landings are armed. */
  readonly arms: ReadonlyArray<string>
  /** Worktrees that git knows of, by the task of each; of a landing its whole name. */
  readonly worktrees: ReadonlyArray<string>
  /** Commits that a ref leads to. */
  readonly reachable: ReadonlySet<string>
  /** What git's own check finds. */
  readonly damage: string
}

/** Git's worktrees of a repository beside the user's own, by name. */
export const worktreesOf = (repository: string): ReadonlyArray<string> =>
  linesOf(git(repository, "worktree", "list", "--porcelain"))
    .filter((line) => line.startsWith("worktree "))
    .slice(1)
    .map((line) => line.slice(line.lastIndexOf("/") + 1))

export const look = (repository: string): Landed => {
  const log = git(
    repository,
    "log",
    "--reverse",
    "--format=%H %(trailers:key=Drover-Task,valueonly,separator=%x2C)",
    "main"
  )
  const fsck = run(repository, ["fsck", "--strict", "--no-dangling", "--no-progress"])
  return {
    commits: linesOf(log)
      .slice(1)
      .map((line) => ({ hash: line.slice(0, line.indexOf(" ")), task: line.slice(line.indexOf(" ") + 1) })),
    merges: linesOf(git(repository, "rev-list", "--merges", "main")),
    status: git(repository, "status", "--porcelain"),
    notes: readFileSync(join(repository, notes.file), "utf8"),
    files: new Map(
      linesOf(git(repository, "ls-tree", "--name-only", "main")).map((name) => [
        name,
        git(repository, "show", `main:${name}`)
      ])
    ),
    arms: linesOf(git(repository, "for-each-ref", "--format=%(refname)", "refs/drover/land")),
    worktrees: worktreesOf(repository),
    reachable: new Set(linesOf(git(repository, "rev-list", "--all"))),
    damage: fsck.status === 0 ? fsck.said : `status ${fsck.status}: ${fsck.said}`
  }
}

/** Worktrees of landings that nobody has taken away, of git's or without it. */
export const foldersLeft = (home: string): ReadonlyArray<string> => {
  const folder = join(home, "worktrees")
  return existsSync(folder) ? readdirSync(folder).filter((name) => /^\d+\.l\d+$/.test(name)) : []
}

const moves = ({ ledger }: FoundTask): ReadonlyArray<ExecutionEvent> =>
  ledger.flatMap(({ event }) => (event._tag === "ExecutionMoved" ? [event.event] : []))

/** The marker of each of its landings: whatever one has started carries it, and no other does. */
export const markers = (home: string, found: FoundTask): ReadonlyArray<string> =>
  moves(found).flatMap((event) =>
    event._tag === "LandBegin"
      ? [createHash("sha256").update(`${home}\0${found.task.id}\0${event.run}`).digest("hex").slice(0, 32)]
      : []
  )

/** Why its landings failed: each is a strike. */
export const strikes = (found: FoundTask): ReadonlyArray<MergeFailureKind["_tag"] | null> =>
  moves(found).flatMap((event) =>
    event._tag === "LandEnded" && event.result._tag === "Failed" ? [event.result.kind?._tag ?? null] : []
  )

/** Landings that came to nothing, and were done again. */
export const again = (found: FoundTask): number =>
  moves(found).filter((event) => event._tag === "LandEnded" && event.result._tag === "Again").length

/** The commit that is recorded to have landed; null where nothing has. */
export const commitOf = ({ task: { stage } }: FoundTask): string | null =>
  stage._tag === "Done" && stage.landing._tag === "Merged" ? stage.landing.commit : null
