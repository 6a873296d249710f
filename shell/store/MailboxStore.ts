/**
 * The part of the store that keeps the mailbox. Every decision is core's, on what one transaction reads: two that ask at
 * once, of this process or of another, are one after the other.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { atStop, type Given, mostInChain, mostMessages } from "../../core/mailbox/AtStop.ts"
import type { Delivery, Message } from "../../core/mailbox/Message.ts"
import { operator } from "../../core/mailbox/Role.ts"
import * as Sending from "../../core/mailbox/Sending.ts"
import * as Sessions from "../../core/mailbox/Session.ts"
import * as Access from "./Access.ts"
import { decodeAll } from "./DecodeAll.ts"
import type { Driver, Transaction, Writes } from "./Encoded.ts"
import * as MailboxRows from "./MailboxRows.ts"
import { type MailboxService, MessageRefused, type Taken, type WorkMail } from "./MailboxService.ts"
import type { DeliveryQuery, MailboxReads, MessageQuery, SessionQuery } from "./MailboxTables.ts"
import * as Plan from "./Plan.ts"
import type { AttentionChange } from "./Store.ts"

/** What the mailbox's own tables hold, decoded. */
const reading = (mailbox: MailboxReads) => {
  const first = <A>(values: ReadonlyArray<A>): A | null => values[0] ?? null
  const messages = (query: MessageQuery) =>
    Effect.flatMap(mailbox.messages(query), (rows) => decodeAll(rows, MailboxRows.message))
  const deliveries = (query: DeliveryQuery) =>
    Effect.flatMap(mailbox.deliveries(query), (rows) => decodeAll(rows, MailboxRows.delivery))
  const sessions = (query: SessionQuery) =>
    Effect.flatMap(mailbox.sessions(query), (rows) => decodeAll(rows, MailboxRows.session))
  return {
    messages,
    deliveries,
    sessions,
    lastOf: (session: string) => Effect.map(deliveries({ _tag: "LastOf", session }), first),
    orphan: (role: string) => Effect.map(deliveries({ _tag: "Orphan", role }), first),
    session: (session: string) => Effect.map(sessions({ _tag: "Ids", sessions: [session] }), first),
    holder: (role: string) => Effect.map(sessions({ _tag: "Highest", role }), first)
  }
}

/** Writes rows, and tells a person, in one. */
const write = (
  transaction: Transaction,
  at: number,
  rows: Pick<Writes, "newMessages" | "deliveries" | "settledMessages" | "sessions">,
  attention: ReadonlyArray<AttentionChange>
) =>
  Effect.gen(function* () {
    if (attention.length === 0) return yield* transaction.write(rows)
    const open = yield* transaction.openAttentionKeys(attention.map(({ key }) => key))
    const { seq } = yield* transaction.head([])
    const collected = new Plan.Collected(seq, open)
    for (const change of attention) collected.attend(change, null, at)
    yield* transaction.write({ ...collected.writes, ...rows })
  })

const operatorKey = "mailbox:operator"
const hopsKey = (from: string): string => `mailbox:hops:${from}`
const chainKey = (role: string): string => `mailbox:chain:${role}`

/** What a person is told of something that was sent. */
const attentionOf = ({ from, role }: Message): ReadonlyArray<AttentionChange> => [
  { _tag: "Clear", key: hopsKey(from) },
  ...(role === operator
    ? [{ _tag: "Raise" as const, key: operatorKey, text: `${from} has written to you: drover inbox --role operator` }]
    : [])
]

const send =
  (draft: Parameters<MailboxService["sendMessage"]>[0]) =>
  (transaction: Transaction): Effect.Effect<Either.Either<Message, MessageRefused>, Failure> =>
    Effect.gen(function* () {
      const { at, from, id, role } = draft
      const read = reading(transaction.mailbox)
      const counts = yield* transaction.mailbox.counts({ role, sender: from, since: at - Sending.windowMs })
      const holder = yield* read.holder(from)
      const judged = Sending.judge(draft, {
        toRole: counts.to_role,
        fromSender: counts.from_sender,
        answers: holder === null ? null : yield* read.lastOf(holder.session),
        spokenAt: holder?.spokenAt ?? null
      })
      if (Either.isLeft(judged)) {
        const refusal = judged.left
        const text = `${from} answers ${role} in a loop: ${Sending.mostHops} answers in a row were sent, no more are`
        if (refusal._tag === "Hops") yield* write(transaction, at, {}, [{ _tag: "Raise", key: hopsKey(from), text }])
        return Either.left(new MessageRefused({ refusal }))
      }
      const message: Message = { ...judged.right, id, work: null, state: { _tag: "Waiting" } }
      yield* write(transaction, at, { newMessages: [MailboxRows.newMessage(message)] }, attentionOf(message))
      return Either.right(message)
    })

