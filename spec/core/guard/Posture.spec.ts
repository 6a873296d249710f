/** How a guard stands: in every situation one of ten words, the first that holds. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as Schema from "effect/Schema"
import type { Declaration } from "../../../core/guard/Declaration.ts"
import { isFailing, Posture } from "../../../core/guard/Posture.ts"
import { posture } from "../../../core/guard/Row.ts"
import type { Runtime } from "../../../core/guard/Runtime.ts"
import { cadence, configured, declarations, now, type Seen, seen, type Setting, settings } from "./Situations.ts"

/** One for each way in which a start can differ from what is written now. */
const boots = settings.filter(({ name }) => ["nothing", "on", "off, answered for", "off, by nobody"].includes(name))

const isPosture = Schema.is(Posture)

const isOn = (declaration: Declaration, setting: Setting): boolean => {
  if (declaration.kind === "always-on") return true
  return (declaration.loadBearing ? setting.isOn : setting.isOnLightly) ?? declaration.defaultEnabled
}

/** Every word that is true of a situation, by its labels; `boot` is null where nothing is known of the start. */
const truths = (declaration: Declaration, config: Setting, boot: Setting | null, look: Seen, isDryWritten: boolean) => {
  const wanted = isOn(declaration, config)
  const isAsBooted = boot === null || isOn(declaration, boot) === wanted
  const hasCadence = declaration.expectedTickMs !== undefined
  const says = look.knows === "SaysOn"
  const holds: Readonly<Record<Posture, boolean>> = {
    errored: look.knows === "Threw",
    missing: wanted && isAsBooted && look.knows === "Unregistered",
    "off-runtime-divergent": wanted && isAsBooted && look.knows === "SaysOff",
    "diverged-pending-restart": !isAsBooted,
    off: !wanted,
    "on-dry-run": look.dry ?? isDryWritten,
    "on-stale": says && hasCadence && (look.tick === "TooOld" || look.tick === "NeverForLong"),
    "on-blind": says && look.isBlind,
    "on-confirmed": says && (!hasCadence || look.tick === "Recent"),
    "on-unverified": true
  }
  return holds
}

/** Of those that hold the first wins. */
const order: ReadonlyArray<Posture> = [
  "errored",
  "missing",
  "off-runtime-divergent",
  "diverged-pending-restart",
  "off",
  "on-dry-run",
  "on-stale",
  "on-blind",
  "on-confirmed",
  "on-unverified"
]

