/**
 * The service of processes: starts programs detached, at most once per start token, identifies them across restarts
 * of the supervisor, and stops everything that an attempt has started, and nothing else.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Option from "effect/Option"
import type * as Stream from "effect/Stream"
import type { ProcessIdentity } from "../../core/execution/Process.ts"
import * as HostProcesses from "./HostProcesses.ts"
import type { Machine } from "./Machine.ts"
import * as MemoryProcesses from "./MemoryProcesses.ts"
import type { ProcessTable, ProcessTableUnreadable } from "./ProcessTable.ts"
import type { SpawnFailed, SpawnRequest } from "./SpawnRequest.ts"
import type { Stopped, StopRequest } from "./Stop.ts"

export class Processes extends Context.Tag("drover/Processes")<
  Processes,
  {
    /** The machine's name, as it stands in every identity. */
    readonly host: string
    readonly bootId: string
    /**
     * Starts the program through the wrapper, in a session of its own. Succeeds when the wrapper runs; the program
     * runs only if the wrapper gets the folder's start token. Fails before the token is touched.
     */
    readonly spawn: (request: SpawnRequest) => Effect.Effect<ProcessIdentity, SpawnFailed>
    /** Who lives under a pid now. A zombie does not live. */
    readonly identify: (pid: number) => Effect.Effect<Option.Option<ProcessIdentity>, ProcessTableUnreadable>
    /** All processes, by a look that begins after the call; callers at one time share it. */
    readonly snapshot: Effect.Effect<ProcessTable, ProcessTableUnreadable>
    readonly stop: (request: StopRequest) => Effect.Effect<Stopped, ProcessTableUnreadable>
    /** Markers of wrappers that ended while this supervisor was their parent: a reason to look, not a fact to rely on. */
    readonly exits: Stream.Stream<string>
  }
>() {}

/** The machine's own processes. Closing the layer ends none of them. */
export const layer: Layer.Layer<Processes, ProcessTableUnreadable> = Layer.scoped(Processes, HostProcesses.make)

/** Scripted processes on a machine that outlives the layer, as a real one outlives a supervisor. */
export const layerMemory = (machine: Machine): Layer.Layer<Processes> =>
  Layer.scoped(Processes, MemoryProcesses.make(machine))
