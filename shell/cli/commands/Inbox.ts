/**
 * `drover inbox`: who holds which role, and what waits there; or the mail itself, which is then delivered. `--hook` is what
 * the hooks of a session run.
 */
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Message } from "../../../core/mailbox/Message.ts"
import { frame } from "../../../core/mailbox/Frame.ts"
import { isRole, operator } from "../../../core/mailbox/Role.ts"
import type { Session } from "../../../core/mailbox/Session.ts"
import type { Mail } from "../../store/MailboxService.ts"
import { Store } from "../../store/Store.ts"
import { Failed, UsageError } from "../ExitCode.ts"
import * as Flags from "../Flags.ts"
import * as MailHook from "../MailHook.ts"
import * as Moment from "../../view/Moment.ts"
import { Output } from "../Output.ts"
import * as Services from "../Services.ts"
import * as Table from "../Table.ts"
import { oneLine } from "../Text.ts"

const options = {
  role: Options.text("role").pipe(
    Options.withDescription("Only of that role; the session's own where it has one"),
    Options.optional
  ),
  isDrain: Options.boolean("drain").pipe(
    Options.withDescription("Take what waits: it is delivered, and given to nobody else")
  ),
  isPeek: Options.boolean("peek").pipe(Options.withDescription("Only show what waits (so it is without --drain)")),
  session: Options.text("session").pipe(
    Options.withDescription("The session that takes it; in a session with that role, itself"),
    Options.optional
  ),
  wait: Options.float("wait").pipe(
    Options.withDescription("With --drain: seconds to wait until something is there"),
    Options.optional
  ),
  hook: Options.text("hook").pipe(
    Options.withDescription("What a hook runs: Stop or SessionStart, with the event on standard input"),
    Options.optional
  ),
  json: Flags.json
}

/** More is not shown. */
const shown = 200
/** Milliseconds between two looks for mail that is waited for. */
const lookEvery = 300
const longestWait = 3600

const toJson = ({ at, from, hop, id, role, text, work }: Message) => ({
  id,
  role,
  from,
  text,
  hop,
  at: Moment.iso(at),
  task_id: work?.task ?? null
})

const mailToJson = ({ delivery, messages }: Mail) => ({
  delivery: delivery.id,
  role: delivery.role,
  session: delivery.session,
  printed: delivery.printed,
  messages: messages.map(toJson)
})

const columns: ReadonlyArray<Table.Column> = [
  { title: "ROLE" },
  { title: "SESSION" },
  { title: "SINCE" },
  { title: "WAITING", align: "right" },
  { title: "OLDEST", least: 12 }
]

const roleRow = (role: string, session: Session | undefined, waiting: ReadonlyArray<Message>, now: number) => {
  const isHeld = session !== undefined && session.endedAt === null
  const [oldest] = waiting
  return [
    role,
    isHeld ? session.session : role === operator ? "you" : "nobody",
    isHeld ? Moment.clock(session.at, now) : "",
    String(waiting.length),
    oldest === undefined ? "" : `${oldest.from}: ${oneLine(oldest.text)}`
  ]
}

const show = Effect.fnUntraced(function* (role: string | null, json: boolean) {
  const output = yield* Output
  const read = Effect.gen(function* () {
    const store = yield* Store
    return { sessions: yield* store.sessions, waiting: yield* store.waitingMail(role, shown) }
  })
  const nothing: Effect.Effect.Success<typeof read> = { sessions: [], waiting: [] }
  const { sessions, waiting } = Option.getOrElse(yield* Services.ifStored(read), () => nothing)
  const wanted = sessions.filter((session) => role === null || session.role === role)
  const roles = [...new Set([...wanted, ...waiting].map((each) => each.role))].toSorted()
  if (json) {
    return yield* output.json({
      roles: roles.map((name) => {
        const session = wanted.find((each) => each.role === name)
        return {
          role: name,
          session: session === undefined || session.endedAt !== null ? null : session.session,
          cwd: session?.cwd ?? null,
          waiting: waiting.filter((each) => each.role === name).length
        }
      }),
      messages: waiting.map(toJson)
    })
  }
  if (roles.length === 0)
    return yield* output.line(
      role === null ? "no session holds a role, and no mail waits" : `no mail waits for ${role}`
    )
  const now = yield* Clock.currentTimeMillis
  const rows = roles.map((name) =>
    roleRow(
      name,
      wanted.find((each) => each.role === name),
      waiting.filter((each) => each.role === name),
      now
    )
  )
  const lines = Table.lines(columns, rows, output.size()?.columns ?? null)
  const texts =
    role === null ? [] : waiting.flatMap(({ at, from, text }) => ["", `${Moment.clock(at, now)} ${from}:`, text])
  yield* output.line([...lines, ...texts].join("\n"))
})

const drain = Effect.fnUntraced(function* (
  role: string,
  asked: { readonly session: string | null; readonly waitMs: number; readonly json: boolean }
) {
  const output = yield* Output
  const store = yield* Store
  const holder = (yield* store.sessions).find((each) => each.role === role && each.endedAt === null)?.session ?? null
  // A command of the session itself, which is there to ask: what it was given before it has seen.
  const session = asked.session ?? (process.env.DROVER_MAILBOX === role ? holder : null)
  const until = (yield* Clock.currentTimeMillis) + asked.waitMs
  for (;;) {
    const at = yield* Clock.currentTimeMillis
    const stop = { session: session ?? `-${role}`, role, at, isContinuation: false, said: null }
    const taken = yield* store.takeMail({ ...stop, isReader: session === null })
    if (taken._tag === "Mail") {
      yield* asked.json
        ? output.json(mailToJson(taken))
        : output.line(frame(taken.delivery, taken.messages, Moment.iso))
      // Not before it is printed: who is killed in between is given the same again.
      return yield* store.confirmDelivery(taken.delivery.id, yield* Clock.currentTimeMillis)
    }
    if (taken.why === "NoRole") {
      return yield* new Failed({ message: `the session ${session} does not hold the role ${role}` })
    }
    if (at >= until) return yield* asked.json ? output.json({ delivery: null, messages: [] }) : output.line("no mail")
    yield* Effect.sleep(Math.min(lookEvery, until - at))
  }
})

export const command = Command.make("inbox", options, ({ hook, isDrain, isPeek, json, role, session, wait }) =>
  Effect.gen(function* () {
    if (Option.isSome(hook)) return yield* MailHook.answer(hook.value, process.env)
    const own = process.env.DROVER_MAILBOX ?? ""
    const chosen = Option.getOrElse(role, () => (own === "" ? null : own))
    if (chosen !== null && !isRole(chosen)) {
      return yield* new UsageError({ message: `${JSON.stringify(chosen)} is no role` })
    }
    if (isDrain && isPeek)
      return yield* new UsageError({ message: "--drain takes mail, --peek does not: which is it?" })
    if (!isDrain) {
      if (Option.isSome(wait) || Option.isSome(session)) {
        return yield* new UsageError({ message: "--wait and --session go with --drain" })
      }
      return yield* show(chosen, json)
    }
    if (chosen === null) return yield* new UsageError({ message: "--drain needs --role: whose mail is it?" })
    const seconds = Option.getOrElse(wait, () => 0)
    if (!(seconds >= 0 && seconds <= longestWait)) {
      return yield* new UsageError({ message: `--wait is a number of seconds, at most ${longestWait}` })
    }
    const asked = { session: Option.getOrNull(session), waitMs: seconds * 1000, json }
    yield* Effect.provide(drain(chosen, asked), Services.writable)
  }).pipe(Effect.provide(Services.places))
)
