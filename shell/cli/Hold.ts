/**
 * Keeps drover away from a task, and gives it back. It is frozen, not held for review: Unfreeze undoes Freeze exactly,
 * from every stage that work can be done in, and both keep the visit, with its attempts, verdicts and feedback; an approval
 * would begin a new one, and would say that somebody looked at the work.
 */
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type { Policy } from "../../core/policy/Policy.ts"
import { attemptOf, isLive } from "../../core/execution/Execution.ts"
import { isHeld, isTerminal } from "../../core/stage/Projection.ts"
import { encode } from "../../core/stage/Stage.ts"
import { attemptId, type TaskId } from "../../core/task/Identifiers.ts"
import { directoryOf, type Task } from "../../core/task/Task.ts"
import { Store } from "../store/Store.ts"
import * as ExitCode from "./ExitCode.ts"
import { operate, operateIf } from "../operator/Operation.ts"
import * as PresentSupervisor from "../view/PresentSupervisor.ts"
import * as Verbs from "../operator/Verbs.ts"

/** A task that was frozen here. */
export interface Held {
  readonly task: TaskId
  readonly name: string
  /** The wire word of the stage that it was in. */
  readonly from: string
  /** The revision that the freezing made. */
  readonly revision: number
}

const lookInterval = "250 millis"

/** Whether something of drover's could begin to work for it. */
const isFree = ({ stage }: Task): boolean => !isTerminal(stage) && !isHeld(stage)

/** The task, and all others that are worked on in the same directory. */
const neighbourhood = (id: TaskId) =>
  Effect.gen(function* () {
    const store = yield* Store
    const [own] = yield* store.tasks({ ids: [id] })
    if (own === undefined) return yield* new ExitCode.NoSuchTask({ id })
    const directory = directoryOf(own)
    const { tasks } = yield* store.open
    const others = tasks.filter((other) => directory !== null && other.id !== id && directoryOf(other) === directory)
    return [own, ...others]
  })

/** What is still at work there, for people. */
const describe = (task: Task): string => {
  const attempt = attemptOf(task.execution)
  return attempt === null ? `the landing of #${task.id}` : attemptId(task.id, attempt.number)
}

/** What worked there could not be proved dead for so long. */
class StopUnproved extends Data.TaggedError("StopUnproved")<{
  readonly what: string
  readonly seconds: number
}> {}

const nobodyStops = (live: ReadonlyArray<Task>): ExitCode.Failed =>
  new ExitCode.Failed({
    message: `${live.map(describe).join(", ")} may still be at work, and no supervisor runs that could stop it; drover up, then try again`
  })

/** Refuses where something runs that nobody is there to stop. */
export const ensureStoppable = (id: TaskId) =>
  Effect.gen(function* () {
    const live = (yield* neighbourhood(id)).filter(({ execution }) => isLive(execution))
    if (live.length > 0 && (yield* PresentSupervisor.read(yield* Store)) === null) return yield* nobodyStops(live)
  })

const freeze = (task: Task, policy: Policy) =>
  Effect.map(operate("freeze", task.id, Verbs.wordless, policy), ({ id, revision, spec, stage }): Held => {
    const from = stage._tag === "Frozen" ? stage.resumeTo : stage
    return { task: id, name: spec.name, from: encode(from).stage, revision }
  })

export interface Options {
  readonly id: TaskId
  readonly policy: Policy
  /** Told of every task that is frozen, at once: from then on somebody has to give it back. */
  readonly onHeld: (held: Held) => Effect.Effect<void>
  /** Told what is waited for whenever that is something else. */
  readonly onWait: (what: string) => Effect.Effect<void>
}

/**
 * Freezes the task, and every other one that could be worked on in its directory, where they are not held yet; succeeds
 * when all that worked there is proved dead. It is asked of the supervisor, and awaited for as long as one may resist
 * before a person is asked (`survivor_attention_ms`).
 */
export const hold = ({ id, onHeld, onWait, policy }: Options) =>
  Effect.gen(function* () {
    const store = yield* Store
    const patience = policy.stopGraceMs + policy.survivorAttentionMs
    const giveUp = (yield* Clock.currentTimeMillis) + patience
    let said = ""
    for (;;) {
      const there = yield* neighbourhood(id)
      const free = there.filter(isFree)
      for (const task of free) {
        // Uninterrupted: what is frozen and not told of would be given back by nobody.
        yield* freeze(task, policy).pipe(
          Effect.flatMap(onHeld),
          Effect.uninterruptible,
          // Another one may just have ended by itself: it is looked at again.
          Effect.catchIf(
            ({ _tag }) => task.id !== id && (_tag === "NotLegal" || _tag === "NotYet"),
            () => Effect.void
          )
        )
      }
      // What was read before it was frozen may have begun to work since.
      if (free.length > 0) continue
      const live = there.filter(({ execution }) => isLive(execution))
      if (live.length === 0) return
      if ((yield* PresentSupervisor.read(store)) === null) return yield* nobodyStops(live)
      const what = live.map(describe).join(", ")
      if ((yield* Clock.currentTimeMillis) >= giveUp) {
        return yield* new StopUnproved({ what, seconds: Math.round(patience / 1000) })
      }
      if (what !== said) yield* onWait(what)
      said = what
      yield* Effect.sleep(lookInterval)
    }
  })

/** Undoes one freezing, if nobody has moved the task since; false where somebody has. */
export const giveBack = ({ revision, task }: Held, policy: Policy) =>
  Effect.gen(function* () {
    const store = yield* Store
    const isUntouched = ({ id }: Task) =>
      Effect.map(store.ledger(id), (rows) =>
        rows.every((row) => row.revision <= revision || row.event._tag !== "StageMoved")
      )
    return (yield* operateIf(isUntouched, "unfreeze", task, Verbs.wordless, policy)) !== null
  })
