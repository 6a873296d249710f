/**
 * All that the classifier knows of words: the verbs that are claimed, those beside them, and the closed classes.
 */
import * as Either from "effect/Either"
import * as WordClass from "../grammar/WordClass.ts"
import * as Inflection from "./Inflection.ts"
import { beginnings } from "./Openers.ts"
import * as Trie from "./Trie.ts"
import { companions, type Verb, verbs } from "./Verb.ts"

/** A claimed verb, ready to be told from its other senses. */
export interface Action {
  readonly lemma: string
  /** By their first word, what follows the verb in another sense. */
  readonly unlessBefore: ReadonlyMap<string, ReadonlyArray<ReadonlyArray<string>>>
  readonly unlessObject: ReadonlySet<string>
}

/** What a word may be. */
export interface Word {
  /** In small letters, with straight apostrophes; empty for a word that is not known. */
  readonly text: string
  /** Bits of WordClass. */
  readonly classes: number
  /** The verb that it is a form of, if that verb is claimed. */
  readonly action: Action | null
}

export interface Lexicon {
  readonly verbs: ReadonlyArray<Verb>
  readonly words: Trie.Trie<Word>
  /** Finds, one by one, where a form of one of the verbs begins; the word may go on. */
  readonly forms: RegExp
}

/** A verb that can not be added: one of its forms is not a word, or stands already for another verb. */
export interface InvalidVerb {
  readonly lemma: string
  readonly form: string
  readonly reason: "not a word" | "the form of another verb"
}

export const unknownWord: Word = { text: "", classes: 0, action: null }

/** Small letters of English with single hyphens between them. */
const isWord = (form: string): boolean => /^[a-z]+(?:-[a-z]+)*$/.test(form)

/** The forms of a verb with what they are. */
const formsOf = (verb: Verb): ReadonlyArray<readonly [form: string, classes: number]> => {
  const bases = [verb.lemma, ...(verb.spellings ?? [])]
  const past = verb.past ?? bases.flatMap(Inflection.past)
  return [
    ...bases.map((form) => [form, WordClass.Base] as const),
    ...(verb.progressive ?? bases.flatMap(Inflection.progressive)).map(
      (form) => [form, WordClass.Progressive] as const
    ),
    ...past.map((form) => [form, WordClass.Past] as const),
    ...(verb.participle ?? past).map((form) => [form, WordClass.Participle] as const)
  ]
}

const actionOf = ({ lemma, unlessBefore = [], unlessObject = [] }: Verb): Action => {
  const phrases = unlessBefore.map((phrase) => phrase.split(" "))
  const firsts = new Set(phrases.map(([first = ""]) => first))
  return {
    lemma,
    unlessBefore: new Map([...firsts].map((first) => [first, phrases.filter(([word]) => word === first)])),
    unlessObject: new Set(unlessObject)
  }
}

const add = (words: Map<string, Word>, text: string, classes: number, action: Action | null): void => {
  const before = words.get(text) ?? unknownWord
  words.set(text, { text, classes: before.classes | classes, action: action ?? before.action })
}

/** Forms that begin with another one need no place of their own. */
const formsPattern = (all: ReadonlyArray<Verb>): RegExp => {
  const forms = [...new Set(all.flatMap((verb) => formsOf(verb).map(([form]) => form)))]
  const shortest = forms.filter((form) => !forms.some((other) => other !== form && form.startsWith(other)))
  // Without a verb nothing is ever claimed, and an empty alternation would match everywhere.
  const pattern = shortest.length === 0 ? "(?!)" : shortest.join("|").replaceAll("-", "[-‐‑]")
  return new RegExp(pattern, "gi")
}

/** The lexicon of verbs, or the first one that is invalid. */
export const make = (all: ReadonlyArray<Verb>): Either.Either<Lexicon, InvalidVerb> => {
  const owner = new Map<string, Verb>()
  for (const verb of all) {
    for (const [form] of formsOf(verb)) {
      if (!isWord(form)) return Either.left({ lemma: verb.lemma, form, reason: "not a word" })
      if ((owner.get(form) ?? verb).lemma !== verb.lemma) {
        return Either.left({ lemma: verb.lemma, form, reason: "the form of another verb" })
      }
      owner.set(form, verb)
    }
  }
  return Either.right(compile(all))
}

const compile = (all: ReadonlyArray<Verb>): Lexicon => {
  const words = new Map<string, Word>()
  for (const [word, classes] of WordClass.classes) add(words, word, classes, null)
  for (const word of beginnings) add(words, word, WordClass.Opener, null)
  for (const verb of companions) for (const [form, classes] of formsOf(verb)) add(words, form, classes, null)
  for (const verb of all) {
    const action = actionOf(verb)
    for (const [form, classes] of formsOf(verb)) add(words, form, classes, action)
  }
  return { verbs: all, words: Trie.make(words), forms: formsPattern(all) }
}

/** Of drover's own verbs. */
export const standard: Lexicon = compile(verbs)

/** The standard lexicon and further verbs, each a lemma or a verb with its forms. */
export const extend = (more: ReadonlyArray<string | Verb>): Either.Either<Lexicon, InvalidVerb> =>
  make([...verbs, ...more.map((verb) => (typeof verb === "string" ? { lemma: verb } : verb))])
