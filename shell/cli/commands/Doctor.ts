/**
 * `drover doctor`: looks at everything that drover rests on; each row that fails says what to do.
 */
import { statfs, stat } from "node:fs/promises"
import { dirname } from "node:path"
import * as Command from "@effect/cli/Command"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Marker } from "../../../core/execution/AttemptRecord.ts"
import { defaults } from "../../../core/policy/Policy.ts"
import { Places } from "../../config/Places.ts"
import { Processes } from "../../process/Processes.ts"
import { isAlive } from "../../process/ProcessTable.ts"
import { Store } from "../../store/Store.ts"
import { bad, type Check, good, type Standing } from "../Check.ts"
import * as AccountLine from "../AccountLine.ts"
import * as AgentChecks from "../AgentChecks.ts"
import * as AttentionChecks from "../AttentionChecks.ts"
import { type Colour, paint } from "../Colour.ts"
import * as ExitCode from "../ExitCode.ts"
import * as Flags from "../Flags.ts"
import * as GuardView from "../GuardView.ts"
import { Output } from "../Output.ts"
import * as OwnershipChecks from "../OwnershipChecks.ts"
import * as PresentSupervisor from "../PresentSupervisor.ts"
import * as Services from "../Services.ts"
import * as Size from "../Size.ts"
import * as Usage from "../Usage.ts"
import { pad } from "../Text.ts"

/** The oldest Node.js that drover is tested with (package.json, engines). */
const oldestNode = 20

const node = (): Check => {
  const [major = 0] = process.versions.node.split(".").map(Number)
  return major >= oldestNode
    ? good("node", process.version)
    : bad("node", process.version, `install Node.js ${oldestNode} or newer`)
}

/** Less than this stops agents sooner than it stops drover. */
const leastFreeBytes = 500 * 1024 * 1024

/** The folder, or the nearest one above it that exists. */
const existing = (path: string): Effect.Effect<string> =>
  Effect.tryPromise(() => stat(path)).pipe(
    Effect.as(path),
    Effect.catchAll(() => (dirname(path) === path ? Effect.succeed(path) : existing(dirname(path))))
  )

const disk = Effect.gen(function* () {
  const { stateDirectory } = yield* Places
  const folder = yield* existing(stateDirectory)
  const found = yield* Effect.either(Effect.tryPromise(() => statfs(folder)))
  if (Either.isLeft(found)) return bad("disk", `${folder}: ${String(found.left.cause)}`, "check that it can be read")
  const free = found.right.bavail * found.right.bsize
  const detail = `${Size.short(free)} free in ${folder}`
  return free >= leastFreeBytes ? good("disk", detail) : bad("disk", detail, "make room, or set DROVER_HOME elsewhere")
})

const directory = Effect.gen(function* () {
  const { socket, stateDirectory } = yield* Places
  const found = yield* Effect.either(Effect.tryPromise(() => stat(stateDirectory)))
  const length = `socket path ${Buffer.byteLength(socket)} bytes`
  if (Either.isLeft(found)) return good("state directory", `${stateDirectory}: not there yet, ${length}`)
  if (!found.right.isDirectory()) {
    return bad("state directory", `${stateDirectory} is no directory`, "move it away, or set DROVER_HOME elsewhere")
  }
  const mode = (found.right.mode & 0o777).toString(8)
  return (found.right.mode & 0o077) === 0
    ? good("state directory", `${stateDirectory}, mode ${mode}, ${length}`)
    : bad("state directory", `${stateDirectory} has mode ${mode}: others can look in`, `chmod 700 ${stateDirectory}`)
})

const configuration = Effect.gen(function* () {
  const { configFile } = yield* Places
  const built = yield* Effect.either(Effect.scoped(Effect.provide(Effect.void, Services.configuration)))
  if (Either.isLeft(built)) return bad("configuration", built.left.message, `mend ${configFile}`)
  return good("configuration", configFile)
})

/** SQLite's number for FULL: a commit survives the loss of power. */
const full = 2

/** An account that a person must resume holds up all of its tasks; a limit ends by itself. */
const accounts = Effect.gen(function* () {
  const { maxConcurrent } = yield* Effect.orElseSucceed(Services.policy, () => defaults)
  const now = yield* Clock.currentTimeMillis
  const known = yield* (yield* Store).accounts
  const held = known.flatMap((account) => {
    const line = AccountLine.describe(account, { now, maxConcurrent })
    return line === null ? [] : [{ account, line }]
  })
  if (held.length === 0) return [good("accounts", "none is held up")]
  return held.map(({ account: { id, pause }, line }) =>
    pause === null
      ? good("accounts", line)
      : bad("accounts", `account ${id} is paused: ${pause.why}`, `mend that, then: drover resume-account ${id}`)
  )
})

const store = Effect.gen(function* () {
  const store = yield* Store
  const { bytes, journalMode, problems, schema } = yield* store.inspect
  const facts = `schema ${schema}, ${Size.short(bytes)}, journal ${journalMode}`
  const checked = problems.length === 0 ? good("store", facts) : bad("store", problems.join("; "), "restore a backup")
  const draining = yield* store.isDraining
  const drain = good("admission", draining ? "draining: nothing new is admitted (drover undrain)" : "open")
  const waiting = yield* store.attention
  const attention = good(
    "attention",
    waiting.length === 0 ? "nobody is needed" : `${waiting.length} open: ${waiting.map(({ text }) => text).join("; ")}`
  )
  return [checked, drain, ...(yield* accounts), attention]
})

/** As it is for whoever writes: each connection has a level of its own. */
const durability = Effect.gen(function* () {
  const { synchronous } = yield* (yield* Store).inspect
  return synchronous === full
    ? good("durability", `synchronous ${synchronous} (FULL)`)
    : bad("durability", `synchronous is ${synchronous}, not ${full} (FULL)`, "report this: drover sets it itself")
})

