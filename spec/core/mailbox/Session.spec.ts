import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { hookNames } from "../../../core/hook/HookName.ts"
import { isAddress, isBindable, isRole } from "../../../core/mailbox/Role.ts"
import { type Claim, claim, hear, holds, type Known, type Session } from "../../../core/mailbox/Session.ts"
import { delivery, session } from "./Mail.ts"

const asked = (options: Partial<Claim> = {}): Claim => ({
  session: "s1",
  role: "reviewer",
  at: 900,
  cwd: "/work",
  process: null,
  ancestors: [],
  isStart: false,
  ...options
})
const known = (options: Partial<Known> = {}): Known => ({
  own: null,
  holder: null,
  isHolderGone: false,
  others: [],
  next: 6,
  ...options
})
const other = session({ session: "s0", bound: 4 })
const process = { host: "h", pid: 7, startTime: "1", bootId: "b" }

describe("a role", () => {
  it("MBX-5 the session that begins last holds it, and one that is met at work takes it from nobody who may live", () => {
    const fresh = session({ bound: 6, at: 900 })
    expect(claim(asked({ isStart: true }), known({ holder: other }))).toEqual(fresh)
    expect(claim(asked(), known())).toEqual(fresh)
    expect(claim(asked(), known({ holder: other }))).toBeNull()
    expect(claim(asked(), known({ holder: { ...other, endedAt: 800 } }))).toEqual(fresh)
    expect(claim(asked(), known({ holder: other, isHolderGone: true }))).toEqual(fresh)
  })

  it("MBX-5 who had it, and lost it to a later one, does not get it back by being at work", () => {
    const own = session({ bound: 3 })
    expect(claim(asked(), known({ own, holder: other }))).toBeNull()
    expect(holds(own, other)).toBe(false)
    expect(claim(asked({ isStart: true }), known({ own, holder: other }))?.bound).toBe(6)
  })

  it("MBX-5 who is at work is not over; where it works and what it lives in is kept as it was last known", () => {
    const own = session()
    expect(claim(asked(), known({ own, holder: own }))).toBeNull()
    expect(claim(asked({ cwd: null }), known({ own, holder: own }))).toBeNull()
    expect(claim(asked(), known({ own: { ...own, endedAt: 500 }, holder: own }))).toEqual(own)
    expect(claim(asked({ process, cwd: "/other" }), known({ own, holder: own }))).toEqual({
      ...own,
      process,
      cwd: "/other"
    })
    // The same session, with another role: it was resumed, and its beginning was not heard of.
    expect(claim(asked({ role: "coder" }), known({ own }))).toEqual(session({ role: "coder", bound: 6, at: 900 }))
  })

  it("MBX-5 what a session has started has its environment, and does not get its role", () => {
    const parent = { ...other, process }
    const inner = asked({
      isStart: true,
      process: { ...process, pid: 9 },
      ancestors: [{ ...process, pid: 8 }, process]
    })
    const later = session({ session: "s2", bound: 5, process: { ...process, pid: 20 } })
    expect(claim(inner, known({ holder: parent, others: [parent] }))).toBeNull()
    // Nor where that one was followed by another since.
    expect(claim(inner, known({ holder: later, others: [parent, later] }))).toBeNull()
    expect(claim(inner, known({ holder: { ...parent, endedAt: 1 } }))).not.toBeNull()
    expect(claim(inner, known({ holder: other, others: [other] }))).not.toBeNull()
    expect(claim({ ...inner, session: "s0" }, known({ own: parent, holder: parent }))).not.toBeNull()
    const others = [parent]
    expect(claim({ ...inner, ancestors: [{ ...process, startTime: "2" }] }, known({ others }))).not.toBeNull()
  })

  it("MBX-5 of all that claimed a role at most one holds it", () => {
    const step = fc.record({
      name: fc.constantFrom("s1", "s2", "s3"),
      isStart: fc.boolean(),
      ends: fc.boolean()
    })
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const sessions = new Map<string, Session>()
        let next = 1
        for (const { ends, isStart, name } of steps) {
          const holder = [...sessions.values()].toSorted((a, b) => b.bound - a.bound)[0] ?? null
          const own = sessions.get(name) ?? null
          const made = claim(asked({ session: name, isStart }), known({ own, holder, next: next++ }))
          if (made !== null) sessions.set(name, made)
          const now = sessions.get(name)
          if (ends && now !== undefined) sessions.set(name, { ...now, endedAt: 1 })
          const top = [...sessions.values()].toSorted((a, b) => b.bound - a.bound)[0] ?? null
          expect([...sessions.values()].filter((each) => holds(each, top)).length).toBeLessThanOrEqual(1)
          if (isStart && !ends) expect(holds(sessions.get(name) ?? null, top)).toBe(true)
        }
      })
    )
    expect([holds(null, other), holds(other, null), holds({ ...other, role: "x" }, other)]).toEqual([
      false,
      false,
      false
    ])
  })

  it("MBX-5 nobody can hold the person's role or drover's, or one that is no name", () => {
    const words = ["operator", "Operator", "drover", "SUPERVISOR", "", "a b", "-x", "x".repeat(65), "a\n", "é"]
    for (const role of words) {
      expect(isBindable(role)).toBe(false)
      expect(claim(asked({ role, isStart: true }), known())).toBeNull()
    }
    expect(["a", "re.view-er_2", "x".repeat(64)].map(isBindable)).toEqual([true, true, true])
    expect([isAddress("operator"), isAddress("Operator"), isAddress("drover"), isRole("drover")]).toEqual([
      true,
      false,
      false,
      true
    ])
  })
})

