/**
 * What the supervisor knows of sessions that hold roles, and of the messages that ask them for work. It is read from the
 * store when that has changed; evidence that a session is over, or has seen what it was given, is written there.
 */
import { relative } from "node:path"
import { isDeepStrictEqual } from "node:util"
import type * as Context from "effect/Context"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { attemptOf } from "../../core/execution/Execution.ts"
import type { HookName } from "../../core/hook/HookName.ts"
import type { Session } from "../../core/mailbox/Session.ts"
import { role } from "../../core/stage/Projection.ts"
import type { TaskId } from "../../core/task/Identifiers.ts"
import type { Task } from "../../core/task/Task.ts"
import type { MailboxSession, Observation } from "../../core/tick/World.ts"
import { Cadence } from "../config/Cadence.ts"
import type { Pulse } from "../guards/Guards.ts"
import * as Mechanism from "../guards/Mechanism.ts"
import type { Processes } from "../process/Processes.ts"
import type { WorkMail } from "../store/MailboxService.ts"
import type { ReceivedHookEvent, Store, StoreError } from "../store/Store.ts"

/** Hooks that a session's end, its person, or its work may show by; of those at work the first since a turn began is enough. */
const always: ReadonlySet<HookName> = new Set(["SessionEnd", "UserPromptSubmit"])
const turns: ReadonlySet<HookName> = new Set(["Stop", "SessionStart"])

export interface Postbox {
  /** What hooks tell; evidence alone, so that a store that can not be written loses nothing else. */
  readonly hear: (events: ReadonlyArray<ReceivedHookEvent>) => Effect.Effect<void>
  /** Reads what is stored about these tasks, and answers those of which anything is another. */
  readonly refresh: (tasks: ReadonlyArray<Task>) => Effect.Effect<ReadonlyArray<TaskId>, StoreError>
  /** Looks for ever whether the sessions' processes are there. */
  readonly watch: Effect.Effect<never>
  readonly mailboxOf: (task: Task) => MailboxSession | null
  /** Null: nothing was seen that means anything to the task as it is. */
  readonly observationOf: (task: Task) => Observation | null
  /** The turn that carries a task is over, or its session is. */
  readonly isOver: (task: Task) => boolean
}

const contains = (folder: string, path: string): boolean => !/^\.\.(?:\/|$)/.test(relative(folder, path))

/** Whether a session, and no process of drover's, works at it. */
export const isCarried = ({ execution }: Task): boolean =>
  (execution._tag === "Running" || execution._tag === "Stopping") && execution.carrier?._tag === "Session"

/** Whether the mailbox may matter to it. */
export const concerns = (task: Task): boolean =>
  task.spec.mailboxRole !== null && (role(task.stage) !== null || attemptOf(task.execution) !== null)