describe("the posture of a guard", () => {
  it("GRD-1 it is the first of the ten that holds, in every situation of every kind of guard", () => {
    const met = new Map<Posture, number>()
    const wrong: Array<string> = []
    for (const declaration of declarations) {
      const dries = declaration.kind === "config" && declaration.dryRunPath !== undefined ? [true, false] : [false]
      const written = declaration.kind === "config" ? settings : settings.slice(0, 5)
      for (const setting of written) {
        for (const boot of [null, ...boots]) {
          for (const isDry of dries) {
            const config = isDry ? { guards: { it: { ...tableOf(setting), dry: true } } } : setting.config
            for (const look of seen) {
              const row = posture(declaration, config, boot?.config ?? null, look.runtime, now)
              const holds = truths(declaration, setting, boot, look, isDry)
              const expected = order.find((word) => holds[word])
              met.set(row.posture, (met.get(row.posture) ?? 0) + 1)
              // What runs is what was there at the start.
              const runs = boot ?? setting
              const isAnswered = declaration.kind === "config" && runs.name === "off, answered for"
              const isRight = row.isOn === isOn(declaration, runs) && (row.override !== null) === isAnswered
              if (row.posture !== expected || !isRight) {
                wrong.push(`${JSON.stringify(declaration)} ${setting.name}/${boot?.name}/${look.name}: ${row.posture}`)
              }
            }
          }
        }
      }
    }
    expect(wrong.slice(0, 5)).toEqual([])
    expect(order.filter((word) => !met.has(word))).toEqual([])
  })

  it("GRD-1 at five cadences exactly it is not stale, a moment later it is", () => {
    const ms = fc.integer({ min: 1, max: 100_000_000 })
    fc.assert(
      fc.property(ms, fc.nat({ max: 2_000_000_000 }), fc.boolean(), (expectedTickMs, lastTickAt, hasTicked) => {
        const declaration: Declaration = { ...alwaysOn, expectedTickMs }
        const runtime: Runtime = hasTicked
          ? { _tag: "Registered", since: 0, status: { enabled: true, lastTickAt } }
          : { _tag: "Registered", since: lastTickAt, status: { enabled: true } }
        const at = (age: number) => posture(declaration, {}, null, runtime, lastTickAt + age).posture
        const young = hasTicked ? "on-confirmed" : "on-unverified"
        expect([at(0), at(5 * expectedTickMs), at(5 * expectedTickMs + 1)]).toEqual([young, young, "on-stale"])
      })
    )
  })

  it("GRD-1 whatever a configuration holds and whatever a guard says, there is a posture and a reason for it", () => {
    const junk = fc.oneof(fc.boolean(), fc.double(), fc.string(), fc.constantFrom(null, undefined, [], {}))
    const table = fc.dictionary(fc.constantFrom(...keys), junk)
    const config = fc.dictionary(
      fc.constantFrom("guards", "it"),
      fc.oneof(junk, fc.dictionary(fc.constant("it"), table))
    )
    const number = fc.oneof(fc.double(), fc.integer())
    const status = fc.record(
      { enabled: fc.boolean(), dryRun: fc.boolean(), lastTickAt: number, reason: fc.string(), blind: fc.boolean() },
      { requiredKeys: ["enabled"] }
    )
    const runtime: fc.Arbitrary<Runtime> = fc.oneof(
      fc.record({ _tag: fc.constant("Registered" as const), since: number, status }),
      fc.record({ _tag: fc.constant("Threw" as const), message: fc.string() }),
      fc.constant({ _tag: "Unregistered" as const }),
      fc.record({ _tag: fc.constant("Unobserved" as const), why: fc.string({ minLength: 1 }) })
    )
    fc.assert(
      fc.property(
        fc.constantFrom(...declarations),
        config,
        fc.option(config),
        runtime,
        number,
        (declaration, present, boot, look, at) => {
          const row = posture(declaration, present, boot, look, at)
          expect(isPosture(row.posture)).toBe(true)
          expect(typeof row.reason).toBe("string")
          expect(row.offClass === null).toBe(row.posture !== "off")
          if (declaration.kind === "always-on") expect(row).toMatchObject({ isOn: true, override: null })
        }
      )
    )
  })

  it("GRD-1 as long as nothing changes but the time, a row says the same", () => {
    const moments = fc.tuple(fc.integer({ min: -20_000, max: 20_000 }), fc.integer({ min: -20_000, max: 20_000 }))
    fc.assert(
      fc.property(
        fc.constantFrom(...declarations),
        fc.constantFrom(...settings),
        fc.constantFrom(...seen),
        moments,
        (declaration, { config }, { runtime }, [one, other]) => {
          const rows = [one, other].map((ms) => posture(declaration, config, config, runtime, now + ms))
          const [said, later] = rows.map((row) => ({ ...row, reason: row.reason.replace(/ \(an override .*\)$/, "") }))
          const isSame =
            said?.posture === later?.posture &&
            said?.isOn === later?.isOn &&
            (said?.override === null) === (later?.override === null)
          if (isSame) expect(said).toEqual(later)
        }
      )
    )
  })

  it("GRD-1 a guard that is off says whether that is its default, who turned it off, why and until when", () => {
    const [unset, , , , off] = settings
    for (const declaration of configured) {
      const { defaultEnabled } = declaration
      const row = posture(declaration, off?.config ?? {}, null, { _tag: "Unregistered" }, now)
      expect(row).toMatchObject({ posture: "off", isOn: false, override: { owner: "Ada", until: now + 1 } })
      expect(row.reason).toBe("until 2027-01-15T08:00:00.001Z, by Ada: the provider is slow")
      expect(row.offClass).toBe(defaultEnabled ? "diverged-from-default" : "dark-default")
      const untouched = posture(declaration, unset?.config ?? {}, null, { _tag: "Unobserved", why: "nobody" }, now)
      expect(untouched.posture).toBe(defaultEnabled ? "on-unverified" : "off")
    }
  })

  it("GRD-1 what is written and not in force is told, whatever else there is to say", () => {
    const expected: Readonly<Record<string, string>> = {
      "off, by nobody": "it names no owner",
      "off, for nothing": "it names no reason",
      "off, for ever": "it names no end",
      "off until long ago": "it ended at 1970-01-01T00:00:00.000Z"
    }
    const declaration = configured.find(({ defaultEnabled, loadBearing }) => defaultEnabled && loadBearing)
    for (const [name, why] of Object.entries(expected)) {
      const config = settings.find((setting) => setting.name === name)?.config ?? {}
      for (const runtime of [{ _tag: "Unregistered" }, { _tag: "Threw", message: "no" }] as const) {
        const { reason } = posture(declaration ?? alwaysOn, config, null, runtime, now)
        expect(reason).toContain(`(an override is not in force: ${why})`)
      }
    }
  })

  it("GRD-2 a guard that stands as failing is one that is not on, or has not ticked; no other is", () => {
    expect(order.filter((word) => isFailing(word))).toEqual([...order.slice(0, 5), "on-stale"])
  })
})

const alwaysOn: Declaration = {
  key: "it",
  title: "it protects",
  kind: "always-on",
  defaultEnabled: true,
  loadBearing: true,
  expectedTickMs: cadence
}

const keys = ["enabled", "owner", "reason", "until", "dry"]

const tableOf = ({ config }: Setting): object => {
  const { guards } = config
  return typeof guards === "object" && guards !== null && "it" in guards && typeof guards.it === "object"
    ? { ...guards.it }
    : {}
}
