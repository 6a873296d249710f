/** A program, not a module: one sample. It runs the side that it is told and sends what it measured to the process that started it. */
import * as Schema from "effect/Schema"
import type { Answer } from "../harness/SampleProcess.ts"
import { scenarioOf } from "../Scenarios.ts"

const Order = Schema.parseJson(
  Schema.Struct({
    scenario: Schema.String,
    variant: Schema.NullOr(Schema.String),
    fixture: Schema.String,
    isQuick: Schema.Boolean,
    nodeArgs: Schema.Array(Schema.String),
    peers: Schema.NullOr(Schema.String)
  })
)

const answer = async (order: typeof Order.Type, directory: string): Promise<Answer> => {
  const scenario = scenarioOf(order.scenario)
  if (order.variant === null) {
    await scenario.prepare?.(order.fixture)
    return { _tag: "Prepared" }
  }
  const variant = [scenario.subject, ...scenario.references].find(({ name }) => name === order.variant)
  if (variant === undefined) return { _tag: "Failed", why: "there is no such side" }
  const { counters, details, value } = await variant.run({ directory, ...order })
  return { _tag: "Sampled", value, details, counters }
}

const [order = "", directory = ""] = process.argv.slice(2)
let isAnswered = false
// Whoever asked is gone: nobody waits for the answer any more.
process.once("disconnect", () => isAnswered || process.exit(1))
try {
  const found = await answer(Schema.decodeUnknownSync(Order)(order), directory)
  isAnswered = true
  process.send?.(found, () => process.disconnect())
} catch (error) {
  const why = error instanceof Error ? (error.stack ?? error.message) : String(error)
  isAnswered = true
  process.send?.({ _tag: "Failed", why }, () => process.disconnect())
}
