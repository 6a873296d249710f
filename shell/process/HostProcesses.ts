/**
 * The processes of this machine: starts them so that they outlive us, knows them again, and stops them whole.
 */
import { spawn as spawnChild } from "node:child_process"
import { once } from "node:events"
import { type FileHandle, open } from "node:fs/promises"
import { hostname } from "node:os"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as PubSub from "effect/PubSub"
import * as Stream from "effect/Stream"
import type { ProcessIdentity } from "../../core/execution/Process.ts"
import * as ProcessTable from "./ProcessTable.ts"
import * as ProcFs from "./ProcFs.ts"
import * as Program from "./Program.ts"
import * as Ps from "./Ps.ts"
import { shared } from "./SharedLook.ts"
import { SpawnFailed, type SpawnRequest } from "./SpawnRequest.ts"
import { stop, type StopRequest } from "./Stop.ts"
import type { TableReader } from "./TableReader.ts"
import { wrapper } from "./Wrapper.ts"

/** A look that takes longer hangs on a process that can not be read; it is then Unknown who lives. */
const lookLimitMs = 10_000

const within = async <A>(limitMs: number, work: Promise<A>): Promise<A> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${limitMs} ms`)), limitMs)
    timer.unref()
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

const failed = (operation: SpawnFailed["operation"], path: string) => (cause: unknown) =>
  new SpawnFailed({ operation, reason: "Other", path, cause })

const directoryExists = (path: string): Effect.Effect<void, SpawnFailed> =>
  Effect.filterOrFail(
    Effect.promise(() => Program.isDirectory(path)),
    (there) => there,
    () => new SpawnFailed({ operation: "find directory", reason: "DirectoryMissing", path })
  )

const programOf = (request: SpawnRequest): Effect.Effect<string, SpawnFailed> =>
  Effect.flatMap(
    Effect.promise(() => Program.find(request.command, request.env["PATH"], request.cwd)),
    (program) =>
      program === undefined
        ? new SpawnFailed({ operation: "find program", reason: "ProgramNotFound", path: request.command })
        : Effect.succeed(program)
  )

/** Not by a scope: an interruption that comes while a finalizer of one runs is lost (decision 21). */
const withFile = <A>(
  path: string,
  flags: "r" | "a",
  use: (file: FileHandle) => Effect.Effect<A, SpawnFailed>
): Effect.Effect<A, SpawnFailed> =>
  Effect.acquireUseRelease(
    Effect.tryPromise({ try: () => open(path, flags, 0o600), catch: failed("open file", path) }),
    use,
    (file) => Effect.promise(() => file.close())
  )

interface Started {
  readonly pid: number
  readonly startTime: string
}

/** Settles once the wrapper is executed; `ended` is called when it is over and reaped. */
const start = async (
  reader: TableReader,
  request: SpawnRequest,
  program: string,
  files: readonly [FileHandle, FileHandle, FileHandle],
  ended: () => void
): Promise<Started> => {
  const child = spawnChild("/bin/sh", ["-c", wrapper, "drover", request.directory, program, ...request.args], {
    cwd: request.cwd,
    env: { ...request.env, [ProcessTable.markerVariable]: request.marker },
    detached: true,
    stdio: [files[0].fd, files[1].fd, files[2].fd]
  })
  child.once("exit", ended)
  child.unref()
  const { pid } = child
  if (pid === undefined) {
    const [cause] = await once(child, "error")
    throw cause
  }
  // Asked before anything is awaited: the child is not reaped yet, so that even if it has ended its start can be read.
  const looked = await reader.look(pid)
  // Without /proc it may be gone by the time we ask: then nobody is to be found under this identity, as is right.
  return { pid, startTime: looked?.startTime ?? "0" }
}

export const make = Effect.gen(function* () {
  const unreadable = (operation: string) => (cause: unknown) =>
    new ProcessTable.ProcessTableUnreadable({ operation, cause })
  const linux = ProcFs.isAvailable()
  const reader = linux ? ProcFs.reader : Ps.reader
  const host = hostname()
  const bootId = yield* Effect.tryPromise({
    try: () => (linux ? ProcFs.readBootId() : Ps.readBootId()),
    catch: unreadable("read the boot id")
  })
  const ended = yield* Effect.acquireRelease(PubSub.sliding<string>(1024), PubSub.shutdown)
  const look = shared(() => within(lookLimitMs, reader.read()))

  const identity = ({ pid, startTime }: Started): ProcessIdentity => ({ host, pid, startTime, bootId })

  const snapshot = Effect.map(
    Effect.tryPromise({ try: look, catch: unreadable("look at all processes") }),
    (processes) => ProcessTable.make({ host, bootId, self: process.pid, processes })
  )

  const kernel = {
    snapshot,
    signal: (...[entry, signal, target]: Parameters<TableReader["signal"]>) =>
      Effect.orElseSucceed(
        Effect.tryPromise(() => reader.signal(entry, signal, target)),
        () => false
      )
  }

  const spawn = (request: SpawnRequest): Effect.Effect<ProcessIdentity, SpawnFailed> =>
    Effect.gen(function* () {
      yield* directoryExists(request.directory)
      yield* directoryExists(request.cwd)
      const program = yield* programOf(request)
      const started = (...files: readonly [FileHandle, FileHandle, FileHandle]) =>
        Effect.tryPromise({
          try: () => start(reader, request, program, files, () => ended.unsafeOffer(request.marker)),
          catch: failed("start process", program)
        })
      return yield* withFile(request.stdin ?? "/dev/null", "r", (stdin) =>
        withFile(request.stdout, "a", (stdout) =>
          withFile(request.stderr, "a", (stderr) => started(stdin, stdout, stderr))
        )
      )
    }).pipe(Effect.map(identity), Effect.uninterruptible)

  return {
    host,
    bootId,
    spawn,
    snapshot,
    identify: (pid: number) =>
      Effect.map(
        Effect.tryPromise({ try: () => reader.look(pid), catch: unreadable(`look at process ${pid}`) }),
        (looked) =>
          looked !== undefined && ProcessTable.isAlive(looked)
            ? Option.some(identity({ pid, startTime: looked.startTime }))
            : Option.none()
      ),
    stop: (request: StopRequest) => stop(kernel, request),
    exits: Stream.fromPubSub(ended)
  }
})
