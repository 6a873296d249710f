/** What the specs of ownership share: state directories, locks on them, and supervisors that find what they are told. */
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import fc from "fast-check"
import type { Evidence, Heartbeat, ProcessState } from "../../../core/ownership/Evidence.ts"
import * as Volume from "../../../core/ownership/Volume.ts"
import type { ProcessIdentity } from "../../../core/execution/Process.ts"
import { make as makePlaces, Places } from "../../../shell/config/Places.ts"
import { layer } from "../../../shell/ownership/FileOwnership.ts"
import type { LockRecord } from "../../../shell/ownership/LockRecord.ts"
import { Ownership } from "../../../shell/ownership/Ownership.ts"
import * as Probes from "../../../shell/ownership/Probes.ts"
import { layer as processesLayer } from "../../../shell/process/Processes.ts"

/** A part of the cases that a property tries, for one whose cases wait for a disk. */
export const share = (part: number): number => Math.max(1, Math.round((fc.readConfigureGlobal().numRuns ?? 100) * part))

export const folder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "drover-lock-"))),
  (path) => Effect.promise(() => rm(path, { recursive: true, force: true }))
)

export const lockOf = (home: string): string => join(home, "supervisor.lock")

export const places = (home: string): Layer.Layer<Places> =>
  Layer.succeed(Places, Either.getOrThrow(makePlaces({ DROVER_HOME: home })))

export const volume = (filesystem: Volume.Volume["filesystem"]): Volume.Volume => ({ ...Volume.unknown, filesystem })

/** What supervisors find of each other. It holds until it is changed. */
export class Findings {
  /** Of processes that are not listed as dead. */
  process: ProcessState = "Alive"
  heartbeat: Heartbeat = "Fresh"
  filesystem: Volume.Volume["filesystem"] = "Local"
  readonly dead = new Set<number>()
  #pids = 100

  /** A supervisor on this host in a process of its own, with what it looked for. */
  enter(self: Partial<Probes.Looker> = {}) {
    this.#pids += 1
    const pid = this.#pids
    const looker = { pid, pidStart: `${pid}0`, bootId: "boot", hostId: "machine", hostname: "here", ...self }
    const asked: Array<keyof Evidence> = []
    const probes = Probes.layerMemory(
      {
        self: looker,
        process: (lock) => (this.dead.has(lock.pid) ? "Dead" : this.process),
        heartbeat: () => this.heartbeat,
        volume: () => volume(this.filesystem)
      },
      asked
    )
    return { asked, looker, probes }
  }
}

/** A record that somebody else has left. */
export const recordOf = (
  owner: string,
  process: Partial<ProcessIdentity> = {},
  more: Partial<LockRecord> = {}
): LockRecord => ({
  owner,
  process: { host: "here", pid: 4242, startTime: "7", bootId: "boot", ...process },
  acquiredAt: 1,
  hostId: "machine",
  epoch: 3,
  heartbeatAt: 1,
  ...more
})

/** The lock of a state directory as one supervisor sees it. */
export const ownershipWith = (home: string, probes: Layer.Layer<Probes.Probes>): Effect.Effect<Ownership["Type"]> =>
  Effect.map(
    Effect.provide(Ownership, layer.pipe(Layer.provide(probes), Layer.provide(places(home)))),
    (ownership) => ({ ...ownership, acquire: (healing) => Effect.provide(ownership.acquire(healing), quiet) })
  )

/** What a takeover logs is for a supervisor's log. */
const quiet = Logger.remove(Logger.defaultLogger)

/** By real looks at real processes. */
export const realProbes = (home: string) =>
  Layer.orDie(Probes.layer.pipe(Layer.provide(places(home)), Layer.provide(processesLayer)))

export const ownershipOf = (home: string): Effect.Effect<Ownership["Type"]> => ownershipWith(home, realProbes(home))
