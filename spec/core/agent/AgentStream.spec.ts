import fc from "fast-check"
import { expect, it } from "vitest"
import { fold, messageBytes, plain } from "../../../core/agent/AgentStream.ts"
import { noProgress, type Progress } from "../../../core/execution/AttemptRecord.ts"
import { ofText } from "../../../core/verify/Verdict.ts"

/** Bytes of UTF-8, by the platform's own encoder. */
const bytesOf = (text: string): number => new TextEncoder().encode(text).length

const read = (lines: ReadonlyArray<string>, from: Progress = noProgress(0)): Progress =>
  lines.reduce((progress, line, index) => fold(progress, line, index + 1), from)

const line = (record: unknown): string => JSON.stringify(record)
const toolUse = { type: "tool_use", id: "t", name: "Edit", input: {} }
const assistant = (...content: ReadonlyArray<unknown>): string => line({ type: "assistant", message: { content } })
const limit = (info: unknown): string => line({ type: "rate_limit_event", rate_limit_info: info })

/** Records of every known type whose fields hold anything at all. */
const mangled = fc
  .record(
    {
      type: fc.constantFrom("system", "assistant", "result", "rate_limit_event", "user", 7, null),
      session_id: fc.jsonValue(),
      message: fc.oneof(fc.jsonValue(), fc.record({ content: fc.oneof(fc.jsonValue(), fc.array(fc.jsonValue())) })),
      is_error: fc.jsonValue(),
      total_cost_usd: fc.oneof(fc.jsonValue(), fc.double()),
      result: fc.jsonValue(),
      api_error_status: fc.oneof(fc.jsonValue(), fc.constantFrom(401, 429, 500, 529)),
      api_error_type: fc.jsonValue(),
      rate_limit_info: fc.oneof(
        fc.jsonValue(),
        fc.record({ status: fc.jsonValue(), resetsAt: fc.oneof(fc.double(), fc.jsonValue()) })
      )
    },
    { requiredKeys: [] }
  )
  .map(line)

const anyLine = fc.oneof(
  mangled,
  fc.fullUnicodeString({ maxLength: 60 }),
  fc.string16bits({ maxLength: 60 }),
  fc.json()
)

/** Lines that show nothing. */
const blank = fc.stringOf(fc.constantFrom(" ", "\t", "\r"), { maxLength: 3 })

it("PRC-4 any output gives a progress within bounds, and lines alone never move the offset", () => {
  fc.assert(
    fc.property(fc.array(anyLine, { maxLength: 30 }), (lines) => {
      const { costUsd, lastMessage, limit, offset, session, toolTurns } = read(lines)
      expect(offset).toBe(0)
      expect(toolTurns).toBeLessThanOrEqual(lines.length)
      expect(costUsd === null || (Number.isFinite(costUsd) && costUsd >= 0)).toBe(true)
      expect(limit === null || Number.isFinite(new Date(limit.until).getTime())).toBe(true)
      expect(session === null || (session !== "" && session.length <= 256)).toBe(true)
      expect(lastMessage === null || (lastMessage.trim() !== "" && bytesOf(lastMessage) <= messageBytes)).toBe(true)
    })
  )
})

it("PRC-4 a line nested a million deep, of a megabyte or cut in the middle is an ordinary line", () => {
  for (const text of ["[".repeat(1e6), `{"a":`.repeat(1e6), "x".repeat(1e6), `{"type":"result","is_error":fal`]) {
    const { lastMessage, resultIsError } = read([text])
    expect(resultIsError).toBeNull()
    expect(text.endsWith(String(lastMessage).slice(1))).toBe(true)
  }
})

