/** What a file says of guards: who turns one off answers for it, and nothing turns off what must not be. */
import * as Either from "effect/Either"
import fc from "fast-check"
import { stringify, TomlDate } from "smol-toml"
import { expect, it } from "vitest"
import { effective } from "../../../core/guard/Effective.ts"
import * as Configuration from "../../../shell/config/Configuration.ts"
import * as Toml from "../../../shell/config/Toml.ts"
import { declarations, inactivity } from "../../../shell/guards/Declarations.ts"
import { brief } from "./TaskFiles.ts"

const read = (text: string) => Toml.parse("/etc/x/config.toml", text).pipe(Either.flatMap(Configuration.fromDocument))
const refused = (text: string) => Either.getOrThrow(Either.flip(read(text))).problems

const words = fc.string({ minLength: 1 }).filter((text) => /\S/.test(text))
const moments = fc.date({ min: new Date("1970-01-02"), max: new Date("9999-01-01"), noInvalidDate: true })
const complete = { owner: "Ada", reason: "slow", until: "2026-12-01T00:00:00Z" }
const lines = (table: Readonly<Record<string, string>>): string =>
  Object.entries(table)
    .map(([key, value]) => `${key} = ${key === "until" ? value : JSON.stringify(value)}\n`)
    .join("")

it("GRD-4 a guard that is turned off by somebody, for a reason, until a moment, is off until then, whenever that is", () => {
  fc.assert(
    fc.property(words, words, moments, (owner, reason, date) => {
      const until = TomlDate.wrapAsOffsetDateTime(date, "Z")
      const { guards } = Either.getOrThrow(
        read(stringify({ guards: { inactivity: { enabled: false, owner, reason, until } } }))
      )
      const end = date.getTime()
      const override = { owner, reason, until: end }
      expect(effective(inactivity, guards, end - 1)).toEqual({ _tag: "Off", override, ignored: null })
      expect(effective(inactivity, guards, end)._tag).toBe("On")
    })
  )
})

it("GRD-4 whoever leaves out the owner, the reason or the end is told each of them, with the line", () => {
  fc.assert(
    fc.property(fc.subarray(["owner", "reason", "until"] as const, { maxLength: 2 }), (kept) => {
      const table = Object.fromEntries(kept.map((key) => [key, complete[key]]))
      const problems = refused(`\n[guards.inactivity]\nenabled = false\n${lines(table)}`)
      const missing = ["owner", "reason", "until"].filter((key) => !Object.hasOwn(table, key))
      expect(brief(problems)).toEqual(missing.map((key) => ["Key", 2, `guards.inactivity.${key}`, null]))
      for (const [index, key] of missing.entries()) expect(problems[index]?.message).toContain(`missing key "${key}"`)
    })
  )
})

it("GRD-4 a guard that is on needs nobody to answer for it", () => {
  for (const text of ["", "[guards]", "[guards.inactivity]", "[guards.inactivity]\nenabled = true", lines(complete)]) {
    const content = text === lines(complete) ? `[guards.inactivity]\n${text}` : text
    expect(effective(inactivity, Either.getOrThrow(read(content)).guards, 0)._tag).toBe("On")
  }
})

it("GRD-4 no file turns off a guard that is always on, and it is told which that is", () => {
  for (const { key, kind } of declarations) {
    if (kind === "config") continue
    const problems = refused(`[policy]\n[guards.${key}]\nenabled = false\n${lines(complete)}`)
    expect(brief(problems)).toEqual([["Value", 2, `guards.${key}`, null]])
    expect(problems[0]?.message).toBe(`the guard ${key} is always on: nothing turns it off`)
  }
})

it("API-1 a mistyped guard or key is told with the nearest one, a moment that means several with what is expected", () => {
  const table = (until: string) => `[guards.inactivity]\nenabled = false\n${lines({ ...complete, until })}`
  expect(brief(refused("[guards.inactivty]\nenabled = true"))).toEqual([["Key", 1, "guards.inactivty", "inactivity"]])
  expect(brief(refused(table(complete.until).replace("owner", "onwer")))).toEqual([
    ["Key", 3, "guards.inactivity.onwer", "owner"]
  ])
  for (const until of ["2026-12-01T00:00:00", "2026-12-01", "00:00:00", '"2026-12-01T00:00:00Z"', "1e12", "true"]) {
    const problems = refused(table(until))
    expect(brief(problems)).toEqual([["Value", 5, "guards.inactivity.until", null]])
    expect(problems[0]?.message).toContain("a moment with its offset")
  }
  expect(Either.isRight(read(table("2026-12-01T02:00:00+02:00")))).toBe(true)
  for (const [key, value] of [
    ["owner", ' ""'],
    ["reason", '"  "'],
    ["enabled", '"no"']
  ]) {
    const problems = refused(`[guards.inactivity]\n${key} = ${value}`)
    expect(brief(problems)).toEqual([["Value", 2, `guards.inactivity.${key}`, null]])
  }
})
