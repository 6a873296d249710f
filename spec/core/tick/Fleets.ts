/** Arbitrary fleets: tasks in every state a tick can meet, that share directories, agents, repositories and batches. */
import fc from "fast-check"
import type { Account, Window } from "../../../core/account/Account.ts"
import { role } from "../../../core/stage/Projection.ts"
import type { Facts } from "../../../core/task/Facts.ts"
import { BatchId } from "../../../core/task/Identifiers.ts"
import {
  attempt as attemptOf,
  policy as defaults,
  now,
  taskOf,
  viewOf,
  worldOf,
  cleanTree,
  dirtyTree,
  id,
  minute
} from "./Worlds.ts"
import { attemptsFor, executionsOf, observationsOf, runsOf, stages } from "./Pairs.ts"
import type { TaskView, World } from "../../../core/tick/World.ts"

export const pick = <A>(from: ReadonlyArray<A>): fc.Arbitrary<A> => fc.constantFrom(...from)

const judged = fc.constantFrom(null, { feedbackNumber: 1, tree: "tree-1" }, { feedbackNumber: 0, tree: "tree-1" })

const factsArbitrary: fc.Arbitrary<Partial<Facts>> = fc.record({
  worked: fc.constantFrom(null, 0, 1),
  passed: judged,
  failed: judged,
  qaPassed: judged,
  attemptsUsed: fc.nat(4),
  launchFailuresInARow: fc.nat(6),
  abortsInARow: fc.nat(6),
  attemptsWithoutProgress: fc.nat(4),
  respawnsWithoutCommit: fc.nat(9),
  strikes: fc.nat(4),
  qaRounds: fc.nat(5),
  spentUsd: fc.constantFrom(0, 3),
  budgetUsd: fc.constantFrom(null, 2)
})

const specArbitrary = fc
  .record({
    isolate: fc.constantFrom("in-place" as const, "worktree" as const),
    cwd: fc.constantFrom("/d/1", "/d/2"),
    priority: fc.nat(2),
    agentName: fc.constantFrom("ann", "bob", "bea"),
    isExclusive: fc.boolean(),
    verifies: fc.boolean()
  })
  .map(({ agentName, isExclusive, verifies, ...rest }) => {
    // Two of them are under one account.
    const account = agentName === "bea" ? { account: "bob" } : {}
    const agent = {
      ...taskOf().spec.agent,
      name: agentName,
      ...account,
      ...(isExclusive ? { exclusive: true } : {})
    }
    return { ...rest, agent, ...(verifies ? {} : { verify: [] }) }
  })

const flowArbitrary = fc.record({
  qa: fc.constantFrom("server" as const, "agent" as const, "human" as const),
  merge: fc.constantFrom("squash" as const, "none" as const),
  start: fc.constantFrom("auto" as const, "auto" as const, "manual" as const)
})

/** Stages from which something is asked for come more often. */
const stageArbitrary = fc.oneof(
  pick(stages),
  pick(stages.filter((stage) => role(stage) !== null || stage._tag === "Merge" || stage._tag === "Backlog"))
)

export const viewArbitrary = (number: number): fc.Arbitrary<TaskView> =>
  stageArbitrary.chain((stage) =>
    fc.oneof(pick(attemptsFor(role(stage), 2).slice(0, 1)), pick(attemptsFor(role(stage), 2))).chain((attempt) =>
      fc.oneof(pick(executionsOf(attempt).slice(0, 1)), pick(executionsOf(attempt))).chain((execution) =>
        fc
          .record({
            task: fc.record({
              spec: specArbitrary,
              flow: flowArbitrary,
              facts: factsArbitrary,
              batch: fc.constantFrom(null, BatchId.make(1), BatchId.make(2)),
              createdAt: fc.integer({ min: now - 10, max: now })
            }),
            seen: fc.record({
              observation: pick(observationsOf(execution)),
              run: pick(runsOf(execution)),
              tree: fc.constantFrom(null, cleanTree, dirtyTree),
              dependencies: fc.subarray([
                {
                  id: id(101),
                  stage: { _tag: "Done" as const, at: 0, landing: { _tag: "NothingToMerge" as const }, verified: true }
                },
                { id: id(102), stage: null },
                { id: id(103), stage: { _tag: "Qa" as const } }
              ]),
              worktree: fc.constantFrom(null, 3),
              resumableSession: fc.constantFrom(null, "s9"),
              left: fc.constantFrom(null, cleanTree.tree),
              mailbox: fc.constantFrom(
                null,
                null,
                null,
                { session: "s1", isBusy: false },
                { session: "s2", isBusy: true }
              ),
              attention: fc.subarray([
                `task:${number}:held`,
                `task:${number}:unknown`,
                `task:${number}:survivors`,
                "guard:x"
              ]),
              unknownSince: fc.constantFrom(null, now - minute, now - 20 * minute),
              isLandingAttended: fc.boolean(),
              landingHeld: fc.constantFrom(null, "in the way"),
              sessionPolicy: fc.record({
                wanted: fc.constantFrom(null, "s9"),
                present: fc.constantFrom(null, "s8", "s9")
              })
            })
          })
          .map(({ seen, task }) => viewOf(taskOf({ ...task, id: number, stage, execution }), seen))
      )
    )
  )

export const windowArbitrary: fc.Arbitrary<Window> = fc.oneof(
  fc.constantFrom<Window>({ _tag: "Open" }, { _tag: "Limited", until: now + minute }, { _tag: "Limited", until: now }),
  fc.integer({ min: 2, max: 5 }).map((width): Window => ({ _tag: "Ramp", width })),
  fc.nat(9).map((task): Window => ({
    _tag: "Canary",
    until: now - minute,
    canary: { task: id(task + 1), attempt: attemptOf({}).number }
  }))
)

const accountsArbitrary: fc.Arbitrary<ReadonlyArray<Account>> = fc
  .tuple(
    ...["ann", "bob"].map((id) =>
      fc.record({
        id: fc.constant(id),
        window: windowArbitrary,
        pause: fc.constantFrom(null, null, null, { since: now, why: "no" })
      })
    )
  )
  .chain((rows) => fc.subarray(rows))

export const worldArbitrary: fc.Arbitrary<World> = fc
  .record({
    views: fc
      .integer({ min: 1, max: 9 })
      .chain((n) => fc.tuple(...Array.from({ length: n }, (_, at) => viewArbitrary(at + 1)))),
    maxConcurrent: fc.integer({ min: 1, max: 5 }),
    isDraining: fc.boolean(),
    pressure: fc.constantFrom(null, null, null, "out of memory"),
    accounts: accountsArbitrary
  })
  .map(({ maxConcurrent, views, ...rest }) => worldOf(views, { ...rest, policy: { ...defaults, maxConcurrent } }))
