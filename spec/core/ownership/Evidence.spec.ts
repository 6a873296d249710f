import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { heartbeat, isOfEarlierBoot, processState, type Sighting } from "../../../core/ownership/Evidence.ts"

const sighting: fc.Arbitrary<Sighting> = fc.oneof(
  fc.record({ _tag: fc.constant("Running" as const), startTime: fc.constantFrom("80", "81", "") }),
  fc.constantFrom<Sighting>({ _tag: "Gone" }, { _tag: "Denied" }, { _tag: "Unreadable" })
)

describe("what is found out about an owner", () => {
  it("OWN-1 a heartbeat is stale from five minutes on, to the millisecond, and tells nothing when it is missing or of the future", () => {
    const at = fc.integer({ min: 0, max: 4_102_444_800_000 })
    fc.assert(
      fc.property(at, fc.integer({ min: -1_000_000, max: 1_000_000 }), (heartbeatAt, age) => {
        const expected = age < 0 ? "Unknown" : age >= 300_000 ? "Stale" : "Fresh"
        expect(heartbeat({ heartbeatAt }, heartbeatAt + age)).toBe(expected)
        expect(heartbeat({ heartbeatAt: null }, age)).toBe("Unknown")
      })
    )
    expect([-1, 0, 299_999, 300_000].map((age) => heartbeat({ heartbeatAt: 5 }, 5 + age))).toEqual([
      "Unknown",
      "Fresh",
      "Fresh",
      "Stale"
    ])
    expect(heartbeat({ heartbeatAt: Number.NaN }, 5)).toBe("Unknown")
  })

  it("OWN-5 a pid that another process has now, and any pid of an earlier boot, is not the owner's any more", () => {
    fc.assert(
      fc.property(sighting, fc.constantFrom("boot", "earlier"), (seen, bootId) => {
        const state = processState({ bootId, pidStart: "80" }, { bootId: "boot" }, seen)
        expect(isOfEarlierBoot({ bootId }, { bootId: "boot" })).toBe(bootId === "earlier")
        if (bootId === "earlier") expect(state).toBe("Recycled")
        else if (seen._tag === "Running") expect(state).toBe(seen.startTime === "80" ? "Alive" : "Recycled")
      })
    )
  })

  it("OWN-3 who may not be asked lives (EPERM), what can not be read is unknown, and only who is gone is dead", () => {
    const of = (seen: Sighting) => processState({ bootId: "boot", pidStart: "80" }, { bootId: "boot" }, seen)
    expect(of({ _tag: "Denied" })).toBe("Alive")
    expect(of({ _tag: "Unreadable" })).toBe("Unknown")
    fc.assert(
      fc.property(sighting, (seen) => {
        expect(of(seen) === "Dead").toBe(seen._tag === "Gone")
      })
    )
  })
})
