/**
 * Takes the promises of agents from what their hooks told, in the order in which it was kept: what a turn ended with is
 * looked through for promises, what tools did since shows which were kept. Each event counts once, also after a crash: up
 * to where they were read is written with what they came to.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Commitment from "../../core/commitment/index.ts"
import { Configuration } from "../config/Configuration.ts"
import { loopTurn } from "../store/LoopTurn.ts"
import { type KeptHookEvent, Store } from "../store/Store.ts"
import * as EvidenceRules from "./EvidenceRules.ts"
import { offsetMinutes } from "./LocalOffset.ts"

/** Hook events that are read at once. */
const readAtOnce = 200

/** Characters of messages that are looked through in one turn of the loop: some milliseconds, tens where all of it promises. */
const turnCharacters = 16 * 1024

/** What an event comes to, worked out before anything is written: a write that fails is tried again with the same. */
type Step =
  | { readonly _tag: "Witness"; readonly signal: Commitment.Signal; readonly rules: Commitment.Rules }
  | { readonly _tag: "TakeDown"; readonly promised: Commitment.Claims["promised"] }

interface Reading {
  readonly from: number
  readonly to: number
  readonly sessions: ReadonlyArray<string>
  readonly steps: ReadonlyArray<Step>
  readonly unverified: ReadonlyArray<Commitment.Unverified>
}

export const make = Effect.gen(function* () {
  const store = yield* Store
  const { claims: settings } = yield* Configuration
  const rulesOf = yield* EvidenceRules.make
  const turns = Commitment.Turns.make()
  let cursor: number | null = null
  let pending: Reading | null = null

  /** What was told before anybody listened is not listened to. */
  const start = Effect.gen(function* () {
    const at = yield* Clock.currentTimeMillis
    return yield* store.amendCommitments({ at }, (found) => ({
      commitments: found.commitments,
      unverified: [],
      cursor: found.cursor === null ? found.lastHookEvent : null,
      answer: found.cursor ?? found.lastHookEvent
    }))
  })

  const read = Effect.fnUntraced(function* (from: number, events: ReadonlyArray<KeptHookEvent>) {
    const now = yield* Clock.currentTimeMillis
    const steps: Array<Step> = []
    const unverified: Array<Commitment.Unverified> = []
    const sessions = new Set<string>()
    let to = from
    let characters = 0
    for (const { at, event, id } of events) {
      to = id
      // What was promised so long ago is over.
      const heard = at < now - settings.policy.expiryMs ? null : Commitment.heard(event, at)
      if (heard === null) continue
      const { session } = heard
      sessions.add(session)
      if (heard._tag === "Did") {
        steps.push({ _tag: "Witness", signal: heard.signal, rules: yield* rulesOf(event.cwd) })
      }
      if (heard._tag === "TurnEnded" && heard.message !== null) {
        characters += heard.message.length
        if (characters > turnCharacters) {
          yield* loopTurn
          characters = 0
        }
        const said = { message: heard.message, topic: session, session, at, offsetMinutes: offsetMinutes(at) }
        const { completed, promised } = Commitment.claimsOf(said, settings.lexicon)
        if (promised.length > 0) steps.push({ _tag: "TakeDown", promised })
        const done = completed.length === 0 ? null : turns.of(session)
        if (done !== null) {
          const rules = yield* rulesOf(event.cwd)
          unverified.push(...completed.flatMap((claim) => Commitment.verify(claim, done, rules) ?? []))
        }
      }
      turns.hear(heard)
    }
    return { from, to, sessions: [...sessions], steps, unverified } satisfies Reading
  })

  /** False where another supervisor was here first: it listens from where that one is. */
  const write = Effect.fnUntraced(function* ({ from, sessions, steps, to, unverified }: Reading) {
    const at = yield* Clock.currentTimeMillis
    return yield* store.amendCommitments({ at, sessions, topics: sessions }, (found) => {
      if (found.cursor !== from) return { ...found, unverified: [], cursor: null, answer: found.cursor }
      let book: Commitment.Book.Book = found
      for (const step of steps) {
        book =
          step._tag === "Witness"
            ? Commitment.Book.witness(book, step.signal, step.rules)
            : Commitment.Book.takeDown(book, step.promised, settings.policy).book
      }
      return { commitments: book.commitments, unverified, cursor: to, answer: to }
    })
  })

  /** Takes in what was told since the last time; whether there may be more. */
  return Effect.gen(function* () {
    cursor ??= yield* start
    if (pending === null) {
      const events = yield* store.hookEvents({ since: cursor, limit: readAtOnce })
      if (events.length === 0) return false
      pending = yield* read(cursor, events)
    }
    cursor = yield* write(pending)
    pending = null
    return true
  })
})
