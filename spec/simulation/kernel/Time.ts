/** Effect's clock and scheduler over the loop: sleepers are woken by jumping there, fibers run in the order they were woken. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { defaultScheduler, type Scheduler } from "effect/Scheduler"
import type { Loop, Process } from "./Loop.ts"

/** What the host's clock shows while so many milliseconds have passed; it may be set. */
export type Wall = (now: number) => number

export const clock = (loop: Loop, process: Process, wall: Wall): Clock.Clock => {
  const millis = (): number => wall(loop.now)
  const nanos = (): bigint => BigInt(Math.floor(millis())) * 1_000_000n
  return {
    [Clock.ClockTypeId]: Clock.ClockTypeId,
    unsafeCurrentTimeMillis: millis,
    unsafeCurrentTimeNanos: nanos,
    currentTimeMillis: Effect.sync(() => {
      loop.onAsked(process)
      return millis()
    }),
    currentTimeNanos: Effect.sync(nanos),
    sleep: (duration) =>
      Effect.async((resume) => {
        const cancel = loop.after(process, Duration.toMillis(duration), () => resume(Effect.void))
        return Effect.sync(cancel)
      })
  }
}

export const scheduler = (loop: Loop, process: Process): Scheduler => ({
  shouldYield: (fiber) => defaultScheduler.shouldYield(fiber),
  scheduleTask: (task) => loop.post(process, task)
})
