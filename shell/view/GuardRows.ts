/**
 * How every guard stands, for programs: as the supervisor noted it, or, where none ever did, as the configuration has it.
 */
import type { Config } from "../../core/guard/Config.ts"
import type { Declaration } from "../../core/guard/Declaration.ts"
import { moment } from "../../core/guard/Effective.ts"
import type { Posture } from "../../core/guard/Posture.ts"
import { posture, type Row } from "../../core/guard/Row.ts"
import type { Noted } from "../../core/guard/Survey.ts"
import { declarations } from "../guards/Declarations.ts"

export interface Seen extends Omit<Row, "offClass"> {
  /** Since when it stands so; null where nobody looked. */
  readonly since: number | null
}

/** As the configuration has it at `now`, nobody having looked. */
const ofConfig = (declaration: Declaration, config: Config, now: number, why: string): Seen => {
  const { offClass: _, ...row } = posture(declaration, config, null, { _tag: "Unobserved", why }, now)
  return { ...row, since: null }
}

/** Every declared guard; what was noted of others is of another program. */
export const seen = (notes: ReadonlyArray<Noted>, config: Config, now: number): ReadonlyArray<Seen> =>
  declarations.map((declaration) => {
    const note = notes.find(({ key }) => key === declaration.key)
    if (note === undefined) return ofConfig(declaration, config, now, "no supervisor has looked at it yet")
    const { isOn, override, posture, reason, since } = note
    const { key, loadBearing, title } = declaration
    return { key, title, loadBearing, posture, reason, isOn, override, since }
  })

/** As the supervisor has them in memory; since when is what was noted of the posture they are in. */
export const live = (rows: ReadonlyArray<Row>, notes: ReadonlyArray<Noted>): ReadonlyArray<Seen> =>
  rows.map(({ offClass: _, ...row }) => ({
    ...row,
    since: notes.find((note) => note.key === row.key && note.posture === row.posture)?.since ?? null
  }))

/** How many stand so, by posture; those that nobody stands in are left out. */
export const summary = (rows: ReadonlyArray<Seen>): Readonly<Partial<Record<Posture, number>>> => {
  const counts: Partial<Record<Posture, number>> = {}
  for (const { posture } of rows) counts[posture] = (counts[posture] ?? 0) + 1
  return counts
}

/** Times are ISO 8601. */
export const toJson = ({ isOn, key, loadBearing, override, posture, reason, since, title }: Seen) => ({
  guard: key,
  title,
  load_bearing: loadBearing,
  posture,
  reason,
  since: since === null ? null : moment(since),
  is_on: isOn,
  override: override === null ? null : { ...override, until: moment(override.until) }
})

/** The same read back. */
export const fromJson = ({ guard, ...row }: ReturnType<typeof toJson>): Seen => ({
  key: guard,
  title: row.title,
  loadBearing: row.load_bearing,
  posture: row.posture,
  reason: row.reason,
  since: row.since === null ? null : Date.parse(row.since),
  isOn: row.is_on,
  override: row.override === null ? null : { ...row.override, until: Date.parse(row.override.until) }
})
