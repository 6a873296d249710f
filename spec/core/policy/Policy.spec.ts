import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { defaults, Policy, type RepositoryLimits, tighten } from "../../../core/policy/Policy.ts"

const amount = fc.integer({ min: 0, max: 500 })
const limits = fc.record({
  maxRetries: amount,
  timeoutMin: amount,
  maxToolTurns: amount,
  inactivitySecs: amount,
  budgetUsd: fc.option(amount),
  name: fc.string()
})
const own: fc.Arbitrary<RepositoryLimits> = fc.record({
  maxRetries: fc.option(amount),
  timeoutMin: fc.option(amount),
  maxToolTurns: fc.option(amount),
  inactivitySecs: fc.option(amount),
  budgetUsd: fc.option(amount)
})

const numbers = ["maxRetries", "timeoutMin", "maxToolTurns", "inactivitySecs"] as const
/** No budget is no limit. */
const asLimit = (budget: number | null): number => budget ?? Number.POSITIVE_INFINITY

describe("the numbers that decide", () => {
  it("API-1 where a file says nothing these times hold, in milliseconds", () => {
    expect(defaults).toMatchObject({
      backoffBaseMs: 5_000,
      backoffCapMs: 600_000,
      launchGraceMs: 10_000,
      stopGraceMs: 10_000,
      claimMs: 300_000,
      survivorAttentionMs: 120_000,
      limitFallbackMs: 300_000,
      doneRetentionMs: 14_400_000
    })
  })

  it("API-5 a repository's own file only tightens: no limit of a task grows, and none that the repository sets is passed", () => {
    fc.assert(
      fc.property(limits, own, (task, repository) => {
        const tight = tighten(task, repository)
        for (const key of numbers) {
          expect(tight[key]).toBe(Math.min(task[key], repository[key] ?? task[key]))
        }
        expect(asLimit(tight.budgetUsd)).toBe(Math.min(asLimit(task.budgetUsd), asLimit(repository.budgetUsd)))
        expect(tight.name).toBe(task.name)
      })
    )
  })

  it("API-5 a repository that says nothing changes nothing, and saying it twice is saying it once", () => {
    const silent = { maxRetries: null, timeoutMin: null, maxToolTurns: null, inactivitySecs: null, budgetUsd: null }
    fc.assert(
      fc.property(limits, own, (task, repository) => {
        expect(tighten(task, silent)).toEqual(task)
        expect(tighten(tighten(task, repository), repository)).toEqual(tighten(task, repository))
      })
    )
  })

  it("API-1 a policy has only numbers that mean something: the defaults do, and zero or less is refused anywhere", () => {
    expect(Schema.is(Policy)(defaults)).toBe(true)
    fc.assert(
      fc.property(Arbitrary.make(Policy), fc.constantFrom(...Object.keys(defaults)), (policy, key) => {
        expect(Schema.is(Policy)(policy)).toBe(true)
        for (const bad of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
          expect(Schema.is(Policy)({ ...policy, [key]: bad })).toBe(false)
        }
      })
    )
  })

  it("EXE-10 the caps are those of the promise: 5 aborts, 5 failed launches, 3 ends without progress, 8 without a commit", () => {
    expect(defaults).toMatchObject({
      maxAttemptsWithoutProgress: 3,
      maxRespawnsWithoutCommit: 8,
      maxAborts: 5,
      maxLaunchFailures: 5,
      maxStrikes: 3,
      maxConcurrent: 4
    })
  })

  it("API-1 drift asks a person or tells the session, and a guard that is on has no end", () => {
    const isPolicy = Schema.is(Policy)
    for (const onDrift of ["block", "warn"]) expect(isPolicy({ ...defaults, onDrift })).toBe(true)
    for (const onDrift of ["", "ask"]) expect(isPolicy({ ...defaults, onDrift })).toBe(false)
    expect(isPolicy({ ...defaults, inactivityOffUntil: 1 })).toBe(true)
    expect(isPolicy({ ...defaults, inactivityOffUntil: undefined })).toBe(false)
  })
})
