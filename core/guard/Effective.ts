/**
 * Whether a configuration has a guard on at a moment. A load-bearing one is off only while somebody answers for it: an
 * override that names no owner, no reason or no end, or whose end has come, is not in force.
 */
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import { type Config, flagAt, textAt, timeAt } from "./Config.ts"
import type { Declaration } from "./Declaration.ts"

/** Who turned a guard off, why, and when it comes back on by itself (epoch milliseconds). */
export interface Override {
  readonly owner: string
  readonly reason: string
  readonly until: number
}

export type Effective =
  /** `ignored`: why an override that is written down is not in force; null when there is none. */
  | { readonly _tag: "On"; readonly ignored: string | null }
  /** `override`: null where it is off by default, or a guard that nobody needs to answer for. */
  | { readonly _tag: "Off"; readonly override: Override | null; readonly ignored: string | null }

/** ISO 8601 in UTC; a number that is no time as it is. */
export const moment = (at: number): string =>
  Option.match(DateTime.make(at), { onNone: () => String(at), onSome: DateTime.formatIso })

/** `enabled`, `owner`, `reason` and `until` stand beside each other. */
const beside = (path: string, key: string): string => `${path.slice(0, path.lastIndexOf(".") + 1)}${key}`

/** At `now` exactly an override that ends then is over. */
export const effective = (declaration: Declaration, config: Config, now: number): Effective => {
  if (declaration.kind === "always-on") return { _tag: "On", ignored: null }
  const { configPath, defaultEnabled, loadBearing } = declaration
  const otherwise = (ignored: string | null): Effective =>
    defaultEnabled ? { _tag: "On", ignored } : { _tag: "Off", override: null, ignored }
  const isSet = flagAt(config, configPath)
  if (isSet === null) return otherwise(null)
  if (isSet) return { _tag: "On", ignored: null }
  const owner = textAt(config, beside(configPath, "owner"))
  const reason = textAt(config, beside(configPath, "reason"))
  const until = timeAt(config, beside(configPath, "until"))
  if (until !== null && !(now < until)) return otherwise(`it ended at ${moment(until)}`)
  if (owner !== null && reason !== null && until !== null) {
    return { _tag: "Off", override: { owner, reason, until }, ignored: null }
  }
  if (!loadBearing) return { _tag: "Off", override: null, ignored: null }
  const lacks = owner === null ? "owner" : reason === null ? "reason" : "end"
  return otherwise(`it names no ${lacks}`)
}

/** When the first override in force ends, so that a loop can wake for it; null where none is. */
export const nextEnd = (declarations: ReadonlyArray<Declaration>, config: Config, now: number): number | null => {
  const ends = declarations.flatMap((declaration) => {
    const found = effective(declaration, config, now)
    return found._tag === "Off" && found.override !== null ? [found.override.until] : []
  })
  return ends.length === 0 ? null : Math.min(...ends)
}
