/** What every layer of the channels must do, whatever is at the other end. */
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { describe, expect } from "vitest"
import { Channels, Limit, type Name, NotTold } from "../../../shell/attention/Channels.ts"
import * as Message from "../../../shell/attention/Message.ts"
import { freshMarker } from "../process/World.ts"

export type Behaviour = "works" | "refuses" | "hangs"

/** A channel of that name, the other end of which does that, and what was heard there, as the JSON it was told. */
export type Make = (
  name: Name,
  behaviour: Behaviour
) => Effect.Effect<
  { readonly layer: Layer.Layer<Channels, unknown>; readonly heard: Effect.Effect<ReadonlyArray<string>> },
  unknown,
  Scope.Scope
>

export const message = Message.make(
  [
    {
      id: 7,
      key: "task:3:held",
      task: null,
      text: 'it is "$HOME" `id` <b>\u001b[31m\nand\n more',
      raisedAt: 5,
      remedy: "drover show 3",
      tries: 2
    }
  ],
  "here"
)

export const contract = (title: string, names: ReadonlyArray<Name>, make: Make): void => {
  describe(`channels ${title}`, () => {
    for (const name of names) {
      it.scopedLive(`GRD-2 ${name} tells what it is given, as it is given`, () =>
        Effect.gen(function* () {
          const { heard, layer } = yield* make(name, "works")
          yield* Effect.gen(function* () {
            const [channel, ...others] = (yield* Channels).all
            expect([channel?.name, others]).toEqual([name, []])
            for (let times = 1; times <= 2; times++) {
              yield* channel?.tell(message, freshMarker()) ?? Effect.void
              expect(yield* heard).toEqual(Array.from({ length: times }, () => message.json))
            }
          }).pipe(Effect.provide(layer))
        })
      )

      it.scopedLive(`GRD-2 ${name} says why nothing was told where the other end refuses`, () =>
        Effect.gen(function* () {
          const { layer } = yield* make(name, "refuses")
          const { all } = yield* Effect.provide(Channels, layer)
          const refused = yield* Effect.flip(all[0]?.tell(message, freshMarker()) ?? Effect.void)
          expect(refused).toBeInstanceOf(NotTold)
          expect(refused.why).not.toBe("")
        })
      )

      it.scopedLive(`GRD-2 ${name} is given up where the other end hangs`, () =>
        Effect.gen(function* () {
          const { layer } = yield* make(name, "hangs")
          yield* Effect.gen(function* () {
            const { all } = yield* Channels
            const refused = yield* Effect.flip(all[0]?.tell(message, freshMarker()) ?? Effect.void)
            expect(refused).toBeInstanceOf(NotTold)
            expect(refused.why).toContain("0.2 s")
          }).pipe(Effect.provide(layer), Effect.provideService(Limit, { ms: 200 }))
        })
      )
    }
  })
}