type Failure = Effect.Effect.Error<ReturnType<ReturnType<typeof reading>["messages"]>>

const nothing = (why: Extract<Given, { readonly _tag: "Nothing" }>["why"]): Taken => ({ _tag: "None", why })

/** Whether it may take what waits for the role. */
const mayTake = (
  { isReader, role }: Parameters<MailboxService["takeMail"]>[0],
  own: Sessions.Session | null,
  holder: Sessions.Session | null
): boolean => isReader === true || (own?.role === role && Sessions.holds(own, holder))

const take =
  (stop: Parameters<MailboxService["takeMail"]>[0]) =>
  (transaction: Transaction): Effect.Effect<Taken, Failure> =>
    Effect.gen(function* () {
      const { at, role, session } = stop
      const read = reading(transaction.mailbox)
      const isHolder = mayTake(stop, yield* read.session(session), yield* read.holder(role))
      const found = isHolder ? yield* read.messages({ _tag: "Waiting", role, limit: mostMessages + 1 }) : []
      const { ended, given } = atStop(
        {
          last: yield* read.lastOf(session),
          isHolder,
          waiting: stop.isReader === true ? found.filter(({ work }) => work === null) : found,
          orphan: isHolder ? yield* read.orphan(role) : null
        },
        stop
      )
      const past = ended === null ? [] : [MailboxRows.deliveryRow(ended)]
      if (given._tag === "Nothing") {
        const text = `${role} was given ${mostInChain} deliveries in a row: more is given after you speak to it`
        const isTold = given.why === "Chain"
        if (past.length > 0 || isTold) {
          yield* write(
            transaction,
            at,
            { deliveries: past },
            isTold ? [{ _tag: "Raise", key: chainKey(role), text }] : []
          )
        }
        return nothing(given.why)
      }
      const isAllTaken = found.length === (given._tag === "Fresh" ? given.messages.length : 0)
      const cleared: ReadonlyArray<AttentionChange> = [
        { _tag: "Clear", key: chainKey(role) },
        ...(role === operator && isAllTaken ? [{ _tag: "Clear" as const, key: operatorKey }] : [])
      ]
      if (given._tag === "Again") {
        const { delivery } = given
        yield* write(transaction, at, { deliveries: [...past, MailboxRows.deliveryRow(delivery)] }, cleared)
        return { _tag: "Mail", delivery, messages: yield* read.messages({ _tag: "InDelivery", delivery: delivery.id }) }
      }
      const { delivery: id } = yield* transaction.mailbox.next
      const { chain, hop } = given
      const fresh: Delivery = {
        id,
        role,
        session,
        at,
        hop,
        chain,
        printed: 1,
        confirmedAt: null,
        endedAt: null,
        said: null
      }
      const settledMessages = given.messages.map((each) => ({
        id: each.id,
        state: "delivered" as const,
        delivery: id,
        settled_at: at
      }))
      yield* write(transaction, at, { deliveries: [...past, MailboxRows.deliveryRow(fresh)], settledMessages }, cleared)
      const messages = given.messages.map((each): Message => ({
        ...each,
        state: { _tag: "Delivered", delivery: id, at }
      }))
      return { _tag: "Mail", delivery: fresh, messages }
    })

const hear =
  (heard: Parameters<MailboxService["hearSessions"]>[0]) =>
  (transaction: Transaction): Effect.Effect<void, Failure> =>
    Effect.gen(function* () {
      const read = reading(transaction.mailbox)
      const names = [...new Set(heard.map(({ session }) => session))]
      for (const before of yield* read.sessions({ _tag: "Ids", sessions: names })) {
        const own = heard.filter(({ session }) => session === before.session).toSorted((a, b) => a.at - b.at)
        const known = { session: before, delivery: yield* read.lastOf(before.session) }
        const after = own.reduce<Sessions.Listened>(Sessions.hear, known)
        const deliveries =
          after.delivery === null || after.delivery === known.delivery ? [] : [MailboxRows.deliveryRow(after.delivery)]
        const sessions = after.session === before ? [] : [MailboxRows.sessionRow(after.session)]
        if (deliveries.length > 0 || sessions.length > 0) yield* transaction.write({ deliveries, sessions })
      }
    })

