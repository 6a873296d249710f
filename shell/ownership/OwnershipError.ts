/**
 * Why a state directory is not this supervisor's, and what a person can do about it.
 */
import * as Data from "effect/Data"
import type { Refusal, Verdict } from "../../core/ownership/Classify.ts"
import { heartbeat, type Evidence } from "../../core/ownership/Evidence.ts"
import type { LockRecord } from "./LockRecord.ts"

/** What leaves a doubt; takeover: others replaced the owner again and again while it was looked at. */
type Doubt = keyof Evidence | "takeover"

export type Reason =
  | Exclude<Refusal, { readonly _tag: "Unprovable" }>
  | { readonly _tag: "Unprovable"; readonly what: Doubt }
  /** Auto-heal would take it, and may only say so. */
  | { readonly _tag: "WouldHeal" }
  /** It was this supervisor's. */
  | { readonly _tag: "Lost" }

const doubts: { readonly [what in Doubt]: string } = {
  process: "whether its process lives can not be seen",
  heartbeat: "its last sign of life is too recent, or not known",
  filesystem: "whether the filesystem is this machine's own is not known",
  takeover: "it changed hands again and again meanwhile"
}

/** `7 min`, `3 h`, `12 days`: as exact as it matters. */
const roughly = (ms: number): string => {
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 120) return `${minutes} min`
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / (24 * 60))} days`
}

/** Another owner lives, or it can not be proved that it does not. */
export class OwnershipRefused extends Data.TaggedError("OwnershipRefused")<{
  readonly path: string
  readonly reason: Reason
  /** Null when the lock is damaged or gone. */
  readonly record: LockRecord | null
  /** Epoch milliseconds. */
  readonly at: number
}> {
  get why(): Reason["_tag"] {
    return this.reason._tag
  }

  /** `process 12 on host`, and for how long it gave no sign of life, if that is long. */
  get owner(): string | null {
    if (this.record === null) return null
    const { heartbeatAt, process } = this.record
    const isSilent = heartbeatAt !== null && heartbeat(this.record, this.at) === "Stale"
    const silence = isSilent ? `, without a sign of life for ${roughly(this.at - heartbeatAt)}` : ""
    return `process ${process.pid} on ${process.host}${silence}`
  }

  override get message(): string {
    const { path, reason } = this
    const who = this.owner === null ? "" : ` (${this.owner})`
    const damaged = this.record === null ? "the lock is damaged, and " : ""
    switch (reason._tag) {
      case "LiveOwner":
        return `another supervisor owns this state directory${who}: ${path}`
      case "SharedVolume":
        return damaged === ""
          ? `a supervisor on another host owns this state directory${who}: ${path}`
          : `${damaged}other hosts may use it too: ${path}`
      case "Unprovable":
        return damaged === ""
          ? `it can not be proved that the owner of this state directory is gone${who}, ${doubts[reason.what]}: ${path}`
          : `${damaged}${doubts[reason.what]}: ${path}`
      case "WouldHeal":
        return `the owner of this state directory is gone${who}; auto-heal would take its lock over, but is in dry run: ${path}`
      case "Lost":
        return `the lock of this supervisor is gone or another's${who}: ${path}`
    }
  }

  get remedy(): string {
    const remove = `once you know that no supervisor runs, remove ${this.path}`
    switch (this.reason._tag) {
      case "LiveOwner":
        return "`drover down` ends it"
      case "SharedVolume":
        return this.record === null
          ? remove
          : `end it there, or ${remove}; auto_heal = true in [ownership] takes over what is proved to be abandoned`
      case "Unprovable":
        return this.reason.what === "heartbeat" ? `\`drover up --wait\` tries again; or ${remove}` : remove
      case "WouldHeal":
        return "dry_run = false in [ownership] lets it"
      case "Lost":
        return "find out who took it away before you start another"
    }
  }
}

/** The refusal that a verdict is; null when it lets the lock be taken. */
export const refusedBy = (
  verdict: Verdict,
  about: { readonly path: string; readonly record: LockRecord | null; readonly at: number }
): OwnershipRefused | null => {
  switch (verdict._tag) {
    case "Refuse":
      return new OwnershipRefused({ ...about, reason: verdict.reason })
    case "WouldHeal":
      return new OwnershipRefused({ ...about, reason: { _tag: "WouldHeal" } })
    case "Take":
    case "Mine":
    case "Reclaim":
    case "Heal":
      return null
  }
}

/** The lock could not be read or written at all. */
export class OwnershipUnavailable extends Data.TaggedError("OwnershipUnavailable")<{
  readonly operation: string
  readonly path: string
  readonly cause: unknown
}> {
  override get message(): string {
    return `the lock ${this.path} can not be used (${this.operation}): ${String(this.cause)}`
  }
}
