import { describe, expect, it } from "vitest"
import type { Heard } from "../../../core/commitment/Heard.ts"
import * as Turns from "../../../core/commitment/Turns.ts"
import { used } from "./Samples.ts"

const began = (session = "session"): Heard => ({ _tag: "TurnBegan", session, at: 1 })
const ended = (session = "session"): Heard => ({ _tag: "TurnEnded", session, at: 1, message: null })
const did = (command: string): Heard => ({ _tag: "Did", session: "session", signal: used(command) })

const after = (...events: ReadonlyArray<Heard>): Turns.Turns => {
  const turns = Turns.make()
  for (const event of events) turns.hear(event)
  return turns
}

describe("what a session did in its turn", () => {
  it("CLM-8 a turn whose beginning was not heard is not known, and nobody is held to it", () => {
    expect(after().of("session")).toBe(null)
    expect(after(did("a"), did("b")).of("session")).toBe(null)
  })

  it("CLM-7 it is what was done since the turn began, or since the one before it ended", () => {
    expect(after(began()).of("session")).toEqual([])
    expect(after(began(), did("a"), did("b")).of("session")).toEqual([used("a"), used("b")])
    expect(after(began(), did("a"), ended(), did("b")).of("session")).toEqual([used("b")])
    expect(after(did("a"), ended(), did("b"), began()).of("session")).toEqual([])
    expect(after(began(), did("a"), began("other")).of("other")).toEqual([])
  })

  it("CLM-8 of more calls than are kept nothing is known, and the session that was silent longest is forgotten", () => {
    const many = Array.from({ length: 1000 }, () => did("a"))
    expect(after(began(), ...many).of("session")).toHaveLength(1000)
    expect(after(began(), ...many, did("b")).of("session")).toBe(null)
    const others = Array.from({ length: 1000 }, (_, index) => began(`s${index}`))
    expect(after(began(), ...others).of("session")).toBe(null)
    const known = after(began(), ...others.slice(1), did("a"), began("last"))
    expect([known.of("session"), known.of("s1"), known.of("last")]).toEqual([[used("a")], null, []])
  })
})
