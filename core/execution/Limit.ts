/**
 * What a provider's word about its limits means. Soft words change nothing; any other is a no, whatever it is called
 * tomorrow (EXE-5).
 */
import * as Schema from "effect/Schema"
import { Instant } from "../task/Identifiers.ts"

/**
 * `usage`: what the plan allows is used up; `rate`: too much at once; `overload`: the provider has no room for anybody;
 * `authentication`: it does not let the account in, which no time mends.
 */
export const LimitCause = Schema.Literal("usage", "rate", "overload", "authentication")
export type LimitCause = typeof LimitCause.Type

/** A provider's no: until when, and why. Of an `authentication` the time says when it was told. */
export const Limit = Schema.Struct({ until: Instant, cause: LimitCause })
export type Limit = typeof Limit.Type

/** Of two that were told, the one that ends later. */
export const later = (known: Limit | null, told: Limit): Limit =>
  known !== null && known.until > told.until ? known : told

/** Whether nothing may be asked of the provider at that moment; no time lets an account in that it does not know. */
export const holds = ({ cause, until }: Limit, at: number): boolean => cause === "authentication" || until > at

const softWords: ReadonlySet<string> = new Set(["", "allowed", "allowed_warning"])

/** Whether a status word stops nothing. */
export const isSoft = (word: string): boolean => softWords.has(word)
