import { expect, it } from "vitest"
import { asked } from "../../../core/task/Spec.ts"
import { stepOf } from "../../../core/verify/Verifier.ts"
import { taskOf } from "../tick/Worlds.ts"

it("API-1 a task is the same while its branch is whichever is checked out, and another when a branch was named", () => {
  const { spec } = taskOf()
  const landing = (branch: string, isNamed?: true) =>
    asked({ ...spec, target: { repository: "/r", prefix: "", branch, ...(isNamed === undefined ? {} : { isNamed }) } })
  expect(asked(spec)).toEqual(spec)
  expect(landing("main")).toEqual(landing("trunk"))
  expect(landing("main", true)).not.toEqual(landing("trunk", true))
  expect(landing("main", true)).not.toEqual(landing("main"))
})

it("WRK-5 a check that does not say what it is for is a test", () => {
  const run = { _tag: "Run", command: "make", timeoutMin: 1 } as const
  expect([stepOf(run), stepOf({ ...run, step: "lint" })]).toEqual(["test", "lint"])
})
