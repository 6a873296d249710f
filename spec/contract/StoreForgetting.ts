/** What any store forgets of the mailbox, and of what told a person: what is over for long enough, and nothing that counts. */
import * as Effect from "effect/Effect"
import { expect } from "vitest"
import { Store } from "../../shell/store/Store.ts"
import { type Live, supervised } from "./Live.ts"
import { bind, mailOf, send, stop, texts } from "./Mail.ts"

/** Binds, sends, takes and answers: one delivery whose turn is over at `at + 2`. */
const exchange = (session: string, at: number) =>
  Effect.gen(function* () {
    yield* send({ text: `at ${at}`, at })
    const { delivery } = mailOf(yield* stop(session, { at: at + 1 }))
    yield* stop(session, { at: at + 2, isContinuation: true })
    return delivery.id
  })

export const forgetting = (live: Live): void => {
  live(
    "STO-8 messages go with the deliveries whose turn was over before a moment; what waits or may be given again stays",
    () =>
      Effect.gen(function* () {
        const store = yield* Store
        const gone = (before: number) => Effect.zip(store.staleMail(before), store.forgetMail(before))
        yield* bind("s1")
        yield* exchange("s1", 1000)
        yield* exchange("s1", 2000)
        yield* send({ text: "unseen", at: 3000 })
        mailOf(yield* stop("s1", { at: 3001 }))
        yield* send({ text: "waits", at: 3002 })
        expect(yield* gone(1002)).toEqual([0, 0])
        expect(yield* gone(1003)).toEqual([1, 1])
        expect(yield* gone(9000)).toEqual([1, 1])
        expect(yield* gone(9000)).toEqual([0, 0])
        // What it did not see is given again, and what waits after that.
        expect(texts(yield* stop("s1", { at: 9001 }))).toEqual(["unseen"])
        expect(texts(yield* stop("s1", { at: 9002, isContinuation: true }))).toEqual(["waits"])
      })
  )

  live(
    "STO-8 what a session that is over has seen goes though its turn did not end; what it has not seen goes to the next",
    () =>
      Effect.gen(function* () {
        const store = yield* Store
        yield* bind("s1")
        yield* send({ text: "seen", at: 1000 })
        const seen = mailOf(yield* stop("s1", { at: 1001 }))
        yield* store.confirmDelivery(seen.delivery.id, 1002)
        yield* bind("s2")
        yield* send({ text: "unseen", at: 1003 })
        mailOf(yield* stop("s2", { at: 1004 }))
        expect(yield* store.forgetMail(9000)).toBe(0)
        yield* store.endSession("s1", 1005)
        yield* store.endSession("s2", 1006)
        expect(yield* store.forgetMail(1005)).toBe(0)
        expect(yield* store.forgetMail(9000)).toBe(1)
        yield* bind("s3")
        expect(texts(yield* stop("s3", { at: 9001 }))).toEqual(["unseen"])
      })
  )

  live("STO-8 no number of a delivery is given twice, and hops and holders are as before, whatever was forgotten", () =>
    Effect.gen(function* () {
      const store = yield* Store
      yield* bind("s1")
      yield* bind("c1", "coder")
      const first = yield* exchange("s1", 1000)
      expect(yield* store.forgetMail(9000)).toBe(1)
      // Its last delivery is known: what it sends now is an answer.
      expect((yield* send({ from: "reviewer", role: "coder", at: 9001 })).hop).toBe(2)
      expect(mailOf(yield* stop("c1", { role: "coder", at: 9002 })).delivery).toMatchObject({ id: first + 1, hop: 2 })
      yield* stop("c1", { role: "coder", at: 9003, isContinuation: true })
      yield* store.endSession("s1", 9004)
      yield* store.endSession("c1", 9004)
      yield* bind("s2")
      expect(yield* store.forgetMail(99_000)).toBe(1)
      expect((yield* store.sessions).map(({ session }) => session)).toEqual(["c1", "s2"])
      expect(yield* exchange("s2", 99_001)).toBe(first + 2)
    })
  )

  live("STO-8 how an item was told is forgotten when it is over and old, and never while it is open", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const epoch = yield* supervised()
      const told = (item: number, at: number) =>
        ({ item, channel: "command", state: "told", tries: 1, failures: 0, at, detail: null }) as const
      yield* store.noteAttention(
        1,
        null,
        ["a", "b", "c"].map((key) => ({ _tag: "Raise", key, text: key }))
      )
      const ids = (yield* store.attention).map(({ id }) => id)
      yield* store.noteDeliveries(
        epoch,
        ids.map((id, index) => told(id, 10 + index))
      )
      yield* store.noteAttention(
        20,
        null,
        ["a", "b"].map((key) => ({ _tag: "Clear", key }))
      )
      expect(yield* store.forgetTellings(10)).toBe(0)
      expect(yield* store.forgetTellings(11)).toBe(1)
      expect(yield* store.forgetTellings(99)).toBe(1)
      expect((yield* store.deliveries).map(({ item }) => item)).toEqual(ids.slice(2))
    })
  )
}
