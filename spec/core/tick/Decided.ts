/** One task of a plain world, as it is decided about: what is given is told apart from it. */
import { expect } from "vitest"
import type { Attempt, Carrier, Ending, Execution, Of, StopReason } from "../../../core/execution/Execution.ts"
import type { ExecutionEvent } from "../../../core/execution/ExecutionEvent.ts"
import type { Policy } from "../../../core/policy/Policy.ts"
import type { BlockReason } from "../../../core/stage/BlockReason.ts"
import type { Stage } from "../../../core/stage/Stage.ts"
import type { StageEvent } from "../../../core/stage/StageEvent.ts"
import type { Facts } from "../../../core/task/Facts.ts"
import type { Action } from "../../../core/tick/Action.ts"
import { newWork, type Proposal } from "../../../core/tick/Proposal.ts"
import { decide } from "../../../core/tick/Tick.ts"
import type { Wait } from "../../../core/tick/Wait.ts"
import type { Observation, TaskView } from "../../../core/tick/World.ts"
import { process } from "./Pairs.ts"
import {
  attempt,
  attemptNumber,
  id,
  minute,
  moved,
  now,
  policy,
  second,
  stageMoved,
  taskOf,
  type Varied,
  viewOf
} from "./Worlds.ts"

export interface Case {
  readonly task?: Varied
  readonly view?: Partial<TaskView>
  readonly policy?: Partial<Policy>
}

export const decided = ({ policy: numbers, task, view }: Case): Proposal =>
  decide(viewOf(taskOf(task), view), { now, policy: { ...policy, ...numbers } })

/** What every action says of the task that it is about. */
export const ofTask = { task: id(1), revision: 10 } as const

export const act = (action: Action): Proposal => ({ _tag: "Act", action })

/** The execution moves, and nothing else is done. */
export const records = (event: ExecutionEvent): Proposal =>
  act({ _tag: "Record", ...ofTask, events: [moved(event)], revokes: null })

export const rest: Proposal = { _tag: "Rest" }
export const waits = (wait: Wait): Proposal => ({ _tag: "Wait", wait })

/** What each row is about, what is given, and what is decided. */
export const table = (rows: ReadonlyArray<readonly [what: string, Case, Proposal]>): void => {
  for (const [what, given, expected] of rows) expect([what, decided(given)]).toEqual([what, expected])
}

export const own = attempt()

export const { number } = own

export const other = { ...process, pid: 77 }

export const byProcess: Carrier = { _tag: "Process", process }

export const bySession: Carrier = { _tag: "Session", session: "s1", messageId: "m1" }

export const stops = (why: StopReason | null): Proposal =>
  act({ _tag: "Stop", ...ofTask, attempt: number, run: null, why })

export const ends = (how: Ending): Proposal => records({ _tag: "Ended", attempt: number, how, at: now })

export const alive = (varied: Partial<Extract<Observation, { readonly _tag: "Alive" }>> = {}): Observation => ({
  _tag: "Alive",
  process: other,
  isAdopted: false,
  lastProgressAt: now,
  toolTurns: 0,
  costUsd: null,
  limitedUntil: null,
  ...varied
})

export const seen = (execution: Execution, observation: Observation | null, more: Case = {}): Case => ({
  ...more,
  task: { execution, ...more.task },
  view: { observation, ...more.view }
})

export const running = (since = now - second, carrier: Carrier = byProcess): Execution => ({
  _tag: "Running",
  attempt: own,
  carrier,
  since
})

const asks = (action: Action, isFinishing = false): Proposal => ({
  _tag: "Ask",
  action,
  demand: { kind: "slot", isFinishing, usesAccount: !isFinishing, session: null }
})

export const happens = (event: StageEvent): Proposal =>
  act({ _tag: "Record", ...ofTask, events: [stageMoved(event)], revokes: null })

export const at = (stage: Stage, more: Case = {}): Case => ({ ...more, task: { stage, ...more.task } })

export const facts = (varied: Partial<Facts>, more: Case = {}): Case => ({
  ...more,
  task: { ...more.task, facts: varied }
})

/** The next attempt of the task, as the plain world has it. */
export const next = attempt({ number: attemptNumber(7) })

export const spawns = (varied: Partial<Extract<Action, { readonly _tag: "Spawn" }>> = {}): Proposal => ({
  _tag: "Ask",
  action: { _tag: "Spawn", ...ofTask, attempt: next, session: null, feedback: null, ...varied },
  demand: newWork
})

export const escalates = (reason: BlockReason, execution: "Idle" | "other" = "Idle"): Proposal =>
  act({
    _tag: "EscalateHuman",
    ...ofTask,
    reason,
    events: [...(execution === "Idle" ? [] : [moved({ _tag: "Reset" })]), stageMoved({ _tag: "Block", reason })]
  })

export const verifies = (role: "coder" | "qa" | "merger" = "coder", resets = false): Proposal =>
  asks(
    {
      _tag: "Record",
      ...ofTask,
      events: [
        ...(resets ? [moved({ _tag: "Reset" })] : []),
        moved({ _tag: "VerifyBegin", attempt: { ...next, role, mode: "VerifyOnly" } })
      ],
      revokes: null
    },
    true
  )

export const backoff = (mode: Of<"Backoff">["mode"], until = now): Execution => ({
  _tag: "Backoff",
  attempt: own,
  until,
  mode,
  feedback: null
})

export const limited = (mode: Attempt["mode"] = "Cold", role: "coder" | "qa" = "coder"): Execution => ({
  _tag: "Limited",
  attempt: attempt({ mode, role }),
  carrier: null,
  resumeAt: now,
  limitedAt: now - minute,
  since: now - 2 * minute
})
