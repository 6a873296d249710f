/**
 * How an attempt is stopped: INT to its program where that is its way of ending well, TERM, a grace, KILL, and look again
 * until nothing of its set is left. It reports empty only what it saw empty, twice.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { ProcessIdentity } from "../../core/execution/Process.ts"
import { ownedBy } from "./OwnedSet.ts"
import {
  identityOf,
  isAlive,
  type ProcessEntry,
  type ProcessTable,
  type ProcessTableUnreadable
} from "./ProcessTable.ts"
import type { Signal, Target } from "./TableReader.ts"

export interface StopRequest {
  readonly marker: string
  readonly root?: ProcessIdentity | undefined
  /** Seen in the set before, by an earlier stop or a sensor. */
  readonly known?: Iterable<ProcessIdentity> | undefined
  /**
   * How long the program may take to end after an INT, milliseconds; absent or 0: it gets none. Only the program: what it
   * has started is its own to end, as a person's Ctrl-C would have it (`../shared/agents/FACTS.md` 0 and 2).
   */
  readonly interruptMs?: number | undefined
  /** Between TERM and KILL, milliseconds. */
  readonly graceMs: number
  /** How long the killed may take to be gone, milliseconds; 2,000 by default (DESIGN.md, "How it survives"). */
  readonly killWaitMs?: number | undefined
}

export type Stopped =
  /** The set is proved empty; `signalled` processes were in it. */
  | { readonly _tag: "Empty"; readonly signalled: number }
  /** These live on after KILL (uninterruptible sleep, another user's): not dead, and not to be called so. */
  | { readonly _tag: "Survivors"; readonly signalled: number; readonly processes: ReadonlyArray<ProcessEntry> }

/** What a stop needs of the machine. */
export interface Kernel {
  readonly snapshot: Effect.Effect<ProcessTable, ProcessTableUnreadable>
  /** Signals that very process, or nobody. */
  readonly signal: (process: ProcessEntry, signal: Signal, target: Target) => Effect.Effect<boolean>
}

interface Look {
  readonly table: ProcessTable
  readonly owned: ReadonlyArray<ProcessEntry>
}

const killWaitDefault = 2_000
const pauses = { first: 10, factor: 1.6, longest: 1_000, longestKilled: 200 }
/**
 * Until the next look, milliseconds; each look reads the whole process table. Who ends at once is seen at once, and of who
 * takes long the end is seen late by a third of that at most.
 */
const pauseAfter = (pause: number): number => Math.min(pause * pauses.factor, pauses.longest)
/** So long may the wrapper take to write down that its program was killed, before it is killed too. */
const recordMs = 1_000

const keyOf = (entry: ProcessEntry): string => `${entry.pid} ${entry.startTime}`

/** Looks at the set; what was in it once stays in it. Empty must be seen twice: a look is not one instant. */
const watch = (kernel: Kernel, request: StopRequest): Effect.Effect<Look, ProcessTableUnreadable> => {
  const known = new Map<string, ProcessIdentity>()
  for (const identity of request.known ?? []) known.set(`${identity.pid} ${identity.startTime}`, identity)
  const look = Effect.map(kernel.snapshot, (table): Look => {
    const owned = ownedBy(table, { marker: request.marker, root: request.root, known: known.values() })
    for (const entry of owned) known.set(keyOf(entry), identityOf(table, entry))
    return { table, owned }
  })
  return Effect.flatMap(look, (first) => (first.owned.length === 0 ? look : Effect.succeed(first)))
}

/** Groups that an owned process leads and in which nobody else is: one signal reaches even those who are just forking. */
const ownGroups = ({ owned, table }: Look): ReadonlyArray<ProcessEntry> => {
  const ours = new Set(owned.map((entry) => entry.pid))
  return owned.filter(
    (leader) =>
      leader.pgid === leader.pid &&
      (table.byGroup.get(leader.pid) ?? []).every((member) => ours.has(member.pid) || !isAlive(member))
  )
}

