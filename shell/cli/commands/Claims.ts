/**
 * `drover claims`: what a message claims that its writer will do, or has done.
 */
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as ActionClaim from "../../../core/claim/index.ts"
import * as Flags from "../Flags.ts"
import * as Moment from "../../view/Moment.ts"
import { Output } from "../Output.ts"
import { standardInput } from "../StandardInput.ts"
import * as Table from "../Table.ts"
import { plain } from "../Text.ts"

const options = {
  message: Args.text({ name: "text" }).pipe(Args.withDescription("The message; - reads standard input")),
  topic: Options.text("topic").pipe(
    Options.withDescription("What the message belongs to; each claim is shown with its key"),
    Options.optional
  ),
  json: Flags.json
}

interface Found {
  readonly claim: ActionClaim.ActionClaim
  /** The words of the message that make the claim. */
  readonly said: string
  /** Epoch milliseconds; null where no time is promised. */
  readonly deadline: number | null
  /** Null without a topic. */
  readonly key: string | null
}

const find = (message: string, topic: string | null, now: number): ReadonlyArray<Found> => {
  const promises = ActionClaim.timePromises(message, { now, offsetMinutes: -new Date(now).getTimezoneOffset() })
  return ActionClaim.classify(message).map((claim) => ({
    claim,
    said: message.slice(...claim.span),
    deadline: claim.tense === "future" ? ActionClaim.deadline(claim, promises) : null,
    key: topic === null ? null : ActionClaim.key(topic, claim)
  }))
}

const toJson = ({ claim, deadline, key, said }: Found) => ({
  verb: claim.verb,
  object: claim.object ?? null,
  tense: claim.tense,
  span: claim.span,
  text: said,
  deadline: deadline === null ? null : Moment.iso(deadline),
  key
})

/** A claim may be broken over lines. */
const quoted = (said: string): string => `"${plain(said).replaceAll(/\s+/g, " ")}"`

const table = (found: ReadonlyArray<Found>, now: number, limit: number | null): ReadonlyArray<string> => {
  const hasDeadlines = found.some(({ deadline }) => deadline !== null)
  const hasKeys = found.some(({ key }) => key !== null)
  return Table.lines(
    [
      { title: "CLAIM" },
      { title: "TENSE" },
      ...(hasDeadlines ? [{ title: "BY" }] : []),
      ...(hasKeys ? [{ title: "KEY" }] : []),
      { title: "SAID", least: 10 }
    ],
    found.map(({ claim, deadline, key, said }) => [
      claim.verb,
      claim.tense,
      ...(hasDeadlines ? [deadline === null ? "" : Moment.clock(deadline, now)] : []),
      ...(hasKeys ? [key ?? ""] : []),
      quoted(said)
    ]),
    limit
  )
}

export const command = Command.make("claims", options, ({ json, message, topic }) =>
  Effect.gen(function* () {
    const output = yield* Output
    const read = message === "-" ? yield* standardInput : message
    const now = yield* Clock.currentTimeMillis
    const found = find(read, Option.getOrNull(topic), now)
    if (json) return yield* output.json({ topic: Option.getOrNull(topic), claims: found.map(toJson) })
    if (found.length === 0) return yield* output.line("nothing is claimed")
    for (const line of table(found, now, output.size()?.columns ?? null)) yield* output.line(line)
  })
)
