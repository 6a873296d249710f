/**
 * Whole lives of commitments: sessions say things, do things and end, people decide, ticks come when they come. Beside
 * each stands a plain account of what was said and done, from which it follows what must have become of it.
 */
import * as Either from "effect/Either"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type Commitment, CommitmentId, isIn, isOpenAt, status } from "../../../core/commitment/Commitment.ts"
import type { CommitmentEvent } from "../../../core/commitment/CommitmentEvent.ts"
import { find, noRules, type Signal } from "../../../core/commitment/Evidence.ts"
import { followThrough, type How, type SessionSeen } from "../../../core/commitment/FollowThrough.ts"
import type { Policy } from "../../../core/commitment/Policy.ts"
import { record } from "../../../core/commitment/Record.ts"
import { step } from "../../../core/commitment/Step.ts"
import { utterance } from "./Samples.ts"

const policy: Policy = { perTopicCap: 2, expiryMs: 30, nudges: true, nudgeGraceMs: 4 }
const verbs = ["push", "merge", "fix", "rerun"] as const
type Verb = (typeof verbs)[number]

/** A tool call: its line, whether it edits, and what it shows if it succeeds. */
const calls: ReadonlyArray<{
  readonly line: string | null
  readonly edits: boolean
  readonly shows: ReadonlyArray<Verb>
}> = [
  { line: "git push origin main", edits: false, shows: ["push"] },
  { line: "npm test && git push", edits: false, shows: ["rerun", "push"] },
  { line: "npm test", edits: true, shows: ["rerun"] },
  { line: "npm test; git merge x", edits: false, shows: ["merge"] },
  { line: "git push | cat", edits: false, shows: [] },
  { line: "echo git push", edits: false, shows: [] },
  { line: null, edits: true, shows: [] }
]

const verb = fc.constantFrom(...verbs)
const place = fc.constantFrom("a", "b")
const action = fc.oneof(
  fc.record({ kind: fc.constant("say" as const), verb, place, deadline: fc.option(fc.integer({ min: 0, max: 12 })) }),
  fc.record({ kind: fc.constant("say" as const), verb, place, deadline: fc.constant(null) }),
  fc.record({
    kind: fc.constant("do" as const),
    call: fc.constantFrom(...calls),
    place,
    outcome: fc.constantFrom("Succeeded" as const, "Succeeded" as const, "Failed" as const, "Unknown" as const)
  }),
  fc.record({ kind: fc.constantFrom("deliver" as const, "withdraw" as const), nth: fc.nat(9) }),
  fc.record({ kind: fc.constantFrom("end" as const, "lose" as const), place }),
  fc.record({ kind: fc.constant("tick" as const) }),
  fc.record({ kind: fc.constant("tick" as const) })
)
type Action = typeof action extends fc.Arbitrary<infer A> ? A : never

const history = fc.array(fc.tuple(action, fc.integer({ min: 0, max: 9 })), { maxLength: 40 })

/** A world with two topics, each with one session of the same name. */
class World {
  at = 1000
  readonly known = new Map<CommitmentId, Commitment>()
  readonly sessions = new Map<string, SessionSeen>()
  /** All that was seen of a session, for the account. */
  readonly signals: Array<{ readonly signal: Signal; readonly shows: ReadonlyArray<Verb>; readonly tests: boolean }> =
    []
  readonly done: Array<{ readonly id: CommitmentId; readonly how: How; readonly at: number }> = []
  readonly byHand = new Set<CommitmentId>()

  take(action: Action): void {
    switch (action.kind) {
      case "say": {
        const { deadline, place, verb } = action
        this.sessions.set(place, { _tag: "Live" })
        const said = utterance(
          {
            topic: place,
            session: place,
            at: this.at,
            deadline: deadline === null ? null : this.at + deadline,
            key: `actionclaim:${place.repeat(15)}${verbs.indexOf(verb)}`
          },
          verb
        )
        const next = CommitmentId.make(this.known.size + 1)
        const recorded = record(this.known.values(), said, next, policy)
        const open = [...this.known.values()].filter((each) => each.topic === place && isOpenAt(each, this.at))
        const same = open.find((each) => each.verb === verb)
        if (recorded._tag === "Refused") expect([open.length, same]).toEqual([policy.perTopicCap, undefined])
        else {
          expect([recorded.commitment.id, recorded.deduped]).toEqual([same?.id ?? next, same !== undefined])
          this.put(recorded.commitment)
        }
        return
      }
      case "do": {
        const { call, outcome, place } = action
        this.sessions.set(place, { _tag: "Live" })
        const signal: Signal = {
          _tag: "ToolUsed",
          session: place,
          at: this.at,
          command: call.line,
          outcome,
          edited: call.edits ? ["a.ts"] : []
        }
        const isGood = outcome === "Succeeded"
        this.signals.push({ signal, shows: isGood ? call.shows : [], tests: isGood && call.shows.includes("rerun") })
        for (const { commitment, event } of find(this.known.values(), signal, noRules)) this.apply(commitment, event)
        return
      }
      case "deliver":
      case "withdraw": {
        const commitment = [...this.known.values()][action.nth]
        if (commitment === undefined) return
        if (isIn(commitment, "Open")) this.byHand.add(commitment.id)
        const { at } = this
        this.apply(
          commitment,
          action.kind === "deliver" ? { _tag: "Deliver", at, note: null } : { _tag: "Withdraw", at, reason: null }
        )
        return
      }
      case "end":
        this.sessions.set(action.place, { _tag: "Ended", at: this.at, canResume: true })
        return
      case "lose":
        this.sessions.set(action.place, { _tag: "Unknown" })
        return
      case "tick":
        this.tick()
    }
  }

