/**
 * Whether an account takes another attempt now. Two small functions over one row, so that whoever admits tasks asks for
 * each, and learns what holds it up and when that can change by itself.
 */
import type { TaskId } from "../task/Identifiers.ts"
import type { Account } from "./Account.ts"

/** Why an attempt may not begin under its account. */
export type Refusal =
  | { readonly _tag: "Limited"; readonly until: number }
  | { readonly _tag: "Canary"; readonly account: string; readonly by: TaskId }
  | { readonly _tag: "Ramp"; readonly account: string; readonly width: number; readonly limit: number }
  | { readonly _tag: "AccountPaused"; readonly account: string; readonly why: string }

export interface Circumstances {
  readonly now: number
  /** Attempts of the account that are at work. */
  readonly atWork: number
  /** The places of the whole fleet: a ramp that is as wide is none. */
  readonly maxConcurrent: number
}

/** Why another attempt may not begin; null when it may. */
export const refusal = (
  { id: account, pause, window }: Account,
  { atWork, maxConcurrent: limit, now }: Circumstances
): Refusal | null => {
  if (pause !== null) return { _tag: "AccountPaused", account, why: pause.why }
  switch (window._tag) {
    case "Open":
      return null
    case "Limited":
      return window.until > now ? { _tag: "Limited", until: window.until } : null
    case "Canary":
      return { _tag: "Canary", account, by: window.canary.task }
    case "Ramp":
      return window.width < limit && atWork >= window.width
        ? { _tag: "Ramp", account, width: window.width, limit }
        : null
  }
}

/** Whether an attempt that is admitted now is one that the account learns from. */
export const isTrial = ({ window }: Account, { maxConcurrent }: Pick<Circumstances, "maxConcurrent">): boolean =>
  window._tag === "Limited" || (window._tag === "Ramp" && window.width < maxConcurrent)

/** When the answer of `refusal` changes although nothing happens; null: never. */
export const changesAt = ({ pause, window }: Account, now: number): number | null =>
  pause === null && window._tag === "Limited" && window.until > now ? window.until : null
