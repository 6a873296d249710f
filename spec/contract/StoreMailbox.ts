/** The mailbox of any store: one delivery for each message, whoever asks at once. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import fc from "fast-check"
import { expect } from "vitest"
import { mostInChain, mostMessages } from "../../core/mailbox/AtStop.ts"
import { hookNames } from "../../core/hook/HookName.ts"
import { mostPerSender } from "../../core/mailbox/Sending.ts"
import { Store } from "../../shell/store/Store.ts"
import { existing } from "../shell/store/World.ts"
import type { Live } from "./Live.ts"
import { bind, mailOf, send, stop, texts } from "./Mail.ts"

type Step =
  | { readonly _tag: "send"; readonly text: string; readonly from: string }
  | { readonly _tag: "bind"; readonly session: string; readonly isStart: boolean }
  | { readonly _tag: "stop"; readonly session: string; readonly isContinuation: boolean }
  | { readonly _tag: "hear"; readonly session: string; readonly hook: (typeof hookNames)[number] }
  | { readonly _tag: "end"; readonly session: string }

const name = fc.constantFrom("s1", "s2", "s3")
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    _tag: fc.constant("send" as const),
    text: fc.constantFrom("look", "thanks", "x".repeat(8000)),
    from: fc.constantFrom("a", "b", "reviewer")
  }),
  fc.record({ _tag: fc.constant("bind" as const), session: name, isStart: fc.boolean() }),
  fc.record({ _tag: fc.constant("stop" as const), session: name, isContinuation: fc.boolean() }),
  fc.record({ _tag: fc.constant("hear" as const), session: name, hook: fc.constantFrom(...hookNames) }),
  fc.record({ _tag: fc.constant("end" as const), session: name })
)

/** Does it; answers what was given. */
const doStep = (step: Step, at: number) =>
  Effect.gen(function* () {
    const store = yield* Store
    switch (step._tag) {
      case "send":
        yield* Effect.either(send({ ...step, at }))
        return null
      case "bind":
        yield* bind(step.session, "reviewer", step.isStart)
        return null
      case "stop":
        return yield* stop(step.session, { isContinuation: step.isContinuation, at })
      case "hear":
        yield* store.hearSessions([{ ...step, at }])
        return null
      case "end":
        yield* store.endSession(step.session, at)
        return null
    }
  })

