import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { expect, it } from "vitest"
import { EventV1 } from "../../../core/event/EventV1.ts"
import { damaged } from "../oracles/Damage.ts"

const head = { v: 1, seq: 7, at: "2026-11-20T08:00:00.000Z" }
const attempt = { number: 1, role: "coder", visit: 2, feedbackNumber: 1, mode: "Cold" }

/** The stream as other programs read it. No word of it changes any more; new ones may come beside them. */
const stream: ReadonlyArray<unknown> = [
  ...["tick", "operator", "consequence", "submission"].map((by) => ({
    ...head,
    type: "task.transition",
    task_id: 42,
    from: "backlog",
    to: "coding",
    cause: { event: "Start", by },
    stage: { stage: "coding", feedback: null },
    execution: { _tag: "Launching", attempt, since: 5, preparing: false }
  })),
  ...["Run", "Brain", "Agent"].map((kind) => ({
    ...head,
    type: "task.verification",
    task_id: 42,
    attempt_id: "42.1",
    kind,
    verdict: "PASS",
    cost_usd: 0.25,
    duration_ms: 1200
  })),
  ...["created", "started", "adopted", "ended"].map((phase) => ({
    ...head,
    type: "task.attempt",
    task_id: 42,
    attempt_id: "42.1",
    agent: "claude",
    session_id: "5d0f",
    phase
  })),
  { ...head, type: "task.escalated", task_id: 42, reason: "no attempt is left", addressed_to: "operator" },
  ...[42, null].map((task_id) => ({
    ...head,
    type: "attention.raised",
    task_id,
    key: "disk",
    text: "the disk is full"
  })),
  ...[42, null].map((task_id) => ({ ...head, type: "attention.cleared", task_id, key: "disk" })),
  ...[42, null].map((task_id) => ({ ...head, type: "attention.acknowledged", task_id, key: "disk" })),
  ...["on-confirmed", null].map((from) => ({
    ...head,
    type: "guard.changed",
    guard: "inactivity",
    from,
    to: "on-stale",
    reason: "it never ticked"
  })),
  ...["ledger", "operator"].map((by) => ({
    ...head,
    type: "account.changed",
    account: "claude",
    cause: { event: "LimitSeen", by },
    window: { _tag: "Canary", until: 9, canary: { task: 42, attempt: 1 } },
    pause: { since: 5, why: "the provider refused its credentials" }
  })),
  { ...head, type: "supervisor.started", epoch: 3, host: "build-1", pid: 4711 },
  { ...head, type: "supervisor.stopped", epoch: 3 }
]

it("API-3 every event of version 1 is read and written by the names that it has had from the start", () => {
  for (const event of stream) {
    expect(Schema.encodeSync(EventV1)(Schema.decodeUnknownSync(EventV1)(event))).toEqual(event)
  }
})

it("API-3 an event of another version, of an unknown type or with a damaged part is none", () => {
  const decode = Schema.decodeUnknownEither(EventV1)
  for (const event of stream) {
    expect(Either.isRight(decode(event))).toBe(true)
    for (const { how, value } of damaged(event)) expect([how, Either.isRight(decode(value))]).toEqual([how, false])
  }
  expect(Either.isLeft(decode({ ...head, v: 2, type: "supervisor.stopped", epoch: 3 }))).toBe(true)
  expect(Either.isLeft(decode({ ...head, type: "supervisor.paused", epoch: 3 }))).toBe(true)
})