/** What the wrapper has started. */
const programs = ({ owned }: Look, root: ProcessIdentity | undefined): ReadonlyArray<ProcessEntry> =>
  owned.filter(({ ppid }) => ppid === root?.pid)

const interrupt = Effect.fnUntraced(function* (
  kernel: Kernel,
  entries: ReadonlyArray<ProcessEntry>,
  interrupted: Set<string>
) {
  for (const entry of entries) {
    interrupted.add(keyOf(entry))
    yield* kernel.signal(entry, "SIGINT", "process")
    if (entry.state === "T") yield* kernel.signal(entry, "SIGCONT", "process")
  }
})

const terminate = Effect.fnUntraced(function* (kernel: Kernel, look: Look, signalled: Set<string>) {
  for (const entry of look.owned) {
    if (!signalled.has(keyOf(entry))) {
      signalled.add(keyOf(entry))
      yield* kernel.signal(entry, "SIGTERM", "process")
    }
    // What is stopped does not see the TERM until it continues.
    if (entry.state === "T") yield* kernel.signal(entry, "SIGCONT", "process")
  }
})

const killAll = Effect.fnUntraced(function* (kernel: Kernel, look: Look, signalled: Set<string>) {
  for (const leader of ownGroups(look)) yield* kernel.signal(leader, "SIGKILL", "group")
  for (const entry of look.owned) {
    signalled.add(keyOf(entry))
    yield* kernel.signal(entry, "SIGKILL", "process")
  }
})

/**
 * Stops the set that `ownedBy` gives for marker and root, those included that appear meanwhile. Its program may get an
 * INT first; each process gets one TERM, then, after the grace, KILL until it is gone. Fails when the table can not be
 * read: nothing is known then. Waits by the Clock.
 */
export const stop = Effect.fnUntraced(function* (
  kernel: Kernel,
  request: StopRequest
): Effect.fn.Return<Stopped, ProcessTableUnreadable> {
  const signalled = new Set<string>()
  const watched = watch(kernel, request)
  let look = yield* watched
  const { interruptMs = 0, root } = request
  const interruptEnds = (yield* Clock.currentTimeMillis) + interruptMs
  const interrupted = new Set<string>()
  if (interruptMs > 0) yield* interrupt(kernel, programs(look, root), interrupted)
  let pause = pauses.first
  for (let left = interruptMs; programs(look, root).length > 0 && left > 0;) {
    yield* Effect.sleep(Math.min(pause, left))
    pause = pauseAfter(pause)
    left = interruptEnds - (yield* Clock.currentTimeMillis)
    look = yield* watched
  }
  const graceEnds = (yield* Clock.currentTimeMillis) + request.graceMs
  pause = pauses.first
  for (let left = request.graceMs; look.owned.length > 0 && left > 0;) {
    yield* terminate(kernel, look, signalled)
    yield* Effect.sleep(Math.min(pause, left))
    pause = pauseAfter(pause)
    left = graceEnds - (yield* Clock.currentTimeMillis)
    look = yield* watched
  }
  const killBegins = yield* Clock.currentTimeMillis
  const killEnds = killBegins + (request.killWaitMs ?? killWaitDefault)
  const others = look.owned.filter((entry) => entry.pid !== root?.pid)
  if (others.length > 0 && others.length < look.owned.length) {
    yield* killAll(kernel, { table: look.table, owned: others }, signalled)
    while (look.owned.length > 0 && (yield* Clock.currentTimeMillis) < killBegins + recordMs) {
      yield* Effect.sleep(pauses.first)
      look = yield* watched
    }
  }
  pause = pauses.first
  while (look.owned.length > 0) {
    yield* killAll(kernel, look, signalled)
    yield* Effect.sleep(pause)
    pause = Math.min(pauseAfter(pause), pauses.longestKilled)
    look = yield* watched
    if (look.owned.length > 0 && (yield* Clock.currentTimeMillis) >= killEnds) {
      return { _tag: "Survivors", signalled: new Set([...signalled, ...interrupted]).size, processes: look.owned }
    }
  }
  return { _tag: "Empty", signalled: new Set([...signalled, ...interrupted]).size }
})
