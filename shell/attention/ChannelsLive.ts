/** The channels over real programs and a real network. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Configuration } from "../config/Configuration.ts"
import { Places } from "../config/Places.ts"
import { Processes } from "../process/Processes.ts"
import { isAlive } from "../process/ProcessTable.ts"
import { type Channel, Channels, type Name, NotTold } from "./Channels.ts"
import * as Desktop from "./Desktop.ts"
import type { Message } from "./Message.ts"
import * as ToldProgram from "./ToldProgram.ts"
import * as Webhook from "./Webhook.ts"

/** What the user has configured, in the user's own environment: it is no agent. */
export const layer: Layer.Layer<Channels, never, Configuration | Places | Processes> = Layer.effect(
  Channels,
  Effect.gen(function* () {
    const { attention } = yield* Configuration
    const { stateDirectory } = yield* Places
    const processes = yield* Processes

    const channel = (name: Name, tell: (message: Message, marker: string) => Effect.Effect<void, string>): Channel => ({
      name,
      tell: (message, marker) => Effect.mapError(tell(message, marker), (why) => new NotTold({ channel: name, why }))
    })
    const program = (name: Name, commandOf: (message: Message) => Desktop.Command): Channel =>
      channel(name, (message, marker) =>
        ToldProgram.run(processes, {
          ...commandOf(message),
          cwd: stateDirectory,
          env: process.env,
          message,
          marker
        })
      )

    const { command, desktop, webhook } = attention
    const all: ReadonlyArray<Channel> = [
      ...(command === null ? [] : [program("command", () => command)]),
      ...(desktop ? [program("desktop", (message) => Desktop.commandOf(process.platform, message))] : []),
      ...(webhook === null ? [] : [channel("webhook", (message) => Webhook.send(webhook, message))])
    ]

    const end = (markers: ReadonlyArray<string>) =>
      Effect.gen(function* () {
        if (markers.length === 0) return
        const { byMarker } = yield* processes.snapshot
        const left = markers.filter((marker) => byMarker.get(marker)?.some(isAlive))
        yield* Effect.forEach(left, (marker) => processes.stop({ marker, graceMs: 500 }), { discard: true })
      }).pipe(Effect.catchAll(({ message }) => Effect.logWarning(`attention: ${message}`)))

    return { host: processes.host, all, end }
  })
)
