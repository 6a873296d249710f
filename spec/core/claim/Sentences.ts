/** Generated sentences: claims that are known by how they were made, and sentences that claim nothing. */
import fc from "fast-check"
import { others } from "./Corpus.ts"

export interface Claim {
  readonly text: string
  readonly verb: string
  readonly tense: "future" | "completed"
}

interface Forms {
  readonly base: string
  readonly progressive: string
  readonly past: string
  readonly participle: string
}

/** Written out, not inflected: what the lexicon says must agree with it. */
const forms: Readonly<Record<string, Forms>> = {
  relaunch: { base: "relaunch", progressive: "relaunching", past: "relaunched", participle: "relaunched" },
  restart: { base: "restart", progressive: "restarting", past: "restarted", participle: "restarted" },
  redeploy: { base: "redeploy", progressive: "redeploying", past: "redeployed", participle: "redeployed" },
  deploy: { base: "deploy", progressive: "deploying", past: "deployed", participle: "deployed" },
  push: { base: "push", progressive: "pushing", past: "pushed", participle: "pushed" },
  merge: { base: "merge", progressive: "merging", past: "merged", participle: "merged" },
  revert: { base: "revert", progressive: "reverting", past: "reverted", participle: "reverted" },
  rebase: { base: "rebase", progressive: "rebasing", past: "rebased", participle: "rebased" },
  rerun: { base: "re-run", progressive: "rerunning", past: "reran", participle: "rerun" },
  fix: { base: "fix", progressive: "fixing", past: "fixed", participle: "fixed" }
}

/** Every form by which a verb may be met. */
export const allForms: ReadonlyArray<string> = Object.values(forms).flatMap((each) => Object.values(each))

const verb = fc.constantFrom(...Object.entries(forms))
const object = fc.constantFrom("it", "the server", "the release branch", "this", "the two failing tests", "#12")

const withLead = (lead: fc.Arbitrary<string>, form: keyof Forms, tense: Claim["tense"]): fc.Arbitrary<Claim> =>
  fc
    .tuple(lead, verb, object)
    .map(([before, [lemma, form1], after]) => ({ text: `${before} ${form1[form]} ${after}`, verb: lemma, tense }))

const adverb = fc.constantFrom("", " now", " just", " also", " quickly")

const near = fc
  .tuple(fc.constantFrom("I'll", "I will", "I'm going to", "I am about to", "Let me", "We'll", "OK, I'll"), adverb)
  .map(([lead, between]) => lead + between)

const progressive = fc.tuple(fc.constantFrom("I'm", "I am", "We're"), adverb).map(([lead, between]) => lead + between)

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1)

/** A participle or a past that begins its sentence. */
const initial = (form: "progressive" | "past", tense: Claim["tense"]): fc.Arbitrary<Claim> =>
  fc
    .tuple(verb, object)
    .map(([[lemma, form1], after]) => ({ text: `${capital(form1[form])} ${after}`, verb: lemma, tense }))

/** One claim of any construction, without closing punctuation. */
export const claim: fc.Arbitrary<Claim> = fc.oneof(
  withLead(near, "base", "future"),
  withLead(progressive, "progressive", "future"),
  initial("progressive", "future"),
  withLead(fc.constantFrom("I", "We", "I just", "I already"), "past", "completed"),
  withLead(fc.constantFrom("I've", "I have", "I've now", "We have"), "participle", "completed"),
  initial("past", "completed")
)

/** Whole sentences of one line that claim nothing and hold no marks which could reach beyond them. */
const separate = others
  .filter(({ category }) => !/quotes|Code|code|Speakers|Abbreviations|Headings|Block/.test(category))
  .map(({ text }) => text)
  .filter((text) => /^[^\n:"“‘«`>|~#]*[.!?]$/.test(text) && !/(?:^|\W)'/.test(text))

/** A sentence that claims nothing, with its closing punctuation. */
export const unrelated: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    "The weather is fine today.",
    "All 212 tests pass.",
    "Thanks for the review!",
    "See section 3.2 of the manual.",
    "It took 4.5 s, e.g. on the old machine.",
    "Is that what you meant?",
    "The servers' logs are empty.",
    "Nothing else has changed (I looked twice)."
  ),
  fc.constantFrom(...separate)
)

/** Several sentences, of which some claim something, in one or more paragraphs. */
export const message: fc.Arbitrary<string> = fc
  .array(
    fc.tuple(
      fc.oneof(
        claim.map(({ text }) => `${text}.`),
        unrelated
      ),
      fc.constantFrom(" ", " ", "\n", "\n\n")
    ),
    { minLength: 1, maxLength: 6 }
  )
  .map((parts) =>
    parts
      .map(([text, gap]) => text + gap)
      .join("")
      .trim()
  )

/** A message of one paragraph. */
export const paragraph: fc.Arbitrary<string> = message.map((text) => text.replaceAll(/\s+/g, " "))
