/**
 * `drover board`: a link to the board of the running supervisor, by which one browser signs in. Where the supervisor
 * listens on no port it opens one, on this machine alone.
 */
import { join } from "node:path"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { Places } from "../../config/Places.ts"
import * as Moment from "../../view/Moment.ts"
import * as Browser from "../Browser.ts"
import { Failed } from "../ExitCode.ts"
import * as Flags from "../Flags.ts"
import { Output } from "../Output.ts"
import * as Services from "../Services.ts"
import * as SupervisorSocket from "../SupervisorSocket.ts"

const boardWire = () => import("../../http/api/BoardWire.ts")

/** The file by which a browser is led there. */
const pageFile = "board.html"

const link = Effect.gen(function* () {
  const asked = yield* SupervisorSocket.post("/api/board/links", async () => ({
    body: {},
    schema: (await boardWire()).Link
  }))
  switch (asked._tag) {
    case "Answered":
      return asked.value
    case "Refused": {
      const { code, error } = asked.problem
      const message =
        code === "not_found"
          ? "the running supervisor is older than this program: end it (drover down) and start it anew (drover up)"
          : `the running supervisor has no board now: ${error}`
      return yield* new Failed({ message })
    }
    case "Nobody":
      return yield* new Failed({
        message: "no supervisor is running: drover up starts one, in another terminal; then ask again"
      })
    case "Silent":
      return yield* new Failed({ message: "the running supervisor does not answer: drover doctor says more" })
  }
})

const options = {
  open: Options.boolean("open").pipe(Options.withDescription("Open it in your browser too")),
  json: Flags.json
}

export const command = Command.make("board", options, ({ json, open }) =>
  Effect.gen(function* () {
    const output = yield* Output
    const { stateDirectory } = yield* Places
    const { board, expires_at, url } = yield* link
    if (json) yield* output.json({ url, expires_at, board })
    else {
      yield* output.line(url)
      const left = Moment.length(Date.parse(expires_at) - (yield* Clock.currentTimeMillis))
      if (output.isLive) {
        yield* output.line(
          `\nopens the board in one browser, within ${left}; a browser that has signed in finds it at ${board}`
        )
      }
    }
    if (!open) return
    const shown = Browser.show(url, join(stateDirectory, pageFile), process.env)
    yield* Effect.catchTag(shown, "NotOpened", ({ message }) => new Failed({ message }))
  }).pipe(Effect.provide(Services.places))
)
