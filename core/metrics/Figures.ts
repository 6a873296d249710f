/**
 * What was counted, as families: from the store and from a running supervisor. Every label value that is known is there
 * from the start, with 0: a counter that appears with its first event has no rate for it.
 */
import { hookNames } from "../hook/HookName.ts"
import { Posture } from "../guard/Posture.ts"
import { type TaskState, words } from "../stage/TaskState.ts"
import type { Action } from "../tick/Action.ts"
import { Verdict } from "../verify/Verdict.ts"
import { definitions, type Key } from "./Definition.ts"
import type { Family, HistogramSample, Labels, Sample } from "./Family.ts"
import { type Reason, type Shift, shifted } from "./Held.ts"

/** Of one moment of the store. */
export interface Stored {
  /** As if nothing held any task back. */
  readonly states: ReadonlyMap<TaskState, number>
  /** Billionths of a dollar. */
  readonly nanoUsd: number
  readonly retries: ReadonlyMap<string, number>
  readonly verdicts: ReadonlyArray<{ readonly kind: string; readonly verdict: string; readonly count: number }>
  readonly agentsRunning: number
  readonly commitmentsOpen: number
  /** 0 before the first supervisor. */
  readonly epoch: number
}

export interface Process {
  readonly reasons: ReadonlyMap<Reason, number>
  readonly guards: ReadonlyArray<{ readonly key: string; readonly posture: string; readonly loadBearing: boolean }>
  readonly tickSeconds: HistogramSample
  readonly tickActions: ReadonlyArray<Sample>
  readonly ingestSeconds: HistogramSample
  readonly ingestEvents: ReadonlyArray<Sample>
  /** Seconds since 1970. */
  readonly startTime: number
  readonly residentBytes: number
  readonly cpuSeconds: number
  readonly eventLoopLagSeconds: number
}

/** Ways in for hook events. */
const ways = ["socket", "port", "spool"] as const
export type Way = (typeof ways)[number]

/** What became of an attempt that another took up the work of: the endings of attempts, and two that come after a clean one. */
const retryCauses = [
  "Aborted",
  "Forced",
  "Inactive",
  "LaunchFailed",
  "Limited",
  "Lost",
  "Operator",
  "OverBudget",
  "OverTime",
  "OverTurns",
  "Retry",
  "StageChanged",
  /** It left something uncommitted that is to be merged. */
  "Uncommitted",
  /** A verifier did not pass it. */
  "Verdict"
] as const

const reasons: Readonly<Record<Reason, true>> = {
  AccountPaused: true,
  Agent: true,
  Backoff: true,
  Canary: true,
  Dependencies: true,
  Directory: true,
  Draining: true,
  Landing: true,
  Limited: true,
  Mailbox: true,
  ManualStart: true,
  Pressure: true,
  Ramp: true,
  Repository: true,
  Slots: true,
  Unknown: true,
  Unobserved: true,
  Upcoming: true
}

const actions: Readonly<Record<Action["_tag"], true>> = {
  Archive: true,
  AssignViaMailbox: true,
  ClearAttention: true,
  ClearSessionPolicy: true,
  EscalateHuman: true,
  Land: true,
  Promote: true,
  RaiseAttention: true,
  Record: true,
  RemoveWorktree: true,
  RunVerifier: true,
  Spawn: true,
  Stop: true,
  WithdrawMessage: true,
  WriteSessionPolicy: true
}

const verifierKinds = ["Agent", "Brain", "Run"] as const

type PlainKey = { [K in Key]: (typeof definitions)[K]["type"] extends "histogram" ? never : K }[Key]
type HistogramKey = Exclude<Key, PlainKey>

const family = (key: PlainKey, samples: ReadonlyArray<Sample>): Family => {
  const { help, name, type } = definitions[key]
  return { name, help, type, samples }
}

const histogram = (key: HistogramKey, sample: HistogramSample): Family => {
  const { help, name, type } = definitions[key]
  return { name, help, type, samples: [sample] }
}

const only = (key: PlainKey, value: number): Family => family(key, [{ labels: [], value }])

