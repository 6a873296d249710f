/** Every combination of evidence there is, and the table of verdicts as it stands in the description of ownership. */
import type { Healing, Verdict } from "../../../core/ownership/Classify.ts"
import type { Evidence, Filesystem, Heartbeat, ProcessState } from "../../../core/ownership/Evidence.ts"
import type { Held, Lock, Self } from "../../../core/ownership/Lock.ts"

export const processes: ReadonlyArray<ProcessState> = ["Alive", "Dead", "Recycled", "Unknown"]
export const heartbeats: ReadonlyArray<Heartbeat> = ["Fresh", "Stale", "Unknown"]
export const filesystems: ReadonlyArray<Filesystem> = ["Local", "Remote", "Unknown"]

/** All that can be known once everything was looked at. */
export interface Found extends Evidence {
  readonly process: ProcessState
  readonly heartbeat: Heartbeat
  readonly filesystem: Filesystem
}

export const found: ReadonlyArray<Found> = processes.flatMap((process) =>
  heartbeats.flatMap((heartbeat) => filesystems.map((filesystem) => ({ process, heartbeat, filesystem })))
)

/** All that can be known at some time, some of it not looked at yet. */
export const evidences: ReadonlyArray<Evidence> = (["Unprobed", ...processes] as const).flatMap((process) =>
  (["Unprobed", ...heartbeats] as const).flatMap((heartbeat) =>
    (["Unprobed", ...filesystems] as const).map((filesystem) => ({ process, heartbeat, filesystem }))
  )
)

/** What may be found where nobody has looked yet. */
export const completions = (evidence: Evidence): ReadonlyArray<Found> =>
  found.filter((one) =>
    (["process", "heartbeat", "filesystem"] as const).every(
      (name) => evidence[name] === "Unprobed" || evidence[name] === one[name]
    )
  )

export const healings: ReadonlyArray<Healing> = [true, false].flatMap((autoHeal) =>
  [true, false].map((dryRun) => ({ autoHeal, dryRun }))
)

export const self: Self = { owner: "me", pid: 7, pidStart: "70", bootId: "boot", hostId: "id", hostname: "name" }
export const held: Held = { ...self, _tag: "Held", owner: "other", pid: 8, pidStart: "80", epoch: 3, heartbeatAt: 0 }

type Host = "same id" | "same name, an id is missing" | "other id" | "other name, an id is missing"

export interface Case {
  readonly host: Host | "nobody" | "damaged" | "mine"
  readonly lock: Lock
  readonly self: Self
}

/** Every relation of two hosts, by ids that are known or not and names that are the same or not. */
const foreign: ReadonlyArray<Case & { readonly host: Host }> = [null, "id"].flatMap((ownId) =>
  [null, "id", "other id"].flatMap((hostId) =>
    ["name", "other name"].map((hostname) => ({
      host:
        ownId !== null && hostId !== null
          ? hostId === ownId
            ? "same id"
            : "other id"
          : hostname === "name"
            ? "same name, an id is missing"
            : "other name, an id is missing",
      lock: { ...held, hostId, hostname },
      self: { ...self, hostId: ownId }
    }))
  )
)

export const cases: ReadonlyArray<Case> = [
  { host: "nobody", lock: { _tag: "Absent" }, self },
  { host: "damaged", lock: { _tag: "Corrupt" }, self },
  ...foreign,
  ...foreign.map((one) => ({ host: "mine" as const, lock: { ...one.lock, owner: self.owner }, self: one.self }))
]

interface Row {
  readonly hosts: ReadonlyArray<Case["host"]>
  readonly process?: ReadonlyArray<ProcessState>
  readonly heartbeat?: ReadonlyArray<Heartbeat>
  readonly filesystem?: ReadonlyArray<Filesystem>
  readonly autoHeal?: boolean
  readonly dryRun?: boolean
  readonly verdict: Verdict | ((found: Found) => Verdict)
}

const same: Row["hosts"] = ["same id", "same name, an id is missing"]
const other: Row["hosts"] = ["other id", "other name, an id is missing"]
const gone: ReadonlyArray<ProcessState> = ["Dead", "Recycled"]
const refuse = (reason: Extract<Verdict, { _tag: "Refuse" }>["reason"]): Verdict => ({ _tag: "Refuse", reason })
const because =
  (_tag: "Reclaim" | "Heal" | "WouldHeal") =>
  ({ process }: Found): Verdict => ({ _tag, why: process === "Recycled" ? "Recycled" : "Dead" })

/** What is left out holds for any. */
const table: ReadonlyArray<Row> = [
  { hosts: ["nobody"], verdict: { _tag: "Take" } },
  { hosts: ["mine"], verdict: { _tag: "Mine" } },
  { hosts: ["damaged"], filesystem: ["Local"], verdict: { _tag: "Take" } },
  { hosts: ["damaged"], filesystem: ["Remote"], verdict: refuse({ _tag: "SharedVolume" }) },
  { hosts: ["damaged"], filesystem: ["Unknown"], verdict: refuse({ _tag: "Unprovable", what: "filesystem" }) },
  { hosts: same, process: gone, verdict: because("Reclaim") },
  { hosts: same, process: ["Alive"], verdict: refuse({ _tag: "LiveOwner" }) },
  { hosts: same, process: ["Unknown"], verdict: refuse({ _tag: "Unprovable", what: "process" }) },
  { hosts: other, autoHeal: false, verdict: refuse({ _tag: "SharedVolume" }) },
  { hosts: other, filesystem: ["Remote"], autoHeal: true, verdict: refuse({ _tag: "SharedVolume" }) },
  {
    hosts: other,
    filesystem: ["Unknown"],
    autoHeal: true,
    verdict: refuse({ _tag: "Unprovable", what: "filesystem" })
  },
  {
    hosts: other,
    process: gone,
    heartbeat: ["Stale"],
    filesystem: ["Local"],
    autoHeal: true,
    dryRun: false,
    verdict: because("Heal")
  },
  {
    hosts: other,
    process: gone,
    heartbeat: ["Stale"],
    filesystem: ["Local"],
    autoHeal: true,
    dryRun: true,
    verdict: because("WouldHeal")
  },
  {
    hosts: other,
    process: ["Alive"],
    filesystem: ["Local"],
    autoHeal: true,
    verdict: refuse({ _tag: "LiveOwner" })
  },
  {
    hosts: other,
    process: ["Unknown"],
    filesystem: ["Local"],
    autoHeal: true,
    verdict: refuse({ _tag: "Unprovable", what: "process" })
  },
  {
    hosts: other,
    process: gone,
    heartbeat: ["Fresh", "Unknown"],
    filesystem: ["Local"],
    autoHeal: true,
    verdict: refuse({ _tag: "Unprovable", what: "heartbeat" })
  }
]

const admits = <A>(allowed: ReadonlyArray<A> | undefined, value: A): boolean =>
  allowed === undefined || allowed.includes(value)

/** The rows of the table that speak of a case; exactly one does. */
export const rowsFor = ({ host }: Case, evidence: Found, { autoHeal, dryRun }: Healing): ReadonlyArray<Verdict> =>
  table
    .filter(
      (row) =>
        row.hosts.includes(host) &&
        admits(row.process, evidence.process) &&
        admits(row.heartbeat, evidence.heartbeat) &&
        admits(row.filesystem, evidence.filesystem) &&
        (row.autoHeal ?? autoHeal) === autoHeal &&
        (row.dryRun ?? dryRun) === dryRun
    )
    .map(({ verdict }) => (typeof verdict === "function" ? verdict(evidence) : verdict))
