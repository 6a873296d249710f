/**
 * The board as the supervisor has it, kept up: read whole once, then what is another since, whenever an event came and every two
 * seconds, because reasons of waiting change without an event. Nothing is asked while nobody looks.
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
  | { readonly kind: "signed-out"; readonly isRefused: boolean }

export type About = Omit<Board, "cards" | "gone" | "is_whole" | "cursor" | "seq" | "now">

export const connection = signal<Connection>({ kind: "first" })
export const cards = signal<Cards.Cards>(new Map())
export const about = signal<About | null>(null)
/** The supervisor's clock, each second; milliseconds. */
export const now = signal(Date.now())
/** Grows with each answer that brought something: what else is shown may be old then. */
export const changes = signal(0)
/** The supervisor is of another version than this page. */
export const isOutdated = signal(false)

const usualWait = 2000
const together = 300
const hiddenLong = 60_000

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
  timer = setTimeout(() => void sync(), wait)
}

const fail = (why: Refusal): void => {
  if (why.kind === "signed-out") {
    following?.abort()
    following = null
    connection.value = { kind: "signed-out", isRefused: false }
    return
  }
  const before = connection.peek()
  connection.value = {
    kind: "away",
    since: before.kind === "away" ? before.since : Date.now() + skew,
    error: why.error
  }
  if (isVisible()) later(usualWait)
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
  const wasAway = connection.peek().kind !== "live"
  cursor = answer.cursor
  seq = Math.max(seq, answer.seq)
  skew = Date.parse(answer.now) - Date.now()
  const { accounts, batches, draining, left_out, max_concurrent, running, supervisor } = answer
  const next = Cards.apply(cards.peek(), answer)
  if (next !== cards.peek()) {
    cards.value = next
    changes.value += 1
  }
  const fresh: About = { accounts, batches, draining, left_out, max_concurrent, running, supervisor }
  if (!isSame(fresh, about.peek())) about.value = fresh
  if (!wasAway) return
  connection.value = { kind: "live" }
  void checkVersion()
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
  const answer = await ask("board", cursor === null ? {} : { query: { since: cursor } })
  isAsking = false
  if (!answer.ok) return fail(answer.why)
  take(answer.value)
  listen()
  if (isVisible()) later(isWanted ? together : usualWait)
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
  void follow(seq, { event: soon, open: () => {}, lost: () => void sync() }, following.signal)
}

const watchVisibility = (): void => {
  let hiding: ReturnType<typeof setTimeout> | undefined
  document.addEventListener("visibilitychange", () => {
    clearTimeout(hiding)
    if (isVisible()) void sync()
    else
      hiding = setTimeout(() => {
        following?.abort()
        following = null
      }, hiddenLong)
  })
}

/** Begins, once. */
export const start = (): void => {
  const taken = Key.take()
  setInterval(() => {
    if (isVisible()) now.value = Date.now() + skew
  }, 1000)
  if (Key.read() === "") {
    connection.value = { kind: "signed-out", isRefused: taken === "refused" }
    return
  }
  watchVisibility()
  void sync()
}

export const signOut = async (): Promise<void> => {
  await fetch("/board/sign-out", { method: "POST", headers: { "x-drover-board": Key.read() } }).catch(() => null)
  Key.forget()
  following?.abort()
  clearTimeout(timer)
  cards.value = new Map()
  connection.value = { kind: "signed-out", isRefused: false }
}
