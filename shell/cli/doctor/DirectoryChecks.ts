/** What `drover doctor` says of the state directory and of the disk it lies on. */
import { lstat, readdir, stat, statfs } from "node:fs/promises"
import { dirname, join } from "node:path"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Places } from "../../config/Places.ts"
import { quote } from "../../process/ShellWord.ts"
import * as SmallFile from "../../process/SmallFile.ts"
import * as AttemptFiles from "../../retention/AttemptFiles.ts"
import * as Leftovers from "../../retention/Leftovers.ts"
import * as Strangers from "../../retention/Strangers.ts"
import { Store } from "../../store/Store.ts"
import * as Services from "../Services.ts"
import * as Size from "../Size.ts"
import { advisory, bad, good, skipped } from "./Check.ts"

/** Less than this stops agents sooner than it stops drover. */
const leastFreeBytes = 500 * 1024 * 1024

/** An attempt takes some ten files, a worktree as many as the repository has. */
const leastFreeInodes = 10_000

/** The folder, or the nearest one above it that exists. */
const existing = (path: string): Effect.Effect<string> =>
  Effect.tryPromise(() => stat(path)).pipe(
    Effect.as(path),
    Effect.catchAll(() => (dirname(path) === path ? Effect.succeed(path) : existing(dirname(path))))
  )

const system = <A>(work: () => Promise<A>) =>
  Effect.tryPromise({ try: work, catch: (cause) => (cause instanceof Error ? cause : new Error(String(cause))) })

export const disk = Effect.gen(function* () {
  const { stateDirectory } = yield* Places
  const folder = yield* existing(stateDirectory)
  const found = yield* system(() => statfs(folder))
  const free = found.bavail * found.bsize
  // Filesystems that make them as they are needed (btrfs) have none to count.
  const hasInodes = found.files > 0
  const inodes = hasInodes ? `, ${found.ffree} inodes` : ""
  const detail = `${Size.short(free)}${inodes} free in ${folder}`
  const remedy = "make room (drover prune --older-than 7d), or set DROVER_HOME elsewhere"
  if (free < leastFreeBytes) return bad("disk", detail, remedy)
  return hasInodes && found.ffree < leastFreeInodes ? bad("disk", detail, remedy) : good("disk", detail)
})

const isMissing = (cause: unknown): boolean => cause instanceof Error && "code" in cause && cause.code === "ENOENT"

/** What is at that path; null where nothing is. */
const about = (path: string) =>
  system(() =>
    stat(path).catch((cause: unknown) => {
      if (isMissing(cause)) return null
      throw cause
    })
  )

export const directory = Effect.gen(function* () {
  const { socket, stateDirectory } = yield* Places
  const name = "state directory"
  const found = yield* about(stateDirectory)
  const length = `socket path ${Buffer.byteLength(socket)} bytes`
  if (found === null) return good(name, `${stateDirectory}: not there yet, ${length}`)
  if (!found.isDirectory()) {
    return bad(name, `${stateDirectory} is no directory`, "move it away, or set DROVER_HOME elsewhere")
  }
  const own = process.getuid?.()
  if (own !== undefined && found.uid !== own) {
    const text = `${stateDirectory} belongs to user ${found.uid}, and this is user ${own}`
    return bad(name, text, `work as that user, or: chown -R ${own} ${quote(stateDirectory)}`)
  }
  const mode = (found.mode & 0o777).toString(8)
  if ((found.mode & 0o077) !== 0) {
    return bad(name, `${stateDirectory} has mode ${mode}: others can look in`, `chmod 700 ${quote(stateDirectory)}`)
  }
  return (found.mode & 0o700) === 0o700
    ? good(name, `${stateDirectory}, mode ${mode}, ${length}`)
    : bad(
        name,
        `${stateDirectory} has mode ${mode}: its owner can not work in it`,
        `chmod 700 ${quote(stateDirectory)}`
      )
})

