/**
 * What one look at all guards leads to: the rows to keep, the changes to tell, and the attention to raise and to clear.
 */
import { afterBoot, atBoot, bootKey, turnedOff } from "./Boot.ts"
import type { Override } from "./Effective.ts"
import { type Change, type Episode, type Finding, open, step, well } from "./Episode.ts"
import { isFailing, type Posture } from "./Posture.ts"
import type { Row } from "./Row.ts"

/** How a guard stood when it was looked at last; times are epoch milliseconds. */
export interface Noted {
  readonly key: string
  readonly posture: Posture
  readonly reason: string
  readonly isOn: boolean
  readonly override: Override | null
  /** Since when the posture is that one. */
  readonly since: number
  /** When this was written. */
  readonly at: number
}

/** What is remembered between two looks. */
export interface Known {
  readonly notes: ReadonlyMap<string, Noted>
  /** By the keys of their attention items. */
  readonly episodes: ReadonlyMap<string, Episode>
  readonly isBootItemOpen: boolean
  /** No look of this supervisor came before. */
  readonly isBoot: boolean
}

/** A posture that is new; `from` is null for a guard that was never noted. */
export interface Changed {
  readonly guard: string
  readonly from: Posture | null
  readonly to: Posture
  readonly reason: string
}

export interface Survey {
  readonly known: Known
  /** Empty when what is kept is recent and true; else the notes of all guards. */
  readonly notes: ReadonlyArray<Noted>
  readonly changed: ReadonlyArray<Changed>
  readonly attention: ReadonlyArray<Change>
}

/** Notes are written anew after that long even where nothing changed: they show that somebody still looks. */
const refreshMs = 60_000

/** The attention item of a guard. */
export const keyOf = (guard: string): string => `${guardPrefix}${guard}`
const guardPrefix = "guard:"

/** The attention item of a configuration that can not be read any more. */
export const configurationKey = "guards:configuration"

const isOurs = (key: string): boolean => key.startsWith(guardPrefix) || key === configurationKey

/** What is known at the start: the notes of the last supervisor, and the keys of the attention items that are open. */
export const known = (notes: ReadonlyArray<Noted>, attention: ReadonlyArray<string>): Known => ({
  notes: new Map(notes.map((note) => [note.key, note])),
  episodes: new Map(attention.filter(isOurs).map((key) => [key, open])),
  isBootItemOpen: attention.includes(bootKey),
  isBoot: true
})

const noteOf = ({ isOn, key, override, posture, reason }: Row, before: Noted | undefined, now: number): Noted => {
  const since = before?.posture === posture ? before.since : now
  return { key, posture, reason, isOn, override, since, at: now }
}

const sameOverride = (a: Override | null, b: Override | null): boolean =>
  a?.owner === b?.owner && a?.reason === b?.reason && a?.until === b?.until

const isSame = (note: Noted, before: Noted): boolean =>
  note.posture === before.posture &&
  note.reason === before.reason &&
  note.isOn === before.isOn &&
  sameOverride(note.override, before.override)

const findingOf = ({ key, loadBearing, posture, reason }: Row): Finding => {
  const isFailure = loadBearing && isFailing(posture)
  return { key: keyOf(key), failure: isFailure ? `the guard ${key} is ${posture}: ${reason}` : null }
}

/** What one look found. */
export interface Look {
  /** One for every declared guard. */
  readonly rows: ReadonlyArray<Row>
  /** Why the configuration can not be read now, so that the rows rest on that of the start; null when it can. */
  readonly unreadable: string | null
}

/** What a look leads to at `now`, epoch milliseconds. */
export const survey = (before: Known, { rows, unreadable }: Look, now: number): Survey => {
  const notes = rows.map((row) => noteOf(row, before.notes.get(row.key), now))
  const isDue = notes.some((note) => {
    const last = before.notes.get(note.key)
    return last === undefined || !isSame(note, last) || Math.abs(now - last.at) >= refreshMs
  })
  const changed = notes.flatMap(({ key: guard, posture: to, reason }): ReadonlyArray<Changed> => {
    const from = before.notes.get(guard)?.posture ?? null
    return from === to ? [] : [{ guard, from, to, reason }]
  })
  const findings = [...rows.map(findingOf), { key: configurationKey, failure: unreadable }]
  const steps = findings.map((finding) => ({
    key: finding.key,
    ...step(before.episodes.get(finding.key) ?? well, finding)
  }))
  const boot = before.isBoot
    ? atBoot(turnedOff(before.notes, rows), before.isBootItemOpen)
    : afterBoot(rows, before.isBootItemOpen)
  const last = boot.at(-1)
  const keys = new Set(findings.map(({ key }) => key))
  // A guard that this program does not have any more fails no more.
  const forgotten = [...before.episodes.keys()].filter((key) => !keys.has(key))
  return {
    known: {
      notes: isDue ? new Map(notes.map((note) => [note.key, note])) : before.notes,
      episodes: new Map(steps.map(({ episode, key }) => [key, episode])),
      isBootItemOpen: last === undefined ? before.isBootItemOpen : last._tag === "Raise",
      isBoot: false
    },
    notes: isDue ? notes : [],
    changed,
    attention: [
      ...boot,
      ...steps.flatMap(({ change }) => (change === null ? [] : [change])),
      ...forgotten.map((key): Change => ({ _tag: "Clear", key }))
    ]
  }
}
