/**
 * What can be found out about the owner of a lock, and how the findings are read. Nothing here looks at anything.
 */
import type { Held, Self } from "./Lock.ts"

/** Recycled: another process has the owner's pid, or the system has started anew since. */
export type ProcessState = "Alive" | "Dead" | "Recycled" | "Unknown"
export type Heartbeat = "Fresh" | "Stale" | "Unknown"
/** Of the filesystem that holds the lock. */
export type Filesystem = "Local" | "Remote" | "Unknown"

/** Unprobed: nobody has looked, and nobody may before it is asked for. */
export interface Evidence {
  readonly process: ProcessState | "Unprobed"
  readonly heartbeat: Heartbeat | "Unprobed"
  readonly filesystem: Filesystem | "Unprobed"
}

export const none: Evidence = { process: "Unprobed", heartbeat: "Unprobed", filesystem: "Unprobed" }

/** From this age on a heartbeat is stale: some sixty in a row were missed then, which no busy machine does. */
export const staleAfterMs = 5 * 60_000

/** `now` in epoch milliseconds. A heartbeat of the future says only that one of two clocks is wrong. */
export const heartbeat = ({ heartbeatAt }: Pick<Held, "heartbeatAt">, now: number): Heartbeat => {
  if (heartbeatAt === null) return "Unknown"
  const age = now - heartbeatAt
  return age >= staleAfterMs ? "Stale" : age >= 0 ? "Fresh" : "Unknown"
}

/** What a look at a pid shows. Denied: somebody is there, and nobody may ask who (EPERM). */
export type Sighting =
  | { readonly _tag: "Running"; readonly startTime: string }
  | { readonly _tag: "Gone" }
  | { readonly _tag: "Denied" }
  | { readonly _tag: "Unreadable" }

/** No process outlives its boot, so that its pid need not be looked at. */
export const isOfEarlierBoot = (lock: Pick<Held, "bootId">, self: Pick<Self, "bootId">): boolean =>
  lock.bootId !== self.bootId

/** What a sighting under the owner's pid says of the owner. */
export const processState = (
  lock: Pick<Held, "bootId" | "pidStart">,
  self: Pick<Self, "bootId">,
  sighting: Sighting
): ProcessState => {
  if (isOfEarlierBoot(lock, self)) return "Recycled"
  switch (sighting._tag) {
    case "Running":
      return sighting.startTime === lock.pidStart ? "Alive" : "Recycled"
    case "Gone":
      return "Dead"
    case "Denied":
      return "Alive"
    case "Unreadable":
      return "Unknown"
  }
}
