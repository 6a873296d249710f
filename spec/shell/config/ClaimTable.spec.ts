/** What files say of promises: whether they are tracked and how, and what shows in a repository that one was kept. */
import * as Either from "effect/Either"
import fc from "fast-check"
import { stringify } from "smol-toml"
import { expect, it } from "vitest"
import { classify } from "../../../core/claim/index.ts"
import { noRules } from "../../../core/commitment/Evidence.ts"
import * as ClaimTable from "../../../shell/config/ClaimTable.ts"
import * as Configuration from "../../../shell/config/Configuration.ts"
import * as RepositoryPolicy from "../../../shell/config/RepositoryPolicy.ts"
import * as Toml from "../../../shell/config/Toml.ts"
import { flagAt } from "../../../core/guard/Config.ts"
import { promises } from "../../../shell/guards/Declarations.ts"
import { brief } from "./TaskFiles.ts"

const read = (text: string) => Toml.parse("/etc/x/config.toml", text).pipe(Either.flatMap(Configuration.fromDocument))
const repository = (text: string) =>
  Toml.parse("/r/.drover.toml", text).pipe(Either.flatMap(RepositoryPolicy.fromDocument))
const problemsOf = (read: Either.Either<unknown, { readonly problems: Parameters<typeof brief>[0] }>) =>
  brief(Either.getOrThrow(Either.flip(read)).problems)

it("CLM-8 promises are tracked only where a file says so, and the guard that follows them stands by that one switch", () => {
  expect(Configuration.defaults.claims.isEnabled).toBe(false)
  expect(Either.getOrThrow(read("")).claims).toEqual(ClaimTable.defaults)
  for (const enabled of [true, false]) {
    const { claims, guards } = Either.getOrThrow(read(`[action_claim]\nenabled = ${enabled}\n`))
    expect([claims.isEnabled, flagAt(guards, promises.configPath)]).toEqual([enabled, enabled])
  }
  expect(problemsOf(read("[guards.promises]\nenabled = true\n"))).toEqual([["Value", 1, "guards.promises", null]])
})

it("CLM-6 its numbers are those of the file, and the rest stays as it is", () => {
  const table = fc.record(
    {
      nudge: fc.boolean(),
      per_topic_cap: fc.integer({ min: 1, max: 99 }),
      expiry_min: fc.integer({ min: 1, max: 9999 }),
      nudge_grace_min: fc.integer({ min: 1, max: 9999 })
    },
    { requiredKeys: [] }
  )
  fc.assert(
    fc.property(table, (action_claim) => {
      const { policy } = ClaimTable.defaults
      expect(Either.getOrThrow(read(stringify({ action_claim }))).claims.policy).toEqual({
        perTopicCap: action_claim.per_topic_cap ?? policy.perTopicCap,
        expiryMs: action_claim.expiry_min === undefined ? policy.expiryMs : action_claim.expiry_min * 60_000,
        nudges: action_claim.nudge ?? true,
        nudgeGraceMs:
          action_claim.nudge_grace_min === undefined ? policy.nudgeGraceMs : action_claim.nudge_grace_min * 60_000
      })
    })
  )
  for (const line of ["enabled = 1", "per_topic_cap = 0", "expiry_min = 0", 'nudge_grace_min = "5"', "verbs = [1]"]) {
    expect(problemsOf(read(`[action_claim]\n${line}\n`))).toHaveLength(1)
  }
  expect(problemsOf(read("[action_claim]\nenable = true\n"))).toEqual([["Key", 2, "action_claim.enable", "enabled"]])
})

it("CLM-2 a verb that a file adds is claimed; one that can not be added is refused with its reason", () => {
  const { lexicon } = Either.getOrThrow(read('[action_claim]\nverbs = ["publish"]\n')).claims
  expect(classify("I'll publish the notes.", lexicon).map(({ verb }) => verb)).toEqual(["publish"])
  expect(classify("I'll publish the notes.")).toEqual([])
  const refused = Either.getOrThrow(Either.flip(read('[action_claim]\nverbs = ["pu5h"]\n'))).problems
  expect(refused.map(({ message }) => message)).toEqual(['"pu5h" can not be added: pu5h is not a word'])
})

it("CLM-7 a repository names the commands that run its tests, and those that show a verb; what is no command is refused", () => {
  expect(Either.getOrThrow(repository("")).evidence).toEqual(noRules)
  const { evidence } = Either.getOrThrow(
    repository('[evidence]\ntests = ["make t"]\ndeploy = ["./ship.sh *", "kubectl apply *"]\n')
  )
  expect(evidence.tests.map(({ source }) => source)).toEqual(["make t"])
  expect(evidence.deeds.map(({ pattern, verb }) => [verb, pattern.source])).toEqual([
    ["deploy", "./ship.sh *"],
    ["deploy", "kubectl apply *"]
  ])
  expect(problemsOf(repository('[evidence]\ndeploy = ["a; b", "x"]\nother = "x"\n'))).toEqual([
    ["Value", 2, "evidence.deploy[0]", null],
    ["Value", 3, "evidence.other", null]
  ])
})
