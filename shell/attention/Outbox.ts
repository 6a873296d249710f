/**
 * Tells what needs a person by every channel, beside the loop and never in its way. That a telling begins is written
 * before it does, and how it ended after: a supervisor that is killed in between may tell once more, and loses nothing.
 */
import { createHash } from "node:crypto"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import * as Outbox from "../../core/attention/Outbox.ts"
import { Cadence } from "../config/Cadence.ts"
import { Places } from "../config/Places.ts"
import { pulse } from "../guards/Guards.ts"
import * as Mechanism from "../guards/Mechanism.ts"
import { type AttentionItem, Store } from "../store/Store.ts"
import { type Channel, Channels, type Name } from "./Channels.ts"
import * as Message from "./Message.ts"
import { remedy } from "./NextCommand.ts"

type Item = AttentionItem & Outbox.Open

/** At its end a supervisor begins no telling after that long. */
const closingMs = 5000

/** An outcome that can not be written is tried for again so often: it would be told once more. */
const outcomeAgain = Schedule.intersect(Schedule.spaced("1 second"), Schedule.recurs(5))

/**
 * Begins, for an epoch, in the scope; when that closes what is due then is told first. A newer supervisor ends it.
 */
export const begin = Effect.fnUntraced(function* (epoch: number) {
  const { all, end, host } = yield* Channels
  const store = yield* Store
  const { guards: lookEveryMs } = yield* Cadence
  const { stateDirectory } = yield* Places
  const { beat, died } = yield* pulse("attention")
  const closing = yield* Deferred.make<number>()
  const home = createHash("sha256").update(stateDirectory).digest("hex").slice(0, 12)

  /** Of a telling: the same for whoever reads what was written of it. */
  const markerOf = ({ channel, item, tries }: Outbox.Delivery): string =>
    `attention.${home}.${channel}.${item}.${tries}`

  const troubles = new Map<Name, string>()
  /** Of channels whose last look died: what it died of. */
  const defects = new Map<Name, string>()
  /** Those that have looked since the last beat: the guard beats when all have. */
  const looked = new Set<Name>()

  const hasLooked = (name: Name) =>
    Effect.suspend(() => {
      looked.add(name)
      if (looked.size < all.length) return Effect.void
      looked.clear()
      return beat([...defects.values(), ...troubles.values()][0] ?? null)
    })

  /** The items with what to do about each, as their tasks are now. */
  const told = Effect.fnUntraced(function* (items: ReadonlyArray<Item>, begun: ReadonlyArray<Outbox.Delivery>) {
    const ids = items.flatMap(({ task }) => (task === null ? [] : [task]))
    const tasks = new Map((yield* store.tasks({ ids })).map((task) => [task.id, task]))
    return items.map((item, index) => ({
      ...item,
      remedy: remedy(item.key, item.task === null ? null : (tasks.get(item.task) ?? null)),
      tries: begun[index]?.tries ?? 1
    }))
  })

  const tell = Effect.fnUntraced(function* (
    { name, tell }: Channel,
    items: ReadonlyArray<Item>,
    known: ReadonlyArray<Outbox.Delivery>,
    at: number
  ) {
    const begun = items.map(({ id }) => Outbox.begun(known.find(({ item }) => item === id) ?? null, id, name, at))
    const [first] = begun
    if (first === undefined) return
    const message = Message.make(yield* told(items, begun), host)
    yield* store.noteDeliveries(epoch, begun)
    const telling = Effect.catchAllDefect(tell(message, markerOf(first)), (defect) =>
      Effect.fail({ why: Mechanism.said(defect) })
    )
    const answer = yield* Effect.either(telling)
    const trouble = Either.isLeft(answer) ? answer.left.why : null
    const ended = yield* Clock.currentTimeMillis
    yield* store
      .noteDeliveries(
        epoch,
        begun.map((delivery) => Outbox.ended(delivery, trouble, ended))
      )
      .pipe(Effect.retry({ schedule: outcomeAgain, while: ({ _tag }) => _tag === "StoreUnavailable" }))
    const what = items.length === 1 ? (items[0]?.key ?? "") : `${items.length} items`
    if (trouble === null) {
      troubles.delete(name)
      return yield* Effect.logInfo(`attention: ${what} told by ${name}`)
    }
    troubles.set(name, `${name}: ${trouble}`)
    yield* Effect.logWarning(`attention: ${what} not told by ${name}: ${trouble}`)
  })

  const serve = Effect.fnUntraced(function* (channel: Channel) {
    const { name } = channel
    const calls: Array<number> = []
    /** What the store said last, the version it had just before, and when something of it is due. */
    let read: { readonly version: string; readonly until: number | null } | null = null
    let isTroubled = false

    const readAll = Effect.gen(function* () {
      const items = yield* store.attention
      const deliveries = (yield* store.deliveries).filter((each) => each.channel === name)
      return { items: items.map((item) => ({ ...item, isAcknowledged: item.acknowledgedAt !== null })), deliveries }
    })

    /** Whether something was told: then there may be more. */
    const turn = Effect.gen(function* () {
      const version = yield* store.version
      const now = yield* Clock.currentTimeMillis
      if (version === read?.version && (read.until === null || now < read.until)) return false
      const { deliveries, items } = yield* readAll
      while (calls[0] !== undefined && calls[0] <= now - Outbox.windowMs) calls.shift()
      const choice = Outbox.choose({ items, deliveries, calls }, now)
      read = choice._tag === "Wait" ? { version, until: choice.until } : null
      isTroubled = false
      if (choice._tag === "Wait") return false
      calls.push(now)
      yield* tell(channel, choice.items, deliveries, now)
      return true
    })

    /** Told once: the loop says every second that the store can not be used. */
    const troubled = (why: string) =>
      Effect.suspend(() => {
        const isNew = !isTroubled
        isTroubled = true
        return Effect.as(
          isNew ? Effect.logWarning(`attention: nothing is told by ${name}: ${why}`) : Effect.void,
          false
        )
      })

    /** Nothing is told by it, and the guard says so until it lives. */
    const dies = (why: string) =>
      Effect.suspend(() => {
        const isNew = defects.get(name) !== `${name}: ${why}`
        defects.set(name, `${name}: ${why}`)
        return Effect.as(
          isNew ? Effect.logError(`attention: nothing is told by ${name}, which died: ${why}`) : Effect.void,
          false
        )
      })

    /** A supervisor before this one may have been killed in the middle. */
    const tidy = Effect.gen(function* () {
      const { deliveries } = yield* readAll
      yield* end(deliveries.filter(({ state }) => state === "telling").map(markerOf))
      const last = deliveries.toSorted((a, b) => b.at - a.at)[0]
      if (last?.detail != null) troubles.set(name, `${name}: ${last.detail}`)
    })

    let isTidy = false
    const step = Effect.gen(function* () {
      if (!isTidy) yield* tidy
      isTidy = true
      return yield* turn
    }).pipe(
      Effect.catchTags({
        StoreUnavailable: ({ message }) => troubled(message),
        MalformedRow: ({ message }) => troubled(message)
      }),
      Effect.tap(() => Effect.sync(() => defects.delete(name))),
      Effect.catchAllDefect((defect) => dies(Mechanism.said(defect)))
    )

    for (;;) {
      const closedAt = (yield* Deferred.isDone(closing)) ? yield* Deferred.await(closing) : null
      if (closedAt !== null && (yield* Clock.currentTimeMillis) >= closedAt + closingMs) return
      const hasTold = yield* step
      yield* hasLooked(name)
      if (hasTold) continue
      if (closedAt !== null) return
      yield* Effect.raceFirst(Effect.sleep(lookEveryMs), Deferred.await(closing))
    }
  })

  const idle = Effect.zipRight(beat(null), Effect.raceFirst(Effect.sleep(lookEveryMs), Deferred.await(closing)))
  const untilClosed = Effect.repeat(idle, { until: () => Deferred.isDone(closing) })
  const work = all.length === 0 ? untilClosed : Effect.forEach(all, serve, { concurrency: "unbounded", discard: true })
  /** As long as nothing closes, it begins again after an error that nobody has foreseen. */
  const lasting = Mechanism.failing(work).pipe(
    Effect.tapError((error) =>
      error._tag === "Died"
        ? Effect.zipRight(
            Effect.logError(`attention: it died, and begins again: ${error.message}`),
            died(error.message)
          )
        : Effect.void
    ),
    Effect.retry({
      schedule: Schedule.spaced("1 second"),
      while: ({ _tag }) => Effect.map(Deferred.isDone(closing), (isClosing) => _tag === "Died" && !isClosing)
    })
  )
  // The loop learns by its own writes that it was replaced, and tells.
  const fiber = yield* Effect.forkScoped(Effect.ignore(lasting))
  yield* Effect.addFinalizer(() =>
    Effect.flatMap(Clock.currentTimeMillis, (at) => Deferred.succeed(closing, at)).pipe(
      Effect.zipRight(Fiber.await(fiber))
    )
  )
})
