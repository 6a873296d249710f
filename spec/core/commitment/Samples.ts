/** Commitments, sayings and signals for specs, as one writes them. */
import * as Arbitrary from "effect/Arbitrary"
import * as Either from "effect/Either"
import fc from "fast-check"
import { Commitment, CommitmentId, type In } from "../../../core/commitment/Commitment.ts"
import { CommitmentEvent } from "../../../core/commitment/CommitmentEvent.ts"
import type { Signal } from "../../../core/commitment/Evidence.ts"
import { compile, type Pattern } from "../../../core/commitment/Pattern.ts"
import * as Policy from "../../../core/commitment/Policy.ts"
import type { Utterance } from "../../../core/commitment/Record.ts"

export const minute = 60_000
export const hour = 60 * minute
export const policy = Policy.defaults

export const now = 1_000_000

/** The commitment of a saying now, for verb and object. */
export const commitmentOf = (changes: Partial<Omit<Commitment, "state">> = {}): In<"Open"> => ({
  id: CommitmentId.make(1),
  key: "actionclaim:0123456789abcdef",
  topic: "topic",
  session: "session",
  verb: "push",
  object: null,
  text: "I'll push it",
  count: 1,
  openedAt: now,
  saidAt: now,
  expiresAt: now + policy.expiryMs,
  deadline: null,
  state: { _tag: "Open", nudgedAt: null, escalatedAt: null, editedAt: null, passed: null },
  ...changes
})

export const utterance = (changes: Partial<Omit<Utterance, "claim">> = {}, verb = "push"): Utterance<"future"> => ({
  claim: { verb, tense: "future", span: [0, 12] },
  message: "I'll push it. Then we are done.",
  key: "actionclaim:0123456789abcdef",
  topic: "topic",
  session: "session",
  at: now,
  deadline: null,
  ...changes
})

type ToolUsed = Extract<Signal, { readonly _tag: "ToolUsed" }>

/** A tool call of the session, a minute later, that succeeded. */
export const used = (command: string | null, changes: Partial<ToolUsed> = {}): ToolUsed => ({
  _tag: "ToolUsed",
  session: "session",
  at: now + minute,
  command,
  outcome: "Succeeded",
  edited: [],
  ...changes
})

export const edit = (at: number): ToolUsed => used(null, { at, edited: ["a.ts"] })

export const patternOf = (source: string): Pattern => Either.getOrThrow(compile(source))

/** Anything the types allow. */
export const commitment = Arbitrary.make(Commitment)
export const event = Arbitrary.make(CommitmentEvent)

/** Moments near each other, so that comparisons come out both ways, and equal. */
const moment = fc.integer({ min: 0, max: 12 })
/** Half of them null: an edge that needs two of these to be null is walked whatever the seed. */
const maybe = fc.option(moment, { freq: 1 })

const evidence = fc.record({ at: moment, what: fc.constantFrom("npm test", "git push") })

/** Commitments that are open, with small moments. */
export const open: fc.Arbitrary<In<"Open">> = fc
  .record({
    saidAt: moment,
    expiresAt: moment,
    deadline: maybe,
    nudgedAt: maybe,
    escalatedAt: maybe,
    editedAt: maybe,
    passed: fc.option(evidence)
  })
  .map(({ deadline, expiresAt, saidAt, ...state }) => ({
    ...commitmentOf({ openedAt: 0, saidAt, expiresAt, deadline }),
    state: { _tag: "Open", ...state }
  }))

/** Events with small moments. */
export const near: fc.Arbitrary<CommitmentEvent> = fc.oneof(
  fc.record({
    _tag: fc.constant("Restated" as const),
    at: moment,
    text: fc.constant("again"),
    deadline: maybe,
    expiresAt: moment
  }),
  fc.record({ _tag: fc.constant("Proved" as const), evidence }),
  fc.record({ _tag: fc.constant("Progressed" as const), editedAt: maybe, passed: fc.option(evidence) }),
  fc.record({ _tag: fc.constant("Deliver" as const), at: moment, note: fc.constant("by hand") }),
  fc.record({ _tag: fc.constant("Withdraw" as const), at: moment, reason: fc.constant("no more") }),
  fc.record({ _tag: fc.constantFrom("Nudged" as const, "Escalated" as const), at: moment }),
  fc.record({ _tag: fc.constantFrom("Break" as const, "Expire" as const), at: moment })
)
