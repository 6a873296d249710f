/** The ways by which a person is told, as the user's configuration has them. */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Message } from "./Message.ts"

export type Name = "command" | "desktop" | "webhook"

/** What was to be told did not get through, or nobody can know that it did. */
export class NotTold extends Data.TaggedError("NotTold")<{ readonly channel: Name; readonly why: string }> {
  override get message(): string {
    return `${this.channel}: ${this.why}`
  }
}

export interface Channel {
  readonly name: Name
  /**
   * Ends within the limit, whatever is at the other end, and leaves no program of a telling that failed. `marker` names
   * the telling: programs that are started for it carry it.
   */
  readonly tell: (message: Message, marker: string) => Effect.Effect<void, NotTold>
}

/** Of one telling, milliseconds; to end a program that goes on takes up to three seconds more. No user sets it. */
export class Limit extends Context.Reference<Limit>()("drover/attention/Limit", {
  defaultValue: () => ({ ms: 10_000 })
}) {}

/** The telling within its limit; `late` says of how many seconds what did not come. */
export const within = <A>(
  telling: Effect.Effect<A, string>,
  late: (seconds: number) => string
): Effect.Effect<A, string> =>
  Effect.flatMap(Limit, ({ ms }) => Effect.timeoutFail(telling, { duration: ms, onTimeout: () => late(ms / 1000) }))

export class Channels extends Context.Tag("drover/Channels")<
  Channels,
  {
    /** The name of the machine that tells. */
    readonly host: string
    /** In the order in which they are listed. */
    readonly all: ReadonlyArray<Channel>
    /** Ends programs of tellings that a supervisor began which was killed. */
    readonly end: (markers: ReadonlyArray<string>) => Effect.Effect<void>
  }
>() {}

/** What was told in memory. */
export interface Heard {
  readonly message: Message
  readonly marker: string
}

/** Channels that keep what they are told, while `answer` does not say why they can not. */
export const layerMemory = (
  names: ReadonlyArray<Name>,
  heard: Array<Heard>,
  answer: (name: Name) => Effect.Effect<string | null> = () => Effect.succeed(null)
): Layer.Layer<Channels> =>
  Layer.succeed(Channels, {
    host: "here",
    all: names.map((name): Channel => ({
      name,
      tell: (message, marker) =>
        within(answer(name), (seconds) => `it took longer than ${seconds} s`).pipe(
          Effect.flatMap((why) => {
            if (why !== null) return Effect.fail(why)
            heard.push({ message, marker })
            return Effect.void
          }),
          Effect.mapError((why) => new NotTold({ channel: name, why }))
        )
    })),
    end: () => Effect.void
  })
