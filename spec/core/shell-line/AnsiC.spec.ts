import { expect, it } from "vitest"
import { ansiC } from "../../../core/shell-line/AnsiC.ts"

it("CLM-7 what stands between $' and ' is known where it is the same text in any locale", () => {
  const named = String.raw`\a\b\e\f\n\r\t\v\\\'\"`
  expect(ansiC(named)).toBe("\u0007\b\u001B\f\n\r\t\v\\'\"")
  expect(ansiC("no escape")).toBe("no escape")
  expect(ansiC("")).toBe("")
  expect(ansiC(String.raw`a\x41b\x7ec\101\1018\x413`)).toBe("aAb~cAA8A3")
  expect(ansiC(String.raw`\1\x1\177`)).toBe("\u0001\u0001\u007f")
})

it("CLM-7 a byte that is no ASCII character, none at all, or an escape that not every shell knows makes it unknown", () => {
  for (const escape of [String.raw`\0`, String.raw`\x0`, String.raw`\x80`, String.raw`\200`, String.raw`\377`]) {
    expect([escape, ansiC(`a${escape}g`)]).toEqual([escape, null])
  }
  for (const escape of [String.raw`\q`, String.raw`\u0041`, String.raw`\cA`, String.raw`\x`, "\\é", "\\"]) {
    expect([escape, ansiC(`a${escape}`)]).toEqual([escape, null])
  }
})
