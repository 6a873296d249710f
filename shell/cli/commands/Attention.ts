/**
 * `drover attention`: what needs a person now. An item goes by itself when its cause does.
 */
import * as Command from "@effect/cli/Command"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { type AttentionItem, Store } from "../../store/Store.ts"
import * as Flags from "../Flags.ts"
import * as Moment from "../../view/Moment.ts"
import { Output } from "../Output.ts"
import * as Services from "../Services.ts"
import * as Table from "../Table.ts"
import { oneLine } from "../Text.ts"
import * as AttentionJson from "../../view/AttentionJson.ts"

const columns: ReadonlyArray<Table.Column> = [{ title: "SINCE" }, { title: "TASK" }, { title: "WHAT", least: 20 }]

export const command = Command.make("attention", { json: Flags.json }, ({ json }) =>
  Effect.gen(function* () {
    const output = yield* Output
    const read = Effect.flatMap(Store, (store) => store.attention)
    const items = Option.getOrElse(yield* Services.ifStored(read), (): ReadonlyArray<AttentionItem> => [])
    if (json) return yield* output.json({ attention: items.map(AttentionJson.toJson) })
    if (items.length === 0) return yield* output.line("nobody is needed")
    const now = yield* Clock.currentTimeMillis
    const rows = items.map(({ raisedAt, task, text }) => [
      Moment.clock(raisedAt, now),
      task === null ? "" : `#${task}`,
      oneLine(text)
    ])
    yield* output.line(Table.lines(columns, rows, output.size()?.columns ?? null).join("\n"))
  }).pipe(Effect.provide(Services.places))
)
