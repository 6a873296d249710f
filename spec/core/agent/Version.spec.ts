import fc from "fast-check"
import { expect, it } from "vitest"
import { isOlder, oldest, parse } from "../../../core/agent/Version.ts"

const number = fc.nat(999_999_999)
const numbers = fc.tuple(number, number, number)
const read = (text: string) => {
  const version = parse(text)
  if (version === null) throw new Error(`no version in ${text}`)
  return version
}

it("AGT-5 what each vendor's program prints of its version is understood", () => {
  expect(parse("2.1.197 (Claude Code)\n")).toEqual(oldest["claude-code"])
  expect(parse("codex-cli 0.169.0\n")).toEqual(oldest.codex)
  expect(parse("1.18.33\n")).toEqual(oldest.opencode)
  expect(read("v1.2.3-alpha.4+build")).toEqual({ numbers: [1, 2, 3], isPrerelease: true, text: "1.2.3-alpha.4" })
  for (const text of ["", "2.1", "1.2.3.4", "127.0.0.1", "error: unknown option", "9999999999.1.1"]) {
    expect([text, parse(text)]).toEqual([text, null])
  }
})

it("AGT-5 of two versions the one whose first differing number is less is the older, whatever their digits look like", () => {
  fc.assert(
    fc.property(numbers, numbers, (a, b) => {
      const [left, right] = [read(a.join(".")), read(`codex-cli ${b.join(".")}`)]
      const at = a.findIndex((each, index) => each !== b[index])
      expect(isOlder(left, right)).toBe(at >= 0 && (a[at] ?? 0) < (b[at] ?? 0))
      // A pre-release is older than its version, and than nothing that comes before that.
      expect(isOlder(read(`${a.join(".")}-rc.1`), left)).toBe(true)
      expect(isOlder(left, read(`${a.join(".")}-rc.1`))).toBe(false)
      expect(isOlder(read(`${a.join(".")}-rc.1`), read(`${a.join(".")}-rc.2`))).toBe(false)
    })
  )
})

it("AGT-5 any text has a version or none, and what is taken for one stands in the text", () => {
  fc.assert(
    fc.property(fc.fullUnicodeString(), numbers, fc.boolean(), (around, version, isThere) => {
      const text = isThere ? `${around} ${version.join(".")} ${around}` : around
      const found = parse(text)
      expect(found === null ? !isThere : text.includes(found.text)).toBe(true)
    })
  )
})