export const mailbox = (live: Live): void => {
  live(
    "MBX-1 whatever sessions do, and at once, a message never comes in two deliveries, nor a delivery with others",
    () =>
      Effect.gen(function* () {
        const histories = fc.sample(fc.array(fc.array(step, { maxLength: 6 }), { minLength: 30, maxLength: 30 }), 3)
        const contents = new Map<number, ReadonlyArray<string>>()
        let at = 1_000_000
        for (const group of histories.flat()) {
          at += 1000
          const given = yield* Effect.forEach(group, (step) => doStep(step, at), { concurrency: "unbounded" })
          for (const taken of given) {
            if (taken?._tag !== "Mail") continue
            const ids = taken.messages.map(({ id }) => id)
            const known = contents.get(taken.delivery.id)
            if (known !== undefined) expect(ids).toEqual(known)
            contents.set(taken.delivery.id, ids)
          }
        }
        const all = [...contents.values()].flat()
        expect(new Set(all).size).toBe(all.length)
        expect(all.length).toBeGreaterThan(0)
      })
  )

  live("MBX-1 sixteen stops at once of the session that holds a role are given one delivery, and others nothing", () =>
    Effect.gen(function* () {
      yield* bind("s0")
      yield* bind("s1")
      yield* Effect.forEach(["a", "b", "c"], (text) => send({ text }))
      const names = Array.from({ length: 32 }, (_, index) => (index % 2 === 0 ? "s0" : "s1"))
      const taken = yield* Effect.forEach(names, (session) => stop(session), { concurrency: "unbounded" })
      expect(taken.filter((_, index) => index % 2 === 0)).toEqual(
        Array.from({ length: 16 }, () => ({ _tag: "None", why: "NoRole" }))
      )
      const given = taken.filter((_, index) => index % 2 === 1).map(mailOf)
      expect(new Set(given.map(({ delivery }) => delivery.id)).size).toBe(1)
      for (const mail of given) expect(mail.messages.map(({ text }) => text)).toEqual(["a", "b", "c"])
      expect(given.map(({ delivery }) => delivery.printed).toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: 16 }, (_, index) => index + 1)
      )
    })
  )

  live("MBX-1 a delivery is printed again until the session went on by it, and then the next may come", () =>
    Effect.gen(function* () {
      const store = yield* Store
      yield* bind("s1")
      yield* send({ text: "first" })
      const first = mailOf(yield* stop("s1"))
      yield* send({ text: "second" })
      const again = mailOf(yield* stop("s1", { at: 3000 }))
      expect([again.delivery.id, again.delivery.printed, texts({ _tag: "Mail", ...again })]).toEqual([
        first.delivery.id,
        2,
        ["first"]
      ])
      const next = mailOf(yield* stop("s1", { at: 4000, isContinuation: true }))
      expect([next.delivery.chain, texts({ _tag: "Mail", ...next })]).toEqual([2, ["second"]])
      yield* store.hearSessions([
        { session: "s1", hook: "PreToolUse", at: 4100 },
        { session: "nobody", hook: "SessionEnd", at: 4100 }
      ])
      expect(yield* stop("s1", { at: 5000 })).toEqual({ _tag: "None", why: "NoMail" })
      expect(yield* store.waitingMail(null, 10)).toEqual([])
    })
  )

  live("MBX-1 what a session that is over is not known to have seen goes to the next that holds its role", () =>
    Effect.gen(function* () {
      const store = yield* Store
      yield* bind("s1")
      yield* send()
      const first = mailOf(yield* stop("s1"))
      yield* bind("s2")
      expect(yield* stop("s2")).toEqual({ _tag: "None", why: "NoMail" })
      yield* store.endSession("s1", 2500)
      const second = mailOf(yield* stop("s2", { at: 3000 }))
      expect(second.delivery).toEqual({ ...first.delivery, session: "s2", at: 3000, printed: 2 })
      expect(yield* stop("s1", { at: 3500 })).toEqual({ _tag: "None", why: "NoRole" })
      yield* store.confirmDelivery(second.delivery.id, 3600)
      yield* store.endSession("s2", 3700)
      yield* bind("s3")
      expect(yield* stop("s3", { at: 4000 })).toEqual({ _tag: "None", why: "NoMail" })
    })
  )

  live("MBX-1 whoever takes a role ends the sessions of it that are proved gone, and has what they did not see", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const open = Effect.map(store.openSessions, (all) => all.map(({ role, session }) => `${role} ${session}`))
      yield* bind("s0", "coder")
      yield* bind("s1")
      yield* send({ text: "first" })
      const first = mailOf(yield* stop("s1"))
      // Nobody knew yet that s1 was killed.
      yield* bind("s2")
      yield* send({ text: "second" })
      const second = mailOf(yield* stop("s2"))
      expect(yield* open).toEqual(["coder s0", "reviewer s1", "reviewer s2"])
      yield* bind("s3", "reviewer", true, ["s0", "s1", "s2", "nobody"])
      expect(yield* open).toEqual(["coder s0", "reviewer s3"])
      const [one, two] = [
        mailOf(yield* stop("s3", { at: 3000 })),
        mailOf(yield* stop("s3", { at: 4000, isContinuation: true }))
      ]
      expect([one, two].map(({ delivery }) => [delivery.id, delivery.session, delivery.printed])).toEqual([
        [first.delivery.id, "s3", 2],
        [second.delivery.id, "s3", 2]
      ])
    })
  )

  live("MBX-2 hops are counted by what a sender's session was given, and a person is told where they end", () =>
    Effect.gen(function* () {
      const store = yield* Store
      yield* bind("s1", "coder")
      yield* bind("s2", "reviewer")
      const sides = [
        { from: "coder", role: "reviewer", session: "s2" },
        { from: "reviewer", role: "coder", session: "s1" }
      ] as const
      const hops: Array<number> = []
      let at = 100_000
      const talk = (turn: number) =>
        Effect.gen(function* () {
          const { session, ...side } = existing(sides[turn % 2])
          const message = yield* send({ ...side, at: (at += 100_000) })
          hops.push(message.hop)
          mailOf(yield* stop(session, { role: side.role, at: at + 1, isContinuation: true }))
        })
      for (let turn = 0; turn < 8; turn++) yield* talk(turn)
      const refused = yield* Effect.flip(talk(8))
      expect([hops, refused._tag]).toEqual([[1, 2, 3, 4, 5, 6, 7, 8], "MessageRefused"])
      const told = (yield* store.attention).map(({ key, text }) => [key, text])
      expect(told).toEqual([
        ["mailbox:hops:coder", "coder answers reviewer in a loop: 8 answers in a row were sent, no more are"]
      ])
      expect(yield* store.waitingMail(null, 10)).toEqual([])
      yield* store.hearSessions([{ session: "s1", hook: "UserPromptSubmit", at: at + 500 }])
      expect((yield* send({ ...sides[0], at: at + 600 })).hop).toBe(1)
      expect(yield* store.attention).toEqual([])
    })
  )

  live("MBX-2 rates are counted in the store: of many that send at once no more than the limit are accepted", () =>
    Effect.gen(function* () {
      const all = yield* Effect.forEach(
        Array.from({ length: 50 }, (_, index) => index),
        (index) => Effect.either(send({ at: 1000 + index })),
        { concurrency: "unbounded" }
      )
      expect(all.filter(Either.isRight).length).toBe(mostPerSender)
      expect(Either.isRight(yield* Effect.either(send({ at: 60_999 })))).toBe(false)
      expect(Either.isRight(yield* Effect.either(send({ at: 61_000 })))).toBe(true)
      const others = yield* Effect.forEach(
        Array.from({ length: 100 }, (_, index) => index),
        (index) => Effect.either(send({ from: `f${index}`, at: 1020 })),
        { concurrency: "unbounded" }
      )
      // One more was sent since, and counts too: the window is what lies behind.
      expect(others.filter(Either.isRight).length).toBe(60 - mostPerSender - 1)
    })
  )

  live(
    "MBX-2 deliveries in a row end before the program's own cap, and a person is told until mail is taken again",
    () =>
      Effect.gen(function* () {
        const store = yield* Store
        yield* bind("s1")
        for (let turn = 1; turn <= mostInChain; turn++) {
          yield* send({ from: `f${turn}` })
          const { delivery } = mailOf(yield* stop("s1", { at: 2000 + turn, isContinuation: turn > 1 }))
          expect(delivery.chain).toBe(turn)
        }
        yield* send({ from: "f", text: "later" })
        expect(yield* stop("s1", { at: 3000, isContinuation: true })).toEqual({ _tag: "None", why: "Chain" })
        expect((yield* store.attention).map(({ key }) => key)).toEqual(["mailbox:chain:reviewer"])
        expect(texts(yield* stop("s1", { at: 4000 }))).toEqual(["later"])
        expect(yield* store.attention).toEqual([])
      })
  )

  live("MBX-2 what is sent to the person is told, until the person reads it; no session is given it", () =>
    Effect.gen(function* () {
      const store = yield* Store
      yield* send({ role: "operator", text: "which port?" })
      expect((yield* store.attention).map(({ key }) => key)).toEqual(["mailbox:operator"])
      expect(yield* bind("s1", "operator")).toBe(false)
      expect(yield* stop("s1", { role: "operator" })).toEqual({ _tag: "None", why: "NoRole" })
      const mail = mailOf(yield* stop("-operator", { role: "operator", isReader: true }))
      expect(mail.messages.map(({ text }) => text)).toEqual(["which port?"])
      expect(yield* store.attention).toEqual([])
    })
  )

  live("MBX-2 the person is told of mail as long as any of it waits, however much is read at once or read again", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const isTold = Effect.map(store.attention, (items) => items.some(({ key }) => key === "mailbox:operator"))
      for (let n = 0; n < mostMessages + 1; n++) {
        yield* send({ role: "operator", from: `f${n}`, text: `message ${n}`, at: 1000 + n })
      }
      const read = (at: number) => stop("-operator", { role: "operator", isReader: true, at })
      expect([mailOf(yield* read(2000)).messages.length, yield* isTold]).toEqual([mostMessages, true])
      // What was printed may not have been seen: it is given again, and the rest waits still.
      expect([mailOf(yield* read(2100)).messages.length, yield* isTold]).toEqual([mostMessages, true])
      const { delivery } = mailOf(yield* read(2200))
      yield* store.confirmDelivery(delivery.id, 2300)
      expect([mailOf(yield* read(2400)).messages.length, yield* isTold]).toEqual([1, false])
      expect([mailOf(yield* read(2500)).messages.length, yield* isTold]).toEqual([1, false])
    })
  )

  live(
    "MBX-5 the session that began last holds a role; who only stops takes what nobody has, or whose session is gone",
    () =>
      Effect.gen(function* () {
        const store = yield* Store
        const holders = Effect.map(store.sessions, (all) => all.map(({ role, session }) => `${role} ${session}`))
        expect([yield* bind("s1", "reviewer", false), yield* bind("s2", "reviewer", false)]).toEqual([true, false])
        expect([yield* bind("s2"), yield* bind("s1", "reviewer", false)]).toEqual([true, false])
        yield* bind("s3", "coder")
        expect(yield* holders).toEqual(["reviewer s2", "coder s3"])
        const claim = {
          session: "s4",
          role: "reviewer",
          at: 1,
          cwd: null,
          process: null,
          ancestors: [],
          isStart: false
        }
        expect(yield* store.claimRole(claim, ["s9"])).toBe(false)
        expect(yield* store.claimRole(claim, ["s2"])).toBe(true)
        expect(yield* holders).toEqual(["coder s3", "reviewer s4"])
      })
  )
}
