/**
 * What was turned off between two starts: the guards that the last supervisor had on and this one has off. A person is
 * told once, by one item that names them; it goes when no guard is off any more.
 */
import type { Change } from "./Episode.ts"
import type { Row } from "./Row.ts"

/** The key of the attention item. */
export const bootKey = "guards:turned-off"

/** Guards that are new, or were not noted, were not turned off. */
export const turnedOff = (
  last: ReadonlyMap<string, { readonly isOn: boolean }>,
  rows: ReadonlyArray<Row>
): ReadonlyArray<Row> => rows.filter(({ isOn, key }) => !isOn && last.get(key)?.isOn === true)

const text = (rows: ReadonlyArray<Row>): string =>
  `turned off since the last start: ${rows.map(({ key, reason }) => `${key} (${reason})`).join(", ")}`

/** What to tell at the start; an item that is still open from the start before is replaced. */
export const atBoot = (off: ReadonlyArray<Row>, isOpen: boolean): ReadonlyArray<Change> => {
  if (off.length === 0) return []
  const raise: Change = { _tag: "Raise", key: bootKey, text: text(off) }
  return isOpen ? [{ _tag: "Clear", key: bootKey }, raise] : [raise]
}

/** What to tell later on. */
export const afterBoot = (rows: ReadonlyArray<Row>, isOpen: boolean): ReadonlyArray<Change> =>
  isOpen && rows.every(({ isOn }) => isOn) ? [{ _tag: "Clear", key: bootKey }] : []
