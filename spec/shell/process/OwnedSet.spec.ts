/** Properties of ownership over any process table, a torn or impossible one included. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { ProcessIdentity } from "../../../core/execution/Process.ts"
import { ownedBy } from "../../../shell/process/OwnedSet.ts"
import { identityOf, isAlive, make, type ProcessEntry, type ProcessTable } from "../../../shell/process/ProcessTable.ts"

const machine = { host: "h", bootId: "b" }
const pid = fc.integer({ min: 1, max: 16 })

const entry: fc.Arbitrary<ProcessEntry> = fc.record({
  pid,
  ppid: fc.integer({ min: 0, max: 16 }),
  pgid: pid,
  sid: fc.integer({ min: 0, max: 16 }),
  startTime: fc.integer({ min: 8, max: 11 }).map(String),
  state: fc.constantFrom("S", "S", "R", "T", "D", "Z", "X"),
  marker: fc.constantFrom(null, null, null, null, "a", "a.v1", "a.", "ab", "ab.v1", ".a", "b")
})

const table: fc.Arbitrary<ProcessTable> = fc
  .record({ self: pid, processes: fc.uniqueArray(entry, { selector: (one) => one.pid, maxLength: 16 }) })
  .map((seen) => make({ ...machine, ...seen }))

const identity: fc.Arbitrary<ProcessIdentity> = fc.record({
  host: fc.constantFrom("h", "h", "h", "other"),
  bootId: fc.constantFrom("b", "b", "b", "other"),
  pid,
  startTime: fc.integer({ min: 8, max: 11 }).map(String)
})

/** A root that, more often than not, is in the table. */
const situation = table.chain((seen) =>
  fc.record({
    seen: fc.constant(seen),
    root: fc.option(
      seen.processes.length === 0
        ? identity
        : fc.oneof(identity, fc.constantFrom(...seen.processes.map((one) => identityOf(seen, one)))),
      { nil: undefined }
    ),
    known: fc.array(identity, { maxLength: 2 })
  })
)

const marked = (one: ProcessEntry): boolean => one.marker === "a"
const is = (one: ProcessEntry, who: ProcessIdentity | undefined): boolean =>
  who !== undefined &&
  who.host === machine.host &&
  who.bootId === machine.bootId &&
  who.pid === one.pid &&
  who.startTime === one.startTime

const ancestorsOfSelf = (seen: ProcessTable): ReadonlySet<number> => {
  const found = new Set<number>()
  for (let next: number | undefined = seen.self; next !== undefined && !found.has(next);) {
    found.add(next)
    next = seen.processes.find((one) => one.pid === next)?.ppid
  }
  return found
}

describe("the owned set", () => {
  it("PRC-3 it never holds the supervisor, its ancestors, pid 1, the dead, or one process twice", () => {
    fc.assert(
      fc.property(situation, ({ seen, root, known }) => {
        const owned = ownedBy(seen, { marker: "a", root, known })
        const spared = ancestorsOfSelf(seen)
        expect(owned.filter((one) => spared.has(one.pid) || one.pid <= 1 || !isAlive(one))).toEqual([])
        expect(new Set(owned).size).toBe(owned.length)
      })
    )
  })

  it("PRC-3 each of it has a reason: its marker, its identity, the group or session its root leads, or such a parent", () => {
    fc.assert(
      fc.property(situation, ({ seen, root, known }) => {
        const leader = seen.processes.find((one) => is(one, root))
        const byItself = (one: ProcessEntry): boolean =>
          marked(one) ||
          is(one, root) ||
          known.some((who) => is(one, who)) ||
          (leader !== undefined && leader.pgid === leader.pid && one.pgid === leader.pid) ||
          (leader !== undefined && leader.sid === leader.pid && one.sid === leader.pid)
        const byDescent = (one: ProcessEntry, seenPids: ReadonlyArray<number>): boolean => {
          if (byItself(one)) return true
          const parent = seen.processes.find((other) => other.pid === one.ppid)
          if (parent === undefined || seenPids.includes(parent.pid)) return false
          return Number(parent.startTime) <= Number(one.startTime) && byDescent(parent, [...seenPids, parent.pid])
        }
        const owned = ownedBy(seen, { marker: "a", root, known })
        expect(owned.filter((one) => !byDescent(one, [one.pid]))).toEqual([])
      })
    )
  })

  it("PRC-2 it holds every living holder of the marker, member of the root's group or session, and child of its own", () => {
    fc.assert(
      fc.property(situation, ({ seen, root, known }) => {
        const owned = ownedBy(seen, { marker: "a", root, known })
        const spared = ancestorsOfSelf(seen)
        const leader = seen.processes.find((one) => is(one, root))
        const due = seen.processes.filter(
          (one) =>
            isAlive(one) &&
            one.pid > 1 &&
            !spared.has(one.pid) &&
            (marked(one) ||
              is(one, root) ||
              known.some((who) => is(one, who)) ||
              (leader?.pgid === leader?.pid && one.pgid === leader?.pid) ||
              (leader?.sid === leader?.pid && one.sid === leader?.pid) ||
              owned.some((parent) => parent.pid === one.ppid && Number(parent.startTime) <= Number(one.startTime)))
        )
        expect(due.filter((one) => !owned.includes(one))).toEqual([])
      })
    )
  })

  it("PRC-3 a root whose pid was used again, or of another boot or machine, brings in nobody", () => {
    fc.assert(
      fc.property(situation, identity, ({ seen }, root) => {
        fc.pre(!seen.processes.some((one) => is(one, root)))
        expect(ownedBy(seen, { marker: "a", root, known: [root] })).toEqual(ownedBy(seen, { marker: "a" }))
      })
    )
  })

  it("PRC-3 a table in any order gives the same set", () => {
    fc.assert(
      fc.property(situation, ({ seen, root, known }) => {
        const pids = (from: ProcessTable) =>
          ownedBy(from, { marker: "a", root, known })
            .map((one) => one.pid)
            .toSorted((a, b) => a - b)
        expect(pids(make({ ...seen, processes: seen.processes.toReversed() }))).toEqual(pids(seen))
      })
    )
  })

  it("PRC-3 an empty marker is nobody's, so that an attempt without one owns no stranger", () => {
    fc.assert(
      fc.property(table, (seen) => {
        expect(ownedBy(seen, { marker: "" })).toEqual([])
      })
    )
  })
})
