import fc from "fast-check"
import { expect, it } from "vitest"
import { inTime, type Listed, settled } from "../../../shell/hooks/SpoolOrder.ts"

const file = (made: number, whole: number, pid: number): Listed & { readonly made: number } => ({
  pid,
  n: 0,
  hook: "Stop",
  name: `${pid}.0.Stop`,
  changed: BigInt(whole),
  made
})

/** Files by when they were made and when they became whole, two moments between the looks, and what looks miss. */
const history = fc.record({
  files: fc
    .array(fc.tuple(fc.nat(12), fc.nat(4), fc.boolean(), fc.boolean()), { minLength: 1, maxLength: 20 })
    // A process that starts later has a larger pid.
    .map((all) =>
      all
        .toSorted(([a], [b]) => a - b)
        .map(([made, length, ...shown], index) => ({ ...file(made, made + length, index + 1), shown }))
    ),
  first: fc.tuple(fc.nat(12), fc.nat(6)),
  second: fc.tuple(fc.nat(3), fc.nat(6))
})

it("ING-1 however a reader's look at the spool and its writers interleave, no event is taken before an earlier one", () => {
  fc.assert(
    fc.property(history, ({ files, first: [begin, length], second: [pause, more] }) => {
      const end = begin + length
      const from = end + pause
      // A look shows what was made before it, and of what is made during it any part (readdir(3)).
      const shows = (at: number, until: number, which: 0 | 1) =>
        files.filter(({ made, shown }) => made < at || (made < until && shown[which]))
      const whole = (at: number) => (each: Listed) => each.changed <= BigInt(at)
      const taken = settled(
        shows(begin, end, 0).filter(whole(end)),
        shows(from, from + more, 1).filter(whole(from + more))
      )
      expect(taken).toEqual(taken.toSorted(inTime))
      expect(new Set(taken).size).toBe(taken.length)
      const names = new Set(taken.map(({ name }) => name))
      const last = taken.at(-1)
      for (const each of files) if (last !== undefined && inTime(each, last) < 0) expect(names).toContain(each.name)
      // And all that the first look showed is taken.
      for (const each of shows(begin, end, 0).filter(whole(end))) expect(names).toContain(each.name)
    })
  )
})

it("ING-1 what is made in the tick in which the second look begins waits for the next, which shows all of it", () => {
  const [one, two, three] = [file(7, 11, 1), file(11, 11, 2), file(11, 11, 3)]
  expect(settled([one], [one, three])).toEqual([one])
  expect(settled([two], [one, two])).toEqual([one, two])
  expect(settled([], [two])).toEqual([])
})

it("ING-1 events of one tick of the system's clock are in the order of their pids, which are numbers", () => {
  const files = [file(0, 5, 100), file(0, 5, 99), file(0, 4, 1000), { ...file(0, 5, 99), n: 1 }]
  expect(files.toSorted(inTime).map(({ n, pid }) => [pid, n])).toEqual([
    [1000, 0],
    [99, 0],
    [99, 1],
    [100, 0]
  ])
})