/** Those that are known, then any that are not, each once. */
const filled = (known: ReadonlyArray<Labels>, counted: ReadonlyArray<Sample>): ReadonlyArray<Sample> => {
  const keyOf = (labels: Labels): string => JSON.stringify(labels)
  const all = new Map(known.map((labels): [string, Sample] => [keyOf(labels), { labels, value: 0 }]))
  for (const sample of counted) all.set(keyOf(sample.labels), sample)
  return [...all.values()]
}

const one = (label: string, known: ReadonlyArray<string>, counts: ReadonlyMap<string, number>): ReadonlyArray<Sample> =>
  filled(
    known.map((value) => [[label, value]]),
    [...counts].map(([key, value]) => ({ labels: [[label, key]], value }))
  )

const pairs = (
  [first, firsts]: readonly [string, ReadonlyArray<string>],
  [second, seconds]: readonly [string, ReadonlyArray<string>]
): ReadonlyArray<Labels> =>
  firsts.flatMap((a) =>
    seconds.map((b): Labels => [
      [first, a],
      [second, b]
    ])
  )

const passRates = (verdicts: Stored["verdicts"]): ReadonlyArray<Sample> => {
  const all = new Map<string, { readonly passed: number; readonly judged: number }>()
  for (const { count, kind, verdict } of verdicts) {
    if (verdict === "LIMITED") continue
    const { judged, passed } = all.get(kind) ?? { passed: 0, judged: 0 }
    all.set(kind, { passed: passed + (verdict === "PASS" ? count : 0), judged: judged + count })
  }
  return [...all].map(([kind, { judged, passed }]) => ({ labels: [["kind", kind]], value: passed / judged }))
}

const nanoPerUsd = 1e9

/** What the store tells; `shifts`: of the tasks that are held back, by whoever knows. */
export const fromStore = (stored: Stored, shifts: ReadonlyArray<Shift>): ReadonlyArray<Family> => [
  family("tasksByState", one("state", words, shifted(stored.states, shifts))),
  only("fleetCost", stored.nanoUsd / nanoPerUsd),
  family("retries", one("cause", retryCauses, stored.retries)),
  family("passRate", passRates(stored.verdicts)),
  family(
    "verifications",
    filled(
      pairs(["kind", verifierKinds], ["verdict", Verdict.literals]),
      stored.verdicts.map(({ count, kind, verdict }) => ({
        labels: [
          ["kind", kind],
          ["verdict", verdict]
        ],
        value: count
      }))
    )
  ),
  only("agentsRunning", stored.agentsRunning),
  only("commitmentsOpen", stored.commitmentsOpen),
  only("epoch", stored.epoch)
]

/** What lies in the spool. */
export const fromSpool = (files: number): ReadonlyArray<Family> => [only("spoolDepth", files)]

const postures = (guards: Process["guards"]): ReadonlyArray<Sample> =>
  guards.flatMap(({ key, loadBearing, posture }) => {
    const labelsOf = (each: string): Labels => [
      ["guard", key],
      ["posture", each],
      ["load_bearing", String(loadBearing)]
    ]
    return filled(Posture.literals.map(labelsOf), [{ labels: labelsOf(posture), value: 1 }])
  })

/** What a running supervisor tells of itself. */
export const fromProcess = (process: Process): ReadonlyArray<Family> => [
  family("admissionWaiting", one("reason", Object.keys(reasons), process.reasons)),
  family("guardPosture", postures(process.guards)),
  histogram("tickSeconds", process.tickSeconds),
  family(
    "tickActions",
    filled(
      Object.keys(actions).map((action): Labels => [["action", action]]),
      process.tickActions
    )
  ),
  histogram("ingestSeconds", process.ingestSeconds),
  family("ingestEvents", filled(pairs(["hook", hookNames], ["via", ways]), process.ingestEvents)),
  only("startTime", process.startTime),
  only("residentMemory", process.residentBytes),
  only("cpuSeconds", process.cpuSeconds),
  only("eventLoopLag", process.eventLoopLagSeconds)
]
