/** What is decided about an attempt that runs or is limited, whatever is seen of it: a row each. */
import { describe, it } from "vitest"
import type { Carrier, Execution } from "../../../core/execution/Execution.ts"
import {
  alive,
  byProcess,
  bySession,
  ends,
  number,
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
import { minute, now, policy, second } from "./Worlds.ts"

describe("what is decided about an attempt that runs", () => {
  it("EXE-6 one that runs is stopped for the first limit that it passes, at that limit and no earlier", () => {
    const { inactivitySecs, maxToolTurns, timeoutMin } = { inactivitySecs: 300, maxToolTurns: 80, timeoutMin: 45 }
    const long = now - timeoutMin * minute
    const quiet = now - inactivitySecs * second
    const budget = { task: { spec: { budgetUsd: 2 }, facts: { spentUsd: 1.5 } } }
    const active = (since: number, lastProgressAt: number, limitedUntil: number | null = null) =>
      seen(running(since), alive({ lastProgressAt, limitedUntil }))
    table([
      ["at work", seen(running(), alive()), rest],
      ["long at work", seen(running(long + 1), alive()), rest],
      ["too long", seen(running(long), alive()), stops("OverTime")],
      ["its last turn", seen(running(), alive({ toolTurns: maxToolTurns })), rest],
      ["a turn too many", seen(running(), alive({ toolTurns: maxToolTurns + 1 })), stops("OverTurns")],
      ["nearly all its money", seen(running(), alive({ costUsd: 0.49 }), budget), rest],
      ["all its money", seen(running(), alive({ costUsd: 0.5 }), budget), stops("OverBudget")],
      [
        "money before time",
        seen(running(long), alive({ costUsd: 9, toolTurns: 99, lastProgressAt: 0 }), budget),
        stops("OverBudget")
      ],
      ["time before turns", seen(running(long), alive({ toolTurns: 99 })), stops("OverTime")],
      ["turns before quiet", seen(running(quiet), alive({ toolTurns: 99, lastProgressAt: quiet })), stops("OverTurns")],
      ["not quiet for long", active(quiet, quiet + 1), rest],
      ["quiet for too long", active(quiet, quiet), stops("Inactive")],
      ["just begun, by an old output", active(quiet + 1, 0), rest],
      ["quiet since a limit was over", active(long + 1, 0, quiet + 1), rest],
      ["quiet for too long since a limit was over", active(long + 1, 0, quiet), stops("Inactive")],
      [
        "while the guard was off",
        seen(running(quiet), alive({ lastProgressAt: quiet }), { policy: { inactivityOffUntil: quiet + 1 } }),
        rest
      ],
      [
        "long after the guard was off",
        seen(running(quiet), alive({ lastProgressAt: quiet }), { policy: { inactivityOffUntil: quiet } }),
        stops("Inactive")
      ]
    ])
  })

  it("EXE-5 one that runs is limited as long as its provider says so, before any limit of ours", () => {
    const limited = (until: number) => alive({ limitedUntil: until, toolTurns: 99 })
    const event = { _tag: "RateLimited", attempt: number, resumeAt: now + 1, process: other, at: now } as const
    table([
      ["limited", seen(running(), limited(now + 1)), records(event)],
      [
        "for a cause",
        seen(running(), alive({ limitedUntil: now + 1, limitCause: "usage" })),
        records({ ...event, cause: "usage" })
      ],
      ["no more", seen(running(), limited(now)), stops("OverTurns")]
    ])
  })

  it("TCK-10 a trial has proved its account when it was at work for so long, and is then like any other", () => {
    const trial = (since: number): Execution => ({
      _tag: "Running",
      attempt: own,
      carrier: byProcess,
      since,
      trial: true
    })
    table([
      ["a trial", seen(trial(now - policy.canaryMs + 1), alive()), rest],
      [
        "a proof",
        seen(trial(now - policy.canaryMs), alive({ toolTurns: 99 })),
        records({ _tag: "Sustained", attempt: number, at: now })
      ],
      ["no trial", seen(running(now - policy.canaryMs), alive()), rest]
    ])
  })

  it("EXE-2 one that runs has ended when it is seen dead, lost, or its turn is over", () => {
    const session = running(now - second, bySession)
    table([
      ["nobody looked", seen(running(0), null), rest],
      [
        "dead",
        seen(running(), { _tag: "Dead", how: { _tag: "Forced", detail: "status 1" } }),
        ends({ _tag: "Forced", detail: "status 1" })
      ],
      ["lost", seen(running(), { _tag: "Absent", token: "taken" }), ends({ _tag: "Lost" })],
      ["a session has no process", seen(session, { _tag: "Absent", token: "free" }), rest],
      [
        "a turn",
        seen(session, { _tag: "TurnEnded", messageId: "m1" }),
        records({ _tag: "TurnEnded", attempt: number, messageId: "m1", at: now })
      ],
      ["the turn of another message", seen(session, { _tag: "TurnEnded", messageId: "m0" }), rest],
      ["a turn of no session", seen(running(), { _tag: "TurnEnded", messageId: "m1" }), rest],
      [
        "its session is gone",
        seen(session, { _tag: "SessionGone" }),
        records({ _tag: "SessionGone", attempt: number, at: now })
      ],
      ["a session that it never had", seen(running(), { _tag: "SessionGone" }), rest],
      ["a session for too long", seen(running(now - 45 * minute, bySession), null), stops("OverTime")],
      ["a session, nearly too long", seen(running(now - 45 * minute + 1, bySession), null), rest],
      ["of another role", seen(running(), alive(), { task: { stage: { _tag: "Qa" } } }), stops("StageChanged")]
    ])
  })

  it("EXE-5 one that is limited waits for the time that was named last, and goes on when the limit is lifted", () => {
    const limited = (resumeAt: number, carrier: Carrier | null = byProcess): Execution => ({
      _tag: "Limited",
      attempt: own,
      carrier,
      resumeAt,
      limitedAt: now - minute,
      since: now - 2 * minute
    })
    const until = now + minute
    const wait = waits({ _tag: "Limited", until })
    const event = { _tag: "RateLimited", attempt: number, resumeAt: until + 1, process: other, at: now } as const
    const lifted = records({ _tag: "LimitLifted", attempt: number, at: now })
    table([
      ["alone", seen(limited(until, null), null), wait],
      ["dead", seen(limited(until), { _tag: "Dead", how: { _tag: "Clean" } }), ends({ _tag: "Clean" })],
      ["lost", seen(limited(until), { _tag: "Absent", token: "taken" }), ends({ _tag: "Lost" })],
      ["still", seen(limited(until), alive({ limitedUntil: until })), wait],
      ["longer", seen(limited(until), alive({ limitedUntil: until + 1 })), records(event)],
      ["shorter", seen(limited(until), alive({ limitedUntil: until - 1 })), wait],
      ["over", seen(limited(now), alive({ limitedUntil: now })), lifted],
      ["over early", seen(limited(until), alive()), lifted],
      ["not seen, and still", seen(limited(until), null), wait],
      ["not seen, and over", seen(limited(now), null), waits({ _tag: "Unobserved" })],
      [
        "alone, for another visit",
        seen(limited(until, null), null, { task: { visit: 3 } }),
        records({ _tag: "Reset" })
      ],
      ["for another visit", seen(limited(until), alive(), { task: { visit: 3 } }), stops("StageChanged")]
    ])
  })
})