it("PRC-4 a long message keeps its end, whole characters, and can not turn into a verdict by the cut", () => {
  const pieces = fc.constantFrom("VERDICT: PASS", "a", "é", "€", "😀", " ", "\n", "\ud83d", "\udc00")
  fc.assert(
    fc.property(
      fc.array(pieces, { maxLength: 20 }),
      fc.array(pieces, { maxLength: 20 }),
      fc.constantFrom("a", "é", "€", "😀", "\n", "VERDICT: PASS "),
      fc.nat(messageBytes * 2),
      (before, after, filler, count) => {
        const text = `${before.join("")}${filler.repeat(count / 2)}${after.join("")}`
        fc.pre(text.trim() !== "")
        const kept = String(read([line({ type: "result", is_error: false, result: text })]).lastMessage)
        expect(bytesOf(kept)).toBeLessThanOrEqual(messageBytes)
        const lines = text.split("\n")
        const whole = lines.slice(0, lines.findLastIndex((one) => one.trim() !== "") + 1).join("\n")
        const isWhole = kept === whole
        expect(isWhole || (kept.startsWith("…") && whole.endsWith(kept.slice(1)))).toBe(true)
        // As much as fits: one more character would not have.
        if (!isWhole) expect(bytesOf(kept)).toBeGreaterThan(messageBytes - 4)
        if (!isWhole) expect(bytesOf(whole)).toBeGreaterThan(messageBytes)
        // The cut begins a character: no pair is torn.
        const left = whole.slice(0, 1 - kept.length)
        expect(!isWhole && /^[\udc00-\udfff]/.test(kept.slice(1)) && /[\ud800-\udbff]$/.test(left)).toBe(false)
        expect(isWhole ? ofText(kept) === ofText(text) : [null, ofText(text)].includes(ofText(kept))).toBe(true)
      }
    )
  )
})

it("EXE-6 narration is no turn: a turn is a record in which a tool is used, however many are", () => {
  const text = { type: "text", text: "I will now run the tests." }
  const contents = fc.array(fc.constantFrom(text, toolUse, { type: "thinking", thinking: "…" }), { maxLength: 4 })
  fc.assert(
    fc.property(fc.array(contents, { maxLength: 12 }), (records) => {
      const { toolTurns } = read(records.map((content) => assistant(...content)))
      expect(toolTurns).toBe(records.filter((content) => content.includes(toolUse)).length)
    })
  )
})

it("EXE-6 whatever is printed is progress at its moment, except an empty line", () => {
  fc.assert(
    fc.property(fc.oneof(anyLine, blank), fc.integer({ min: 1 }), (text, at) => {
      expect(fold(noProgress(0), text, at).lastProgressAt).toBe(text.trim() === "" ? 0 : at)
    })
  )
})

it("EXE-5 soft words limit nothing; a hard one until the time it names, or five minutes, and only ever later", () => {
  const words = fc.constantFrom("", "allowed", "allowed_warning", "rejected", "blocked", "throttled")
  const seconds = fc.option(fc.integer({ min: 1, max: 4e9 }), { nil: undefined })
  fc.assert(
    fc.property(fc.array(fc.record({ status: words, resetsAt: seconds }), { maxLength: 8 }), (events) => {
      const hard = events.flatMap(({ resetsAt, status }, index) =>
        ["rejected", "blocked", "throttled"].includes(status)
          ? [
              resetsAt === undefined
                ? { until: index + 1 + 300_000, cause: "rate" }
                : { until: resetsAt * 1000, cause: "usage" }
            ]
          : []
      )
      const told = read(events.map(limit)).limit
      expect(told).toEqual(hard.toSorted((a, b) => b.until - a.until)[0] ?? null)
    })
  )
})

