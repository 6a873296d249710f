/** What looks at guards lead to, over whole histories: who is told what, and when. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { bootKey, turnedOff } from "../../../core/guard/Boot.ts"
import { type Episode, step, well } from "../../../core/guard/Episode.ts"
import { isFailing, Posture } from "../../../core/guard/Posture.ts"
import type { Row } from "../../../core/guard/Row.ts"
import { configurationKey, keyOf, type Known, known, type Survey, survey } from "../../../core/guard/Survey.ts"

const rowOf = (key: string, posture: Posture, more: Partial<Row> = {}): Row => ({
  key,
  title: `${key} protects`,
  loadBearing: true,
  posture,
  reason: `because it is ${posture}`,
  offClass: null,
  isOn: posture !== "off",
  override: null,
  ...more
})

const nobody: Known = known([], [])
const aPosture = fc.constantFrom(...Posture.literals)
const calm: Known = { ...nobody, isBoot: false }

/** The surveys of looks, one second apart; each remembers what the one before found. */
const surveys = (looks: ReadonlyArray<ReadonlyArray<Row>>, first: Known = calm): ReadonlyArray<Survey> => {
  let before = first
  return looks.map((rows, second) => {
    const found = survey(before, { rows, unreadable: null }, second * 1000)
    before = found.known
    return found
  })
}

/** The items of one key that are open after each look. */
const openAfter = (found: ReadonlyArray<Survey>, key: string): ReadonlyArray<boolean> => {
  let isOpen = false
  return found.map(({ attention }) => {
    for (const change of attention) if (change.key === key) isOpen = change._tag === "Raise"
    return isOpen
  })
}

/**
 * Whether an item is to be open after each look: from the look that fails, with another that failed one or two looks
 * before, to the first that does not; what led to one item counts for no other.
 */
const expectedOpen = (failures: ReadonlyArray<boolean>): ReadonlyArray<boolean> => {
  const all: Array<boolean> = []
  let window = ""
  for (const isFailure of failures) {
    const isOpen = all.at(-1) === true
    window = isOpen && !isFailure ? "" : window + (isFailure ? "x" : ".")
    all.push(isFailure && (isOpen || /x.?x$/.test(window)))
  }
  return all
}

const histories = fc.array(fc.tuple(aPosture, aPosture), { maxLength: 40 })

