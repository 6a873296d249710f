/** What is decided about an attempt in each of its states, whatever is seen of it: a row each. */
import { describe, expect, it } from "vitest"
import * as Backoff from "../../../core/execution/Backoff.ts"
import type { Ending, Execution, StopReason } from "../../../core/execution/Execution.ts"
import type { DeathFacts } from "../../../core/execution/ExecutionEvent.ts"
import type { Stage } from "../../../core/stage/Stage.ts"
import { attemptId } from "../../../core/task/Identifiers.ts"
import type { Proposal } from "../../../core/tick/Proposal.ts"
import type { Observation, OwnView } from "../../../core/tick/World.ts"
import {
  act,
  alive,
  decided,
  ends,
  number,
  ofTask,
  other,
  own,
  records,
  rest,
  running,
  seen,
  stops,
  table,
  waits
} from "./Decided.ts"
import { attempt, id, minute, now, policy, run, second } from "./Worlds.ts"

describe("what is decided about an attempt", () => {
  it("TCK-8 one that waits in a mailbox is claimed, or taken back when nobody claimed it in time", () => {
    const assigned = (since: number): Execution => ({ _tag: "Assigned", attempt: own, messageId: "m1", since })
    const withdrawn = act({ _tag: "WithdrawMessage", ...ofTask, attempt: number })
    table([
      [
        "claimed",
        seen(assigned(now), { _tag: "Claimed", session: "s2" }),
        records({ _tag: "Claimed", attempt: number, session: "s2", at: now })
      ],
      [
        "claimed late",
        seen(assigned(now - 60 * minute), { _tag: "Claimed", session: "s2" }),
        records({ _tag: "Claimed", attempt: number, session: "s2", at: now })
      ],
      ["not yet", seen(assigned(now - policy.claimMs + 1), null), rest],
      ["never", seen(assigned(now - policy.claimMs), null), withdrawn],
      ["for another visit", seen(assigned(now), null, { task: { visit: 3 } }), withdrawn],
      ["a claim of something that runs", seen(running(), { _tag: "Claimed", session: "s2" }), rest]
    ])
  })

  it("TCK-4 what can not be looked at is left alone, in every state but a back-off", () => {
    const unknown: Observation = { _tag: "Unknown", why: "no more files" }
    const held = waits({ _tag: "Unknown", why: "no more files" })
    const verifying: Execution = {
      _tag: "Verifying",
      attempt: own,
      index: 0,
      run: run(6),
      passed: [],
      restarts: 0,
      notBefore: null
    }
    table([
      ["running", seen(running(now - 180 * minute), unknown), held],
      ["of another visit", seen(running(), unknown, { task: { visit: 3 } }), held],
      ["its verifier", seen(verifying, null, { view: { run: { _tag: "Unknown", why: "no more files" } } }), held],
      [
        "a verifier, where none is at work",
        seen(running(), alive(), { view: { run: { _tag: "Unknown", why: "?" } } }),
        rest
      ],
      [
        "backing off",
        seen({ _tag: "Backoff", attempt: own, until: now + 1, mode: "Retry", feedback: null }, unknown),
        waits({ _tag: "Backoff", until: now + 1 })
      ]
    ])
  })

  it("TCK-8 one that is launched is believed when it is seen, and given up when it can not come any more", () => {
    const launching = (since: number): Execution => ({ _tag: "Launching", attempt: own, since, preparing: false })
    const { backoffBaseMs: baseMs, backoffCapMs: capMs, launchGraceMs, maxLaunchFailures } = policy
    const failed = (inARow: number): Proposal =>
      act({
        _tag: "Record",
        ...ofTask,
        events: [
          {
            _tag: "ExecutionMoved",
            event: {
              _tag: "LaunchFailed",
              attempt: number,
              reason: "it was never seen to start",
              until: now + Backoff.delay({ baseMs, capMs }, inARow, attemptId(id(1), number)),
              exhausted: inARow >= maxLaunchFailures
            }
          }
        ],
        revokes: number
      })
    const late = launching(now - launchGraceMs)
    const early = launching(now - launchGraceMs + 1)
    const failures = (launchFailuresInARow: number) => ({ task: { facts: { launchFailuresInARow } } })
    table([
      ["nobody looked", seen(late, null), rest],
      ["seen", seen(launching(now), alive()), records({ _tag: "Started", attempt: number, process: other, at: now })],
      [
        "found",
        seen(launching(now), alive({ isAdopted: true })),
        records({ _tag: "Adopted", attempt: number, process: other, at: now })
      ],
      ["over already", seen(launching(now), { _tag: "Dead", how: { _tag: "Clean" } }), ends({ _tag: "Clean" })],
      ["not there yet", seen(early, { _tag: "Absent", token: "taken" }), rest],
      ["not there yet, and free", seen(early, { _tag: "Absent", token: "free" }), rest],
      ["came and went", seen(late, { _tag: "Absent", token: "taken" }), ends({ _tag: "Lost" })],
      ["never came", seen(late, { _tag: "Absent", token: "free" }), failed(1)],
      ["never came, again", seen(late, { _tag: "Absent", token: "revoked" }, failures(2)), failed(3)],
      [
        "never came, for the last time",
        seen(late, { _tag: "Absent", token: "free" }, failures(maxLaunchFailures - 1)),
        failed(maxLaunchFailures)
      ],
      ["for another visit", seen(late, alive(), { task: { visit: 3 } }), stops("StageChanged")]
    ])
  })

  it("EXE-2 one that is being stopped is over when all of it is proved dead, and what failed is told to the next", () => {
    const facts: Omit<DeathFacts, "failure"> = {
      merge: "none",
      dirty: false,
      moved: false,
      progressed: true,
      resumable: false,
      qa: null,
      tree: "t1",
      costUsd: 0.5
    }
    const stopping = (
      ending: Ending,
      subject: Extract<Execution, { readonly _tag: "Stopping" }>["subject"] = { _tag: "Agent", attempt: own }
    ): Execution => ({
      _tag: "Stopping",
      subject,
      carrier: null,
      ending,
      since: now - second
    })
    const { backoffBaseMs: baseMs, backoffCapMs: capMs } = policy
    const until = now + Backoff.delay({ baseMs, capMs }, 3, attemptId(id(1), number))
    const dead = (
      feedback: string | null,
      attemptsLeft = true,
      runs: { readonly attempt?: typeof number; readonly run?: ReturnType<typeof run> } = {},
      qa: DeathFacts["qa"] = null
    ) =>
      records({
        _tag: "VerifiedDead",
        attempt: runs.attempt ?? number,
        run: runs.run ?? null,
        facts: { ...facts, qa, failure: { attemptsLeft, until, feedback } }
      })
    const emptied = (qa: DeathFacts["qa"] = null, said?: string | null): Observation => ({
      _tag: "Emptied",
      facts: { ...facts, qa },
      ...(said === undefined ? {} : { said })
    })
    const before = { task: { facts: { feedback: "as before", failuresInARow: 2, attemptsUsed: 0 } } }
    const last = { task: { facts: { feedback: "as before", failuresInARow: 2, attemptsUsed: 2 } } }
    const judge = { _tag: "Agent", attempt: attempt({ role: "qa" }) } as const
    const inQa = { task: { ...before.task, stage: { _tag: "Qa" } as const } }
    table([
      ["under way", seen(stopping({ _tag: "Clean" }), { _tag: "BeingStopped" }), rest],
      ["nobody is at it", seen(stopping({ _tag: "Clean" }), null), stops(null)],
      ["some survive", seen(stopping({ _tag: "Clean" }), { _tag: "Survivors", pids: [1] }), stops(null)],
      ["clean", seen(stopping({ _tag: "Clean" }), emptied(), before), dead("as before")],
      ["forced", seen(stopping({ _tag: "Forced", detail: "status 1" }), emptied(), before), dead("status 1")],
      ["aborted", seen(stopping({ _tag: "Aborted", detail: "no session" }), emptied(), before), dead("no session")],
      ["lost", seen(stopping({ _tag: "Lost" }), emptied(), before), dead("the last attempt vanished without a word")],
      [
        "stopped",
        seen(stopping({ _tag: "Stopped", why: "OverTime" }), emptied(), before),
        dead("the last attempt was stopped: it took longer than its task may")
      ],
      ["limited", seen(stopping({ _tag: "Limited", resumeAt: now + 1 }), emptied(), before), dead("as before")],
      [
        "its last attempt",
        seen(stopping({ _tag: "Forced", detail: "status 1" }), emptied(), last),
        dead("status 1", false)
      ],
      ["a limit uses none", seen(stopping({ _tag: "Limited", resumeAt: now + 1 }), emptied(), last), dead("as before")],
      [
        "no verdict",
        seen(stopping({ _tag: "Clean" }, judge), emptied(), inQa),
        dead("its last line was neither VERDICT: PASS nor VERDICT: FAIL")
      ],
      [
        "a verdict",
        seen(stopping({ _tag: "Clean" }, judge), emptied("FAIL", "it is bad"), inQa),
        dead("it is bad", true, {}, "FAIL")
      ],
      [
        "a verdict without a word",
        seen(stopping({ _tag: "Clean" }, judge), emptied("FAIL"), inQa),
        dead(null, true, {}, "FAIL")
      ],
      [
        "its verifiers",
        seen(stopping({ _tag: "Clean" }, { _tag: "Verifiers", attempt: own, run: run(6) }), emptied(), last),
        dead("as before", true, { run: run(6) })
      ]
    ])
  })

  it("TCK-8 a landing is worked by somebody, and stopped only as long as it has moved nothing", () => {
    const merge: Stage = { _tag: "Merge", branch: "drover/1", commitsAhead: 1, verified: true }
    const landing = (candidate: string | null = null): Execution => ({
      _tag: "Landing",
      run: run(6),
      visit: 2,
      base: "b",
      candidate,
      since: now
    })
    const land = act({ _tag: "Land", ...ofTask, run: run(6) })
    const stop = (why: StopReason | null) => act({ _tag: "Stop", ...ofTask, attempt: null, run: run(6), why })
    const attended: Partial<OwnView> = { isLandingAttended: true }
    const stopping: Execution = {
      _tag: "Stopping",
      subject: { _tag: "Landing", run: run(6), visit: 2 },
      carrier: null,
      ending: { _tag: "Stopped", why: "Operator" },
      since: now
    }
    const facts = {
      merge: "squash",
      dirty: false,
      moved: false,
      progressed: false,
      resumable: false,
      qa: null,
      tree: "t1",
      costUsd: null
    } as const
    const { backoffBaseMs: baseMs, backoffCapMs: capMs } = policy
    const until = now + Backoff.delay({ baseMs, capMs }, 1, "1")
    table([
      ["nobody is at it", seen(landing(), null, { task: { stage: merge } }), land],
      ["somebody is", seen(landing(), null, { task: { stage: merge }, view: attended }), rest],
      ["its stage is left", seen(landing(), null), stop("StageChanged")],
      ["armed, its stage left", seen(landing("c"), null), land],
      ["for another visit", seen(landing(), null, { task: { stage: merge, visit: 3 } }), stop("StageChanged")],
      ["stopping", seen(stopping, null, { task: { stage: merge } }), stop(null)],
      ["stopping, its stage left", seen(stopping, null), stop(null)],
      [
        "stopped",
        seen(stopping, { _tag: "Emptied", facts }, { task: { stage: merge } }),
        records({
          _tag: "VerifiedDead",
          attempt: null,
          run: run(6),
          facts: {
            ...facts,
            failure: { attemptsLeft: true, until, feedback: "the last attempt was stopped: a person wanted it to stop" }
          }
        })
      ]
    ])
  })

  it("TCK-8 a back-off ends at its time, or with the visit that it was for", () => {
    const backoff = (until: number): Execution => ({
      _tag: "Backoff",
      attempt: own,
      until,
      mode: "Retry",
      feedback: null
    })
    table([
      ["not yet", seen(backoff(now + 1), null), waits({ _tag: "Backoff", until: now + 1 })],
      ["for another visit", seen(backoff(now + 1), null, { task: { visit: 3 } }), records({ _tag: "Reset" })],
      [
        "for another role",
        seen(backoff(now + 1), null, { task: { stage: { _tag: "Qa" } } }),
        records({ _tag: "Reset" })
      ],
      [
        "in a stage without a role",
        seen(backoff(now + 1), null, { task: { stage: { _tag: "Backlog" } } }),
        records({ _tag: "Reset" })
      ]
    ])
    expect(decided(seen(backoff(now), null))).toMatchObject({ _tag: "Ask", action: { _tag: "Spawn" } })
  })
})