/** `beat` says how each look went, and what could not be noted. */
export const make = (
  store: Context.Tag.Service<Store>,
  processes: Context.Tag.Service<Processes>,
  { beat, died }: Pulse
): Effect.Effect<Postbox> =>
  Effect.map(Cadence, (cadence) => {
    let sessions: ReadonlyArray<Session> = []
    /** All that may live: one that was followed by another may still have mail that it has not seen. */
    let open: ReadonlyArray<Session> = []
    let mails: ReadonlyMap<TaskId, WorkMail> = new Map()
    /** Sessions that are known to be bound: of others nothing is passed on. */
    let known: ReadonlySet<string> | null = null
    /** Sessions whose work was passed on since their turn began. */
    let heard: ReadonlySet<string> = new Set()

    const learn = (): ReadonlySet<string> => {
      const carriers = [...mails.values()].flatMap(({ session }) => session ?? [])
      known = new Set([...sessions, ...open, ...carriers].map(({ session }) => session))
      return known
    }

    const lookForOpen = Effect.map(store.openSessions, (found) => {
      open = found
      return learn()
    })

    const refresh: Postbox["refresh"] = Effect.fnUntraced(function* (tasks) {
      // Who is bound meanwhile is learnt by the next look, or by what their hooks tell.
      if (tasks.length === 0 && mails.size === 0) return []
      const found = yield* store.sessions
      const all = tasks.length === 0 ? [] : yield* store.workMail(tasks.map(({ id }) => id))
      const fresh = new Map(all.flatMap((mail) => (mail.message.work === null ? [] : [[mail.message.work.task, mail]])))
      const isSame = isDeepStrictEqual(sessions, found) && isDeepStrictEqual(mails, fresh)
      sessions = found
      mails = fresh
      learn()
      // Whether one session is free follows from the mail of all.
      return isSame ? [] : tasks.map(({ id }) => id)
    })

    const troubled = (what: string) => Effect.zipRight(beat(what), Effect.logWarning(what))

    /** It may have been bound since the last look; at work it is met often, so that waits for the next. */
    const isNews = (bound: ReadonlySet<string>, { event: { hook, sessionId } }: ReceivedHookEvent): boolean =>
      sessionId !== null && !bound.has(sessionId) && (always.has(hook) || turns.has(hook))

    /** Those that are known, with what has been bound meanwhile where these events ask for that. */
    const knownNow = Effect.fnUntraced(function* (events: ReadonlyArray<ReceivedHookEvent>) {
      // Null at a start, before the first look: what was told meanwhile waits in the spool.
      const before = known
      return before !== null && !events.some((each) => isNews(before, each)) ? before : yield* lookForOpen
    })

    const hear: Postbox["hear"] = (events) =>
      Effect.gen(function* () {
        const bound = yield* knownNow(events)
        const passed = new Set(heard)
        const isWorth = (session: string, hook: HookName): boolean => {
          if (!bound.has(session)) return false
          if (turns.has(hook)) passed.delete(session)
          if (always.has(hook)) return true
          if (passed.has(session) || turns.has(hook)) return false
          passed.add(session)
          return true
        }
        const told = events.flatMap(({ at, event: { hook, sessionId: session } }) =>
          session !== null && isWorth(session, hook) ? [{ session, hook, at }] : []
        )
        yield* store.hearSessions(told)
        // Not before it is written: what was not is passed on with the next event.
        heard = passed
      }).pipe(
        Effect.catchAll(({ message }) => {
          heard = new Set()
          return troubled(`what sessions do was not noted: ${message}`)
        })
      )

    /** Gone is proved: by a look that worked, on this machine. */
    const isGone = Effect.fnUntraced(function* ({ process }: Session) {
      if (process === null || process.host !== processes.host) return false
      if (process.bootId !== processes.bootId) return true
      const found = yield* processes.identify(process.pid)
      return Option.match(found, {
        onNone: () => true,
        onSome: ({ startTime }) => startTime !== process.startTime
      })
    })

    const lookOnce = Effect.gen(function* () {
      yield* lookForOpen
      const carriers = [...mails.values()].flatMap(({ session }) => session ?? [])
      const all = new Map([...open, ...carriers].map((each) => [each.session, each]))
      for (const each of all.values()) {
        if (each.endedAt !== null || !(yield* isGone(each))) continue
        yield* Effect.logInfo(`the session ${each.session} of the role ${each.role} is gone`)
        yield* store.endSession(each.session, yield* Clock.currentTimeMillis)
      }
      yield* beat(null)
    }).pipe(Effect.catchAll(({ message }) => troubled(`sessions could not be looked at: ${message}`)))

    /** The mail that the task's execution is about. */
    const mailOf = ({ execution, id }: Task): WorkMail | null => {
      const mail = mails.get(id) ?? null
      const number = attemptOf(execution)?.number
      return mail !== null && mail.message.work?.attempt === number ? mail : null
    }

    const isTurnOver = ({ delivery, session }: WorkMail): boolean =>
      delivery !== null && (delivery.endedAt !== null || (session !== null && session.endedAt !== null))

    return {
      hear,
      refresh,
      watch: Mechanism.forever("the look at sessions", Effect.zipRight(lookOnce, Effect.sleep(cadence.sessions)), died),
      mailboxOf: (task) => {
        const { mailboxRole } = task.spec
        // Who judges must not be who has worked.
        if (mailboxRole === null || role(task.stage) !== "coder") return null
        const holder = sessions.find((each) => each.role === mailboxRole && each.endedAt === null)
        if (holder === undefined || (holder.cwd !== null && !contains(holder.cwd, task.spec.cwd))) return null
        const last = mails.get(task.id)?.message
        if (last?.state._tag === "Expired" && last.work?.visit === task.visit) return null
        const isBusy = [...mails.values()].some(
          ({ delivery, message }) =>
            message.work?.task !== task.id && delivery?.session === holder.session && delivery.endedAt === null
        )
        return { session: holder.session, isBusy }
      },
      observationOf: (task) => {
        const mail = mailOf(task)
        if (mail?.delivery == null) return null
        const { delivery, message } = mail
        switch (task.execution._tag) {
          case "Assigned":
            return { _tag: "Claimed", session: delivery.session }
          case "Running":
            if (delivery.endedAt !== null) return { _tag: "TurnEnded", messageId: message.id }
            return isTurnOver(mail) ? { _tag: "SessionGone" } : null
          default:
            return null
        }
      },
      isOver: (task) => {
        const mail = mailOf(task)
        return mail !== null && isTurnOver(mail)
      }
    }
  })
