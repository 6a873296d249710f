/**
 * `drover resume-account`: a person has mended what kept an account out, or has more of what it had used up.
 */
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as AccountLine from "../AccountLine.ts"
import * as AccountJson from "../../view/AccountJson.ts"
import * as ExitCode from "../ExitCode.ts"
import * as Flags from "../Flags.ts"
import * as Orders from "../Orders.ts"
import { Output } from "../Output.ts"
import * as Services from "../Services.ts"

const name = Args.text({ name: "account" }).pipe(
  Args.withDescription("The account, as status names it: an agent's name, or what its definition says")
)

export const command = Command.make("resume-account", { name, json: Flags.json }, ({ json, name }) =>
  Effect.gen(function* () {
    const output = yield* Output
    const { account, isThere, known } = yield* Orders.resumeAccount(name)
    if (!isThere) {
      const names = known.length === 0 ? "no account was ever held up" : `known: ${known.join(", ")}`
      return yield* new ExitCode.NoSuchThing({ message: `nothing is known of an account ${name}; ${names}` })
    }
    if (json) return yield* output.json({ account: account === null ? null : AccountJson.toJson(account) })
    const { maxConcurrent } = yield* Services.policy
    // Not before it was resumed: what is left of a limit ended at that moment.
    const now = yield* Clock.currentTimeMillis
    const held = account === null ? null : AccountLine.describe(account, { now, maxConcurrent })
    return yield* output.line(held ?? `account ${name}: open`)
  }).pipe(Effect.provide(Services.places))
)
