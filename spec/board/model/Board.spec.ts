import fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as BoardWire from "../../../shell/http/api/BoardWire.ts"
import * as Cards from "../../../shell/board/model/Cards.ts"
import { amend, arrange, needPerson, order } from "../../../shell/board/model/Columns.ts"
import * as Filter from "../../../shell/board/model/Filter.ts"
import * as Selection from "../../../shell/board/model/Selection.ts"
import * as Words from "../../../shell/board/model/Words.ts"
import { card, cards } from "./Arbitraries.ts"

const everything = (): boolean => true
const steps = ["down", "up", "left", "right", "first", "last"] as const

describe("the cards of the page", () => {
  it("BRD-10 answers that tell what is another leave the cards that the whole answer has", () => {
    fc.assert(
      fc.property(cards, cards, fc.boolean(), (before, after, isWhole) => {
        const held = Cards.apply(new Map(), { is_whole: true, cards: before, gone: [] })
        const there = new Set(after.map(({ id }) => id))
        const gone = before.flatMap(({ id }) => (there.has(id) ? [] : [id]))
        const next = Cards.apply(held, { is_whole: isWhole, cards: after, gone: isWhole ? [] : gone })
        expect(new Map([...next].toSorted())).toEqual(new Map(after.map((each) => [each.id, each] as const).toSorted()))
      })
    )
  })

  it("BRD-10 an answer that brings nothing leaves the same cards, so that nothing is drawn again", () => {
    fc.assert(
      fc.property(cards, fc.array(fc.integer({ min: 61, max: 90 })), (before, gone) => {
        const held = Cards.apply(new Map(), { is_whole: true, cards: before, gone: [] })
        expect(Cards.apply(held, { is_whole: false, cards: [], gone })).toBe(held)
      })
    )
  })

  it("BRD-10 every card stands once, in the column that it has, held or not", () => {
    expect(order).toEqual(BoardWire.columns)
    fc.assert(
      fc.property(cards, (all) => {
        const columns = arrange(all, everything)
        for (const column of order) for (const each of columns[column]) expect(each.column).toBe(column)
        expect(order.flatMap((column) => columns[column].map(({ id }) => id)).toSorted()).toEqual(
          all.map(({ id }) => id).toSorted()
        )
      })
    )
  })

  it("BRD-10 columns that follow a change are those of all cards, and what it does not touch is the same", () => {
    const real = cards.map((all) =>
      all.map((each) => ({
        ...each,
        ended_at: ["done", "closed"].includes(each.column) ? "2026-11-27T10:00:00.000Z" : null
      }))
    )
    fc.assert(
      fc.property(real, real, fc.constantFrom("", "is:held", "agent:claude"), (before, after, line) => {
        const passes = Filter.passes(Filter.parse(line))
        const from = new Map(before.map((each) => [each.id, each]))
        const to = new Map([...after, ...before.slice(0, 5)].map((each) => [each.id, each]))
        const old = arrange(from.values(), passes)
        const next = amend(old, Cards.difference(from, to), to.values(), passes)
        expect(next).toEqual(arrange(to.values(), passes))
        expect(amend(old, Cards.difference(from, from), from.values(), passes)).toEqual(old)
        for (const column of order) {
          const isTouched = [...from.values(), ...to.values()].some(
            (each) => each.column === column && from.get(each.id) !== to.get(each.id)
          )
          if (!isTouched) expect(next[column]).toBe(old[column])
        }
      })
    )
  })

  it("BRD-10 the order in a column does not depend on the order in which cards came", () => {
    fc.assert(
      fc.property(cards, (all) => {
        // What ended and what did not can not stand in one column of a real board.
        const real = all.map((each) => ({
          ...each,
          ended_at: ["done", "closed"].includes(each.column) ? (each.ended_at ?? each.created_at) : null
        }))
        expect(arrange(real.toReversed(), everything)).toEqual(arrange(real, everything))
      })
    )
  })

  it("BRD-10 what needs a person is all of it, whatever is looked for", () => {
    fc.assert(
      fc.property(cards, (all) => {
        expect(
          needPerson(all)
            .map(({ id }) => id)
            .toSorted()
        ).toEqual(all.flatMap(({ id, needs_person }) => (needs_person === null ? [] : [id])).toSorted())
      })
    )
  })

  it("BRD-10 a card says why it stands still, a person's part first, and what is done shows no failure", () => {
    fc.assert(
      fc.property(card, (each) => {
        const why = Words.reason(each)
        expect(why === null).toBe(each.needs_person === null && each.waiting === null && each.stuck_on === null)
        if (each.needs_person !== null) expect(why).toEqual({ text: each.needs_person, isForPerson: true })
        const stands = Words.standing({ ...each, badge: "done", execution: "Idle", verifying: null })
        expect(stands.tone).toBe(each.verdict === "passed" ? "good" : "wait")
      })
    )
  })

  it("BRD-10 a card numbers the attempt that is under way, and while its work is judged the same one", () => {
    fc.assert(
      fc.property(card, fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), (each, number, most) => {
        const of = (execution: string, used: number) =>
          Words.attempts({ ...each, execution, attempt: number, attempts_used: used, attempts_most: most })
        const said = `attempt ${number} of ${Math.max(most, number)}`
        expect(of("Running", number - 1)).toBe(said)
        // It has ended, and counts.
        expect(of("Verifying", number)).toBe(said)
        expect(of("Landing", number)).toBe(said)
        expect(of("Backoff", number)).toBe(`attempt ${number + 1} of ${Math.max(most, number + 1)}`)
        expect(of("Idle", number)).toBe(number === 1 ? "1 attempt" : `${number} attempts`)
        expect(Words.attempts({ ...each, attempt: 0 })).toBeNull()
      })
    )
  })
})

