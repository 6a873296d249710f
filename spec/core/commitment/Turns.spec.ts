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

  it("CLM-8 with its session a turn is forgotten, and what is heard of that session later is not known", () => {
    const end: Heard = { _tag: "SessionEnded", session: "session", at: 1 }
    expect(after(began(), did("a"), end).of("session")).toBe(null)
    expect(after(began(), end, did("a")).of("session")).toBe(null)
    expect(after(end, began(), did("a")).of("session")).toEqual([used("a")])
  })

  it("CLM-7 it is what shows something: a call that failed, or of which nobody knows, takes no place", () => {
    const calls = [
      used("git push", { outcome: "Failed" }),
      used("git push", { outcome: "Unknown" }),
      used(null),
      used(null, { edited: ["a.ts", "b.ts"] }),
      used("npm test")
    ]
    const heard = calls.map((signal): Heard => ({ _tag: "Did", session: "session", signal }))
    expect(after(began(), ...heard).of("session")).toEqual([used(null, { edited: ["a.ts"] }), used("npm test")])
  })

  it("CLM-8 of longer commands than are kept nothing is known, in one turn or in all of them together", () => {
    const long = "x".repeat(64 * 1024)
    const four = Array.from({ length: 4 }, () => did(long))
    expect(after(began(), ...four).of("session")).toHaveLength(4)
    expect(after(began(), ...four, did("b")).of("session")).toBe(null)
    const others = Array.from({ length: 64 }, (_, index) => `s${index}`)
    const all = others.flatMap((session): ReadonlyArray<Heard> => [
      began(session),
      ...Array.from({ length: 4 }, (): Heard => ({ _tag: "Did", session, signal: used(long) }))
    ])
    const full = after(...all)
    expect(others.map((session) => full.of(session)?.length)).toEqual(others.map(() => 4))
    full.hear(began("one more"))
    full.hear({ _tag: "Did", session: "one more", signal: used("b") })
    expect([full.of("s0"), full.of("s1")?.length, full.of("one more")?.length]).toEqual([null, 4, 1])
    // What was forgotten takes no place any more.
    full.hear({ _tag: "SessionEnded", session: "s1", at: 1 })
    full.hear(began("s1"))
    full.hear({ _tag: "Did", session: "s1", signal: used(long) })
    expect(full.of("s2")).toHaveLength(4)
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
