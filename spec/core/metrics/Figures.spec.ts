/** Which families there are, with which labels from the start, and what is worked out on the way. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { hookNames } from "../../../core/hook/HookName.ts"
import { definitions } from "../../../core/metrics/Definition.ts"
import { render } from "../../../core/metrics/Exposition.ts"
import type { HistogramSample } from "../../../core/metrics/Family.ts"
import { fromProcess, fromSpool, fromStore, type Process, type Stored } from "../../../core/metrics/Figures.ts"
import { words } from "../../../core/stage/TaskState.ts"
import { read } from "./Exposition.ts"

const nothing: HistogramSample = { labels: [], buckets: [], sum: 0, count: 0 }
const stored: Stored = {
  states: new Map(),
  nanoUsd: 0,
  retries: new Map(),
  verdicts: [],
  agentsRunning: 0,
  commitmentsOpen: 0,
  epoch: 0
}
const own: Process = {
  reasons: new Map(),
  guards: [
    { key: "lock", posture: "off", loadBearing: true },
    { key: "promises", posture: "off", loadBearing: false }
  ],
  tickSeconds: nothing,
  tickActions: [],
  ingestSeconds: nothing,
  ingestEvents: [],
  startTime: 1,
  residentBytes: 2,
  cpuSeconds: 3,
  eventLoopLagSeconds: 4
}

const all = (store: Stored, process: Process) =>
  read(render([...fromStore(store, []), ...fromSpool(5), ...fromProcess(process)]))

const samplesOf = (name: string, store: Stored = stored, process: Process = own): Readonly<Record<string, number>> =>
  Object.fromEntries(
    (all(store, process).find((family) => family.name === name)?.samples ?? []).map(({ labels, value }) => [
      Object.values(labels).join(" "),
      value
    ])
  )

describe("the families", () => {
  it("API-4 every metric of the contract is told, with its kind, its help and its labels, and no other", () => {
    const told = all({ ...stored, verdicts: [{ kind: "Run", verdict: "PASS", count: 1 }] }, own)
    expect(told.map(({ name }) => name)).toEqual(
      Object.values(definitions)
        .map(({ name }) => name)
        .toSorted()
    )
    for (const { help, labels, name, type } of Object.values(definitions)) {
      const family = told.find((each) => each.name === name)
      expect([family?.type, family?.help]).toEqual([type, help])
      const shown = new Set(family?.samples.flatMap((sample) => Object.keys(sample.labels)))
      expect([name, shown]).toEqual([name, new Set(type === "histogram" ? ["le"] : labels)])
    }
  })

  it("API-4 what is known of labels is there from the start, with 0, so that the first event has a rate", () => {
    expect(samplesOf("drover_tasks_by_state")).toEqual(Object.fromEntries(words.map((word) => [word, 0])))
    const hooks = samplesOf("drover_ingest_events_total")
    expect(new Set(Object.values(hooks))).toEqual(new Set([0]))
    expect(Object.keys(hooks)).toHaveLength(3 * hookNames.length)
    expect(Object.keys(samplesOf("drover_verifications_total"))).toHaveLength(15)
    expect(samplesOf("drover_retries_total")).toMatchObject({ Verdict: 0, Forced: 0, Inactive: 0 })
    expect(samplesOf("drover_admission_waiting")).toMatchObject({ Slots: 0, Dependencies: 0, AccountPaused: 0 })
    expect(samplesOf("drover_tick_actions_total")).toMatchObject({ Spawn: 0, Land: 0, Stop: 0 })
  })

  it("API-4 what is counted takes the place of its 0, and a word that is new is told as well", () => {
    const counted: Stored = {
      ...stored,
      states: new Map([["DONE", 3]]),
      nanoUsd: 1_250_000_000,
      agentsRunning: 2,
      commitmentsOpen: 4,
      epoch: 7,
      retries: new Map([
        ["Verdict", 4],
        ['a "new" one', 1]
      ]),
      verdicts: [{ kind: "Oracle", verdict: "PASS", count: 6 }]
    }
    expect(samplesOf("drover_tasks_by_state", counted)).toMatchObject({ DONE: 3, READY: 0 })
    expect(samplesOf("drover_fleet_cost_usd_total", counted)).toEqual({ "": 1.25 })
    expect(samplesOf("drover_agents_running", counted)).toEqual({ "": 2 })
    expect(samplesOf("drover_commitments_open", counted)).toEqual({ "": 4 })
    expect(samplesOf("drover_supervisor_epoch", counted)).toEqual({ "": 7 })
    expect(samplesOf("drover_retries_total", counted)).toMatchObject({ Verdict: 4, 'a "new" one': 1, Lost: 0 })
    expect(samplesOf("drover_verifications_total", counted)).toMatchObject({ "Oracle PASS": 6, "Run PASS": 0 })
    expect(samplesOf("drover_spool_depth")).toEqual({ "": 5 })
  })

  it("API-4 a guard is in one posture, and the others are 0; each says whether it is load-bearing", () => {
    const postures = samplesOf("drover_guard_posture")
    expect([postures["lock off true"], postures["promises off false"]]).toEqual([1, 1])
    expect(Object.values(postures).reduce((sum, each) => sum + each, 0)).toBe(2)
    expect(Object.keys(postures)).toHaveLength(20)
  })

  it("API-4 the pass rate is the share of PASS among verdicts that judge, by kind; without one there is none", () => {
    const word = fc.constantFrom("PASS", "FAIL", "ERROR", "TIMEOUT", "LIMITED")
    const verdict = fc.record({
      kind: fc.constantFrom("Run", "Brain"),
      verdict: word,
      count: fc.integer({ min: 1, max: 9 })
    })
    fc.assert(
      fc.property(fc.array(verdict, { maxLength: 8 }), (verdicts) => {
        const rates = samplesOf("drover_verifier_pass_rate", { ...stored, verdicts })
        for (const kind of ["Run", "Brain"]) {
          const judged = verdicts.flatMap((each) =>
            each.kind === kind && each.verdict !== "LIMITED" ? Array<string>(each.count).fill(each.verdict) : []
          )
          if (judged.length === 0) expect(rates).not.toHaveProperty(kind)
          else expect(rates[kind]).toBe(judged.filter((each) => each === "PASS").length / judged.length)
        }
      })
    )
  })
})
