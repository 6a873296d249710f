/** What a page holds and how busy it is, as Chromium counts it. */
import type { CDPSession, Page } from "playwright-core"

export interface Measured {
  /** Bytes of the heap, after what nobody holds was collected. */
  readonly heap: number
  readonly nodes: number
  /** Seconds since the page began. */
  readonly script: number
  readonly busy: number
}

export const meter = async (page: Page): Promise<() => Promise<Measured>> => {
  const session: CDPSession = await page.context().newCDPSession(page)
  await session.send("Performance.enable")
  return async () => {
    await session.send("HeapProfiler.collectGarbage")
    const { metrics } = await session.send("Performance.getMetrics")
    const of = (wanted: string): number => metrics.find(({ name }) => name === wanted)?.value ?? 0
    return { heap: of("JSHeapUsedSize"), nodes: of("Nodes"), script: of("ScriptDuration"), busy: of("TaskDuration") }
  }
}

/** What has kept the page from answering for 50 ms or more is in `long` from then on. */
export const watchLong = `
  globalThis.long = []
  new PerformanceObserver((all) => { for (const { duration } of all.getEntries()) long.push(duration) }).observe({ type: "longtask" })`
