/**
 * The ways in for what the agents' hooks tell: whoever runs them is told each event, and answers when it is durable. Losing
 * all of it costs nothing but time: what is true is seen by looking (DESIGN.md, "How it survives").
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { Config } from "../../core/guard/Config.ts"
import type { Row } from "../../core/guard/Row.ts"
import type { ReceivedHookEvent, StoreError } from "../store/Store.ts"

export interface Taker {
  /** When it succeeds all of them are durable, and whoever sent them may forget them. */
  readonly accept: (events: ReadonlyArray<ReceivedHookEvent>) => Effect.Effect<void, StoreError>
  /** Told again and again how it stands: what is in the way, or null. */
  readonly beat: (trouble: string | null) => Effect.Effect<void>
  /** How every guard stands at `now` (epoch milliseconds) by that configuration; asked from memory. */
  readonly guards: (config: Config, now: number) => ReadonlyArray<Row>
}

export class Ingest extends Context.Tag("drover/Ingest")<
  Ingest,
  {
    /** Before any agent is started: what it is told to run is there. What stands in the way is logged, and tried again. */
    readonly prepare: Effect.Effect<void>
    /** Takes events until its scope is closed; what can not be opened is told to `beat`, and tried again. */
    readonly run: (taker: Taker) => Effect.Effect<never, never, Scope.Scope>
  }
>() {}

/** No way in. */
export const layerNone: Layer.Layer<Ingest> = Layer.succeed(Ingest, {
  prepare: Effect.void,
  run: ({ beat }) => Effect.zipRight(beat(null), Effect.never)
})
