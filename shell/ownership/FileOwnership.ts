/**
 * The lock of a state directory as a file in it. Of any number that try at once exactly one owns it, also when the last
 * owner died: a record may be taken away only by whoever holds that record's own lock, `<lock>.<owner>`, which is taken
 * in the same way. Without it one could move aside what another has just put there. Its owner releases it in the same
 * way too, and a heartbeat never writes by the record's name (LockFile), so that neither touches what came after it.
 */
import { randomUUID } from "node:crypto"
import { readdir } from "node:fs/promises"
import { basename, dirname, join } from "node:path"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { type Healing, noHealing } from "../../core/ownership/Classify.ts"
import { staleAfterMs } from "../../core/ownership/Evidence.ts"
import { Places } from "../config/Places.ts"
import { identify, judge, stateOf } from "./Judge.ts"
import * as LockFile from "./LockFile.ts"
import { heldOf, type LockRecord, recordOf } from "./LockRecord.ts"
import { Ownership } from "./Ownership.ts"
import { OwnershipRefused, OwnershipUnavailable, refusedBy } from "./OwnershipError.ts"
import { Probes } from "./Probes.ts"

/** How often, and how far apart, it is looked whether somebody else's takeover is over. */
const looks = 100
const pauseMs = 10

/** Until a lock that seems lost is looked at again: somebody may just be putting it back. */
const secondLookMs = 100

