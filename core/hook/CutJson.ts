/** A JSON object cut to a size inside its strings, so that it stays JSON of the same shape. */
import { bytesOf, cutMark, cutMarkBytes, cutString } from "./Cut.ts"
import { type Edit, edited, scan, type Span, textOf } from "./JsonText.ts"

export interface Limits {
  /** Bytes of UTF-8 of the whole text. */
  readonly bytes: number
  /** Strings that are never cut. */
  readonly whole: ReadonlySet<string>
  /** Fields of the object that are never cut but inside of strings. */
  readonly fields: ReadonlySet<string>
}

/** A string, or the value of a field, and its bytes. */
interface Part extends Span {
  readonly bytes: number
}

interface Survey {
  readonly bytes: number
  /** Strings that can become shorter, with the bytes between their quotes. */
  readonly strings: ReadonlyArray<Part>
  /** Values of fields that can be cut as a whole, with the bytes that are left of each when all its strings are cut. */
  readonly fields: ReadonlyArray<Part>
  /** The least that cutting strings can come to. */
  readonly least: number
}

/**
 * The longest strings are cut, all to one length, as long as is possible. Where the object would be too large without
 * any string (a long array of numbers), the largest values of its fields are first replaced by marks, whole; null where
 * that does not do either.
 */
export const cutJson = (text: string, limits: Limits): string | null => {
  const found = survey(text, limits)
  if (found.least <= limits.bytes) return cutStrings(text, found, limits.bytes)
  if (leastOf(found) > limits.bytes) return null
  const smaller = cutFields(text, found, limits.bytes)
  const left = survey(smaller, limits)
  return left.least <= limits.bytes ? cutStrings(smaller, left, limits.bytes) : null
}

const survey = (text: string, { whole, fields: kept }: Limits): Survey => {
  const bytes = bytesOf(text)
  const strings: Array<Part> = []
  const fields: Array<Part> = []
  let depth = 0
  let saved = 0
  /** Where the value of a field begins, and what had been saved before it; null where it stays. */
  let field: { readonly start: number; readonly saved: number } | null = null

  const onKey = (start: number, end: number): void => {
    if (depth === 1) field = kept.has(textOf(text.slice(start, end))) ? null : { start: -1, saved }
  }
  const onStart = (start: number): void => {
    if (depth === 1 && field !== null) field = { start, saved: field.saved }
  }
  const onEnd = (end: number): void => {
    if (depth !== 1 || field === null) return
    const { start, saved: before } = field
    fields.push({ start, end, bytes: bytesOf(text, start, end) - (saved - before) })
  }
  const onString = (start: number, end: number): void => {
    const size = bytesOf(text, start + 1, end - 1)
    if (size <= cutMarkBytes || whole.has(textOf(text.slice(start, end)))) return
    strings.push({ start, end, bytes: size })
    saved += size - cutMarkBytes
  }

  scan(text, (kind, start, end) => {
    if (kind === "key") return onKey(start, end)
    if (kind !== "close") onStart(start)
    if (kind === "open") depth++
    if (kind === "close") depth--
    if (kind === "string") onString(start, end)
    if (kind !== "open") onEnd(end)
  })
  return { bytes, strings, fields, least: bytes - saved }
}

const cutStrings = (text: string, { bytes, strings }: Survey, limit: number): string => {
  const room = levelOf(strings, bytes - limit)
  const edits = strings.flatMap(({ start, end, bytes }): ReadonlyArray<Edit> => {
    return bytes <= room ? [] : [{ start, end, by: cutString(textOf(text.slice(start, end)), room) }]
  })
  return edited(text, edits)
}

/** The greatest length at which cutting all longer strings to it saves enough; the least one does. */
const levelOf = (strings: ReadonlyArray<Part>, tooMany: number): number => {
  let low = cutMarkBytes
  let high = strings.reduce((longest, { bytes }) => Math.max(longest, bytes), low) + 1
  while (high - low > 1) {
    const level = Math.floor((low + high) / 2)
    const saves = strings.reduce((sum, { bytes }) => sum + Math.max(0, bytes - level), 0)
    if (saves >= tooMany) low = level
    else high = level
  }
  return low
}

/** No mark of a field is shorter, in bytes with its quotes. */
const leastMark = bytesOf(cutMark(1)) + 2

/** Less than this no marks in place of fields can come to. */
const leastOf = ({ fields, least }: Survey): number =>
  fields.reduce((bytes, field) => bytes - Math.max(0, field.bytes - leastMark), least)

/** Marks in place of the largest values, as many as it takes, where a mark is shorter. */
const cutFields = (text: string, { fields, least }: Survey, limit: number): string => {
  const edits: Array<Edit> = []
  let bytes = least
  for (const field of fields.toSorted((left, right) => right.bytes - left.bytes)) {
    if (bytes <= limit || field.bytes <= leastMark) break
    edits.push({ start: field.start, end: field.end, by: `"${cutMark(field.end - field.start)}"` })
    bytes -= field.bytes - cutMarkBytes - 2
  }
  return edited(
    text,
    edits.toSorted((left, right) => left.start - right.start)
  )
}
