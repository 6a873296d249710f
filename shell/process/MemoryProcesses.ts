/**
 * The service of processes over a scripted `Machine`: the same stop, the same start tokens, no real process.
 */
import { statSync } from "node:fs"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as PubSub from "effect/PubSub"
import * as Stream from "effect/Stream"
import type { ProcessIdentity } from "../../core/execution/Process.ts"
import type { Machine } from "./Machine.ts"
import * as ProcessTable from "./ProcessTable.ts"
import { SpawnFailed, type SpawnRequest } from "./SpawnRequest.ts"
import { type Kernel, stop, type StopRequest } from "./Stop.ts"

const isDirectory = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true

/** One supervisor on the machine, as long as the scope is open; what it started outlives it. */
export const make = (machine: Machine) =>
  Effect.gen(function* () {
    const { host, bootId } = machine
    const scope = yield* Effect.scope
    const self = yield* Effect.acquireRelease(
      Effect.sync(() => machine.enter()),
      (pid) => Effect.sync(() => machine.leave(pid))
    )
    const ended = yield* Effect.acquireRelease(PubSub.sliding<string>(1024), PubSub.shutdown)
    yield* Effect.acquireRelease(
      Effect.sync(() => machine.onExit((marker, parent) => parent === self && ended.unsafeOffer(marker))),
      (remove) => Effect.sync(remove)
    )

    /** Runs on the machine as it is now, and sees to it that what is due later happens without being looked at. */
    let armed = Number.POSITIVE_INFINITY
    const now = <A>(act: (at: number) => A): Effect.Effect<A> =>
      Effect.flatMap(Clock.currentTimeMillis, (at) => {
        machine.advance(at)
        const result = act(at)
        return Effect.as(arm(at), result)
      })
    const arm = (at: number): Effect.Effect<void> => {
      const next = machine.nextAt
      if (next >= armed) return Effect.void
      armed = next
      const wake = Effect.zipRight(
        Effect.sleep(next - at),
        Effect.suspend(() => {
          if (armed === next) armed = Number.POSITIVE_INFINITY
          return now(() => undefined)
        })
      )
      return Effect.asVoid(Effect.forkIn(wake, scope))
    }

    const readable = <A>(look: Effect.Effect<A>): Effect.Effect<A, ProcessTable.ProcessTableUnreadable> =>
      Effect.suspend(() =>
        machine.unreadable === undefined
          ? look
          : new ProcessTable.ProcessTableUnreadable({ operation: "look at the machine", cause: machine.unreadable })
      )
    const snapshot = readable(now(() => ProcessTable.make({ host, bootId, self, processes: machine.processes })))
    const kernel: Kernel = {
      snapshot,
      signal: (process, signal, target) => now((at) => machine.signal(process, signal, target, at))
    }

    const spawn = (request: SpawnRequest): Effect.Effect<ProcessIdentity, SpawnFailed> =>
      Effect.suspend(() => {
        const missing = [request.directory, request.cwd].find((path) => !isDirectory(path))
        if (missing !== undefined) {
          return new SpawnFailed({ operation: "find directory", reason: "DirectoryMissing", path: missing })
        }
        const program = machine.script(request)
        if (program === "ProgramNotFound") {
          return new SpawnFailed({ operation: "find program", reason: program, path: request.command })
        }
        if (program === "Other") {
          return new SpawnFailed({
            operation: "start process",
            reason: program,
            path: request.command,
            cause: "scripted"
          })
        }
        return Effect.map(
          now((at) => machine.spawn(request, program, self, at)),
          ({ pid, startTime }) => ({ host, pid, startTime, bootId })
        )
      })

    return {
      host,
      bootId,
      spawn,
      snapshot,
      identify: (pid: number) =>
        Effect.map(snapshot, (table) =>
          Option.map(Option.fromNullable(table.byPid.get(pid)), (entry) => ProcessTable.identityOf(table, entry))
        ),
      stop: (request: StopRequest) => stop(kernel, request),
      exits: Stream.fromPubSub(ended)
    }
  })
