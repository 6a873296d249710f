/**
 * The account at a provider that attempts are made under: whether it takes another one now. Agents may share one; a
 * limit is the account's, and holds up its tasks and no others (TCK-10).
 *
 * ```
 * Open ─ LimitSeen ─▶ Limited ─ Admitted, after its end ─▶ Canary ─ Proved ─▶ Ramp ─ Admitted, no trial ─▶ Open
 *                        ▲ ◀──────────── Gone ───────────────┘
 *                        └ LimitSeen, from anywhere; it only ever moves later
 * ```
 *
 * Beside the window there is the pause: nothing is admitted until a person lifts it.
 */
import * as Schema from "effect/Schema"
import type { AgentDefinition } from "../task/AgentDefinition.ts"
import { AttemptNumber, Instant, TaskId } from "../task/Identifiers.ts"
import { agentAtWork } from "../task/RoleAgents.ts"
import type { Task } from "../task/Task.ts"

export const AttemptRef = Schema.Struct({ task: TaskId, attempt: AttemptNumber })
export type AttemptRef = typeof AttemptRef.Type

export const Window = Schema.Union(
  Schema.TaggedStruct("Open", {}),
  /** Nothing is admitted before `until`; whoever is admitted first after it is the canary. */
  Schema.TaggedStruct("Limited", { until: Instant }),
  /** One attempt tries alone whether the limit that ended at `until` is over. */
  Schema.TaggedStruct("Canary", { until: Instant, canary: AttemptRef }),
  /** At most `width` attempts at once. */
  Schema.TaggedStruct("Ramp", { width: Schema.Int.pipe(Schema.positive()) })
)
export type Window = typeof Window.Type

/** Since when a person is needed, and why. */
export const Pause = Schema.Struct({ since: Instant, why: Schema.String })
export type Pause = typeof Pause.Type

export const Account = Schema.Struct({
  id: Schema.NonEmptyString,
  window: Window,
  pause: Schema.NullOr(Pause)
})
export type Account = typeof Account.Type

/** An account that nothing was ever heard of. */
export const open = (id: string): Account => ({ id, window: { _tag: "Open" }, pause: null })

/** The account that an agent works under: the agent's name, unless it names another. */
export const accountOfAgent = ({ account, name }: AgentDefinition): string => account ?? name

/** The account of whoever is at work on a task, or would be next. */
export const accountOf = (task: Task): string => accountOfAgent(agentAtWork(task))

/** One line for people. */
export const pausedText = (id: string, { why }: Pause): string =>
  `account ${id} is paused: ${why}; mend that, then: drover resume-account ${id}`

export type AccountEvent =
  /** The provider said no until then. */
  | { readonly _tag: "LimitSeen"; readonly until: number }
  /** The provider does not know the account, or does not let it in. */
  | { readonly _tag: "AuthenticationFailed"; readonly at: number; readonly why: string }
  /** `isTrial`: its account waits for what becomes of it. */
  | { readonly _tag: "Admitted"; readonly attempt: AttemptRef; readonly isTrial: boolean }
  /** A trial has shown that the provider serves the account again: it worked for a while, or ended by itself. */
  | { readonly _tag: "Proved"; readonly attempt: AttemptRef }
  /** It is over and shows nothing: it was stopped, lost, or never started. */
  | { readonly _tag: "Gone"; readonly attempt: AttemptRef }
  /** A person lifts the pause, and what is left of a limit. */
  | { readonly _tag: "Resumed"; readonly at: number }

/** At once, when the ramp begins. */
const firstWidth = 2

const isSame = (a: AttemptRef, b: AttemptRef): boolean => a.task === b.task && a.attempt === b.attempt

/** The account after an event; the same one where the event means nothing to it. */
export const step = (account: Account, event: AccountEvent): Account => {
  const { pause, window } = account
  switch (event._tag) {
    case "LimitSeen": {
      const known = window._tag === "Limited" || window._tag === "Canary" ? window.until : event.until
      const until = Math.max(known, event.until)
      return window._tag === "Limited" && window.until === until
        ? account
        : { ...account, window: { _tag: "Limited", until } }
    }
    case "AuthenticationFailed":
      return pause === null ? { ...account, pause: { since: event.at, why: event.why } } : account
    case "Admitted":
      if (window._tag === "Limited") {
        return { ...account, window: { _tag: "Canary", until: window.until, canary: event.attempt } }
      }
      return window._tag === "Ramp" && !event.isTrial ? { ...account, window: { _tag: "Open" } } : account
    case "Proved":
      if (window._tag === "Ramp") return { ...account, window: { _tag: "Ramp", width: window.width + 1 } }
      return window._tag === "Canary" && isSame(window.canary, event.attempt)
        ? { ...account, window: { _tag: "Ramp", width: firstWidth } }
        : account
    case "Gone":
      return window._tag === "Canary" && isSame(window.canary, event.attempt)
        ? { ...account, window: { _tag: "Limited", until: window.until } }
        : account
    case "Resumed":
      return resumed(account, event.at)
  }
}

/** After a pause, as after a limit, one goes first. */
const resumed = (account: Account, at: number): Account => {
  const { pause, window } = account
  if (window._tag === "Limited") {
    const until = Math.min(window.until, at)
    return pause === null && until === window.until
      ? account
      : { ...account, window: { _tag: "Limited", until }, pause: null }
  }
  if (pause === null) return account
  return window._tag === "Canary"
    ? { ...account, pause: null }
    : { ...account, window: { _tag: "Limited", until: at }, pause: null }
}
