/**
 * `drover commitments`: what agents promised at the end of a turn and what became of it, and what they said was done though
 * nothing shows it; and a person's word on one of them.
 */
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Settle from "../../claims/Settle.ts"
import * as CommitmentJson from "../../view/CommitmentJson.ts"
import * as CommitmentView from "../CommitmentView.ts"
import { Failed, NoSuchThing, UsageError } from "../ExitCode.ts"
import * as Flags from "../Flags.ts"
import * as Moment from "../../view/Moment.ts"
import { Output } from "../Output.ts"
import * as Services from "../Services.ts"
import * as Table from "../Table.ts"
import { oneLine } from "../Text.ts"

const options = {
  operation: Args.choice<Settle.Word["how"]>(
    [
      ["deliver", "deliver"],
      ["withdraw", "withdraw"]
    ],
    { name: "operation" }
  ).pipe(Args.withDescription("deliver: it was kept; withdraw: it is not wanted any more"), Args.optional),
  id: Args.text({ name: "id" }).pipe(Args.withDescription("The id of a commitment"), Args.optional),
  note: Options.text("note").pipe(Options.withDescription("Why, in your own words"), Options.optional),
  all: Options.boolean("all").pipe(
    Options.withDescription("Those that have ended too, and claims that nothing showed")
  ),
  json: Flags.json
}

const list = (all: boolean, json: boolean) =>
  Effect.gen(function* () {
    const output = yield* Output
    const nothing: CommitmentJson.Listed = { commitments: [], unverified: [] }
    const listed = Option.getOrElse(yield* Services.ifStored(CommitmentJson.read(all)), () => nothing)
    if (json) return yield* output.json(CommitmentJson.listToJson(listed))
    const { commitments, unverified } = listed
    const now = yield* Clock.currentTimeMillis
    if (commitments.length === 0) {
      const { isEnabled } = yield* Services.claims
      const hint = isEnabled ? "" : "; promises are not tracked: [action_claim] enabled = true in the configuration"
      yield* output.line(`nothing is promised${hint}`)
    } else {
      const rows = commitments.map(CommitmentView.cells(now))
      yield* output.line(Table.lines(CommitmentView.columns, rows, output.size()?.columns ?? null).join("\n"))
    }
    if (unverified.length === 0) return
    const claims = unverified.map(({ at, text }) => `${Moment.clock(at, now)}  "${oneLine(text)}"`)
    yield* output.line(["", "said to be done, and nothing in that turn shows it:", ...claims].join("\n"))
  })

const settle = (how: Settle.Word["how"], typed: string, note: string | null, json: boolean) =>
  Effect.gen(function* () {
    const output = yield* Output
    if (!/^[1-9][0-9]{0,14}$/.test(typed)) {
      return yield* new UsageError({ message: `${JSON.stringify(typed)} is no id of a commitment, such as 7` })
    }
    const settled = yield* Settle.settle({ how, id: Number(typed), note })
    if (settled._tag === "Missing") return yield* new NoSuchThing({ message: `there is no commitment ${typed}` })
    if (settled._tag === "Refused") return yield* new Failed({ message: settled.why })
    if (json) return yield* output.json({ commitment: CommitmentJson.toJson(settled.commitment) })
    if (settled._tag === "Answered") {
      return yield* output.line(`commitment ${typed} was broken and stays so; nobody is asked about it any more`)
    }
    yield* output.line(`commitment ${typed}: ${how === "deliver" ? "delivered" : "withdrawn"}`)
  }).pipe(Effect.provide(Services.existing))

export const command = Command.make("commitments", options, ({ all, id, json, note, operation }) =>
  Effect.gen(function* () {
    if (Option.isNone(operation)) return yield* list(all, json)
    if (Option.isNone(id)) return yield* new UsageError({ message: `${operation.value} which one? say its id` })
    if (all) return yield* new UsageError({ message: "--all is for the list" })
    return yield* settle(operation.value, id.value, Option.getOrNull(note), json)
  }).pipe(Effect.provide(Services.places))
)
