/**
 * Starts agents beside the loop: makes the directory ready, notes what it holds, and only then spawns. What fails on the
 * way is an outcome too.
 */
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FiberMap from "effect/FiberMap"
import * as Option from "effect/Option"
import type { Marker } from "../../core/execution/AttemptRecord.ts"
import type { TreeHash } from "../../core/execution/Execution.ts"
import type { Policy } from "../../core/policy/Policy.ts"
import type { AttemptNumber } from "../../core/task/Identifiers.ts"
import { agentFor } from "../../core/task/RoleAgents.ts"
import type { Task } from "../../core/task/Task.ts"
import type { Of } from "../../core/tick/Action.ts"
import { launchFailed } from "../../core/tick/DecideExecution.ts"
import * as Launch from "../agents/Launch.ts"
import * as Reminders from "../claims/Reminders.ts"
import { Configuration } from "../config/Configuration.ts"
import { Places } from "../config/Places.ts"
import { Trees } from "../git/Trees.ts"
import { Worktrees } from "../git/Worktrees.ts"
import * as Mechanism from "../guards/Mechanism.ts"
import type { Held } from "../policy/Held.ts"
import { Processes } from "../process/Processes.ts"
import * as StartToken from "../process/StartToken.ts"
import { Store } from "../store/Store.ts"
import type { Fleet } from "../supervisor/Fleet.ts"
import type { Outcome } from "./Outcome.ts"
import * as HeadFile from "./HeadFile.ts"
import * as Setup from "./Setup.ts"

/** Another supervisor, which did not know yet that it is none any more, has taken the start back. */
class StartRevoked extends Data.TaggedError("StartRevoked") {
  override get message(): string {
    return "its start was revoked"
  }
}

/** Between two looks for the token, milliseconds: a wrapper takes it as it begins. */
const pauses = { first: 2, longest: 100 }

export interface Tools {
  readonly fleet: Fleet
  readonly held: Held
  readonly policy: Policy
  readonly wake: Effect.Effect<void>
  readonly outcome: Outcome
  /** What the directories looked like just before the attempts were started that this supervisor has started. */
  readonly trees: Map<Marker, TreeHash>
}

/**
 * How long a start waits for a look at its directory: well within the grace in which it must be seen. In a worktree that
 * grace does not run yet, and whether the attempt has committed anything is known by that look.
 */
const lookLimitMs = { "in-place": 3000, worktree: 30_000 }