it("EXE-5 a limit in milliseconds, at the top of the record, or with no usable time is understood", () => {
  const until = (record: unknown): number | null => fold(noProgress(0), line(record), 1000).limit?.until ?? null
  const type = "rate_limit_event"
  expect(until({ type, rate_limit_info: { status: "rejected", resetsAt: 1_795_190_000_000 } })).toBe(1_795_190_000_000)
  expect(until({ type, status: "rejected", resetsAt: 1_795_190_000 })).toBe(1_795_190_000_000)
  expect(until({ type, status: "rejected", resetsAt: 1e11 - 1 })).toBe(1e14 - 1000)
  expect(until({ type, status: "rejected", resetsAt: 1e11 })).toBe(1e11)
  expect(until({ type, status: "rejected", resetsAt: 8.64e15 })).toBe(8.64e15)
  for (const resetsAt of [-5, 0, "soon", "1795190000", null, 8.64e15 + 1, 1e300])
    expect(until({ type, status: "rejected", resetsAt })).toBe(301_000)
  expect(until({ type, rate_limit_info: { resetsAt: 1_795_190_000 } })).toBeNull()
})

it("EXE-5 a failure that the provider was the reason of says which: too much at once, no room, or not let in", () => {
  const failed = (more: object): string => line({ type: "result", is_error: true, ...more })
  const told = (...lines: ReadonlyArray<string>) =>
    lines.reduce((progress, each) => fold(progress, each, 1000, { ...plain, limitFallbackMs: 50 }), noProgress(0)).limit
  expect(told(failed({ api_error_status: 429 }))).toEqual({ until: 1050, cause: "rate" })
  expect(told(failed({ api_error_type: "rate_limit_error" }))).toEqual({ until: 1050, cause: "rate" })
  expect(told(failed({ api_error_status: 529 }))).toEqual({ until: 1050, cause: "overload" })
  expect(told(failed({ api_error_type: "overloaded_error" }))).toEqual({ until: 1050, cause: "overload" })
  expect(told(failed({ api_error_status: 401 }))).toEqual({ until: 1000, cause: "authentication" })
  expect(told(failed({ api_error_type: "authentication_error" }))).toEqual({ until: 1000, cause: "authentication" })
  expect(told(failed({ api_error_status: 500, api_error_type: "api_error" }))).toBeNull()
  // What went well was not turned down, and a record without a time moves no time that was told.
  expect(told(line({ type: "result", is_error: false, api_error_status: 429 }))).toBeNull()
  const window = limit({ status: "rejected", resetsAt: 1_795_190_000 })
  expect(told(window, failed({ api_error_status: 429 }))).toEqual({ until: 1_795_190_000_000, cause: "usage" })
})

it("EXE-10 the session is the last one that the records name, and nothing that is no id replaces it", () => {
  const named = fc.record({
    type: fc.constantFrom("system", "result", "user", "note"),
    session_id: fc.constantFrom<unknown>("a", "b".repeat(256), "", null, 3, "x".repeat(257))
  })
  fc.assert(
    fc.property(fc.array(named), (records) => {
      const ids = records.filter((one) => /^(system|result)$/.test(one.type) && /^[ab]+$/.test(String(one.session_id)))
      expect(read(records.map(line)).session).toBe(ids.at(-1)?.session_id ?? null)
    })
  )
})

it("EXE-9 within a run the cost is the highest total that was reported, never a sum and never a negative or an absurd one", () => {
  const costs = fc.constantFrom<unknown>(0, 0.25, 1.5, -1, "1", null, undefined, Number.MAX_VALUE)
  fc.assert(
    fc.property(fc.array(costs), (totals) => {
      const usable = totals.filter((total) => typeof total === "number" && total >= 0 && total < 1e15)
      const highest = usable.length === 0 ? null : Math.max(...usable.map(Number))
      const lines = totals.map((total_cost_usd) => line({ type: "result", is_error: false, total_cost_usd }))
      expect(read(lines).costUsd).toBe(highest)
      expect(read([...lines, `{"type":"result","total_cost_usd":1e999}`]).costUsd).toBe(highest)
    })
  )
})

