import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { ofRun, ofText } from "../../../core/verify/Verdict.ts"
import { title } from "../../../core/verify/Verifier.ts"

/** Nothing, or the end of a line and blank ones after it. */
const blank = fc.constantFrom("", "\n", "\r\n", "\n\n", "\n \t\n", "\r\n  ")

/** The rule once more, line by line. */
const lastLine = (text: string): string => text.split(/\r?\n/).findLast((line) => line.trim() !== "") ?? ""

const almost = fc.constantFrom(
  "VERDICT: pass",
  "verdict: PASS",
  "VERDICT:PASS",
  "VERDICT:  PASS",
  "VERDICT: PASS.",
  "VERDICT: PASSED",
  "VERDICT: PASS FAIL",
  "VERDICT: PASS ",
  " VERDICT: PASS",
  "**VERDICT: PASS**",
  "`VERDICT: PASS`",
  "> VERDICT: PASS",
  "I would say VERDICT: PASS",
  "PASS",
  "VERDICT: ",
  "VERDICT: LIMITED"
)

describe("what a verifier answered", () => {
  it("EXE-15 a text passes only by its last line that is not blank, and only if that is the verdict to the letter", () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom("PASS" as const, "FAIL" as const), blank, (text, word, end) => {
        expect(ofText(`${text}\nVERDICT: ${word}${end}`)).toBe(word)
        expect(ofText(`VERDICT: ${word}${end}`)).toBe(word)
      })
    )
  })

  it("EXE-15 what is almost a verdict is none, and a verdict that something follows is none", () => {
    fc.assert(
      fc.property(fc.string(), almost, blank, (text, line, end) => {
        expect(ofText(`${text}\n${line}`)).toBeNull()
        expect(ofText(`VERDICT: PASS\n${line}\n${end}`)).toBeNull()
        expect(ofText(`VERDICT: PASS\nbut ${text.replaceAll("\n", " ")}.${end}`)).toBeNull()
      })
    )
    for (const text of ["", "\n", " \n\t\n"]) expect(ofText(text)).toBeNull()
  })

  it("EXE-15 any text has the verdict of the rule: split into lines, drop blank ones, compare the last", () => {
    const pieces = fc.array(
      fc.oneof(fc.constantFrom("VERDICT: PASS", "VERDICT: FAIL", "\n", "\r\n", " ", "x"), almost),
      { maxLength: 8 }
    )
    fc.assert(
      fc.property(pieces, (parts) => {
        const text = parts.join("")
        const line = lastLine(text)
        expect(ofText(text)).toBe(line === "VERDICT: PASS" ? "PASS" : line === "VERDICT: FAIL" ? "FAIL" : null)
      }),
      { numRuns: 500 }
    )
  })

  it("EXE-15 a command passes with status 0 and in no other way; what is no exit is no verdict on the work", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 255 }), fc.string(), (code, signal) => {
        expect(ofRun({ _tag: "Exited", code })).toBe(code === 0 ? "PASS" : "FAIL")
        expect(ofRun({ _tag: "Killed", signal })).toBe("ERROR")
      }),
      { examples: [[0, ""]] }
    )
    expect(ofRun({ _tag: "TimedOut" })).toBe("TIMEOUT")
    expect(ofRun({ _tag: "OverBudget" })).toBe("ERROR")
    expect(ofRun({ _tag: "Vanished" })).toBe("ERROR")
  })

  it("EXE-14 every verifier says in one title what it runs", () => {
    const timeoutMin = 15
    expect(title({ _tag: "Run", command: "npm test", timeoutMin })).toBe("npm test")
    expect(title({ _tag: "Brain", prompt: "is it kind?", timeoutMin })).toBe("brain: is it kind?")
    expect(title({ _tag: "Agent", agent: "claude", prompt: "is it kind?", timeoutMin })).toBe("claude: is it kind?")
  })
})
