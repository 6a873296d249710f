/**
 * `drover send`: a message to the session that holds a role, or to the person. It waits there until it is taken.
 */
import { randomBytes } from "node:crypto"
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { operator } from "../../../core/mailbox/Role.ts"
import { Store } from "../../store/Store.ts"
import * as Flags from "../Flags.ts"
import { Output } from "../Output.ts"
import * as Services from "../Services.ts"
import { standardInput } from "../StandardInput.ts"

const options = {
  role: Args.text({ name: "role" }).pipe(
    Args.withDescription("Whom it is for: the role that a session holds, or operator, which is you")
  ),
  message: Args.text({ name: "text" }).pipe(Args.withDescription("What is said; - reads standard input")),
  from: Options.text("from").pipe(
    Options.withDescription("Who says it; the session's own role where it has one, else operator"),
    Options.optional
  ),
  json: Flags.json
}

/** Who asks, as its environment tells: a session with a role, an agent that drover has started, or a person. */
const self = ({ DROVER_MAILBOX: role, DROVER_TASK: task }: NodeJS.ProcessEnv): string => {
  if (role !== undefined && role !== "") return role
  return task === undefined || task === "" ? operator : `task-${task}`
}

/** Enough to tell whether somebody will take it soon. */
const counted = 100

export const command = Command.make("send", options, ({ from, json, message, role }) =>
  Effect.gen(function* () {
    const output = yield* Output
    const text = message === "-" ? yield* standardInput : message
    const at = yield* Clock.currentTimeMillis
    const draft = {
      id: randomBytes(8).toString("hex"),
      role,
      from: Option.getOrElse(from, () => self(process.env)),
      text,
      at
    }
    const { holder, sent, waiting } = yield* Effect.gen(function* () {
      const store = yield* Store
      const sent = yield* store.sendMessage(draft)
      const sessions = yield* store.sessions
      const holder = sessions.find((each) => each.role === role && each.endedAt === null)?.session ?? null
      return { sent, holder, waiting: (yield* store.waitingMail(role, counted)).length }
    }).pipe(Effect.provide(Services.writable))
    if (json) return yield* output.json({ id: sent.id, role, from: sent.from, hop: sent.hop, session: holder, waiting })
    const taker =
      role === operator
        ? "drover inbox --role operator shows it"
        : holder === null
          ? "no session holds that role now: it waits"
          : `the session ${holder} is given it when its turn ends`
    yield* output.line(`sent to ${role}: ${taker}`)
  }).pipe(Effect.provide(Services.places))
)