it("EXE-9 sessions that follow each other in one run add up, and tokens cost their price where no money is named", () => {
  const result = (session_id: string, more: object): string =>
    line({ type: "result", is_error: false, session_id, ...more })
  const price = { input: 2, output: 10, cacheRead: 1, cacheWrite: 4 }
  const cost = (...lines: ReadonlyArray<string>) =>
    lines.reduce((progress, each) => fold(progress, each, 1, { ...plain, limitFallbackMs: 1, price }), noProgress(0))
      .costUsd
  const usage = {
    input_tokens: 500_000,
    output_tokens: 100_000,
    cache_read_input_tokens: 0,
    cache_creation_input_tokens: 1e6
  }
  const modelUsage = { a: { inputTokens: 1e6, outputTokens: 0 }, b: { inputTokens: 0, outputTokens: 1e5 } }
  expect(cost(result("a", { total_cost_usd: 1 }), result("b", { total_cost_usd: 0.5 }))).toBe(1.5)
  expect(cost(result("a", { total_cost_usd: 1 }), result("a", { total_cost_usd: 1.25 }))).toBe(1.25)
  expect(cost(result("a", { usage }))).toBe(1 + 1 + 4)
  expect(cost(result("a", { usage, modelUsage }))).toBe(2 + 1)
  expect(cost(result("a", { usage, modelUsage, total_cost_usd: 0.75 }))).toBe(0.75)
  expect(cost(result("a", { usage: { input_tokens: -1, output_tokens: "many" } }))).toBeNull()
  // What is not told of is none, once something is.
  expect(cost(result("a", { usage: { input_tokens: 500_000 } }))).toBe(1)
  expect(cost(result("a", { usage: { output_tokens: 100_000 } }))).toBe(1)
  expect(read([result("a", { usage })]).costUsd).toBeNull()
})

it("EXE-8 the last word is the result's, else the last line that says something", () => {
  expect(read(["one", "two\r", "", "   "]).lastMessage).toBe("two")
  expect(read(["one", assistant({ type: "text", text: "done" }, toolUse)]).lastMessage).toBe("done")
  expect(read(["one", assistant(toolUse)]).lastMessage).toBe("one")
  const result = line({ type: "result", is_error: false, result: "All good.\nVERDICT: PASS" })
  expect(read(["one", result, "bye"]).lastMessage).toBe("All good.\nVERDICT: PASS")
  expect(read(["VERDICT: FAIL", line({ type: "result", is_error: false })]).lastMessage).toBe("VERDICT: FAIL")
  expect(read([line({ type: "note", text: "x" })]).lastMessage).toBe(`{"type":"note","text":"x"}`)
  expect(read([` ${result}`]).lastMessage).toBe("All good.\nVERDICT: PASS")
  expect(read(["10 %\r20 %\r"]).lastMessage).toBe("10 %\r20 %")
})

it("EXE-8 an assistant's words are its text blocks, one under the other; what is blank or no text is no word", () => {
  const said = (...content: ReadonlyArray<unknown>) => read(["before", assistant(...content)]).lastMessage
  expect(said({ type: "text", text: "one" }, toolUse, { type: "text", text: "two" })).toBe("one\ntwo")
  expect(said({ type: "thinking", text: "hm" }, { type: "text", text: "done" })).toBe("done")
  expect(said({ type: "text", text: 5 }, { type: "text" })).toBe("before")
  expect(said(null, 7, "x", [toolUse], { type: "text", text: "done" })).toBe("done")
  expect(said({ type: "text", text: " \n" })).toBe("before")
  expect(read(["before", line({ type: "result", is_error: false, result: " \n" })]).lastMessage).toBe("before")
})

it("EXE-8 only a last record that says no error is a success; one that does not say counts as none", () => {
  const error = (is_error: unknown): boolean | null => read([line({ type: "result", is_error })]).resultIsError
  expect([false, true, "false", null, 0].map(error)).toEqual([false, true, true, true, true])
  expect(read([line({ type: "result", total_cost_usd: 1 })]).resultIsError).toBe(false)
  const failed = line({ type: "result", is_error: true })
  expect(read([failed, line({ type: "result", is_error: false })]).resultIsError).toBe(false)
  expect(read(["no record at all"]).resultIsError).toBeNull()
})