const make = Effect.gen(function* () {
  const { lock } = yield* Places
  const probes = yield* Probes

  const refused = (path: string, reason: OwnershipRefused["reason"], record: LockRecord | null) =>
    Effect.flatMap(Clock.currentTimeMillis, (at) => new OwnershipRefused({ path, reason, record, at }))

  const self = (owner: string) => identify(probes, owner, lock)

  const judgement = (path: string, content: LockFile.Content, owner: string, healing: Healing) =>
    Effect.gen(function* () {
      const verdict = yield* judge(probes, LockFile.lockOf(content), yield* self(owner), healing)
      const record = content._tag === "Held" ? content.record : null
      return {
        lock: content._tag,
        verdict,
        record,
        refused: refusedBy(verdict, { path, record, at: yield* Clock.currentTimeMillis })
      }
    })

  /** Puts the record at the path, or says who is in the way; only who is patient waits for a takeover of somebody else. */
  const take = (
    path: string,
    record: LockRecord,
    healing: Healing,
    isPatient: boolean
  ): Effect.Effect<void, OwnershipRefused | OwnershipUnavailable> =>
    Effect.gen(function* () {
      let last: OwnershipRefused | null = null
      for (let look = 0; look < looks; look++) {
        const content = yield* LockFile.read(path)
        if (content._tag === "Absent") {
          if (yield* LockFile.create(path, record)) return
          continue
        }
        const judged = yield* judgement(path, content, record.owner, healing)
        if (judged.refused !== null) return yield* judged.refused
        if (judged.verdict._tag === "Mine") return
        last = yield* replace(path, content, record, healing)
        if (last === null) continue
        if (!isPatient) return yield* last
        yield* Effect.sleep(pauseMs)
      }
      return yield* last ?? refused(path, { _tag: "Unprovable", what: "takeover" }, null)
    })

  /** Runs while nobody else may take that record away. */
  const exclusively = <A, E>(
    path: string,
    record: LockRecord,
    healing: Healing,
    isPatient: boolean,
    work: Effect.Effect<A, E>
  ) =>
    Effect.acquireUseRelease(
      take(path, record, healing, isPatient),
      () => work,
      // Left behind it makes others wait until this supervisor ends, no more.
      () => Effect.catchAll(LockFile.remove(path, record.owner), warned)
    )

  /** Takes away what may be taken away; somebody who lives and does so right now is returned. */
  const replace = (
    path: string,
    observed: LockFile.Present,
    record: LockRecord,
    healing: Healing
  ): Effect.Effect<OwnershipRefused | null, OwnershipRefused | OwnershipUnavailable> => {
    const takeAway = Effect.gen(function* () {
      const now = yield* LockFile.read(path)
      if (now._tag === "Absent" || now.text !== observed.text) return
      if ((yield* LockFile.takeAway(path, observed)) && path === lock) yield* Effect.logWarning(tookAway(observed))
    })
    return exclusively(LockFile.claimOf(lock, path, observed), record, healing, false, takeAway).pipe(
      Effect.as(null),
      Effect.catchTag("OwnershipRefused", (error) =>
        error.why === "LiveOwner" ? Effect.succeed(error) : Effect.fail(error)
      )
    )
  }

  /** What a takeover left whose supervisor died in it. The lock is ours, so that none of it is needed. */
  const sweep = (owner: string) =>
    Effect.gen(function* () {
      const folder = dirname(lock)
      const names = yield* Effect.tryPromise({
        try: () => readdir(folder),
        catch: (cause) => new OwnershipUnavailable({ operation: "list", path: folder, cause })
      })
      const torn = (yield* Clock.currentTimeMillis) - staleAfterMs
      const remains = names.filter((name) => name.startsWith(`${basename(lock)}.`)).map((name) => join(folder, name))
      // What can not be read or removed keeps none of the others.
      yield* Effect.forEach(remains, (path) => Effect.catchAll(sweepOne(path, owner, torn), warned), { discard: true })
    })

  const sweepOne = (path: string, owner: string, torn: number) =>
    Effect.gen(function* () {
      const content = yield* LockFile.read(path)
      if (content._tag === "Corrupt") yield* LockFile.removeTorn(path, torn)
      if (content._tag !== "Held") return
      const { verdict } = yield* judgement(path, content, owner, noHealing)
      if (verdict._tag === "Reclaim") yield* LockFile.remove(path, content.record.owner)
    })

  /** The record's own lock says that its owner lives now, however long ago it last said so in the record. */
  const release = (record: LockRecord) =>
    Effect.gen(function* () {
      const own = { ...record, heartbeatAt: yield* Clock.currentTimeMillis }
      const takeAway = Effect.flatMap(LockFile.read(lock), (now) =>
        now._tag === "Held" && now.record.owner === record.owner ? LockFile.takeAway(lock, now) : Effect.void
      )
      yield* exclusively(LockFile.claimOn(lock, record.owner), own, noHealing, true, takeAway)
    }).pipe(Effect.catchAll((error) => Effect.logError(`the lock was not released: ${error.message}`)))

  const heartbeat = (owner: string) => (epoch: number) =>
    Effect.gen(function* () {
      const beat = Effect.flatMap(Clock.currentTimeMillis, (heartbeatAt) =>
        LockFile.refresh(lock, owner, { epoch, heartbeatAt })
      )
      if (yield* beat) return
      yield* Effect.sleep(secondLookMs)
      if (yield* beat) return
      const content = yield* LockFile.read(lock)
      return yield* refused(lock, { _tag: "Lost" }, content._tag === "Held" ? content.record : null)
    })

  const acquire = (healing: Healing) =>
    Effect.acquireRelease(
      Effect.gen(function* () {
        const record = recordOf(yield* self(randomUUID()), yield* Clock.currentTimeMillis)
        yield* take(lock, record, healing, true)
        yield* Effect.catchAll(sweep(record.owner), warned)
        return { record, heartbeat: heartbeat(record.owner) }
      }),
      ({ record }) => release(record)
    )

  /** By no name: a lock that this supervisor holds is judged as anybody's. */
  const judgeNow = (healing: Healing) =>
    Effect.flatMap(LockFile.read(lock), (content) => judgement(lock, content, "", healing))

  const holder = Effect.gen(function* () {
    const content = yield* LockFile.read(lock)
    if (content._tag === "Absent") return Option.none()
    if (content._tag === "Corrupt") {
      return yield* new OwnershipUnavailable({ operation: "read", path: lock, cause: "it holds no lock record" })
    }
    const verdict = yield* judge(probes, heldOf(content.record), yield* self(""), noHealing)
    return Option.some({ record: content.record, state: stateOf(verdict) })
  })

  return { acquire, judge: judgeNow, holder }
})

const warned = (error: OwnershipUnavailable) => Effect.logWarning(error.message)

const tookAway = (observed: LockFile.Present): string => {
  if (observed._tag === "Corrupt") return "the lock was damaged: what it held is kept beside it"
  const { host, pid } = observed.record.process
  return `the lock of process ${pid} on ${host} was taken away: its owner is gone`
}

/** In the state directory, which must be there. */
export const layer: Layer.Layer<Ownership, never, Places | Probes> = Layer.effect(Ownership, make)
