/** What a bundle over `SteppedFiles` offers: one supervisor's hands on a lock, in promises. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Scope from "effect/Scope"
import type { Healing } from "../../../core/ownership/Classify.ts"
import type { Owned, Ownership } from "../../../shell/ownership/Ownership.ts"
import * as Probes from "../../../shell/ownership/Probes.ts"
import { ownershipWith, realProbes, volume } from "./Folder.ts"

export { closeAll, setGate } from "./SteppedFiles.ts"

export interface Hands {
  /** The owner that it became, or why not. */
  readonly acquire: (healing: Healing) => Promise<{ readonly owner: string } | { readonly refused: string }>
  /** False when the lock is lost. */
  readonly beat: () => Promise<boolean>
  readonly release: () => Promise<void>
}

const handsOn = (
  ownership: Effect.Effect<Ownership["Type"]>,
  run: <A, E>(effect: Effect.Effect<A, E>) => Promise<A>
): Hands => {
  let scope = Effect.runSync(Scope.make())
  let owned: Owned | null = null
  return {
    acquire: (healing) =>
      ownership.pipe(
        Effect.flatMap(({ acquire }) => Scope.extend(acquire(healing), scope)),
        Effect.map((got) => {
          owned = got
          return { owner: got.record.owner }
        }),
        Effect.catchTag("OwnershipRefused", ({ why }) => Effect.succeed({ refused: why })),
        run
      ),
    beat: () =>
      (owned === null ? Effect.succeed(false) : Effect.as(owned.heartbeat(1), true)).pipe(
        Effect.catchTag("OwnershipRefused", () => Effect.succeed(false)),
        run
      ),
    release: async () => {
      await run(Scope.close(scope, Exit.void))
      scope = Effect.runSync(Scope.make())
      owned = null
    }
  }
}

/** A supervisor of a world that is made up: its waits are steps too, and it knows of time what it is told. */
export const scripted = (home: string, script: Probes.Script, now: () => number, pause: () => Promise<void>): Hands => {
  const clock: Clock.Clock = {
    ...Clock.make(),
    unsafeCurrentTimeMillis: now,
    currentTimeMillis: Effect.sync(now),
    sleep: () => Effect.promise(pause)
  }
  const probes = Probes.layerMemory(script)
  return handsOn(ownershipWith(home, probes), (effect) =>
    Effect.runPromise(effect.pipe(Effect.withClock(clock), Effect.provide(Logger.remove(Logger.defaultLogger))))
  )
}

/** This very process, among real ones, on a disk that is taken to be its own. */
export const real = (home: string): Hands => {
  const onLocalDisk = Layer.effect(
    Probes.Probes,
    Effect.map(Probes.Probes, (probes) => ({ ...probes, volume: Effect.succeed(volume("Local")) }))
  )
  const probes = Layer.provide(onLocalDisk, realProbes(home))
  return handsOn(ownershipWith(home, probes), (effect) => Effect.runPromise(effect))
}
