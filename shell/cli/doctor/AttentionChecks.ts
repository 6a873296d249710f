/** The row of `drover doctor` about the channels that tell a person. */
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Desktop from "../../attention/Desktop.ts"
import * as Message from "../../attention/Message.ts"
import type { Attention } from "../../config/AttentionTable.ts"
import { Places } from "../../config/Places.ts"
import { find } from "../../process/Program.ts"
import { Store } from "../../store/Store.ts"
import { advisory, bad, type Check, good, skipped } from "./Check.ts"
import * as Services from "../Services.ts"
import { oneLine } from "../Text.ts"

const row = "telling"

const programsOf = ({ command, desktop }: Attention): ReadonlyArray<string> => [
  ...(command === null ? [] : [command.command]),
  ...(desktop ? [Desktop.commandOf(process.platform, Message.make([], "")).command] : [])
]

const missing = ({ attention, cwd }: { readonly attention: Attention; readonly cwd: string }) =>
  Effect.filter(programsOf(attention), (program) =>
    Effect.promise(async () => (await find(program, process.env.PATH, cwd)) === undefined)
  )

/** What open items could not be told by which channel, newest first. */
const untold = Effect.gen(function* () {
  const deliveries = yield* (yield* Store).deliveries
  return deliveries
    .filter(({ state }) => state === "failed" || state === "given-up")
    .toSorted((a, b) => b.at - a.at)
    .map(({ channel, detail }) => `${channel}: ${oneLine(detail ?? "")}`)
})

/** Nothing where the configuration can not be read: another row says that. */
export const all: Effect.Effect<ReadonlyArray<Check>, never, Places | FileSystem.FileSystem> = Effect.gen(function* () {
  const { configFile, stateDirectory } = yield* Places
  const attention = yield* Services.attention
  const { command, desktop, webhook } = attention
  const names = [
    ...(command === null ? [] : ["command"]),
    ...(desktop ? ["desktop"] : []),
    ...(webhook === null ? [] : ["webhook"])
  ]
  if (names.length === 0) {
    const remedy = `to be told, set command, desktop or webhook in [attention] of ${configFile}`
    return [skipped(row, "no channel is configured: drover attention shows what needs a person", remedy)]
  }
  const gone = yield* missing({ attention, cwd: stateDirectory })
  if (gone.length > 0) {
    return [bad(row, `not found or not executable: ${gone.join(", ")}`, `mend [attention] in ${configFile}`)]
  }
  const found = yield* Effect.either(Services.ifStored(untold))
  const [last] = Either.isRight(found) ? Option.getOrElse(found.right, (): ReadonlyArray<string> => []) : []
  if (last !== undefined) return [advisory(row, `something is not told by ${last}`, "drover attention test")]
  return [good(row, names.join(", "))]
}).pipe(Effect.catchAll(() => Effect.succeed<ReadonlyArray<Check>>([])))
