/**
 * What can be found out about the owner of a lock: each finding by a look of its own, made when it is asked for and not
 * before. Nothing here decides.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Evidence from "../../core/ownership/Evidence.ts"
import type { Held, Self } from "../../core/ownership/Lock.ts"
import type { Volume } from "../../core/ownership/Volume.ts"
import { Places } from "../config/Places.ts"
import { Processes } from "../process/Processes.ts"
import { ProcessTableUnreadable } from "../process/ProcessTable.ts"
import * as HostId from "./HostId.ts"
import * as VolumeLook from "./VolumeLook.ts"

/** Whoever looks, without the name that it takes for one acquisition. */
export type Looker = Omit<Self, "owner">

export class Probes extends Context.Tag("drover/OwnershipProbes")<
  Probes,
  {
    readonly self: Effect.Effect<Looker, ProcessTableUnreadable>
    readonly process: (lock: Held) => Effect.Effect<Evidence.ProcessState>
    readonly heartbeat: (lock: Held) => Effect.Effect<Evidence.Heartbeat>
    /** The filesystem of the state directory, or of the nearest folder above it that exists. */
    readonly volume: Effect.Effect<Volume>
  }
>() {}

/** Whether anybody is there whom `/proc` does not show: another user's process may be hidden, but not from kill(2). */
const signalled = (pid: number): Evidence.Sighting => {
  try {
    process.kill(pid, 0)
    // It can be asked for, and was not found alive: a zombie.
    return { _tag: "Gone" }
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined
    return code === "ESRCH" ? { _tag: "Gone" } : code === "EPERM" ? { _tag: "Denied" } : { _tag: "Unreadable" }
  }
}

const make = Effect.gen(function* () {
  const { stateDirectory } = yield* Places
  const processes = yield* Processes
  const hostId = yield* HostId.read

  const sight = (pid: number): Effect.Effect<Evidence.Sighting> =>
    processes.identify(pid).pipe(
      Effect.map(
        Option.match({
          onNone: () => signalled(pid),
          onSome: ({ startTime }): Evidence.Sighting => ({ _tag: "Running", startTime })
        })
      ),
      Effect.orElseSucceed((): Evidence.Sighting => ({ _tag: "Unreadable" }))
    )

  const self = Effect.gen(function* () {
    const found = yield* processes.identify(process.pid)
    if (Option.isNone(found)) {
      return yield* new ProcessTableUnreadable({ operation: "identify this process", cause: "it is not in the table" })
    }
    const { bootId, host, pid, startTime } = found.value
    return { pid, pidStart: startTime, bootId, hostId, hostname: host }
  })

  return {
    self,
    process: (lock: Held) =>
      Evidence.isOfEarlierBoot(lock, processes)
        ? Effect.succeed("Recycled" as const)
        : Effect.map(sight(lock.pid), (seen) => Evidence.processState(lock, processes, seen)),
    heartbeat: (lock: Held) => Effect.map(Clock.currentTimeMillis, (now) => Evidence.heartbeat(lock, now)),
    volume: VolumeLook.look(stateDirectory)
  }
})

/** This machine's own. */
export const layer: Layer.Layer<Probes, never, Places | Processes> = Layer.effect(Probes, make)

/** What a supervisor of a specification is and finds; it may change between two looks. */
export interface Script {
  readonly self: Looker
  readonly process: (lock: Held) => Evidence.ProcessState
  readonly heartbeat: (lock: Held) => Evidence.Heartbeat
  readonly volume: () => Volume
}

/** Finds what it is told to find; `asked` tells every look that was made, in order. */
export const layerMemory = (script: Script, asked: Array<keyof Evidence.Evidence> = []): Layer.Layer<Probes> => {
  const look = <A>(name: keyof Evidence.Evidence, found: () => A): Effect.Effect<A> =>
    Effect.sync(() => {
      asked.push(name)
      return found()
    })
  return Layer.succeed(Probes, {
    self: Effect.sync(() => script.self),
    process: (lock) => look("process", () => script.process(lock)),
    heartbeat: (lock) => look("heartbeat", () => script.heartbeat(lock)),
    volume: look("filesystem", script.volume)
  })
}
