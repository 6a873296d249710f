/** The same turns as an xstate machine: names of states and events alone, no context, no guards, no actions. */
import { createMachine } from "xstate"

export const statechart = createMachine({
  initial: "Coding",
  states: {
    Coding: { on: { GatesPassed: "Qa" } },
    Qa: { on: { GatesFailed: "Coding", HoldForReview: "ReviewHold", GatesPassed: "Merge" } },
    ReviewHold: { on: { Approve: "Qa" } },
    Merge: { on: { MergeFailed: "MergeFailure", Landed: "Done" } },
    MergeFailure: { on: { MergeReady: "Merge" } },
    Done: { on: { Reopen: "Coding" } }
  }
})
