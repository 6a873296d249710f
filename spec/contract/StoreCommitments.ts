/** What is kept of promises, in any store: read, decided and written at once, with its events and whom it concerns. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import fc from "fast-check"
import { expect } from "vitest"
import { type Commitment, Commitment as CommitmentSchema, CommitmentId } from "../../core/commitment/Commitment.ts"
import * as Book from "../../core/commitment/Book.ts"
import type { CommitmentEvent } from "../../core/commitment/CommitmentEvent.ts"
import type { Unverified } from "../../core/commitment/Record.ts"
import type { Amendable, CommitmentsOf } from "../../shell/store/Amendment.ts"
import { Store } from "../../shell/store/Store.ts"
import { commitment, commitmentOf, near, open } from "../core/commitment/Samples.ts"
import type { Live } from "./Live.ts"

/** JSON has one zero. */
const asJson = (value: Commitment): Commitment =>
  Schema.decodeSync(Schema.parseJson(CommitmentSchema))(JSON.stringify(value))

const nothingElse = { unverified: [], cursor: null, answer: null }

/** Stores new ones, under the ids that the store gives. */
const add = (commitments: ReadonlyArray<Commitment>, at = 100) =>
  Effect.flatMap(Store, (store) =>
    store.amendCommitments({ at }, ({ nextId }) => {
      const fresh = commitments.map((each, index) => ({ ...each, id: CommitmentId.make(nextId + index) }))
      return { ...nothingElse, commitments: fresh, answer: fresh }
    })
  )

const happen = (id: CommitmentId, event: CommitmentEvent, at: number) =>
  Effect.flatMap(Store, (store) =>
    store.amendCommitments({ at, ids: [id] }, (found) => ({
      ...nothingElse,
      commitments: Book.happen(found, id, event).commitments
    }))
  )

/** Which of them an amendment is given. */
const given = (which: Omit<CommitmentsOf, "at">) =>
  Effect.flatMap(Store, (store) =>
    store.amendCommitments({ at: 1, ...which }, (found) => ({
      ...nothingElse,
      commitments: found.commitments,
      answer: found.commitments
    }))
  )

const all = 1000
const claim = (at: number): Unverified => ({
  key: "actionclaim:0123456789abcdef",
  topic: "t",
  session: null,
  verb: "push",
  object: null,
  text: `"it" 漢`,
  at
})

