import fc from "fast-check"
import { expect, it } from "vitest"
import { type ProcessIdentity, same } from "../../../core/execution/Process.ts"

const identity: fc.Arbitrary<ProcessIdentity> = fc.record({
  host: fc.constantFrom("here", "there"),
  pid: fc.constantFrom(11, 12),
  startTime: fc.constantFrom("5", "6"),
  bootId: fc.constantFrom("b", "c")
})

it("PRC-3 two identities are one process only with pid, start time, boot and machine alike", () => {
  fc.assert(
    fc.property(identity, identity, (a, b) => {
      expect(same(a, { ...a })).toBe(true)
      for (const key of ["host", "pid", "startTime", "bootId"] as const) {
        expect(same(a, { ...a, [key]: b[key] })).toBe(a[key] === b[key])
      }
    })
  )
})