const storeRows = Effect.gen(function* () {
  const { database } = yield* Places
  const read = yield* Effect.either(Services.ifStored(store))
  if (Either.isLeft(read)) return [bad("store", ExitCode.message(read.left), "see the message")]
  if (Option.isNone(read.right)) return [good("store", `${database}: nothing was stored yet`)]
  const level = yield* Effect.either(Effect.provide(durability, Services.existing))
  return [
    ...read.right.value,
    Either.getOrElse(level, (error) => bad("durability", ExitCode.message(error), "see the message"))
  ]
})

/** What a running supervisor noted of the guards; null where none runs. */
const notedGuards = Effect.gen(function* () {
  const store = yield* Store
  const supervisor = yield* PresentSupervisor.read(store)
  return supervisor === null ? null : yield* store.guards
})

const guards = Effect.gen(function* () {
  const { configFile } = yield* Places
  const config = yield* Effect.either(Services.guards)
  if (Either.isLeft(config))
    return bad("guards", "the configuration says nothing that can be read", `mend ${configFile}`)
  const now = yield* Clock.currentTimeMillis
  const found = yield* Effect.either(Services.ifStored(notedGuards))
  if (Either.isLeft(found)) return bad("guards", ExitCode.message(found.left), "see the message")
  const notes = Option.getOrNull(found.right)
  const rows = GuardView.seen(notes ?? [], config.right, now)
  const alarming = rows.filter(GuardView.isAlarming)
  const each = alarming.map(({ key, posture, reason }) => `${key} is ${posture}: ${reason}`)
  if (each.length > 0) return bad("guards", each.join("; "), `see drover guards, and [guards] in ${configFile}`)
  const where = notes === null ? "as configured; no supervisor runs" : "as the supervisor sees them"
  return good("guards", `${rows.length}, none fails (${where})`)
})
/** The marker of an attempt, without the run of a verifier. */
const attemptMarker = (marker: string): string => marker.split(".")[0] ?? marker

const agents = Effect.gen(function* () {
  const processes = yield* Processes
  const table = yield* Effect.either(processes.snapshot)
  if (Either.isLeft(table)) return bad("agents", table.left.message, "check that /proc or ps can be read")
  const marked = table.right.processes.filter(
    (entry) => entry.marker !== null && !entry.marker.startsWith("attention.") && isAlive(entry)
  )
  const known = yield* Services.ifStored(
    Effect.gen(function* () {
      const store = yield* Store
      return yield* Effect.forEach(marked, (entry) =>
        Effect.gen(function* () {
          const marker = Schema.decodeOption(Marker)(attemptMarker(entry.marker ?? ""))
          const record = Option.isNone(marker) ? Option.none() : yield* store.attemptByMarker(marker.value)
          return { pid: entry.pid, record: Option.getOrNull(record) }
        })
      )
    })
  )
  const found = Option.getOrElse(known, () => marked.map(({ pid }) => ({ pid, record: null })))
  const own = found.filter(({ record }) => record !== null)
  const leftovers = own.filter(({ record }) => record !== null && record.endedAt !== null)
  const foreign = found.length - own.length
  const detail = [
    `${own.length - leftovers.length} processes of attempts`,
    ...(foreign === 0 ? [] : [`${foreign} that this store does not know (another state directory's?)`])
  ].join(", ")
  if (leftovers.length === 0) return good("agents", detail)
  const pids = leftovers.map(({ pid }) => pid).join(" ")
  return bad("agents", `${leftovers.length} outlived their attempt: ${pids}`, `look at them, then: kill ${pids}`)
})

const checks = Effect.gen(function* () {
  return [
    node(),
    yield* directory,
    yield* configuration,
    yield* disk,
    yield* Usage.check,
    ...(yield* storeRows),
    yield* guards,
    ...(yield* AttentionChecks.all),
    ...(yield* AgentChecks.all),
    ...(yield* Effect.map(
      Effect.either(Effect.provide(Effect.all([...OwnershipChecks.all, agents]), Services.ownership)),
      Either.getOrElse((error) => [bad("processes", error.message, "check that /proc or ps can be read")])
    ))
  ]
})

const words: { readonly [S in Standing]: readonly [word: string, colour: Colour] } = {
  pass: ["ok  ", "green"],
  advisory: ["note", "yellow"],
  fail: ["FAIL", "red"],
  skipped: ["skip", "dim"]
}

const render = (rows: ReadonlyArray<Check>, hasColour: boolean): ReadonlyArray<string> => {
  const longest = Math.max(...rows.map(({ check }) => check.length))
  return rows.flatMap(({ check, detail, remedy, standing }) => {
    const [word, colour] = words[standing]
    const shown = hasColour ? paint(word, colour) : word
    return [
      `${shown}  ${pad(check, longest)}  ${detail}`,
      ...(remedy === null ? [] : [`      ${pad("", longest)}  → ${remedy}`])
    ]
  })
}

export const command = Command.make("doctor", { json: Flags.json }, ({ json }) =>
  Effect.gen(function* () {
    const output = yield* Output
    const rows = yield* checks.pipe(
      Effect.provide(Services.places),
      Effect.catchTag("SocketPathTooLong", (error) =>
        Effect.succeed([node(), bad("state directory", error.message, "set DROVER_HOME to a shorter directory")])
      )
    )
    const isHealthy = rows.every(({ ok }) => ok)
    yield* json ? output.json({ ok: isHealthy, rows }) : output.line(render(rows, output.hasColour).join("\n"))
    if (!isHealthy) return yield* new ExitCode.ExitWith({ code: ExitCode.failed })
  })
)
