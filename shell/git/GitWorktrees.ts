/** The service of worktrees by git. */
import { createHash } from "node:crypto"
import { lstat, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { TaskId } from "../../core/task/Identifiers.ts"
import type { Task } from "../../core/task/Task.ts"
import * as Included from "./Included.ts"
import * as Repository from "./Repository.ts"
import * as Rescue from "./Rescue.ts"
import * as WorktreeGit from "./WorktreeGit.ts"
import * as Records from "./WorktreeRecord.ts"
import { type Service, WorktreeFailed } from "./WorktreeService.ts"

type Record = Records.WorktreeRecord

const Manifest = Schema.parseJson(Schema.Record({ key: Schema.String, value: Schema.String }))

/** Of a branch: what people call the task, as far as a name of a branch may hold it. */
const slug = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 40)

const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    (cause: unknown) => {
      if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return false
      throw cause
    }
  )

/** What lies at the path of a worktree. `broken`: files, but git knows nothing of them any more. */
const conditionOf = async (top: string): Promise<"whole" | "broken" | "gone"> => {
  if (!(await isThere(top))) return "gone"
  return (await isThere(join(top, ".git"))) ? "whole" : "broken"
}

/** `folder` is that of all worktrees. */
export const make = Effect.fnUntraced(function* (folder: string) {
  const path = process.env.PATH ?? "/usr/local/bin:/usr/bin:/bin"
  /** Tells refs of this folder from those of another with the same numbers. */
  const key = createHash("sha256").update(folder).digest("hex").slice(0, 8)
  const known = new Map<TaskId, Record>()
  /** Git's own locks would have one of two fail. */
  const one = yield* Effect.makeSemaphore(1)

  const { attempting, must, run } = WorktreeGit.make(path)

  const topOf = (record: Pick<Record, "number" | "task">): string => join(folder, Records.nameOf(record))
  /** Where it is made, with the name that it will have: git takes that for its own name of it. */
  const makingOf = (record: Record): string => join(`${topOf(record)}.making`, Records.nameOf(record))
  const manifestOf = (record: Record): string => `${topOf(record)}.setup`
  const baseRef = ({ task }: Record): string => `refs/drover/base/${key}/${task}`
  const landedRef = ({ number, task }: Record): string => `refs/drover/landed/${key}/${task}.${number}`
  const rescueRef = ({ number, task }: Record): string => `refs/drover/rescue/${key}/${task}.${number}`

  const note = (record: Record) =>
    Effect.tap(
      attempting("note", topOf(record), () => Records.write(folder, record)),
      () => Effect.sync(() => known.set(record.task, record))
    )

  const reload = Effect.gen(function* () {
    const { damaged, records } = yield* attempting("look for worktrees", folder, () => Records.readAll(folder))
    for (const file of damaged) yield* Effect.logError(`${file} is damaged: its worktree is left alone`)
    known.clear()
    // Of several the last one is the task's: the others are being taken away.
    const present = records.filter(({ gone }) => gone === null).toSorted((a, b) => a.number - b.number)
    for (const record of present) known.set(record.task, record)
  })

  const tipOf = Effect.fnUntraced(function* ({ id, visit }: Task, repository: string, branch: string) {
    const at = topOf({ task: id, number: visit })
    const ref = `refs/heads/${branch}`
    const tip = yield* run(at, repository, ["rev-parse", "--verify", "--quiet", `${ref}^{commit}`])
    if (tip.status === 0) return tip.stdout.trim()
    return yield* new WorktreeFailed({ operation: "find its base", path: at, cause: `there is no branch ${branch}` })
  })

  const begin = Effect.fnUntraced(function* (task: Task) {
    const { common, head, prefix, top } = yield* Effect.catchTag(
      Repository.find(path, task.spec.cwd),
      "GitUnusable",
      (cause) => new WorktreeFailed({ operation: "find the repository", path: task.spec.cwd, cause })
    )
    // What lands on a branch begins there, whatever the user has checked out.
    const { branch: target } = task.spec.target ?? {}
    const tip = target === undefined ? head : yield* tipOf(task, common, target)
    const label = slug(task.spec.name)
    const record: Record = {
      task: task.id,
      number: task.visit,
      repository: common,
      source: top,
      prefix,
      branch: label === "" ? `drover/${task.id}` : `drover/${task.id}-${label}`,
      base: tip,
      isMade: false,
      isSetUp: false,
      kept: null,
      gone: null
    }
    // Of one that is there and of which nothing is known nobody can say what is in it.
    if (yield* attempting("look", topOf(record), () => isThere(topOf(record)))) {
      const cause = "a folder is there already, and nothing is known of it"
      return yield* new WorktreeFailed({ operation: "make", path: topOf(record), cause })
    }
    yield* note(record)
    return record
  })

  /** Its files are there, and it can be neither worked in nor kept. */
  const broken = (record: Record) =>
    new WorktreeFailed({ operation: "look", path: topOf(record), cause: "it has files, but its .git is gone" })

  /** The branch, unless it is there and ours; both refs come to be at once, or none. */
  const branch = Effect.fnUntraced(function* (record: Record) {
    const { base, repository } = record
    const ref = `refs/heads/${record.branch}`
    const own = yield* run(topOf(record), repository, ["rev-parse", "--verify", "--quiet", baseRef(record)])
    const there = yield* run(topOf(record), repository, ["rev-parse", "--verify", "--quiet", ref])
    if (own.status === 0 && there.status === 0) return
    if (there.status === 0) {
      const cause = `the branch ${record.branch} is there already, and this task has not made it`
      return yield* new WorktreeFailed({ operation: "make a branch", path: topOf(record), cause })
    }
    const begins = own.status === 0 ? own.stdout.trim() : base
    const lines = [`create ${ref} ${begins}`, ...(own.status === 0 ? [] : [`create ${baseRef(record)} ${begins}`])]
    yield* must(topOf(record), repository, ["update-ref", "--stdin"], lines.map((line) => `${line}\n`).join(""))
  })

  const wipe = (record: Record, path: string) =>
    attempting("clear the folder", topOf(record), () => rm(path, { recursive: true, force: true }))

  /**
   * The folder first: of one that is gone git forgets all, also where it was killed as it made it, which it takes for a
   * lock that nobody may break.
   */
  const clear = Effect.fnUntraced(function* (record: Record, path: string) {
    const at = topOf(record)
    yield* wipe(record, path)
    yield* run(at, record.repository, ["worktree", "remove", "--force", "--force", path])
    yield* must(at, record.repository, ["worktree", "prune"])
  })

  /** What there is of one that was not made to its end, where it was made. */
  const clearMaking = (record: Record) =>
    Effect.zipRight(clear(record, makingOf(record)), wipe(record, dirname(makingOf(record))))

  /**
   * It has its path when it is whole: a supervisor that was overtaken as it made one, and goes on, finds it in its place
   * and takes nothing away. Locked until git knows of the path, so that nobody's pruning forgets it.
   */
  const add = Effect.fnUntraced(function* (record: Record) {
    const [making, top] = [makingOf(record), topOf(record)]
    const condition = yield* attempting("look", top, () => conditionOf(top))
    if (condition !== "whole") {
      // One that somebody has taken away by hand may be locked still.
      yield* run(top, record.repository, ["worktree", "unlock", top])
      // Nobody has worked in what is not made: what is there of it goes.
      if (condition === "broken") yield* clear(record, top)
      yield* clearMaking(record)
      yield* must(top, record.repository, ["worktree", "add", "--quiet", "--lock", making, record.branch])
      yield* attempting("make the folder", top, () => mkdir(join(making, record.prefix), { recursive: true }))
      yield* Included.copy(path, record.source, making)
      yield* attempting("put it in its place", top, () => rename(making, top))
    }
    yield* wipe(record, dirname(making))
    yield* must(top, record.repository, ["worktree", "repair", top])
    yield* run(top, record.repository, ["worktree", "unlock", top])
    yield* note({ ...record, isMade: true })
  })

  const noteSetup: Service["noteSetup"] = Effect.fnUntraced(function* (task) {
    const record = known.get(task)
    if (record === undefined) return
    const made = yield* Rescue.manifest(path, topOf(record))
    const text = Schema.encodeSync(Manifest)(made)
    yield* attempting("note what was made", topOf(record), () => writeFile(manifestOf(record), text, { mode: 0o600 }))
    yield* note({ ...record, isSetUp: true })
  })

  const made = (record: Record) =>
    attempting("read what was made", topOf(record), async () =>
      record.isSetUp ? Schema.decodeUnknownSync(Manifest)(await readFile(manifestOf(record), "utf8")) : {}
    )

  /**
   * A branch on which nothing was done is of no use to anybody, nor is one whose work has landed: its commits get a ref of
   * drover's. Answers what is left of it.
   */
  const leave = Effect.fnUntraced(function* (record: Record) {
    const top = topOf(record)
    const ref = `refs/heads/${record.branch}`
    const found = yield* run(top, record.repository, ["rev-parse", "--verify", "--quiet", ref])
    const tip = found.stdout.trim()
    const asked = ["for-each-ref", "--format=%(worktreepath)", ref]
    const elsewhere = (yield* must(top, record.repository, asked)).stdout.trim()
    const isOurs = tip !== "" && elsewhere === ""
    const isLanded = record.kept?.isLanded === true && isOurs
    if (tip !== record.base && !isLanded) return { hasBranch: found.status === 0 }
    const landed = tip === record.base ? null : landedRef(record)
    const lines = [
      `delete ${ref} ${tip}`,
      `delete ${baseRef(record)}`,
      ...(landed === null ? [] : [`update ${landed} ${tip}`])
    ]
    yield* must(top, record.repository, ["update-ref", "--stdin"], lines.map((line) => `${line}\n`).join(""))
    return { hasBranch: false, ...(landed === null ? {} : { landed }) }
  })

  /** Nothing of it can be lost any more, wherever it is broken off. */
  const finish = Effect.fnUntraced(function* (record: Record, ref: string | null) {
    const [going, top] = [`${topOf(record)}.going`, topOf(record)]
    yield* clearMaking(record)
    // What has its path is whole: a removal that was broken off in the middle is never taken for what somebody left there.
    yield* wipe(record, going)
    yield* attempting("put it aside", top, async () => ((await isThere(top)) ? rename(top, going) : undefined))
    yield* wipe(record, going)
    yield* clear(record, top)
    const left = yield* leave(record)
    yield* attempting("note", top, () => Records.write(folder, { ...record, gone: { ref, ...left } }))
    known.delete(record.task)
    yield* attempting("forget what was made", top, () => rm(manifestOf(record), { force: true }))
    return ref
  })

  /** Has a ref hold all that no other would; answers it, or null where all is held. */
  const keep = Effect.fnUntraced(function* (record: Record, ref: string) {
    const top = topOf(record)
    if ((yield* Rescue.keep(path, top, ref, yield* made(record))) !== null) return ref
    // An agent may have left its branch: commits that are on none go with the worktree that was at them.
    const holders = yield* must(top, top, ["for-each-ref", "--count=1", "--contains", "HEAD"])
    if (holders.stdout !== "") return null
    yield* must(top, top, ["update-ref", ref, "HEAD"])
    return ref
  })

  const remove = Effect.fnUntraced(function* (task: TaskId, number: number, isLanded: boolean) {
    const record = known.get(task)
    if (record?.number !== number) return null
    const top = topOf(record)
    const before = record.kept
    const condition = yield* attempting("look", top, () => conditionOf(top))
    if (record.isMade && condition === "broken" && before === null) return yield* broken(record)
    // Nobody has worked in what was never made, and what somebody has taken away by hand is gone.
    const isWhole = record.isMade && condition === "whole"
    // It was kept once, by a supervisor that died over it: what somebody has changed since is kept beside that.
    const ref = before === null || before.ref === null ? rescueRef(record) : `${rescueRef(record)}.late`
    const held = (isWhole ? yield* keep(record, ref) : null) ?? before?.ref ?? null
    const kept = { ...record, kept: { ref: held, isLanded: isLanded || before?.isLanded === true } }
    yield* note(kept)
    return yield* finish(kept, held)
  })

  const restore: Service["restore"] = Effect.fnUntraced(function* ({ id }, attempt, head) {
    const record = known.get(id)
    if (record === undefined) return
    const top = topOf(record)
    const ref = `${rescueRef(record)}.${attempt}`
    const commit = yield* Rescue.keep(path, top, ref, yield* made(record))
    const now = yield* must(top, top, ["rev-parse", "HEAD"])
    if (commit === null && now.stdout.trim() === head) return
    if (commit === null) yield* must(top, top, ["update-ref", ref, "HEAD"])
    yield* must(top, top, ["reset", "--quiet", "--hard", head])
    yield* must(top, top, ["clean", "--quiet", "-fd"])
  })

  const ensure: Service["ensure"] = Effect.fnUntraced(function* (task) {
    const before = known.get(task.id)
    if (before !== undefined && before.kept !== null) yield* remove(task.id, before.number, false)
    const record = known.get(task.id) ?? (yield* begin(task))
    const top = topOf(record)
    const condition = yield* attempting("look", top, () => conditionOf(top))
    if (record.isMade && condition === "broken") return yield* broken(record)
    if (!record.isMade || condition === "gone") {
      const again = { ...record, isMade: false, isSetUp: false }
      yield* note(again)
      yield* branch(again)
      yield* add(again)
    }
    return { top, needsSetup: known.get(task.id)?.isSetUp !== true }
  })

  const service: Service = {
    reload,
    alone: (work) => one.withPermits(1)(work),
    ensure: (task) => one.withPermits(1)(ensure(task)),
    noteSetup,
    restore: (task, attempt, head) => one.withPermits(1)(restore(task, attempt, head)),
    remove: (task, number, isLanded) => one.withPermits(1)(remove(task, number, isLanded)),
    tasks: () => [...known.keys()],
    numberOf: (task) => known.get(task)?.number ?? null,
    baseOf: (task) => known.get(task)?.base ?? null,
    directoryOf: ({ id, spec, visit }) => {
      if (spec.isolate === "in-place") return spec.cwd
      const record = known.get(id)
      return record === undefined
        ? topOf({ task: id, number: visit })
        : join(topOf(record), record.prefix).replace(/\/$/, "")
    }
  }
  return service
})
