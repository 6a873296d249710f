/** What a process in the simulation is given of the world in place of the real thing: processes, probes and git. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as PubSub from "effect/PubSub"
import * as Stream from "effect/Stream"
import type { IFs } from "memfs"
import * as Evidence from "../../../core/ownership/Evidence.ts"
import type { Target } from "../../../core/task/Spec.ts"
import { type Look, Trees, TreeUnreadable } from "../../../shell/git/Trees.ts"
import { Landings } from "../../../shell/git/Landings.ts"
import { Worktrees } from "../../../shell/git/Worktrees.ts"
import { Probes } from "../../../shell/ownership/Probes.ts"
import { Processes } from "../../../shell/process/Processes.ts"
import * as ProcessTable from "../../../shell/process/ProcessTable.ts"
import { SpawnFailed, type SpawnRequest } from "../../../shell/process/SpawnRequest.ts"
import { stop } from "../../../shell/process/Stop.ts"
import { answered } from "../kernel/Defect.ts"
import type { Deed, Loop, Process } from "../kernel/Loop.ts"
import * as FakeLandings from "./git/FakeLandings.ts"
import * as FakeWorktrees from "./git/FakeWorktrees.ts"
import type { Repositories } from "./git/Repositories.ts"
import type { Host } from "./Host.ts"

export interface Surroundings {
  readonly loop: Loop
  readonly host: Host
  readonly disk: IFs
  readonly repositories: Repositories
  readonly treeOf: (cwd: string, target?: Target) => Look
  /** A process has seen all processes. */
  readonly looked: (process: Process) => void
}

const isDirectory = (disk: IFs, path: string): boolean =>
  disk.statSync(path, { throwIfNoEntry: false })?.isDirectory() === true

/** A process enters the machine when it begins, and leaves it when it ends or is killed; what it started stays. */
const entered = ({ host }: Surroundings, process: Process): number => {
  const { machine } = host
  const pid = machine.enter()
  process.onDeath.push(() => machine.leave(pid))
  return pid
}

const processes = (surroundings: Surroundings, self: number, process: Process): Layer.Layer<Processes> =>
  Layer.scoped(
    Processes,
    Effect.gen(function* () {
      const { disk, host, looked, loop } = surroundings
      const { machine } = host
      const { bootId, host: name } = machine
      const ended = yield* Effect.acquireRelease(PubSub.sliding<string>(1024), PubSub.shutdown)
      const remove = machine.onExit((marker, parent) => {
        // What the system tells a process, the process does not hear at once.
        if (parent === self) loop.post(process, () => void ended.unsafeOffer(marker))
      })
      process.onDeath.push(remove)

      const ask = <A>(deed: Deed, work: (now: number) => A): Promise<A> =>
        loop.request(deed, () => host.use((_, now) => work(now)))
      const table = Effect.tryPromise({
        try: () =>
          ask({ kind: "look", what: "processes" }, () => {
            looked(process)
            return machine.processes
          }),
        catch: answered(
          (cause) => new ProcessTable.ProcessTableUnreadable({ operation: "look at all processes", cause })
        )
      })
      const snapshot = Effect.map(table, (seen) => ProcessTable.make({ host: name, bootId, self, processes: seen }))
      const kernel = {
        snapshot,
        signal: (...[entry, signal, target]: Parameters<Parameters<typeof stop>[0]["signal"]>) =>
          Effect.promise(() =>
            ask({ kind: "signal", what: `${signal} ${entry.pid}` }, (now) => machine.signal(entry, signal, target, now))
          )
      }
      const start = (request: SpawnRequest) => {
        const missing = [request.directory, request.cwd].find((path) => !isDirectory(disk, path))
        if (missing !== undefined) {
          throw new SpawnFailed({ operation: "find directory", reason: "DirectoryMissing", path: missing })
        }
        const program = machine.script(request)
        if (typeof program === "string") {
          throw new SpawnFailed({ operation: "start process", reason: program, path: request.command })
        }
        return host.use((_, now) => machine.spawn(request, program, self, now))
      }
      return {
        host: name,
        bootId,
        snapshot,
        spawn: (request) =>
          Effect.tryPromise({
            try: () => loop.request({ kind: "spawn", what: request.marker }, () => start(request)),
            catch: answered((cause) =>
              cause instanceof SpawnFailed
                ? cause
                : new SpawnFailed({ operation: "start process", reason: "Other", path: request.command, cause })
            )
          }).pipe(
            Effect.map(({ pid, startTime }) => ({ host: name, pid, startTime, bootId })),
            Effect.uninterruptible
          ),
        identify: (pid) =>
          Effect.map(snapshot, (seen) =>
            Option.map(Option.fromNullable(seen.byPid.get(pid)), (entry) => ProcessTable.identityOf(seen, entry))
          ),
        stop: (request) => stop(kernel, request),
        exits: Stream.fromPubSub(ended)
      }
    })
  )

const probes = (self: number): Layer.Layer<Probes, never, Processes> =>
  Layer.effect(
    Probes,
    Effect.map(Processes, (service) => {
      const { bootId, host } = service
      const sight = (pid: number): Effect.Effect<Evidence.Sighting> =>
        service.identify(pid).pipe(
          Effect.map(
            Option.match({
              onNone: (): Evidence.Sighting => ({ _tag: "Gone" }),
              onSome: ({ startTime }): Evidence.Sighting => ({ _tag: "Running", startTime })
            })
          ),
          Effect.orElseSucceed((): Evidence.Sighting => ({ _tag: "Unreadable" }))
        )
      return {
        self: Effect.flatMap(service.identify(self), (found) =>
          Option.isSome(found)
            ? Effect.succeed({
                pid: self,
                pidStart: found.value.startTime,
                bootId,
                hostId: "the-only-one",
                hostname: host
              })
            : new ProcessTable.ProcessTableUnreadable({ operation: "identify this process", cause: "it is gone" })
        ),
        process: (lock) =>
          Evidence.isOfEarlierBoot(lock, service)
            ? Effect.succeed("Recycled" as const)
            : Effect.map(sight(lock.pid), (seen) => Evidence.processState(lock, service, seen)),
        heartbeat: (lock) => Effect.map(Clock.currentTimeMillis, (now) => Evidence.heartbeat(lock, now)),
        volume: Effect.succeed({ filesystem: "Local", source: "/dev/sda1", fstype: "ext4" } as const)
      }
    })
  )

const trees = ({ loop, treeOf }: Surroundings): Layer.Layer<Trees> =>
  Layer.succeed(Trees, {
    look: (cwd, target) =>
      Effect.tryPromise({
        try: () => loop.request({ kind: "look", what: `tree ${cwd}` }, () => treeOf(cwd, target)),
        catch: answered((cause) => new TreeUnreadable({ operation: "look", path: cwd, cause }))
      })
  })

const git = ({ loop, repositories }: Surroundings, process: Process): Layer.Layer<Landings | Worktrees> => {
  const worktrees = FakeWorktrees.make(loop, repositories)
  return Layer.merge(
    Layer.succeed(Worktrees, worktrees),
    Layer.succeed(Landings, FakeLandings.make(loop, process, repositories, worktrees))
  )
}

/** For one process of the simulation. */
export const layer = (
  surroundings: Surroundings,
  process: Process
): Layer.Layer<Landings | Processes | Probes | Trees | Worktrees> => {
  const self = entered(surroundings, process)
  return Layer.mergeAll(probes(self), trees(surroundings), git(surroundings, process)).pipe(
    Layer.provideMerge(processes(surroundings, self, process))
  )
}
