/**
 * Tasks that crowd each other: most ask for something or hold what others ask for, in a few batches, directories,
 * agents, sessions and repositories, and wait for each other. Small to draw, so that a history has many of them.
 */
import fc from "fast-check"
import type { Execution } from "../../../../core/execution/Execution.ts"
import type { Stage } from "../../../../core/stage/Stage.ts"
import { BatchId } from "../../../../core/task/Identifiers.ts"
import { type OwnView, unobserved } from "../../../../core/tick/World.ts"
import { alive, process } from "../Pairs.ts"
import { attempt, cleanTree, minute, now, run, spec, taskOf, type Varied } from "../Worlds.ts"

const kinds = [
  "starts",
  "starts",
  "starts",
  "starts",
  "writes",
  "writes",
  "verifies",
  "lands",
  "runs",
  "is assigned",
  "is landing",
  "backs off",
  "waits",
  "waits",
  "waits by hand",
  "is done",
  "is archived",
  "is held"
] as const

interface Drawn {
  readonly kind: (typeof kinds)[number]
  readonly batch: number
  readonly priority: number
  readonly place: number
  readonly isInPlace: boolean
  /** Two of them are under one account. */
  readonly agent: "ann" | "bob" | "bea"
  readonly isSole: boolean
  readonly session: "s1" | "s2"
  readonly age: number
  readonly dependsOn: ReadonlyArray<number>
}

const executionOf = ({ kind }: Drawn): Execution => {
  switch (kind) {
    case "runs":
      return { _tag: "Running", attempt: attempt(), carrier: { _tag: "Process", process }, since: now }
    case "is assigned":
      return { _tag: "Assigned", attempt: attempt(), messageId: "m1", since: now }
    case "is landing":
      return { _tag: "Landing", run: run(6), visit: 2, base: "b", candidate: null, since: now }
    case "backs off":
      return { _tag: "Backoff", attempt: attempt(), until: now + minute, mode: "Retry", feedback: null }
    default:
      return { _tag: "Idle" }
  }
}

const stageOf = ({ kind }: Drawn): Stage => {
  switch (kind) {
    case "lands":
    case "is landing":
      return { _tag: "Merge", branch: "b", commitsAhead: 1, verified: true }
    case "waits":
    case "waits by hand":
      return { _tag: "Backlog" }
    case "is done":
      return { _tag: "Done", at: now, landing: { _tag: "NothingToMerge" }, verified: true }
    case "is archived":
      return { _tag: "Archived", at: now, from: "Done" }
    case "is held":
      return { _tag: "Frozen", resumeTo: { _tag: "Coding", feedback: null } }
    default:
      return { _tag: "Coding", feedback: null }
  }
}

const viewOf = (id: number, drawn: Drawn): OwnView => {
  const { age, agent, batch, dependsOn, isInPlace, isSole, kind, place, priority, session } = drawn
  const varied: Varied = {
    id,
    batch: batch === 0 ? null : BatchId.make(batch),
    createdAt: now - age,
    dependsOn,
    stage: stageOf(drawn),
    execution: executionOf(drawn),
    flow: { merge: "none", start: kind === "waits by hand" ? "manual" : "auto" },
    facts: kind === "verifies" ? { worked: 1 } : {},
    spec: {
      cwd: `/d/${place}`,
      isolate: isInPlace ? "in-place" : "worktree",
      priority,
      agent: {
        ...spec.agent,
        name: agent,
        ...(agent === "bea" ? { account: "bob" } : {}),
        ...(isSole ? { exclusive: true } : {})
      }
    }
  }
  return {
    ...unobserved(taskOf(varied), []),
    observation: kind === "runs" ? alive : null,
    tree: kind === "verifies" ? cleanTree : null,
    mailbox: kind === "writes" || kind === "is assigned" ? { session, isBusy: false } : null,
    isLandingAttended: true,
    attention: []
  }
}

/** One task of a crowd; `others` are the ids that it may wait for. */
export const crowded = (id: number, others: ReadonlyArray<number>): fc.Arbitrary<OwnView> =>
  fc
    .record<Drawn>({
      kind: fc.constantFrom(...kinds),
      batch: fc.constantFrom(0, 0, 1, 2),
      priority: fc.constantFrom(0, 0, 0, 1),
      place: fc.constantFrom(0, 0, 1, 2),
      isInPlace: fc.boolean(),
      agent: fc.constantFrom("ann", "ann", "bob", "bea"),
      isSole: fc.constantFrom(false, false, true),
      session: fc.constantFrom("s1", "s2"),
      age: fc.nat(9),
      dependsOn: fc.array(fc.constantFrom(...others, ...others.slice(0, 2)), { maxLength: 4 })
    })
    .map((drawn) => viewOf(id, drawn))