export const make = Effect.fnUntraced(function* (tools: Tools) {
  const { fleet, held, outcome, policy, trees, wake } = tools
  const places = yield* Places
  const configuration = yield* Configuration
  const { hooks } = configuration
  const store = yield* Store
  const processes = yield* Processes
  const content = yield* Trees
  const worktrees = yield* Worktrees
  const launches = yield* FiberMap.make<string>()
  /** Those of which nothing follows from what is seen of them: who is under way may still start. */
  const underWay = new Set<Marker>()
  /** Of those the ones that make their directory ready, and may be broken off there. */
  const preparing = new Set<Marker>()

  /** Makes the directory of a task ready where it has one of its own. */
  const prepare = Effect.fnUntraced(function* (task: Task, attempt: AttemptNumber, marker: Marker) {
    if (task.spec.isolate === "in-place") return
    const { needsSetup, top } = yield* worktrees.ensure(task)
    if (!needsSetup) return
    const earlier = (yield* fleet.before(task.id, attempt))?.marker ?? null
    yield* Setup.run({ task, attempt, marker, top, earlier }).pipe(
      Effect.provideService(Places, places),
      Effect.provideService(Processes, processes)
    )
    yield* worktrees.noteSetup(task.id)
  })

  /** Its start token once its wrapper has taken it or met that it was revoked, or as it is when the grace is over. */
  const settled = Effect.fnUntraced(function* (directory: string) {
    const ends = (yield* Clock.currentTimeMillis) + policy.launchGraceMs
    let token = yield* StartToken.read(directory)
    for (let pause = pauses.first; token === "free" && (yield* Clock.currentTimeMillis) < ends;) {
      yield* Effect.sleep(pause)
      pause = Math.min(pauses.longest, pause * 2)
      token = yield* StartToken.read(directory)
    }
    return token
  })

  /** Of what the session that is resumed is reminded: nothing, where that can not be read, for no work waits for a promise. */
  const remindersOf = (task: Task, { attempt, session }: Of<"Spawn">): Effect.Effect<ReadonlyArray<string>> =>
    session === null
      ? Effect.succeed([])
      : Effect.flatMap(left(task, attempt.number, session), Reminders.of).pipe(
          Effect.catchAll(({ message }) => Effect.as(Effect.logError(`#${task.id} is not reminded: ${message}`), [])),
          Effect.provideService(Store, store),
          Effect.provideService(Configuration, configuration)
        )

  /** How the session that is resumed was left. */
  const left = Effect.fnUntraced(function* ({ id }: Task, attempt: AttemptNumber, session: string) {
    const before = yield* fleet.before(id, attempt)
    const isIts = before?.progress.session === session
    return {
      session,
      lastMessage: isIts ? before.progress.lastMessage : null,
      at: (isIts ? before.endedAt : null) ?? (yield* Clock.currentTimeMillis)
    }
  })

  const launch = Effect.fnUntraced(function* (task: Task, action: Of<"Spawn">, marker: Marker) {
    const { attempt, drifted, feedback, session } = action
    const cwd = worktrees.directoryOf(task)
    const reminders = yield* remindersOf(task, action)
    const launch = {
      task,
      attempt,
      marker,
      cwd,
      session,
      feedback,
      isDrifted: drifted === true,
      reminders,
      hasHooks: hooks.inject
    }
    const request = yield* Launch.prepare(places, process.env, launch)
    // Before it can use a tool: the tick would be too late.
    yield* held.hold(task, session ?? Launch.sessionOf(agentFor(task.spec, attempt.role).kind, marker), marker)
    const found = yield* Effect.option(
      Effect.timeout(content.look(cwd, task.spec.target), lookLimitMs[task.spec.isolate])
    )
    if (Option.isSome(found)) {
      trees.set(marker, found.value.tree)
      if (found.value.head !== undefined) yield* HeadFile.write(request.directory, found.value.head)
    }
    const identity = yield* processes.spawn(request)
    const token = yield* settled(request.directory)
    if (token === "revoked") return yield* new StartRevoked()
    // As long as its wrapper has not taken the token it may never start: that is for the sensors to see.
    if (token === "free") return
    yield* outcome(task.id, (_, at) => ({ _tag: "Started", attempt: attempt.number, process: identity, at }))
  })

  /** A launch that fails is an outcome too, unless the store is the trouble: then the sensors find what there is. */
  const launching = (task: Task, action: Of<"Spawn">, marker: Marker) => {
    const failed = Effect.fnUntraced(function* ({ message }: { readonly message: string }) {
      trees.delete(marker)
      // Its setup may run still: what is over has no process (EXE-2). Where that is not seen the sensors go on.
      const stopped = yield* processes.stop({ marker, graceMs: policy.stopGraceMs })
      if (stopped._tag === "Survivors")
        return yield* Effect.logError(`#${task.id}: ${message}; processes of it live on`)
      yield* outcome(task.id, (now, at) => launchFailed(now, action.attempt, message, { now: at, policy }))
    })
    const ready = Effect.acquireUseRelease(
      Effect.sync(() => preparing.add(marker)),
      () => prepare(task, action.attempt.number, marker),
      () => Effect.sync(() => preparing.delete(marker))
    )
    return Effect.zipRight(ready, launch(task, action, marker)).pipe(
      Effect.catchTags({
        SpawnFailed: failed,
        AttemptFolderUnwritable: failed,
        NotHeld: failed,
        SessionPolicyUnusable: failed,
        NotSeparable: failed,
        WorktreeFailed: failed,
        SetupFailed: failed,
        ProcessTableUnreadable: failed,
        ExitUnreadable: failed,
        StartRevoked: failed
      }),
      Mechanism.failing,
      Effect.catchAll((error) => Effect.logError(`the start of #${task.id} could not be recorded: ${error.message}`)),
      Effect.ensuring(
        Effect.sync(() => {
          underWay.delete(marker)
          fleet.touch(task.id)
        })
      ),
      Effect.ensuring(wake)
    )
  }

  /** Ends a start that is under way, where there is one. */
  const end = (marker: Marker): Effect.Effect<void> =>
    Effect.gen(function* () {
      const pending = yield* Effect.option(FiberMap.get(launches, marker))
      // One that makes its directory ready may take its time; what it has started is stopped with the rest.
      const ending = preparing.has(marker) ? Fiber.interrupt : Fiber.await
      if (Option.isSome(pending)) yield* ending(pending.value)
    })

  return {
    launch: (task: Task, action: Of<"Spawn">, marker: Marker): Effect.Effect<void> =>
      Effect.suspend(() => {
        underWay.add(marker)
        return Effect.asVoid(FiberMap.run(launches, marker, launching(task, action, marker)))
      }),
    end,
    isLaunching: (marker: Marker): boolean => underWay.has(marker)
  } as const
})
