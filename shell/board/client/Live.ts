/**
 * The board as the supervisor has it, kept up: read whole once, then what is another since, whenever an event came and every two
 * seconds, because reasons of waiting change without an event. Where nobody looks it is asked seldom: for the title alone, which
 * says how much needs a person.
 */
import { signal } from "@preact/signals"
import type { Board } from "../../http/api/BoardWire.ts"
import * as Cards from "../model/Cards.ts"
import { ask, type Refusal } from "./Client.ts"
import * as Key from "./Key.ts"
import { follow } from "./Stream.ts"

export type Connection =
  | { readonly kind: "first" | "live" }
  /** Since when, by the clock of `now`. */
  | { readonly kind: "away"; readonly since: number; readonly error: string }
  /** Somebody answers, and the page can not read it. */
  | { readonly kind: "unreadable"; readonly error: string }
  | { readonly kind: "signed-out"; readonly isRefused: boolean }

export type About = Omit<Board, "cards" | "gone" | "is_whole" | "cursor" | "seq" | "now">

export const connection = signal<Connection>({ kind: "first" })
export const cards = signal<Cards.Cards>(new Map())
export const about = signal<About | null>(null)
/** The supervisor's clock, each second, and where nobody looks with each answer; milliseconds. */
export const now = signal(Date.now())
/** Grows with each answer that brought something: what else is shown may be old then. */
export const changes = signal(0)
/** The supervisor is of another version than this page. */
export const isOutdated = signal(false)

const usualWait = 2000
const hiddenWait = 30_000
const together = 300
const hiddenLong = 60_000

/** Grows when somebody signs in or out: what was asked before is of no use then. */
let session = 0
let cursor: string | null = null
let seq = 0
let skew = 0
let timer: ReturnType<typeof setTimeout> | undefined
let isAsking = false
let isWanted = false
let isSoon = false
let following: AbortController | null = null

const isVisible = (): boolean => document.visibilityState === "visible"

const later = (wait: number): void => {
  clearTimeout(timer)
  timer = setTimeout(() => void sync(), isVisible() ? wait : Math.max(wait, hiddenWait))
}

/** Nothing of the fleet stays in the page. */
const forget = (isRefused: boolean): void => {
  session += 1
  isAsking = false
  clearTimeout(timer)
  following?.abort()
  following = null
  cursor = null
  seq = 0
  cards.value = new Map()
  about.value = null
  connection.value = { kind: "signed-out", isRefused }
}

const fail = (why: Refusal): void => {
  if (why.kind === "signed-out") {
    // Another tab of this browser may have signed in anew: its key is good for this one too.
    if (Key.renew()) return void sync()
    return forget(false)
  }
  later(usualWait)
  if (why.kind === "unreadable") {
    connection.value = { kind: "unreadable", error: why.error }
    return
  }
  const before = connection.peek()
  connection.value = {
    kind: "away",
    since: before.kind === "away" ? before.since : Date.now() + skew,
    error: why.error
  }
}

const checkVersion = async (): Promise<void> => {
  const health = await ask("health", {})
  if (health.ok) isOutdated.value = health.value.version !== VERSION
}

/** Batches are many, and only new ones come. */
const isSame = (a: About, b: About | null): boolean =>
  b !== null &&
  a.batches.length === b.batches.length &&
  a.batches.at(-1)?.id === b.batches.at(-1)?.id &&
  JSON.stringify({ ...a, batches: [] }) === JSON.stringify({ ...b, batches: [] })

const take = (answer: Board): void => {
  cursor = answer.cursor
  seq = Math.max(seq, answer.seq)
  skew = Date.parse(answer.now) - Date.now()
  // Where nobody looks no second is counted, and what is read now and then goes by it.
  if (!isVisible()) now.value = Date.now() + skew
  const { accounts, batches, draining, left_out, max_concurrent, running, supervisor } = answer
  const next = Cards.apply(cards.peek(), answer)
  if (next !== cards.peek()) {
    cards.value = next
    changes.value += 1
  }
  const fresh: About = { accounts, batches, draining, left_out, max_concurrent, running, supervisor }
  if (!isSame(fresh, about.peek())) about.value = fresh
  if (connection.peek().kind !== "live") connection.value = { kind: "live" }
}

/** Asks for what is another; what is asked meanwhile is asked once more after it. */
export const sync = async (): Promise<void> => {
  if (isAsking) {
    isWanted = true
    return
  }
  clearTimeout(timer)
  isSoon = false
  isAsking = true
  const asked = session
  const answer = await ask("board", cursor === null ? {} : { query: { since: cursor } })
  if (asked !== session) return
  isAsking = false
  if (!answer.ok) return fail(answer.why)
  take(answer.value)
  listen()
  later(isWanted ? together : usualWait)
  isWanted = false
}

/** Many events at once are one question, and a stream of them does not put it off. */
const soon = (): void => {
  if (isAsking) isWanted = true
  else if (isVisible() && !isSoon) {
    isSoon = true
    later(together)
  }
}

const listen = (): void => {
  if (following !== null || !isVisible()) return
  following = new AbortController()
  // Whoever answers a new connection may be another than before.
  void follow(seq, { event: soon, open: () => void checkVersion(), lost: () => void sync() }, following.signal)
}

const watchVisibility = (): void => {
  let hiding: ReturnType<typeof setTimeout> | undefined
  document.addEventListener("visibilitychange", () => {
    clearTimeout(hiding)
    if (connection.peek().kind === "signed-out") return
    if (isVisible()) void sync()
    else
      hiding = setTimeout(() => {
        following?.abort()
        following = null
      }, hiddenLong)
  })
}

/** A tab that has signed out goes on when another one of this browser signs in. */
const watchKey = (): void => {
  addEventListener("storage", () => {
    if (connection.peek().kind !== "signed-out" || !Key.renew()) return
    connection.value = { kind: "first" }
    void sync()
  })
}

/** Begins, once. */
export const start = (): void => {
  const taken = Key.take()
  setInterval(() => {
    if (isVisible()) now.value = Date.now() + skew
  }, 1000)
  watchVisibility()
  watchKey()
  if (Key.read() === "") connection.value = { kind: "signed-out", isRefused: taken === "refused" }
  else void sync()
}

export const signOut = async (): Promise<void> => {
  const key = Key.read()
  // Whatever comes of it, this page has nothing any more.
  Key.forget()
  forget(false)
  await fetch("/board/sign-out", { method: "POST", headers: { "x-drover-board": key } }).catch(() => null)
}
