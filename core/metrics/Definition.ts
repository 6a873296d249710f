/**
 * Every metric of drover: its name, what it is, its labels and what it means. Names and labels stay for ever.
 */

export interface Definition {
  readonly name: string
  readonly type: "counter" | "gauge" | "histogram"
  readonly labels: ReadonlyArray<string>
  /** One sentence, the same for `# HELP` and docs/metrics.md. */
  readonly help: string
  /** `store`: of the state directory, the same after a restart; `process`: of this supervisor since it started. */
  readonly of: "store" | "process"
}

export const definitions = {
  tasksByState: {
    name: "drover_tasks_by_state",
    type: "gauge",
    labels: ["state"],
    help: "Tasks by state, as drover status tells it; archived ones too.",
    of: "store"
  },
  fleetCost: {
    name: "drover_fleet_cost_usd_total",
    type: "counter",
    labels: [],
    help: "US dollars that all tasks have cost, as far as agents and judges have said.",
    of: "store"
  },
  retries: {
    name: "drover_retries_total",
    type: "counter",
    labels: ["cause"],
    help: "Attempts that took up the work of another in the same visit of a stage, by what became of that one.",
    of: "store"
  },
  passRate: {
    name: "drover_verifier_pass_rate",
    type: "gauge",
    labels: ["kind"],
    help: "Share of PASS among all verdicts but LIMITED, by kind of verifier; nothing before the first.",
    of: "store"
  },
  verifications: {
    name: "drover_verifications_total",
    type: "counter",
    labels: ["kind", "verdict"],
    help: "Verdicts, by kind of verifier.",
    of: "store"
  },
  agentsRunning: {
    name: "drover_agents_running",
    type: "gauge",
    labels: [],
    help: "Attempts whose agent was started and is not proved dead.",
    of: "store"
  },
  commitmentsOpen: {
    name: "drover_commitments_open",
    type: "gauge",
    labels: [],
    help: "Promises of agents that are still to be kept.",
    of: "store"
  },
  epoch: {
    name: "drover_supervisor_epoch",
    type: "gauge",
    labels: [],
    help: "Epoch of the latest supervisor: one more than that of the one before.",
    of: "store"
  },
  spoolDepth: {
    name: "drover_spool_depth",
    type: "gauge",
    labels: [],
    help: "Files in the spool: hook events that were left there and are not taken in yet.",
    of: "store"
  },
  tickSeconds: {
    name: "drover_tick_seconds",
    type: "histogram",
    labels: [],
    help: "Seconds that a tick took to decide and to apply; an idle supervisor does not tick.",
    of: "process"
  },
  tickActions: {
    name: "drover_tick_actions_total",
    type: "counter",
    labels: ["action"],
    help: "Actions that ticks asked for; one that could not be applied is asked for, and counted, again.",
    of: "process"
  },
  ingestEvents: {
    name: "drover_ingest_events_total",
    type: "counter",
    labels: ["hook", "via"],
    help: "Hook events that are durable, by the way they came in; one that came again is counted again.",
    of: "process"
  },
  ingestSeconds: {
    name: "drover_ingest_seconds",
    type: "histogram",
    labels: [],
    help: "Seconds until the events of a request, or of a group of files from the spool, were durable.",
    of: "process"
  },
  admissionWaiting: {
    name: "drover_admission_waiting",
    type: "gauge",
    labels: ["reason"],
    help: "Tasks that could move and do not, by reason.",
    of: "process"
  },
  guardPosture: {
    name: "drover_guard_posture",
    type: "gauge",
    labels: ["guard", "posture", "load_bearing"],
    help: "1 for the posture in which the guard was seen last, 0 for all others; a guard that is not load-bearing may be off.",
    of: "process"
  },
  startTime: {
    name: "process_start_time_seconds",
    type: "gauge",
    labels: [],
    help: "When the supervisor's process started, in seconds since 1970.",
    of: "process"
  },
  residentMemory: {
    name: "process_resident_memory_bytes",
    type: "gauge",
    labels: [],
    help: "Resident memory of the supervisor's process.",
    of: "process"
  },
  cpuSeconds: {
    name: "process_cpu_seconds_total",
    type: "counter",
    labels: [],
    help: "Processor time of the supervisor's process, user and system.",
    of: "process"
  },
  eventLoopLag: {
    name: "nodejs_eventloop_lag_seconds",
    type: "gauge",
    labels: [],
    help: "How long the scrape waited for a turn of the event loop.",
    of: "process"
  }
} as const satisfies Readonly<Record<string, Definition>>

export type Key = keyof typeof definitions
