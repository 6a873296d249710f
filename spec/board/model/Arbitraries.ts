/** Cards of any kind, many of them alike, and boards of them. */
import * as Arbitrary from "effect/Arbitrary"
import fc from "fast-check"
import * as BoardWire from "../../../shell/http/api/BoardWire.ts"

const word = fc.constantFrom("claude", "codex", "a b", 'q"uote', "é:x", "/src/app", "/src/app/", "main")
const moment = fc.constantFrom("2026-11-27T10:00:00.000Z", "2026-11-27T11:00:00.000Z", "2026-11-28T10:00:00.000Z")

/** By the schema, with the values that a board has many of. */
export const card: fc.Arbitrary<BoardWire.Card> = fc
  .tuple(
    Arbitrary.make(BoardWire.Card),
    fc.record({
      id: fc.integer({ min: 1, max: 60 }),
      name: word,
      agent: word,
      account: word,
      cwd: word,
      priority: fc.integer({ min: -1, max: 1 }),
      batch: fc.option(fc.integer({ min: 1, max: 3 })),
      ended_at: fc.option(moment),
      since: fc.option(moment),
      until: fc.option(moment)
    })
  )
  .map(([any, usual]) => ({ ...any, ...usual }))

export const cards = fc.uniqueArray(card, { selector: ({ id }) => id, maxLength: 40 })
