import * as Either from "effect/Either"
import fc from "fast-check"
import { expect, it } from "vitest"
import { classify, Lexicon, type Verb } from "../../../core/claim/index.ts"

const withVerbs = (...verbs: ReadonlyArray<string | Verb>): Lexicon.Lexicon =>
  Either.getOrThrowWith(Lexicon.extend(verbs), (invalid) => new Error(JSON.stringify(invalid)))

const found = (text: string, lexicon: Lexicon.Lexicon): ReadonlyArray<string> =>
  classify(text, lexicon).map(({ tense, verb }) => (tense === "completed" ? `done ${verb}` : verb))

/** Verbs whose spelling changes in each of the ways that English knows. */
const regular: ReadonlyArray<readonly [lemma: string, progressive: string, past: string]> = [
  ["publish", "publishing", "published"],
  ["ship", "shipping", "shipped"],
  ["release", "releasing", "released"],
  ["apply", "applying", "applied"],
  ["destroy", "destroying", "destroyed"],
  ["tie", "tying", "tied"],
  ["free", "freeing", "freed"],
  ["commit", "committing", "committed"],
  ["visit", "visiting", "visited"],
  ["stop", "stopping", "stopped"],
  ["mix", "mixing", "mixed"],
  ["clean", "cleaning", "cleaned"],
  ["add", "adding", "added"],
  ["hot-swap", "hot-swapping", "hot-swapped"]
]

it("CLM-2 a verb that is added is claimed in all of its forms", () => {
  for (const [lemma, progressive, past] of regular) {
    const lexicon = withVerbs(lemma)
    expect(
      found(`I'll ${lemma} it. I'm ${progressive} it. I ${past} it. I've ${past} it.`, lexicon),
      `${lemma}`
    ).toEqual([lemma, lemma, `done ${lemma}`, `done ${lemma}`])
    expect(found("I'll push it.", lexicon)).toEqual(["push"])
    expect(classify(`I'll ${lemma} it.`)).toEqual([])
  }
})

it("CLM-2 an added verb may have forms and senses of its own", () => {
  const lexicon = withVerbs({ lemma: "send", past: ["sent"], unlessBefore: ["word"], unlessObject: ["regards"] })
  expect(found("I'll send the report. I sent it. I've sent it. Sent the report.", lexicon)).toEqual([
    "send",
    "done send",
    "done send",
    "done send"
  ])
  expect(found("I'll send word. I'll send my regards. I sended it.", lexicon)).toEqual([])
})

it("CLM-2 an added verb that is also said beside other verbs is claimed by itself", () => {
  const lexicon = withVerbs("force")
  expect(found("I'll force a rebuild.", lexicon)).toEqual(["force"])
  expect(found("I'll force push it.", Lexicon.standard)).toEqual(["push"])
})

it("CLM-2 forms that are the same in the present claim nothing at the start: there they ask for something", () => {
  const lexicon = withVerbs({ lemma: "reset", progressive: ["resetting"], past: ["reset"] })
  expect(found("Reset the counter.", lexicon)).toEqual([])
  expect(found("I'll reset it. I've reset it. I reset it.", lexicon)).toEqual(["reset", "done reset", "done reset"])
  expect(classify("Rerun the tests.")).toEqual([])
})

it("CLM-1 a list of any verbs is a lexicon or names the one that can not be in it", () => {
  const word = fc.constantFrom(
    "ship",
    "ping",
    "push",
    "Ship",
    "",
    " ",
    "roll back",
    "a|b",
    "re-run",
    "-x",
    "x-",
    "übergeben",
    "(",
    "$1"
  )
  fc.assert(
    fc.property(fc.array(word, { maxLength: 4 }), (lemmas) => {
      Either.match(Lexicon.extend(lemmas), {
        onLeft: ({ form, lemma, reason }) => {
          expect(lemmas).toContain(lemma)
          expect(reason === "not a word").toBe(!/^[a-z]+(?:-[a-z]+)*$/.test(form))
        },
        onRight: (lexicon) => {
          for (const lemma of lemmas) expect(found(`I'll ${lemma} it.`, lexicon)).toEqual([lemma])
        }
      })
    })
  )
})

it("CLM-1 one form can not stand for two verbs, and a lexicon without verbs finds nothing", () => {
  expect(Lexicon.extend([{ lemma: "shove", past: ["pushed"] }])).toEqual(
    Either.left({ lemma: "shove", form: "pushed", reason: "the form of another verb" })
  )
  expect(Either.map(Lexicon.make([]), (lexicon) => classify("I'll push it.", lexicon))).toEqual(Either.right([]))
})
