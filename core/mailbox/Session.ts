/**
 * Which session holds a role: the one that said so last. A session that was killed says no goodbye, so a role that could
 * not be taken over would stay with the dead.
 */
import { type ProcessIdentity, same } from "../execution/Process.ts"
import type { HookName } from "../hook/HookName.ts"
import type { Instant } from "../task/Identifiers.ts"
import type { Delivery } from "./Message.ts"
import { isBindable } from "./Role.ts"

export interface Session {
  /** The vendor's id of it. */
  readonly session: string
  readonly role: string
  /** Of the sessions of a role the one with the highest has it. */
  readonly bound: number
  readonly at: Instant
  readonly cwd: string | null
  /** What it lives in, as far as that is known: the evidence that it is gone. */
  readonly process: ProcessIdentity | null
  /** When a person was last known to speak to it. */
  readonly spokenAt: Instant | null
  /** When it was known to be over; null while it may live. */
  readonly endedAt: Instant | null
}

export interface Claim {
  readonly session: string
  readonly role: string
  readonly at: Instant
  readonly cwd: string | null
  readonly process: ProcessIdentity | null
  /** Those that the process was started by, and by whom they were, as far as that is known. */
  readonly ancestors: ReadonlyArray<ProcessIdentity>
  /** It begins, or is resumed; else it was met at work. */
  readonly isStart: boolean
}

export interface Known {
  readonly own: Session | null
  /** The one with the role's highest number, also where it has ended. */
  readonly holder: Session | null
  /** The process of the holder was looked for, and is not there. */
  readonly isHolderGone: boolean
  /** Other sessions of the role that may live: the holder, and those that it has followed. */
  readonly others: ReadonlyArray<Session>
  /** Higher than any that was given. */
  readonly next: number
}

/** Whether that session has the role it was bound to. */
export const holds = (own: Session | null, holder: Session | null): boolean =>
  own !== null && holder !== null && own.session === holder.session && own.role === holder.role && own.endedAt === null

/** A program that a session has started has its environment, and would take its role away. */
const isWithin = ({ ancestors }: Claim, others: ReadonlyArray<Session>): boolean =>
  others.some(({ process }) => process !== null && ancestors.some((each) => same(each, process)))

/**
 * The session as it is to be kept; null where nothing changes. Who begins takes the role. Who is met at work keeps what it
 * had, and takes what nobody has: its beginning was not heard of.
 */
export const claim = (asked: Claim, { holder, isHolderGone, next, others, own }: Known): Session | null => {
  const { ancestors: _, isStart, ...said } = asked
  if (!isBindable(said.role) || isWithin(asked, others)) return null
  const fresh: Session = { ...said, bound: next, spokenAt: own?.spokenAt ?? null, endedAt: null }
  if (isStart) return fresh
  if (own !== null && own.role === said.role) {
    const process = said.process ?? own.process
    const cwd = said.cwd ?? own.cwd
    const isAsKnown = own.endedAt === null && own.cwd === cwd && own.process?.pid === process?.pid
    return isAsKnown ? null : { ...own, cwd, process, endedAt: null }
  }
  return holder === null || holder.endedAt !== null || isHolderGone ? fresh : null
}

/** What a session was heard of by a hook. */
export interface Heard {
  readonly hook: HookName
  readonly at: Instant
}

const atWork: ReadonlySet<HookName> = new Set([
  "PreToolUse",
  "PostToolUse",
  "PostToolUseFailure",
  "PermissionRequest",
  "SubagentStart",
  "SubagentStop",
  "PreCompact"
])

export interface Listened {
  readonly session: Session
  readonly delivery: Delivery | null
}

/**
 * What follows from a hook event of a session. Work after a delivery and before a person spoke was made by the delivery:
 * the session has seen it. All of this comes late, twice or never, and is evidence alone.
 */
export const hear = ({ delivery, session }: Listened, { at, hook }: Heard): Listened => {
  if (hook === "SessionEnd") return { delivery, session: at < session.at ? session : { ...session, endedAt: at } }
  if (hook === "UserPromptSubmit") {
    return { delivery, session: { ...session, spokenAt: Math.max(at, session.spokenAt ?? at) } }
  }
  if (delivery === null || delivery.confirmedAt !== null || !atWork.has(hook) || at <= delivery.at) {
    return { delivery, session }
  }
  const isByPerson = session.spokenAt !== null && session.spokenAt > delivery.at
  return isByPerson ? { delivery, session } : { session, delivery: { ...delivery, confirmedAt: at } }
}
