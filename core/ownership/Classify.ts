/**
 * Whether a lock may be taken: total over what lies there and what was found out about it. It asks for one finding at
 * a time, and only where its answer can change the verdict, so that whoever looks never looks too early. The pid of
 * another host is not asked for before auto-heal is on and the filesystem is proved local.
 */
import type { Evidence } from "./Evidence.ts"
import { isMine, isSameHost, type Lock, type Self } from "./Lock.ts"

/** What the user allows where the lock is of a host with another name. */
export interface Healing {
  /** To take over what is proved to be abandoned. */
  readonly autoHeal: boolean
  /** To say what auto-heal would do, and not do it. */
  readonly dryRun: boolean
}

/** What holds when nothing is said: nothing of another host is taken, and nothing is looked for there. */
export const noHealing: Healing = { autoHeal: false, dryRun: false }

/** How the owner is known to be gone. */
export type Gone = "Dead" | "Recycled"

export type Refusal =
  | { readonly _tag: "LiveOwner" }
  /** Another host's, or on a filesystem that other hosts may have too. */
  | { readonly _tag: "SharedVolume" }
  /** That finding is missing, or leaves a doubt. */
  | { readonly _tag: "Unprovable"; readonly what: keyof Evidence }

export type Verdict =
  /** Nobody's: create it exclusively. Of a damaged one a copy is kept first. */
  | { readonly _tag: "Take" }
  | { readonly _tag: "Mine" }
  | { readonly _tag: "Reclaim"; readonly why: Gone }
  /** A renamed host's, proved to be abandoned. */
  | { readonly _tag: "Heal"; readonly why: Gone }
  | { readonly _tag: "WouldHeal"; readonly why: Gone }
  | { readonly _tag: "Refuse"; readonly reason: Refusal }

export interface NeedsProbe {
  readonly _tag: "NeedsProbe"
  readonly probe: keyof Evidence
}

const needs = (probe: keyof Evidence): NeedsProbe => ({ _tag: "NeedsProbe", probe })
const refuse = (reason: Refusal): Verdict => ({ _tag: "Refuse", reason })
const unprovable = (what: keyof Evidence): Verdict => refuse({ _tag: "Unprovable", what })

export const classify = (lock: Lock, self: Self, evidence: Evidence, healing: Healing): Verdict | NeedsProbe => {
  switch (lock._tag) {
    case "Absent":
      return { _tag: "Take" }
    case "Corrupt":
      return requireLocal(evidence) ?? { _tag: "Take" }
    case "Held":
      if (isMine(lock, self)) return { _tag: "Mine" }
      return isSameHost(lock, self) ? ofThisHost(evidence) : ofAnotherHost(evidence, healing)
  }
}

/** Null when the filesystem is proved local. */
const requireLocal = ({ filesystem }: Evidence): Verdict | NeedsProbe | null => {
  switch (filesystem) {
    case "Unprobed":
      return needs("filesystem")
    case "Local":
      return null
    case "Remote":
      return refuse({ _tag: "SharedVolume" })
    case "Unknown":
      return unprovable("filesystem")
  }
}

/** How the owner went, or why it must be taken to be there. */
const requireGone = ({ process }: Evidence): Gone | Verdict | NeedsProbe => {
  switch (process) {
    case "Unprobed":
      return needs("process")
    case "Alive":
      return refuse({ _tag: "LiveOwner" })
    case "Unknown":
      return unprovable("process")
    case "Dead":
    case "Recycled":
      return process
  }
}

/** A live owner keeps its lock however old its heartbeat is, and a dead one loses it however fresh. */
const ofThisHost = (evidence: Evidence): Verdict | NeedsProbe => {
  const why = requireGone(evidence)
  return typeof why === "string" ? { _tag: "Reclaim", why } : why
}

const ofAnotherHost = (evidence: Evidence, { autoHeal, dryRun }: Healing): Verdict | NeedsProbe => {
  if (!autoHeal) return refuse({ _tag: "SharedVolume" })
  const objection = requireLocal(evidence)
  if (objection !== null) return objection
  const why = requireGone(evidence)
  if (typeof why !== "string") return why
  switch (evidence.heartbeat) {
    case "Unprobed":
      return needs("heartbeat")
    case "Stale":
      return { _tag: dryRun ? "WouldHeal" : "Heal", why }
    case "Fresh":
    case "Unknown":
      return unprovable("heartbeat")
  }
}
