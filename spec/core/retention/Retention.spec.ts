import fc from "fast-check"
import { expect, it } from "vitest"
import { defaults, type Kept, plan, type Removal, type Retention } from "../../../core/retention/Retention.ts"
import { AttemptNumber, TaskId } from "../../../core/task/Identifiers.ts"

const now = 1_000

const kept: fc.Arbitrary<ReadonlyArray<Kept>> = fc.uniqueArray(
  fc.record({
    task: fc.integer({ min: 1, max: 6 }).map((id) => TaskId.make(id)),
    attempt: fc.integer({ min: 1, max: 4 }).map((number) => AttemptNumber.make(number)),
    // Some of the future, as a clock that was set back makes them.
    restingSince: fc.oneof(fc.constant(null), fc.integer({ min: 0, max: 1_200 })),
    logBytes: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 100 }))
  }),
  { selector: ({ attempt, task }) => `${task}.${attempt}`, maxLength: 16 }
)

const retention: fc.Arbitrary<Retention> = fc.record({
  attemptsMs: fc.integer({ min: 1, max: 1_200 }),
  logsMs: fc.integer({ min: 1, max: 1_200 }),
  logsBytes: fc.integer({ min: 0, max: 600 })
})

const nameOf = ({ attempt, task }: Pick<Kept, "task" | "attempt">): string => `${task}.${attempt}`

/** What is there when the removals are made. */
const after = (all: ReadonlyArray<Kept>, removals: ReadonlyArray<Removal>): ReadonlyArray<Kept> => {
  const what = new Map(removals.map((removal) => [nameOf(removal), removal.what]))
  return all.flatMap((each) => {
    const fate = what.get(nameOf(each))
    return fate === "attempt" ? [] : [fate === "logs" ? { ...each, logBytes: 0 } : each]
  })
}

const bytesOf = (all: ReadonlyArray<Kept>): number => all.reduce((sum, { logBytes }) => sum + logBytes, 0)

it("STO-8 nothing of a task that is not at rest is removed, and nothing twice", () => {
  fc.assert(
    fc.property(kept, retention, (all, limits) => {
      const removals = plan(all, limits, now)
      const resting = new Set(all.filter(({ restingSince }) => restingSince !== null).map(nameOf))
      expect(removals.every((removal) => resting.has(nameOf(removal)))).toBe(true)
      expect(new Set(removals.map(nameOf)).size).toBe(removals.length)
      expect(plan(after(all, removals), limits, now)).toEqual([])
    })
  )
})

it("STO-8 what is old enough goes, exactly: the attempt by one age, its output by another", () => {
  fc.assert(
    fc.property(kept, retention, (all, limits) => {
      const removals = new Map(plan(all, limits, now).map((removal) => [nameOf(removal), removal.what]))
      for (const each of all) {
        const age = each.restingSince === null ? -1 : now - each.restingSince
        const fate = removals.get(nameOf(each))
        expect(fate === "attempt").toBe(age >= limits.attemptsMs)
        if (age >= limits.logsMs && each.logBytes > 0) expect(fate).toBeDefined()
        if (each.logBytes === 0 && age < limits.attemptsMs) expect(fate).toBeUndefined()
      }
    })
  )
})

it("STO-8 output that is too much goes from the oldest on, no more than must, and is bounded unless it is in use", () => {
  fc.assert(
    fc.property(kept, retention, (all, limits) => {
      const removals = plan(all, limits, now)
      const left = after(all, removals)
      const resting = left.filter(({ logBytes, restingSince }) => restingSince !== null && logBytes > 0)
      if (bytesOf(left) > limits.logsBytes) expect(resting).toEqual([])
      const removed = new Set(removals.map(nameOf))
      const bySize = all.filter((each) => {
        const age = now - (each.restingSince ?? Number.POSITIVE_INFINITY)
        return removed.has(nameOf(each)) && age < limits.logsMs && age < limits.attemptsMs
      })
      const youngest = Math.max(...bySize.map(({ restingSince }) => restingSince ?? 0))
      for (const each of resting) expect(each.restingSince).toBeGreaterThanOrEqual(youngest)
      // With the last of them still there it would be too much.
      const last = bySize.find(({ restingSince }) => restingSince === youngest)
      if (last !== undefined) {
        const spared = Math.min(
          ...bySize.filter(({ restingSince }) => restingSince === youngest).map(({ logBytes }) => logBytes)
        )
        expect(bytesOf(left) + Math.max(spared, last.logBytes)).toBeGreaterThan(limits.logsBytes)
      }
    })
  )
})

it("STO-8 the plan is in the order of age, and does not depend on the order in which things are found", () => {
  fc.assert(
    fc.property(kept, retention, (all, limits) => {
      const removals = plan(all, limits, now)
      expect(plan(all.toReversed(), limits, now)).toEqual(removals)
      const age = new Map(all.map((each) => [nameOf(each), each.restingSince ?? 0]))
      const ages = removals.map((removal) => age.get(nameOf(removal)) ?? 0)
      expect(ages).toEqual(ages.toSorted((a, b) => a - b))
    })
  )
})

it("STO-8 of the same age the lower task and attempt goes first", () => {
  const one = (task: number, attempt: number): Kept => ({
    task: TaskId.make(task),
    attempt: AttemptNumber.make(attempt),
    restingSince: 0,
    logBytes: 10
  })
  const limits = { attemptsMs: 10_000, logsMs: 10_000, logsBytes: 20 }
  expect(plan([one(2, 1), one(1, 2), one(1, 10), one(1, 1)], limits, now).map(nameOf)).toEqual(["1.1", "1.2"])
})

it("STO-8 without a word of the user attempts are kept for ninety days, output for thirty, and 10 GiB of it; what hooks told for seven, and a million of it", () => {
  const day = 86_400_000
  const attempts = { attemptsMs: 90 * day, logsMs: 30 * day, logsBytes: 10 * 2 ** 30 }
  expect(defaults).toEqual({ ...attempts, hookEventsMs: 7 * day, hookEvents: 1_000_000, messagesMs: 30 * day })
})