export const make = (driver: Driver): MailboxService => {
  const { reading: asking, writing } = Access.make(driver)
  return {
    sendMessage: (draft) => Effect.flatten(writing("send a message", send(draft))),
    claimRole: (claim, gone) =>
      writing("bind a session to a role", (transaction) =>
        Effect.gen(function* () {
          const read = reading(transaction.mailbox)
          const own = yield* read.session(claim.session)
          const holder = yield* read.holder(claim.role)
          const { bound: next } = yield* transaction.mailbox.next
          const open = yield* read.sessions({ _tag: "Open", role: claim.role })
          const others = open.filter(({ session }) => session !== claim.session)
          const isGone = ({ session }: Sessions.Session): boolean => gone.includes(session)
          const living = others.filter((each) => !isGone(each))
          const isHolderGone = holder !== null && holder.session !== claim.session && isGone(holder)
          const made = Sessions.claim(claim, { own, holder, isHolderGone, others: living, next })
          const ended = others.filter(isGone).map((each): Sessions.Session => ({ ...each, endedAt: claim.at }))
          const sessions = [...ended, ...(made === null ? [] : [made])]
          if (sessions.length > 0) yield* transaction.write({ sessions: sessions.map(MailboxRows.sessionRow) })
          if (made === null) return own?.role === claim.role && Sessions.holds(own, holder)
          return made.bound === next || holder?.session === made.session
        })
      ),
    takeMail: (stop) => writing("take mail", take(stop)),
    confirmDelivery: (id, at) =>
      writing("confirm a delivery", (transaction) =>
        Effect.gen(function* () {
          const found = yield* reading(transaction.mailbox).deliveries({ _tag: "Ids", ids: [id] })
          const deliveries = found
            .filter(({ confirmedAt }) => confirmedAt === null)
            .map((each) => MailboxRows.deliveryRow({ ...each, confirmedAt: at }))
          if (deliveries.length > 0) yield* transaction.write({ deliveries })
        })
      ),
    hearSessions: (heard) => (heard.length === 0 ? Effect.void : writing("note what sessions do", hear(heard))),
    endSession: (session, at) =>
      writing("note the end of a session", (transaction) =>
        Effect.gen(function* () {
          const found = yield* reading(transaction.mailbox).session(session)
          if (found === null || found.endedAt !== null) return
          yield* transaction.write({ sessions: [MailboxRows.sessionRow({ ...found, endedAt: at })] })
        })
      ),
    staleMail: (before) => asking("count mail", ({ mailbox }) => mailbox.settledBefore(before)),
    forgetMail: (before) =>
      writing("forget mail", (transaction) =>
        Effect.zipLeft(transaction.mailbox.settledBefore(before), transaction.write({ mailBefore: before }))
      ),
    waitingMail: (role, limit) =>
      asking("read mail", ({ mailbox }) => reading(mailbox).messages({ _tag: "Waiting", role, limit })),
    sessions: asking("read sessions", ({ mailbox }) => reading(mailbox).sessions({ _tag: "Highest", role: null })),
    openSessions: asking("read the sessions that live", ({ mailbox }) =>
      reading(mailbox).sessions({ _tag: "Open", role: null })
    ),
    workMail: (tasks) =>
      asking("read the mail of tasks", ({ mailbox }) =>
        Effect.gen(function* () {
          const read = reading(mailbox)
          const messages = yield* read.messages({ _tag: "LatestOf", tasks })
          const ids = messages.flatMap(({ state }) => (state._tag === "Delivered" ? [state.delivery] : []))
          const deliveries = ids.length === 0 ? [] : yield* read.deliveries({ _tag: "Ids", ids })
          const names = deliveries.map(({ session }) => session)
          const sessions = names.length === 0 ? [] : yield* read.sessions({ _tag: "Ids", sessions: names })
          return messages.map((message): WorkMail => {
            const { state } = message
            const delivery =
              state._tag === "Delivered" ? (deliveries.find(({ id }) => id === state.delivery) ?? null) : null
            const session = sessions.find((each) => each.session === delivery?.session) ?? null
            return { message, delivery, session }
          })
        })
      )
  }
}