describe("what is looked for", () => {
  it("BRD-11 any line means something, and the line that says what it means means the same", () => {
    const piece = fc.oneof(
      fc.constantFrom("agent:", "is:held", '"', ":", " ", "batch:3", 'repo:"a b"', "is:"),
      fc.string()
    )
    fc.assert(
      fc.property(
        fc.array(piece).map((pieces) => pieces.join("")),
        (line) => {
          const filter = Filter.parse(line)
          expect(Filter.parse(Filter.print(filter))).toEqual(filter)
        }
      )
    )
  })

  it("BRD-11 each word and each key narrows, another value of a key widens, and nothing lets all pass", () => {
    const part = fc.constantFrom(
      "agent:claude",
      "agent:codex",
      "is:held",
      "is:needs-you",
      "repo:app",
      "batch:2",
      "claude",
      "#1"
    )
    fc.assert(
      fc.property(cards, fc.array(part, { maxLength: 3 }), part, (all, parts, more) => {
        const found = (line: string) => all.filter(Filter.passes(Filter.parse(line)))
        const before = found(parts.join(" "))
        const after = found([...parts, more].join(" "))
        const key = more.split(":")[0] ?? ""
        const isOther = more.includes(":") && parts.some((each) => each.startsWith(`${key}:`))
        if (isOther) expect(before.every((each) => after.includes(each))).toBe(true)
        else expect(after.every((each) => before.includes(each))).toBe(true)
        expect(found("")).toEqual(all)
      })
    )
  })

  it("BRD-11 every value that is offered finds the cards that have it, and together they are all", () => {
    fc.assert(
      fc.property(cards, (all) => {
        const offered = Filter.choices(Filter.choices(Filter.noChoices, all.slice(0, 3)), all)
        expect(offered).toEqual(Filter.choices(Filter.noChoices, all))
        expect(Filter.choices(offered, all)).toBe(offered)
        for (const key of ["agent", "account", "repo"] as const) {
          const found = offered[key].flatMap((value) => {
            // A quote can not be written into a line: it is looked for without.
            if (value.includes('"'))
              return all.filter((each) => (key === "repo" ? Filter.repository(each.cwd) : each[key]) === value)
            const line = Filter.print(Filter.choose(Filter.parse(""), key, value))
            return all.filter(Filter.passes(Filter.parse(line)))
          })
          expect(new Set(found).size).toBe(all.length)
        }
      })
    )
  })
})

describe("the keyboard on the board", () => {
  it("BRD-12 every card that is to be seen is reached from every other by steps", () => {
    fc.assert(
      fc.property(cards, fc.subarray([...order]), (all, unfolded) => {
        const columns = arrange(all, everything)
        const open = new Set(unfolded)
        const seen = order.flatMap((column) => (open.has(column) ? columns[column].map(({ id }) => id) : []))
        const first = Selection.step(columns, open, null, null, "down")
        expect(first).toBe(seen[0] ?? null)
        if (first === null) return
        for (const column of open) {
          for (const [index, { id }] of columns[column].entries()) {
            const near = (at: number) => columns[column][Math.min(Math.max(at, 0), columns[column].length - 1)]?.id
            expect(Selection.step(columns, open, id, null, "down")).toBe(near(index + 1))
            expect(Selection.step(columns, open, id, null, "up")).toBe(near(index - 1))
          }
        }
        const reached = new Set([first])
        for (const id of reached) {
          for (const step of steps) {
            const next = Selection.step(columns, open, id, null, step)
            if (next !== null) reached.add(next)
          }
        }
        expect([...reached].toSorted()).toEqual(seen.toSorted())
      })
    )
  })

  it("BRD-12 a card that goes leaves the keyboard at its place", () => {
    fc.assert(
      fc.property(cards, fc.nat(), (all, pick) => {
        const columns = arrange(all, everything)
        const gone = all[pick % Math.max(1, all.length)]
        if (gone === undefined) return
        const open = new Set(order)
        const place = Selection.placeOf(columns, open, gone.id)
        const rest = arrange(all, ({ id }) => id !== gone.id)
        const next = Selection.step(rest, open, gone.id, place, "down")
        const beside = rest[gone.column]
        if (beside.length > 0) expect(next).toBe(beside[Math.min(place?.index ?? 0, beside.length - 1)]?.id)
        else expect(next === null).toBe(all.length === 1)
      })
    )
  })
})
