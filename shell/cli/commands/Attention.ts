/**
 * `drover attention`: what needs a person now, and who knows of it. An item goes by itself when its cause does.
 */
import { randomUUID } from "node:crypto"
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { Channels, type Channel } from "../../attention/Channels.ts"
import * as Message from "../../attention/Message.ts"
import { ensureStateDirectory, Places } from "../../config/Places.ts"
import { Store } from "../../store/Store.ts"
import * as AttentionView from "../AttentionView.ts"
import * as AttentionJson from "../../view/AttentionJson.ts"
import { Failed, NoSuchThing, UsageError } from "../ExitCode.ts"
import * as Flags from "../Flags.ts"
import * as Moment from "../../view/Moment.ts"
import { Output } from "../Output.ts"
import * as Services from "../Services.ts"
import { oneLine } from "../Text.ts"

const list = (json: boolean) =>
  Effect.gen(function* () {
    const output = yield* Output
    const read = Effect.flatMap(Store, AttentionJson.read)
    const rows = Option.getOrElse(yield* Services.ifStored(read), (): ReadonlyArray<AttentionJson.Seen> => [])
    if (json) return yield* output.json({ attention: rows.map(AttentionJson.toJson) })
    if (rows.length === 0) return yield* output.line("nobody is needed")
    const now = yield* Clock.currentTimeMillis
    yield* output.line(AttentionView.lines(rows, now, output).join("\n"))
  })

/** The id of an item, as it was typed. */
const parse = (text: string): Effect.Effect<number, UsageError> =>
  /^[1-9][0-9]{0,14}$/.test(text)
    ? Effect.succeed(Number(text))
    : new UsageError({ message: `${JSON.stringify(text)} is no item: drover attention shows their ids, such as 7` })

const acknowledge = (texts: ReadonlyArray<string>, json: boolean) =>
  Effect.gen(function* () {
    const output = yield* Output
    const ids = [...new Set(yield* Effect.forEach(texts, parse))]
    const at = yield* Clock.currentTimeMillis
    const found = yield* Effect.flatMap(Store, (store) => store.acknowledge(ids, at)).pipe(
      Effect.provide(Services.existing)
    )
    if (json) {
      yield* output.json({
        acknowledged: found.map(({ acknowledgedAt, id, key }) => ({
          id,
          key,
          acknowledged_at: Moment.iso(acknowledgedAt ?? at)
        }))
      })
    } else {
      for (const { acknowledgedAt, id, text } of found) {
        const when = acknowledgedAt === at ? "" : `, since ${Moment.clock(acknowledgedAt ?? at, at)}`
        yield* output.line(`${id} acknowledged${when}: ${oneLine(text)}`)
      }
    }
    const missing = ids.filter((id) => !found.some((item) => item.id === id))
    if (missing.length > 0) {
      return yield* new NoSuchThing({ message: `not open (any more): ${missing.join(", ")}; see drover attention` })
    }
  })

/** A word of its own for each, so that nothing else is taken for what it has started. */
const tell = ({ name, tell }: Channel, message: Message.Message) =>
  Effect.gen(function* () {
    const begun = yield* Clock.currentTimeMillis
    const answer = yield* Effect.either(tell(message, `attention.test.${name}.${randomUUID()}`))
    const ms = (yield* Clock.currentTimeMillis) - begun
    return { name, ms, why: Either.isLeft(answer) ? answer.left.why : null }
  })

const test = (json: boolean) =>
  Effect.gen(function* () {
    const output = yield* Output
    const { configFile } = yield* Places
    yield* ensureStateDirectory
    const { all, host } = yield* Channels
    if (all.length === 0) {
      return yield* new Failed({
        message: `no channel is configured: ${configFile} has no command, desktop or webhook in [attention]`
      })
    }
    const message = Message.test(host, yield* Clock.currentTimeMillis)
    const results = yield* Effect.forEach(all, (channel) => tell(channel, message), { concurrency: "unbounded" })
    if (json) {
      yield* output.json({
        channels: results.map(({ ms, name, why }) => ({ channel: name, told: why === null, ms, why }))
      })
    } else {
      for (const { ms, name, why } of results) {
        yield* output.line(
          why === null ? `${name}: told, in ${Moment.length(ms)}` : `${name}: not told: ${oneLine(why)}`
        )
      }
    }
    const failed = results.filter(({ why }) => why !== null).map(({ name }) => name)
    if (failed.length > 0) return yield* new Failed({ message: `not told by ${failed.join(", ")}` })
  }).pipe(Effect.provide(Services.channels))

const options = {
  operation: Args.choice(
    [
      ["ack", "ack"],
      ["test", "test"]
    ],
    { name: "operation" }
  ).pipe(Args.withDescription("ack: you know of these items; test: tell a test by every channel"), Args.optional),
  ids: Args.text({ name: "id" }).pipe(Args.withDescription("Of ack: the ids of items"), Args.repeated)
}

export const command = Command.make("attention", { ...options, json: Flags.json }, ({ ids, json, operation }) =>
  Effect.gen(function* () {
    const asked = Option.getOrNull(operation)
    if (asked === "ack") {
      if (ids.length > 0) return yield* acknowledge(ids, json)
      return yield* new UsageError({ message: "which items? drover attention shows their ids" })
    }
    if (ids.length > 0) return yield* new UsageError({ message: "ids go with ack" })
    return yield* asked === "test" ? test(json) : list(json)
  }).pipe(Effect.provide(Services.places))
)
