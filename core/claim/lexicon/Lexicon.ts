/**
 * All that the classifier knows of words: the verbs that are claimed, those beside them, and the closed classes.
 */
import * as Either from "effect/Either"
import * as WordClass from "../grammar/WordClass.ts"
import * as Inflection from "./Inflection.ts"
import { beginnings } from "./Openers.ts"
import { companions, type Verb, verbs } from "./Verb.ts"

/** What a word may be. */
export interface Word {
  /** Bits of WordClass. */
  readonly classes: number
  /** The verb that it is a form of, if that verb is claimed. */
  readonly verb: Verb | null
}

export interface Lexicon {
  readonly verbs: ReadonlyArray<Verb>
  /** By the word in lower case, with straight apostrophes. */
  readonly words: ReadonlyMap<string, Word>
  /** Finds, one by one, where a form of one of the verbs begins; the word may go on. */
  readonly forms: RegExp
}

/** A verb that can not be added: one of its forms is not a word, or stands already for another verb. */
export interface InvalidVerb {
  readonly lemma: string
  readonly form: string
  readonly reason: "not a word" | "the form of another verb"
}

export const unknownWord: Word = { classes: 0, verb: null }

/** Letters with single hyphens between them. */
const isWord = (form: string): boolean => /^\p{Ll}+(?:-\p{Ll}+)*$/u.test(form)

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

const addForms = (words: Map<string, Word>, verb: Verb, isClaimed: boolean): void => {
  for (const [form, bits] of formsOf(verb)) {
    const before = words.get(form) ?? unknownWord
    words.set(form, { classes: before.classes | bits, verb: isClaimed ? verb : before.verb })
  }
}

/** Forms that begin with another one need no place of their own. */
const formsPattern = (all: ReadonlyArray<Verb>): RegExp => {
  const forms = [...new Set(all.flatMap((verb) => formsOf(verb).map(([form]) => form)))]
  const shortest = forms.filter((form) => !forms.some((other) => other !== form && form.startsWith(other)))
  // Without a verb nothing is ever claimed, and an empty alternation would match everywhere.
  return new RegExp(shortest.length === 0 ? "(?!)" : shortest.join("|"), "gi")
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
  for (const [word, classes] of WordClass.classes) words.set(word, { classes, verb: null })
  for (const word of beginnings)
    words.set(word, { classes: (words.get(word)?.classes ?? 0) | WordClass.Opener, verb: null })
  for (const verb of companions) addForms(words, verb, false)
  for (const verb of all) addForms(words, verb, true)
  return { verbs: all, words, forms: formsPattern(all) }
}

/** Of drover's own verbs. */
export const standard: Lexicon = compile(verbs)

/** The standard lexicon and further verbs, each a lemma or a verb with its forms. */
export const extend = (more: ReadonlyArray<string | Verb>): Either.Either<Lexicon, InvalidVerb> =>
  make([...verbs, ...more.map((verb) => (typeof verb === "string" ? { lemma: verb } : verb))])
