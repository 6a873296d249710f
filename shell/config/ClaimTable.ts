/** The `[action_claim]` table of a user's file: whether what agents promise is tracked, and how. Off when nothing is said. */
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import * as Lexicon from "../../core/claim/lexicon/Lexicon.ts"
import * as Policy from "../../core/commitment/Policy.ts"
import type { ConfigProblem } from "./ConfigProblem.ts"
import * as Toml from "./Toml.ts"
import { maybe, Minutes, PositiveCount, Switch } from "./Values.ts"

const Lemma = Schema.NonEmptyString.annotations({ description: "a verb in its base form, such as `publish`" })

export const ClaimTable = Schema.Struct({
  enabled: maybe(Switch, "Track what agents promise at the end of a turn; off when nothing is said"),
  nudge: maybe(Switch, "Remind an agent that goes on with a session of what it promised there"),
  per_topic_cap: maybe(PositiveCount, "Open promises of one conversation; more are not taken down"),
  expiry_min: maybe(Minutes, "How long a promise is tracked after it is due, or was made"),
  nudge_grace_min: maybe(Minutes, "How long an agent that was reminded may take until a person is told"),
  verbs: maybe(Schema.Array(Lemma), "Further verbs that count, such as `publish`")
})

export interface ClaimSettings {
  readonly isEnabled: boolean
  readonly policy: Policy.Policy
  readonly lexicon: Lexicon.Lexicon
}

export const defaults: ClaimSettings = { isEnabled: false, policy: Policy.defaults, lexicon: Lexicon.standard }

/** What a table's own schema can not say. */
export const problems = (document: Toml.Document): ReadonlyArray<ConfigProblem> => {
  const path = ["action_claim", "verbs"]
  const verbs = Toml.valueAt(document.data, path)
  if (!Array.isArray(verbs) || !verbs.every((verb) => typeof verb === "string")) return []
  return Either.match(Lexicon.extend(verbs), {
    onLeft: ({ form, lemma, reason }) => [
      Toml.problem(document, "Value", path, `${JSON.stringify(lemma)} can not be added: ${form} is ${reason}`)
    ],
    onRight: () => []
  })
}

const minute = 60_000

/** The settings of a table in which `problems` found none. */
export const resolve = (table: typeof ClaimTable.Type = {}): ClaimSettings => {
  const { enabled, expiry_min, nudge, nudge_grace_min, per_topic_cap, verbs } = table
  const { policy } = defaults
  return {
    isEnabled: enabled ?? defaults.isEnabled,
    lexicon: Either.getOrElse(Lexicon.extend(verbs ?? []), () => Lexicon.standard),
    policy: {
      perTopicCap: per_topic_cap ?? policy.perTopicCap,
      expiryMs: expiry_min === undefined ? policy.expiryMs : expiry_min * minute,
      nudges: nudge ?? policy.nudges,
      nudgeGraceMs: nudge_grace_min === undefined ? policy.nudgeGraceMs : nudge_grace_min * minute
    }
  }
}
