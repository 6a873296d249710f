/** Work grows with the input as a line does, not as a square, for inputs in which one piece comes again and again. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import fc from "fast-check"
import { afterAll, beforeAll, expect, it } from "vitest"
import { counter } from "./Steps.ts"
import { bounded, tally, writeDown } from "./Tally.ts"

afterAll(writeDown)

let folder = ""
let steps: Awaited<ReturnType<typeof counter>> | null = null
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "drover-growth-"))
  steps = await counter(folder)
})
afterAll(() => {
  steps?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** What the grammars of all parsers are made of. */
const piece = fc
  .array(
    fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      '"',
      "'",
      ":",
      ",",
      "=",
      ".",
      "\\",
      "\n",
      " ",
      "\t",
      "a",
      "1",
      "-",
      "#",
      "`",
      "(",
      ")",
      "$",
      ";",

      '{"a":',
      '"a":1,',
      '["',
      '"]',
      "a = 1\n",
      "[[task]]\n",
      "[a.b]\n",
      "[a]\n",
      "a.b = 1\n",
      '"""',
      "'''",
      "a={",
      "x=[1,",

      "VERDICT: PASS\n",
      "VERDICT: FAIL",
      "token=",
      "password: ",
      "sk-ant-",
      "Bearer ",
      "://u:p@",
      "eyJaaaaaaaa.",
      "-----BEGIN PRIVATE KEY-----",

      "I will push the branch. ",
      "I'll ",
      "and ",
      "in 5 minutes ",
      "done: ",
      "> ",
      "- ",
      "* ",
      "www.a.b/",
      "@",
      "&& ",
      "$(",
      "<<E\n",
      "if ",
      "do ",

      '{"type":"assistant","message":{"content":[{"type":"tool_use","name":"Bash","input":{"command":"cat a"}}]}}\n',
      "try again in 1 day ",
      "DROVER_ATTEMPT=",
      "\0",
      " S 1 1 1 0 ",
      "é",
      "😀",
      "\ud800",
      "\u0000",
      "Thu Nov 26 10:20:30 2026 "
    ),
    { minLength: 1, maxLength: 4 }
  )
  .map((parts) => parts.join(""))
const edge = fc.constantFrom("", "{", "[", '"', '{"a":"', "[[task]]\n", "x = ", "VERDICT: PASS\n", "a", "\n", "}")

/** Characters: with a square of them a hundredth of it would be seen. */
const length = 128 * 1024
const mebibyte = 1024 * 1024

/** Blocks for a character. The most that was seen is 27 (claims), and of most parsers less than ten. */
const most = 100

const names = [
  "hook body",
  "transcript of command",
  "transcript of claude-code",
  "transcript of codex",
  "transcript of opencode",

  "config.toml",
  "task file",
  "settings",
  "exit record",
  "session policy",
  "verdict line",
  "claims",
  "shell line",
  "stat line",
  "environment",
  "listing of ps"
]

it("SIM-1 every parser of a text is asked", () => {
  expect(Object.keys(steps?.parsers ?? {}).toSorted()).toEqual(names.toSorted())
})

it.each(names)("PRC-4 %s: so much work for each character and no more, and no hang over a mebibyte", (name) => {
  const count = tally(`growth of ${name}`)
  const parse = steps?.parsers[name]
  if (steps === null || parse === undefined) throw new Error(`there is no parser ${name}`)
  const { count: counted } = steps
  fc.assert(
    fc.property(piece, edge, edge, (pump, before, after) => {
      const of = (size: number): string => before + pump.repeat(Math.ceil(size / pump.length)) + after
      const text = of(length)
      const blocks = counted(() => bounded(() => parse(text)))
      expect(blocks).toBeLessThanOrEqual(most * text.length)
      bounded(() => parse(of(mebibyte)))
      count(length + mebibyte, "value")
    }),
    { numRuns: Math.max(3, Math.ceil((fc.readConfigureGlobal().numRuns ?? 100) / 20)) }
  )
})
