/**
 * Speech of others that is introduced by a colon: `User: …`, `[10:42] bob: …`, `bob> …`, `The reviewer wrote: …`.
 *
 * Names are not listed, so that a label of a few words is taken for a speaker unless it names a thing that an agent
 * writes about: `Plan: …`, `Next step: …`.
 */
import * as WordClass from "../grammar/WordClass.ts"
import type { Lexicon } from "../lexicon/Lexicon.ts"
import { isDigit, isSpace } from "../prose/Character.ts"
import type { Sentence } from "../prose/Sentence.ts"

/** What an agent heads its own words with. */
const ownHeads: ReadonlySet<string> = new Set(
  (
    "action actions answer api app backend background bottom branch bug build cause change changes ci cleanup client " +
    "code commit conclusion config correction database db decision deployment details docs documentation done edit " +
    "errors explanation findings finally first fix fixes follow-up frontend fyi good great history however idea " +
    "issue issues last lint line meanwhile migration nb next nit note ok okay outcome overview plan point problem " +
    "production progress proposal ps reason recap release remaining result results risk root schema second server " +
    "short solution staging status step steps summary tests test then thing things third tl;dr today types ui up " +
    "update verdict verification version what worker workflow"
  ).split(" ")
)

/** Who speaks in a transcript. */
const speakers: ReadonlySet<string> = new Set(
  (
    "agent ai assistant bot caller client customer developer human maintainer me moderator operator owner person " +
    "reviewer support system tester user users you"
  ).split(" ")
)

/** A label, with its time and marks, is shorter. */
const labelLength = 64
/** A sentence that introduces speech is shorter up to its colon. */
const introductionLength = 200

const mostWords = 4

/** Words that no name of a speaker has in it. */
const notOfNames =
  WordClass.Subject | WordClass.Finite | WordClass.Preposition | WordClass.Coordinator | WordClass.Manner | WordClass.Form

const markup = /[[\]()<>*_@~"“”]/g

type Label = "speaker" | "name" | "none"

/** What stands before the colon, with nothing but time and marks beside it. */
const judge = (label: string, lexicon: Lexicon): Label => {
  if (label.includes("`")) return "none"
  const words = label
    .replaceAll(markup, " ")
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "" && !isDigit(word.charCodeAt(0)))
  const last = words.at(-1)
  if (last === undefined || words.length > mostWords) return "none"
  if (speakers.has(last)) return "speaker"
  if (ownHeads.has(last) || words.some((word) => /[./\\]/.test(word))) return "none"
  const isOrdinary = words.some((word) => ((lexicon.words.get(word.replaceAll("’", "'"))?.classes ?? 0) & notOfNames) !== 0)
  return isOrdinary ? "none" : "name"
}

/** Whether one of the last words before a colon is a verb of saying. */
const introduces = (introduction: string, lexicon: Lexicon): boolean =>
  introduction
    .toLowerCase()
    .split(/[^\p{L}'’]+/u)
    .slice(-7)
    .some((word) => ((lexicon.words.get(word)?.classes ?? 0) & WordClass.Speech) !== 0 || word === "words")

export interface Speech {
  /** Where the words of somebody else begin. */
  readonly start: number
  /** They are only announced, and stand in the next paragraph. */
  readonly isAnnouncement: boolean
}

/** The speech of somebody else in a sentence; null where there is none. */
export const speech = (text: string, { end, start }: Sentence, lexicon: Lexicon): Speech | null => {
  const limit = Math.min(end, start + introductionLength)
  for (let at = start; at < limit; at++) {
    const code = text.charCodeAt(at)
    const isPrompt = code === 62 && at > start && !/[\s=-]/.test(text.charAt(at - 1))
    if ((code !== 58 && !isPrompt) || !isLabelEnd(text, at + 1, end)) continue
    const before = text.slice(start, at)
    const isBare = text.slice(at + 1, end).trim() === ""
    const label = at - start < labelLength ? judge(before, lexicon) : "none"
    const isAnnounced = label === "speaker" || (label === "none" && introduces(before, lexicon))
    // A label alone on its line heads a list.
    return isAnnounced || (label === "name" && !isBare) ? { start: at + 1, isAnnouncement: isBare } : null
  }
  return null
}

/** A space or emphasis stands behind the sign of a label. */
const isLabelEnd = (text: string, at: number, end: number): boolean =>
  at >= end || isSpace(text.charCodeAt(at)) || text[at] === "*" || text[at] === "_"
