/**
 * What `drover doctor` says of the ownership of the state directory: the lock, and what its verdict depends on.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { noHealing } from "../../../core/ownership/Classify.ts"
import * as Evidence from "../../../core/ownership/Evidence.ts"
import { Configuration } from "../../config/Configuration.ts"
import { Places } from "../../config/Places.ts"
import type { LockRecord } from "../../ownership/LockRecord.ts"
import { Ownership } from "../../ownership/Ownership.ts"
import type { OwnershipRefused } from "../../ownership/OwnershipError.ts"
import { Probes } from "../../ownership/Probes.ts"
import { bad, type Check, good } from "./Check.ts"
import * as Services from "../Services.ts"

/** As it is configured; with a configuration that can not be used, as it is without one. */
const healing = Effect.map(Configuration, ({ ownership }) => ownership).pipe(
  Effect.provide(Services.configuration),
  Effect.orElseSucceed(() => noHealing)
)

const seconds = (ms: number): string => `${Math.max(0, Math.round(ms / 1000))} s`

/** Whoever supervises: fine, unless it gives no sign of life. */
const supervised = (refused: OwnershipRefused, { epoch, heartbeatAt, process }: LockRecord): Check => {
  const who = `supervised by ${refused.owner}`
  if (heartbeatAt === null) return good("lock", who)
  if (Evidence.heartbeat({ heartbeatAt }, refused.at) === "Stale") {
    return bad("lock", who, `if it hangs, end it: kill -9 ${process.pid} (agents go on)`)
  }
  const number = epoch === null ? "" : `, epoch ${epoch}`
  return good("lock", `${who}${number}, last sign of life ${seconds(refused.at - heartbeatAt)} ago`)
}

export const lock = Effect.gen(function* () {
  const places = yield* Places
  const { judge } = yield* Ownership
  const found = yield* Effect.either(judge(yield* healing))
  if (Either.isLeft(found)) return bad("lock", found.left.message, `check ${places.lock}`)
  const { lock, record, refused } = found.right
  if (refused !== null) {
    return refused.why === "LiveOwner" && record !== null
      ? supervised(refused, record)
      : bad("lock", refused.message, refused.remedy)
  }
  if (lock === "Absent") return good("lock", "no supervisor is running")
  if (record === null) return good("lock", "damaged; the next supervisor keeps a copy and makes a new one")
  const who = `process ${record.process.pid} on ${record.process.host}`
  return good("lock", `left by ${who}, which is gone; the next supervisor takes it over`)
})

/** By what the owner of a lock is known to be of this machine. */
export const host = Effect.gen(function* () {
  const found = yield* Effect.either((yield* Probes).self)
  if (Either.isLeft(found)) return bad("host", found.left.message, "check that /proc or ps can be read")
  const { hostId, hostname } = found.right
  const id = hostId === null ? "has no machine id: known by its name alone" : `machine ${hostId.slice(0, 8)}`
  return good("host", `${hostname}, ${id}`)
})

/** What auto-heal depends on. */
export const filesystem = Effect.gen(function* () {
  const { filesystem, fstype, source } = yield* (yield* Probes).volume
  const about = [source, fstype].filter((part) => part !== null).join(", ")
  const named = about === "" ? "" : ` (${about})`
  switch (filesystem) {
    case "Local":
      return good("filesystem", `local${named}`)
    case "Remote":
      return good("filesystem", `remote${named}: a lock that another host left is never taken over here`)
    case "Unknown":
      return good(
        "filesystem",
        `not proved to be local${named}: a lock that another host left is never taken over here`
      )
  }
})
