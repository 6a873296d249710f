import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { pipeline, satisfies } from "../../../core/stage/Projection.ts"
import type { Stage } from "../../../core/stage/Stage.ts"
import { findCycle, type Graph } from "../../../core/task/Dependencies.ts"
import { stages } from "../arbitraries/Examples.ts"
import * as Words from "../arbitraries/Words.ts"

const names = ["a", "b", "c", "d", "e", "f", "g"]

/** Any graph over a few names; some waits lead to names that nobody has. */
const graph: fc.Arbitrary<Graph> = fc
  .uniqueArray(
    fc.tuple(fc.constantFrom(...names), fc.array(fc.constantFrom(...names, "elsewhere"), { maxLength: 4 })),
    { selector: ([name]) => name }
  )
  .map((entries) => new Map(entries))

/** Names that wait only for names before them. */
const ordered: fc.Arbitrary<Graph> = fc
  .array(fc.array(fc.nat(), { maxLength: 5 }), { maxLength: 30 })
  .map((rows) => new Map(rows.map((row, i) => [`t${i}`, i === 0 ? [] : row.map((n) => `t${n % i}`)])))

/** Whether a name can be reached from itself: by looking at all that can be reached. */
const isOnCycle = (waits: Graph, name: string): boolean => {
  const reached = new Set<string>()
  const open = [...(waits.get(name) ?? [])]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (reached.has(next)) continue
    reached.add(next)
    open.push(...(waits.get(next) ?? []))
  }
  return reached.has(name)
}

describe("who waits for whom", () => {
  it("STG-10 a dependency is met by Done and by what was archived from Done, and by nothing else", () => {
    fc.assert(
      fc.property(Words.stage, (stage) => {
        const isMet = pipeline(stage) === "done" || (stage._tag === "Archived" && stage.from === "Done")
        const isHeld = stage._tag === "Frozen" || stage._tag === "Blocked"
        expect(satisfies(stage)).toBe(isMet && !isHeld)
      }),
      Words.besides(...stages.map((stage): [Stage] => [stage]))
    )
  })

  it("STG-10 a cycle is found exactly when some task waits for itself in the end", () => {
    fc.assert(
      fc.property(graph, (waits) => {
        expect(findCycle(waits) !== null).toBe([...waits.keys()].some((name) => isOnCycle(waits, name)))
      }),
      { numRuns: 500 }
    )
  })

  it("STG-10 the cycle that is named is one: each waits for the next, the last for the first, and none is named twice", () => {
    fc.assert(
      fc.property(graph, (waits) => {
        const cycle = findCycle(waits)
        if (cycle === null) return
        expect(cycle.length).toBeGreaterThan(0)
        expect(new Set(cycle).size).toBe(cycle.length)
        for (const [i, name] of cycle.entries()) {
          expect(waits.get(name)).toContain(cycle[(i + 1) % cycle.length])
        }
      }),
      { numRuns: 500 }
    )
  })

  it("STG-10 the same tasks name the same cycle, and asking changes nothing", () => {
    fc.assert(
      fc.property(graph, (waits) => {
        const before = structuredClone(waits)
        expect(findCycle(structuredClone(waits))).toEqual(findCycle(waits))
        expect(waits).toEqual(before)
      })
    )
  })

  it("STG-10 tasks that wait for earlier ones only have no cycle, until one of the earliest waits for a later one", () => {
    fc.assert(
      fc.property(ordered, (waits) => {
        expect(findCycle(waits)).toBeNull()
        const chain = new Map([...waits.keys()].map((name, i, all) => [name, [all[(i + 1) % all.length] ?? name]]))
        if (chain.size > 0) expect(findCycle(chain)).toHaveLength(chain.size)
      })
    )
  })

  it("STG-10 a task that waits for itself is a cycle of one, and a chain of 20,000 is looked through whole", () => {
    expect(findCycle(new Map([["a", ["a"]]]))).toEqual(["a"])
    const chain = Array.from({ length: 20_000 }, (_, i): [string, ReadonlyArray<string>] => [`t${i}`, [`t${i + 1}`]])
    expect(findCycle(new Map(chain))).toBeNull()
    expect(findCycle(new Map([...chain, ["t20000", ["t0"]]]))).toHaveLength(20_001)
  })

  it("STG-10 what many wait for is looked through once: the work grows with the waits, not with the ways through them", () => {
    let looks = 0
    class Watched extends Map<string, ReadonlyArray<string>> {
      override get(name: string): ReadonlyArray<string> | undefined {
        looks++
        return super.get(name)
      }
    }
    const layers = Array.from({ length: 16 }, (_, i) => {
      const below = [`l${i + 1}`, `r${i + 1}`]
      return [[`l${i}`, below] as const, [`r${i}`, below] as const]
    })
    // 32 names with 64 waits, and 65,536 ways from the top to the bottom.
    expect(findCycle(new Watched(layers.flat()))).toBeNull()
    expect(looks).toBeLessThanOrEqual(2 * (32 + 64))
  })
})
