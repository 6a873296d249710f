/** Another queue or engine that is measured beside drover: what a benchmark asks of each of them. */

/** A package that is installed for it, or a server that is started. */
export type Need =
  | "better-queue"
  | "bullmq"
  | "dbos"
  | "graphile-worker"
  | "pg-boss"
  | "plainjob"
  | "postgresql"
  | "redis"

/** Where it works: an empty folder of its own on the disk under test, and where its packages and servers are. */
export interface Site {
  readonly directory: string
  readonly peers: string
}

/** A running one, with a handler that does nothing. */
export interface Opened {
  /** Keeps these jobs in the fastest way that it has; each is durable, as far as it makes them, when it answers. */
  readonly addAll: (bodies: ReadonlyArray<string>) => Promise<void>
  /** Keeps one. */
  readonly add: (body: string) => Promise<void>
  /** Claims, runs and completes what was added, `count` jobs, until none is left. */
  readonly work: (count: number) => Promise<void>
  readonly close: () => Promise<void>
}

export interface Peer {
  /** With how durable it is. */
  readonly name: string
  readonly needs: ReadonlyArray<Need>
  readonly open: (site: Site) => Promise<Opened>
}

/** Waits for so many calls. */
export const countdown = (count: number): { readonly done: Promise<void>; readonly one: () => void } => {
  let left = count
  let finish = (): void => undefined
  const done = new Promise<void>((resolve) => {
    finish = resolve
  })
  return { done, one: () => void (--left === 0 && finish()) }
}

/** Runs the body for each index, so many at a time. */
export const inFlight = async (
  count: number,
  width: number,
  body: (index: number) => Promise<unknown>
): Promise<void> => {
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < count) await body(next++)
  }
  await Promise.all(Array.from({ length: Math.min(width, count) }, lane))
}
