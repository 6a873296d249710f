/** A fleet under random faults: every promise at every step, and rest once the faults stop. */
import { describe, expect, inject, it } from "vitest"
import { type Outcome, simulate } from "./simulation/Simulation.ts"

const seeds = Array.from({ length: 2 * inject("runs") }, (_, n) => (inject("seed") + n) | 0)
const outcomes: ReadonlyArray<Outcome> = seeds.map(simulate)

/** The shortest story that breaks a promise, for people. */
const storyOf = (requirement: string): string => {
  const broken = outcomes
    .filter(({ violations }) => violations.some((each) => each.requirement === requirement))
    .toSorted((a, b) => a.story.length - b.story.length)
  const [first] = broken
  if (first === undefined) return ""
  const what = first.violations.filter((each) => each.requirement === requirement).map((each) => each.what)
  return [
    `seed ${first.seed} (${broken.length} of ${outcomes.length} break it)`,
    ...what.slice(0, 5),
    ...first.story.slice(-60)
  ].join("\n")
}

/** What any two hundred seeds meet; so that no promise below is kept by never being asked. */
const common = [
  "action Spawn",
  "action Stop",
  "action RunVerifier",
  "action Land",
  "action RemoveWorktree",
  "action EscalateHuman",
  "action Archive",
  "ending Clean",
  "ending Forced",
  "ending Aborted",
  "ending Limited",
  "ending Lost",
  "ending Stopped",
  "verdict PASS",
  "verdict FAIL",
  "verdict ERROR",
  "verdict LIMITED",
  "wait Draining",
  "wait Slots",
  "wait Limited",
  "wait Canary",
  "wait Ramp",
  "canary",
  "ramp",
  "proof",
  "pause",
  "late limit",
  "block Drifted",
  "wait AccountPaused",
  "Sustained",
  "Adopted",
  "LaunchFailed",
  "VerifyBegin",
  "MergeReady",
  "GatesFailed",
  "block RetriesExhausted",
  "block AbortLoop"
]

describe("a simulated fleet", () => {
  it("TCK-8 meets every kind of fault, end and verdict", () => {
    const met = new Set(outcomes.flatMap(({ covered }) => [...covered]))
    expect(common.filter((each) => !met.has(each))).toEqual([])
  })

  it("EXE-1 never gives a task two live attempts", () => {
    expect(storyOf("EXE-1")).toBe("")
  })

  it("EXE-2 leaves no process of a task alive that is not live", () => {
    expect(storyOf("EXE-2")).toBe("")
  })

  it("EXE-3 uses no more attempts in a visit than the retries allow", () => {
    expect(storyOf("EXE-3")).toBe("")
  })

  it("EXE-6 resumes nothing before the end of a limit", () => {
    expect(storyOf("EXE-6")).toBe("")
  })

  it("EXE-8 verifies committed work after every crash", () => {
    expect(storyOf("EXE-8")).toBe("")
  })

  it("EXE-14 runs no verifier twice, beside an agent, or after its task was stopped", () => {
    expect(storyOf("EXE-14")).toBe("")
  })

  it("EXE-15 lets nothing pass without work since the feedback, the verdict of QA, and every verifier on that tree", () => {
    expect(storyOf("EXE-15")).toBe("")
  })

  it("STG-6 is done with a squash only where a commit has landed", () => {
    expect(storyOf("STG-6")).toBe("")
  })

  it("TCK-2 has nothing left to do once it is at rest", () => {
    expect(storyOf("TCK-2")).toBe("")
  })

  it("TCK-3 keeps to its places, directories, agents and repositories", () => {
    expect(storyOf("TCK-3")).toBe("")
  })

  it("TCK-4 leaves alone what it can not see", () => {
    expect(storyOf("TCK-4")).toBe("")
  })

  it("TCK-5 starts no agent while it drains", () => {
    expect(storyOf("TCK-5")).toBe("")
  })

  it("TCK-6 says of every task that waits why it does", () => {
    expect(storyOf("TCK-6")).toBe("")
  })

  it("TCK-7 is answered from changes alone as from a look at everything", () => {
    expect(storyOf("TCK-7")).toBe("")
  })

  it("TCK-8 comes to rest once the faults stop: done, or with a person who was told", () => {
    expect(storyOf("TCK-8")).toBe("")
  })

  it("TCK-10 holds up the tasks of a limited account and no others, then lets one go first, then more and more", () => {
    expect(storyOf("TCK-10")).toBe("")
  })

  it("TCK-9 has a ledger that leads to its state", () => {
    expect(storyOf("TCK-9")).toBe("")
  })
})
