/**
 * Why a task that could move does not: every waiting task can say it (TCK-6).
 */
import type { Refusal } from "../account/Admission.ts"
import type { TaskId } from "../task/Identifiers.ts"

export type Wait =
  | { readonly _tag: "Upcoming" }
  | { readonly _tag: "ManualStart" }
  | { readonly _tag: "Dependencies"; readonly unmet: ReadonlyArray<TaskId> }
  | { readonly _tag: "Draining" }
  | { readonly _tag: "Slots"; readonly held: number; readonly limit: number }
  | { readonly _tag: "Directory"; readonly by: TaskId }
  | { readonly _tag: "Agent"; readonly by: TaskId }
  | { readonly _tag: "Mailbox"; readonly by: TaskId }
  | { readonly _tag: "Repository"; readonly by: TaskId }
  /** The branch that it lands on can not be moved now. */
  | { readonly _tag: "Landing"; readonly why: string }
  /** A limit of the provider. */
  | Refusal
  | { readonly _tag: "Pressure"; readonly why: string }
  | { readonly _tag: "Backoff"; readonly until: number }
  | { readonly _tag: "Unobserved" }
  | { readonly _tag: "Unknown"; readonly why: string }

const clock = (at: number): string => {
  const minutes = Math.floor(at / 60_000) % (24 * 60)
  const two = (n: number): string => String(n).padStart(2, "0")
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)} UTC`
}

/** One line for people. `at` turns a moment into text; without it, hours and minutes in UTC. */
export const describe = (wait: Wait, at: (moment: number) => string = clock): string => {
  switch (wait._tag) {
    case "Upcoming":
      return "not asked for yet (triage)"
    case "ManualStart":
      return "waiting for a person to start it"
    case "Dependencies":
      return `waiting for ${wait.unmet.map((id) => `#${id}`).join(", ")}`
    case "Draining":
      return "draining: nothing new is admitted"
    case "Slots":
      return `waiting: ${wait.held} of ${wait.limit} running`
    case "Directory":
      return `waiting: #${wait.by} works in the same directory`
    case "Agent":
      return `waiting: #${wait.by} has the agent`
    case "Mailbox":
      return `waiting: #${wait.by} has the session`
    case "Repository":
      return `waiting: #${wait.by} is landing in the same repository`
    case "Landing":
      return `waiting to land: ${wait.why}`
    case "Limited":
      return `limited until ${at(wait.until)}`
    case "Canary":
      return `account ${wait.account}: a canary runs (#${wait.by})`
    case "Ramp":
      return `account ${wait.account}: ramping up: ${wait.width} of ${wait.limit}`
    case "AccountPaused":
      return `account ${wait.account} is paused: ${wait.why}`
    case "Pressure":
      return `waiting: ${wait.why}`
    case "Backoff":
      return `next attempt at ${at(wait.until)}`
    case "Unobserved":
      return "about to be looked at"
    case "Unknown":
      return `its state can not be seen: ${wait.why}`
  }
}
