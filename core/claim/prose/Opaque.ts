/**
 * What a message shows instead of saying it: code spans, quotations of every style and length, and text struck out.
 *
 * Whatever is opened and never closed reaches to the end of its paragraph. A quotation may go on over paragraphs; a code
 * span may not (CommonMark). Inside of one kind of marks the others mean nothing.
 */
import type { Span } from "../ActionClaim.ts"
import { isSpace, isWord } from "./Character.ts"
import type { Paragraph } from "./Paragraph.ts"

interface Mark {
  /** Marks that close each other belong to one family. */
  readonly family: number
  readonly start: number
  readonly end: number
  readonly canOpen: boolean
  readonly canClose: boolean
  /** That it stands in. */
  readonly paragraph: Paragraph
}

const single = 1
const strike = 2
/** The families of code spans are this and the number of their backticks. */
const code = 100

/** How a quotation mark is used: in both directions by where it stands, in one, or also as an apostrophe. */
type Use = "straight" | "opening" | "closing" | "apostrophe"

interface QuotationMark {
  readonly family: number
  readonly use: Use
}

const quotationMarks: ReadonlyMap<number, QuotationMark> = new Map(
  (
    [
      [single, "straight", "'＇"],
      [single, "opening", "‘‚‛"],
      [single, "apostrophe", "’"],
      [3, "straight", '"＂'],
      [3, "opening", "“„‟"],
      [3, "closing", "”"],
      [4, "opening", "«"],
      [4, "closing", "»"],
      [5, "opening", "‹"],
      [5, "closing", "›"],
      [6, "opening", "「"],
      [6, "closing", "」"],
      [7, "opening", "『"],
      [7, "closing", "』"]
    ] satisfies ReadonlyArray<readonly [family: number, use: Use, marks: string]>
  ).flatMap(([family, use, marks]) => [...marks].map((mark) => [mark.charCodeAt(0), { family, use }] as const))
)

/** Words that begin with an apostrophe. */
const elision = /^(?:em|cause|til|tis|twas|n|bout|round|\d\d?s?)(?![a-z\d])/i
/** Longer than the longest of them. */
const elisionLength = 8

const space = 32
const doubleQuote = 34
const apostrophe = 39
const backtick = 96
const tilde = 126
/** Beyond ASCII no mark comes before it: `«`. */
const firstForeign = 0xab

/** `(`, `[`, `{` */
const isOpeningBracket = (mark: number): boolean => mark === 40 || mark === 91 || mark === 123

const quotationAt = (text: string, at: number, mark: number, paragraph: Paragraph): Mark | null => {
  const before = at > paragraph.start ? text.charCodeAt(at - 1) : space
  const after = at + 1 < paragraph.end ? text.charCodeAt(at + 1) : space
  const isInWord = isWord(before) && isWord(after)
  // Most of them are apostrophes.
  if (mark === apostrophe && isInWord) return null
  const known = quotationMarks.get(mark)
  if (known === undefined) return null
  const { family, use } = known
  if (family === single && isInWord) return null
  const closesHere = !isSpace(before) && !isOpeningBracket(before) && !isWord(after)
  const canOpen = opens(use, before, after, closesHere)
  const isElision = canOpen && family === single && elision.test(text.slice(at + 1, at + elisionLength))
  return {
    family,
    start: at,
    end: at + 1,
    canOpen: canOpen && !isElision,
    canClose: use === "closing" || closesHere,
    paragraph
  }
}

const opens = (use: Use, before: number, after: number, closesHere: boolean): boolean => {
  switch (use) {
    case "straight":
    case "closing":
      return !isWord(before) && !isSpace(after)
    case "opening":
      return !closesHere || isSpace(before)
    case "apostrophe":
      return false
  }
}

/** Where the run of one character ends that begins at a place. */
const runEnd = (text: string, at: number, end: number): number => {
  const mark = text.charCodeAt(at)
  let next = at + 1
  while (next < end && text.charCodeAt(next) === mark) next++
  return next
}

/** Adds every mark of a paragraph, in order. */
const collect = (text: string, paragraph: Paragraph, marks: Array<Mark>): void => {
  for (let at = paragraph.start; at < paragraph.end; at++) {
    const first = text.charCodeAt(at)
    if (first === doubleQuote || first === apostrophe || first >= firstForeign) {
      const found = quotationAt(text, at, first, paragraph)
      if (found !== null) marks.push(found)
    } else if (first === backtick || first === tilde) {
      const end = runEnd(text, at, paragraph.end)
      const family = first === tilde ? strike : code + end - at
      const isMark = first === backtick || end - at === 2
      if (isMark) marks.push({ family, start: at, end, canOpen: true, canClose: true, paragraph })
      at = end - 1
    }
  }
}

/**
 * The next mark of the same family; -1 where there is none, and for a code span none in its paragraph. What is looked
 * past is looked past once for each family: no mark of it stands there.
 */
const nextOfFamily = (marks: ReadonlyArray<Mark>, index: number): number => {
  const mark = marks[index]
  for (let next = index + 1; next < marks.length; next++) {
    if (mark === undefined || (mark.family >= code && marks[next]?.paragraph !== mark.paragraph)) return -1
    if (marks[next]?.family === mark.family) return next
  }
  return -1
}

/** The mark that closes the one at an index; -1 if none does. */
const closing = (marks: ReadonlyArray<Mark>, index: number): number => {
  let found = nextOfFamily(marks, index)
  if (marks[found]?.canClose !== true) return -1
  // `the servers'` also looks like an end: the last one before something else opens is the end.
  if (marks[found]?.family !== single) return found
  for (;;) {
    const later = nextOfFamily(marks, found)
    if (marks[later]?.canOpen !== false) return found
    found = later
  }
}

/** The parts of the paragraphs that are shown, with their marks, in order and without overlaps. */
export const opaque = (text: string, paragraphs: ReadonlyArray<Paragraph>): ReadonlyArray<Span> => {
  const marks: Array<Mark> = []
  for (const paragraph of paragraphs) collect(text, paragraph, marks)
  const spans: Array<Span> = []
  for (let index = 0; index < marks.length; index++) {
    const mark = marks[index]
    if (mark === undefined || !mark.canOpen) continue
    const end = closing(marks, index)
    const close = marks[end]
    if (close !== undefined) {
      spans.push([mark.start, close.end])
      index = end
      continue
    }
    spans.push([mark.start, mark.paragraph.end])
    while (marks[index + 1]?.paragraph === mark.paragraph) index++
  }
  return spans
}
