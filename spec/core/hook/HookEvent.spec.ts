import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { make, payloadBytes } from "../../../core/hook/HookEvent.ts"
import { hookNames } from "../../../core/hook/HookName.ts"
import { plainValues } from "./Fragments.ts"

const hooks = fc.constantFrom(...hookNames)
const none = { sessionId: null, toolName: null, toolUseId: null, cwd: null }

/** Bytes of UTF-8, by the platform's own encoder. */
const bytesOf = (text: string): number => new TextEncoder().encode(text).length
const parsed = (text: string): unknown => JSON.parse(text)

const ids = fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 }).filter((id) => id.trim() !== "")
const folders = ids.map((id) => `/work/${id}`)

/** Fields that are lifted, under the names that the vendors and others give them, and what is lifted. */
const lifted = fc
  .record({
    session: fc.constantFrom("session_id", "sessionId", "sessionID"),
    tool: fc.constantFrom("tool_name", "toolName", "tool"),
    use: fc.constantFrom("tool_use_id", "toolUseId", "callID"),
    values: fc.record({ sessionId: ids, toolName: ids, toolUseId: ids, cwd: folders })
  })
  .map(({ session, tool, use, values }) => ({
    fields: { [session]: values.sessionId, [tool]: values.toolName, [use]: values.toolUseId, cwd: values.cwd },
    values
  }))

describe("what is lifted", () => {
  it("STO-6 session, tool, use and folder are lifted from a hook's JSON, and what is small and holds no secret is kept as it came", () => {
    fc.assert(
      fc.property(hooks, lifted, plainValues, fc.constantFrom(0, 2), (hook, { fields, values }, rest, indent) => {
        const body = JSON.stringify({ ...fields, tool_input: rest }, null, indent)
        expect(make(hook, body)).toEqual({ hook, ...values, payload: body })
      })
    )
  })

  it("STO-6 nothing is lifted from what is no JSON object, which is kept as it came", () => {
    const others = fc.oneof(
      plainValues.filter((value) => typeof value !== "object" || Array.isArray(value) || value === null),
      fc.constant([{ session_id: "a" }])
    )
    fc.assert(
      fc.property(
        hooks,
        fc.oneof(
          others.map((value) => JSON.stringify(value)),
          fc.string(),
          fc.constant('{"cwd":"a"')
        ),
        (hook, body) => {
          expect(make(hook, body)).toEqual({ hook, ...none, payload: body })
        }
      )
    )
  })

  it("STO-6 what each vendor sends is lifted: Claude Code and Codex, and OpenCode's plugins with their two objects", () => {
    const session = "ses_00000000000000000000000001"
    const ids = { sessionId: session, toolName: "bash", toolUseId: "call_5" }
    const before = {
      input: { tool: "bash", sessionID: session, callID: "call_5" },
      output: { args: { command: "ls" } }
    }
    expect(make("PreToolUse", JSON.stringify(before))).toMatchObject({ ...ids, cwd: null })
    const asked = {
      id: "per_8",
      sessionID: session,
      permission: "bash",
      tool: { messageID: "msg_3", callID: "call_5" }
    }
    expect(make("PermissionRequest", JSON.stringify(asked))).toMatchObject({ ...ids, toolName: null })
    const claude = { session_id: "a", cwd: "/b", tool_name: "Bash", tool_input: { tool: "c" }, tool_use_id: "toolu_1" }
    const all = { sessionId: "a", toolName: "Bash", toolUseId: "toolu_1", cwd: "/b" }
    expect(make("PostToolUse", JSON.stringify(claude))).toMatchObject(all)
  })

  it("STO-6 the first name that holds something to lift counts, and of a name that comes twice the last", () => {
    expect(make("Stop", '{"sessionID":"c","sessionId":"b","session_id":"a"}').sessionId).toBe("a")
    expect(make("Stop", '{"sessionID":"c","sessionId":"b","session_id":7}').sessionId).toBe("b")
    expect(make("Stop", '{"tool":{"tool":"b"},"input":{"tool":"a"}}').toolName).toBe("a")
    expect(make("Stop", '{"cwd":"a","cwd":"b"}').cwd).toBe("b")
  })

  it.each([
    ["an empty one", ""],
    ["a blank one", "  "],
    ["one with a control character", "a\u0007b"],
    ["one with a line break", "a\nb"],
    ["one with a C1 control", "a\u009bb"],
    ["one with half of a pair", "a\ud83d"],
    ["one that is redacted", "sk-ant-api03-0123456789"],
    ["one that was redacted", "a [redacted]"],
    ["one that was cut", "a… [12 characters cut]"],
    ["one that is no text", 12],
    ["none", null]
  ])("STO-6 no id, tool or folder is lifted that is none: %s", (_, value) => {
    const body = JSON.stringify({ session_id: value, tool_name: value, tool_use_id: value, cwd: value })
    expect(make("Stop", body)).toMatchObject(none)
  })

  it("STO-6 an id has 200 characters at most, a folder 4,096", () => {
    const of = (id: number, folder: number) =>
      make(
        "Stop",
        JSON.stringify({
          session_id: "s".repeat(id),
          tool: "t".repeat(id),
          callID: "c".repeat(id),
          cwd: "/".repeat(folder)
        })
      )
    const longest = {
      sessionId: "s".repeat(200),
      toolName: "t".repeat(200),
      toolUseId: "c".repeat(200),
      cwd: "/".repeat(4096)
    }
    expect(of(200, 4096)).toMatchObject(longest)
    expect(of(201, 4097)).toMatchObject(none)
  })
})