/** What a request over TCP is let in by. */
export const token = Effect.gen(function* () {
  const { token } = yield* Places
  const found = yield* about(token)
  if (found === null)
    return skipped("token", "not there: it is made when drover is asked over TCP", "nothing is to be done")
  if (!found.isFile()) return bad("token", `${token} is no file`, `remove ${token}: a new one is made`)
  const mode = (found.mode & 0o777).toString(8)
  if ((found.mode & 0o077) !== 0) {
    return bad("token", `${token} has mode ${mode}: others can read it`, `remove ${token}: a new one is made`)
  }
  const isWhole = /^[\w-]{43}$/.test((SmallFile.read(token) ?? "").trim())
  return isWhole
    ? good("token", `${token}, mode ${mode}`)
    : bad("token", `${token} is not one of drover's`, `remove ${token}: a new one is made`)
})

/** Files that somebody who was killed meanwhile has not put in their place. */
const unfinished = (folder: string) =>
  system(async () => {
    const names = await readdir(folder).catch((cause: unknown) => {
      if (isMissing(cause)) return []
      throw cause
    })
    const parts = names.filter((name) => /\.new$|\.part$/.test(name))
    const old = await Promise.all(
      parts.map(async (name) => {
        const found = await lstat(join(folder, name)).catch(() => null)
        return found !== null && Date.now() - found.mtimeMs > Leftovers.leastAgeMs
      })
    )
    return parts.filter((_, index) => old[index])
  })

interface Unknown {
  /** Folders of tasks that the store does not have, and that a supervisor leaves where they are. */
  readonly orphans: ReadonlyArray<string>
  /** Folders of attempts and runs that the store has not begun. */
  readonly early: ReadonlyArray<string>
}

/** The store knows an attempt before its folder is made: what it does not know is of another store, or of a later one. */
const unknown = Effect.gen(function* () {
  const places = yield* Places
  const { attempts } = yield* AttemptFiles.find(places)
  const ids = [...new Set(attempts.map(({ task }) => task))]
  if (ids.length === 0) return { orphans: [], early: [] } satisfies Unknown
  const found = yield* Services.ifStored(
    Effect.all({
      early: Effect.flatMap(Store, (store) =>
        Effect.flatMap(store.open, (snapshot) => Strangers.find(places.attempts, snapshot.tasks))
      ),
      tasks: Effect.flatMap(Store, (store) => store.tasks({ ids }))
    })
  )
  const { early, tasks } = Option.getOrElse(found, () => ({
    early: attempts.map(({ attempt, task }) => `${task}.${attempt}`),
    tasks: []
  }))
  const known = new Set(tasks.map(({ id }) => id))
  const paths = early.map((each) => join(places.attempts, each))
  const orphans = attempts
    .filter(({ task }) => !known.has(task))
    .map(({ attempt, task }) => places.attempt(task, attempt))
    .filter((path) => !paths.includes(path))
  return { orphans, early: paths } satisfies Unknown
})

const some = (paths: ReadonlyArray<string>): string =>
  paths.slice(0, 5).map(quote).join(" ") + (paths.length > 5 ? ` (and ${paths.length - 5} more)` : "")

/** What nobody will come back for. */
export const leftovers = Effect.gen(function* () {
  const { stateDirectory } = yield* Places
  const parts = (yield* unfinished(stateDirectory)).map((name) => join(stateDirectory, name))
  const { early, orphans } = yield* unknown
  const temporary = yield* Leftovers.find()
  const rest = [...parts, ...orphans, ...temporary]
  if (early.length + rest.length === 0) return good("leftovers", "none")
  const counted = [
    ...(early.length === 0
      ? []
      : [
          `${early.length} folders of attempts or runs that the store has not begun, as after a restore: ${some(early)}`
        ]),
    ...(parts.length === 0 ? [] : [`${parts.length} unfinished files`]),
    ...(orphans.length === 0 ? [] : [`${orphans.length} folders of attempts whose task is not in the store`]),
    ...(temporary.length === 0 ? [] : [`${temporary.length} temporary folders of looks at trees and profiles`])
  ]
  const remedies = [
    ...(early.length === 0
      ? []
      : ["drover up gives other names to what it has not begun: remove that when nobody needs it"]),
    ...(rest.length === 0 ? [] : [`look at them, then remove them: rm -r ${some(rest)}`]),
    ...(temporary.length === 0 ? [] : ["the next supervisor removes temporary ones"])
  ]
  return advisory("leftovers", counted.join(", "), remedies.join("; "))
})
