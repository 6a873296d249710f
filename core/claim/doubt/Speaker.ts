/**
 * Speech of others that is introduced by a colon: `User: …`, `[10:42] bob: …`, `bob> …`, `The reviewer wrote: …`.
 *
 * Names are not listed, so that a label of a few words is taken for a speaker unless it names a thing that an agent
 * writes about: `Plan: …`, `Next step: …`.
 */
import * as WordClass from "../grammar/WordClass.ts"
import type { Sentence } from "../prose/Sentence.ts"
import { type Token, textOf } from "../prose/Token.ts"

/** Reads the tokens of a part of the text. */
export type Reader = (part: Pick<Sentence, "start" | "end">) => ReadonlyArray<Token>

/** What an agent heads its own words with. */
const ownHeads: ReadonlySet<string> = new Set(
  (
    "action actions answer api app backend background bottom branch bug build cause change changes ci cleanup client " +
    "code commit conclusion config correction database db decision deployment details docs documentation done edit eta " +
    "errors explanation findings finally first fix fixes follow-up frontend fyi good great headsup heads-up history however idea important " +
    "issue issues last lint line meanwhile migration nb next nit note ok okay outcome overview plan point problem " +
    "production progress proposal ps reason recap release reminder remaining result results risk root schema second server " +
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

/** A sentence that introduces speech is shorter up to its colon. */
const introductionLength = 200

/** Of a label, without the time before it. */
const mostWords = 4

/** Words before a colon among which a verb of saying may be. */
const nearby = 7

/** Words that no name of a speaker has in it. */
const notOfNames =
  WordClass.Subject |
  WordClass.Finite |
  WordClass.Preposition |
  WordClass.Coordinator |
  WordClass.Manner |
  WordClass.Speech |
  WordClass.Form

type Label = "speaker" | "name" | "own head" | "none"

/** Times and numbers. */
const isDated = /^\d/
const isNumber = /^\d+$/

/** Files, versions and addresses. */
const isNoName = (token: Token): boolean => /[./\\]/.test(textOf(token))

/** What the words before a colon are, with nothing else before it in the sentence. */
const judge = (words: ReadonlyArray<Token>): Label => {
  const last = words.at(-1)
  if (last === undefined || last.kind !== "word") return "none"
  const name = words.filter((token) => !isDated.test(textOf(token)))
  const head = name.at(-1)
  if (head === undefined || name.length > mostWords) return "none"
  // `Agent 2` is an agent.
  if (speakers.has(textOf(head)) && (head === last || isNumber.test(textOf(last)))) return "speaker"
  if (ownHeads.has(textOf(head))) return "own head"
  return name.some((token) => token.kind !== "word" || (token.word.classes & notOfNames) !== 0 || isNoName(token))
    ? "none"
    : "name"
}

/** Whether one of the last words before a colon is a verb of saying. */
const introduces = (words: ReadonlyArray<Token>): boolean =>
  words.slice(-nearby).some((token) => (token.word.classes & WordClass.Speech) !== 0 || textOf(token) === "words")

export interface Speech {
  /** Where the words of somebody else begin. */
  readonly start: number
  /** They are only announced, and stand in the next paragraph. */
  readonly isAnnouncement: boolean
}

/** The place behind the first colon, or prompt's sign, that a space or emphasis follows; -1 where there is none. */
const introductionEnd = (head: string): number => {
  for (let at = signIn(head, 0); at >= 0; at = signIn(head, at + 1)) {
    if (at + 1 >= head.length || /[\s*_]/.test(head.charAt(at + 1))) return at + 1
  }
  return -1
}

const signIn = (head: string, from: number): number => {
  const colon = head.indexOf(":", from)
  const prompt = head.indexOf(">", from)
  return colon < 0 || (prompt >= 0 && prompt < colon) ? prompt : colon
}

/** The speech of somebody else in a sentence; null where there is none. */
export const speech = (text: string, { end, start }: Sentence, read: Reader): Speech | null => {
  const length = introductionEnd(text.slice(start, Math.min(end, start + introductionLength)))
  if (length < 0) return null
  const all = read({ start, end: start + length })
  if (all.at(-1)?.kind !== "colon") return null
  const words = all.slice(0, -1)
  const label = judge(words)
  const isAnnounced = label === "speaker" || (label === "none" && introduces(words))
  const isBare = text.slice(start + length, end).trim() === ""
  // A label alone on its line heads a list.
  return isAnnounced || (label === "name" && !isBare) ? { start: start + length, isAnnouncement: isBare } : null
}
