/**
 * The table of the stage machine a second time, as a person would write it down: from, event, when, to. It shares
 * nothing with the implementation but the names.
 */
import type * as Stage from "../../../core/stage/Stage.ts"
import type * as StageEvent from "../../../core/stage/StageEvent.ts"
import type { Flow } from "../../../core/task/Flow.ts"

type Question = (flow: Flow, stage: Stage.Stage, event: StageEvent.StageEvent) => boolean

const ahead = (event: StageEvent.StageEvent): number => ("work" in event ? (event.work?.commitsAhead ?? 0) : 0)

const questions = {
  always: () => true,
  "nothing to land": ({ merge }, _, event) => merge === "squash" && ahead(event) === 0,
  "no commit": (_, __, event) => ahead(event) === 0,
  "a QA agent is next": ({ qa }) => qa === "agent",
  "a person is next": ({ qa }) => qa === "human",
  "it squashes": ({ merge }) => merge === "squash",
  "it merges nothing": ({ merge }) => merge === "none",
  "it holds a Finish, and merges nothing": ({ merge }, stage) =>
    stage._tag === "ReviewHold" && stage.resumeTo._tag === "Finish" && merge === "none",
  "it holds a stage": (_, stage) => "resumeTo" in stage && stage.resumeTo._tag !== "Finish",
  "there was no commit": (_, __, event) => event._tag === "MergeFailed" && event.kind === null,
  "by a person": (_, __, event) => event._tag === "FixupRequested" && event.by === "operator"
} satisfies { readonly [question: string]: Question }

type To = Stage.Tag | "what it holds" | "the same"

interface Line {
  readonly from: string
  readonly on: StageEvent.Tag
  readonly when: keyof typeof questions
  readonly to: To
}

const line = (from: string, on: StageEvent.Tag, to: To, when: keyof typeof questions = "always"): Line => ({
  from,
  on,
  when,
  to
})

const working = "Coding Qa Merge MergeFailure"
const failed = "MergeFailure MergeFailureFinal"
const movable = `Upcoming Backlog ${working} ReviewHold MergeFailureFinal Blocked`

const lines: ReadonlyArray<Line> = [
  line("Upcoming", "Triage", "Backlog"),
  line("Backlog", "Start", "Coding"),
  line("Coding Qa", "GatesPassed", "Blocked", "nothing to land"),
  line("Coding", "GatesPassed", "Qa", "a QA agent is next"),
  line("Coding Qa", "GatesPassed", "ReviewHold", "a person is next"),
  line("Coding Qa", "GatesPassed", "Merge", "it squashes"),
  line("Coding Qa", "GatesPassed", "Done", "it merges nothing"),
  line("Qa", "GatesFailed", "Coding"),
  line("ReviewHold", "Approve", "Done", "it holds a Finish, and merges nothing"),
  line("ReviewHold", "Approve", "what it holds", "it holds a stage"),
  line("ReviewHold", "SendBack", "Coding"),
  line("Merge", "MergeFailed", "Blocked", "there was no commit"),
  line("Merge", "MergeFailed", "MergeFailure"),
  line("Merge MergeFailure", "RecoveryExhausted", "MergeFailureFinal"),
  line("MergeFailure", "MergeReady", "Blocked", "no commit"),
  line("MergeFailure", "MergeReady", "Merge"),
  line("Coding Qa", "Retry", "the same"),
  line(failed, "Retry", "Merge"),
  line("MergeFailure", "FixupRequested", "Coding"),
  line("MergeFailureFinal", "FixupRequested", "Coding", "by a person"),
  line(failed, "RequeueForQa", "Qa"),
  line(`Merge ${failed}`, "Landed", "Done"),
  line(`Backlog ${working}`, "Block", "Blocked"),
  line("Blocked", "Unblock", "what it holds"),
  line(working, "HoldForReview", "ReviewHold"),
  line(`${working} ReviewHold MergeFailureFinal Blocked`, "Demote", "Backlog"),
  line(movable, "Freeze", "Frozen"),
  line("Frozen", "Unfreeze", "what it holds"),
  line(`${movable} Frozen`, "Abandon", "Abandoned"),
  line(`${movable} Frozen`, "Supersede", "Superseded"),
  line(`${movable} Frozen`, "Reject", "Rejected"),
  line("Done", "Reopen", "Coding"),
  line("Abandoned Superseded Rejected", "Reopen", "Backlog"),
  line("Done Abandoned Superseded Rejected", "Archive", "Archived")
]

const allStages: ReadonlyArray<Stage.Tag> = [
  "Upcoming",
  "Backlog",
  "Coding",
  "Qa",
  "ReviewHold",
  "Merge",
  "MergeFailure",
  "MergeFailureFinal",
  "Blocked",
  "Frozen",
  "Done",
  "Abandoned",
  "Superseded",
  "Rejected",
  "Archived"
]

/** The events of the table that are for people to give (the commands of the contract). */
export const operatorEvents: ReadonlyArray<StageEvent.Tag> = [
  "Triage",
  "Start",
  "Abandon",
  "Retry",
  "Approve",
  "SendBack",
  "HoldForReview",
  "Freeze",
  "Unfreeze",
  "Block",
  "Unblock",
  "Demote",
  "FixupRequested",
  "RequeueForQa",
  "Landed",
  "Reject",
  "Supersede",
  "Reopen",
  "Archive"
]

/** The stages that any line mentions as where it comes from, and the events that can happen there. */
export const pairs: ReadonlyMap<Stage.Tag, ReadonlySet<StageEvent.Tag>> = new Map(
  allStages.map((stage) => [
    stage,
    new Set(lines.filter(({ from }) => from.split(" ").includes(stage)).map(({ on }) => on))
  ])
)

/** Where the table leads; null: nowhere, it is illegal. */
export const destination = (flow: Flow, stage: Stage.Stage, event: StageEvent.StageEvent): Stage.Tag | null => {
  const found = lines.find(
    ({ from, on, when }) =>
      on === event._tag && from.split(" ").includes(stage._tag) && questions[when](flow, stage, event)
  )
  if (found === undefined) return null
  switch (found.to) {
    case "the same":
      return stage._tag
    case "what it holds":
      return "resumeTo" in stage && stage.resumeTo._tag !== "Finish" ? stage.resumeTo._tag : null
    default:
      return found.to
  }
}
