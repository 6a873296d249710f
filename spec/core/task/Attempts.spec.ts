import * as Either from "effect/Either"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Ending } from "../../../core/execution/Execution.ts"
import type { StageEvent } from "../../../core/stage/StageEvent.ts"
import { record } from "../../../core/task/Record.ts"
import type { Task } from "../../../core/task/Task.ts"
import { drive, type Fate } from "../arbitraries/Drive.ts"
import { submitted } from "../arbitraries/Tasks.ts"

const inPlace = { qa: "server", merge: "none", start: "auto" } as const
const squash = { ...inPlace, merge: "squash" } as const

const ends = (how: Ending, facts: Partial<Extract<Fate, { readonly _tag: "Ends" }>> = {}): Fate => ({
  ...facts,
  _tag: "Ends",
  how
})

const clean = ends({ _tag: "Clean" })
const forced = ends({ _tag: "Forced", detail: "status 1" })
const lost = ends({ _tag: "Lost" })
const aborted = ends({ _tag: "Aborted", detail: "no session" })
const limited = ends({ _tag: "Limited", resumeAt: 90_000 })
const neverStarts: Fate = { _tag: "NeverStarts" }

/** Ends that use an attempt, and ends that use none. */
const charged = fc.constantFrom(forced, lost)
const free = fc.constantFrom(aborted, limited, neverStarts)
const isCharged = (fate: Fate): boolean => fate === forced || fate === lost

const say = (task: Task, event: StageEvent): Task =>
  Either.getOrThrow(record(task, [{ _tag: "StageMoved", event }], "operator", { maxQaRounds: 3 })).task

const fiveOf = (kind: Fate, fates: ReadonlyArray<Fate>): boolean =>
  fates.some((_, i) => [0, 1, 2, 3, 4].every((by) => fates[i + by] === kind))

/** No five failed launches and no five aborts in a row (what never started ended nothing), for these block by themselves. */
const isMixed = (fates: ReadonlyArray<Fate>): boolean =>
  !fiveOf(neverStarts, fates) &&
  !fiveOf(
    aborted,
    fates.filter((fate) => fate !== neverStarts)
  )

describe("how many attempts a visit gets", () => {
  it("EXE-3 exactly max_retries + 1 attempts that count, however many failed launches, limits and aborts come between", () => {
    fc.assert(
      fc.property(fc.nat(4), fc.array(fc.oneof(charged, free), { maxLength: 25, size: "max" }), (maxRetries, mixed) => {
        fc.pre(isMixed(mixed))
        const fates = [...mixed, ...Array.from({ length: maxRetries + 1 }, () => forced)]
        const end = drive(submitted(inPlace, { maxRetries }), { fates })
        expect(end.task.stage).toMatchObject({ _tag: "Blocked", reason: { _tag: "RetriesExhausted" } })
        expect(end.task.execution._tag).toBe("Idle")
        const met = fates.slice(0, end.launched.length)
        expect(met.filter(isCharged)).toHaveLength(maxRetries + 1)
        expect(met.at(-1)).toSatisfy(isCharged)
      })
    )
  })

  it("EXE-5 a limit costs no attempt, whether it is known when the program ends or only once it is proved dead", () => {
    const told = fc.constantFrom<Ending>(
      { _tag: "Limited", resumeAt: 90_000 },
      { _tag: "Forced", detail: "status 1" },
      { _tag: "Aborted", detail: "no session" },
      { _tag: "Lost" }
    )
    const ways = fc.array(fc.record({ how: told, until: fc.integer({ min: 1, max: 200_000 }) }), { maxLength: 12 })
    fc.assert(
      fc.property(fc.nat(2), ways, (maxRetries, limits) => {
        const late = limits.map(({ how, until }) => ends(how, { limit: { until, cause: "usage" } }))
        const fates = [...late, ...Array.from({ length: maxRetries + 1 }, () => forced)]
        const end = drive(submitted(inPlace, { maxRetries }), { fates })
        expect(end.launched).toHaveLength(fates.length)
        expect(end.task.facts.attemptsUsed).toBe(0)
        expect(end.task.stage).toMatchObject({ _tag: "Blocked", reason: { _tag: "RetriesExhausted" } })
        const latest = Math.max(
          0,
          ...limits.map(({ how, until }) => ("resumeAt" in how ? Math.max(until, 90_000) : until))
        )
        expect(end.now).toBeGreaterThanOrEqual(latest)
      })
    )
  })

  it("EXE-3 an attempt whose work fails its verifier counts once, when it ended, not again for the verdict", () => {
    fc.assert(
      fc.property(
        fc.nat(4),
        fc.constantFrom("FAIL" as const, "ERROR" as const, "TIMEOUT" as const),
        (maxRetries, word) => {
          const fates = Array.from({ length: maxRetries + 3 }, () => clean)
          const end = drive(submitted(inPlace, { maxRetries }), { fates, verdicts: fates.map(() => word) })
          expect(end.task.stage).toMatchObject({
            _tag: "Blocked",
            reason: { _tag: "RetriesExhausted", lastFailure: `verifier: ${word}` }
          })
          expect(end.launched).toHaveLength(maxRetries + 1)
          expect(end.verdicts).toHaveLength(maxRetries + 1)
        }
      )
    )
  })

  it("EXE-3 respawns that only commit are free, until eight of them have brought no end", () => {
    const dirty = ends({ _tag: "Clean" }, { dirty: true })
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 7 }), (respawns) => {
        const fates = [...Array.from({ length: respawns }, () => dirty), clean]
        const end = drive(submitted(squash, { maxRetries: 1 }), { fates })
        expect(end.task.stage._tag).toBe("Merge")
        expect(end.launched.map(({ mode }) => mode)).toEqual(["Cold", ...fates.slice(1).map(() => "CommitOnly")])
      })
    )
    const end = drive(submitted(squash, { maxRetries: 1 }), { fates: Array.from({ length: 12 }, () => dirty) })
    expect(end.task.stage).toMatchObject({ _tag: "Blocked", reason: { _tag: "NeverCommitted" } })
    expect(end.launched).toHaveLength(8)
  })

  it("EXE-3 a person's Unblock and Retry begin a visit with all its attempts", () => {
    fc.assert(
      fc.property(fc.nat(3), fc.nat(3), (maxRetries, used) => {
        const fates = Array.from({ length: maxRetries + 1 }, () => forced)
        const blocked = drive(submitted(inPlace, { maxRetries }), { fates }).task
        const unblocked = drive(say(blocked, { _tag: "Unblock", budgetUsd: null }), { fates })
        expect(unblocked.launched).toHaveLength(maxRetries + 1)
        expect(unblocked.task.stage._tag).toBe("Blocked")

        const some = drive(submitted(inPlace, { maxRetries }), {
          fates: fates.slice(0, Math.min(used, maxRetries))
        }).task
        const again = drive(say(some, { _tag: "Retry" }), { fates })
        expect(again.launched).toHaveLength(maxRetries + 1)
        expect(again.task.stage._tag).toBe("Blocked")
      })
    )
  })

  it("EXE-3 the numbers of attempts are never used twice, whatever visits they belong to", () => {
    const fates = [forced, aborted, limited, forced, forced]
    const first = drive(submitted(inPlace), { fates })
    const second = drive(say(first.task, { _tag: "Unblock", budgetUsd: null }), { fates })
    const numbers = [...first.launched, ...second.launched].map(({ number }) => number)
    expect(numbers).toEqual(numbers.map((_, i) => i + 1))
  })
})

