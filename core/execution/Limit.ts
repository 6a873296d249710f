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

const softWords: ReadonlySet<string> = new Set(["", "allowed", "allowed_warning"])

/** Whether a status word stops nothing. */
export const isSoft = (word: string): boolean => softWords.has(word)
