import fc from "fast-check"
import { expect, it } from "vitest"
import { compose, type Parts } from "../../../core/agent/Prompt.ts"

const text = fc.oneof(
  fc.fullUnicodeString(),
  fc.stringOf(fc.constantFrom("`", "````", "#", "\n", '"', "$", "\\", "VERDICT: PASS\n", "---", "\r"))
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

it("EXE-10 who goes on in a conversation is not told its task again, but to look at what may have run, and all the rest", () => {
  fc.assert(
    fc.property(parts, (given) => {
      const whole = compose({ ...given, isResumed: true })
      const begun = compose({ ...given, prompt: "" })
      expect(whole.startsWith("## Go on\n")).toBe(true)
      expect(whole).toContain("may have run to its end")
      expect(whole.endsWith(begun)).toBe(true)
      expect(whole.length).toBeLessThan(begun.length + 400)
    })
  )
})

it("EXE-10 who is only reminded is told of what it said it would do and nothing of the task, which is finished", () => {
  fc.assert(
    fc.property(parts, fc.array(text, { maxLength: 3 }), (given, reminders) => {
      const nudge = { ...given, role: "coder", mode: "Nudge", feedback: null, isResumed: true } as const
      const heading = "## What you said you would do\n\n"
      const told = reminders.map((reminder) => `${heading}${reminder}`).join("\n\n")
      expect(compose({ ...nudge, reminders })).toBe(
        reminders.length > 0
          ? told
          : "## Go on\n\nIf anything that you said you would do is still to be done, do it now. Otherwise say that nothing is left."
      )
      // Whoever goes on with the task is told of it beside the task.
      const warm = compose({ ...nudge, mode: "Warm", reminders })
      expect(warm.startsWith("## Go on\n\nYou were interrupted")).toBe(true)
      expect(warm.endsWith(told)).toBe(true)
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

it("EXE-15 a second attempt is told why the first one failed and what will be checked, a line for each check", () => {
  const tried: Parts = {
    prompt: "Make the parser total.",
    role: "coder",
    mode: "CommitOnly",
    feedback: "2 tests failed",
    verifiers: [
      { _tag: "Run", command: " npm test &&\n  npm run check\n", timeoutMin: 15 },
      { _tag: "Agent", agent: "critic", prompt: "Is it total?", timeoutMin: 15 }
    ]
  }
  expect(compose(tried)).toBe(`Make the parser total.

## The last attempt failed

The task above was tried before, and what was made is still in place. It did not do, for this reason:

\`\`\`
2 tests failed
\`\`\`

Find the cause and mend it; do not work around the check. These checks follow:

- npm test && npm run check
- critic: Is it total?

## Only commit

The work is done but not committed. Commit all that belongs to the task, with a message that says why. Change nothing else.`)
})

it("EXE-8 whose work is to land is told to commit it and where it lands, and who only judges is not", () => {
  fc.assert(
    fc.property(parts, (given) => {
      const whole = compose({ ...given, prompt: "", feedback: null, verifiers: [], landsOn: "trunk" })
      expect(whole.includes("lands on the branch trunk as one commit")).toBe(given.role !== "qa")
    })
  )
})

it("EXE-15 a QA agent is told that it judges the work of another, and changes nothing", () => {
  const judge: Parts = { prompt: "Make it total.", role: "qa", mode: "Cold", feedback: null, verifiers: [] }
  expect(compose(judge)).toBe(`Make it total.

## Judge only

Somebody else has worked on the task above. Judge whether the work in this directory does what the task asks; change nothing.

Say what you found. Then end with one last line that is exactly one of these two:

VERDICT: PASS
VERDICT: FAIL`)
})