describe("ends in a row", () => {
  it("EXE-10 five aborts in a row block, four and another end do not", () => {
    const five = drive(submitted(inPlace), { fates: Array.from({ length: 9 }, () => aborted) })
    expect(five.task.stage).toMatchObject({ _tag: "Blocked", reason: { _tag: "AbortLoop" } })
    expect(five.launched).toHaveLength(5)
    expect(five.launched.every(({ mode }) => mode === "Cold")).toBe(true)

    const four = [aborted, aborted, aborted, aborted]
    const mixed = drive(submitted(inPlace), { fates: [...four, limited, ...four, clean] })
    expect(mixed.task.stage._tag).toBe("Done")
  })

  it("EXE-10 five failed launches in a row block; one that was heard of begins the count anew", () => {
    const five = drive(submitted(inPlace), { fates: Array.from({ length: 9 }, () => neverStarts) })
    expect(five.task.stage).toMatchObject({ _tag: "Blocked", reason: { _tag: "LaunchFailed" } })
    expect(five.launched).toHaveLength(5)

    const four = [neverStarts, neverStarts, neverStarts, neverStarts]
    const mixed = drive(submitted(inPlace), { fates: [...four, limited, ...four, clean] })
    expect(mixed.task.stage._tag).toBe("Done")
  })

  it("EXE-10 an attempt is warm only after one that left a session, and an abort makes the next one cold", () => {
    const end = drive(submitted(inPlace, { maxRetries: 5 }), { fates: [forced, aborted, lost, limited, clean] })
    expect(end.launched.map(({ mode }) => mode)).toEqual(["Cold", "Warm", "Cold", "Warm", "Warm"])
  })

  it("EXE-7 three clean ends that brought nothing new block; a forced one counts for nothing", () => {
    const nothing = ends({ _tag: "Clean" }, { progressed: false })
    const nothingForced = ends({ _tag: "Forced", detail: "killed" }, { progressed: false })
    const verdicts = Array.from({ length: 12 }, () => "FAIL" as const)
    const three = drive(submitted(squash, { maxRetries: 9 }), {
      fates: Array.from({ length: 9 }, () => nothing),
      verdicts
    })
    expect(three.task.stage).toMatchObject({ _tag: "Blocked", reason: { _tag: "NoProgress" } })
    expect(three.launched).toHaveLength(3)

    const fates = [nothing, nothing, clean, nothing, nothing, nothingForced, nothingForced, nothing, clean]
    const mixed = drive(submitted(squash, { maxRetries: 20 }), { fates, verdicts })
    expect(mixed.task.stage).toMatchObject({ _tag: "Blocked", reason: { _tag: "NoProgress" } })
    expect(mixed.launched).toHaveLength(8)
  })

  it("EXE-8 what an attempt committed before it was lost is verified, and passes without another attempt", () => {
    for (const how of [
      { _tag: "Lost" },
      { _tag: "Forced", detail: "killed" },
      { _tag: "Aborted", detail: "?" }
    ] as const) {
      const end = drive(submitted(squash, { maxRetries: 0 }), { fates: [ends(how, { moved: true })] })
      expect(end.task.stage).toMatchObject({ _tag: "Merge", verified: true })
      expect(end.launched).toHaveLength(1)
    }
  })
})
