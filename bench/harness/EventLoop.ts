/** What holds up the event loop of a process: how late its timers are, and how long it collects garbage. */
import { monitorEventLoopDelay, PerformanceObserver } from "node:perf_hooks"

/** Of the time between `watch` and the call of what it answers; milliseconds. */
export interface Held {
  readonly "loop delay p99 ms": number
  readonly "loop delay max ms": number
  readonly "GC pauses ms": number
  readonly "GC pauses": number
}

const resolution = 10
const nanosecondsInMs = 1e6

/** Watches this process from now on. A free loop looks late by the resolution of the timer, in milliseconds: it is taken off. */
export const watch = (): (() => Held) => {
  let paused = 0
  let pauses = 0
  const collect = (entries: ReadonlyArray<{ readonly duration: number; readonly detail?: unknown }>): void => {
    for (const { duration } of entries) {
      paused += duration
      pauses++
    }
  }
  const observer = new PerformanceObserver((list) => collect(list.getEntries()))
  observer.observe({ entryTypes: ["gc"] })
  const delays = monitorEventLoopDelay({ resolution })
  delays.enable()
  const late = (nanoseconds: number): number => Math.max(0, nanoseconds / nanosecondsInMs - resolution)
  return () => {
    delays.disable()
    collect(observer.takeRecords())
    observer.disconnect()
    return {
      "loop delay p99 ms": late(delays.percentile(99)),
      "loop delay max ms": late(delays.max),
      "GC pauses ms": paused,
      "GC pauses": pauses
    }
  }
}
