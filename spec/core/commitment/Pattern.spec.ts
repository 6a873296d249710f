/** Commands as a configuration describes them. */
import * as Either from "effect/Either"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { compile, matches } from "../../../core/commitment/Pattern.ts"
import { patterns, usual } from "../../../core/commitment/TestCommands.ts"
import { succeeded } from "../../../core/shell-line/index.ts"
import { patternOf } from "./Samples.ts"

const isMatch = (pattern: string, line: string): boolean =>
  succeeded(line).some((call) => matches(patternOf(pattern), call))

describe("a pattern", () => {
  it.each([
    ["./deploy.sh", "./deploy.sh", true],
    ["./deploy.sh", "'./deploy.sh'", true],
    ["./deploy.sh", "./deploy.sh now", false],
    ["./deploy.sh now", "./deploy.sh", false],
    ["./deploy.sh *", "./deploy.sh", true],
    ["./deploy.sh *", "./deploy.sh a 'b c'", true],
    ["./deploy.sh", "deploy.sh", false],
    ["./deploy.sh", "/srv/deploy.sh", false],
    ["deploy.sh", "/srv/deploy.sh", true],
    ["/srv/deploy.sh", "/srv/deploy.sh", true],
    ["/srv/deploy.sh", "deploy.sh", false],
    ["a * b", "a b", true],
    ["a * b", "a x y b", true],
    ["a * b", "a x b y", false],
    ["a * b * c", "a b b x b c c", true],
    ["a b*d", "a bcd", true],
    ["a b*d", "a 'b c d'", true],
    ["a b*d", "a b d", false],
    ["a *x*y", "a 1x2y3y", true],
    ["a *x*y", "a 1y2x", false],
    ["~/bin/up", "~/bin/up", true],
    ['up "$SERVICE"', 'up "$SERVICE"', true],
    ["up $SERVICE", "up api", false],
    ["ENV=prod up", "ENV=prod up", true],
    ["ENV=prod up", "X=1 ENV=prod up", true],
    ["ENV=prod up", "ENV=test up", false],
    ["ENV=prod up", "up", false],
    ["up", "ENV=test up", true],
    ["sudo up", "up", true],
    ["up", "sudo -n up", true],
    ["env A=1 up", "A=1 up", true],
    ["up *", "up --dry-run", false],
    ["up *", "up --dry-run=client", false],
    ["up *", "up --help", false],
    ["up * --dry-run", "up x --dry-run", true],
    ["up *", "up --dry-runs", true]
  ])("CLM-7 %j for the command %j: %j", (pattern, line, expected) => {
    expect(isMatch(pattern, line)).toBe(expected)
  })

  it.each([
    "",
    "# a",
    "a && b",
    "a | b",
    "a; b",
    "a &",
    "! a",
    "(a)",
    "a >b",
    "a 'b",
    "X=1",
    "*",
    "sudo *",
    "if a; then b; fi"
  ])("CLM-7 %j is none, and it is said what is wrong with it", (source) => {
    const wrong = Either.flip(compile(source))
    expect(Either.getOrNull(wrong)).toMatch(/^(?:is not one shell command with its arguments|names no program)$/)
  })

  it("CLM-7 stars agree with the plain reading of them, over words and over characters", () => {
    const word = fc.stringOf(fc.constantFrom("a", "b"), { minLength: 1, maxLength: 3 })
    const words = fc.array(word, { maxLength: 5 })
    const starred = fc.array(
      fc.oneof(fc.constant("*"), fc.stringOf(fc.constantFrom("a", "b", "*"), { minLength: 1, maxLength: 4 })),
      { maxLength: 4 }
    )
    fc.assert(
      fc.property(starred, words, (parts, given) => {
        const plain = parts
          .map((part) => (/^\*$/.test(part) ? "(?: [ab]+)*" : ` ${part.replaceAll("*", "[ab]*")}`))
          .join("")
        const expected = new RegExp(`^x${plain}$`).test(["x", ...given].join(" "))
        expect(isMatch(["x", ...parts].join(" "), ["x", ...given].join(" "))).toBe(expected)
      }),
      { numRuns: (fc.readConfigureGlobal()?.numRuns ?? 100) * 3 }
    )
  })

  it("CLM-7 the usual test commands are patterns, all of them, and match what they name", () => {
    expect(patterns.map(({ source }) => source)).toEqual(usual)
    for (const source of usual) {
      const command = source.replaceAll("*=*", "A=1").replace(/ \*$/, " x").replaceAll("*", "y")
      expect([source, isMatch(source, command)]).toEqual([source, true])
    }
  })
})