describe("what is heard of a session", () => {
  const listened = { session: session(), delivery: delivery() }

  it("MBX-1 work after a delivery, before a person spoke, shows that it was seen", () => {
    const seen = hear(listened, { hook: "PreToolUse", at: 2001 })
    expect(seen.delivery?.confirmedAt).toBe(2001)
    expect(hear(seen, { hook: "PostToolUse", at: 2500 })).toEqual(seen)
    expect(hear(listened, { hook: "PreToolUse", at: 2000 })).toEqual(listened)
    for (const hook of ["Stop", "Notification", "SessionStart"] as const) {
      expect(hear(listened, { hook, at: 3000 })).toEqual(listened)
    }
    const spoken = hear(listened, { hook: "UserPromptSubmit", at: 2100 })
    expect(spoken.session.spokenAt).toBe(2100)
    expect(hear(spoken, { hook: "PreToolUse", at: 2200 })).toEqual(spoken)
    const before = hear(listened, { hook: "UserPromptSubmit", at: 1900 })
    expect(hear(before, { hook: "PreToolUse", at: 2200 }).delivery?.confirmedAt).toBe(2200)
  })

  it("MBX-6 the end of a session is believed unless it began again since", () => {
    expect(hear(listened, { hook: "SessionEnd", at: 150 }).session.endedAt).toBe(150)
    expect(hear(listened, { hook: "SessionEnd", at: 99 })).toEqual(listened)
  })

  it("EXE-13 whatever is heard, and however often, changes nothing but these three moments", () => {
    const heard = fc.record({ hook: fc.constantFrom(...hookNames), at: fc.integer({ min: 0, max: 4000 }) })
    fc.assert(
      fc.property(fc.array(heard), fc.boolean(), (all, isIdle) => {
        const start = isIdle ? { ...listened, delivery: null } : listened
        const end = all.reduce(hear, start)
        const { endedAt: _ended, spokenAt: _spoken, ...kept } = end.session
        const { endedAt: _noEnd, spokenAt: _nobody, ...as } = listened.session
        expect(kept).toEqual(as)
        expect(end.delivery === null ? null : { ...end.delivery, confirmedAt: null }).toEqual(start.delivery)
      })
    )
  })
})
