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
  readonly family: string
  readonly start: number
  readonly end: number
  readonly canOpen: boolean
  readonly canClose: boolean
  /** Index of the paragraph that it stands in. */
  readonly paragraph: number
}

/** How a quotation mark is used: in both directions by where it stands, in one, or also as an apostrophe. */
type Use = "straight" | "opening" | "closing" | "apostrophe"

const quotationMarks: ReadonlyMap<string, { readonly family: string; readonly use: Use }> = new Map(
  (
    [
      ["double", "straight", '"＂'],
      ["double", "opening", "“„‟"],
      ["double", "closing", "”"],
      ["single", "straight", "'＇"],
      ["single", "opening", "‘‚‛"],
      ["single", "apostrophe", "’"],
      ["guillemet", "opening", "«"],
      ["guillemet", "closing", "»"],
      ["single guillemet", "opening", "‹"],
      ["single guillemet", "closing", "›"],
      ["corner", "opening", "「"],
      ["corner", "closing", "」"],
      ["white corner", "opening", "『"],
      ["white corner", "closing", "』"]
    ] satisfies ReadonlyArray<readonly [family: string, use: Use, marks: string]>
  ).flatMap(([family, use, marks]) => [...marks].map((mark) => [mark, { family, use }] as const))
)

/** Words that begin with an apostrophe. */
const elision = /^(?:em|cause|til|tis|twas|n|bout|round|\d\d?s?)(?![a-z\d])/i

const backtick = 96
const tilde = 126
/** Below it only these and the straight quotes are marks, and above it none of them. */
const firstForeignMark = 0xab

const isMarkCode = (code: number): boolean =>
  code === 34 || code === 39 || code === backtick || code === tilde || code >= firstForeignMark

const runEnd = (text: string, at: number, end: number): number => {
  const code = text.charCodeAt(at)
  let next = at + 1
  while (next < end && text.charCodeAt(next) === code) next++
  return next
}

/** Every mark of a paragraph, in order. */
const collect = (text: string, { end, start }: Paragraph, paragraph: number, marks: Array<Mark>): void => {
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at)
    if (!isMarkCode(code)) continue
    if (code === backtick || code === tilde) {
      const next = runEnd(text, at, end)
      const family = code === backtick ? `code of ${next - at} in ${paragraph}` : "strike"
      if (code === backtick || next - at === 2) {
        marks.push({ family, start: at, end: next, canOpen: true, canClose: true, paragraph })
      }
      at = next - 1
      continue
    }
    const known = quotationMarks.get(text.charAt(at))
    if (known === undefined) continue
    const before = at > start ? text.charCodeAt(at - 1) : 32
    const after = at + 1 < end ? text.charCodeAt(at + 1) : 32
    const { family, use } = known
    if (family === "single" && isWord(before) && isWord(after)) continue
    const opensHere = !isWord(before) && !isSpace(after)
    const closesHere = !isSpace(before) && !isWord(after)
    const canOpen = {
      straight: opensHere && !(family === "single" && elision.test(text.slice(at + 1, at + 8))),
      opening: !closesHere || isSpace(before),
      closing: opensHere && isSpace(before),
      apostrophe: false
    }[use]
    const canClose = use === "closing" || closesHere
    if (canOpen || canClose) marks.push({ family, start: at, end: at + 1, canOpen, canClose, paragraph })
  }
}

/** For each mark the index of the next one of its family; as many as there are marks where there is none. */
const nextOfFamily = (marks: ReadonlyArray<Mark>): ReadonlyArray<number> => {
  const next = Array.from(marks, () => marks.length)
  const last = new Map<string, number>()
  for (let index = marks.length - 1; index >= 0; index--) {
    const family = marks[index]?.family ?? ""
    next[index] = last.get(family) ?? marks.length
    last.set(family, index)
  }
  return next
}

/** The parts of the paragraphs that are shown, with their marks, in order and without overlaps. */
export const opaque = (text: string, paragraphs: ReadonlyArray<Paragraph>): ReadonlyArray<Span> => {
  const marks: Array<Mark> = []
  for (const [index, paragraph] of paragraphs.entries()) collect(text, paragraph, index, marks)
  if (marks.length === 0) return []
  const next = nextOfFamily(marks)
  const spans: Array<Span> = []
  for (let index = 0; index < marks.length; ) {
    const mark = marks[index]
    if (mark === undefined || !mark.canOpen) {
      index++
      continue
    }
    let closing = next[index] ?? marks.length
    if (marks[closing]?.canClose !== true) {
      spans.push([mark.start, paragraphs[mark.paragraph]?.end ?? text.length])
      do index++
      while (marks[index]?.paragraph === mark.paragraph)
      continue
    }
    // `the servers'` also looks like an end: the last one before something else opens is the end.
    if (mark.family === "single") {
      for (let later = next[closing] ?? marks.length; marks[later]?.canOpen === false; later = next[later] ?? marks.length) {
        closing = later
      }
    }
    spans.push([mark.start, marks[closing]?.end ?? text.length])
    index = closing + 1
  }
  return spans
}
