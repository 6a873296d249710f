/**
 * What a hook of a session with a role runs: it binds the session, and at a stop prints what the session is given as the
 * decision to go on. It says nothing else, succeeds whatever happens, and takes no longer than its limit: an agent waits.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { settle } from "../../core/mailbox/AtStop.ts"
import { frame } from "../../core/mailbox/Frame.ts"
import { type HookCall, parse } from "../../core/mailbox/HookCall.ts"
import { isBindable } from "../../core/mailbox/Role.ts"
import { Places } from "../config/Places.ts"
import * as Ancestry from "../process/Ancestry.ts"
import { Store } from "../store/Store.ts"
import * as Moment from "../view/Moment.ts"
import { Output } from "./Output.ts"
import { standardInput } from "./StandardInput.ts"

/** Milliseconds in all; the entry in the agents' settings allows 3,000. */
const limitMs = 2000
/** For the lock of another process, milliseconds. */
const patienceMs = 1000

type Hook = "SessionStart" | "Stop"

/** The store, for somebody who can not wait long. */
const hasty = Effect.gen(function* () {
  const { database } = yield* Places
  const SqlStore = yield* Effect.promise(() => import("../store/SqlStore.ts"))
  return SqlStore.layer({ file: database, patience: patienceMs })
})

const bind = Effect.fnUntraced(function* (role: string, { cwd, isStart, session }: HookCall) {
  const store = yield* Store
  const at = yield* Clock.currentTimeMillis
  const { above, agent } = Ancestry.look()
  const gone = (yield* store.openSessions)
    .filter((each) => each.role === role && each.process !== null && Ancestry.isGone(each.process))
    .map((each) => each.session)
  const claim = { session, role, at, cwd, process: agent, ancestors: above, isStart }
  return yield* store.claimRole(claim, gone)
})

/** Waits for the rest of a burst. */
const settled = Effect.fnUntraced(function* (role: string) {
  const store = yield* Store
  const began = yield* Clock.currentTimeMillis
  for (;;) {
    const now = yield* Clock.currentTimeMillis
    const ms = settle(yield* store.waitingMail(role, 50), now, now - began)
    if (ms <= 0) return
    yield* Effect.sleep(ms)
  }
})

const work = Effect.fnUntraced(function* (hook: Hook, role: string) {
  const call = parse(hook, yield* standardInput)
  if (call === null) return
  const output = yield* Output
  const store = yield* Store
  const isHolder = yield* bind(role, call)
  if (hook === "SessionStart") return
  if (isHolder) yield* settled(role)
  const { isContinuation, said, session } = call
  const at = yield* Clock.currentTimeMillis
  const taken = yield* store.takeMail({ session, role, at, isContinuation, said })
  if (taken._tag === "None") return
  yield* output.json({ decision: "block", reason: frame(taken.delivery, taken.messages, Moment.iso) })
})

/** For an attempt of drover, a session without a role, or another hook there is nothing to do. */
export const answer = (
  hook: string,
  environment: Readonly<Record<string, string | undefined>>
): Effect.Effect<void, never, Output | Places> => {
  const { DROVER_ATTEMPT: attempt = "", DROVER_MAILBOX: role = "" } = environment
  if ((hook !== "SessionStart" && hook !== "Stop") || attempt !== "" || !isBindable(role)) return Effect.void
  const asked = Effect.flatMap(hasty, (store) => Effect.provide(work(hook, role), store))
  return asked.pipe(
    // What does not end in time is left behind: the process ends with the answer.
    Effect.disconnect,
    Effect.timeoutOption(limitMs),
    Effect.flatMap((done) =>
      Option.isSome(done) ? Effect.void : Effect.fail({ message: `it took more than ${limitMs} ms` })
    ),
    Effect.catchAllCause((cause) => Effect.flatMap(Output, (output) => output.error(`drover inbox: ${String(cause)}`)))
  )
}
