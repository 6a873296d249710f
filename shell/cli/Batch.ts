/**
 * Brings a batch to where nothing of it moves any more: supervises it here, or follows who does and takes over when
 * that one goes.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Ref from "effect/Ref"
import type { BatchId } from "../../core/task/Identifiers.ts"
import { Configuration } from "../config/Configuration.ts"
import type { OwnershipRefused } from "../ownership/OwnershipError.ts"
import { Store } from "../store/Store.ts"
import * as BatchView from "./BatchView.ts"
import { Output } from "./Output.ts"
import * as PresentSupervisor from "../view/PresentSupervisor.ts"
import { type Signal, Signals } from "./Signals.ts"
import * as Supervising from "./Supervising.ts"
import { untilRaised, untilTidy } from "./Tidied.ts"
import * as Tracker from "./Tracker.ts"

/** Between two looks into the store, and before the work is tried for again after another has taken it over. */
const lookInterval = "250 millis"
const tryInterval = "1 second"

/** Who supervises: this process, or the one that the lock names. */
type Role =
  | { readonly _tag: "Here" }
  | { readonly _tag: "Following"; readonly who: string }
  | { readonly _tag: "Starting" }

export type End =
  /** Nothing moves any more, or every agent was stopped. */
  | { readonly _tag: "Settled"; readonly look: Tracker.Look; readonly role: Role["_tag"] }
  | { readonly _tag: "Stopped"; readonly look: Tracker.Look }
  | { readonly _tag: "Signal"; readonly signal: Signal; readonly look: Tracker.Look; readonly role: Role["_tag"] }

/**
 * Supervises, waiting as long as another does; ends when the agents were stopped. An owner that can not be seen from
 * here is followed while it beats in the store: without that, nobody might be doing the work, and nobody would be told.
 */
const supervise = (role: Ref.Ref<Role>, stopAgents: Deferred.Deferred<void>) =>
  Effect.gen(function* () {
    const store = yield* Store
    const follow = (who: string) => Ref.set(role, { _tag: "Following", who })
    const again = (refused: OwnershipRefused) =>
      Effect.gen(function* () {
        if (refused.why !== "LiveOwner" && (yield* PresentSupervisor.read(store)) === null) return false
        yield* follow(refused.owner ?? "another supervisor")
        return true
      })
    return yield* Effect.iterate(false, {
      while: (isOver) => !isOver,
      body: () =>
        Supervising.whenFree({ onReady: Ref.set(role, { _tag: "Here" }), stopAgents }, again).pipe(
          Effect.as(true),
          Effect.catchTag("Fenced", () =>
            follow("another supervisor").pipe(Effect.zipRight(Effect.sleep(tryInterval)), Effect.as(false))
          )
        )
    })
  })

const titleOf = (file: string, batch: BatchId, role: Role): string => {
  const name = `${file} · batch ${batch}`
  switch (role._tag) {
    case "Starting":
      return name
    case "Here":
      return `${name} · supervised here (process ${process.pid})`
    case "Following":
      return `${name} · following ${role.who}`
  }
}

export interface Options {
  readonly file: string
  readonly batch: BatchId
  readonly since: number
  /** A signal stops the agents too. */
  readonly isStopping: boolean
  /** Nothing is shown on the way. */
  readonly isQuiet: boolean
}

/** Shows the batch until it is settled, the agents are stopped, or a signal comes. */
export const watch = ({ batch, file, isQuiet, isStopping, since }: Options) =>
  Effect.scoped(
    Effect.gen(function* () {
      const output = yield* Output
      const store = yield* Store
      const { attention, policy } = yield* Configuration
      const signal = yield* (yield* Signals).claim
      const stopAgents = yield* Supervising.stopRequested
      const role = yield* Ref.make<Role>({ _tag: "Starting" })
      const look = yield* Tracker.make(store, policy, batch)
      const screen = BatchView.make(output, attention.bell)

      const show = Effect.gen(function* () {
        const now = yield* look
        const rows = now.batch.map(now.view.see)
        const title = titleOf(file, batch, yield* Ref.get(role))
        if (!isQuiet) yield* screen.show({ title, now: now.now, since, rows, attention: now.attention })
        return now
      })
      const untilSettled = Effect.gen(function* () {
        for (;;) {
          const now = yield* show
          if (now.batch.every(now.view.isSettled)) {
            if ((yield* Ref.get(role))._tag === "Here") {
              yield* untilTidy(now.batch)
              yield* untilRaised(now.batch)
            }
            return "Settled" as const
          }
          yield* Effect.sleep(lookInterval)
        }
      })

      const loop = yield* Effect.forkScoped(supervise(role, stopAgents))
      const first = yield* Effect.raceFirst(
        Effect.as(Fiber.join(loop), "Stopped" as const),
        Effect.raceFirst(untilSettled, signal)
      )
      const { _tag } = yield* Ref.get(role)
      const lastLook = Effect.zipLeft(show, screen.clear)
      if (first !== "Settled" && first !== "Stopped") {
        if (isStopping && _tag === "Here") {
          yield* Deferred.succeed(stopAgents, undefined)
          yield* Fiber.join(loop)
        } else yield* Fiber.interrupt(loop)
        return { _tag: "Signal", signal: first, look: yield* lastLook, role: _tag } satisfies End
      }
      const last = yield* lastLook
      return first === "Stopped"
        ? ({ _tag: "Stopped", look: last } satisfies End)
        : ({ _tag: "Settled", look: last, role: _tag } satisfies End)
    })
  )