/** The same containers and keys, with every string as long as before, or cut. */
const expectSameShape = (cut: unknown, whole: unknown): void => {
  if (typeof whole === "string" && cut !== whole) {
    const [, start = "", count] = /^([^]*)… \[(\d+) characters cut\]$/.exec(String(cut)) ?? []
    expect(whole.startsWith(start)).toBe(true)
    expect(start.length + Number(count)).toBe(whole.length)
    // Characters stay whole.
    expect(/\p{Cs}$/u.test(start) && !/\p{Cs}/u.test(whole)).toBe(false)
  } else if (typeof whole === "object" && whole !== null) {
    expect(Object.keys(Object(cut))).toEqual(Object.keys(whole))
    for (const [key, value] of Object.entries(whole)) expectSameShape(Object(cut)[key], value)
  } else {
    expect(cut).toBe(whole)
  }
}

const texts = fc.constantFrom("a", "é", "€", "😀", '"', "\\", "\n", "\u0001", "\ud83d", "git status; ")
const long = fc.tuple(texts, fc.integer({ min: 1, max: 90_000 })).map(([text, times]) => text.repeat(times))

describe("what is cut", () => {
  it("STO-6 a large hook event keeps its shape and what is lifted: strings alone are cut, in at most 64 KiB of JSON", () => {
    fc.assert(
      fc.property(
        lifted,
        fc.array(long, { minLength: 1, maxLength: 4 }),
        plainValues,
        ({ fields, values }, strings, rest) => {
          const whole = { a: rest, tool_input: { command: strings[0], more: strings }, ...fields }
          const event = make("PostToolUse", JSON.stringify(whole))
          expect(event).toMatchObject(values)
          expect(bytesOf(event.payload)).toBeLessThanOrEqual(payloadBytes)
          expectSameShape(parsed(event.payload), whole)
          if (bytesOf(JSON.stringify(whole)) > payloadBytes)
            expect(bytesOf(event.payload)).toBeGreaterThan(payloadBytes - 500)
          else expect(event.payload).toBe(JSON.stringify(whole))
        }
      )
    )
  })

  it("STO-6 the longest strings of a hook event are cut first, all to one length", () => {
    const of = (...lengths: ReadonlyArray<number>) => lengths.map((length) => "a".repeat(length))
    const { payload } = make("Stop", JSON.stringify({ a: of(100_000, 50, 20_000, 70_000, 10_000) }))
    const { a }: { readonly a: ReadonlyArray<string> } = JSON.parse(payload)
    expect([a[1], a[4]]).toEqual(of(50, 10_000))
    const lengths = [a[0], a[2], a[3]].map((text = "") => text.indexOf("…"))
    expect(Math.min(...lengths)).toBeGreaterThan(18_000)
    expect(new Set(lengths).size).toBe(1)
  })

  it("STO-6 what is lifted is never cut, however large the rest of a hook event is", () => {
    const folder = "/€".repeat(2048)
    const ids = { session_id: "€".repeat(200), tool_name: "t", tool_use_id: "u".repeat(200), cwd: folder }
    const all = { sessionId: ids.session_id, toolName: "t", toolUseId: ids.tool_use_id, cwd: folder }
    const small = Array.from({ length: 1000 }, () => "b".repeat(70))
    const bodies = [
      { a: "a".repeat(100_000), ...ids },
      { a: small, ...ids },
      { input: { ...ids, numbers: Array.from({ length: 50_000 }, () => 1) } },
      { ...ids, ["k".repeat(70_000)]: 1 },
      { ...ids, ...Object.fromEntries(small.map((_, index) => [`${index}${"k".repeat(100)}`, 1])) }
    ]
    for (const body of bodies) {
      const event = make("Stop", JSON.stringify(body))
      expect(event).toMatchObject(all)
      expect(make("Stop", event.payload)).toEqual(event)
      expect(bytesOf(event.payload)).toBeLessThanOrEqual(payloadBytes)
      expect(() => parsed(event.payload)).not.toThrow()
    }
  })

  it("STO-6 where cutting strings is not enough, the largest fields of a hook event go first, and only as many as it takes", () => {
    const numbers = (length: number) => Array.from({ length }, () => 7)
    const fields = { session_id: "s", a: numbers(20_000), b: numbers(30_000), c: "c", d: "d".repeat(90_000), e: [null] }
    const { payload, sessionId } = make("Stop", JSON.stringify(fields))
    expect(sessionId).toBe("s")
    expect(parsed(payload)).toEqual({
      ...fields,
      b: "… [60001 characters cut]",
      d: expect.stringMatching(/^d{25000,}… \[\d+ characters cut\]$/)
    })
    expect(bytesOf(payload)).toBeGreaterThan(payloadBytes - 100)
  })

  it("STO-6 several fields of a hook event go where one is not enough, each in its place", () => {
    const lengths = [1, 40_000, 2, 50_000, 3]
    const fields = Object.fromEntries(lengths.map((length, index) => [`f${index}`, Array.from({ length }, () => 7)]))
    // The marks have bytes too.
    const tight = { a: fields.f3, b: Array.from({ length: 32_757 }, () => 7) }
    expect(parsed(make("Stop", JSON.stringify(tight)).payload)).toEqual({
      a: "… [100001 characters cut]",
      b: "… [65515 characters cut]"
    })
    const marks = { f1: "… [80001 characters cut]", f3: "… [100001 characters cut]" }
    expect(parsed(make("Stop", JSON.stringify(fields)).payload)).toEqual({ ...fields, ...marks })
  })

  it("STO-6 no field of a hook event goes that is shorter than what would say so", () => {
    const small = Object.fromEntries(Array.from({ length: 4000 }, (_, index) => [`k${index}`, index % 7]))
    const large = Array.from({ length: 30_000 }, () => 7)
    const withMark = (name: string) => ({ ...small, [name]: 7, a: "… [60001 characters cut]" })
    const name = "n".repeat(payloadBytes - bytesOf(JSON.stringify(withMark(""))))
    const kept = withMark(name)
    expect(bytesOf(JSON.stringify(kept))).toBe(payloadBytes)
    expect(make("Stop", JSON.stringify({ ...kept, a: large })).payload).toBe(JSON.stringify(kept))
  })

  it("STO-6 a string of a hook event that is short without its escapes is not cut", () => {
    const escaped = "\\u0061".repeat(20_000)
    expect(make("Stop", `{"a":"${escaped}"}`).payload).toBe(`{"a":"${"a".repeat(20_000)}"}`)
    expect(make("Stop", `{"a":"${escaped}","session_id":"\\u0062"}`).sessionId).toBe("b")
  })

  it("STO-6 a hook event is cut before a redaction or an older mark, not inside of it", () => {
    const longestMark = bytesOf("… [1234567890123456 characters cut]")
    for (const part of ["[redacted]", "… [1234567890123456 characters cut]"]) {
      for (let length = 65_430; length < 65_530; length++) {
        const body = `${"a".repeat(length)}${part}${"b".repeat(200)}`
        const { payload } = make("Stop", body)
        const kept = payload.replace(/b*… \[\d{1,6} characters cut\]$/, "").replace(/^a+/, "")
        expect(kept).toBe(length + bytesOf(part) <= payloadBytes - longestMark ? part : "")
      }
    }
  })

  it("STO-6 where even that is not enough, only what is lifted is left of a hook event", () => {
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`k${index}`, index]))
    const ids = { session_id: "s", tool_name: "t", tool_use_id: "u", cwd: "/c" }
    const rest = expect.stringMatching(/^… \[\d{6} characters cut\]$/)
    expect(parsed(make("Stop", JSON.stringify({ ...many, ...ids })).payload)).toEqual({ ...ids, rest })
    expect(parsed(make("Stop", JSON.stringify(many)).payload)).toEqual({ rest })
    // Marks of more than one digit are just too long.
    const middling = Object.fromEntries(
      Array.from({ length: 1900 }, (_, index) => [`k${10_000 + index}`, "7".repeat(20)])
    )
    const arrays = JSON.stringify({ ...middling, ...ids }).replaceAll(
      /"(7+)"/g,
      (_, sevens) => `[${[...sevens].join()}]`
    )
    expect(parsed(make("Stop", arrays).payload)).toEqual({
      ...ids,
      rest: expect.stringMatching(/^… \[\d{5} characters cut\]$/)
    })
    const more = { ...many, ...ids, a: Array.from({ length: 40_000 }, () => 7) }
    expect(parsed(make("Stop", JSON.stringify(more)).payload)).toEqual({ ...ids, rest })
  })

  it("STO-6 other text is cut at its end, behind a whole character, in at most 64 KiB", () => {
    fc.assert(
      fc.property(long, fc.nat(3), (text, start) => {
        const body = "a".repeat(start) + text
        const { payload, ...rest } = make("Stop", body)
        expect(rest).toEqual({ hook: "Stop", ...none })
        expect(bytesOf(payload)).toBeLessThanOrEqual(65_536)
        if (bytesOf(body) <= 65_536) expect(payload).toBe(body)
        else expect(bytesOf(payload)).toBeGreaterThan(65_536 - 60)
        expectSameShape(payload, body)
      })
    )
  })

  it("STO-6 a text of exactly 64 KiB is kept whole, of a byte more it is cut", () => {
    const body = "é".repeat(32_768)
    expect(make("Stop", body).payload).toBe(body)
    expect(make("Stop", `${body}a`).payload).toMatch(/ characters cut\]$/)
  })

  it("STO-6 a text that is JSON as far as it is kept is no JSON object", () => {
    const event = make("Stop", `{"session_id":"a"}${" ".repeat(70_000)}x`)
    expect(event.sessionId).toBeNull()
    expect(make("Stop", event.payload)).toEqual(event)
  })
})
