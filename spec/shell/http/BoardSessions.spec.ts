/** Codes and sessions of the board, by themselves. */
import fc from "fast-check"
import { expect, it, vi } from "vitest"
import * as BoardSessions from "../../../shell/http/BoardSessions.ts"

const token = "a".repeat(43)
const now = 1_800_000_000_000

const signedIn = (sessions: BoardSessions.BoardSessions) => {
  const session = sessions.redeem(sessions.issue(now).code, token, now)
  if (session === null) throw new Error("the code is good")
  return session
}

it("BRD-1 a code is good once, for two minutes, and no other text is", () => {
  const sessions = BoardSessions.make()
  const { code, expiresAt } = sessions.issue(now)
  expect(expiresAt - now).toBe(120_000)
  for (const wrong of ["", code.slice(1), `${code}x`, code.toUpperCase()]) {
    expect(sessions.redeem(wrong, token, now)).toBeNull()
  }
  expect(sessions.redeem(code, token, expiresAt - 1)).not.toBeNull()
  expect(sessions.redeem(code, token, expiresAt - 1)).toBeNull()
  const late = sessions.issue(now)
  expect(sessions.redeem(late.code, token, late.expiresAt)).toBeNull()
  // One that was too late is used up too, should the clock go back.
  expect(sessions.redeem(late.code, token, now)).toBeNull()
  // Before it was made it can not have been.
  expect(sessions.redeem(sessions.issue(now).code, token, now - 1)).toBeNull()
})

it("BRD-1 no more than sixteen codes wait, the newest of them", () => {
  const sessions = BoardSessions.make()
  const codes = Array.from({ length: 20 }, () => sessions.issue(now).code)
  const good = codes.filter((code) => sessions.redeem(code, token, now) !== null)
  expect(good).toEqual(codes.slice(4))
})

it("BRD-2 a session is open with both of its halves and its token, and nothing in them may be another", () => {
  const sessions = BoardSessions.make()
  const one = signedIn(sessions)
  const two = signedIn(sessions)
  const isOpen = (session: BoardSessions.Session, secret = token, at = now): boolean =>
    sessions.isOpen(session, secret, at)
  expect([isOpen(one), isOpen(two)]).toEqual([true, true])
  // Another supervisor of the same state directory knows it too.
  expect(BoardSessions.make().isOpen(one, token, now)).toBe(true)
  expect(isOpen({ cookie: one.cookie, key: two.key })).toBe(false)
  expect(isOpen(one, "b".repeat(43))).toBe(false)
  expect(isOpen({ cookie: one.key, key: one.cookie })).toBe(false)
  expect(isOpen(one, token, now + BoardSessions.sessionMs - 1)).toBe(true)
  expect(isOpen(one, token, now + BoardSessions.sessionMs)).toBe(false)
  const changed = (text: string, at: number, letter: string): string =>
    text.slice(0, at % text.length) + letter + text.slice((at % text.length) + 1)
  fc.assert(
    fc.property(fc.nat(200), fc.constantFrom("0", "9", "A", "z", ".", ""), fc.boolean(), (at, letter, isCookie) => {
      const other = isCookie
        ? { ...one, cookie: changed(one.cookie, at, letter) }
        : { ...one, key: changed(one.key, at, letter) }
      fc.pre(other.cookie !== one.cookie || other.key !== one.key)
      expect(isOpen(other)).toBe(false)
    })
  )
})

it("BRD-1 a session that a person has ended is not open any more, and others are", () => {
  const sessions = BoardSessions.make()
  const [one, two] = [signedIn(sessions), signedIn(sessions)]
  // Who does not have all of it ends nothing.
  sessions.end({ cookie: one.cookie, key: two.key }, token, now)
  expect(sessions.isOpen(one, token, now)).toBe(true)
  sessions.end(one, token, now)
  expect([one, two].map((each) => sessions.isOpen(each, token, now))).toEqual([false, true])
})

it("BRD-1 what is held open for a session is hung up once, when it ends or is over, and others stay", () => {
  vi.useFakeTimers({ now })
  try {
    const sessions = BoardSessions.make()
    const [one, two, three] = [signedIn(sessions), signedIn(sessions), signedIn(sessions)]
    const hungUp: Array<string> = []
    const hold = (session: BoardSessions.Session, name: string): (() => void) =>
      sessions.hold(session, token, now, () => void hungUp.push(name))
    hold(one, "one")
    hold(one, "one too")
    hold(one, "one, which was done")()
    hold(two, "two")
    hold({ cookie: two.cookie, key: one.key }, "nobody's")
    const done = hold(three, "three")
    sessions.end({ cookie: one.cookie, key: two.key }, token, now)
    expect(hungUp).toEqual([])
    sessions.end(one, token, now)
    sessions.end(one, token, now)
    expect(hungUp).toEqual(["one", "one too"])
    // By the clock of a machine that slept, and by its timers.
    sessions.isOpen(two, token, now + BoardSessions.sessionMs)
    expect(hungUp).toEqual(["one", "one too", "two"])
    vi.advanceTimersByTime(BoardSessions.sessionMs - 1)
    expect(hungUp).toHaveLength(3)
    vi.advanceTimersByTime(1)
    expect(hungUp).toEqual(["one", "one too", "two", "three"])
    done()
    expect(vi.getTimerCount()).toBe(0)
  } finally {
    vi.useRealTimers()
  }
})