export const commitments = (live: Live): void => {
  live("CLM-6 whatever they hold, they are read again as they were; the open ones are those that are open", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const added = yield* add(fc.sample(commitment, 50).map(asJson))
      expect(yield* store.commitments(all)).toEqual(added)
      const open = added.filter(({ state }) => state._tag === "Open")
      expect(yield* store.commitments(0)).toEqual(open)
      const ended = added.flatMap((each) => (each.state._tag === "Open" ? [] : [{ each, at: each.state.at }]))
      const last = ended.toSorted((a, b) => b.at - a.at || b.each.id - a.each.id).slice(0, 3)
      const listed = [...open, ...last.map(({ each }) => each)].toSorted((a, b) => a.id - b.id)
      expect(yield* store.commitments(3)).toEqual(listed)
    })
  )

  live(
    "CLM-5 an amendment is given the open ones of its topics and sessions, those it names, and those that ended since",
    () =>
      Effect.gen(function* () {
        const ended = { _tag: "Expired", at: 7 } as const
        const [a, b, c, d, e] = yield* add([
          commitmentOf({ topic: "t", session: "s" }),
          commitmentOf({ topic: "t", session: null }),
          commitmentOf({ topic: "u", session: "s" }),
          { ...commitmentOf({ topic: "t", session: "s" }), state: ended },
          commitmentOf({ topic: "u", session: "other" })
        ])
        expect(yield* given({})).toEqual([])
        expect(yield* given({ topics: ["t", "none"] })).toEqual([a, b])
        expect(yield* given({ sessions: ["s"] })).toEqual([a, c])
        expect(yield* given({ topics: ["t"], sessions: ["s"] })).toEqual([a, b, c])
        expect(yield* given({ ids: [d?.id ?? 0, e?.id ?? 0, 999] })).toEqual([d, e])
        expect(yield* given({ topics: ["t"], sessions: ["other"], endedSince: 7 })).toEqual([a, b, d, e])
        expect(yield* given({ topics: ["t"], endedSince: 8 })).toEqual([a, b])
        expect(yield* given({ sessions: ["s"], endedSince: 0 })).toEqual([a, c])
      })
  )

  live("CLM-6 each is opened and closed once in the stream, and nothing is written of one that is as it was", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const [first, second] = yield* add([commitmentOf(), commitmentOf({ deadline: 5, object: "it" })], 100)
      if (first === undefined || second === undefined) throw new Error("two were added")
      const before = yield* store.version
      yield* happen(first.id, { _tag: "Nudged", at: 200 }, 200)
      yield* happen(first.id, { _tag: "Deliver", at: 300, note: "by hand" }, 300)
      yield* happen(first.id, { _tag: "Withdraw", at: 400, reason: "no" }, 400)
      expect(yield* store.version).not.toBe(before)
      const told = (yield* store.events(0, 100)).flatMap((event) =>
        event.type === "commitment.opened" || event.type === "commitment.closed"
          ? [
              [
                event.type,
                event.commitment_id,
                event.at,
                event.type === "commitment.closed" ? event.detail : event.deadline
              ]
            ]
          : []
      )
      expect(told).toEqual([
        ["commitment.opened", first.id, new Date(100).toISOString(), null],
        ["commitment.opened", second.id, new Date(100).toISOString(), new Date(5).toISOString()],
        ["commitment.closed", first.id, new Date(300).toISOString(), "by hand"]
      ])
    })
  )

  live("CLM-8 a person is asked about one that was escalated until it ends, and about one that was broken", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const [first, second] = yield* add([commitmentOf(), commitmentOf({ deadline: 5 })])
      if (first === undefined || second === undefined) throw new Error("two were added")
      yield* happen(first.id, { _tag: "Escalated", at: 200 }, 200)
      yield* happen(second.id, { _tag: "Break", at: 200 }, 200)
      const keys = Effect.map(store.attention, (items) => items.map(({ key }) => key))
      expect(yield* keys).toEqual([`commitment:${first.id}`, `commitment:${second.id}`])
      yield* happen(first.id, { _tag: "Withdraw", at: 300, reason: null }, 300)
      expect(yield* keys).toEqual([`commitment:${second.id}`])
      const answer = store.amendCommitments({ at: 400, ids: [second.id] }, ({ commitments }) => ({
        ...nothingElse,
        commitments,
        answered: [second.id]
      }))
      yield* answer
      yield* answer
      expect(yield* keys).toEqual([])
      const cleared = (yield* store.events(0, 100)).filter(({ type }) => type === "attention.cleared")
      expect(cleared).toHaveLength(2)
    })
  )

  live("CLM-8 nobody is asked about one that is forgotten, and everybody about one that is not", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const [old, young, open] = yield* add([
        commitmentOf({ deadline: 5 }),
        commitmentOf({ deadline: 5 }),
        commitmentOf()
      ])
      if (old === undefined || young === undefined || open === undefined) throw new Error("three were added")
      yield* happen(old.id, { _tag: "Break", at: 200 }, 200)
      yield* happen(young.id, { _tag: "Break", at: 201 }, 201)
      yield* happen(open.id, { _tag: "Escalated", at: 100 }, 100)
      yield* store.noteAttention(1, null, [{ _tag: "Raise", key: "commitment:none", text: "not one of these" }])
      yield* store.forgetClaims({ at: 300, before: 201 })
      expect((yield* store.commitments(9)).map(({ id }) => id)).toEqual([young.id, open.id])
      const keys = (yield* store.attention).map(({ key }) => key)
      expect(keys.toSorted()).toEqual([`commitment:${young.id}`, `commitment:${open.id}`, "commitment:none"])
    })
  )

  live("CLM-6 any history leaves each in the store as it is in a book, and no id is given twice", () =>
    Effect.gen(function* () {
      const store = yield* Store
      let book: Book.Book = { commitments: yield* add(fc.sample(open, 5)), nextId: 0 }
      const events = fc.sample(fc.tuple(fc.nat({ max: 4 }), near), 40)
      for (const [index, event] of events) {
        const id = book.commitments[index]?.id
        if (id === undefined) continue
        book = Book.happen(book, id, event)
        yield* happen(id, event, 7)
      }
      expect(yield* store.commitments(all)).toEqual(book.commitments)
      yield* store.forgetClaims({ at: 8, before: Number.MAX_SAFE_INTEGER })
      expect(yield* store.commitments(all)).toEqual(book.commitments.filter(({ state }) => state._tag === "Open"))
      const [fresh] = yield* add([commitmentOf()])
      expect(fresh?.id).toBe(Math.max(...book.commitments.map(({ id }) => id)) + 1)
    })
  )

  live("STO-6 where the reading of hook events has come to is written with what it came to, or not at all", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const seen: Array<Pick<Amendable, "cursor" | "lastHookEvent">> = []
      const read = (cursor: number | null, fails = false) =>
        store.amendCommitments({ at: 1 }, (found) => {
          seen.push({ cursor: found.cursor, lastHookEvent: found.lastHookEvent })
          if (fails) throw new Error("it broke")
          return { ...nothingElse, commitments: [], unverified: [claim(cursor ?? 0)], cursor }
        })
      yield* read(null)
      const event = { hook: "Stop", sessionId: "s", toolName: null, toolUseId: null, cwd: null, payload: "{}" } as const
      yield* store.keepHookEvents([
        { event, at: 1, source: "1" },
        { event: { ...event, hook: "SessionEnd" }, at: 2, source: "2" },
        { event: { ...event, sessionId: "other" }, at: 3, source: "3" }
      ])
      yield* read(2)
      yield* Effect.exit(read(3, true))
      yield* read(null)
      expect(seen).toEqual([
        { cursor: null, lastHookEvent: 0 },
        { cursor: null, lastHookEvent: 3 },
        { cursor: 2, lastHookEvent: 3 },
        { cursor: 2, lastHookEvent: 3 }
      ])
      expect(yield* store.unverifiedClaims(2)).toEqual([claim(2), claim(0)])
      expect((yield* store.lastHookEvent("s"))?.event.hook).toBe("SessionEnd")
      expect(yield* store.lastHookEvent("nobody")).toBe(null)
      yield* store.forgetClaims({ at: 8, before: 2 })
      expect(yield* store.unverifiedClaims(9)).toEqual([claim(2)])
    })
  )
}
