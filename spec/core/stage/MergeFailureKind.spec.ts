import { expect, it } from "vitest"
import { describe, instruct, type MergeFailureKind } from "../../../core/stage/MergeFailureKind.ts"

const conflict: MergeFailureKind = { _tag: "Conflict", files: ["a.ts", "b.ts"] }
const failed: MergeFailureKind = { _tag: "GatesFailed", step: "test", exitCode: 7, said: "2 tests failed" }

it("WRK-5 whoever mends a failed landing is told what failed, what to do, and all that the check said", () => {
  expect(instruct(conflict)).toBe(
    "It could not be landed: conflict in a.ts, b.ts. Merge the branch that it lands on into the one you work on, and " +
      "resolve what is in conflict so that both sides do what they are there for."
  )
  expect(instruct(failed)).toBe(
    "It could not be landed: test failed with status 7. The check ran on what your work and the branch that it lands on " +
      "come to together, and that branch may have moved on: merge it into the one you work on first.\n\n2 tests failed"
  )
  const { said: _, ...silent } = failed
  expect(instruct(silent).endsWith("merge it into the one you work on first.")).toBe(true)
})

it("WRK-5 what only a person can mend is told in the words that the person is shown", () => {
  const kinds: ReadonlyArray<MergeFailureKind> = [{ _tag: "EmptyDiff" }, { _tag: "Other", detail: "no such branch" }]
  for (const kind of kinds) expect(instruct(kind)).toBe(`It could not be landed: ${describe(kind)}.`)
})
