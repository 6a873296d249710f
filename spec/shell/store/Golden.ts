/**
 * A golden file for every schema there was. Makes that of the present one: `DROVER_GOLDEN=write npx vitest run spec/shell/store/SchemaGate.spec.ts`,
 * only while that schema is in no release. A golden file of a released schema is never made again.
 */
import { rmSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import type { Delivery } from "../../../core/attention/Outbox.ts"
import { type Commitment, CommitmentId } from "../../../core/commitment/Commitment.ts"
import type { Unverified } from "../../../core/commitment/Record.ts"
import type { TaskEvent } from "../../../core/task/Apply.ts"
import { AttemptNumber } from "../../../core/task/Identifiers.ts"
import type { Noted } from "../../../core/guard/Survey.ts"
import { migrations, supportedBy } from "../../../shell/store/Migrations.ts"
import { layer } from "../../../shell/store/SqlStore.ts"
import { type ReceivedHookEvent, Store } from "../../../shell/store/Store.ts"
import { raw } from "./Raw.ts"
import { attemptOf, changeOf, existing, move, moved, newTask, specOf, submission, verificationOf } from "./World.ts"

export const goldenOf = (version: number): string =>
  join(import.meta.dirname, `../../golden/schema-${String(version).padStart(4, "0")}.db`)

const process = { host: "golden", pid: 99, startTime: "12345", bootId: "boot" }
const number = AttemptNumber.make(1)
const failure = { attemptsLeft: true, until: 0, feedback: null }

const launch: ReadonlyArray<TaskEvent> = [
  moved({ _tag: "Start" }),
  {
    _tag: "ExecutionMoved",
    event: {
      _tag: "Launch",
      attempt: { number, role: "coder", visit: 2, feedbackNumber: 1, mode: "Cold" },
      preparing: false,
      at: 600
    }
  },
  { _tag: "ExecutionMoved", event: { _tag: "Started", attempt: number, process, at: 610 } }
]

const finish: ReadonlyArray<TaskEvent> = [
  { _tag: "ExecutionMoved", event: { _tag: "Ended", attempt: number, how: { _tag: "Clean" }, at: 700 } },
  {
    _tag: "ExecutionMoved",
    event: {
      _tag: "VerifiedDead",
      attempt: number,
      run: null,
      facts: {
        merge: "none",
        dirty: false,
        moved: true,
        progressed: true,
        resumable: false,
        qa: null,
        tree: "t1",
        costUsd: 0.5,
        failure
      }
    }
  },
  { _tag: "ExecutionMoved", event: { _tag: "NoVerifiers", attempt: number, at: 810, work: null, tree: "t1" } }
]

/** Since schema 2. */
export const goldenGuards: ReadonlyArray<Noted> = [
  {
    key: "inactivity",
    posture: "off",
    reason: "until 1970-01-01T00:00:05.000Z, by Ada: slow models",
    isOn: false,
    override: { owner: "Ada", reason: "slow models", until: 5000 },
    since: 800,
    at: 900
  },
  { key: "lock", posture: "on-confirmed", reason: "it runs", isOn: true, override: null, since: 700, at: 900 }
]

/** Since schema 5. */
export const goldenHookEvents: ReadonlyArray<ReceivedHookEvent> = [
  {
    event: {
      hook: "PostToolUse",
      sessionId: "s",
      toolName: "Bash",
      toolUseId: "t",
      cwd: "/work",
      payload: `{"session_id":"s","tool_name":"Bash","tool_use_id":"t","cwd":"/work"}`
    },
    at: 850,
    source: null
  },
  {
    event: { hook: "Stop", sessionId: null, toolName: null, toolUseId: null, cwd: null, payload: "no JSON" },
    at: 860,
    source: "1.Stop"
  }
]

const promise = {
  key: "actionclaim:0123456789abcdef",
  topic: "s",
  session: "s",
  verb: "push",
  object: 'the "branch"',
  text: 'I\'ll push the "branch" in 5 minutes',
  count: 2,
  openedAt: 860,
  saidAt: 870,
  expiresAt: 90_000,
  deadline: 5860
}

/** Since schema 6. */
export const goldenCommitments: ReadonlyArray<Commitment> = [
  {
    ...promise,
    id: CommitmentId.make(1),
    state: { _tag: "Open", nudgedAt: 880, escalatedAt: null, editedAt: 875, passed: { at: 876, what: "npm test" } }
  },
  {
    ...promise,
    id: CommitmentId.make(2),
    state: { _tag: "Delivered", at: 890, by: { _tag: "Evidence", evidence: { at: 890, what: "git push" } } }
  }
]
export const goldenUnverified: Unverified = {
  key: promise.key,
  topic: "s",
  session: null,
  verb: "fix",
  object: null,
  text: "I fixed it",
  at: 860
}
/** Since schema 7: a role, a delivery that its session has answered, and a message that waits. */
const goldenMail = Effect.gen(function* () {
  const store = yield* Store
  yield* store.claimRole(
    { session: "s", role: "reviewer", at: 900, cwd: "/work", process, ancestors: [], isStart: true },
    []
  )
  yield* store.sendMessage({ id: "m1", role: "reviewer", from: "coder", text: "look\nat this", at: 910 })
  yield* store.takeMail({ session: "s", role: "reviewer", isContinuation: false, said: null, at: 920 })
  yield* store.takeMail({ session: "s", role: "reviewer", isContinuation: true, said: "I looked.", at: 930 })
  yield* store.sendMessage({ id: "m2", role: "reviewer", from: "operator", text: "and this", at: 940 })
})
/** Since schema 8: of the one item that is open, which is acknowledged. */
export const goldenDeliveries: ReadonlyArray<Delivery> = [
  { item: 1, channel: "command", state: "told", tries: 2, failures: 1, at: 900, detail: null },
  { item: 1, channel: "webhook", state: "failed", tries: 1, failures: 1, at: 910, detail: "answered 500" }
]
export const goldenAcknowledgedAt = 920

const limit: TaskEvent = {
  _tag: "ExecutionMoved",
  event: { _tag: "RateLimited", attempt: number, process, resumeAt: 9000, at: 700 }
}

/** A task done, one blocked, one running, one that was submitted anew, since schema 3 one that is limited; with all that belongs to them. */
const story = Effect.gen(function* () {
  const store = yield* Store
  const epoch = yield* store.takeEpoch({ host: "golden", pid: 1, at: 500 })
  const verify = [{ _tag: "Run", command: "npm test", timeoutMin: 15 }] as const
  const tasks = [newTask("parse"), newTask("review"), newTask("print", ["parse"]), newTask("later"), newTask("wait")]
  const asked = tasks.map((task) => ({ ...task, spec: { ...task.spec, verify } }))
  yield* store.submit(submission(asked, "/golden.toml"))
  const again = { ...newTask("later", ["print"]), spec: specOf("later", "in other words") }
  yield* store.submit(submission([again], "/golden.toml"))

  const [a, b, c, , d] = (yield* store.tasks({})).map(existing)
  const [done, blocked, running] = [existing(a), existing(b), existing(c)]
  const ended = { process, startedAt: 610, endedAt: 700, outcome: "Clean", detail: "status 0" } as const
  const attempt = { record: attemptOf(done, 1, ended), phase: "ended" } as const
  const verification = verificationOf(done, 1, { verdict: "PASS", endedAt: 800, tree: "t1", output: "ok\n" })
  yield* store.write(existing(changeOf(done, [...launch, ...finish], { epoch, attempt, verification })))
  yield* store.write(
    move(blocked, [{ _tag: "Start" }, { _tag: "Block", reason: { _tag: "OverBudget" } }], {
      epoch,
      attention: [{ _tag: "Raise", key: "blocked/2", text: "the budget is spent" }]
    })
  )
  const started = { record: attemptOf(running, 1, { process, startedAt: 610 }), phase: "started" } as const
  yield* store.write(existing(changeOf(running, launch, { epoch, attempt: started })))
  const limited = moved({ _tag: "Start" })
  yield* store.write(existing(changeOf(existing(d), [limited, ...launch.slice(1), limit], { epoch })))
  yield* store.setDraining(true)
  yield* store.noteGuards(epoch, 900, { notes: goldenGuards, changed: [], attention: [] })
  yield* store.keepHookEvents(goldenHookEvents)
  yield* store.amendCommitments({ at: 890 }, () => ({
    commitments: goldenCommitments,
    unverified: [goldenUnverified],
    cursor: 2,
    answer: null
  }))
  yield* goldenMail
  yield* store.noteDeliveries(epoch, goldenDeliveries)
  yield* store.acknowledge([1], goldenAcknowledgedAt)
})

export const makeGolden = Effect.suspend(() => {
  const golden = goldenOf(supportedBy(migrations))
  rmSync(golden, { force: true })
  return Effect.zipRight(
    Effect.provide(story, layer({ file: golden })),
    raw(golden, "PRAGMA journal_mode = DELETE", "PRAGMA page_size = 1024", "VACUUM")
  )
})
