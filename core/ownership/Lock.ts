/**
 * What lies where the lock of a state directory is, and who looks at it.
 */

/** A lock that names its owner. */
export interface Held {
  readonly _tag: "Held"
  /** Fresh for every acquisition. */
  readonly owner: string
  readonly pid: number
  /** As the system prints it; compared, never computed with. */
  readonly pidStart: string
  readonly bootId: string
  /** The machine's id, null where the system has none. A pid means something on one host alone. */
  readonly hostId: string | null
  readonly hostname: string
  /** The owner's fencing epoch in the store, null until it is known. */
  readonly epoch: number | null
  /** Epoch milliseconds of the owner's last sign of life, null for a record of a time that had none. */
  readonly heartbeatAt: number | null
}

export type Lock = { readonly _tag: "Absent" } | { readonly _tag: "Corrupt" } | Held

/** Whoever would like to own the directory. */
export type Self = Pick<Held, "owner" | "pid" | "pidStart" | "bootId" | "hostId" | "hostname">

/** Whether the lock names self, which no finding can change. */
export const isMine = (lock: Lock, self: Pick<Self, "owner">): boolean =>
  lock._tag === "Held" && lock.owner === self.owner

/**
 * Whether a pid of the lock means something to self. Ids decide where both are known: a machine that was renamed is the
 * same, and two machines with one name are not. Names decide where an id is missing.
 */
export const isSameHost = (lock: Pick<Held, "hostId" | "hostname">, self: Pick<Self, "hostId" | "hostname">): boolean =>
  lock.hostId !== null && self.hostId !== null ? lock.hostId === self.hostId : lock.hostname === self.hostname
