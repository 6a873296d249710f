/** What `drover send` and `drover inbox --drain` do with the store, for people and sessions of the simulation. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { Store } from "../../../../shell/store/Store.ts"
import type { Sent } from "./Mailing.ts"

/** Whether it was sent, and why not. */
export const send = ({ from, id, role, text }: Sent) =>
  Effect.gen(function* () {
    const store = yield* Store
    const sent = yield* Effect.either(store.sendMessage({ id, role, from, text, at: yield* Clock.currentTimeMillis }))
    if (Either.isRight(sent)) return "sent" as const
    const { left } = sent
    return left._tag === "MessageRefused" ? left.refusal._tag : yield* left
  })

/** A person reads what waits for a role, by hand. */
export const drain = (role: string) =>
  Effect.gen(function* () {
    const store = yield* Store
    const at = yield* Clock.currentTimeMillis
    const stop = { session: `-${role}`, role, at, isContinuation: false, said: null, isReader: true }
    const taken = yield* store.takeMail(stop)
    if (taken._tag === "None") return taken.why
    yield* store.confirmDelivery(taken.delivery.id, yield* Clock.currentTimeMillis)
    return taken.messages.map(({ id }) => id)
  })
