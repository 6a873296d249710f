/** What the specs of ownership share: state directories, locks on them, and a process table that can be scripted. */
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { ProcessIdentity } from "../../../core/execution/Process.ts"
import { make as makePlaces, Places } from "../../../shell/config/Places.ts"
import { layer } from "../../../shell/ownership/FileOwnership.ts"
import { Ownership } from "../../../shell/ownership/Ownership.ts"
import { layer as processesLayer, Processes } from "../../../shell/process/Processes.ts"
import { ProcessTableUnreadable } from "../../../shell/process/ProcessTable.ts"

export const folder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "drover-lock-"))),
  (path) => Effect.promise(() => rm(path, { recursive: true, force: true }))
)

export const lockOf = (home: string): string => join(home, "supervisor.lock")

const places = (home: string): Layer.Layer<Places> =>
  Layer.succeed(Places, Either.getOrThrow(makePlaces({ DROVER_HOME: home })))

/** The real process table, in which `identify` answers what it is told for each pid, and tells which it was asked for. */
export const scripted = (
  answer: (pid: number) => ProcessIdentity | "gone" | "unreadable",
  host = "here",
  bootId = "boot"
) => {
  const asked: Array<number> = []
  const identify = (pid: number) =>
    Effect.suspend(() => {
      asked.push(pid)
      const found = answer(pid)
      if (found === "unreadable") return new ProcessTableUnreadable({ operation: "scripted", cause: "scripted" })
      return Effect.succeed(found === "gone" ? Option.none() : Option.some(found))
    })
  const processes = Layer.effect(
    Processes,
    Effect.map(Processes, (real) => ({ ...real, host, bootId, identify }))
  ).pipe(Layer.provide(processesLayer))
  return { asked, processes }
}

/** The lock of a state directory as one supervisor sees it. */
export const ownershipOf = (home: string, processes: Layer.Layer<Processes, ProcessTableUnreadable> = processesLayer) =>
  Effect.provide(Ownership, layer.pipe(Layer.provide(places(home)), Layer.provide(processes)))
