/** How every guard stands, for people. */
import { isFailing } from "../../core/guard/Posture.ts"
import { type Colour, paint } from "./Colour.ts"
import type { Seen } from "../view/GuardRows.ts"
import * as Moment from "../view/Moment.ts"
import type { Column, Dress } from "./Table.ts"
import { oneLine } from "./Text.ts"

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
