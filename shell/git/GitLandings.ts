/** The service of landings by git. */
import { createHash } from "node:crypto"
import { access, mkdir, rm } from "node:fs/promises"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { constFalse, constTrue } from "effect/Function"
import * as Option from "effect/Option"
import type { Target } from "../../core/task/Spec.ts"
import type { Task } from "../../core/task/Task.ts"
import * as Checkouts from "./Checkouts.ts"
import * as Git from "./Git.ts"
import * as Included from "./Included.ts"
import * as LandingNames from "./LandingNames.ts"
import { type Candidate, LandingFailed, type Run, type Service, type Squash, type Work } from "./LandingService.ts"
import * as Records from "./WorktreeRecord.ts"
import { Worktrees } from "./Worktrees.ts"

const listBytes = 4 * 1024 * 1024
/** Commits whose words go into the message. */
const mostCommits = 100

/** `folder` is that of all worktrees. */
export const make = Effect.fnUntraced(function* (folder: string) {
  const path = process.env.PATH ?? "/usr/local/bin:/usr/bin:/bin"
  /** Tells refs of this folder from those of another with the same numbers. */
  const key = createHash("sha256").update(folder).digest("hex").slice(0, 8)
  const { alone } = yield* Worktrees

  const topOf = ({ run, task }: Run): string => join(folder, `${task.id}.l${run}`)
  const refs = `refs/drover/land/${key}`
  const refOf = ({ run, task }: Run): string => `${refs}/${task.id}.${run}`
  const branchRef = ({ branch }: Target): string => `refs/heads/${branch}`

  /** To its end: what is broken off would go on beside whatever comes next. */
  const attempting = <A>(operation: string, at: string, work: () => Promise<A>): Effect.Effect<A, LandingFailed> =>
    Effect.uninterruptible(
      Effect.tryPromise({ try: work, catch: (cause) => new LandingFailed({ operation, path: at, cause }) })
    )

  const run = (
    cwd: string,
    args: ReadonlyArray<string>,
    more: { readonly stdin?: string; readonly env?: Readonly<Record<string, string>> } = {}
  ) =>
    Effect.mapError(
      Git.run(args, cwd, path, more.env ?? {}, { isLasting: true, stdin: more.stdin ?? "", keptBytes: listBytes }),
      (cause) => new LandingFailed({ operation: `git ${args[0]}`, path: cwd, cause })
    )

  const refused = (cwd: string, operation: string, { status, stderr }: Git.Answer) =>
    new LandingFailed({ operation, path: cwd, cause: stderr.trim() || `status ${status}` })

  const must = (...asked: Parameters<typeof run>) =>
    Effect.flatMap(run(...asked), (answer) =>
      answer.status === 0
        ? Effect.succeed(answer.stdout.trim())
        : Effect.fail(refused(asked[0], `git ${asked[1][0]}`, answer))
    )

  /** What a name means there; null for nothing. */
  const resolved = (cwd: string, name: string) =>
    Effect.map(run(cwd, ["rev-parse", "--verify", "--quiet", name]), ({ status, stdout }) =>
      status === 0 ? stdout.trim() : null
    )

  const base: Service["base"] = Effect.fnUntraced(function* (target, to) {
    const commit = yield* resolved(target.repository, `${branchRef(target)}^{commit}`)
    if (commit === null) return null
    const step = to === null ? null : { from: commit, to }
    return { commit, held: yield* Checkouts.hindrance(path, target, step) }
  })

  const workOf = Effect.fnUntraced(function* ({ repository }: Target, { branch, directory }: Work) {
    const isThere = yield* Effect.promise(() => access(directory).then(constTrue, constFalse))
    const head = isThere ? yield* resolved(directory, "HEAD^{commit}") : null
    return head ?? (yield* resolved(repository, `refs/heads/${branch}^{commit}`))
  })

  /** The words of one commit are its message; of several, the name of the task and a line for each. */
  const messageOf = Effect.fnUntraced(function* ({ id, spec }: Task, repository: string, from: string, to: string) {
    const range = [`--max-count=${mostCommits}`, "--reverse", "--no-merges", `${from}..${to}`, "--"]
    const messages = (yield* must(repository, ["log", "--format=%B%x00", ...range]))
      .split("\0")
      .map((message) => message.trim())
      .filter((message) => message !== "")
    const [only] = messages
    const list = messages.map((message) => `- ${message.split("\n", 1)[0]}`).join("\n")
    const message = messages.length === 1 && only !== undefined ? only : `${spec.name}\n\n${list}`
    return yield* must(repository, ["interpret-trailers", "--trailer", `Drover-Task: #${id}`], {
      stdin: `${message}\n`
    })
  })

  /** Whoever made the last commit of the work has made the one that lands. */
  const authorOf = Effect.fnUntraced(function* (repository: string, commit: string) {
    const [name = "", email = "", date = ""] = (yield* must(repository, [
      "log",
      "-1",
      "--format=%an%x00%ae%x00%aI",
      commit,
      "--"
    ])).split("\0")
    return name === "" ? {} : { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_AUTHOR_DATE: date }
  })

  /** Submodules that would land in another state: no checkout of theirs could follow. */
  const submodulesOf = Effect.fnUntraced(function* (repository: string, from: string, tree: string) {
    const changes = yield* must(repository, ["diff-tree", "-r", "-z", "--no-renames", from, tree])
    const fields = changes.split("\0")
    return fields.flatMap((field, index) => (/^:\d+ 160000 |^:160000 /.test(field) ? [fields[index + 1] ?? ""] : []))
  })

  const other = (detail: string): Squash => ({ _tag: "Refused", kind: { _tag: "Other", detail } })

  /** A worktree of the base alone, at nobody's branch. */
  const add = Effect.fnUntraced(function* (asked: Run, at: string) {
    const top = topOf(asked)
    yield* remove(asked)
    yield* attempting("make a folder", folder, () => mkdir(folder, { recursive: true, mode: 0o700 }))
    yield* must(asked.target.repository, ["worktree", "add", "--quiet", "--detach", top, at])
  })

  const remove = Effect.fnUntraced(function* (asked: Run) {
    const top = topOf(asked)
    const { repository } = asked.target
    yield* attempting("clear the folder", top, () => rm(top, { recursive: true, force: true }))
    // What git was killed at as it made it is locked for ever, unless the folder is gone.
    yield* run(repository, ["worktree", "remove", "--force", "--force", top])
    yield* must(repository, ["worktree", "prune"])
  })

  const copyIncluded = ({ target: { prefix }, task }: Run, top: string) => {
    const { cwd } = task.spec
    const source = prefix === "" ? cwd : cwd.slice(0, -prefix.length)
    return Effect.mapError(
      Included.copy(path, source, top),
      (cause) => new LandingFailed({ operation: "copy files", path: top, cause })
    )
  }

  const treeAt = (cwd: string, commit: string, prefix: string) =>
    resolved(cwd, `${commit}:${prefix.replace(/\/$/, "")}`)

  /** The commit of what was merged, and the worktree as it will be checked. */
  const candidate = Effect.fnUntraced(function* (asked: Run, from: string, work: string, tree: string) {
    const { target, task } = asked
    const top = topOf(asked)
    const message = yield* messageOf(task, target.repository, from, work)
    const env = yield* authorOf(target.repository, work)
    const commit = yield* must(top, ["commit-tree", tree, "-p", from, "-F", "-"], { env, stdin: `${message}\n` })
    yield* must(top, ["update-ref", "--no-deref", "HEAD", commit])
    yield* copyIncluded(asked, top)
    const directory = join(top, target.prefix).replace(/\/$/, "")
    yield* attempting("make the folder", directory, () => mkdir(directory, { recursive: true }))
    const isSame = (yield* resolved(top, `${work}^{tree}`)) === tree
    const unchanged = isSame ? yield* treeAt(top, commit, target.prefix) : null
    return { _tag: "Ready", candidate: { commit, top, directory, unchanged } satisfies Candidate } as const
  })

  const squash = Effect.fnUntraced(function* (asked: Run, from: string, of: Work) {
    const { target } = asked
    const { repository } = target
    const work = yield* workOf(target, of)
    if (work === null) return other(`the branch ${of.branch} is gone`)
    const ahead = yield* must(repository, ["rev-list", "--count", `${from}..${work}`, "--"])
    if (ahead === "0") return { _tag: "Refused", kind: null } as const
    yield* add(asked, from)
    const top = topOf(asked)
    const merged = yield* run(top, ["merge", "--squash", "--ff", "--no-verify-signatures", "--quiet", work])
    const files = (yield* must(top, ["diff", "--name-only", "-z", "--diff-filter=U"])).split("\0").filter(Boolean)
    if (files.length > 0) return { _tag: "Refused", kind: { _tag: "Conflict", files } } as const
    if (merged.status !== 0) return other(`git merge: ${(merged.stderr || merged.stdout).trim()}`)
    const tree = yield* must(top, ["write-tree"])
    if (tree === (yield* resolved(top, `${from}^{tree}`))) {
      return { _tag: "Refused", kind: { _tag: "EmptyDiff" } } as const
    }
    const submodules = yield* submodulesOf(repository, from, tree)
    if (submodules.length > 0)
      return other(`it changes the submodule ${submodules.join(", ")}, which drover does not land`)
    return yield* candidate(asked, from, work, tree)
  })

  const arm: Service["arm"] = (asked, commit) =>
    Effect.asVoid(
      must(asked.target.repository, ["update-ref", "--stdin"], { stdin: `create ${refOf(asked)} ${commit}\n` })
    )

  const move: Service["move"] = Effect.fnUntraced(function* (asked, from, to) {
    const { repository } = asked.target
    const lines = [`verify ${refOf(asked)} ${to}`, `update ${branchRef(asked.target)} ${to} ${from}`]
    const args = ["update-ref", "-m", `drover: land #${asked.task.id}`, "--stdin"]
    const moved = yield* run(repository, args, { stdin: lines.map((line) => `${line}\n`).join("") })
    if (moved.status === 0) return true
    // One of the two was another by then, or nothing could be written at all.
    const [own, tip] = [yield* resolved(repository, refOf(asked)), yield* resolved(repository, branchRef(asked.target))]
    if (own === to && tip === from) return yield* refused(repository, "move the branch", moved)
    return false
  })

  const disarm: Service["disarm"] = (asked) =>
    Effect.asVoid(must(asked.target.repository, ["update-ref", "-d", refOf(asked)]))

  const has: Service["has"] = Effect.fnUntraced(function* (target, commit) {
    if ((yield* resolved(target.repository, `${branchRef(target)}^{commit}`)) === null) {
      return yield* hasElsewhere(target, commit)
    }
    const answer = yield* run(target.repository, ["merge-base", "--is-ancestor", commit, branchRef(target)])
    if (answer.status === 0) return true
    // A commit that was never written, or went with a branch that was taken back, is in nothing.
    const isThere = (yield* resolved(target.repository, `${commit}^{commit}`)) !== null
    if (answer.status === 1 || !isThere) return false
    return yield* refused(target.repository, "look for the commit", answer)
  })

  const left: Service["left"] = Effect.fnUntraced(function* (repositories) {
    const found = [...(yield* attempting("look for landings", folder, () => LandingNames.inFolder(folder)))]
    // Whatever lands is worked in a worktree, of which it is written down where it was made.
    const { records } = yield* attempting("look for repositories", folder, () => Records.readAll(folder))
    for (const repository of new Set([...repositories, ...records.map((record) => record.repository)])) {
      // One that is gone has nothing left of anything.
      const armed = yield* Effect.option(must(repository, ["for-each-ref", "--format=%(refname)", refs]))
      const names = Option.match(armed, { onNone: () => [], onSome: (text) => text.split("\n") })
      found.push(...LandingNames.among(names, /\/(?<task>\d+)\.(?<run>\d+)$/))
    }
    return found
  })

  /** Of a branch that is gone: its user may have given it another name, and only a landing has put the commit on one. */
  const hasElsewhere = Effect.fnUntraced(function* ({ repository }: Target, commit: string) {
    if ((yield* resolved(repository, `${commit}^{commit}`)) === null) return false
    const holders = yield* must(repository, ["for-each-ref", "--count=1", "--contains", commit, "refs/heads"])
    return holders !== ""
  })

  const service: Service = {
    base,
    squash: (asked, from, of) => alone(squash(asked, from, of)),
    arm,
    move,
    disarm,
    has,
    follow: (target, from, to) => Checkouts.follow(path, target, from, to),
    clear: (asked) => alone(remove(asked)),
    left
  }
  return service
})
