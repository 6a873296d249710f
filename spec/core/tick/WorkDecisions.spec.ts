/** What is decided about a task that an agent is to work on or to judge, when nothing of it is at work: a row each. */
import { describe, expect, it } from "vitest"
import type { Execution } from "../../../core/execution/Execution.ts"
import type { Stage } from "../../../core/stage/Stage.ts"
import type { Facts } from "../../../core/task/Facts.ts"
import { needsTree, resumesAt } from "../../../core/tick/DecideStage.ts"
import { newWork } from "../../../core/tick/Proposal.ts"
import {
  at,
  backoff,
  type Case,
  decided,
  escalates,
  facts,
  happens,
  limited,
  next,
  ofTask,
  own,
  spawns,
  table,
  verifies,
  waits
} from "./Decided.ts"
import { cleanTree, dirtyTree, minute, now, taskOf, type Varied } from "./Worlds.ts"

describe("what is decided about a task that is to be worked", () => {
  it("EXE-15 what was worked for the last feedback is judged once for each tree, and passes on by what was judged", () => {
    const judged = (tree: string, feedbackNumber = 1) => ({ tree, feedbackNumber })
    const worked = (varied: Partial<Facts>, more: Case = {}): Case =>
      facts({ worked: 1, ...varied }, { ...more, view: { tree: cleanTree, ...more.view } })
    const here = judged(cleanTree.tree)
    const passes = happens({ _tag: "GatesPassed", visit: 2, at: now, verified: true, work: cleanTree.work })
    table([
      ["nobody looked", worked({}, { view: { tree: null } }), waits({ _tag: "Unobserved" })],
      ["nothing was worked", facts({}, { view: { tree: null } }), spawns()],
      ["worked for another feedback", worked({ worked: 0 }), spawns()],
      ["not judged yet", worked({}), verifies()],
      ["passed", worked({ passed: here }), passes],
      ["passed as another tree", worked({ passed: judged("tree-0") }), verifies()],
      ["passed for another feedback", worked({ passed: judged(cleanTree.tree, 0) }), verifies()],
      ["failed", worked({ failed: here }), spawns()],
      ["failed as another tree", worked({ failed: judged("tree-0") }), verifies()],
      [
        "failed as another tree, backing off",
        worked({ failed: judged("tree-0") }, { task: { execution: backoff("Retry") } }),
        spawns()
      ],
      [
        "failed for another feedback, backing off",
        worked({ failed: judged("tree-0", 0) }, { task: { execution: backoff("Retry") } }),
        verifies("coder", true)
      ],
      ["uncommitted", worked({}, { view: { tree: dirtyTree } }), spawns()],
      ["uncommitted, passed", worked({ passed: judged(dirtyTree.tree) }, { view: { tree: dirtyTree } }), spawns()],
      [
        "uncommitted where nothing lands",
        worked({}, { task: { flow: { merge: "none" } }, view: { tree: dirtyTree } }),
        verifies()
      ]
    ])
    expect(decided(worked({ passed: here }, { task: { spec: { verify: [] } } }))).toMatchObject({
      action: { events: [{ event: { _tag: "GatesPassed", verified: false } }] }
    })
    const mended: Stage = {
      _tag: "MergeFailure",
      branch: "drover/1",
      commitsAhead: 2,
      verified: true,
      kind: { _tag: "Conflict", files: ["a"] },
      strikes: 1
    }
    const ready = (work: typeof cleanTree.work) =>
      happens({ _tag: "MergeReady", visit: 2, verified: true, work: work ?? { branch: "drover/1", commitsAhead: 0 } })
    table([
      ["mended", worked({ passed: here }, { task: { stage: mended } }), ready(cleanTree.work)],
      [
        "mended, and nobody knows the work",
        worked({ passed: here }, { task: { stage: mended }, view: { tree: { ...cleanTree, work: null } } }),
        ready(null)
      ]
    ])
  })

  it("EXE-15 a server's QA is the verifiers' alone, an agent's needs its own pass of the same tree", () => {
    const qa: Stage = { _tag: "Qa" }
    const of = (judge: "server" | "agent", varied: Partial<Facts>): Case =>
      at(qa, { task: { flow: { qa: judge }, facts: varied }, view: { tree: cleanTree } })
    const here = { tree: cleanTree.tree, feedbackNumber: 1 }
    const passes = happens({ _tag: "GatesPassed", visit: 2, at: now, verified: true, work: cleanTree.work })
    const judges = spawns({ attempt: { ...next, role: "qa" } })
    table([
      ["by the server", of("server", {}), verifies("qa")],
      ["by the server, with no attempt left", of("server", { attemptsUsed: 99 }), verifies("qa")],
      [
        "by the server, after a limit",
        at(qa, { task: { execution: limited("Cold", "qa") }, view: { tree: cleanTree } }),
        verifies("qa", true)
      ],
      ["by the server, nobody looked", at(qa), waits({ _tag: "Unobserved" })],
      ["passed", of("server", { passed: here }), passes],
      ["by an agent", of("agent", {}), judges],
      ["by an agent, whose tree is another", of("agent", { qaPassed: { ...here, tree: "tree-0" } }), judges],
      ["by an agent, for another feedback", of("agent", { qaPassed: { ...here, feedbackNumber: 0 } }), judges],
      ["by an agent, who passed it", of("agent", { qaPassed: here }), verifies("qa")],
      ["by an agent, and verified", of("agent", { qaPassed: here, passed: here }), passes]
    ])
  })

  it("EXE-10 a session is resumed where one is left, after a limit or an interruption, and told when its files changed", () => {
    const resumable = { resumableSession: "s1", left: cleanTree.tree, tree: cleanTree }
    const changed = { ...resumable, left: "tree-0" }
    const of = (execution: Execution, view: Case["view"] = resumable, more: Case = {}): Case => ({
      ...more,
      task: { execution, ...more.task },
      view: view ?? {}
    })
    const warm = spawns({ attempt: { ...next, mode: "Warm" }, session: "s1" })
    const cold = spawns()
    const nudge = spawns({ attempt: { ...next, mode: "Nudge" }, session: "s1" })
    table([
      ["idle", { view: resumable }, cold],
      ["after a failure", of(backoff("Retry")), cold],
      ["after an interruption", of(backoff("Resume")), warm],
      ["after a limit", of(limited()), warm],
      [
        "a limit of a respawn",
        of(limited("CommitOnly")),
        spawns({ attempt: { ...next, mode: "CommitOnly" }, session: "s1" })
      ],
      ["to commit", of(backoff("CommitOnly")), spawns({ attempt: { ...next, mode: "CommitOnly" }, session: "s1" })],
      [
        "to commit, and no attempt is left",
        of(backoff("CommitOnly"), resumable, facts({ attemptsUsed: 3 })),
        spawns({ attempt: { ...next, mode: "CommitOnly" }, session: "s1" })
      ],
      [
        "to commit, without a session",
        of(backoff("CommitOnly"), {}),
        spawns({ attempt: { ...next, mode: "CommitOnly" } })
      ],
      ["to keep its word", of(backoff("Nudge")), nudge],
      ["to keep its word, and no attempt is left", of(backoff("Nudge"), resumable, facts({ attemptsUsed: 3 })), nudge],
      ["to keep its word, though its work can be judged", of(backoff("Nudge"), resumable, facts({ worked: 1 })), nudge],
      [
        "to keep its word, without a session",
        of(backoff("Nudge"), { tree: cleanTree }, facts({ worked: 1 })),
        verifies("coder", true)
      ],
      ["to keep its word, with neither session nor work", of(backoff("Nudge"), {}), cold],
      ["a limit of a reminder", of(limited("Nudge")), nudge],
      ["no session", of(backoff("Resume"), { ...resumable, resumableSession: null }), cold],
      ["nobody knows what it left", of(backoff("Resume"), { ...resumable, left: null, tree: null }), warm],
      ["nobody looked", of(backoff("Resume"), { ...resumable, tree: null }), waits({ _tag: "Unobserved" })],
      [
        "files changed",
        of(backoff("Resume"), changed),
        spawns({ attempt: { ...next, mode: "Warm" }, session: "s1", drifted: true })
      ],
      [
        "files changed, and it matters",
        of(backoff("Resume"), changed, { policy: { onDrift: "block" } }),
        escalates({ _tag: "Drifted" }, "other")
      ],
      [
        "files changed, and no session is resumed",
        of(backoff("Retry"), changed, { policy: { onDrift: "block" } }),
        cold
      ],
      ["a limit, with no attempt left", of(limited(), resumable, { task: { facts: { attemptsUsed: 99 } } }), warm],
      ["what is to be told", { task: { facts: { feedback: "it broke" } } }, spawns({ feedback: "it broke" })]
    ])
  })

  it("TCK-3 a session that is free gets the work as a message, but what a limit interrupted goes on by itself", () => {
    const mailbox = (isBusy: boolean): Case["view"] => ({ mailbox: { session: "s9", isBusy } })
    table([
      [
        "free",
        { view: mailbox(false) ?? {} },
        {
          _tag: "Ask",
          action: { _tag: "AssignViaMailbox", ...ofTask, attempt: next, session: "s9" },
          demand: { ...newWork, session: "s9" }
        }
      ],
      ["busy", { view: mailbox(true) ?? {} }, spawns()],
      ["after a limit", { task: { execution: limited() }, view: mailbox(false) ?? {} }, spawns()]
    ])
  })

  it("EXE-15 a tree is looked at only where it decides what comes next", () => {
    const verifying: Execution = {
      _tag: "Verifying",
      attempt: own,
      index: 0,
      run: null,
      passed: [],
      restarts: 0,
      notBefore: null
    }
    const qa = (judge: "server" | "agent" | "human", facts: Partial<Facts> = {}): Varied => {
      return { stage: { _tag: "Qa" }, flow: { qa: judge }, facts }
    }
    const rows: ReadonlyArray<readonly [what: string, Varied, boolean]> = [
      ["nothing worked", {}, false],
      ["worked", { facts: { worked: 1 } }, true],
      ["worked for another feedback", { facts: { worked: 0 } }, false],
      ["worked, backing off", { facts: { worked: 1 }, execution: backoff("Retry", now + minute) }, true],
      [
        "worked, and running",
        { facts: { worked: 1 }, execution: { _tag: "Launching", attempt: own, since: now, preparing: false } },
        false
      ],
      ["verifying", { execution: verifying }, false],
      ["verifying without verifiers", { execution: verifying, spec: { verify: [] } }, true],
      ["no role", { stage: { _tag: "Backlog" }, facts: { worked: 1 } }, false],
      ["to be resumed", { execution: backoff("Resume") }, true],
      ["to be resumed later", { execution: backoff("Resume", now + 1) }, false],
      ["to be tried again", { execution: backoff("Retry") }, false],
      ["after a limit", { execution: limited() }, true],
      ["to be resumed without a role", { stage: { _tag: "Backlog" }, execution: backoff("Resume") }, false],
      ["QA by the server", qa("server"), true],
      ["QA by a person", qa("human"), true],
      ["QA by an agent", qa("agent"), false],
      ["QA by an agent, passed", qa("agent", { qaPassed: { tree: "t", feedbackNumber: 1 } }), true],
      [
        "QA by an agent, passed for another feedback",
        qa("agent", { qaPassed: { tree: "t", feedbackNumber: 0 } }),
        false
      ]
    ]
    for (const [what, given, expected] of rows) {
      expect([what, needsTree(taskOf(given), now)]).toEqual([what, expected])
    }
    expect([backoff("Resume", 5), backoff("CommitOnly", 6), backoff("Retry", 7), limited()].map(resumesAt)).toEqual([
      5,
      6,
      null,
      now
    ])
  })
})
