/**
 * What a provider's word about its limits means. Soft words change nothing; any other is a no, whatever it is called
 * tomorrow (EXE-5).
 */
import * as Schema from "effect/Schema"
import { Instant } from "../task/Identifiers.ts"

/**
 * `usage`: what the plan allows is used up; `rate`: too much at once; `overload`: the provider has no room for anybody;
 * `authentication`: it does not let the account in; `billing`: it wants to be paid. No time mends those two.
 */
export const LimitCause = Schema.Literal("usage", "rate", "overload", "authentication", "billing")
export type LimitCause = typeof LimitCause.Type

/** Why a provider did not answer: also a `request` that it turned down, a `server` that failed, or no `network`. */
export const Trouble = Schema.Union(LimitCause, Schema.Literal("request", "server", "network", "unknown"))
export type Trouble = typeof Trouble.Type

/** Whether a person has to see to the account: waiting does not help. */
export const needsPerson = (cause: LimitCause): boolean => cause === "authentication" || cause === "billing"

/** A provider's no: until when, and why. Where a person is needed the time says when it was told. */
export const Limit = Schema.Struct({ until: Instant, cause: LimitCause })
export type Limit = typeof Limit.Type

/** Of two that were told, the one that ends later. */
export const later = (known: Limit | null, told: Limit): Limit =>
  known !== null && known.until > told.until ? known : told

/** Whether nothing may be asked of the provider at that moment; no time lets an account in that it does not know. */
export const holds = ({ cause, until }: Limit, at: number): boolean => needsPerson(cause) || until > at

const softWords: ReadonlySet<string> = new Set(["", "allowed", "allowed_warning"])

/** Whether a status word stops nothing. */
export const isSoft = (word: string): boolean => softWords.has(word)
