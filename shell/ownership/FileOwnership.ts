/**
 * The lock of a state directory as a file in it. Of any number that try at once exactly one owns it, also when the last
 * owner died: a dead owner's record may be taken away only by whoever holds that record's own lock, `<lock>.<owner>`,
 * which is taken in the same way. Without it one could move aside what another has just put there.
 */
import { randomUUID } from "node:crypto"
import { readdir } from "node:fs/promises"
import { basename, dirname, join } from "node:path"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { same } from "../../core/execution/Process.ts"
import { Places } from "../config/Places.ts"
import { Processes } from "../process/Processes.ts"
import * as LockFile from "./LockFile.ts"
import { type Holder, type LockRecord, Ownership, OwnershipRefused, OwnershipUnavailable } from "./Ownership.ts"

/** Each level is a supervisor that died within the few milliseconds of a takeover; so many in a row is no accident. */
const deepest = 4

/** How often, and how far apart, it is looked whether somebody else's takeover is over. */
const looks = 100
const pauseMs = 10

const make = Effect.gen(function* () {
  const { lock } = yield* Places
  const processes = yield* Processes

  /** Another host's process is never looked for: its number means nothing here. A start before this boot is over. */
  const stateOf = ({ process }: LockRecord): Effect.Effect<Holder["state"]> => {
    if (process.host !== processes.host) return Effect.succeed("Unknown")
    if (process.bootId !== processes.bootId) return Effect.succeed("Dead")
    return processes.identify(process.pid).pipe(
      Effect.map((found) => (Option.isSome(found) && same(found.value, process) ? "Alive" : "Dead")),
      Effect.orElseSucceed(() => "Unknown" as const)
    )
  }

  /** Why a record can not be taken away, or null when its owner is proved dead. */
  const objection = (record: LockRecord, path: string) =>
    Effect.map(stateOf(record), (state) => {
      if (state === "Dead") return null
      const why = state === "Alive" ? "LiveOwner" : record.process.host === processes.host ? "Unprovable" : "OtherHost"
      return new OwnershipRefused({ path, why, record })
    })

  /** Puts the record at the path, or says who is in the way. */
  const take = (
    path: string,
    record: LockRecord,
    depth: number
  ): Effect.Effect<void, OwnershipRefused | OwnershipUnavailable> =>
    Effect.gen(function* () {
      let last: OwnershipRefused | null = null
      for (let look = 0; look < looks; look++) {
        const content = yield* LockFile.read(path)
        if (content._tag === "Corrupt") return yield* new OwnershipRefused({ path, why: "Corrupt", record: null })
        if (content._tag === "Absent") {
          if (yield* LockFile.create(path, record)) return
          continue
        }
        const refused = yield* objection(content.record, path)
        if (refused !== null) return yield* refused
        last = yield* replace(path, content.record, record, depth)
        if (last !== null) yield* Effect.sleep(pauseMs)
      }
      return yield* last ?? new OwnershipRefused({ path, why: "Unprovable", record: null })
    })

  /** Takes a dead owner's record away; somebody who lives and does so right now is returned. */
  const replace = (path: string, dead: LockRecord, record: LockRecord, depth: number) => {
    const own = `${path}.${dead.owner}`
    if (depth === deepest) return Effect.fail(new OwnershipRefused({ path: own, why: "Unprovable", record: dead }))
    return Effect.acquireUseRelease(
      take(own, record, depth + 1),
      () =>
        Effect.flatMap(LockFile.read(path), (now) =>
          now._tag === "Held" && now.record.owner === dead.owner ? LockFile.takeAway(path, dead) : Effect.void
        ),
      // Left behind it makes others wait until this supervisor ends, no more.
      () => Effect.catchAll(LockFile.remove(own, record.owner), (error) => Effect.logWarning(error.message))
    ).pipe(
      Effect.as(null),
      Effect.catchTag("OwnershipRefused", (refused) =>
        refused.why === "LiveOwner" ? Effect.succeed(refused) : Effect.fail(refused)
      )
    )
  }

  /** What a takeover left whose supervisor died in it. The lock is ours, so that none of it is needed. */
  const sweep = Effect.gen(function* () {
    const folder = dirname(lock)
    const names = yield* Effect.tryPromise({
      try: () => readdir(folder),
      catch: (cause) => new OwnershipUnavailable({ operation: "list", path: folder, cause })
    })
    for (const name of names) {
      if (!name.startsWith(`${basename(lock)}.`)) continue
      const path = join(folder, name)
      const content = yield* LockFile.read(path)
      if (content._tag === "Held" && (yield* stateOf(content.record)) === "Dead") {
        yield* LockFile.remove(path, content.record.owner)
      }
    }
  })

  const myself = Effect.gen(function* () {
    const failed = (cause: unknown) =>
      new OwnershipUnavailable({ operation: "identify this process", path: lock, cause })
    const found = yield* Effect.mapError(processes.identify(process.pid), failed)
    if (Option.isNone(found)) return yield* failed("it is not in the process table")
    return found.value
  })

  const acquire = Effect.acquireRelease(
    Effect.gen(function* () {
      const record = { owner: randomUUID(), process: yield* myself, acquiredAt: yield* Clock.currentTimeMillis }
      yield* take(lock, record, 0)
      yield* Effect.catchAll(sweep, (error) => Effect.logWarning(error.message))
      return record
    }),
    ({ owner }) => Effect.catchAll(LockFile.remove(lock, owner), (error) => Effect.logError(error.message))
  )

  const holder = Effect.gen(function* () {
    const content = yield* LockFile.read(lock)
    if (content._tag === "Absent") return Option.none()
    if (content._tag === "Corrupt") {
      return yield* new OwnershipUnavailable({ operation: "read", path: lock, cause: "it holds no lock record" })
    }
    return Option.some({ record: content.record, state: yield* stateOf(content.record) })
  })

  return { acquire, holder }
})

/** In the state directory, which must be there. */
export const layer: Layer.Layer<Ownership, never, Places | Processes> = Layer.effect(Ownership, make)