describe("what looks at guards lead to", () => {
  it("GRD-2 each guard that fails has one item of its own: raised by its second failing look, cleared by the first without", () => {
    fc.assert(
      fc.property(histories, (history) => {
        const found = surveys(history.map(([a, b]) => [rowOf("a", a), rowOf("b", b)]))
        const failures = (index: 0 | 1) => history.map((postures) => isFailing(postures[index]))
        expect(openAfter(found, keyOf("a"))).toEqual(expectedOpen(failures(0)))
        expect(openAfter(found, keyOf("b"))).toEqual(expectedOpen(failures(1)))
      })
    )
  })

  it("GRD-2 no item is raised while it is open, none is cleared that is not, and it says how its guard stands", () => {
    fc.assert(
      fc.property(histories, (history) => {
        const found = surveys(history.map(([a, b]) => [rowOf("a", a), rowOf("b", b)]))
        const open = new Set<string>()
        for (const [look, { attention }] of found.entries()) {
          for (const change of attention) {
            expect(open.has(change.key)).toBe(change._tag === "Clear")
            if (change._tag === "Clear") open.delete(change.key)
            else {
              open.add(change.key)
              const posture = history[look]?.[change.key === keyOf("a") ? 0 : 1]
              expect(change.text).toContain(`is ${posture}: because it is ${posture}`)
            }
          }
        }
      })
    )
  })

  it("GRD-2 a failure that lasts is told within two looks, whatever was before it", () => {
    const failing = fc.constantFrom(...Posture.literals.filter(isFailing))
    fc.assert(
      fc.property(fc.array(aPosture, { maxLength: 20 }), failing, failing, (before, one, two) => {
        const found = surveys([...before, one, two].map((posture) => [rowOf("a", posture)]))
        expect(openAfter(found, keyOf("a")).at(-1)).toBe(true)
      })
    )
  })

  it("GRD-2 a guard that carries no load is never brought to a person", () => {
    fc.assert(
      fc.property(histories, (history) => {
        const found = surveys(history.map(([a]) => [rowOf("a", a, { loadBearing: false })]))
        expect(found.flatMap(({ attention }) => attention)).toEqual([])
      })
    )
  })

  it("GRD-2 a restart raises nothing twice and forgets nothing: what is open stays so while its guard fails", () => {
    fc.assert(
      fc.property(histories, fc.nat({ max: 40 }), (history, at) => {
        const looks = history.map(([a, b]) => [rowOf("a", a), rowOf("b", b)])
        const before = surveys(looks.slice(0, at))
        const last = before.at(-1)
        const open = ["a", "b"].map(keyOf).filter((key) => openAfter(before, key).at(-1) === true)
        const notes = last === undefined ? [] : [...last.known.notes.values()]
        const [first] = surveys(looks.slice(at), known(notes, open))
        if (first === undefined) return
        const changes = first.attention.filter(({ key }) => key !== bootKey)
        const well = open.filter((key) => !isFailing(history[at]?.[key === keyOf("a") ? 0 : 1] ?? "off"))
        expect(changes).toEqual(well.map((key) => ({ _tag: "Clear", key })))
      })
    )
  })

  it("GRD-2 an item of a guard that is declared no more is cleared, and other items are left alone", () => {
    const open = [keyOf("gone"), "task:1:held", keyOf("a")]
    const { attention } = survey(known([], open), { rows: [rowOf("a", "off")], unreadable: null }, 0)
    expect(attention).toEqual([{ _tag: "Clear", key: keyOf("gone") }])
  })

  it("GRD-3 a configuration that can not be read any more is told like a guard that fails, and by itself no more", () => {
    const looks = [null, "line 3", "line 3", "line 4", null, null]
    let before = calm
    const changes = looks.map((unreadable) => {
      const found = survey(before, { rows: [rowOf("a", "on-confirmed")], unreadable }, 0)
      before = found.known
      return found.attention
    })
    const raised = { _tag: "Raise", key: configurationKey, text: "line 3" }
    expect(changes).toEqual([[], [], [raised], [], [{ _tag: "Clear", key: configurationKey }], []])
    const again = survey(known([], [configurationKey]), { rows: [], unreadable: null }, 0)
    expect(again.attention).toEqual([{ _tag: "Clear", key: configurationKey }])
  })

  it("GRD-2 one look at a bad moment says nothing, every other one does", () => {
    const states: ReadonlyArray<Episode> = [well, { _tag: "Suspected", isCalm: false }, { _tag: "Open" }]
    const after = states.map((episode) => step(episode, { key: "k", failure: "f" }).episode._tag)
    expect(after).toEqual(["Suspected", "Open", "Open"])
    const flapping = Array.from({ length: 6 }, (_, look) => [rowOf("a", look % 2 === 0 ? "off" : "on-confirmed")])
    expect(openAfter(surveys(flapping), keyOf("a"))).toEqual([false, false, true, false, false, false])
    const once = [["on-stale"], ["on-confirmed"], ["on-confirmed"], ["on-stale"]] as const
    expect(surveys(once.map(([posture]) => [rowOf("a", posture)])).flatMap(({ attention }) => attention)).toEqual([])
  })

  it("GRD-2 a posture is told once when it is new, with the one before, and kept with the moment it began", () => {
    fc.assert(
      fc.property(fc.array(aPosture, { minLength: 1, maxLength: 30 }), (postures) => {
        const found = surveys(postures.map((posture) => [rowOf("a", posture)]))
        let from: Posture | null = null
        let since = 0
        for (const [look, to] of postures.entries()) {
          const { changed, known } = found[look] ?? { changed: [], known: nobody }
          if (from !== to) since = look * 1000
          expect(changed).toEqual(from === to ? [] : [{ guard: "a", from, to, reason: `because it is ${to}` }])
          expect(known.notes.get("a")).toMatchObject({ posture: to, since })
          from = to
        }
      })
    )
  })

  it("GRD-2 nothing is written while nothing changes, but for a sign of life every minute; another reason is a change", () => {
    const override = { owner: "Ada", reason: "slow", until: 9 }
    const row = rowOf("a", "off", { loadBearing: false, override })
    const first = survey(calm, { rows: [row], unreadable: null }, 1000)
    expect(first.notes).toHaveLength(1)
    const look = (rows: ReadonlyArray<Row>, at: number) => survey(first.known, { rows, unreadable: null }, at)
    expect(look([row], 60_999)).toMatchObject({ notes: [], changed: [], attention: [] })
    expect(look([row], 61_000)).toMatchObject({ notes: [{ at: 61_000, since: 1000 }], changed: [] })
    expect(look([row], -59_000).notes).toHaveLength(1)
    expect(look([row], -58_999).notes).toEqual([])
    for (const other of [
      { reason: "another" },
      { isOn: true },
      { override: null },
      { override: { ...override, owner: "Bob" } },
      { override: { ...override, reason: "fast" } },
      { override: { ...override, until: 10 } }
    ]) {
      const changed = look([{ ...row, ...other }], 2000)
      expect(changed).toMatchObject({ notes: [{ since: 1000, at: 2000 }], changed: [] })
    }
    const two = look([row, rowOf("b", "on-confirmed")], 2000)
    expect(two.notes.map(({ key, since }) => [key, since])).toEqual([
      ["a", 1000],
      ["b", 2000]
    ])
  })

  it("GRD-2 what was turned off between two starts is named, and nothing else is", () => {
    const guards = fc.uniqueArray(fc.record({ key: fc.constantFrom("a", "b", "c", "d"), isOn: fc.boolean() }), {
      selector: ({ key }) => key
    })
    fc.assert(
      fc.property(guards, guards, (last, now) => {
        const rows = now.map(({ isOn, key }) => rowOf(key, isOn ? "on-confirmed" : "off"))
        const notes = last.map(({ isOn, key }) => {
          const { posture, reason } = rowOf(key, isOn ? "on-confirmed" : "off")
          return { key, posture, reason, isOn, override: null, since: 0, at: 0 }
        })
        const { attention } = survey(known(notes, []), { rows, unreadable: null }, 0)
        const was = new Map(last.map((each) => [each.key, each]))
        const named = now.filter(({ isOn, key }) => !isOn && was.get(key)?.isOn === true)
        expect(turnedOff(was, rows).map(({ key }) => key)).toEqual(named.map(({ key }) => key))
        const items = attention.filter(({ key }) => key === bootKey)
        expect(items.map(({ _tag }) => _tag)).toEqual(named.length === 0 ? [] : ["Raise"])
        for (const item of items) {
          const text = item._tag === "Raise" ? item.text : ""
          for (const { key } of now) {
            expect(text.includes(`${key} (because it is off)`)).toBe(named.some((each) => each.key === key))
          }
        }
      })
    )
  })

  it("GRD-2 what is said about the start goes when no guard is off, and is replaced when another start has more to say", () => {
    const note = { key: "b", posture: "on-confirmed", reason: "", isOn: true, override: null, since: 0, at: 0 } as const
    const both = [rowOf("a", "off"), rowOf("b", "off")]
    const start = survey(known([note], [bootKey]), { rows: both, unreadable: null }, 0)
    const text = "turned off since the last start: b (because it is off)"
    expect(start.attention).toEqual([
      { _tag: "Clear", key: bootKey },
      { _tag: "Raise", key: bootKey, text }
    ])
    const of = (found: ReadonlyArray<Survey>) =>
      found.map(({ attention }) => attention.filter(({ key }) => key === bootKey))
    const on = [rowOf("a", "on-confirmed"), rowOf("b", "on-confirmed")]
    const later = surveys([[rowOf("a", "off"), rowOf("b", "on-confirmed")], on, both, on], start.known)
    expect(of(later)).toEqual([[], [{ _tag: "Clear", key: bootKey }], [], []])
    const kept = surveys([both, on], known([], [bootKey]))
    expect(of(kept)).toEqual([[], [{ _tag: "Clear", key: bootKey }]])
  })
})
