/**
 * `drover up`: the supervisor in the foreground, until it is told to end.
 */
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Configuration } from "../../config/Configuration.ts"
import { type Address, Listening, parse, words } from "../../config/HttpTable.ts"
import { ensureStateDirectory, Places } from "../../config/Places.ts"
import { Store } from "../../store/Store.ts"
import { UsageError } from "../ExitCode.ts"
import * as EventStream from "../../view/EventStream.ts"
import * as FleetView from "../../view/FleetView.ts"
import * as Flags from "../Flags.ts"
import * as Moment from "../../view/Moment.ts"
import * as News from "../News.ts"
import { Output } from "../Output.ts"
import * as Screen from "../Screen.ts"
import * as Services from "../Services.ts"
import * as Supervising from "../Supervising.ts"
import * as Tally from "../Tally.ts"
import { cut } from "../Text.ts"

const interval = "500 millis"

/** One line that says how the fleet is, drawn again when it changes. */
const statusLine = (since: number) =>
  Effect.gen(function* () {
    const output = yield* Output
    const store = yield* Store
    const { attention, policy } = yield* Configuration
    const screen = Screen.make(output)
    const news = News.make(output, screen, attention.bell)
    const step = Effect.gen(function* () {
      const known = yield* FleetView.read(store, policy, yield* Clock.currentTimeMillis)
      const view = FleetView.make(known)
      const tally = Tally.line([...known.tasks.values()].map(view.see))
      const drain = known.isDraining ? " · draining" : ""
      yield* news.tell(known.attention, known.now)
      const line = `supervising since ${Moment.clock(since, since)} · ${tally}${drain}`
      yield* screen.draw([cut(line, output.size()?.columns ?? line.length)])
    })
    return yield* Effect.forever(Effect.zipRight(step, Effect.sleep(interval)))
  })

/** The events from now on, as NDJSON. */
const events = Effect.gen(function* () {
  const output = yield* Output
  const store = yield* Store
  const { seq } = yield* store.changedSince(Number.MAX_SAFE_INTEGER)
  return yield* EventStream.follow(seq, output.json)
})

interface Wanted {
  readonly isJson: boolean
  readonly isStopping: boolean
  /** A lock that can not be had is waited for. */
  readonly isWaiting: boolean
}

const supervise = ({ isJson, isStopping, isWaiting }: Wanted) =>
  Effect.gen(function* () {
    const output = yield* Output
    const places = yield* Places
    const since = yield* Clock.currentTimeMillis
    const ready = yield* Deferred.make<void>()
    const stopAgents = yield* Supervising.stopRequested
    const view = Effect.gen(function* () {
      if (isJson) return yield* events
      yield* Deferred.await(ready)
      yield* output.line(`supervising ${places.stateDirectory} (process ${process.pid})`)
      return yield* output.isLive ? statusLine(since) : Effect.never
    })
    const how = yield* Supervising.untilSignal({
      onReady: Effect.asVoid(Deferred.succeed(ready, undefined)),
      stopAgents,
      isStopping,
      again: (refused, isNews) =>
        Effect.as(
          isWaiting && isNews ? output.error(`waiting: ${refused.message}; ${refused.remedy}`) : Effect.void,
          isWaiting
        ),
      beside: view
    })
    if (!isJson) {
      const agents = how === "Stopped" ? "every agent is stopped" : "agents that ran go on; drover up adopts them"
      yield* output.line(`ended: ${agents}`)
    }
  })

const options = {
  stopAgents: Flags.stopAgents("Stop every agent when it is told to end"),
  wait: Options.boolean("wait").pipe(
    Options.withDescription("Wait for the lock when it is refused, and try again until it can be had")
  ),
  listen: Options.text("listen").pipe(
    Options.withDescription("Be asked over TCP too, such as at 127.0.0.1:4711, by its token"),
    Options.optional
  ),
  json: Flags.json
}

/** Where it is asked over TCP, in place of what the configuration says. */
const listening = (text: Option.Option<string>): Effect.Effect<Address | null, UsageError> => {
  if (Option.isNone(text)) return Effect.succeed(null)
  const address = parse(text.value)
  if (address !== null) return Effect.succeed(address)
  return new UsageError({ message: `--listen: ${JSON.stringify(text.value)} is not ${words}` })
}

export const command = Command.make("up", options, ({ json, listen, stopAgents, wait }) =>
  Effect.gen(function* () {
    const address = yield* listening(listen)
    yield* ensureStateDirectory
    yield* Effect.scoped(supervise({ isJson: json, isStopping: stopAgents, isWaiting: wait })).pipe(
      Effect.provide(Supervising.layer),
      Effect.provideService(Listening, address)
    )
  }).pipe(Effect.provide(Services.places))
)
