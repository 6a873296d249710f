/**
 * How every guard stands, for people and programs: as the supervisor noted it, or, where none ever did, as the
 * configuration has it.
 */
import type { Config } from "../../core/guard/Config.ts"
import type { Declaration } from "../../core/guard/Declaration.ts"
import { moment } from "../../core/guard/Effective.ts"
import { isFailing, type Posture } from "../../core/guard/Posture.ts"
import { posture, type Row } from "../../core/guard/Row.ts"
import type { Noted } from "../../core/guard/Survey.ts"
import { declarations } from "../guards/Declarations.ts"
import { type Colour, paint } from "./Colour.ts"
import * as Moment from "./Moment.ts"
import type { Column, Dress } from "./Table.ts"
import { oneLine } from "./Text.ts"

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

/** A load-bearing guard that fails. */
export const isAlarming = ({ loadBearing, posture }: Seen): boolean => loadBearing && isFailing(posture)

export const columns: ReadonlyArray<Column> = [
  { title: "GUARD" },
  { title: "POSTURE" },
  { title: "SINCE" },
  { title: "WHY", least: 20 }
]

export const cells =
  (now: number) =>
  ({ key, posture, reason, since }: Seen): ReadonlyArray<string> => [
    key,
    posture,
    since === null ? "" : Moment.clock(since, now),
    oneLine(reason)
  ]

const colourOf = (row: Seen): Colour | null =>
  isFailing(row.posture) ? "red" : row.posture === "on-confirmed" ? "green" : "yellow"

export const dress =
  (rows: ReadonlyArray<Seen>, hasColour: boolean): Dress =>
  (text, index, column) => {
    if (!hasColour) return text
    if (index < 0) return paint(text, "dim")
    const row = rows[index]
    return column === 1 && row !== undefined ? paint(text, colourOf(row)) : text
  }

/** How many stand so, by posture; those that nobody stands in are left out. */
export const summary = (rows: ReadonlyArray<Seen>): Readonly<Partial<Record<Posture, number>>> => {
  const counts: Partial<Record<Posture, number>> = {}
  for (const { posture } of rows) counts[posture] = (counts[posture] ?? 0) + 1
  return counts
}

/** For programs; times are ISO 8601. */
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
