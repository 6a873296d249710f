import { expect, it } from "vitest"
import type { TaskEvent } from "../../../core/task/Apply.ts"
import type { Action } from "../../../core/tick/Action.ts"
import { intent } from "../../../core/tick/Intent.ts"
import { attempt, id, moved, run, stageMoved } from "./Worlds.ts"

const of = { task: id(1), revision: 3 }
const begun = attempt()
const { number } = begun
const events: ReadonlyArray<TaskEvent> = [stageMoved({ _tag: "Retry" })]

/** What is written first, with 9 as the moment of it. */
const table: ReadonlyArray<readonly [Action, ReadonlyArray<TaskEvent>]> = [
  [{ _tag: "Record", ...of, events, revokes: null }, events],
  [{ _tag: "EscalateHuman", ...of, reason: { _tag: "NoProgress" }, events }, events],
  [{ _tag: "Promote", ...of }, [stageMoved({ _tag: "Start" })]],
  [
    { _tag: "Spawn", ...of, attempt: begun, session: null, feedback: null },
    [moved({ _tag: "Launch", attempt: begun, preparing: false, at: 9 })]
  ],
  [
    { _tag: "Spawn", ...of, attempt: begun, session: "s", feedback: "no", trial: true },
    [moved({ _tag: "Launch", attempt: begun, preparing: false, at: 9, trial: true })]
  ],
  [
    { _tag: "Stop", ...of, attempt: number, run: null, why: "OverTime" },
    [moved({ _tag: "Stop", attempt: number, run: null, why: "OverTime", at: 9 })]
  ],
  [
    { _tag: "Stop", ...of, attempt: null, run: run(7), why: "Operator" },
    [moved({ _tag: "Stop", attempt: null, run: run(7), why: "Operator", at: 9 })]
  ],
  [
    { _tag: "RunVerifier", ...of, attempt: number, index: 1, run: run(7), revokes: null },
    [moved({ _tag: "RunBegin", attempt: number, index: 1, run: run(7) })]
  ],
  [
    { _tag: "AssignViaMailbox", ...of, attempt: begun, session: "s" },
    [moved({ _tag: "Assign", attempt: begun, messageId: `${of.task}.${begun.number}`, at: 9 })]
  ],
  [
    { _tag: "AssignViaMailbox", ...of, attempt: begun, session: "s", trial: true },
    [moved({ _tag: "Assign", attempt: begun, messageId: `${of.task}.${begun.number}`, at: 9, trial: true })]
  ],
  [{ _tag: "WithdrawMessage", ...of, attempt: number }, [moved({ _tag: "Withdrawn", attempt: number })]],
  [{ _tag: "Archive", ...of, at: 8 }, [stageMoved({ _tag: "Archive", at: 8 })]]
]

it("STO-1 what an action is about to do stands in the ledger first: begin, stop, verify, move", () => {
  for (const [action, written] of table) expect([action, intent(action, 9)]).toEqual([action, written])
})

it("STO-1 an effect that changes nothing of the task, or is known by what it finds only, has no intent", () => {
  const others: ReadonlyArray<Action> = [
    { _tag: "Stop", ...of, attempt: number, run: null, why: null },
    { _tag: "Land", ...of, run: run(7) },
    { _tag: "RemoveWorktree", ...of, worktree: 1 },
    { _tag: "WriteSessionPolicy", ...of, session: "s" },
    { _tag: "ClearSessionPolicy", ...of, session: "s" },
    { _tag: "RaiseAttention", ...of, key: "k", text: "t" },
    { _tag: "ClearAttention", ...of, key: "k" }
  ]
  for (const action of others) expect([action, intent(action, 9)]).toEqual([action, []])
})
