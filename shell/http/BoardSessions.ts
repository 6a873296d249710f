/**
 * Who has signed in to the board. A code, which is used once and soon, is exchanged for a session of two halves: a cookie
 * that no script can read, and a key that only pages of this port can. Cookies of a name of this machine go to every port
 * of it, whoever listens there; so neither half opens anything alone.
 *
 * Sessions are nowhere stored: both halves are made from the token of the state directory, so that they outlive a
 * supervisor, and end with the token.
 */
import { createHash, createHmac, randomBytes } from "node:crypto"
import * as Token from "./Token.ts"

/** Milliseconds in which a code must be used; and how many may be unused at once. */
const codeMs = 120_000
const mostCodes = 16
/** Milliseconds after which a browser signs in again. */
export const sessionMs = 7 * 24 * 60 * 60_000
/** Sessions that were ended by hand, remembered until they would be over. */
const mostEnded = 1000

/** Of randomness. */
const bytes = 32

/** Epoch milliseconds. */
interface Code {
  readonly digest: string
  readonly expiresAt: number
}

export interface Session {
  readonly cookie: string
  readonly key: string
}

export interface BoardSessions {
  readonly issue: (now: number) => { readonly code: string; readonly expiresAt: number }
  /** Null: it is none, was used, or is too old. It can not be used again, whatever comes of it. */
  readonly redeem: (code: string, token: string, now: number) => Session | null
  readonly isOpen: (session: Session, token: string, now: number) => boolean
  /**
   * What goes on as long as an open session: `hangUp` is called once, when it ends, whoever ends it. Whoever is done before
   * that calls what it is given.
   */
  readonly hold: (session: Session, token: string, now: number, hangUp: () => void) => () => void
  /** From now on it is not open any more, and what was held open for it is hung up. */
  readonly end: (session: Session, token: string, now: number) => void
}

const fresh = (): string => randomBytes(bytes).toString("base64url")
const digestOf = (code: string): string => createHash("sha256").update(code).digest("base64url")

const made = (token: string, half: "cookie" | "key", subject: string): string =>
  createHmac("sha256", token).update(`drover board ${half} ${subject}`).digest("base64url")

const form = /^([1-9][0-9]{0,15})\.([\w-]{43})\.([\w-]{43})$/

/** What both halves are about, where they belong together and were made from that token. */
const subjectOf = (
  { cookie, key }: Session,
  token: string
): { readonly text: string; readonly until: number } | null => {
  const [, until = "", nonce = "", mark = ""] = form.exec(cookie) ?? []
  const text = `${until}.${nonce}`
  // Both are compared whatever comes of the first.
  const isCookie = Token.isSame(mark, made(token, "cookie", text))
  const isKey = Token.isSame(key, made(token, "key", text))
  return isCookie && isKey ? { text, until: Number(until) } : null
}

export const make = (): BoardSessions => {
  let codes: ReadonlyArray<Code> = []
  const ended = new Map<string, number>()
  const held = new Map<string, Set<() => void>>()
  /** Each lets itself go. */
  const hangUp = (text: string): void => {
    for (const each of held.get(text) ?? []) each()
  }

  return {
    issue: (now) => {
      const code = fresh()
      const expiresAt = now + codeMs
      const fewer = codes.filter((each) => now < each.expiresAt).slice(1 - mostCodes)
      codes = [...fewer, { digest: digestOf(code), expiresAt }]
      return { code, expiresAt }
    },
    redeem: (code, token, now) => {
      const digest = digestOf(code)
      // Each is compared, so that the time tells nothing.
      const found = codes.filter((each) => Token.isSame(each.digest, digest))
      codes = codes.filter((each) => !found.includes(each))
      const [first] = found
      // Where the clock went back it is as good as too old.
      if (first === undefined || now >= first.expiresAt || now < first.expiresAt - codeMs) return null
      const text = `${now + sessionMs}.${fresh()}`
      return { cookie: `${text}.${made(token, "cookie", text)}`, key: made(token, "key", text) }
    },
    isOpen: (session, token, now) => {
      const subject = subjectOf(session, token)
      if (subject === null) return false
      if (now < subject.until) return !ended.has(subject.text)
      // A machine that slept has timers that are late.
      hangUp(subject.text)
      return false
    },
    hold: (session, token, now, over) => {
      const subject = subjectOf(session, token)
      if (subject === null) return () => {}
      const { text, until } = subject
      const all = held.get(text) ?? new Set()
      const letGo = (): void => {
        clearTimeout(timer)
        all.delete(once)
        if (all.size === 0 && held.get(text) === all) held.delete(text)
      }
      const once = (): void => {
        letGo()
        over()
      }
      const timer = setTimeout(once, Math.min(until - now, sessionMs))
      timer.unref()
      held.set(text, all.add(once))
      return letGo
    },
    end: (session, token, now) => {
      const subject = subjectOf(session, token)
      if (subject === null) return
      ended.set(subject.text, subject.until)
      hangUp(subject.text)
      for (const [text, until] of ended) if (until <= now) ended.delete(text)
      const [oldest] = ended.keys()
      if (ended.size > mostEnded && oldest !== undefined) ended.delete(oldest)
    }
  }
}