  /** Does what is to be done until nothing is; that must come to an end. */
  tick(): void {
    for (const id of this.known.keys()) {
      for (let rounds = 0; ; rounds += 1) {
        expect(rounds).toBeLessThan(4)
        const commitment = this.known.get(id)
        const session = this.sessions.get(commitment?.session ?? "") ?? { _tag: "Unknown" }
        if (commitment === undefined) break
        const { action } = followThrough({ commitment, session }, { now: this.at, policy })
        if (action === null) break
        this.done.push({ id, how: action.how, at: this.at })
        const tags = { Nudge: "Nudged", Escalate: "Escalated", Break: "Break", Expire: "Expire" } as const
        const next = step(commitment, { _tag: tags[action.how], at: this.at })
        // What is asked for can be done.
        expect(Either.isRight(next)).toBe(true)
        this.put(Either.getOrElse(next, () => commitment))
      }
    }
  }

  put(commitment: Commitment): void {
    const before = this.known.get(commitment.id)
    if (before !== undefined && !isIn(before, "Open")) expect(commitment).toEqual(before)
    this.known.set(commitment.id, commitment)
  }

  apply(commitment: Commitment, event: CommitmentEvent): void {
    this.put(Either.getOrElse(step(commitment, event), () => commitment))
  }

  /** Whether what was seen after it was said last proves it. */
  isKept({ saidAt, expiresAt, session, verb }: Commitment): boolean {
    const own = this.signals.filter(
      ({ signal }) => signal.session === session && signal.at > saidAt && signal.at < expiresAt
    )
    const isEdit = (signal: Signal): boolean =>
      signal._tag === "ToolUsed" && signal.outcome === "Succeeded" && signal.edited.length > 0
    return verb === "fix"
      ? own.some((a) => isEdit(a.signal) && own.some((b) => b.tests && b.signal.at > a.signal.at))
      : own.some(({ shows }) => shows.some((each) => each === verb))
  }
}

const live = (look: (world: World) => void): void => {
  fc.assert(
    fc.property(history, (moves) => {
      const world = new World()
      for (const [move, wait] of moves) {
        world.at += wait
        world.take(move)
        look(world)
      }
    }),
    { numRuns: (fc.readConfigureGlobal()?.numRuns ?? 100) * 3 }
  )
}

describe("the life of promises", () => {
  it("CLM-6 one that has ended never changes, and a topic never has more than its cap", () => {
    live((world) => {
      for (const place of ["a", "b"]) {
        const open = [...world.known.values()].filter((each) => each.topic === place && isOpenAt(each, world.at))
        expect(open.length).toBeLessThanOrEqual(policy.perTopicCap)
        expect(new Set(open.map(({ key }) => key)).size).toBe(open.length)
      }
    })
  })

  it("CLM-7 it is delivered by evidence exactly if what was seen since it was said last proves it, and no hand was quicker", () => {
    live((world) => {
      for (const commitment of world.known.values()) {
        const { state } = commitment
        const isProved = state._tag === "Delivered" && state.by._tag === "Evidence"
        if (world.byHand.has(commitment.id)) expect(isProved).toBe(false)
        else if (isProved || state._tag === "Open")
          expect([commitment, isProved]).toEqual([commitment, world.isKept(commitment)])
        else if (state._tag !== "Expired") expect(state._tag).toBe("Broken")
      }
    })
  })

  it("CLM-6 a session is nudged once at most and a person told once; nobody is nudged after that, and nothing ends early", () => {
    live((world) => {
      const deeds = new Map<CommitmentId, ReadonlyArray<How>>()
      for (const { at, how, id } of world.done) {
        const before = deeds.get(id) ?? []
        expect(before.includes(how)).toBe(false)
        if (how === "Nudge") expect(before).toEqual([])
        if (how === "Break") expect(before).toContain("Escalate")
        deeds.set(id, [...before, how])
        const commitment = world.known.get(id)
        if (how === "Expire")
          expect(commitment && status(commitment) === "expired" && commitment.expiresAt <= at).toBe(true)
        if (how === "Break")
          expect(commitment && status(commitment) === "broken" && (commitment.deadline ?? at + 1) <= at).toBe(true)
      }
    })
  })

  it("CLM-6 whatever happened, once all time is over no promise is left open", () => {
    fc.assert(
      fc.property(history, (moves) => {
        const world = new World()
        for (const [move, wait] of moves) {
          world.at += wait
          world.take(move)
        }
        world.at += 100
        world.tick()
        expect([...world.known.values()].filter((each) => status(each) === "open")).toEqual([])
      })
    )
  })

  it("CLM-6 when ticks come does not matter to what is renewed, refused or opened", () => {
    fc.assert(
      fc.property(history, (moves) => {
        const [diligent, lazy] = [new World(), new World()]
        for (const [move, wait] of moves) {
          if (move.kind !== "say") continue
          for (const world of [diligent, lazy]) {
            world.at += wait
            world.take(move)
          }
          diligent.sessions.clear()
          diligent.tick()
          const counting = (world: World) => [...world.known.values()].filter((each) => isOpenAt(each, world.at))
          expect(counting(lazy)).toEqual(counting(diligent))
        }
      })
    )
  })
})
