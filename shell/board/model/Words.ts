/** Numbers, times and states as people read them. */
import type { Card } from "../../http/api/BoardWire.ts"

const minute = 60
const hour = 60 * minute
const day = 24 * hour

/** `8 s`, `4 min`, `2 h 05`, `3 d 4 h`; never negative. */
export const duration = (milliseconds: number): string => {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000))
  if (seconds < minute) return `${seconds} s`
  if (seconds < hour) return `${Math.floor(seconds / minute)} min`
  if (seconds < day)
    return `${Math.floor(seconds / hour)} h ${String(Math.floor((seconds % hour) / minute)).padStart(2, "0")}`
  return `${Math.floor(seconds / day)} d ${Math.floor((seconds % day) / hour)} h`
}

/** US dollars; `≥` where not everything is known. */
export const dollars = (amount: number | null, isComplete = true): string => {
  if (amount === null) return "–"
  const text = amount > 0 && amount < 0.01 ? "<$0.01" : `$${amount.toFixed(amount < 1000 ? 2 : 0)}`
  return isComplete ? text : `≥ ${text}`
}

const units = ["B", "KiB", "MiB", "GiB", "TiB"]

export const bytes = (count: number): string => {
  let value = count
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}

export type Tone = "quiet" | "work" | "wait" | "person" | "bad" | "good"

const badges: Readonly<Record<Card["badge"], readonly [string, Tone] | null>> = {
  active: null,
  frozen: ["frozen", "wait"],
  "review-hold": ["review", "person"],
  blocked: ["blocked", "bad"],
  "merge-failure": ["merge failed", "bad"],
  "merge-failure-final": ["merge failed for good", "bad"],
  abandoned: ["cancelled", "quiet"],
  superseded: ["superseded", "quiet"],
  rejected: ["rejected", "quiet"],
  done: ["done", "good"]
}

const states: Readonly<Record<Card["state"], readonly [string, Tone]>> = {
  PENDING: ["pending", "quiet"],
  READY: ["ready", "quiet"],
  ASSIGNED: ["starting", "work"],
  RUNNING: ["running", "work"],
  VERIFYING: ["verifying", "work"],
  RETRYING: ["retrying", "wait"],
  RESUMING: ["resuming", "wait"],
  NEEDS_HUMAN: ["needs you", "person"],
  DONE: ["done", "good"],
  CANCELLED: ["cancelled", "quiet"]
}

const atWork: ReadonlySet<string> = new Set([
  "Running",
  "Launching",
  "Assigned",
  "Verifying",
  "Limited",
  "Landing",
  "Stopping"
])

/** Something of it runs, or is about to. */
export const isAtWork = ({ execution }: Pick<Card, "execution">): boolean => atWork.has(execution)

/** How a task stands, in a word or two. A failure is never shown on what is done, nor a rest on what still runs. */
export const standing = (card: Card): { readonly text: string; readonly tone: Tone } => {
  if (card.badge === "done" && card.verdict !== "passed") return { text: "done, unverified", tone: "wait" }
  if (card.execution === "Stopping") return { text: "stopping", tone: "wait" }
  if (card.execution === "Landing") return { text: "landing", tone: "work" }
  if (card.execution === "Limited") return { text: "limited", tone: "wait" }
  if (card.verifying !== null) {
    return { text: `verifying ${card.verifying.index}/${card.verifying.of}`, tone: "work" }
  }
  const badge = isAtWork(card) && card.badge === "merge-failure" ? null : badges[card.badge]
  const [text, tone] = badge ?? states[card.state]
  return { text, tone }
}

/** Why it stands still, or what it asks of a person. */
export const reason = (card: Card): { readonly text: string; readonly isForPerson: boolean } | null => {
  if (card.needs_person !== null) return { text: card.needs_person, isForPerson: true }
  if (card.waiting !== null) return { text: card.waiting, isForPerson: false }
  return card.stuck_on === null
    ? null
    : { text: `waits for #${card.stuck_on}, which does not move by itself`, isForPerson: false }
}

/** The work of an attempt that has ended is looked at: no other one is under way. */
const judged: ReadonlySet<string> = new Set(["Verifying", "Landing"])

/**
 * `attempt 2 of 3` of the one under way, judged or to come, of those that count in this visit; at rest how many there were; nothing
 * before the first.
 */
export const attempts = (card: Card): string | null => {
  if (card.attempt === 0) return null
  if (card.execution === "Idle") return card.attempt === 1 ? "1 attempt" : `${card.attempt} attempts`
  const number = Math.max(1, card.attempts_used + (judged.has(card.execution) ? 0 : 1))
  return `attempt ${number} of ${Math.max(card.attempts_most, number)}`
}

/** Stored names as people read them: `GatesPassed` is `gates passed`, `send-back` is `send back`. */
export const spaced = (name: string): string =>
  name
    .replaceAll(/[-_]/g, " ")
    .replaceAll(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
