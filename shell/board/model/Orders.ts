/** What a person may have done to a task: how each is called, what it needs, and whether something is lost by it. */
import type { EventBody } from "../../http/api/TaskOrders.ts"
import type { Name } from "../../operator/Verbs.ts"

export type Verb = Name

export interface Order {
  readonly label: string
  /** What goes with it. */
  readonly field?: {
    readonly key: keyof EventBody
    readonly label: string
    readonly kind: "text" | "number" | "task" | "commit"
    readonly isNeeded: boolean
  }
  /** What is lost; a person confirms it. */
  readonly loses?: string
  /** Among the others it comes first. */
  readonly isUsual?: true
}

const feedback = (isNeeded: boolean) =>
  ({ key: "feedback", label: "What the next attempt is told", kind: "text", isNeeded }) as const
const why = { key: "reason", label: "Why; people read it", kind: "text", isNeeded: false } as const

export const orders: Readonly<Record<Verb, Order>> = {
  approve: { label: "Approve", isUsual: true },
  "send-back": { label: "Send back", field: feedback(false), isUsual: true },
  start: { label: "Start", isUsual: true },
  triage: { label: "Triage", isUsual: true },
  retry: { label: "Retry", isUsual: true },
  unfreeze: { label: "Unfreeze", isUsual: true },
  unblock: {
    label: "Unblock",
    field: { key: "budget_usd", label: "New budget in US dollars; empty leaves it", kind: "number", isNeeded: false }
  },
  fixup: { label: "Ask for a fix", field: feedback(false) },
  requeue: { label: "Back to QA" },
  landed: {
    label: "Landed by hand",
    field: { key: "commit", label: "The commit that landed", kind: "commit", isNeeded: true }
  },
  hold: { label: "Hold for review", field: why },
  freeze: { label: "Freeze" },
  block: { label: "Block", field: why },
  demote: { label: "Back to backlog", loses: "What runs is stopped, and the task waits until somebody starts it." },
  reopen: { label: "Reopen", field: feedback(false) },
  archive: { label: "Archive", loses: "The task leaves the board; nothing brings an archived task back." },
  supersede: {
    label: "Supersede",
    field: { key: "by", label: "Number of the task that takes its place", kind: "task", isNeeded: true },
    loses: "What runs is stopped, and tasks that wait for this one do not begin."
  },
  reject: {
    label: "Reject",
    field: why,
    loses: "What runs is stopped, and tasks that wait for this one do not begin."
  },
  cancel: { label: "Cancel task", loses: "What runs is stopped, and tasks that wait for this one do not begin." }
}

/** Those that are legal, what is usual first; in the order above. */
export const offered = (legal: ReadonlyArray<Verb>): ReadonlyArray<Verb> => {
  const all = new Set<string>(legal)
  const isVerb = (name: string): name is Verb => Object.hasOwn(orders, name)
  return Object.keys(orders)
    .filter(isVerb)
    .filter((name) => all.has(name))
}

/** What is lost by it, of a task as it is: what is at work for it does not survive that its stage changes. */
export const loss = (verb: Verb, isAtWork: boolean): string | null =>
  orders[verb].loses ??
  (isAtWork ? "Something is at work on this task; it is stopped. What it has written stays." : null)

/** Whether something has to be asked before it is done. */
export const asks = (verb: Verb, isAtWork: boolean): boolean =>
  loss(verb, isAtWork) !== null || orders[verb].field !== undefined

/** What is sent with it, of what was typed; or what is wrong with that. */
export const bodyOf = (verb: Verb, typed: string): { readonly body: EventBody } | { readonly wrong: string } => {
  const { field } = orders[verb]
  const text = typed.trim()
  if (field === undefined) return { body: {} }
  if (text === "") return field.isNeeded ? { wrong: `${field.label}: it is needed` } : { body: {} }
  switch (field.kind) {
    case "text":
      return { body: { [field.key]: text } }
    case "commit":
      return /^[0-9a-f]{7,64}$/i.test(text)
        ? { body: { commit: text } }
        : { wrong: "A commit has 7 to 64 hexadecimal digits" }
    case "number":
    case "task": {
      const plain = field.kind === "task" ? text.replace(/^#/, "") : text.replace(/^\$/, "")
      const number = /^\d+(\.\d+)?$/.test(plain) ? Number(plain) : Number.NaN
      const isRight = field.kind === "task" ? Number.isSafeInteger(number) && number > 0 : number > 0
      return isRight ? { body: { [field.key]: number } } : { wrong: `${field.label}: it is no number above 0` }
    }
  }
}
