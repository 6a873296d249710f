/** The verdict on a lock, over the whole product of what can be the case and what can be known of it. */
import { describe, expect, it } from "vitest"
import { classify, type Healing, type Verdict } from "../../../core/ownership/Classify.ts"
import { type Evidence, none } from "../../../core/ownership/Evidence.ts"
import { type Case, cases, completions, evidences, type Found, found, healings, held, rowsFor, self } from "./Cases.ts"

/** Asks as the shell does: looks at what is asked for, at nothing else, until there is a verdict. */
const byAsking = (one: Case, all: Found, healing: Healing) => {
  const asked: Array<keyof Evidence> = []
  let evidence: Evidence = none
  for (;;) {
    const answer = classify(one.lock, one.self, evidence, healing)
    if (answer._tag !== "NeedsProbe") return { asked, verdict: answer }
    if (asked.includes(answer.probe)) throw new Error(`${answer.probe} was asked for twice`)
    asked.push(answer.probe)
    evidence = { ...evidence, [answer.probe]: all[answer.probe] }
  }
}

const everyCase = (check: (one: Case, healing: Healing) => void): void => {
  for (const one of cases) for (const healing of healings) check(one, healing)
}

const takes = ({ _tag }: Verdict): boolean => _tag === "Take" || _tag === "Reclaim" || _tag === "Heal"
const isForeign = ({ host }: Case): boolean => host.startsWith("other")

describe("the verdict on a lock", () => {
  it("OWN-1 every combination of evidence has exactly one row in the table, and the verdict of that row", () => {
    let count = 0
    everyCase((one, healing) => {
      for (const all of found) {
        expect(rowsFor(one, all, healing)).toEqual([classify(one.lock, one.self, all, healing)])
        count += 1
      }
    })
    expect(count).toBe(26 * 36 * 4)
  })

  it("OWN-1 whoever looks only at what is asked for gets the verdict of whoever looks at everything", () => {
    everyCase((one, healing) => {
      for (const all of found) {
        expect(byAsking(one, all, healing).verdict).toEqual(classify(one.lock, one.self, all, healing))
      }
    })
  })

  it("OWN-1 of what is known in part, either the verdict stands whatever else is found, or one finding that can change it is asked for", () => {
    everyCase((one, healing) => {
      for (const evidence of evidences) {
        const answer = classify(one.lock, one.self, evidence, healing)
        const textOf = (all: Found) => JSON.stringify(classify(one.lock, one.self, all, healing))
        if (answer._tag !== "NeedsProbe") {
          expect([...new Set(completions(evidence).map(textOf))]).toEqual([JSON.stringify(answer)])
        } else {
          expect(evidence[answer.probe]).toBe("Unprobed")
          const decides = completions(evidence).some(
            (all) => new Set(completions({ ...all, [answer.probe]: "Unprobed" }).map(textOf)).size > 1
          )
          expect(decides).toBe(true)
        }
      }
    })
  })

  it("OWN-2 another host's pid is asked for only with auto-heal on and a filesystem that was found to be local", () => {
    let count = 0
    for (const one of cases.filter(isForeign)) {
      for (const healing of healings) {
        for (const evidence of evidences) {
          const answer = classify(one.lock, one.self, evidence, healing)
          if (answer._tag !== "NeedsProbe" || answer.probe !== "process") continue
          expect([healing.autoHeal, evidence.filesystem]).toEqual([true, "Local"])
          count += 1
        }
        for (const all of found) {
          const { asked } = byAsking(one, all, healing)
          if (!healing.autoHeal) expect(asked).toEqual([])
          else if (all.filesystem !== "Local") expect(asked).toEqual(["filesystem"])
          else expect(asked.slice(0, 2)).toEqual(["filesystem", "process"])
        }
      }
    }
    expect(count).toBeGreaterThan(0)
  })

  it("OWN-3 whatever was needed to take a lock, a doubt about it refuses", () => {
    let count = 0
    everyCase((one, healing) => {
      for (const all of found) {
        const { asked, verdict } = byAsking(one, all, healing)
        if (!takes(verdict)) continue
        for (const name of asked) {
          expect(classify(one.lock, one.self, { ...all, [name]: "Unknown" }, healing)).toEqual({
            _tag: "Refuse",
            reason: { _tag: "Unprovable", what: name }
          })
          count += 1
        }
      }
    })
    expect(count).toBeGreaterThan(0)
  })

  it("OWN-3 a lock that names an owner is taken only when that owner was found to be gone", () => {
    everyCase((one, healing) => {
      if (one.lock._tag !== "Held") return
      for (const evidence of evidences) {
        const answer = classify(one.lock, one.self, evidence, healing)
        const why =
          answer._tag === "Reclaim" || answer._tag === "Heal" || answer._tag === "WouldHeal" ? answer.why : null
        if (answer._tag === "Take" || (why !== null && why !== evidence.process)) expect(answer).toBe("a refusal")
      }
    })
  })

  it("OWN-4 an owner that lives keeps its lock, however old its heartbeat is and whatever may be healed", () => {
    everyCase((one, healing) => {
      if (one.lock._tag !== "Held" || one.host === "mine") return
      for (const all of found.filter(({ process }) => process === "Alive")) {
        expect(byAsking(one, all, healing).verdict._tag).toBe("Refuse")
      }
    })
  })

  it("OWN-5 a machine with another name is the same by its id, and one with the same name another by its id", () => {
    const dead: Evidence = { process: "Dead", heartbeat: "Fresh", filesystem: "Remote" }
    const off: Healing = { autoHeal: false, dryRun: false }
    expect(classify({ ...held, hostname: "renamed" }, self, dead, off)).toEqual({ _tag: "Reclaim", why: "Dead" })
    expect(classify({ ...held, hostId: "a clone's" }, self, dead, off)).toEqual({
      _tag: "Refuse",
      reason: { _tag: "SharedVolume" }
    })
  })
})
