/** Turning a guard off: somebody answers for it, says why, and it comes back on by itself. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { effective, nextEnd } from "../../../core/guard/Effective.ts"
import { decide } from "../../../core/tick/Tick.ts"
import { alive, process } from "../tick/Pairs.ts"
import * as Worlds from "../tick/Worlds.ts"
import { answered, configured, declarations, now, settings } from "./Situations.ts"

const moment = fc.integer({ min: 0, max: 4_000_000_000_000 })
const text = fc.string({ minLength: 1 }).filter((each) => each.trim() !== "")
const overrides = fc.record({ owner: text, reason: text, until: moment })

const loadBearing = configured.filter((declaration) => declaration.loadBearing)
const off = (table: object) => ({ guards: { it: { enabled: false, ...table } } })

describe("turning a guard off", () => {
  it("GRD-4 a load-bearing guard is off only by an override that names its owner, its reason and an end yet to come", () => {
    for (const declaration of declarations) {
      for (const { config, isOn, isOnLightly, name } of settings) {
        const found = effective(declaration, config, now)
        const expected = (declaration.loadBearing ? isOn : isOnLightly) ?? declaration.defaultEnabled
        const isFixed = declaration.kind === "always-on"
        expect(found._tag, `${JSON.stringify(declaration)}: ${name}`).toBe(isFixed || expected ? "On" : "Off")
      }
    }
  })

  it("GRD-4 it comes back on by itself: off until its end, on from that moment, and the end is told beforehand", () => {
    fc.assert(
      fc.property(fc.constantFrom(...configured), overrides, moment, (declaration, override, at) => {
        const found = effective(declaration, off(override), at)
        const end = nextEnd([declaration], off(override), at)
        if (at < override.until) {
          expect(found).toEqual({ _tag: "Off", override, ignored: null })
          expect(end).toBe(override.until)
        } else {
          expect(found._tag).toBe(declaration.defaultEnabled ? "On" : "Off")
          expect(found.ignored).toMatch(/^it ended at \d{4}-/)
          expect(end).toBeNull()
        }
      })
    )
  })

  it("GRD-4 between now and the next end nothing changes, at the end something does", () => {
    const keys = ["a", "b", "c"]
    const many = fc.tuple(...keys.map(() => fc.option(overrides)))
    fc.assert(
      fc.property(many, moment, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (given, at, part) => {
        const declared = keys.map((key) => ({
          key,
          title: key,
          kind: "config" as const,
          configPath: `guards.${key}.enabled`,
          defaultEnabled: true,
          loadBearing: true
        }))
        const tables = keys.map((key, index) => [key, given[index] === null ? {} : { enabled: false, ...given[index] }])
        const config = { guards: Object.fromEntries(tables) }
        const all = (moment: number) => declared.map((declaration) => effective(declaration, config, moment)._tag)
        const end = nextEnd(declared, config, at)
        if (end === null) expect(all(Number.MAX_SAFE_INTEGER)).toEqual(all(at))
        else {
          expect(end).toBeGreaterThan(at)
          expect(all(at + Math.floor((end - at) * part))).toEqual(all(at))
          expect(all(end)).not.toEqual(all(at))
        }
      })
    )
  })

  it("GRD-4 why an override is not in force is told, its lack before its end", () => {
    const { owner: _owner, ...unowned } = answered
    const { reason: _reason, ...unreasoned } = answered
    const { until: _until, ...endless } = answered
    for (const declaration of loadBearing) {
      const ignored = (table: object) => effective(declaration, off(table), now).ignored
      expect(ignored(answered)).toBeNull()
      expect(ignored({})).toBe("it names no owner")
      expect(ignored(unowned)).toBe("it names no owner")
      expect(ignored(unreasoned)).toBe("it names no reason")
      expect(ignored(endless)).toBe("it names no end")
      expect(ignored({ ...answered, until: now })).toBe("it ended at 2027-01-15T08:00:00.000Z")
      expect(ignored({ ...answered, until: 9e15 })).toBeNull()
      expect(ignored({ ...answered, until: -9e15 })).toBe("it ended at -9000000000000000")
    }
  })

  it("GRD-4 what a configuration only inherits turns nothing off", () => {
    for (const declaration of loadBearing.filter(({ defaultEnabled }) => defaultEnabled)) {
      expect(effective(declaration, Object.create(off(answered)), now)).toEqual({ _tag: "On", ignored: null })
    }
  })

  it("GRD-4 a path without a dot has its owner, reason and end beside it", () => {
    const declaration = { ...configured[0], key: "it", title: "it", kind: "config", configPath: "enabled" } as const
    const all = { defaultEnabled: true, loadBearing: true, ...declaration }
    expect(effective(all, { enabled: false, ...answered }, now)._tag).toBe("Off")
    expect(effective(all, { enabled: false, owner: "Ada" }, now)._tag).toBe("On")
  })

  it("GRD-4 while the inactivity guard is off nobody is stopped for doing nothing; from its end on the quiet counts", () => {
    const seconds = fc.integer({ min: 0, max: 2000 })
    fc.assert(
      fc.property(seconds, fc.integer({ min: -2000, max: 2000 }), (quiet, offFor) => {
        const task = Worlds.taskOf({
          spec: { inactivitySecs: 300 },
          execution: {
            _tag: "Running",
            attempt: Worlds.attempt(),
            carrier: { _tag: "Process", process },
            since: Worlds.now - 2_400_000
          }
        })
        const observation = { ...alive, lastProgressAt: Worlds.now - quiet * 1000 }
        const policy = { ...Worlds.policy, inactivityOffUntil: Worlds.now + offFor * 1000 }
        const action = Worlds.actionOf(decide(Worlds.viewOf(task, { observation }), { now: Worlds.now, policy }))
        const isStopped = quiet >= 300 && -offFor >= 300
        expect(action).toEqual(isStopped ? expect.objectContaining({ _tag: "Stop", why: "Inactive" }) : null)
      })
    )
  })
})
