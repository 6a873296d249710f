/**
 * The transition table of the stage machine, and its function.
 *
 * Invariants: total and pure (STG-1); nothing reaches Merge, MergeFailure or MergeFailureFinal with no commit ahead
 * (STG-2); Unfreeze undoes Freeze, Unblock undoes Block and Approve undoes HoldForReview exactly (STG-3).
 */
import * as Either from "effect/Either"
import * as Table from "../machine/Table.ts"
import { when } from "../machine/Table.ts"
import type { Flow } from "../task/Flow.ts"
import type * as Stage from "./Stage.ts"
import type * as StageEvent from "./StageEvent.ts"

/** The event has no meaning in this stage; `legal` names the events that have, for this flow. */
export interface IllegalTransition {
  readonly _tag: "IllegalTransition"
  readonly stage: Stage.Stage
  readonly event: StageEvent.StageEvent
  readonly legal: ReadonlyArray<StageEvent.Tag>
}

/** One row; `apply` answers null when its condition does not hold. */
export interface Row extends Table.Row<Stage.Tag, StageEvent.Tag> {
  /**
   * For a stage of `from` and an event `on` alone, which `transition` finds by the index and which nothing need check a
   * second time. A method, so that a row may take just those.
   */
  apply(stage: Stage.Stage, event: StageEvent.StageEvent, flow: Flow): Stage.Stage | null
}

const row = <F extends Stage.Tag, E extends StageEvent.Tag, T extends Stage.Tag>(
  from: ReadonlyArray<F>,
  on: E,
  to: ReadonlyArray<T>,
  apply: (stage: Stage.Of<F>, event: StageEvent.Of<E>, flow: Flow) => Stage.Of<T> | null
): Row => ({ from, on, to, when: null, apply })

const backlog: Stage.Of<"Backlog"> = { _tag: "Backlog" }
const coding = (feedback: string | null): Stage.Of<"Coding"> => ({ _tag: "Coding", feedback })
const noCommits: Stage.Of<"Blocked"> = {
  _tag: "Blocked",
  resumeTo: coding(null),
  reason: { _tag: "NoCommits" }
}

/** Merge, as the event's work allows; null when there is nothing to land. */
const merge = (work: StageEvent.Work | null, verified: boolean): Stage.Of<"Merge"> | null =>
  work !== null && work.commitsAhead > 0
    ? { _tag: "Merge", branch: work.branch, commitsAhead: work.commitsAhead, verified }
    : null

const resumable = ["Backlog", "Coding", "Qa", "Merge", "MergeFailure"] as const
const failing = ["MergeFailure", "MergeFailureFinal"] as const
const freezable = [...resumable, "Upcoming", "ReviewHold", "MergeFailureFinal", "Blocked"] as const
const open = [...freezable, "Frozen"] as const
const ended = ["Done", "Abandoned", "Superseded", "Rejected"] as const

