import fc from "fast-check"
import { expect, it } from "vitest"
import { compose, type Parts } from "../../../core/agent/Prompt.ts"

const text = fc.oneof(
  fc.fullUnicodeString(),
  fc.stringOf(fc.constantFrom("`", "#", "\n", '"', "$", "\\", "VERDICT: PASS\n", "---", "\r"))
)
const parts: fc.Arbitrary<Parts> = fc.record({
  prompt: text,
  role: fc.constantFrom("coder", "qa", "merger"),
  mode: fc.constantFrom("Cold", "Warm", "CommitOnly", "VerifyOnly"),
  feedback: fc.option(text),
  verifiers: fc.array(fc.record({ _tag: fc.constant("Run"), command: text, timeoutMin: fc.constant(15) }), {
    maxLength: 3
  })
})

it("EXE-15 the task's prompt stands first, unchanged, and alone where nothing is to be added", () => {
  fc.assert(
    fc.property(parts, (given) => {
      const whole = compose(given)
      expect(whole.startsWith(given.prompt)).toBe(true)
      const isAlone = given.feedback === null && given.role !== "qa" && given.mode !== "CommitOnly"
      expect(whole === given.prompt).toBe(isAlone)
    })
  )
})

it("EXE-15 feedback stands whole between fences that nothing in it can end", () => {
  fc.assert(
    fc.property(parts, text, (given, feedback) => {
      const added = compose({ ...given, feedback }).slice(given.prompt.length)
      const fence = /\n(`{3,})\n/.exec(added)?.[1] ?? "none"
      expect(added).toContain(`\n${fence}\n${feedback}\n${fence}\n`)
      expect(feedback).not.toContain(fence)
    })
  )
})

it("EXE-15 an attempt that only commits is asked for nothing else, and no other attempt is asked to", () => {
  fc.assert(
    fc.property(parts, (given) => {
      const asked = compose({ ...given, prompt: "", feedback: null, verifiers: [] }).includes("## Only commit")
      expect(asked).toBe(given.mode === "CommitOnly")
    })
  )
})

it("EXE-15 a QA agent, and nobody else, is asked last for the exact line of its verdict", () => {
  fc.assert(
    fc.property(parts, (given) => {
      const whole = compose(given)
      if (given.role === "qa") expect(whole.endsWith("\n\nVERDICT: PASS\nVERDICT: FAIL")).toBe(true)
      const own = compose({ ...given, prompt: "", feedback: null, verifiers: [] })
      expect(own.includes("VERDICT")).toBe(given.role === "qa")
    })
  )
})
