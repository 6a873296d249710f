import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { asks, bodyOf, loss, offered, orders } from "../../../shell/board/model/Orders.ts"
import { EventBody, fieldOf } from "../../../shell/http/api/TaskOrders.ts"
import * as Verbs from "../../../shell/operator/Verbs.ts"

const verb = fc.constantFrom(...Verbs.names)

describe("what a person may have done", () => {
  it("BRD-13 every event of a person is offered where it is legal, and takes what its command takes", () => {
    expect(offered(Verbs.names).toSorted()).toEqual(Verbs.names.toSorted())
    for (const name of Verbs.names) {
      const taken: Verbs.Verb = Verbs.verbs[name]
      const key = taken.option === undefined ? undefined : fieldOf[taken.option]
      expect([name, orders[name].field?.key]).toEqual([name, key])
    }
    fc.assert(
      fc.property(fc.subarray([...Verbs.names]), (legal) => {
        expect(offered(legal).toSorted()).toEqual(legal.toSorted())
      })
    )
  })

  it("BRD-13 what ends a task, stops what is at work or can not be undone is asked first", () => {
    for (const name of ["cancel", "reject", "supersede", "archive", "demote"] as const) {
      expect([name, loss(name, false)]).not.toEqual([name, null])
    }
    fc.assert(
      fc.property(verb, (name) => {
        expect(asks(name, true)).toBe(true)
        if (loss(name, false) !== null) expect(asks(name, false)).toBe(true)
      })
    )
  })

  it("BRD-13 whatever is typed is refused with a word, or is a body that the supervisor takes", () => {
    const typed = fc.oneof(
      fc.string(),
      fc.constantFrom("3", "#12", "0", "-1", "1.5", "$2.50", "abcdef0", "ABCDEF0123", "1e9", " 7 ")
    )
    const decode = Schema.decodeUnknownEither(EventBody, { onExcessProperty: "error" })
    fc.assert(
      fc.property(verb, typed, (name, text) => {
        const made = bodyOf(name, text.replaceAll("\0", ""))
        if ("wrong" in made) expect(made.wrong.length).toBeGreaterThan(0)
        else {
          expect(Either.isRight(decode(made.body))).toBe(true)
          if (orders[name].field?.isNeeded === true) expect(Object.keys(made.body)).toEqual([orders[name].field?.key])
        }
      })
    )
  })
})