export const rows: ReadonlyArray<Row> = [
  row(["Upcoming"], "Triage", ["Backlog"], () => backlog),
  row(["Backlog"], "Start", ["Coding"], () => coding(null)),

  when(
    "it squashes, and there is no commit to land",
    row(["Coding", "Qa"], "GatesPassed", ["Blocked"], (_, event, flow) =>
      flow.merge === "squash" && merge(event.work, event.verified) === null ? noCommits : null
    )
  ),
  when(
    "a QA agent is next",
    row(["Coding"], "GatesPassed", ["Qa"], (_, __, flow) => (flow.qa === "agent" ? { _tag: "Qa" } : null))
  ),
  when(
    "a person must look",
    row(["Coding", "Qa"], "GatesPassed", ["ReviewHold"], (_, event, flow) => {
      if (flow.qa !== "human") return null
      const resumeTo =
        flow.merge === "squash"
          ? merge(event.work, event.verified)
          : { _tag: "Finish" as const, verified: event.verified }
      return resumeTo && { _tag: "ReviewHold", resumeTo, reason: "the verifiers passed; a person approves" }
    })
  ),
  when(
    "it merges nothing",
    row(["Coding", "Qa"], "GatesPassed", ["Done"], (_, event, flow) =>
      flow.merge === "none"
        ? { _tag: "Done", at: event.at, landing: { _tag: "NothingToMerge" }, verified: event.verified }
        : null
    )
  ),
  row(["Coding", "Qa"], "GatesPassed", ["Merge"], (_, event) => merge(event.work, event.verified)),
  row(["Qa"], "GatesFailed", ["Coding"], (_, event) => coding(event.feedback)),

  // A task that squashes is done by a landing alone (STG-6), so there is nothing to finish in it.
  when(
    "nothing is left to do, and it merges nothing",
    row(["ReviewHold"], "Approve", ["Done"], (stage, event, flow) =>
      stage.resumeTo._tag === "Finish" && flow.merge === "none"
        ? { _tag: "Done", at: event.at, landing: { _tag: "NothingToMerge" }, verified: stage.resumeTo.verified }
        : null
    )
  ),
  when(
    "it is the stage that is held",
    row(["ReviewHold"], "Approve", resumable, (stage) => (stage.resumeTo._tag === "Finish" ? null : stage.resumeTo))
  ),
  row(["ReviewHold"], "SendBack", ["Coding"], (_, event) => coding(event.feedback)),

  when(
    "there was no commit to land",
    row(["Merge"], "MergeFailed", ["Blocked"], (_, event) => (event.kind === null ? noCommits : null))
  ),
  when(
    "there was one",
    row(
      ["Merge"],
      "MergeFailed",
      ["MergeFailure"],
      ({ branch, commitsAhead, verified }, { kind, strikes }) =>
        kind && { _tag: "MergeFailure", branch, commitsAhead, verified, kind, strikes }
    )
  ),
  row(
    ["Merge", "MergeFailure"],
    "RecoveryExhausted",
    ["MergeFailureFinal"],
    ({ branch, commitsAhead, verified }, { kind, strikes }) => ({
      _tag: "MergeFailureFinal",
      branch,
      commitsAhead,
      verified,
      kind,
      strikes
    })
  ),
  when(
    "there is no commit to land",
    row(["MergeFailure"], "MergeReady", ["Blocked"], (_, event) => (event.work.commitsAhead === 0 ? noCommits : null))
  ),
  when(
    "there is one",
    row(["MergeFailure"], "MergeReady", ["Merge"], (_, event) => merge(event.work, event.verified))
  ),
  row(failing, "Retry", ["Merge"], ({ branch, commitsAhead, verified }) => ({
    _tag: "Merge",
    branch,
    commitsAhead,
    verified
  })),
  row(["Coding"], "Retry", ["Coding"], (stage) => stage),
  row(["Qa"], "Retry", ["Qa"], (stage) => stage),
  row(["MergeFailure"], "FixupRequested", ["Coding"], (_, event) => coding(event.feedback)),
  when(
    // What failed for good is a person's to take up again.
    "a person asks",
    row(["MergeFailureFinal"], "FixupRequested", ["Coding"], (_, event) =>
      event.by === "operator" ? coding(event.feedback) : null
    )
  ),
  row(failing, "RequeueForQa", ["Qa"], () => ({ _tag: "Qa" })),
  row(["Merge", ...failing], "Landed", ["Done"], (stage, event) => ({
    _tag: "Done",
    at: event.at,
    landing: { _tag: "Merged", commit: event.commit },
    verified: stage.verified
  })),

  row(resumable, "Block", ["Blocked"], (stage, event) => ({ _tag: "Blocked", resumeTo: stage, reason: event.reason })),
  when(
    "it is the stage that was blocked",
    row(["Blocked"], "Unblock", resumable, (stage) => stage.resumeTo)
  ),
  row(["Coding", "Qa", "Merge", "MergeFailure"], "HoldForReview", ["ReviewHold"], (stage, event) => ({
    _tag: "ReviewHold",
    resumeTo: stage,
    reason: event.reason
  })),
  row(
    ["Coding", "Qa", "ReviewHold", "Merge", "MergeFailure", "MergeFailureFinal", "Blocked"],
    "Demote",
    ["Backlog"],
    () => backlog
  ),
  row(freezable, "Freeze", ["Frozen"], (stage) => ({ _tag: "Frozen", resumeTo: stage })),
  when(
    "it is the stage that was frozen",
    row(["Frozen"], "Unfreeze", freezable, (stage) => stage.resumeTo)
  ),

  row(open, "Abandon", ["Abandoned"], (_, event) => ({ _tag: "Abandoned", at: event.at })),
  row(open, "Supersede", ["Superseded"], (_, event) => ({ _tag: "Superseded", at: event.at, by: event.by })),
  row(open, "Reject", ["Rejected"], (_, event) => ({ _tag: "Rejected", at: event.at, reason: event.reason })),
  row(["Done"], "Reopen", ["Coding"], (_, event) => coding(event.feedback)),
  row(["Abandoned", "Superseded", "Rejected"], "Reopen", ["Backlog"], () => backlog),
  row(ended, "Archive", ["Archived"], (stage, event) => ({ _tag: "Archived", at: event.at, from: stage._tag }))
]

/** Every arrow of the machine; a pair of a stage and an event without one is illegal. */
export const edges: ReadonlyArray<Table.Edge<Stage.Tag, StageEvent.Tag>> = Table.edges(rows)

const rowsOf = Table.index(rows)

const legal = new Map<Stage.Tag, ReadonlyArray<StageEvent.Tag>>()
for (const { from, on } of edges) legal.set(from, [...new Set(legal.get(from)).add(on)])

/** The events that some row takes from a stage with that tag, in the order of the table. */
export const legalFrom = (stage: Stage.Tag): ReadonlyArray<StageEvent.Tag> => legal.get(stage) ?? []

/** The next stage, or why there is none. Visits are judged by the caller (`task/Apply.ts`). */
export const transition = (
  flow: Flow,
  stage: Stage.Stage,
  event: StageEvent.StageEvent
): Either.Either<Stage.Stage, IllegalTransition> => {
  for (const each of rowsOf(stage._tag, event._tag)) {
    const next = each.apply(stage, event, flow)
    if (next !== null) return Either.right(next)
  }
  return Either.left({ _tag: "IllegalTransition", stage, event, legal: legalFrom(stage._tag) })
}

/** One sentence for people: what was refused, and what would not be. */
export const explain = ({ event, legal, stage }: IllegalTransition): string =>
  `${event._tag} means nothing in ${stage._tag}` +
  (legal.length === 0 ? "; nothing can happen to it any more" : `; from here: ${legal.join(", ")}`)
